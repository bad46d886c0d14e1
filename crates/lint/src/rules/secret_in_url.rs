//! A secret that becomes part of an address.

use guide::{Auth, Carrier, CodePage, Finding, Method, Severity, Target, Template};

use crate::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0318",
    name: "secret-in-url",
    severity: Severity::Warning,
    summary: "A secret stands in the address of a request",
    why: "addresses are written to the access logs of every server and proxy on the way",
    mend: "send it in a header or a body; where the provider forces this, allow the finding and give its page as the reason",
    bad: "auth:
  api_key:
    - { in: query, name: api_key, value: '{{ value.api_key }}' }",
    good: "auth:
  api_key:
    - { in: header, name: X-API-Key, value: '{{ value.api_key }}' }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let base = [(&method.base_url.host, "host"), (&method.base_url.path, "path")];
        for (template, part) in base {
            say(method, template, part, findings);
        }
        if let Auth::Carriers(carriers) = &method.auth {
            for carrier in carriers.iter().filter(|carrier| carrier.carrier == Carrier::Query) {
                say(method, &carrier.value, "query", findings);
            }
        }
        for check in &method.checks {
            say(method, &check.request.path, "path", findings);
            for (_, value) in &check.request.query {
                say(method, value, "query", findings);
            }
        }
    }
}

fn say(method: &Method, template: &Template, part: &str, findings: &mut Vec<Finding>) {
    for reference in template.references() {
        let Target::Value(key) = &reference.target else { continue };
        if method.field(key.as_str()).is_some_and(|field| field.secret) {
            let message = format!("the secret `{key}` stands in the {part} of an address");
            findings.push(Finding::new(&PAGE, reference.span, message));
        }
    }
}
