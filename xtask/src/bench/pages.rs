//! The benchmark pages: their text, runs and aims. The generated pages are not edited by hand.

use super::report::{
    ACCOUNTS, BASELINE, CPU, GUIDES, MEDIAN, MEGABYTES, MEMORY, P99, PER_ITEM, PER_KILOBYTE, RATE,
    REPETITIONS,
};
use super::run::Measure::{self, Ratio};
use super::run::{Aim, Bar, Chart, Column, Command, Drawing, Figures, Line, Page, RowId, Run, Section, Work};

/// The pages that `cargo xtask bench` writes.
pub(super) static PAGES: [Page; 2] = [
    Page {
        argument: "guides",
        examples: &[["cli", "pieces"]],
        file: "benchmarks.md",
        title: "Benchmarks",
        other: "The Hub has [its own page](benchmarks-hub.md).",
        method: "Catalogs are generated from one guide template, which has no findings. It contains a method with \
                 environments, three fields, a check, outcomes, four steps and five scenarios. Each guide is rendered \
                 as one page. Files are read from the operating system's cache. The median is over all of a row's \
                 runs; CPU time is the user and system time of all threads; memory is the peak.",
        charts: &[GUIDE_RATIOS, GUIDE_GROWTH],
        sections: &[CHECK, PIECES, RENDER, WATCH],
    },
    Page {
        argument: "hub",
        examples: &[["suite", "servers"], ["secret", "redactor"]],
        file: "benchmarks-hub.md",
        title: "Hub benchmarks",
        other: "Everything else is in [benchmarks.md](benchmarks.md).",
        method: "`waystone serve` over HTTP without TLS, with its usual log in a file. SQLite is a file in the Hub's \
                 folder. PostgreSQL is a server on the same machine with Debian's default configuration. Both wait for \
                 the disk on every commit. The workers, the provider, PostgreSQL and the Hub share the cores.",
        charts: &[HUB_RATIOS, HUB_GROWTH],
        sections: &[REQUESTS, MASK, LINK, LIST, START],
    },
];

const GUIDE_RATIOS: Chart = Chart {
    file: "benchmarks-ratios.svg",
    title: "How many times as fast as other tools",
    drawing: Drawing::Ratios(&[
        bar("check, to check-jsonschema", ("check", 1_000), ("check-jsonschema", 1_000), Some(40.0)),
        bar("check, to ajv-cli", ("check", 1_000), ("ajv-cli", 1_000), Some(2.5)),
        bar("render to HTML, to Hugo", ("render --to html", 10_000), ("Hugo", 10_000), None),
        bar("render to MDX, to cp -r", ("render --to mdx", 10_000), ("cp -r", 10_000), Some(0.67)),
    ]),
};

const GUIDE_GROWTH: Chart = Chart {
    file: "benchmarks-growth.svg",
    title: "Wall time of each guide or edit, by the number of guides",
    drawing: Drawing::Growth(&[
        Line { label: "check", figure: Figures::per_item, rows: &[("check", 1_000), ("check", 10_000)] },
        Line { label: "edit", figure: Figures::median, rows: &[("edit", 10), ("edit", 10_000)] },
    ]),
};

const HUB_RATIOS: Chart = Chart {
    file: "benchmarks-hub-ratios.svg",
    title: "Requests per second, compared with nginx and with a bare handler",
    drawing: Drawing::Ratios(&[
        bar(
            "bare forwarder, to nginx",
            ("Requests, SQLite: bare forwarder", 10),
            ("Requests, SQLite: nginx", 10),
            None,
        ),
        bar(
            "SQLite: through an account, to nginx",
            ("Requests, SQLite: through an account", 10),
            ("Requests, SQLite: nginx", 10),
            Some(0.3),
        ),
        bar(
            "PostgreSQL: through an account, to nginx",
            ("Requests, PostgreSQL: through an account", 10),
            ("Requests, PostgreSQL: nginx", 10),
            Some(0.3),
        ),
        bar(
            "SQLite: link, to the bare handler",
            ("SQLite: request that links", 10),
            ("SQLite: bare handler", 10),
            Some(0.5),
        ),
        bar(
            "PostgreSQL: link, to the bare handler",
            ("PostgreSQL: request that links", 10),
            ("PostgreSQL: bare handler", 10),
            Some(0.35),
        ),
    ]),
};

