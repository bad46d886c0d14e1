//! The Hub's button, named in the prose instead of referenced.

use guide::{Button, CodePage, Finding, Inline, Method, Prose, Severity, Target};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0368",
    name: "typed-button",
    severity: Severity::Warning,
    summary: "The prose types out the label of the Hub's button",
    why: "the label differs between methods and languages, so people look for a button that does not exist",
    help: "use the reference `{{ hub.button }}`",
    bad: "body: In {{ brand.name }}, click **Connect**.",
    good: "body: In {{ brand.name }}, click **{{ hub.button }}**.",
};

/// Stands for the product's name in a sentence.
const PRODUCT: char = '\u{1}';
/// Encloses bold text in a sentence.
const BOLD: char = '\u{2}';

pub(super) fn check(subject: &Subject<'_>, method: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    let provider = &subject.guide.provider.name;
    let paragraphs = texts::paragraphs(&prose.blocks).into_iter();
    let text: Vec<String> = paragraphs.map(|paragraph| flattened(paragraph, provider)).collect();
    for button in Button::ALL {
        let label = Button::label(button.text(), provider);
        let mark = match button {
            Button::Connect => format!("{BOLD}{label}{BOLD}"),
            Button::ContinueTo => label.clone(),
        };
        // How often the label appeared in the sentences so far.
        let mut before = 0;
        for sentence in text.iter().flat_map(|paragraph| paragraph.split(". ")) {
            if is_typed(sentence, button, &mark, method) {
                findings.push(finding(subject, prose, &label, before));
            }
            before += sentence.matches(&mark).count();
        }
    }
}

/// Returns whether a sentence types out the label of one of the Hub's buttons, which appears in the sentence as `mark`.
///
/// Providers also have a button "Connect", so that label counts only in a sentence that says that the reader is in the
/// product. "Continue to" and the provider's name counts only as an instruction, and if it is the method's own button.
fn is_typed(sentence: &str, button: Button, mark: &str, method: &Method) -> bool {
    match button {
        Button::Connect => sentence.contains(mark) && is_in_product(sentence),
        Button::ContinueTo => {
            let is_instruction =
                sentence.trim_start().starts_with(mark) || sentence.contains(&format!("{BOLD}{mark}{BOLD}"));
            method.button() == button && is_instruction
        }
    }
}

/// Creates the finding about the `n`th occurrence of the label, counted from 0.
fn finding(subject: &Subject<'_>, prose: &Prose, label: &str, n: usize) -> Finding {
    let source = &subject.guide.source;
    let text = source.slice(prose.span);
    let with_reference = label.replace(&subject.guide.provider.name, "{{ provider.name }}");
    let spellings =
        [format!("**{label}**"), format!("**{with_reference}**"), with_reference, label.to_owned()];
    let spelling = spellings.iter().find(|spelling| text.contains(*spelling));
    let span = place::nth(source, prose.span, spelling.map_or("", String::as_str), n);
    let found = Finding::new(&PAGE, span, format!("the Hub's button is typed out as `{label}`"))
        .help("write `**{{ hub.button }}**`; if this is one of the provider's buttons, allow the finding");
    // In the source, the label can be split by a line break.
    if spelling.is_some_and(|spelling| source.slice(span) == *spelling) {
        found.unsafe_fix(span, "**{{ hub.button }}**")
    } else {
        found
    }
}

/// Returns whether a sentence says that the reader is in the product: "In Acme, …" or "Go back to Acme and …".
fn is_in_product(sentence: &str) -> bool {
    let Some((before, _)) = sentence.split_once(PRODUCT) else { return false };
    let before = before.trim_end().to_lowercase();
    let before = before.strip_suffix(" the").unwrap_or(&before);
    ["in", "in the"].contains(&before)
        || [" in", "return to", "back to"].iter().any(|end| before.ends_with(end))
}

/// Returns a paragraph as text in which marks stand for bold type and for the product's name.
fn flattened(content: &[Inline], provider: &str) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Strong(inner) => format!("{BOLD}{}{BOLD}", flattened(inner, provider)),
        Inline::Reference(reference) => match reference.target {
            Target::BrandName | Target::BrandHub => PRODUCT.to_string(),
            Target::ProviderName => provider.to_owned(),
            _ => " ".to_owned(),
        },
        other => texts::words(std::slice::from_ref(other)),
    };
    content.iter().map(piece).collect()
}
