//! Describes parts of a guide on one line, so that two versions can be compared and shown.

use guide::{
    Accept, Auth, BaseUrl, BodyTemplate, CarrierUse, Carries, Condition, Expect, HeaderTest, JsonTemplate,
    JsonTest, RequestTemplate, When,
};

pub(super) fn base(base: &BaseUrl) -> String {
    let port = base.port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("https://{}{port}{}", base.host, base.path)
}

pub(super) fn request(request: &RequestTemplate) -> String {
    let base = request.base.as_ref().map(base).unwrap_or_default();
    let mut out = format!("{} {base}{}", request.verb, request.path);
    out.extend(request.query.iter().map(|(name, value)| format!(" ?{name}={value}")));
    out.extend(request.headers.iter().map(|(name, value)| format!(" {name}: {value}")));
    match &request.body {
        Some(BodyTemplate::Form(pairs)) => {
            let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
            out.push_str(&format!(" with the form {}", joined(pairs, "&")));
        }
        Some(BodyTemplate::Json(json)) => out.push_str(&format!(" with {}", self::json(json))),
        None => {}
    }
    if let Carries::Only(carriers) = &request.carries {
        let carriers = joined(carriers.iter().map(carrier), ", ");
        out.push_str(&format!(" carrying {}", if carriers.is_empty() { "nothing" } else { &carriers }));
    }
    out
}

fn json(template: &JsonTemplate) -> String {
    match template {
        JsonTemplate::Text(text) => format!("\"{text}\""),
        JsonTemplate::Array(list) => format!("[{}]", joined(list.iter().map(json), ", ")),
        JsonTemplate::Object(members) => format!("{{ {} }}", self::members(members)),
        JsonTemplate::Plain(value) => value.to_string(),
    }
}

fn members(members: &[(String, JsonTemplate)]) -> String {
    joined(members.iter().map(|(name, value)| format!("{name}: {}", json(value))), ", ")
}

fn carrier(carrier: &CarrierUse) -> String {
    match carrier {
        CarrierUse::Basic { username, password, .. } => format!("basic {username} : {password}"),
        CarrierUse::Named { carrier, name, value } => {
            format!("{} {name}: {value}", format!("{carrier:?}").to_lowercase())
        }
    }
}

/// The credentials that requests carry, and how they are obtained.
pub(super) fn auth(auth: &Auth) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(sign_in) = &auth.sign_in {
        parts.extend(sign_in.redirect.iter().map(|redirect| {
            format!("signs in at {} with the scopes {}", base(&redirect.url), redirect.scopes.join(" "))
        }));
        parts.extend(sign_in.steps.iter().map(|step| format!("requests {}", request(&step.check.request))));
        let refresh = sign_in.refresh.iter();
        parts.extend(refresh.map(|step| format!("refreshes with {}", request(&step.check.request))));
    }
    if let Some(assertion) = &auth.assertion {
        let claims = members(&assertion.claims);
        let algorithm = assertion.algorithm.as_str();
        parts.push(format!("signs {claims} with {} using {algorithm}", assertion.key));
    }
    if let Some(signature) = &auth.signature {
        let keys = joined(&signature.key, ", ");
        let text = format!("{} / {}", signature.canonical, signature.signs).replace('\n', " ");
        parts.push(format!("signs {text} with {keys} using {}", signature.algorithm.as_str()));
    }
    if let Some(certificate) = &auth.certificate {
        parts.push(format!("presents the certificate {}", certificate.certificate));
    }
    parts.extend(auth.carries.iter().map(carrier));
    parts.join("; ")
}

pub(super) fn condition(when: Option<&Condition>) -> String {
    let Some(when) = when else { return String::new() };
    let mut parts = Vec::new();
    if !when.environments.is_empty() {
        parts.push(when.environments.join(" or "));
    }
    if let Some((field, values)) = &when.field {
        parts.push(format!("{field} is {}", values.join(" or ")));
    }
    parts.join(" and ")
}

/// The conditions under which a section or step is shown.
pub(super) fn condition_and_scopes(when: Option<&Condition>, scopes: &[String]) -> String {
    format!("{} {}", condition(when), scopes.join(", ")).trim().to_owned()
}

pub(super) fn expect(expect: &Expect) -> String {
    let Expect { status, headers, json, is_json } = expect.clone();
    when(&When { status, headers, json, is_json, ..When::default() })
}

pub(super) fn when(when: &When) -> String {
    let mut parts = Vec::new();
    if !when.status.is_empty() {
        parts.push(format!("status {}", joined(&when.status, ", ")));
    }
    if !when.status_not.is_empty() {
        parts.push(format!("status not {}", joined(&when.status_not, ", ")));
    }
    parts.extend(when.headers.iter().map(|(name, test)| header_test(name, test)));
    parts.extend(when.json.iter().map(|(path, test)| json_test(&path.to_string(), test)));
    parts.extend(when.is_json.map(|is| if is { "JSON" } else { "not JSON" }.to_owned()));
    parts.extend(when.fails.iter().map(|fault| format!("fails: {fault}")));
    parts.join(", ")
}

fn header_test(name: &str, test: &HeaderTest) -> String {
    let mut out = name.to_owned();
    out.extend(test.exists.map(existence));
    out.extend(test.equals.iter().map(|text| format!(" is {text}")));
    out.extend(test.contains.iter().map(|text| format!(" contains {text}")));
    out
}

fn json_test(path: &str, test: &JsonTest) -> String {
    let mut out = path.to_owned();
    out.extend(test.exists.map(existence));
    out.extend(test.kind.iter().map(|kind| format!(" is a {kind:?}").to_lowercase()));
    if !test.one_of.is_empty() {
        out.push_str(&format!(" is {}", joined(&test.one_of, " or ")));
    }
    out.extend(test.contains.iter().map(|part| format!(" contains {part}")));
    out.extend(test.host_differs_from.iter().map(|host| format!(" has a host other than {host}")));
    out
}

const fn existence(exists: bool) -> &'static str {
    if exists { " exists" } else { " does not exist" }
}

pub(super) fn accept(list: &[Accept]) -> String {
    joined(list.iter().map(|accept| format!("{accept:?}")), ", ")
}

fn joined(items: impl IntoIterator<Item = impl ToString>, separator: &str) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(separator)
}
