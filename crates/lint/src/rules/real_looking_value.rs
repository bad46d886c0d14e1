//! An example value that could be a real credential.

use guide::{CodePage, Finding, Method, Severity, Span};

use crate::place;
use crate::rule::Subject;
use crate::wording::literal;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0319",
    name: "real-looking-value",
    severity: Severity::Warning,
    summary: "A value in the guide looks like a real credential",
    why: "guides are public: a real key in a guide is a leak, and a realistic key sets off secret scanners",
    help: "use an obviously fake value, such as `example-token`",
    bad: "placeholder: sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    good: "placeholder: sk_live_…",
};

/// The minimum number of letters and digits in a word that counts as a key.
const SHORTEST: usize = 20;

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut report = |key: Span, text: &str, what: &str| {
        let mut words = text.split(|ch: char| ch.is_whitespace() || ch == ',');
        if let Some(word) = words.find(|word| looks_real(word)) {
            let message = format!("{what} looks like a real credential");
            findings.push(Finding::new(&PAGE, place::after(source, key, word), message));
        }
    };
    for field in &method.fields {
        for (what, text) in [("the placeholder", &field.placeholder), ("the default", &field.default)] {
            let text = text.as_deref().unwrap_or_default();
            report(field.span, text, &format!("{what} of `{}`", field.key));
        }
        for example in &field.examples {
            report(start(example.span), &example.typed, "this example");
        }
    }
    for scenario in &method.scenarios {
        for (key, typed) in &scenario.given {
            report(scenario.span, typed, &format!("the scenario's value for `{key}`"));
        }
    }
    for template in method.auth.templates() {
        report(start(template.span), &literal(template), "this part of `auth`");
    }
}

/// The empty span at the start of a span, so that `place::after` searches from the start of the node.
fn start(span: Span) -> Span {
    Span::new(span.start, span.start)
}

/// Whether a word looks like a generated key: it is long and random, and switches between digits, lowercase letters and
/// uppercase letters more often than ordinary words do.
fn looks_real(word: &str) -> bool {
    let is_address = word.contains("://") || word.contains('@');
    // A key may have several parts. The longest part is assumed to be the random one.
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

/// The Shannon entropy of a string, in bits per byte.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let all = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / all).map(|share| -share * share.log2()).sum()
}
