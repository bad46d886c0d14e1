//! A secret that becomes part of a URL.

use guide::{Carrier, CarrierUse, Carries, CodePage, Finding, Key, Method, Severity, Target, Template};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0318",
    name: "secret-in-url",
    severity: Severity::Warning,
    summary: "A request's URL contains a secret",
    why: "every server and proxy along the way writes URLs to its access log",
    help: "send the secret in a header or the body; if the provider allows only the URL, allow the finding and cite the provider's page as the reason",
    bad: "auth:
  api_key:
    - { in: query, name: api_key, value: '{{ value.api_key }}' }",
    good: "auth:
  api_key:
    - { in: header, name: X-API-Key, value: '{{ value.api_key }}' }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for (template, part) in url_parts(method) {
        for reference in template.references() {
            let (what, name) = match &reference.target {
                Target::Value(key) if is_secret(method, key) => ("secret", key),
                Target::Token(key) => ("token", key),
                _ => continue,
            };
            let message = format!("the {what} `{name}` is in the {part} of a URL");
            findings.push(Finding::new(&PAGE, reference.span, message));
        }
    }
}

/// The templates that become part of a request's URL, each with the part's name.
fn url_parts(method: &Method) -> Vec<(&Template, &'static str)> {
    let mut parts: Vec<_> =
        method.bases().flat_map(|base| [(&base.host, "host"), (&base.path, "path")]).collect();
    parts.extend(method.auth.carries.iter().filter_map(in_query));
    for request in method.asks().map(|check| &check.request) {
        parts.push((&request.path, "path"));
        parts.extend(request.query.iter().map(|(_, value)| (value, "query")));
        if let Carries::Only(carriers) = &request.carries {
            parts.extend(carriers.iter().filter_map(in_query));
        }
    }
    parts
}

/// The value that a carrier adds to the query.
fn in_query(carrier: &CarrierUse) -> Option<(&Template, &'static str)> {
    match carrier {
        CarrierUse::Named { carrier: Carrier::Query, value, .. } => Some((value, "query")),
        _ => None,
    }
}

fn is_secret(method: &Method, key: &Key) -> bool {
    let field = method.field(key.as_str()).or_else(|| Some(&method.derived(key.as_str())?.field));
    field.is_some_and(|field| field.secret)
}