const HUB_GROWTH: Chart = Chart {
    file: "benchmarks-hub-growth.svg",
    title: "99th percentile of listing 25 accounts, by the number of accounts",
    drawing: Drawing::Growth(&[
        Line {
            label: "SQLite",
            figure: Figures::p99,
            rows: &[
                ("SQLite: accounts by cursor", 1_000),
                ("SQLite: accounts by cursor", 30_000),
                ("SQLite: accounts by cursor", 1_000_000),
            ],
        },
        Line {
            label: "PostgreSQL",
            figure: Figures::p99,
            rows: &[
                ("PostgreSQL: accounts by cursor", 1_000),
                ("PostgreSQL: accounts by cursor", 30_000),
                ("PostgreSQL: accounts by cursor", 1_000_000),
            ],
        },
    ]),
};

const CATALOG: &[Column] = &[GUIDES, REPETITIONS, MEDIAN, PER_ITEM, RATE, CPU, MEMORY, BASELINE];

const CHECK: Section = Section {
    title: "Checking a catalog",
    intro: "`waystone check DIR`, compared with JSON Schema validators that check the same guides against the guide \
            schema. `check` also validates against that schema, and then applies all other rules.",
    unit: "guides",
    columns: CATALOG,
    runs: &[
        waystone("check", 10, "{waystone} check {guides}", 50),
        waystone("check", 1_000, "{waystone} check {guides}", 3),
        waystone("check", 10_000, "{waystone} check {guides}", 3),
        Run {
            name: "check-jsonschema",
            size: 1_000,
            baseline: Some("check"),
            work: Work::Command(Command {
                words: "exec {tools}/python/bin/check-jsonschema --schemafile {schema} {guides}/*/guide.yaml",
                prepare: "test -x {tools}/python/bin/check-jsonschema || { python3 -m venv {tools}/python && \
                          {tools}/python/bin/pip install --quiet check-jsonschema==0.39.0; }",
                version: "{tools}/python/bin/check-jsonschema --version",
                repetitions: 1,
            }),
        },
        Run {
            name: "ajv-cli",
            size: 1_000,
            baseline: Some("check"),
            work: Work::Command(Command {
                words: "cd {tools}/node && exec node node_modules/ajv-cli/dist/index.js validate --spec=draft2020 \
                        --strict=false -c ajv-formats -s {schema} -d '{guides}/*/guide.yaml'",
                prepare: "test -d {tools}/node/node_modules/ajv-cli || npm install --no-audit --no-fund \
                          --ignore-scripts --prefix {tools}/node ajv-cli@5.0.0 ajv-formats@3.0.1",
                version: "node -p 'require(\"{tools}/node/node_modules/ajv-cli/package.json\").version'",
                repetitions: 3,
            }),
        },
    ],
    aims: &[
        Aim(&[("check-jsonschema", 1_000)], Ratio(("check", 1_000)), 40.0..=f64::INFINITY),
        Aim(&[("ajv-cli", 1_000)], Ratio(("check", 1_000)), 2.5..=f64::INFINITY),
        Aim(&[("check", 10_000)], Ratio(("check", 1_000)), 0.0..=1.1),
    ],
};

const PIECES: Section = Section {
    title: "Individual steps",
    intro: "Each step by itself, for one guide, repeated on one thread without disk access \
            (`crates/cli/examples/pieces.rs`).",
    unit: "guides",
    columns: &[CPU],
    runs: &[Run { name: "pieces", size: 10, baseline: None, work: Work::Pieces }],
    aims: &[Aim(&[("page tree", 10), ("writing MDX", 10)], Measure::Cpu, 0.0..=50e-6)],
};

