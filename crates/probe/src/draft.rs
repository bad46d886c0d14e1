//! Assembles a request: certificate, credentials and signature.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guide::{Carrier, CarrierUse, Method, RequestPart, Signature, SignatureEncoding, Target, Template, Verb};
use secret::{Secret, SecretBytes, percent_encoded};

use crate::content::{Content, sets_parameter};
use crate::fill::{FillError, Problem, Slot, fill, invalid_key};
use crate::inputs::Filling;
use crate::message::{ClientCertificate, Header, Permit, Request};
use crate::sign::{key_bytes, sign};

/// The header that carries Basic authentication.
const AUTHORIZATION: &str = "authorization";

/// A request that is still being assembled.
pub(crate) struct Draft {
    pub(crate) request: Request,
    cookies: Vec<(String, Secret)>,
    pub(crate) body: Option<Content>,
    /// The signature, if the request has been signed.
    pub(crate) signature: Option<Secret>,
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
        Self { request, cookies: Vec::new(), body: None, signature: None }
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

    /// Adds the method's credentials. If the method signs requests, credentials that do not depend on the request's
    /// content are added first, so that the signature covers them.
    pub(crate) fn authenticate(&mut self, method: &Method, with: &Filling<'_>) -> Result<(), FillError> {
        let Some(signature) = &method.auth.signature else {
            return method.auth.carries.iter().try_for_each(|one| self.carry(one, with));
        };
        let (late, early): (Vec<_>, Vec<_>) =
            method.auth.carries.iter().partition(|one| refers_to_request(one));
        // The signature must not cover values that the late credentials replace.
        for one in &late {
            self.clear(one);
        }
        early.into_iter().try_for_each(|one| self.carry(one, with))?;
        let parts = self.sign(signature, with)?;
        let with = Filling { parts: &parts, ..*with };
        late.into_iter().try_for_each(|one| self.carry(one, &with))
    }

