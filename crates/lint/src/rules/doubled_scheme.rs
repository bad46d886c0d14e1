//! An authentication scheme's name that is sent twice, as in `Authorization: Bearer Bearer …`.

use guide::{CarrierUse, Carries, CodePage, Finding, Method, Part, Severity, Source, Span, Template};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0364",
    name: "doubled-scheme",
    severity: Severity::Error,
    summary: "A header's value begins with the same scheme twice",
    why: "the provider would reject every request; tests detect it only if a scenario says what its request `sends`",
    help: "write the scheme once; `bearer` and `basic` add it themselves",
    bad: "auth: { bearer: { token: 'Bearer {{ value.api_token }}' } }",
    good: "auth: { bearer: { token: '{{ value.api_token }}' } }",
};

/// The scheme names that precede credentials in headers.
const SCHEMES: &[&str] = &["apikey", "basic", "bearer", "token"];

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let requests = || method.asks().map(|check| &check.request);
    let own = requests().filter_map(|request| match &request.carries {
        Carries::Only(carriers) => Some(carriers),
        Carries::AsMethod => None,
    });
    for carrier in method.auth.carries.iter().chain(own.flatten()) {
        match carrier {
            CarrierUse::Basic { username, .. } => {
                // `basic` adds its own scheme name and encodes its values, so even one name here is too many.
                if let Some(scheme) = first_scheme(&beginning(username)) {
                    report(source, username, scheme, findings);
                }
            }
            CarrierUse::Named { value, .. } => doubled(source, value, findings),
        }
    }
    for (_, value) in requests().flat_map(|request| &request.headers) {
        doubled(source, value, findings);
    }
}

fn doubled(source: &Source, value: &Template, findings: &mut Vec<Finding>) {
    let text = beginning(value);
    let Some(first) = first_scheme(&text) else { return };
    let rest = text.trim_start()[first.len()..].trim_start();
    if let Some(second) = first_scheme(rest).filter(|second| second.eq_ignore_ascii_case(first)) {
        report(source, value, second, findings);
    }
}

/// Returns the text before the first reference.
fn beginning(template: &Template) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Reference(_) => None,
    };
    template.parts.iter().map_while(text).collect()
}

/// Returns the scheme at the beginning of the text. `None` if the text does not begin with a scheme and a space.
fn first_scheme(text: &str) -> Option<&str> {
    let (word, _) = text.trim_start().split_once(char::is_whitespace)?;
    SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(word)).then_some(word)
}

fn report(source: &Source, value: &Template, scheme: &str, findings: &mut Vec<Finding>) {
    let message = format!("this sends the word `{scheme}` twice");
    let written = source.slice(value.span);
    let front = written.find("{{").map_or(written, |at| &written[..at]);
    let Some(at) = front.rfind(scheme) else {
        findings.push(Finding::new(&PAGE, source.first_line(value.span), message));
        return;
    };
    let rest = &written[at + scheme.len()..];
    let blanks = rest.len() - rest.trim_start().len();
    let start = value.span.start + at;
    let word = Span::new(start, start + scheme.len());
    findings.push(
        Finding::new(&PAGE, word, message)
            .help("remove the word here")
            .fix(Span::new(start, word.end + blanks), ""),
    );
}
