//! A label that is typed out instead of referenced.

use guide::{CodePage, Finding, Inline, Key, Method, Prose, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0320",
    name: "retyped-label",
    severity: Severity::Warning,
    summary: "The prose types out a field's label in bold",
    why: "if the label changes, the text keeps the old one and people look for a field that does not exist",
    help: "use a reference to the label",
    bad: "body: Paste the token into **API Token**.",
    good: "body: Paste the token into **{{ label.api_token }}**.",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for (method, prose) in texts::of_guide(subject.guide) {
        for (n, (content, label)) in bold_labels(method, prose).into_iter().enumerate() {
            let bold = format!("**{content}**");
            let same_before =
                bold_labels(method, prose).iter().take(n).filter(|(text, _)| *text == content).count();
            let whole = place::nth(source, prose.span, &bold, same_before);
            let is_found = source.slice(whole) == bold;
            let reference = format!("{{{{ label.{label} }}}}");
            let mut found = Finding::new(&PAGE, whole, format!("the label of `{label}` is typed out")).help(
                format!("write `**{reference}**`; if this is a button of the provider, allow the finding"),
            );
            if is_found {
                found = found.fix(whole, format!("**{reference}**"));
            }
            findings.push(found);
        }
    }
}

/// The bold texts that equal a field's label, each with the field's key.
fn bold_labels<'g>(method: &'g Method, prose: &Prose) -> Vec<(String, &'g Key)> {
    let bold = prose.inlines().into_iter().filter_map(|inline| match inline {
        Inline::Strong(content) => Some(texts::words(content)),
        _ => None,
    });
    bold.filter_map(|text| {
        let field = method.fields.iter().find(|field| field.label == text.trim())?;
        Some((text, &field.key))
    })
    .collect()
}
