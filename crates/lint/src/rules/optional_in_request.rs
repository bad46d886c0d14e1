//! A request that uses a value that can be missing: of a field that can be empty, or of an optional capture.

use guide::{Capture, CodePage, Finding, Key, Method, Reference, Severity, Target, Template};

use crate::bindings::{origins, templates};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0336",
    name: "optional-in-request",
    severity: Severity::Error,
    summary: "A request uses a value that can be missing",
    why: "the request cannot be made without the value, so linking fails for anyone whose field is empty, or whose response \
          lacks the value",
    help: "make the field required or give it a `default`, make the capture required, or remove the value from the request",
    bad: "- key: team
  required: false
base_url: 'https://{{ value.team }}.acme.example'",
    good: "- key: team
base_url: 'https://{{ value.team }}.acme.example'",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for reference in templates(method).into_iter().flat_map(Template::references) {
        let Target::Value(key) = &reference.target else { continue };
        let source = origins(method, key).into_iter().find_map(|key| method.field(key.as_str()));
        let Some(field) = source else { continue };
        let why = match (&field.default, field.required, &field.when) {
            (None, false, _) => "this field is not required",
            (None, true, Some(_)) => "this field has a condition",
            (Some(_), ..) | (None, true, None) => continue,
        };
        let message = format!("this request uses `{key}`, which can be empty");
        findings.push(Finding::new(&PAGE, reference.span, message).also(field.span, why));
    }
    // A refresh request is sent only if the provider has returned the tokens that it sends.
    let refresh = method.auth.sign_in.iter().flat_map(|sign_in| &sign_in.refresh);
    let refresh: Vec<&Template> = refresh.flat_map(|step| step.check.request.templates()).collect();
    let sent = templates(method).into_iter();
    let sent = sent.filter(|template| !refresh.iter().any(|other| std::ptr::eq(*other, *template)));
    for reference in sent.flat_map(Template::references) {
        if let Some(name) = optional_capture(method, reference) {
            let message = format!("this request uses `{name}`, which a response can lack");
            findings.push(Finding::new(&PAGE, reference.span, message));
        }
    }
}

/// Returns the optional capture that a reference needs, directly or through derived values. `None` if it needs none.
fn optional_capture<'g>(method: &'g Method, reference: &'g Reference) -> Option<&'g Key> {
    match &reference.target {
        Target::Value(key) => {
            let mut references = method.derived(key.as_str())?.from.references();
            references.find_map(|reference| optional_capture(method, reference))
        }
        Target::Capture(name) => {
            let captures = method.checks.iter().flat_map(|check| &check.captures);
            is_optional(captures, name).then_some(name)
        }
        Target::Token(name) => {
            let sign_in = method.auth.sign_in.as_ref()?;
            let exchange = sign_in.redirect.iter().map(|redirect| &redirect.exchange);
            let captures = sign_in.steps.iter().chain(exchange).flat_map(|step| &step.check.captures);
            is_optional(captures, name).then_some(name)
        }
        _ => None,
    }
}

/// Returns whether a value is captured, but never required.
fn is_optional<'g>(captures: impl Iterator<Item = &'g Capture>, name: &Key) -> bool {
    let mut required =
        captures.filter(|capture| capture.name == *name).map(|capture| capture.required).peekable();
    required.peek().is_some() && required.all(|is_required| !is_required)
}
