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
    let mut out = format!("{} {}", request.verb, request.path);
    if let Some(base) = &request.base {
        out = format!("{} {}{}", request.verb, self::base(base), request.path);
    }
    for (name, value) in &request.query {
        out.push_str(&format!(" ?{name}={value}"));
    }
    for (name, value) in &request.headers {
        out.push_str(&format!(" {name}: {value}"));
    }
    match &request.body {
        Some(BodyTemplate::Form(pairs)) => {
            let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            out.push_str(&format!(" with the form {}", pairs.join("&")));
        }
        Some(BodyTemplate::Json(json)) => out.push_str(&format!(" with {}", self::json(json))),
        None => {}
    }
    if let Carries::Only(carriers) = &request.carries {
        let carriers: Vec<String> = carriers.iter().map(carrier).collect();
        let shown = if carriers.is_empty() { "nothing".to_owned() } else { carriers.join(", ") };
        out.push_str(&format!(" carrying {shown}"));
    }
    out
}

fn json(template: &JsonTemplate) -> String {
    match template {
        JsonTemplate::Text(text) => format!("\"{text}\""),
        JsonTemplate::Array(list) => {
            format!("[{}]", list.iter().map(json).collect::<Vec<_>>().join(", "))
        }
        JsonTemplate::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{name}: {}", json(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        JsonTemplate::Plain(value) => value.to_string(),
    }
}

fn carrier(carrier: &CarrierUse) -> String {
    match carrier {
        CarrierUse::Basic { username, password, .. } => format!("basic {username} : {password}"),
        CarrierUse::Named { carrier, name, value } => {
            let place = format!("{carrier:?}").to_lowercase();
            format!("{place} {name}: {value}")
        }
    }
}

/// The credentials that requests carry, and how they are obtained.
pub(super) fn auth(auth: &Auth) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(sign_in) = &auth.sign_in {
        if let Some(redirect) = &sign_in.redirect {
            parts.push(format!(
                "signs in at {} with the scopes {}",
                base(&redirect.url),
                redirect.scopes.join(" ")
            ));
        }
        parts.extend(sign_in.steps.iter().map(|step| format!("requests {}", request(&step.check.request))));
        parts.extend(
            sign_in.refresh.iter().map(|step| format!("refreshes with {}", request(&step.check.request))),
        );
    }
    if let Some(assertion) = &auth.assertion {
        let claims: Vec<String> =
            assertion.claims.iter().map(|(name, value)| format!("{name}: {}", json(value))).collect();
        parts.push(format!(
            "signs {} with {} using {}",
            claims.join(", "),
            assertion.key,
            assertion.algorithm.as_str()
        ));
    }
    if let Some(signature) = &auth.signature {
        let keys: Vec<String> = signature.key.iter().map(ToString::to_string).collect();
        let text = format!("{} / {}", signature.canonical, signature.signs).replace('\n', " ");
        parts.push(format!("signs {text} with {} using {}", keys.join(", "), signature.algorithm.as_str()));
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
        parts.push(when.environments.iter().map(guide::Key::as_str).collect::<Vec<_>>().join(" or "));
    }
    if let Some((field, values)) = &when.field {
        parts.push(format!("{field} is {}", values.join(" or ")));
    }
    parts.join(" and ")
}

pub(super) fn expect(expect: &Expect) -> String {
    let when = When {
        status: expect.status.clone(),
        status_not: Vec::new(),
        headers: expect.headers.clone(),
        json: expect.json.clone(),
        is_json: expect.is_json,
        fails: Vec::new(),
    };
    self::when(&when)
}

pub(super) fn when(when: &When) -> String {
    let numbers = |list: &[u16]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if !when.status.is_empty() {
        parts.push(format!("status {}", numbers(&when.status)));
    }
    if !when.status_not.is_empty() {
        parts.push(format!("status not {}", numbers(&when.status_not)));
    }
    parts.extend(when.headers.iter().map(|(name, test)| header_test(name, test)));
    parts.extend(when.json.iter().map(|(path, test)| json_test(&path.to_string(), test)));
    parts.extend(when.is_json.map(|is| if is { "JSON" } else { "not JSON" }.to_owned()));
    parts.extend(when.fails.iter().map(|fault| format!("fails: {fault}")));
    parts.join(", ")
}

fn header_test(name: &str, test: &HeaderTest) -> String {
    let mut out = name.to_owned();
    if let Some(exists) = test.exists {
        out.push_str(if exists { " exists" } else { " does not exist" });
    }
    out.extend(test.equals.iter().map(|text| format!(" is {text}")));
    out.extend(test.contains.iter().map(|text| format!(" contains {text}")));
    out
}

fn json_test(path: &str, test: &JsonTest) -> String {
    let mut out = path.to_owned();
    if let Some(exists) = test.exists {
        out.push_str(if exists { " exists" } else { " does not exist" });
    }
    out.extend(test.kind.iter().map(|kind| format!(" is a {kind:?}").to_lowercase()));
    if !test.one_of.is_empty() {
        let values: Vec<String> = test.one_of.iter().map(ToString::to_string).collect();
        out.push_str(&format!(" is {}", values.join(" or ")));
    }
    out.extend(test.contains.iter().map(|part| format!(" contains {part}")));
    out.extend(test.host_differs_from.iter().map(|host| format!(" has a host other than {host}")));
    out
}

pub(super) fn accept(list: &[Accept]) -> String {
    list.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ")
}
