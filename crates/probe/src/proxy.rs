//! A request that a caller sends through a linked account. The caller specifies everything except the host and the
//! credentials.
//!
//! **Invariant:** the request is sent only to the account's host, below the guide's base address. The method's
//! credentials replace any credentials that the caller sent in the same location.

use guide::{Carrier, CarrierUse, Method, Target, Verb};
use secret::Secret;

use crate::assertion::assertion;
use crate::content::Content;
use crate::derived::derived_values;
use crate::draft::Draft;
use crate::fill::{FillError, looked_up};
use crate::inputs::{Filling, Inputs};
use crate::message::{Body, Header, Request};
use crate::proxy_path::ProxyPath;
use crate::request::{base_path, host_of};

/// The request that a caller wants to send through an account.
#[derive(Clone, Debug)]
pub struct ProxyRequest {
    /// The HTTP method.
    pub verb: Verb,
    /// The path below the guide's base address.
    pub path: ProxyPath,
    /// The query parameters, not encoded.
    pub query: Vec<(String, String)>,
    /// The headers, with names in lowercase.
    pub headers: Vec<(String, String)>,
    /// The body, or `None` for a request without one.
    pub body: Option<Body>,
}

/// The request that is sent to the provider for a caller.
#[derive(Clone, Debug)]
pub struct ProxiedRequest {
    /// The request, with the credentials.
    pub request: Request,
    /// The secrets that must not be returned to the caller if the provider repeats them: all secrets of the account and
    /// of its app, its former secrets, and the secrets in the request, in each form in which it contains them.
    pub secrets: Vec<Secret>,
}

/// Builds the request that is sent to the provider.
pub fn proxy_request(
    method: &Method,
    request: ProxyRequest,
    inputs: &Inputs<'_>,
) -> Result<ProxiedRequest, FillError> {
    let base = &method.base_url;
    let mut templates = method.auth.templates();
    templates.extend([&base.host, &base.path]);
    let assertion = assertion(method, templates, inputs)?;
    let with = Filling { assertion: assertion.as_ref(), ..Filling::plain(inputs) };
    // Both parts are valid paths, and the second part starts with a slash, so no segment spans both.
    let path = base_path(base, &with)? + request.path.as_str();
    let host = host_of(base, &method.hosts, &with)?;
    let mut draft = Draft::new(method, request.verb, host, base.port, path);
    draft.request.query = request.query.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
    for (name, value) in request.headers {
        draft.request.headers.push(Header { name, value: Secret::new(value) });
    }
    let in_body = method
        .auth
        .carries
        .iter()
        .any(|carrier| matches!(carrier, CarrierUse::Named { carrier: Carrier::Body, .. }));
    draft.body =
        request.body.map(|body| if in_body { Content::read(body) } else { Content::Unchanged(body) });
    draft.set_certificate(method, &with)?;
    draft.authenticate(method, &with)?;
    let mut secrets = stored_secrets(method, inputs);
    secrets.extend(draft.signature.clone());
    let request = draft.finish();
    secrets.extend(carried(method, &request, &with));
    Ok(ProxiedRequest { request, secrets })
}

/// Returns the secrets of an account and of its app, and the former secrets in `inputs`, whether or not a request
/// carries them. The provider knows most of them, such as a refresh token, and can repeat them in any response.
fn stored_secrets(method: &Method, inputs: &Inputs<'_>) -> Vec<Secret> {
    let (derived, _) = derived_values(method, inputs);
    let values = inputs.values.iter().chain(&derived).filter(|(key, _)| is_secret(method, key.as_str()));
    let tokens = inputs.tokens.iter().filter(|(key, _)| method.auth.is_credential(key));
    values.chain(tokens).map(|(_, secret)| secret).chain(inputs.former).cloned().collect()
}

/// Returns the secrets in a request: the values that its carriers refer to, and the encoded user name and password of
/// Basic authentication. Values that are not secret, such as a user name, are left out, because a response may contain
/// them for other reasons.
fn carried(method: &Method, request: &Request, with: &Filling<'_>) -> Vec<Secret> {
    let templates = method.auth.carries.iter().flat_map(CarrierUse::templates);
    let references =
        templates.flat_map(guide::Template::references).filter(|reference| match &reference.target {
            Target::Value(key) => is_secret(method, key.as_str()),
            Target::Token(_) | Target::Assertion => true,
            _ => false,
        });
    let mut carried: Vec<Secret> =
        references.filter_map(|reference| looked_up(reference, with).ok()).flatten().collect();
    let basic = |header: &Header| header.value.expose().strip_prefix("Basic ").map(Secret::from);
    carried.extend(request.headers.iter().filter(|header| header.name == "authorization").filter_map(basic));
    carried
}

/// Returns whether a value is secret. A derived value that is a copy of a field is as secret as the field.
fn is_secret(method: &Method, key: &str) -> bool {
    match method.derived(key) {
        Some(derived) => match &derived.source {
            Some(source) => is_secret_field(method, source.as_str()),
            None => derived.field.secret,
        },
        None => is_secret_field(method, key),
    }
}

fn is_secret_field(method: &Method, key: &str) -> bool {
    method.field(key).is_none_or(|field| field.secret)
}
