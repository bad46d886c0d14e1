//! Findings as SARIF
//! ([2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)).

use guide::{CodePage, Severity};
use serde_json::{Value, json};

use super::Checked;

pub(super) fn write(checked: &[Checked<'_>]) -> String {
    let mut rules: Vec<&'static CodePage> =
        checked.iter().flat_map(|one| one.findings.iter().map(|finding| finding.code)).collect();
    rules.sort_by_key(|page| page.code);
    rules.dedup_by_key(|page| page.code);
    let descriptors: Vec<Value> = rules
        .iter()
        .map(|page| {
            json!({
                "id": page.code,
                "name": page.name,
                "shortDescription": { "text": page.summary },
                "fullDescription": { "text": page.why },
                "help": { "text": page.mend },
                "defaultConfiguration": { "level": level(page.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = checked
        .iter()
        .flat_map(|one| {
            let source = &one.entry.reading.source;
            let rules = &rules;
            one.findings.iter().map(move |finding| {
                let (start, end) = (source.place(finding.span.start), source.place(finding.span.end));
                json!({
                    "ruleId": finding.code.code,
                    "ruleIndex": rules.iter().position(|page| page.code == finding.code.code),
                    "level": level(finding.severity()),
                    "message": { "text": finding.message },
                    "locations": [{ "physicalLocation": {
                        "artifactLocation": { "uri": source.name.replace('\\', "/") },
                        "region": {
                            "startLine": start.line, "startColumn": start.column,
                            "endLine": end.line, "endColumn": end.column,
                        },
                    } }],
                })
            })
        })
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "waystone", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": descriptors,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
