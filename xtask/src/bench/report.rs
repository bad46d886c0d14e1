//! The page of what was measured. Its words are here; `docs/benchmarks.md` is not edited by hand.

mod aims;

use super::Run;
use super::figures::{count, memory, number, ratio, table, time};
use super::machine::Machine;
use super::others::{Other, Task};
use super::process::Cost;
use super::waystone::one_more;

/// What a page's pieces are, by the names that the program of the pieces gives them.
const PIECES: [(&str, &str); 8] = [
    ("read", "reading a guide: YAML, schema, meaning"),
    ("check", "the rules and the grade"),
    ("page", "making the page's tree"),
    ("mdx", "writing it as MDX"),
    ("md", "writing it as Markdown"),
    ("html", "writing it as HTML"),
    ("text", "writing it as text"),
    ("json", "writing it as JSON"),
];

/// The whole page.
pub(super) fn page(run: &Run) -> String {
    let sections = [
        head(run),
        aims::section(run),
        checks(run),
        pieces(run),
        renders(run),
        writing(run),
        watches(run),
        others(run),
    ];
    sections.join("\n")
}

fn head(run: &Run) -> String {
    let Machine { cores, processor, memory: size, compiler, date, load } = &run.machine;
    let argument = if run.options.quick { " --quick" } else { "" };
    let times = run.options.times();
    let [.., largest] = run.options.sizes();
    let bytes = run.checks.last().map_or(0, |check| check.bytes);
    let each = kilobytes(bytes) / f64::from(largest);
    format!(
        "# Benchmarks\n\n\
         This page is made by `cargo xtask bench guides{argument}`: every figure is of one run, on one machine. Figures of \
         another machine differ; the ratios should not, much. Those of the Hub are in \
         [benchmarks-hub.md](benchmarks-hub.md).\n\n\
         - **When and on what:** {date}, Linux, {cores} cores ({processor}), {} of memory, {compiler}. In the minute \
         before, {} threads wanted to run on average.\n\
         - **What:** the program as it ships (`--profile dist`: optimized for speed, with thin LTO), and guides made \
         for this of one template: a method with environments, three fields, a check, outcomes, four steps and five \
         scenarios; {} kB each, and nothing in them to find. A guide makes one page.\n\
         - **How:** a figure is of the quickest of {times} runs, where nothing else is said. The files were read \
         before, so the disk is not measured, its cache is. *CPU* is the time of all threads, in the program and \
         in the system. Memory is the most that was held at once.\n",
        memory(*size),
        number(*load),
        number(each),
    )
}

fn checks(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run
        .checks
        .iter()
        .map(|check| {
            let n = f64::from(check.guides);
            vec![
                count(check.guides),
                time(check.cost.wall),
                time(check.cost.cpu()),
                number(n / check.cost.wall),
                number(kilobytes(check.bytes) / 1e3 / check.cost.wall),
                time(check.cost.wall / n),
                memory(kib(check.peak)),
            ]
        })
        .collect();
    let heads = ["guides", "wall", "CPU", "guides/s", "MB/s", "wall per guide", "memory"];
    let mut text = format!("## Checking a catalog\n\n`waystone check DIR`.\n\n{}", table(1, &heads, &rows));
    if let [.., few, many] = run.checks.as_slice() {
        let more = one_more(few.cost, many.cost, many.guides - few.guides);
        let held = (kib(many.peak) - kib(few.peak)) / f64::from(many.guides - few.guides);
        text.push_str(&format!(
            "\nOne more guide costs {} of wall time, {} of CPU time and {} of memory: the difference of the last two \
             rows, divided by that of their guides.\n",
            time(more.wall),
            time(more.cpu()),
            memory(held),
        ));
    }
    text
}

fn pieces(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run
        .pieces
        .iter()
        .map(|(name, seconds)| {
            let what = PIECES.iter().find(|(piece, _)| *piece == name).map_or(name, |(_, what)| what);
            vec![what.to_owned(), time(seconds)]
        })
        .collect();
    format!(
        "## What the pieces cost\n\nEach piece by itself, over and over on one thread and without the disk \
         (`crates/cli/examples/pieces.rs`).\n\n{}",
        table(1, &["piece", "CPU for one guide"], &rows)
    )
}

fn renders(run: &Run) -> String {
    let pages = run.renders.first().map_or(0, |render| render.pages);
    let rows: Vec<Vec<String>> = run
        .renders
        .iter()
        .map(|render| {
            let n = f64::from(render.pages);
            vec![
                format!("`{}`", render.medium),
                time(render.cost.wall),
                time(render.cost.cpu()),
                number(n / render.cost.wall),
                time(render.cost.cpu() / n),
                time(run.pieces.sum(&["page", render.medium])),
                time(render.more.wall),
                format!("{} kB", number(kilobytes(render.bytes) / n)),
            ]
        })
        .collect();
    let heads = ["to", "wall", "CPU", "pages/s", "CPU per page", "of it rendering", "one more page", "page"];
    format!(
        "## Rendering a catalog\n\n`waystone render DIR --all --to … --out OUT` with {} pages, from guides on the \
         disk to pages on the disk. *Of it rendering* is the tree of the page and its writer by themselves, from the \
         table above; the rest is reading the guide, and the system writing the file. *One more page* is of wall \
         time. MDX takes at most {} of memory. Media but MDX are of the quickest of 2 runs.\n\n{}",
        count(pages),
        memory(kib(run.render_peak)),
        table(1, &heads, &rows)
    )
}

