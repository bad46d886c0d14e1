//! A label that is typed out instead of referenced.

use guide::{CodePage, Finding, Inline, Key, Method, Prose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0320",
    name: "retyped-label",
    severity: Severity::Warning,
    summary: "The prose types out a field's label in bold",
    why: "if the label changes, the text keeps the old label and people look for a field that does not exist",
    help: "use a reference to the label",
    bad: "body: Paste the token into **API Token**.",
    good: "body: Paste the token into **{{ label.api_token }}**.",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let labels = bold_labels(method, prose);
    for (n, (content, label)) in labels.iter().enumerate() {
        let bold = format!("**{content}**");
        let before = labels[..n].iter().filter(|(text, _)| text == content).count();
        let span = place::nth(source, prose.span, &bold, before);
        let reference = format!("**{{{{ label.{label} }}}}**");
        let found = Finding::new(&PAGE, span, format!("the label of `{label}` is typed out")).help(format!(
            "write `{reference}`; if this is one of the provider's buttons, allow the finding"
        ));
        let is_found = source.slice(span) == bold;
        // The bold text might also name a button on the provider's site, so the edit is a guess.
        findings.push(if is_found { found.unsafe_fix(span, reference) } else { found });
    }
}

/// The bold strings that equal a field's label, each with the field's key.
fn bold_labels<'g>(method: &'g Method, prose: &Prose) -> Vec<(String, &'g Key)> {
    let label = |inline: &Inline| {
        let Inline::Strong(content) = inline else { return None };
        let text = texts::words(content);
        let field = method.fields.iter().find(|field| field.label == text.trim())?;
        Some((text, &field.key))
    };
    prose.inlines().into_iter().filter_map(label).collect()
}
