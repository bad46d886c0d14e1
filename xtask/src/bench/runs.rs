//! The table of runs, and the aims that their figures are held against.

use super::run::{Command, Database, Run, Section, Size, Times, Work};

/// Every run, in the order in which it is made and shown. A run may use the pages that an earlier one wrote.
pub(super) const RUNS: &[Run] = &[
    waystone(Section::Check, "check", Size::Few, "{waystone} check {guides}", Times::Often),
    waystone(Section::Check, "check", Size::Some, "{waystone} check {guides}", Times::Several),
    waystone(Section::Check, "check", Size::Many, "{waystone} check {guides}", Times::Several),
    Run {
        section: Section::Check,
        name: "check-jsonschema",
        size: Size::Some,
        baseline: Some("check"),
        work: Work::Command(Command {
            words: "exec {tools}/python/bin/check-jsonschema --schemafile {schema} {guides}/*/guide.yaml",
            prepare: "test -x {tools}/python/bin/check-jsonschema || { python3 -m venv {tools}/python && \
                      {tools}/python/bin/pip install --quiet check-jsonschema==0.39.0; }",
            version: "{tools}/python/bin/check-jsonschema --version",
            times: Times::Once,
        }),
    },
    Run {
        section: Section::Check,
        name: "ajv-cli",
        size: Size::Some,
        baseline: Some("check"),
        work: Work::Command(Command {
            words: "cd {tools}/node && exec node node_modules/ajv-cli/dist/index.js validate --spec=draft2020 \
                    --strict=false -c ajv-formats -s {schema} -d '{guides}/*/guide.yaml'",
            prepare: "test -d {tools}/node/node_modules/ajv-cli || npm install --no-audit --no-fund --ignore-scripts \
                      --prefix {tools}/node ajv-cli@5.0.0 ajv-formats@3.0.1",
            version: "node -p 'require(\"{tools}/node/node_modules/ajv-cli/package.json\").version'",
            times: Times::Several,
        }),
    },
    Run { section: Section::Pieces, name: "pieces", size: Size::Few, baseline: None, work: Work::Pieces },
    rendering("render --to mdx", "{waystone} render {guides} --all --to mdx --out {out}/mdx", "cp -r"),
    rendering("cp -r", "cp -r {out}/mdx {out}/copy", "cp -r"),
    rendering("render --to md", "{waystone} render {guides} --all --to md --out {out}/site/content", "cp -r"),
    rendering("render --to html", "{waystone} render {guides} --all --to html --out {out}/html", "cp -r"),
    rendering("render --to text", "{waystone} render {guides} --all --to text --out {out}/text", "cp -r"),
    rendering("render --to json", "{waystone} render {guides} --all --to json --out {out}/json", "cp -r"),
    Run {
        section: Section::Render,
        name: "Hugo",
        size: Size::Many,
        baseline: Some("render --to html"),
        work: Work::Command(Command {
            words: "hugo --quiet --source {out}/site --destination {out}/hugo",
            // The least that Hugo can do: a page for each file, without lists, feeds or a site map.
            prepare: "{ command -v hugo || apt-get install -y -q --no-install-recommends hugo; } && cd {out}/site && \
                      printf '%s\\n' \"disableKinds = ['home', 'section', 'taxonomy', 'term', 'RSS', 'sitemap', \
                      'robotsTXT', '404']\" > config.toml && mkdir -p layouts/_default && echo '<!doctype html><html>\
                      <head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>' > \
                      layouts/_default/single.html",
            version: "hugo version | grep -o '[0-9][0-9.]*' | head -n 1",
            times: Times::Several,
        }),
    },
    Run { section: Section::Watch, name: "edit", size: Size::Few, baseline: None, work: Work::Edits },
    Run { section: Section::Watch, name: "edit", size: Size::Many, baseline: None, work: Work::Edits },
    links("SQLite", Database::Sqlite),
    links("PostgreSQL", Database::Postgres),
    Run { section: Section::Start, name: "start", size: Size::Few, baseline: None, work: Work::Start },
    Run { section: Section::Start, name: "start", size: Size::Some, baseline: None, work: Work::Start },
];

const fn waystone(
    section: Section,
    name: &'static str,
    size: Size,
    words: &'static str,
    times: Times,
) -> Run {
    let command = Command { words, prepare: "", version: "", times };
    Run { section, name, size, baseline: None, work: Work::Command(command) }
}

const fn rendering(name: &'static str, words: &'static str, baseline: &'static str) -> Run {
    Run { baseline: Some(baseline), ..waystone(Section::Render, name, Size::Many, words, Times::Several) }
}