    /// Adds a credential. It replaces any value that the request already has in the same location.
    pub(crate) fn carry(&mut self, carrier: &CarrierUse, with: &Filling<'_>) -> Result<(), FillError> {
        self.clear(carrier);
        match carrier {
            CarrierUse::Basic { username, password, encoded } => {
                let slot = if *encoded { Slot::Text } else { Slot::BasicUser };
                let mut user = fill(username, slot, with)?;
                let mut password = fill(password, Slot::Text, with)?;
                if *encoded {
                    user = Secret::new(percent_encoded(user.expose()));
                    password = Secret::new(percent_encoded(password.expose()));
                }
                let pair = Secret::new(format!("{}:{}", user.expose(), password.expose()));
                let value = Secret::new(format!("Basic {}", STANDARD.encode(pair.expose())));
                self.request.headers.push(Header { name: AUTHORIZATION.to_owned(), value });
            }
            CarrierUse::Named { carrier: Carrier::Header, name, value } => {
                let value = fill(value, Slot::Header, with)?;
                self.request.headers.push(Header { name: name.clone(), value });
            }
            CarrierUse::Named { carrier: Carrier::Query, name, value } => {
                self.request.query.push((name.clone(), fill(value, Slot::Text, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Cookie, name, value } => {
                self.cookies.push((name.clone(), fill(value, Slot::Cookie, with)?));
            }
            CarrierUse::Named { carrier: Carrier::Body, name, value } => {
                let value = fill(value, Slot::Text, with)?;
                if !self.body.get_or_insert_with(Content::empty).add(name, &value) {
                    return Err(FillError { field: None, problem: Problem::NoBody });
                }
            }
        }
        Ok(())
    }

    /// Removes any value that the request already has in a credential's location. A caller's cookies are never
    /// forwarded, so there are no cookies to remove.
    fn clear(&mut self, carrier: &CarrierUse) {
        let (place, name) = match carrier {
            CarrierUse::Basic { .. } => (Carrier::Header, AUTHORIZATION),
            CarrierUse::Named { carrier, name, .. } => (*carrier, name.as_str()),
        };
        match (place, &mut self.body) {
            (Carrier::Header, _) => self.request.headers.retain(|header| !is_same_header(&header.name, name)),
            (Carrier::Query, _) => self.request.query.retain(|(sent, _)| !sets_parameter(sent, name)),
            (Carrier::Body, Some(content)) => content.remove(name),
            (Carrier::Body | Carrier::Cookie, _) => {}
        }
    }

    /// Signs the request as assembled so far. Returns the request's parts, including the signature, for the carriers
    /// that refer to them.
    fn sign(
        &mut self,
        signature: &Signature,
        with: &Filling<'_>,
    ) -> Result<Vec<(RequestPart, Secret)>, FillError> {
        let body = self.body.as_ref().map(Content::body);
        let body = body.map_or_else(Secret::default, |body| {
            Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned())
        });
        let pairs = self.request.encoded_query();
        let mut sorted = pairs.clone();
        sorted.sort_by(|a, b| a.expose().cmp(b.expose()));
        let joined =
            |pairs: &[Secret]| Secret::new(pairs.iter().map(Secret::expose).collect::<Vec<_>>().join("&"));
        let mut parts = vec![
            (RequestPart::Method, Secret::from(self.request.verb.as_str())),
            (RequestPart::Host, Secret::from(self.request.host.as_str())),
            (RequestPart::Path, Secret::from(self.request.path.as_str())),
            (RequestPart::Query, joined(&pairs)),
            (RequestPart::SortedQuery, joined(&sorted)),
            (RequestPart::PathAndQuery, self.request.path_and_query()),
            (RequestPart::Body, body),
        ];
        let canonical = fill(&signature.canonical, Slot::Text, &Filling { parts: &parts, ..*with })?;
        parts.push((RequestPart::Canonical, canonical));
        let text = fill(&signature.signs, Slot::Text, &Filling { parts: &parts, ..*with })?;
        let key = signing_key(signature, with)?;
        let signed = sign(signature.algorithm, &key, text.expose().as_bytes())
            .map_err(|_| invalid_key(&signature.key[0], with))?;
        let encoded = match signature.encoding {
            SignatureEncoding::Hex => hex::encode(&signed),
            SignatureEncoding::Base64 => STANDARD.encode(&signed),
            SignatureEncoding::Base64url => URL_SAFE_NO_PAD.encode(&signed),
        };
        let signature = Secret::new(encoded);
        self.signature = Some(signature.clone());
        parts.push((RequestPart::Signature, signature));
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
        self.request.body = self.body.as_ref().map(Content::body);
        self.request
    }
}

/// Whether a provider could read the header `sent` as the header `name`: CGI, and frameworks that follow it, treat `_`
/// as `-`.
fn is_same_header(sent: &str, name: &str) -> bool {
    sent.replace('_', "-").eq_ignore_ascii_case(&name.replace('_', "-"))
}

/// Returns the signing key. The first key template gives the initial key. Each further template is signed with the
/// current key, and the signature becomes the new key.
fn signing_key(signature: &Signature, with: &Filling<'_>) -> Result<SecretBytes, FillError> {
    let first = &signature.key[0];
    let text = fill(first, Slot::Text, with)?;
    let mut key = key_bytes(signature.algorithm, &text, signature.key_encoding);
    for next in &signature.key[1..] {
        let text = fill(next, Slot::Text, with)?;
        key = key
            .and_then(|key| sign(signature.algorithm, &key, text.expose().as_bytes()))
            .map(SecretBytes::new);
    }
    key.map_err(|_| invalid_key(first, with))
}

/// Whether a carrier refers to parts of the request and therefore must be added after them.
fn refers_to_request(carrier: &CarrierUse) -> bool {
    let has_request = |template: &Template| {
        template.references().any(|reference| matches!(reference.target, Target::Request(_)))
    };
    carrier.templates().into_iter().any(has_request)
}
