//! `waystone explain`: explains a finding, from the same data as the rule.

use std::fmt::Write as _;

use guide::{CodePage, nearest};

use crate::failure::Failure;
use crate::out::{Ink, Out};

pub(crate) fn run(code: Option<&str>, out: &Out) -> Result<u8, Failure> {
    let Some(wanted) = code else {
        for page in pages() {
            out.line(&format!("{}  {:<7}  {}", page.code, page.severity, page.summary));
        }
        return Ok(0);
    };
    let wanted = wanted.to_uppercase();
    let found = pages().find(|page| page.code == wanted || page.name.eq_ignore_ascii_case(&wanted));
    match found {
        Some(page) => {
            out.data(&text(page, out));
            Ok(0)
        }
        None => {
            let failure = Failure::usage(format!("no finding `{wanted}`"));
            let codes: Vec<&str> = pages().map(|page| page.code).collect();
            Err(match nearest(&wanted, codes) {
                Some(near) => failure
                    .help(format!("did you mean `{near}`? Run `waystone explain` to list all findings")),
                None => failure.help("run `waystone explain` to list all findings"),
            })
        }
    }
}

/// Every finding, on guides and on the settings of `waystone serve`.
fn pages() -> impl Iterator<Item = &'static CodePage> {
    lint::pages().chain(hub::settings::pages())
}

fn text(page: &CodePage, out: &Out) -> String {
    let head = |text: &str| out.ink(Ink::Strong, text);
    let mut text = format!("{} · {} · {}\n\n", head(page.code), page.name, page.severity);
    let _ = writeln!(text, "{}.\n", page.summary);
    let _ = writeln!(text, "{}\n  {}.\n", head("Why it matters"), capital(page.why));
    let _ = writeln!(text, "{}\n  {}.", head("How to fix it"), capital(page.help));
    for (title, sample) in [("Instead of", page.bad), ("Write", page.good)] {
        if !sample.is_empty() {
            let _ = writeln!(text, "\n{}", head(title));
            for line in sample.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    if page.severity == guide::Severity::Warning {
        let _ = writeln!(text, "\n{}", head("If it is intentional"));
        let _ = writeln!(text, "    allow: [{{ code: {}, reason: … }}]", page.code);
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