const fn links(name: &'static str, database: Database) -> Run {
    Run { section: Section::Link, name, size: Size::Few, baseline: None, work: Work::Links(database) }
}

/// An aim: a figure of some runs, by itself or divided by that of another run, has to stay on one side of a limit.
pub(super) struct Aim {
    pub(super) section: Section,
    pub(super) text: &'static str,
    pub(super) measure: Measure,
    /// The runs whose figures are added up.
    pub(super) of: &'static [(&'static str, Size)],
    pub(super) to: Option<(&'static str, Size)>,
    pub(super) limit: Limit,
}

/// The figure that an aim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Wall time per item.
    Wall,
    /// CPU time per item.
    Cpu,
    /// The 99th percentile of the repetitions' wall time.
    P99,
    Memory,
}

/// The limit of an aim: a ratio, seconds or KiB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

/// The aims, in the order in which their pages list them.
pub(super) const AIMS: &[Aim] = &[
    ratio(
        Section::Check,
        "check-jsonschema takes at least 40 times as long as `check` for 1 000 guides",
        &[("check-jsonschema", Size::Some)],
        ("check", Size::Some),
        Limit::AtLeast(40.0),
    ),
    ratio(
        Section::Check,
        "ajv takes at least 2.5 times as long as `check` for 1 000 guides",
        &[("ajv-cli", Size::Some)],
        ("check", Size::Some),
        Limit::AtLeast(2.5),
    ),
    ratio(
        Section::Check,
        "Checking a guide among 10 000 takes at most 1.1 times as long as among 1 000",
        &[("check", Size::Many)],
        ("check", Size::Some),
        Limit::AtMost(1.1),
    ),
    figure(
        Section::Pieces,
        "Building a page's tree and writing it as MDX takes at most 50 µs of CPU time",
        Measure::Cpu,
        &[("page tree", Size::Few), ("writing MDX", Size::Few)],
        50e-6,
    ),
    ratio(
        Section::Render,
        "`render --to mdx` takes at most 1.5 times as long as `cp -r` with the pages it wrote",
        &[("render --to mdx", Size::Many)],
        ("cp -r", Size::Many),
        Limit::AtMost(1.5),
    ),
    ratio(
        Section::Watch,
        "Checking an edited guide among 10 000 takes at most 1.2 times as long as among 10",
        &[("edit", Size::Many)],
        ("edit", Size::Few),
        Limit::AtMost(1.2),
    ),
    ratio(
        Section::Link,
        "On SQLite, the request that links takes at most 4 times as long as the bare handler",
        &[("SQLite: request that links", Size::Few)],
        ("SQLite: bare handler", Size::Few),
        Limit::AtMost(4.0),
    ),
    ratio(
        Section::Link,
        "On PostgreSQL, the request that links takes at most 4 times as long as the bare handler",
        &[("PostgreSQL: request that links", Size::Few)],
        ("PostgreSQL: bare handler", Size::Few),
        Limit::AtMost(4.0),
    ),
    ratio(
        Section::Link,
        "On SQLite, a whole link takes at most 10 times as long as the bare handler",
        &[("SQLite: whole link", Size::Few)],
        ("SQLite: bare handler", Size::Few),
        Limit::AtMost(10.0),
    ),
    ratio(
        Section::Link,
        "On PostgreSQL, a whole link takes at most 10 times as long as the bare handler",
        &[("PostgreSQL: whole link", Size::Few)],
        ("PostgreSQL: bare handler", Size::Few),
        Limit::AtMost(10.0),
    ),
    figure(
        Section::Start,
        "With 1 000 guides the Hub is ready within a second",
        Measure::P99,
        &[("start", Size::Some)],
        1.0,
    ),
    figure(
        Section::Start,
        "With 1 000 guides the Hub uses at most 100 MiB at rest",
        Measure::Memory,
        &[("start", Size::Some)],
        102_400.0,
    ),
];

const fn figure(
    section: Section,
    text: &'static str,
    measure: Measure,
    of: &'static [(&'static str, Size)],
    most: f64,
) -> Aim {
    Aim { section, text, measure, of, to: None, limit: Limit::AtMost(most) }
}

const fn ratio(
    section: Section,
    text: &'static str,
    of: &'static [(&'static str, Size)],
    to: (&'static str, Size),
    limit: Limit,
) -> Aim {
    Aim { section, text, measure: Measure::Wall, of, to: Some(to), limit }
}
