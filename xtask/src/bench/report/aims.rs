//! What was aimed at, and whether it is met.

use super::{mdx, per_guide, writing_alone};
use crate::bench::Run;
use crate::bench::aims::{Aim, aim, table};
use crate::bench::figures::{count, number, ratio, time};
use crate::bench::process::Cost;

/// Of so many guides the first aim speaks.
const GUIDES: u32 = 10_000;

/// The section of the page.
pub(super) fn section(run: &Run) -> String {
    table(aims(run))
}

fn aims(run: &Run) -> Vec<Aim> {
    vec![check(run), validator(run), rendering(run), builder(run), copying(run), writing(run), watching(run)]
}

fn check(run: &Run) -> Aim {
    let seen = run.checks.last().map(|check| {
        let wall = check.cost.wall * f64::from(GUIDES) / f64::from(check.guides);
        let of = if check.guides == GUIDES {
            String::new()
        } else {
            format!(", reckoned from {} guides", count(check.guides))
        };
        (format!("{}{of}, on {} cores", time(wall), run.machine.cores), wall < 2.0)
    });
    aim("10 000 guides are checked in under 2 s on 2 cores", seen)
}

/// The cost of one item of a tool, and how many items it had.
fn other(run: &Run, name: &str) -> Option<(u32, Cost)> {
    let other = run.others.iter().find(|other| other.name.starts_with(name))?;
    Some((other.items, other.cost?))
}

fn validator(run: &Run) -> Aim {
    let seen = other(run, "check-jsonschema").and_then(|(items, cost)| {
        let (wall, cpu) = per_guide(run, items)?;
        let n = f64::from(items);
        let (by_wall, by_cpu) = (cost.wall / n / wall, cost.cpu() / n / cpu);
        let seen =
            format!("{} by wall, {} by CPU, with {} guides", times(by_wall), times(by_cpu), count(items));
        Some((seen, by_wall >= 40.0))
    });
    aim("A guide is checked 40 times as quickly as check-jsonschema validates it", seen)
}

fn rendering(run: &Run) -> Aim {
    let page = run.pieces.sum(&["page", "mdx"]);
    aim("MDX is rendered with under 50 µs of CPU time for a page", Some((time(page), page < 50e-6)))
}

fn builder(run: &Run) -> Aim {
    let seen = other(run, "Hugo").zip(mdx(run)).map(|((items, cost), (pages, whole))| {
        let hugo = cost.cpu() / f64::from(items);
        let page = run.pieces.sum(&["page", "mdx"]);
        let whole = whole.cpu() / f64::from(pages);
        let seen = format!(
            "{}; Hugo's is {}, {}. With reading guides and writing files it is {}, and Hugo's {}",
            time(page),
            time(hugo),
            ratio(hugo, page),
            time(whole),
            ratio(hugo, whole)
        );
        (seen, page <= hugo / 10.0)
    });
    aim("Rendering MDX takes a tenth of the CPU time for a page that Hugo's build takes, or less", seen)
}

fn copying(run: &Run) -> Aim {
    let seen = mdx(run).map(|(_, cost)| {
        let by = cost.wall / run.copied.cp.wall;
        (format!("{} by wall, {} by CPU", times(by), ratio(cost.cpu(), run.copied.cp.cpu())), by <= 1.5)
    });
    aim("Guides become MDX pages on the disk in at most 1.5 times what `cp -r` takes with the pages", seen)
}

fn writing(run: &Run) -> Aim {
    let by = writing_alone(run) / run.copied.cp.wall;
    aim(
        "The same, without reading the guides and rendering",
        Some((format!("{} by wall", times(by)), by <= 1.5)),
    )
}

fn watching(run: &Run) -> Aim {
    let seen = match run.watches.as_slice() {
        [few, .., many] => {
            let seen = format!(
                "{} among {} guides, {} among {}",
                time(few.median),
                count(few.guides),
                time(many.median),
                count(many.guides)
            );
            Some((seen, many.median <= few.median * 1.2))
        }
        _ => None,
    };
    aim("A guide that was edited is checked again in a time that does not grow with the catalog", seen)
}

fn times(value: f64) -> String {
    format!("{}×", number(value))
}