fn writing(run: &Run) -> String {
    let Some((pages, mdx)) = mdx(run) else { return String::new() };
    let row = |what: &str, cost: Cost| {
        let by_cp = |one: f64, cp: f64| ratio(one, cp);
        vec![
            what.to_owned(),
            time(cost.wall),
            time(cost.cpu()),
            time(cost.system),
            by_cp(cost.wall, run.copied.cp.wall),
            by_cp(cost.cpu(), run.copied.cp.cpu()),
        ]
    };
    let rows = [
        row("`cp -r` of the pages", run.copied.cp),
        row("a loop that writes them from memory, on one thread", run.copied.written),
        row("`waystone render --to mdx`, with reading the guides and rendering", mdx),
    ];
    let heads = ["", "wall", "CPU", "of it in the system", "wall to `cp -r`", "CPU to `cp -r`"];
    format!(
        "## Writing pages\n\nThe same {} MDX pages come to the disk in three ways, each time into a folder that is \
         not there yet. Of `waystone render`, what is not reading and rendering (by the pieces above, on {} cores) \
         is {} of wall time, {} of `cp -r`: this is the writing. A page is written beside its place and moved there, \
         so that nobody sees half of one. Many kernels only sample how CPU time is split between program \
         and system; the sum is exact.\n\n{}",
        count(pages),
        run.machine.cores,
        time(writing_alone(run)),
        ratio(writing_alone(run), run.copied.cp.wall),
        table(1, &heads, &rows)
    )
}

fn watches(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run
        .watches
        .iter()
        .map(|watch| {
            vec![
                count(watch.guides),
                time(watch.first),
                count(watch.edits),
                time(watch.median),
                time(watch.longest),
                time(watch.cpu),
            ]
        })
        .collect();
    let heads = ["guides", "first check", "edits", "edit to answer (median)", "longest", "CPU for an edit"];
    format!(
        "## Watching a catalog\n\n`waystone check --watch DIR`, and edits all over the catalog. An answer waits until \
         nothing has come for 30 ms, as editors write a file in several strokes: these are most of it. *CPU for an \
         edit* is that of the thread which checks.\n\n{}",
        table(1, &heads, &rows)
    )
}

fn others(run: &Run) -> String {
    let rows: Vec<Vec<String>> = run.others.iter().map(|other| other_row(run, other)).collect();
    let heads =
        ["tool", "does", "items", "wall per item", "CPU per item", "wall to Waystone", "CPU to Waystone"];
    format!(
        "## Beside generic tools\n\nThe same guides and pages, in the same run. *Items* are guides or pages; what a \
         tool costs is divided by them, its start included. Waystone beside a validator is `waystone check` with as \
         many guides, which holds them against the schema and does everything else besides. Waystone beside a \
         builder is `waystone render --to html`, which reads the guides, where the builder reads the Markdown that \
         `render --to md` made of them. check-jsonschema and mdBook were run once.\n\n{}",
        table(2, &heads, &rows)
    )
}

fn other_row(run: &Run, other: &Other) -> Vec<String> {
    let does = match other.task {
        Task::Validate => "JSON Schema",
        Task::Build => "HTML of Markdown",
    };
    let mut row = vec![other.name.clone(), does.to_owned()];
    let Some(cost) = other.cost else {
        row.push("not measured: it was not there, or could not be installed".to_owned());
        row.extend(["–"; 4].map(str::to_owned));
        return row;
    };
    let n = f64::from(other.items);
    row.extend([count(other.items), time(cost.wall / n), time(cost.cpu() / n)]);
    let ours = match other.task {
        Task::Validate => per_guide(run, other.items),
        Task::Build => run.renders.iter().find(|render| render.medium == "html").map(|render| {
            let pages = f64::from(render.pages);
            (render.cost.wall / pages, render.cost.cpu() / pages)
        }),
    };
    match ours {
        Some((wall, cpu)) => row.extend([ratio(cost.wall / n, wall), ratio(cost.cpu() / n, cpu)]),
        None => row.extend(["–"; 2].map(str::to_owned)),
    }
    row
}

/// Seconds of wall and CPU time for a guide, where so many are checked.
fn per_guide(run: &Run, guides: u32) -> Option<(f64, f64)> {
    let check = run.checks.iter().find(|check| check.guides == guides)?;
    let n = f64::from(guides);
    Some((check.cost.wall / n, check.cost.cpu() / n))
}

/// How many MDX pages were rendered, and what that costs.
fn mdx(run: &Run) -> Option<(u32, Cost)> {
    run.renders.iter().find(|render| render.medium == "mdx").map(|render| (render.pages, render.cost))
}

/// Seconds of wall time of `render --to mdx` that are neither reading nor rendering.
fn writing_alone(run: &Run) -> f64 {
    let Some((pages, cost)) = mdx(run) else { return 0.0 };
    let cores = u32::try_from(run.machine.cores).map_or(1.0, f64::from);
    let other = run.pieces.sum(&["read", "page", "mdx"]) * f64::from(pages) / cores;
    (cost.wall - other).max(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far from 2^52")]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}

#[expect(clippy::cast_precision_loss, reason = "sizes of memory are far from 2^52")]
fn kib(peak: u64) -> f64 {
    peak as f64
}

#[cfg(test)]
mod tests;
