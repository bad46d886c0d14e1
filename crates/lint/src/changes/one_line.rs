//! Describes parts of a guide on one line, so that two versions can be compared and shown.

use guide::{
    Accept, Auth, BaseUrl, BodyTemplate, Capture, CarrierUse, Carries, Condition, Expect, HeaderTest,
    JsonPath, JsonTemplate, JsonTest, RequestTemplate, When,
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
    if request.repeatable != request.verb.is_idempotent() {
        out.push_str(", repeatable");
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
        CarrierUse::Basic { username, password, encoded } => {
            format!("basic {username} : {password}{}", if *encoded { ", percent-encoded" } else { "" })
        }
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
            let client = redirect.client_id.as_ref().map(|id| format!(" as {id}")).unwrap_or_default();
            let (url, scopes) = (base(&redirect.url), redirect.scopes.join(" "));
            format!("signs in at {url}{client} with the scopes {scopes}")
        }));
        parts.extend(sign_in.steps.iter().map(|step| format!("requests {}", request(&step.check.request))));
        let refresh = sign_in.refresh.iter();
        parts.extend(refresh.map(|step| format!("refreshes with {}", request(&step.check.request))));
    }
    if let Some(assertion) = &auth.assertion {
        let claims = members(&assertion.claims);
        let header = joined(assertion.header.iter().map(|(name, value)| format!("{name}: {value}")), ", ");
        let (algorithm, encoding) = (assertion.algorithm.as_str(), assertion.key_encoding);
        let (key, lifetime) = (&assertion.key, assertion.lifetime);
        parts.push(format!(
            "signs {claims} and the header {header} for {lifetime} s with {key} ({encoding:?}) using {algorithm}"
        ));
    }
    if let Some(signature) = &auth.signature {
        let keys = joined(&signature.key, ", ");
        let text = format!("{} / {}", signature.canonical, signature.signs).replace('\n', " ");
        let (algorithm, encodings) =
            (signature.algorithm.as_str(), (signature.key_encoding, signature.encoding));
        parts.push(format!("signs {text} with {keys} using {algorithm}, encoded as {encodings:?}"));
    }
    if let Some(certificate) = &auth.certificate {
        parts.push(format!("presents the certificate {} with {}", certificate.certificate, certificate.key));
    }
    parts.extend(auth.carries.iter().map(carrier));
    parts.join("; ")
}

/// The tokens that sign-in requests return, and how long they are used.
pub(super) fn tokens(auth: &Auth) -> String {
    let steps = auth.token_steps().map(|step| {
        let path = |path: &JsonPath| format!(", expiring after the seconds in {path}");
        let lifetime = |seconds: u32| format!(", expiring after {seconds} s");
        format!(
            "{}: {}{}{} if {}",
            step.check.request.path,
            captures(&step.check.captures),
            step.expires_in.as_ref().map(path).unwrap_or_default(),
            step.lifetime.map(lifetime).unwrap_or_default(),
            expect(&step.check.expect),
        )
    });
    let rotates = auth.sign_in.as_ref().is_some_and(|sign_in| sign_in.rotates);
    format!("{}{}", joined(steps, "; "), if rotates { "; the refresh token changes" } else { "" })
}

/// How people sign in in a browser, apart from the parts that linked accounts depend on.
pub(super) fn sign_in(auth: &Auth) -> String {
    let Some(redirect) = auth.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref()) else {
        return String::new();
    };
    let parameters = joined(redirect.parameters.iter().map(|(name, value)| format!("{name}={value}")), "&");
    format!(
        "{parameters}, scopes separated by {:?}, always with {}, {}, exchanges the code with {}",
        redirect.separator,
        redirect.renewal_scopes.join(" "),
        if redirect.pkce { "with PKCE" } else { "without PKCE" },
        request(&redirect.exchange.check.request),
    )
}

pub(super) fn captures(captures: &[Capture]) -> String {
    let one = |it: &Capture| {
        format!("{} from {}{}", it.name, it.path, if it.required { "" } else { ", if present" })
    };
    joined(captures.iter().map(one), ", ")
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
