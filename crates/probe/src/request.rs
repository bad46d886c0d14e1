//! From a guide and values to a request.
//!
//! **Invariant:** the same guide and values give the same request, to a host that the guide allows and to no
//! other.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guide::{
    BaseUrl, BodyTemplate, Carrier, CarrierUse, Carries, Guide, HostPattern, JsonTemplate, Method, Part,
    RequestPart, RequestTemplate, Signature, SignatureEncoding, Target, Template,
};
use secret::{Secret, SecretBytes};
use serde_json::{Map, Value};

use crate::assertion::no_key;
use crate::encode;
use crate::fill::{FillError, Filling, Inputs, Landing, Problem, Signing, derived, fill};
use crate::message::{Body, ClientCertificate, Header, Permit, Request};
use crate::sign::{key_bytes, sign, to_base64, to_hex};

/// The request that a template asks for, with what it carries.
pub fn request(
    method: &Method,
    template: &RequestTemplate,
    inputs: &Inputs<'_>,
) -> Result<Request, FillError> {
    let with = Filling { inputs, assertion: method.auth.assertion.as_ref(), signing: None };
    let base = template.base.as_ref().unwrap_or(&method.base_url);
    let host = host_of(base, &method.hosts, &with)?;
    let path = path_of(base, &template.path, &with)?;
    let mut draft = Draft::new(method, template.verb, host, base.port, path);
    draft.body = template.body.as_ref().map(|body| Content::new(body, &with)).transpose()?;
    for (name, value) in &template.query {
        draft.request.query.push((name.clone(), fill(value, Landing::Text, &with)?));
    }
    for (name, value) in &template.headers {
        draft
            .request
            .headers
            .push(Header { name: name.clone(), value: fill(value, Landing::Header, &with)? });
    }
    draft.certify(method, &with)?;
    match &template.carries {
        Carries::Only(carriers) => carriers.iter().try_for_each(|one| draft.carry(one, &with))?,
        Carries::AsMethod => draft.authenticate(method, &with)?,
    }
    Ok(draft.finish())
}

/// Whether a request is one for this path, written without that of the base address; nothing, where the values for
/// it are not known.
pub fn is_for(method: &Method, template: &RequestTemplate, path: &str, inputs: &Inputs<'_>) -> Option<bool> {
    let with = Filling { inputs, assertion: method.auth.assertion.as_ref(), signing: None };
    let made = fill(&template.path, Landing::Path, &with).ok()?;
    Some(made.expose() == path)
}

/// The path of an address that request paths are appended to.
pub(crate) fn base_path(base: &BaseUrl, with: &Filling<'_>) -> Result<String, FillError> {
    Ok(fill(&base.path, Landing::Path, with)?.expose().to_owned())
}

fn path_of(base: &BaseUrl, path: &Template, with: &Filling<'_>) -> Result<String, FillError> {
    let mut whole = base_path(base, with)?;
    whole.push_str(fill(path, Landing::Path, with)?.expose());
    Ok(whole)
}

/// The host that requests go to with these values: what "will connect to …" shows.
pub fn host(method: &Method, inputs: &Inputs<'_>) -> Result<String, FillError> {
    host_of(&method.base_url, &method.hosts, &Filling::plain(inputs))
}

pub(crate) fn host_of(
    base: &BaseUrl,
    hosts: &[HostPattern],
    with: &Filling<'_>,
) -> Result<String, FillError> {
    let host = fill(&base.host, Landing::Host, with)?;
    let host = host.expose().to_owned();
    let sound = host.len() <= 253 && host.split('.').all(guide::is_label);
    if !sound || !hosts.iter().any(|pattern| pattern.matches(&host)) {
        let field = base.host.values().next().cloned();
        return Err(FillError { field, problem: Problem::HostNotAllowed });
    }
    Ok(host)
}

/// The fields that decide which host a request goes to: changing one asks for the secrets again.
pub fn host_fields(method: &Method) -> Vec<&guide::Key> {
    let bases = method.asks().filter_map(|check| check.request.base.as_ref()).chain([&method.base_url]);
    bases
        .flat_map(|base| base.host.values())
        .filter_map(|key| match method.derived(key.as_str()) {
            Some(derived) => derived.source.as_ref(),
            None => Some(key),
        })
        .collect()
}

/// Whether a carrier holds something that is made from the rest of the request.
fn is_made_last(carrier: &CarrierUse) -> bool {
    let of_request = |template: &Template| {
        template.references().any(|reference| matches!(reference.target, Target::Request(_)))
    };
    carrier.templates().into_iter().any(of_request)
}

/// A request whose parts are still coming together.
pub(crate) struct Draft {
    pub(crate) request: Request,
    cookies: Vec<(String, Secret)>,
    pub(crate) body: Option<Content>,
}

/// A body before it is bytes.
pub(crate) enum Content {
    Json(Value),
    Form(Vec<(String, Secret)>),
    /// One that is sent as it came.
    Whole(Body),
}

