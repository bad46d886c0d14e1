//! Findings as one JSON document.

use serde_json::{Value, json};

use super::{Checked, Count};

pub(super) fn write(checked: &[Checked<'_>]) -> String {
    let findings: Vec<Value> = checked
        .iter()
        .flat_map(|one| {
            let source = &one.entry.reading.source;
            one.findings.iter().map(move |finding| {
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
                    "help": finding.mend.as_deref().unwrap_or(finding.code.mend),
                    "fix": finding.fix.as_ref().map(|fix| json!({
                        "start": fix.span.start, "end": fix.span.end, "text": fix.text,
                    })),
                })
            })
        })
        .collect();
    let grades: Vec<Value> = checked.iter().filter_map(|one| Some(grade(one, one.grade.as_ref()?))).collect();
    let count = Count::of(checked);
    let document = json!({ "files": checked.len(), "errors": count.errors, "warnings": count.warnings, "findings": findings, "grades": grades });
    format!("{document:#}\n")
}

fn grade(one: &Checked<'_>, report: &lint::Report) -> Value {
    let missing: Vec<Value> = report
        .missing
        .iter()
        .map(|missing| {
            json!({ "criterion": missing.criterion.key, "asks": missing.criterion.asks, "lacks": missing.lacks })
        })
        .collect();
    json!({
        "file": one.entry.reading.source.name,
        "guide": one.entry.guide().map(|guide| guide.provider.key.as_str()),
        "grade": report.grade.as_str(),
        "next": report.next.map(lint::Grade::as_str),
        "missing": missing,
    })
}