const RENDER: Section = Section {
    title: "Rendering a catalog",
    intro: "`waystone render DIR --all --to FORMAT --out OUT`, from guides on disk to pages on disk, each time into a \
            new folder. `cp -r` copies the MDX pages. Hugo builds HTML from the Markdown pages, with no lists, feeds or \
            site map.",
    unit: "guides",
    columns: CATALOG,
    runs: &[
        rendering("render --to mdx", "{waystone} render {guides} --all --to mdx --out {out}/mdx"),
        rendering("cp -r", "cp -r {out}/mdx {out}/copy"),
        rendering("render --to md", "{waystone} render {guides} --all --to md --out {out}/site/content"),
        rendering("render --to html", "{waystone} render {guides} --all --to html --out {out}/html"),
        rendering("render --to text", "{waystone} render {guides} --all --to text --out {out}/text"),
        rendering("render --to json", "{waystone} render {guides} --all --to json --out {out}/json"),
        Run {
            name: "Hugo",
            size: 10_000,
            baseline: Some("render --to html"),
            work: Work::Command(Command {
                words: "hugo --quiet --source {out}/site --destination {out}/hugo",
                // Gives Hugo as little work as possible: one page for each file, and no lists, feeds or site map.
                prepare: "{ command -v hugo || apt-get install -y -q --no-install-recommends hugo; } && cd {out}/site \
                          && printf '%s\\n' \"disableKinds = ['home', 'section', 'taxonomy', 'term', 'RSS', 'sitemap', \
                          'robotsTXT', '404']\" > config.toml && mkdir -p layouts/_default && echo '<!doctype html>\
                          <html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>' > \
                          layouts/_default/single.html",
                version: "hugo version | grep -o '[0-9][0-9.]*' | head -n 1",
                repetitions: 3,
            }),
        },
    ],
    aims: &[Aim(&[("render --to mdx", 10_000)], Ratio(("cp -r", 10_000)), 0.0..=1.5)],
};

const WATCH: Section = Section {
    title: "Watching a catalog",
    intro: "`waystone check --watch DIR`: the time from saving a guide to the output. `--watch` waits until no file \
            has changed for 30 ms, because editors save in several steps. This wait accounts for most of the time.",
    unit: "guides",
    columns: &[GUIDES, REPETITIONS, MEDIAN, P99, CPU],
    runs: &[
        Run { name: "edit", size: 10, baseline: None, work: Work::Edits },
        Run { name: "edit", size: 10_000, baseline: None, work: Work::Edits },
    ],
    aims: &[Aim(&[("edit", 10_000)], Ratio(("edit", 10)), 0.0..=1.2)],
};

const REQUESTS: Section = Section {
    title: "Requests through an account",
    intro: "Eight connections send `GET /accounts/{id}/proxy/…` through a Gladly account with an API key, and wait for \
            every response. The provider is nginx, which responds with a short JSON text. *nginx* is Debian's nginx as a \
            reverse proxy with one process. The *bare forwarder* is a handler that only passes the request on with the \
            HTTP library that the Hub uses. All of them forward the same request to the same provider, in turns. CPU \
            time covers only the forwarding process.",
    unit: "",
    columns: &[REPETITIONS, RATE, MEDIAN, P99, CPU, BASELINE],
    runs: &[
        Run {
            name: "Requests, SQLite",
            size: 10,
            baseline: None,
            work: Work::Requests { on_postgres: false },
        },
        Run {
            name: "Requests, PostgreSQL",
            size: 10,
            baseline: None,
            work: Work::Requests { on_postgres: true },
        },
    ],
    aims: &[
        Aim(
            &[("Requests, SQLite: through an account", 10)],
            Ratio(("Requests, SQLite: nginx", 10)),
            0.0..=3.34,
        ),
        Aim(
            &[("Requests, PostgreSQL: through an account", 10)],
            Ratio(("Requests, PostgreSQL: nginx", 10)),
            0.0..=3.34,
        ),
        Aim(&[("Requests, SQLite: through an account", 10)], Measure::Cpu, 0.0..=60e-6),
        Aim(&[("Requests, PostgreSQL: through an account", 10)], Measure::Cpu, 0.0..=60e-6),
        Aim(
            &[("Requests, SQLite: through an account", 10)],
            Measure::Above(("Requests, SQLite: provider", 10)),
            0.0..=0.5e-3,
        ),
        Aim(
            &[("Requests, PostgreSQL: through an account", 10)],
            Measure::Above(("Requests, PostgreSQL: provider", 10)),
            0.0..=0.5e-3,
        ),
    ],
};

const MASK: Section = Section {
    title: "Masking credentials in responses",
    intro: "The Hub searches every response to a request through an account for the account's secrets, in every \
            encoding that is common on the web. This is the time for one kilobyte of a text, for three secrets on one \
            thread (`crates/secret/examples/redactor.rs`). Responses that only a hostile provider sends come last.",
    unit: "",
    columns: &[PER_KILOBYTE, MEGABYTES],
    runs: &[Run { name: "redactor", size: 1, baseline: None, work: Work::Redactor }],
    aims: &[],
};

