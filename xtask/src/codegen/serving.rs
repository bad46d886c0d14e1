//! Generates the tables of `docs/serving.md`: settings, errors, metrics and account states.
//!
//! **Invariant:** only the text between a table's markers changes. The rest of the page is written by hand.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hub::settings::SETTINGS;

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
    let mut text =
        String::from("| in the file | variable | flag | default | description |\n|---|---|---|---|---|\n");
    for setting in SETTINGS {
        let key = if setting.is_in_file() { format!("`{}`", setting.key) } else { "–".to_owned() };
        let flag = setting.flag().map_or("–".to_owned(), |flag| format!("`--{flag}`"));
        let says = setting.description().trim_end_matches('.').replace('|', "\\|");
        let _ = writeln!(
            text,
            "| {key} | `{}` | {flag} | {} | {says} |",
            setting.variable(),
            if setting.default.is_empty() { "–" } else { setting.default },
        );
    }
    text
}

fn errors() -> String {
    let mut text = String::from("| status | `code` | meaning |\n|---|---|---|\n");
    for (status, name, means) in hub::error_codes() {
        let _ = writeln!(text, "| {status} | `{name}` | {means} |");
    }
    text
}

fn metrics() -> String {
    let mut text = String::from("| name | labels | description |\n|---|---|---|\n");
    for (name, labels, says) in hub::METRICS {
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| `{name}` | {labels} | {} |", says.trim_end_matches('.'));
    }
    text
}
