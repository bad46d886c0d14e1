//! Formats findings as SARIF ([2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)).

use std::collections::BTreeMap;

use guide::{CodePage, Edit, Finding, Source, Span};
use secret::percent_encoded;
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
                "help": { "text": page.help, "markdown": markdown(page) },
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
    let help = finding.help.as_deref().unwrap_or(finding.code.help);
    let mut result = json!({
        "ruleId": finding.code.code,
        "ruleIndex": null,
        "level": finding.severity().to_string(),
        "message": { "text": format!("{}\nhelp: {help}", finding.message) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(source),
            "region": region(source, finding.span),
        } }],
    });
    if let Some(edit) = &finding.fix {
        result["fixes"] = json!([fix(source, edit, help)]);
    }
    result
}

/// Formats an edit.
fn fix(source: &Source, edit: &Edit, help: &str) -> Value {
    json!({
        "description": { "text": help },
        "artifactChanges": [{
            "artifactLocation": artifact(source),
            "replacements": [{
                "deletedRegion": region(source, edit.span),
                "insertedContent": { "text": edit.text },
            }],
        }],
        "properties": { "applicability": edit.applicability.to_string() },
    })
}

/// Returns the file's location: a URI reference, in which a path's spaces and other special characters are encoded.
fn artifact(source: &Source) -> Value {
    let path = source.name.replace('\\', "/");
    json!({ "uri": path.split('/').map(percent_encoded).collect::<Vec<_>>().join("/") })
}

fn region(source: &Source, span: Span) -> Value {
    let (start, end) = (source.place(span.start), source.place(span.end));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

/// Formats a page as Markdown: the reason, the general advice and the examples.
fn markdown(page: &CodePage) -> String {
    let mut text = format!("**{}.**\n\nWhy: {}.\n\nTo fix it: {}.\n", page.summary, page.why, page.help);
    for (title, sample) in [("Incorrect", page.bad), ("Correct", page.good)] {
        if !sample.is_empty() {
            text.push_str(&format!("\n{title}:\n\n```yaml\n{sample}\n```\n"));
        }
    }
    text
}