impl Content {
    fn new(body: &BodyTemplate, with: &Filling<'_>) -> Result<Self, FillError> {
        Ok(match body {
            BodyTemplate::Json(template) => Self::Json(json(template, with)?),
            BodyTemplate::Form(pairs) => {
                let mut filled = Vec::new();
                for (name, value) in pairs {
                    filled.push((name.clone(), fill(value, Landing::Text, with)?));
                }
                Self::Form(filled)
            }
        })
    }

    fn bytes(&self) -> Body {
        match self {
            Self::Json(json) => {
                let text = Secret::new(json.to_string());
                Body { content_type: "application/json".to_owned(), bytes: SecretBytes::from(&text) }
            }
            Self::Form(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.expose()));
                let text = Secret::new(encode::form(pairs));
                let content_type = "application/x-www-form-urlencoded".to_owned();
                Body { content_type, bytes: SecretBytes::from(&text) }
            }
            Self::Whole(body) => body.clone(),
        }
    }
}

impl Draft {
    pub(crate) fn new(
        method: &Method,
        verb: guide::Verb,
        host: String,
        port: Option<u16>,
        path: String,
    ) -> Self {
        let request = Request {
            verb,
            host,
            port,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            permit: Permit { patterns: method.hosts.clone(), own_host: None },
            certificate: None,
        };
        Self { request, cookies: Vec::new(), body: None }
    }

    pub(crate) fn certify(&mut self, method: &Method, with: &Filling<'_>) -> Result<(), FillError> {
        if let Some(certificate) = &method.auth.certificate {
            self.request.certificate = Some(ClientCertificate {
                certificate: fill(&certificate.certificate, Landing::Text, with)?,
                key: fill(&certificate.key, Landing::Text, with)?,
            });
        }
        Ok(())
    }

    /// What every request of the method carries. With a signature, what does not hang on it is signed with the rest.
    pub(crate) fn authenticate(&mut self, method: &Method, with: &Filling<'_>) -> Result<(), FillError> {
        let Some(signature) = &method.auth.signature else {
            return method.auth.carries.iter().try_for_each(|one| self.carry(one, with));
        };
        let (late, early): (Vec<_>, Vec<_>) = method.auth.carries.iter().partition(|one| is_made_last(one));
        early.into_iter().try_for_each(|one| self.carry(one, with))?;
        let signing = self.sign(signature, with)?;
        let with = Filling { signing: Some(&signing), ..*with };
        late.into_iter().try_for_each(|one| self.carry(one, &with))
    }

