//! A description that only repeats the label.

use guide::{Block, CodePage, Finding, Guide, Prose, Severity, Span};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0361",
    name: "echoing-description",
    severity: Severity::Warning,
    summary: "A description repeats the label",
    why: "readers spend time on the description and learn nothing",
    help: "add what the label leaves out, such as where to find the value or what it looks like, or remove the description",
    bad: "label: API Token
description: The API token.",
    good: "label: API Token
description: Acme shows it only once, when you create it.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (span, name, description) in described(subject.guide) {
        if normalized(&name) == normalized(&description) {
            let at = place::after(&subject.guide.source, span, &description);
            findings.push(Finding::new(&PAGE, at, format!("this only repeats `{name}`")));
        }
    }
}

/// The name and description of every item that has both, with the span where the search for the description starts.
fn described(guide: &Guide) -> Vec<(Span, String, String)> {
    let mut list = Vec::new();
    let mut add = |span: Span, name: &str, description: Option<String>| {
        list.extend(description.map(|description| (span, name.to_owned(), description)));
    };
    for scope in &guide.scopes {
        add(scope.span, &scope.name, scope.description.clone());
    }
    for action in &guide.actions {
        add(action.span, &action.label, action.description.clone());
    }
    for method in &guide.methods {
        add(method.span, &method.label, method.description.clone());
        for one in &method.environments {
            add(one.span, &one.label, one.description.clone());
        }
        for field in &method.fields {
            add(field.label_span, &field.label, field.description.as_ref().map(words));
        }
    }
    list
}

fn words(prose: &Prose) -> String {
    let paragraphs = prose.blocks.iter().map(|block| match block {
        Block::Paragraph(content) => texts::words(content),
        Block::List { .. } | Block::Code { .. } => "…".to_owned(),
    });
    paragraphs.collect()
}

/// The words in a string, ignoring case, punctuation and articles.
fn normalized(text: &str) -> Vec<String> {
    text.split(|ch: char| !ch.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !["", "a", "an", "the", "your"].contains(&word.as_str()))
        .collect()
}
