//! Findings as SARIF
//! ([2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)).

use guide::{CodePage, Finding, Severity, Source};
use serde_json::{Value, json};

use super::piece::Piece;

/// The whole document.
pub(super) fn document(pieces: &[Piece]) -> String {
    let mut rules: Vec<&'static CodePage> =
        pieces.iter().flat_map(|piece| piece.rules.iter().copied()).collect();
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
                "help": { "text": page.help },
                "defaultConfiguration": { "level": level(page.severity) },
            })
        })
        .collect();
    let mut results: Vec<Value> = pieces.iter().flat_map(|piece| piece.values.iter().cloned()).collect();
    for result in &mut results {
        let index = rules.iter().position(|page| result["ruleId"] == page.code);
        result["ruleIndex"] = json!(index);
    }
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

/// Formats a finding. The index of its rule is set when all findings are known.
pub(super) fn result(source: &Source, finding: &Finding) -> Value {
    let (start, end) = (source.place(finding.span.start), source.place(finding.span.end));
    json!({
        "ruleId": finding.code.code,
        "ruleIndex": null,
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
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