    fn carry(&mut self, carrier: &CarrierUse, with: &Filling<'_>) -> Result<(), FillError> {
        match carrier {
            CarrierUse::Basic { username, password, encoded } => {
                let landing = if *encoded { Landing::Text } else { Landing::BasicUser };
                let mut user = fill(username, landing, with)?;
                let mut password = fill(password, Landing::Text, with)?;
                if *encoded {
                    user = Secret::new(encode::percent(user.expose()));
                    password = Secret::new(encode::percent(password.expose()));
                }
                let pair = Secret::new(format!("{}:{}", user.expose(), password.expose()));
                self.header(
                    "authorization",
                    Secret::new(format!("Basic {}", STANDARD.encode(pair.expose()))),
                );
            }
            CarrierUse::Named { carrier: Carrier::Header, name, value } => {
                let value = fill(value, Landing::Header, with)?;
                self.header(name, value);
            }
            CarrierUse::Named { carrier: Carrier::Query, name, value } => {
                self.request.query.push((name.clone(), fill(value, Landing::Text, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Cookie, name, value } => {
                self.cookies.push((name.clone(), fill(value, Landing::Cookie, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Body, name, value } => {
                let value = fill(value, Landing::Text, with)?;
                match self.body.get_or_insert_with(|| Content::Form(Vec::new())) {
                    Content::Form(pairs) => pairs.push((name.clone(), value)),
                    Content::Json(Value::Object(members)) => {
                        members.insert(name.clone(), value.expose().into());
                    }
                    Content::Json(_) | Content::Whole(_) => {
                        return Err(FillError { field: None, problem: Problem::NoBody });
                    }
                }
            }
        }
        Ok(())
    }

    fn header(&mut self, name: &str, value: Secret) {
        self.request.headers.retain(|header| header.name != *name);
        self.request.headers.push(Header { name: name.to_owned(), value });
    }

    /// Signs the request as it stands, and gives its parts for what is carried after that.
    fn sign(&mut self, signature: &Signature, with: &Filling<'_>) -> Result<Signing, FillError> {
        let body = self.body.as_ref().map(Content::bytes);
        let body = body.map_or_else(Secret::default, |body| {
            Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned())
        });
        let pairs = self.request.encoded_query();
        let mut sorted = pairs.clone();
        sorted.sort_by(|a, b| a.expose().cmp(b.expose()));
        let joined =
            |pairs: &[Secret]| Secret::new(pairs.iter().map(Secret::expose).collect::<Vec<_>>().join("&"));
        let mut signing = Signing(vec![
            (RequestPart::Method, Secret::from(self.request.verb.as_str())),
            (RequestPart::Host, Secret::from(self.request.host.as_str())),
            (RequestPart::Path, Secret::from(self.request.path.as_str())),
            (RequestPart::Query, joined(&pairs)),
            (RequestPart::SortedQuery, joined(&sorted)),
            (RequestPart::PathAndQuery, self.request.path_and_query()),
            (RequestPart::Body, body),
        ]);
        let canonical =
            fill(&signature.canonical, Landing::Text, &Filling { signing: Some(&signing), ..*with })?;
        signing.0.push((RequestPart::Canonical, canonical));
        let text = fill(&signature.signs, Landing::Text, &Filling { signing: Some(&signing), ..*with })?;
        let key = signing_key(signature, with)?;
        let signed = sign(signature.algorithm, &key, text.expose().as_bytes())
            .map_err(|_| no_key(&signature.key[0], with))?;
        let written = match signature.encoding {
            SignatureEncoding::Hex => to_hex(&signed),
            SignatureEncoding::Base64 => to_base64(&signed),
            SignatureEncoding::Base64url => URL_SAFE_NO_PAD.encode(&signed),
        };
        signing.0.push((RequestPart::Signature, Secret::new(written)));
        Ok(signing)
    }

    pub(crate) fn finish(mut self) -> Request {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect();
            let value = Secret::new(pairs.join("; "));
            self.request.headers.push(Header { name: "cookie".to_owned(), value });
        }
        self.request.body = self.body.as_ref().map(Content::bytes);
        self.request
    }
}

/// The key that signs: the first one, or what the texts after it make of it.
fn signing_key(signature: &Signature, with: &Filling<'_>) -> Result<SecretBytes, FillError> {
    let first = &signature.key[0];
    let text = fill(first, Landing::Text, with)?;
    if !signature.algorithm.is_hmac() {
        return Ok(SecretBytes::from(&text));
    }
    let mut key = key_bytes(&text, signature.key_encoding).map_err(|_| no_key(first, with))?;
    for next in &signature.key[1..] {
        let text = fill(next, Landing::Text, with)?;
        let signed = sign(signature.algorithm, &key, text.expose().as_bytes());
        key = SecretBytes::new(signed.map_err(|_| no_key(first, with))?);
    }
    Ok(key)
}

/// JSON with its texts filled in.
pub(crate) fn json(template: &JsonTemplate, with: &Filling<'_>) -> Result<Value, FillError> {
    Ok(match template {
        JsonTemplate::Text(text) => Value::String(fill(text, Landing::Text, with)?.expose().to_owned()),
        JsonTemplate::Array(list) => {
            Value::Array(list.iter().map(|item| json(item, with)).collect::<Result<_, _>>()?)
        }
        JsonTemplate::Object(members) => {
            let filled: Result<Map<_, _>, FillError> =
                members.iter().map(|(name, value)| Ok((name.clone(), json(value, with)?))).collect();
            Value::Object(filled?)
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
            Target::Value(key) => out.push_str(&shown(key, method, inputs)),
            Target::Label(key) => out.push_str(method.field(key.as_str()).map_or("", |field| &field.label)),
            Target::Step(key) => out.push_str(method.step(key.as_str()).map_or("", |(_, step)| &step.title)),
            Target::EnvironmentHost => out.push_str(inputs.environment.map_or("", |one| &one.host)),
            Target::EnvironmentLabel => out.push_str(inputs.environment.map_or("", |one| &one.label)),
            Target::EnvironmentValue(name) => {
                out.push_str(inputs.environment.and_then(|one| one.value(name.as_str())).unwrap_or_default());
            }
            Target::ProviderName => out.push_str(&guide.provider.name),
            Target::ProviderKey => out.push_str(guide.provider.key.as_str()),
            Target::MethodLabel => out.push_str(&method.label),
            Target::BrandName | Target::BrandHub => out.push_str(brand),
            Target::BrandSupportUrl
            | Target::BrandSiteUrl
            | Target::Json(_)
            | Target::Capture(_)
            | Target::Token(_)
            | Target::Assertion
            | Target::Request(_)
            | Target::Now(_)
            | Target::Random(_)
            | Target::RedirectUri => {}
        }
    }
    out
}

/// A value in a message; nothing, where it may not be seen.
fn shown(key: &guide::Key, method: &Method, inputs: &Inputs<'_>) -> String {
    let value = match (method.field(key.as_str()), method.derived(key.as_str())) {
        (Some(field), _) if !field.secret => inputs.values.get(key).cloned(),
        (None, Some(one)) if !one.field.secret => derived(one, &Filling::plain(inputs)).ok(),
        _ => None,
    };
    value.map(|value| value.expose().to_owned()).unwrap_or_default()
}
