//! The rules of imports between crates, as constants. `ARCHITECTURE.md` shows the table of floors.

/// A crate of the workspace.
pub(crate) struct Floor {
    pub(crate) name: &'static str,
    pub(crate) floor: u8,
    /// The crates of the workspace that it may import, all on lower floors.
    pub(crate) may: &'static [&'static str],
    /// Whether it must not use the clock, sockets, the disk, the environment or randomness.
    pub(crate) pure: bool,
}

/// Every crate, lowest floor first.
pub(crate) const FLOORS: &[Floor] = &[
    Floor { name: "guide", floor: 0, may: &[], pure: true },
    Floor { name: "secret", floor: 0, may: &[], pure: true },
    Floor { name: "catalog", floor: 1, may: &["guide"], pure: true },
    Floor { name: "probe", floor: 1, may: &["guide", "secret"], pure: true },
    Floor { name: "vault", floor: 1, may: &["secret"], pure: false },
    Floor { name: "egress", floor: 2, may: &["guide", "probe", "secret"], pure: false },
    Floor { name: "link", floor: 2, may: &["guide", "probe", "secret"], pure: true },
    Floor { name: "lint", floor: 2, may: &["catalog", "guide", "probe", "secret"], pure: true },
    Floor { name: "render", floor: 2, may: &["catalog", "guide"], pure: true },
    Floor { name: "simulator", floor: 2, may: &["guide", "probe", "secret"], pure: false },
    Floor {
        name: "driver",
        floor: 3,
        may: &["egress", "guide", "link", "probe", "secret", "vault"],
        pure: false,
    },
    Floor {
        name: "hub",
        floor: 4,
        may: &["catalog", "driver", "egress", "guide", "link", "probe", "render", "secret", "vault"],
        pure: false,
    },
    Floor {
        name: "cli",
        floor: 5,
        may: &[
            "catalog",
            "driver",
            "egress",
            "guide",
            "hub",
            "link",
            "lint",
            "probe",
            "render",
            "secret",
            "simulator",
            "vault",
        ],
        pure: false,
    },
];

/// External crates that only some of our crates may use, so that each technology has one place.
pub(crate) const ONLY: &[(&str, &[&str])] = &[
    ("granit-parser", &["guide"]),
    ("jsonschema", &["guide"]),
    ("reqwest", &["egress"]),
    ("rustls", &["egress", "hub"]),
    ("sqlx", &["vault"]),
    ("chacha20poly1305", &["vault"]),
    ("hyper", &["egress", "simulator"]),
    ("clap", &["cli"]),
    ("inquire", &["cli"]),
    ("axum", &["hub"]),
    ("minijinja", &["hub", "render"]),
];

/// External crates that a pure crate must not use.
pub(crate) const IMPURE: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "hyper-util",
    "sqlx",
    "getrandom",
    "rand",
    "rustls",
    "crossterm",
    "inquire",
];

/// Types that only some files of their crate may name: the crate, the type, and the files or folders in `src`.
///
/// `App` composes the services of the Hub. A service that named it could not be built without a Hub.
pub(crate) const NAMED_IN: &[(&str, &str, &[&str])] = &[(
    "hub",
    "App",
    &[
        "app.rs",
        "router.rs",
        "serve.rs",
        "serve/",
        "layers.rs",
        "layers/",
        "api.rs",
        "api/",
        "browse.rs",
        "browse/",
        "embed.rs",
        "health.rs",
        "access.rs",
    ],
)];

/// What a crate may import from another one: the importing crate, the other crate, and the names.
pub(crate) const FACADES: &[(&str, &str, &[&str])] = &[("cli", "hub", &["open_vault", "serve", "settings"])];
