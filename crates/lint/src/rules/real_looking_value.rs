//! An example that could be a real credential.

use guide::{CodePage, Field, Finding, Severity, Span};

use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0319",
    name: "real-looking-value",
    severity: Severity::Warning,
    summary: "A value written in the guide looks like a real credential",
    why: "guides are public; a real key in one is a leak, and one that looks real sets off every secret scanner",
    mend: "write something that nobody could take for real, such as `example-token`",
    bad: "placeholder: sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    good: "placeholder: sk_live_…",
};

/// A text shorter than this is no key that is worth stealing.
const SHORTEST: usize = 20;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut say = |key: Span, text: &str, what: &str| {
        if let Some(word) =
            text.split(|ch: char| ch.is_whitespace() || ch == ',').find(|word| looks_real(word))
        {
            let message = format!("{what} looks like a real credential");
            findings.push(Finding::new(&PAGE, place::after(source, key, word), message));
        }
    };
    for method in &subject.guide.methods {
        for field in &method.fields {
            texts_of(field)
                .for_each(|(what, text)| say(field.span, text, &format!("{what} of `{}`", field.key)));
            for example in &field.examples {
                say(Span::new(example.span.start, example.span.start), &example.typed, "this example");
            }
        }
        for scenario in &method.scenarios {
            for (key, typed) in &scenario.given {
                say(scenario.span, typed, &format!("what the scenario gives as `{key}`"));
            }
        }
        for template in method.auth.templates() {
            let literal: String = template
                .parts
                .iter()
                .map(|part| match part {
                    guide::Part::Text(text) => text.as_str(),
                    guide::Part::Reference(_) => " ",
                })
                .collect();
            say(Span::new(template.span.start, template.span.start), &literal, "this part of `auth`");
        }
    }
}

fn texts_of(field: &Field) -> impl Iterator<Item = (&'static str, &str)> {
    [("the placeholder", &field.placeholder), ("the default", &field.default)]
        .into_iter()
        .filter_map(|(what, text)| Some((what, text.as_deref()?)))
}

/// Whether a word is long and as disorderly as a generated one: letters and digits in no order that words have.
fn looks_real(word: &str) -> bool {
    let is_address = word.contains("://") || word.contains('@');
    // A key may be made of parts, and its last part is the one that was drawn by lot.
    let part = word.rsplit(['.', ':', '/']).max_by_key(|part| part.len()).unwrap_or(word);
    let core: String = part.chars().filter(char::is_ascii_alphanumeric).collect();
    if is_address || core.len() < SHORTEST {
        return false;
    }
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    let switches = core.as_bytes().windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    digits >= 3 && entropy(&core) >= 3.3 && switches * 4 >= core.len()
}

fn kind(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    }
}

/// Bits for each character, by how often each occurs.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let all = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|share| -share * share.log2()).sum()
}
