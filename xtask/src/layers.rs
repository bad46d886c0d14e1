//! The rules for imports between crates.

use std::path::Path;

use anyhow::Result;

use crate::tree::read;

/// A row in the table of layers: a workspace crate.
pub(crate) struct Layer {
    pub(crate) name: String,
    /// The number of the layer, counted from 0 at the bottom.
    pub(crate) level: u8,
    /// The workspace crates that this crate may import.
    pub(crate) may_import: Vec<String>,
    /// Whether the crate must not use the clock, sockets, the disk, the environment or randomness.
    pub(crate) is_pure: bool,
}

/// Reads the table of layers in `ARCHITECTURE.md`.
pub(crate) fn layers(root: &Path) -> Result<Vec<Layer>> {
    let text = read(&root.join("ARCHITECTURE.md"))?;
    let row = |line: &str| match line.split('|').map(str::trim).collect::<Vec<_>>()[..] {
        ["", level, name, may_import, pure, ""] => Some(Layer {
            name: name.trim_matches('`').to_owned(),
            level: level.parse().ok()?,
            may_import: may_import.split(", ").map(str::to_owned).collect(),
            is_pure: pure == "yes",
        }),
        _ => None,
    };
    Ok(text.lines().filter_map(row).collect())
}

/// External crates that only some of our crates may use, so that each technology is used in one place.
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

/// Types that only some modules of their crate may name: the crate, the type, and the top-level modules.
///
/// `App` composes the services of the Hub. A service that uses `App` could not be built without a Hub.
pub(crate) const NAMED_IN: &[(&str, &str, &[&str])] =
    &[("hub", "App", &["app", "router", "serve", "layers", "api", "browse", "embed", "health", "access"])];

/// The only items that a crate may import from another crate: the importing crate, the other crate, and the items.
pub(crate) const FACADES: &[(&str, &str, &[&str])] = &[("cli", "hub", &["open_vault", "serve", "settings"])];
