//! From a guide and values to a request.
//!
//! **Invariant:** the same guide and values give the same request, to a host that the guide allows and to no
//! other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guide::{
    Auth, BaseUrl, BodyTemplate, Carrier, Guide, JsonTemplate, Method, Part, RequestTemplate, Template,
};
use secret::{Secret, SecretBytes};
use serde_json::Value;

use crate::encode;
use crate::fill::{FillError, Inputs, Landing, Problem, fill};
use crate::message::{Body, Header, Permit, Request};

/// The request that a template asks for, with the method's authentication.
pub fn request(
    method: &Method,
    template: &RequestTemplate,
    inputs: &Inputs<'_>,
) -> Result<Request, FillError> {
    let host = host(method, inputs)?;
    let mut path = fill(&method.base_url.path, Landing::Path, inputs)?.expose().to_owned();
    path.push_str(fill(&template.path, Landing::Path, inputs)?.expose());
    let mut query = Vec::new();
    for (name, value) in &template.query {
        query.push((name.clone(), fill(value, Landing::Text, inputs)?));
    }
    let mut headers = Vec::new();
    for (name, value) in &template.headers {
        headers.push(Header { name: name.clone(), value: fill(value, Landing::Header, inputs)? });
    }
    let body = match &template.body {
        Some(body) => Some(self::body(body, inputs)?),
        None => None,
    };
    let permit = Permit { patterns: method.hosts.clone(), own_host: None };
    let mut request =
        Request { verb: template.verb, host, port: method.base_url.port, path, query, headers, body, permit };
    authenticate(&method.auth, &mut request, inputs)?;
    Ok(request)
}

/// The host that requests go to with these values: what "will connect to …" shows.
pub fn host(method: &Method, inputs: &Inputs<'_>) -> Result<String, FillError> {
    let host = fill(&method.base_url.host, Landing::Host, inputs)?;
    let host = host.expose().to_owned();
    let sound = host.len() <= 253 && host.split('.').all(guide::is_label);
    if !sound || !method.hosts.iter().any(|pattern| pattern.matches(&host)) {
        let field = method.base_url.host.values().next().cloned();
        return Err(FillError { field, problem: Problem::HostNotAllowed });
    }
    Ok(host)
}

/// The fields that decide which host a request goes to: changing one asks for the secrets again.
pub fn host_fields(base: &BaseUrl) -> Vec<&guide::Key> {
    base.host.values().collect()
}

fn authenticate(auth: &Auth, request: &mut Request, inputs: &Inputs<'_>) -> Result<(), FillError> {
    match auth {
        Auth::Basic { username, password } => {
            let user = fill(username, Landing::BasicUser, inputs)?;
            let password = fill(password, Landing::Text, inputs)?;
            let pair = Secret::new(format!("{}:{}", user.expose(), password.expose()));
            authorization(request, &Secret::new(format!("Basic {}", STANDARD.encode(pair.expose()))));
        }
        Auth::Bearer { token } => {
            let token = fill(token, Landing::Header, inputs)?;
            authorization(request, &Secret::new(format!("Bearer {}", token.expose())));
        }
        Auth::Carriers(carriers) => {
            for carrier in carriers {
                match carrier.carrier {
                    Carrier::Header => {
                        let value = fill(&carrier.value, Landing::Header, inputs)?;
                        request.headers.retain(|header| header.name != carrier.name);
                        request.headers.push(Header { name: carrier.name.clone(), value });
                    }
                    Carrier::Query => {
                        request
                            .query
                            .push((carrier.name.clone(), fill(&carrier.value, Landing::Text, inputs)?));
                    }
                    Carrier::Cookie | Carrier::Body => {
                        return Err(FillError { field: None, problem: Problem::NotRunnable });
                    }
                }
            }
        }
        Auth::NotRunnable { .. } => return Err(FillError { field: None, problem: Problem::NotRunnable }),
    }
    Ok(())
}

fn authorization(request: &mut Request, value: &Secret) {
    request.headers.retain(|header| header.name != "authorization");
    request.headers.push(Header { name: "authorization".to_owned(), value: value.clone() });
}

fn body(body: &BodyTemplate, inputs: &Inputs<'_>) -> Result<Body, FillError> {
    match body {
        BodyTemplate::Json(json) => {
            let text = Secret::new(self::json(json, inputs)?.to_string());
            Ok(Body { content_type: "application/json".to_owned(), bytes: SecretBytes::from(&text) })
        }
        BodyTemplate::Form(pairs) => {
            let mut filled = Vec::new();
            for (name, value) in pairs {
                filled.push((name.as_str(), fill(value, Landing::Text, inputs)?));
            }
            let text = Secret::new(encode::form(filled.iter().map(|(name, value)| (*name, value.expose()))));
            let content_type = "application/x-www-form-urlencoded".to_owned();
            Ok(Body { content_type, bytes: SecretBytes::from(&text) })
        }
    }
}

fn json(template: &JsonTemplate, inputs: &Inputs<'_>) -> Result<Value, FillError> {
    Ok(match template {
        JsonTemplate::Text(text) => Value::String(fill(text, Landing::Text, inputs)?.expose().to_owned()),
        JsonTemplate::Array(list) => {
            Value::Array(list.iter().map(|item| json(item, inputs)).collect::<Result<_, _>>()?)
        }
        JsonTemplate::Object(members) => {
            let filled: Result<Vec<_>, FillError> =
                members.iter().map(|(name, value)| Ok((name.clone(), json(value, inputs)?))).collect();
            Value::Object(filled?.into_iter().collect())
        }
        JsonTemplate::Plain(value) => value.clone(),
    })
}

/// What stands in a message about an attempt: values that are not secret, labels, names.
pub fn message(
    template: &Template,
    guide: &Guide,
    method: &Method,
    inputs: &Inputs<'_>,
    brand: &str,
) -> String {
    use guide::Target;
    let mut out = String::new();
    for part in &template.parts {
        let reference = match part {
            Part::Text(text) => {
                out.push_str(text);
                continue;
            }
            Part::Reference(reference) => reference,
        };
        match &reference.target {
            Target::Value(key) => {
                let field = method.field(key.as_str()).filter(|field| !field.secret);
                if let Some(value) = field.and_then(|field| inputs.values.get(&field.key)) {
                    out.push_str(value.expose());
                }
            }
            Target::Label(key) => out.push_str(method.field(key.as_str()).map_or("", |field| &field.label)),
            Target::Step(key) => out.push_str(method.step(key.as_str()).map_or("", |(_, step)| &step.title)),
            Target::EnvironmentHost => out.push_str(inputs.environment.map_or("", |one| &one.host)),
            Target::EnvironmentLabel => out.push_str(inputs.environment.map_or("", |one| &one.label)),
            Target::ProviderName => out.push_str(&guide.provider.name),
            Target::ProviderKey => out.push_str(guide.provider.key.as_str()),
            Target::MethodLabel => out.push_str(&method.label),
            Target::BrandName | Target::BrandHub => out.push_str(brand),
            Target::BrandSupportUrl
            | Target::BrandSiteUrl
            | Target::Json(_)
            | Target::Capture(_)
            | Target::RedirectUri => {}
        }
    }
    out
}
