//! `waystone explain`: explains a finding, using the same data as the rule that reports it.

use std::fmt::Write as _;

use guide::{CodePage, nearest};

use crate::failure::Failure;
use crate::out::{Ink, Out, capital};

pub(crate) fn run(code: Option<&str>, out: &Out) -> Result<u8, Failure> {
    let Some(code) = code else {
        for page in pages() {
            out.line(&format!("{}  {:<7}  {}", page.code, page.severity, page.summary));
        }
        return Ok(0);
    };
    let code = code.to_uppercase();
    let Some(page) = pages().find(|page| page.code == code || page.name.eq_ignore_ascii_case(&code)) else {
        let help = match nearest(&code, pages().map(|page| page.code)) {
            Some(near) => format!("did you mean `{near}`? Run `waystone explain` to list all findings"),
            None => "run `waystone explain` to list all findings".to_owned(),
        };
        return Err(Failure::usage(format!("no finding `{code}`")).help(help));
    };
    out.data(&text(page, out));
    Ok(0)
}

/// Returns every finding that can be reported for guides or for the settings of `waystone serve`.
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
