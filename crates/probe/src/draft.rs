//! Puts a request together: certificate, credentials and signature.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guide::{
    BodyTemplate, Carrier, CarrierUse, Method, RequestPart, Signature, SignatureEncoding, Target, Template,
    Verb,
};
use secret::{Secret, SecretBytes};
use serde_json::Value;

use crate::encode;
use crate::fill::{FillError, Problem, Slot, fill, invalid_key, json};
use crate::inputs::{Filling, RequestParts};
use crate::message::{Body, ClientCertificate, Header, Permit, Request};
use crate::sign::{key_bytes, sign, to_base64, to_hex};

/// A request that is still being put together.
pub(crate) struct Draft {
    pub(crate) request: Request,
    cookies: Vec<(String, Secret)>,
    pub(crate) body: Option<Content>,
}

/// A body that a credential can still be added to.
pub(crate) enum Content {
    Json(Value),
    Form(Vec<(String, Secret)>),
    /// A body that is sent unchanged, so nothing can be added.
    Whole(Body),
}

impl Content {
    pub(crate) fn new(body: &BodyTemplate, with: &Filling<'_>) -> Result<Self, FillError> {
        Ok(match body {
            BodyTemplate::Json(template) => Self::Json(json(template, with)?),
            BodyTemplate::Form(pairs) => {
                let mut filled = Vec::new();
                for (name, value) in pairs {
                    filled.push((name.clone(), fill(value, Slot::Text, with)?));
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
    pub(crate) fn new(method: &Method, verb: Verb, host: String, port: Option<u16>, path: String) -> Self {
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

    /// Sets the client certificate, if the method has one.
    pub(crate) fn set_certificate(&mut self, method: &Method, with: &Filling<'_>) -> Result<(), FillError> {
        if let Some(certificate) = &method.auth.certificate {
            self.request.certificate = Some(ClientCertificate {
                certificate: fill(&certificate.certificate, Slot::Text, with)?,
                key: fill(&certificate.key, Slot::Text, with)?,
            });
        }
        Ok(())
    }

    /// Adds the method's credentials. If the method signs requests, credentials that do not depend on the signature are
    /// added first, so that they are signed too.
    pub(crate) fn authenticate(&mut self, method: &Method, with: &Filling<'_>) -> Result<(), FillError> {
        let Some(signature) = &method.auth.signature else {
            return method.auth.carries.iter().try_for_each(|one| self.carry(one, with));
        };
        let (late, early): (Vec<_>, Vec<_>) =
            method.auth.carries.iter().partition(|one| refers_to_request(one));
        early.into_iter().try_for_each(|one| self.carry(one, with))?;
        let parts = self.sign(signature, with)?;
        let with = Filling { parts: Some(&parts), ..*with };
        late.into_iter().try_for_each(|one| self.carry(one, &with))
    }

    pub(crate) fn carry(&mut self, carrier: &CarrierUse, with: &Filling<'_>) -> Result<(), FillError> {
        match carrier {
            CarrierUse::Basic { username, password, encoded } => {
                let slot = if *encoded { Slot::Text } else { Slot::BasicUser };
                let mut user = fill(username, slot, with)?;
                let mut password = fill(password, Slot::Text, with)?;
                if *encoded {
                    user = Secret::new(encode::percent(user.expose()));
                    password = Secret::new(encode::percent(password.expose()));
                }
                let pair = Secret::new(format!("{}:{}", user.expose(), password.expose()));
                self.set_header(
                    "authorization",
                    Secret::new(format!("Basic {}", STANDARD.encode(pair.expose()))),
                );
            }
            CarrierUse::Named { carrier: Carrier::Header, name, value } => {
                let value = fill(value, Slot::Header, with)?;
                self.set_header(name, value);
            }
            CarrierUse::Named { carrier: Carrier::Query, name, value } => {
                self.request.query.push((name.clone(), fill(value, Slot::Text, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Cookie, name, value } => {
                self.cookies.push((name.clone(), fill(value, Slot::Cookie, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Body, name, value } => {
                let value = fill(value, Slot::Text, with)?;
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

    fn set_header(&mut self, name: &str, value: Secret) {
        self.request.headers.retain(|header| header.name != *name);
        self.request.headers.push(Header { name: name.to_owned(), value });
    }

    /// Signs the request as it is now. Returns its parts, including the signature, for the carriers that refer to them.
    fn sign(&self, signature: &Signature, with: &Filling<'_>) -> Result<RequestParts, FillError> {
        let body = self.body.as_ref().map(Content::bytes);
        let body = body.map_or_else(Secret::default, |body| {
            Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned())
        });
        let pairs = self.request.encoded_query();
        let mut sorted = pairs.clone();
        sorted.sort_by(|a, b| a.expose().cmp(b.expose()));
        let joined =
            |pairs: &[Secret]| Secret::new(pairs.iter().map(Secret::expose).collect::<Vec<_>>().join("&"));
        let mut parts = RequestParts(vec![
            (RequestPart::Method, Secret::from(self.request.verb.as_str())),
            (RequestPart::Host, Secret::from(self.request.host.as_str())),
            (RequestPart::Path, Secret::from(self.request.path.as_str())),
            (RequestPart::Query, joined(&pairs)),
            (RequestPart::SortedQuery, joined(&sorted)),
            (RequestPart::PathAndQuery, self.request.path_and_query()),
            (RequestPart::Body, body),
        ]);
        let canonical = fill(&signature.canonical, Slot::Text, &Filling { parts: Some(&parts), ..*with })?;
        parts.0.push((RequestPart::Canonical, canonical));
        let text = fill(&signature.signs, Slot::Text, &Filling { parts: Some(&parts), ..*with })?;
        let key = signing_key(signature, with)?;
        let signed = sign(signature.algorithm, &key, text.expose().as_bytes())
            .map_err(|_| invalid_key(&signature.key[0], with))?;
        let written = match signature.encoding {
            SignatureEncoding::Hex => to_hex(&signed),
            SignatureEncoding::Base64 => to_base64(&signed),
            SignatureEncoding::Base64url => URL_SAFE_NO_PAD.encode(&signed),
        };
        parts.0.push((RequestPart::Signature, Secret::new(written)));
        Ok(parts)
    }

    /// Joins the cookies and encodes the body.
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

/// The key to sign with. For an HMAC, each further text of the guide is signed with the key so far, which gives the next
/// key.
fn signing_key(signature: &Signature, with: &Filling<'_>) -> Result<SecretBytes, FillError> {
    let first = &signature.key[0];
    let text = fill(first, Slot::Text, with)?;
    if !signature.algorithm.is_hmac() {
        return Ok(SecretBytes::from(&text));
    }
    let mut key = key_bytes(&text, signature.key_encoding).map_err(|_| invalid_key(first, with))?;
    for next in &signature.key[1..] {
        let text = fill(next, Slot::Text, with)?;
        let signed = sign(signature.algorithm, &key, text.expose().as_bytes());
        key = SecretBytes::new(signed.map_err(|_| invalid_key(first, with))?);
    }
    Ok(key)
}

/// Whether a carrier refers to the rest of the request, so that it can only be added last.
fn refers_to_request(carrier: &CarrierUse) -> bool {
    let has_request = |template: &Template| {
        template.references().any(|reference| matches!(reference.target, Target::Request(_)))
    };
    carrier.templates().into_iter().any(has_request)
}
