//! A field that is part of a host, and whose pattern accepts values that no host can contain.

use guide::{CodePage, Field, Finding, Method, Reference, Severity, Target};
use probe::fits_host;

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0367",
    name: "wide-host-pattern",
    severity: Severity::Warning,
    summary: "A field that is part of a host accepts values that no host can contain",
    why: "the form accepts such a value, and the link attempt fails only when the request is built",
    help: "use the pattern `[a-z0-9]+(-[a-z0-9]+)*`, and add `lowercase` to `accept`",
    bad: "pattern: '[a-z0-9_\\-]+'",
    good: "pattern: '[a-z0-9]+(-[a-z0-9]+)*'",
};

/// Values that people enter, with an underscore, capitals or a dot, in lengths that most patterns accept.
const PROBES: [&str; 5] = ["acme_outdoor", "AcmeOutdoor", "ACME01", "acme.outdoor", "a_b"];

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let mut seen = Vec::new();
    for reference in method.bases().flat_map(|base| base.host.references()) {
        let Target::Value(key) = &reference.target else { continue };
        let field = method.field(key.as_str());
        let Some(field) = field.filter(|field| field.pattern.is_some() && !seen.contains(&key)) else {
            continue;
        };
        let examples = field.examples.iter().map(|example| example.typed.as_str());
        let mut typed = PROBES.into_iter().chain(examples);
        if let Some(value) = typed.find_map(|typed| misfit(field, typed, method, reference)) {
            seen.push(key);
            let message = format!("`{key}` accepts `{value}`, which cannot be part of a host");
            findings.push(Finding::new(&PAGE, field.span, message));
        }
    }
}

/// Returns the normalized value of an entered value that the field accepts although a host cannot contain it.
fn misfit(field: &Field, typed: &str, method: &Method, reference: &Reference) -> Option<String> {
    let kept = field.keep(typed, &method.environments).ok()?.value;
    (!kept.is_empty() && !fits_host(reference, &kept)).then_some(kept)
}