const LINK: Section = Section {
    title: "Linking",
    intro: "Eight workers link Gladly accounts with an API key, each for its own customers, and wait for every response. \
            A *whole link* is five requests: the product's server creates a session (`POST /connect_sessions`); the \
            widget fetches its settings, the connectors and the form (`GET /hub/settings`, `GET /hub/connectors`, \
            `GET /hub/connectors/gladly.api-key`) and sends the credentials (`POST /hub/accounts`), which the Hub checks \
            with the provider and stores. The *request that links* is the last of the five, in sessions that were \
            created beforehand.\n\n\
            The *bare handler* does only what linking requires: it sends the same request to the provider through the \
            same egress, inserts one row with the same durability, and responds. It has no keys, sessions, limits, \
            encryption or audit trail. The three loads take turns. CPU time covers only the serving process.",
    unit: "",
    columns: &[REPETITIONS, RATE, MEDIAN, P99, CPU, BASELINE],
    runs: &[
        Run { name: "SQLite", size: 10, baseline: None, work: Work::Links { on_postgres: false } },
        Run { name: "PostgreSQL", size: 10, baseline: None, work: Work::Links { on_postgres: true } },
    ],
    aims: &[
        Aim(&[("SQLite: request that links", 10)], Ratio(("SQLite: bare handler", 10)), 0.0..=2.0),
        Aim(&[("PostgreSQL: request that links", 10)], Ratio(("PostgreSQL: bare handler", 10)), 0.0..=2.86),
        Aim(&[("SQLite: whole link", 10)], Ratio(("SQLite: bare handler", 10)), 0.0..=10.0),
        Aim(&[("PostgreSQL: whole link", 10)], Ratio(("PostgreSQL: bare handler", 10)), 0.0..=10.0),
    ],
};

const LIST: Section = Section {
    title: "Listing accounts",
    intro: "One client reads pages of 25 accounts (`GET /accounts?cursor=…`) from places all over a project's list. The \
            accounts are copies of a linked account.",
    unit: "accounts",
    columns: &[ACCOUNTS, REPETITIONS, MEDIAN, P99, CPU],
    runs: &[
        listing("SQLite: accounts by cursor", 1_000, false),
        listing("SQLite: accounts by cursor", 30_000, false),
        listing("SQLite: accounts by cursor", 1_000_000, false),
        listing("PostgreSQL: accounts by cursor", 1_000, true),
        listing("PostgreSQL: accounts by cursor", 30_000, true),
        listing("PostgreSQL: accounts by cursor", 1_000_000, true),
    ],
    aims: &[
        Aim(
            &[("SQLite: accounts by cursor", 1_000_000)],
            Measure::P99Ratio(("SQLite: accounts by cursor", 1_000)),
            0.0..=1.5,
        ),
        Aim(
            &[("PostgreSQL: accounts by cursor", 1_000_000)],
            Measure::P99Ratio(("PostgreSQL: accounts by cursor", 1_000)),
            0.0..=1.5,
        ),
    ],
};

const START: Section = Section {
    title: "Starting",
    intro: "From the start of the program until `GET /health/ready` returns 200, with an existing SQLite database and \
            a folder of guides in addition to the built-in guides. Memory is measured three seconds later, with no \
            requests in between.",
    unit: "guides",
    columns: &[GUIDES, REPETITIONS, MEDIAN, P99, MEMORY],
    runs: &[
        Run { name: "start", size: 10, baseline: None, work: Work::Start },
        Run { name: "start", size: 1_000, baseline: None, work: Work::Start },
    ],
    aims: &[
        Aim(&[("start", 1_000)], Measure::Median, 0.0..=0.4),
        Aim(&[("start", 1_000)], Measure::Memory, 0.0..=81_920.0),
    ],
};

const fn bar(label: &'static str, of: RowId, to: RowId, aim: Option<f64>) -> Bar {
    Bar { label, of, to, aim }
}

const fn waystone(name: &'static str, size: u32, words: &'static str, repetitions: u32) -> Run {
    let command = Command { words, prepare: "", version: "", repetitions };
    Run { name, size, baseline: None, work: Work::Command(command) }
}

const fn listing(name: &'static str, size: u32, on_postgres: bool) -> Run {
    Run { name, size, baseline: None, work: Work::Accounts { on_postgres } }
}

const fn rendering(name: &'static str, words: &'static str) -> Run {
    Run { baseline: Some("cp -r"), ..waystone(name, 10_000, words, 3) }
}
