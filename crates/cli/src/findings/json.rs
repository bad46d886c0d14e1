//! Formats findings as one JSON document.

use guide::{Finding, Source};
use serde_json::{Value, json};

use super::piece::{Count, Piece};

/// Builds the whole document.
pub(super) fn document(files: usize, pieces: &[Piece]) -> String {
    let count: Count = pieces.iter().map(|piece| piece.count).sum();
    let findings: Vec<&Value> = pieces.iter().flat_map(|piece| &piece.values).collect();
    let grades: Vec<&Value> = pieces.iter().filter_map(|piece| piece.graded.as_ref()).collect();
    let document = json!({
        "files": files, "errors": count.errors, "warnings": count.warnings, "findings": findings, "grades": grades,
    });
    format!("{document:#}\n")
}

/// Formats a finding.
pub(crate) fn finding(source: &Source, finding: &Finding) -> Value {
    let (start, end) = (source.place(finding.span.start), source.place(finding.span.end));
    json!({
        "file": source.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "severity": finding.severity().as_str(),
        "code": finding.code.code,
        "name": finding.code.name,
        "message": finding.message,
        "why": finding.code.why,
        "help": finding.help.as_deref().unwrap_or(finding.code.help),
        "fix": finding.fix.as_ref().map(|fix| json!({
            "start": source.offset_in_file(fix.span.start),
            "end": source.offset_in_file(fix.span.end),
            "text": fix.text,
            "applicability": fix.applicability.to_string(),
        })),
    })
}

/// Formats a guide's grade.
pub(super) fn grade(file: &str, key: &str, report: &lint::Report) -> Value {
    let missing = report.missing.iter().map(|missing| {
        let criterion = missing.criterion;
        json!({ "criterion": criterion.key, "asks": criterion.requirement, "lacks": missing.shortfall })
    });
    json!({
        "file": file,
        "guide": key,
        "grade": report.grade.to_string(),
        "tested": report.is_tested,
        "next": report.next.map(|grade| grade.to_string()),
        "missing": missing.collect::<Value>(),
    })
}
