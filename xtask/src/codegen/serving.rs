//! Generates the tables of `docs/serving.md`: settings, errors, metrics and account states.
//!
//! **Invariant:** only the text between a table's markers changes. The rest of the page is written by hand.

use std::fs;
use std::path::Path;

use hub::settings::{SETTINGS, Setting};

use super::table::table;

/// Returns the page with its tables up to date.
pub(super) fn page(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    [
        ("settings", settings()),
        ("errors", errors()),
        ("metrics", metrics()),
        ("states", hub::account_states()),
    ]
    .into_iter()
    .fold(text, |text, (name, table)| between(&text, name, &table))
}

/// Replaces the text between a table's markers.
fn between(text: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&open).and_then(|(before, rest)| Some((before, rest.split_once(&close)?.1)));
    match parts {
        Some((before, after)) => format!("{before}{open}\n{table}\n{close}{after}"),
        None => text.to_owned(),
    }
}

fn settings() -> String {
    let row = |setting: &Setting| {
        let key = if setting.is_in_file() { format!("`{}`", setting.key) } else { "–".to_owned() };
        let flag = setting.flag().map_or("–".to_owned(), |flag| format!("`--{flag}`"));
        let default = if setting.default.is_empty() { "–" } else { setting.default };
        let says = setting.description().trim_end_matches('.');
        [key, format!("`{}`", setting.variable()), flag, default.to_owned(), says.to_owned()]
    };
    table(["in the file", "variable", "flag", "default", "description"], SETTINGS.iter().map(row))
}

fn errors() -> String {
    let row =
        |(status, name, means): (u16, _, &str)| [status.to_string(), format!("`{name}`"), means.to_owned()];
    table(["status", "`code`", "meaning"], hub::error_codes().map(row))
}

fn metrics() -> String {
    let row = |(name, labels, says): &(&str, &[&str], &str)| {
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        [format!("`{name}`"), labels, says.trim_end_matches('.').to_owned()]
    };
    table(["name", "labels", "description"], hub::METRICS.iter().map(row))
}
