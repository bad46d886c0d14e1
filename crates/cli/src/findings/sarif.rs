//! Formats findings as SARIF ([2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)).

use std::collections::BTreeMap;

use guide::{CodePage, Finding, Source};
use serde_json::{Value, json};

use super::piece::Piece;

/// Builds the whole document.
pub(super) fn document(pieces: &[Piece]) -> String {
    let rules = pieces.iter().flat_map(|piece| &piece.rules).map(|page| (page.code, *page));
    let rules: BTreeMap<&str, &CodePage> = rules.collect();
    let descriptors: Vec<Value> = rules
        .values()
        .map(|page| {
            json!({
                "id": page.code,
                "name": page.name,
                "shortDescription": { "text": page.summary },
                "fullDescription": { "text": page.why },
                "help": { "text": page.help },
                "defaultConfiguration": { "level": page.severity.to_string() },
            })
        })
        .collect();
    let mut results: Vec<Value> = pieces.iter().flat_map(|piece| piece.values.iter().cloned()).collect();
    for result in &mut results {
        result["ruleIndex"] = json!(rules.keys().position(|code| result["ruleId"] == *code));
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

/// Formats a finding. The rule's index is added later, when all rules in the document are known.
pub(super) fn result(source: &Source, finding: &Finding) -> Value {
    let (start, end) = (source.place(finding.span.start), source.place(finding.span.end));
    json!({
        "ruleId": finding.code.code,
        "ruleIndex": null,
        "level": finding.severity().to_string(),
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
