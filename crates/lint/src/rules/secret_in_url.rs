//! A secret that becomes part of a URL.

use guide::{Carrier, CarrierUse, Carries, CodePage, Finding, Key, Method, Severity, Target, Template};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0318",
    name: "secret-in-url",
    severity: Severity::Warning,
    summary: "A request's URL contains a secret",
    why: "every server and proxy along the way writes URLs to its access log",
    help: "send it in a header or the body; if the provider allows only this, allow the finding and cite the provider's page as the reason",
    bad: "auth:
  api_key:
    - { in: query, name: api_key, value: '{{ value.api_key }}' }",
    good: "auth:
  api_key:
    - { in: header, name: X-API-Key, value: '{{ value.api_key }}' }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let bases = method.asks().filter_map(|check| check.request.base.as_ref()).chain([&method.base_url]);
        for base in bases {
            report(method, &base.host, "host", findings);
            report(method, &base.path, "path", findings);
        }
        carriers(method, &method.auth.carries, findings);
        for check in method.asks() {
            report(method, &check.request.path, "path", findings);
            for (_, value) in &check.request.query {
                report(method, value, "query", findings);
            }
            if let Carries::Only(carried) = &check.request.carries {
                carriers(method, carried, findings);
            }
        }
    }
}

fn carriers(method: &Method, carriers: &[CarrierUse], findings: &mut Vec<Finding>) {
    for carrier in carriers {
        if let CarrierUse::Named { carrier: Carrier::Query, value, .. } = carrier {
            report(method, value, "query", findings);
        }
    }
}

fn report(method: &Method, template: &Template, part: &str, findings: &mut Vec<Finding>) {
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

fn is_secret(method: &Method, key: &Key) -> bool {
    let field = method.field(key.as_str()).or_else(|| Some(&method.derived(key.as_str())?.field));
    field.is_some_and(|field| field.secret)
}
