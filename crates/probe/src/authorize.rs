//! The address that a browser is sent to for sign-in: OAuth's authorization request
//! ([RFC 6749, 4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1)), with PKCE
//! ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
//!
//! **Invariant:** the address is an https URL on a host that the guide allows. The address contains no secret except
//! the state, which is useless without the browser that started the sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guide::{Method, Redirect};
use secret::percent_encoded;
use sha2::{Digest as _, Sha256};

use crate::fill::{FillError, Slot, fill};
use crate::inputs::{Filling, Inputs};
use crate::request::{base_path, host_of};

/// The parameters of an authorization request.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationRequest<'a> {
    /// The method's redirect, which contains the address and its fixed parameters.
    pub redirect: &'a Redirect,
    /// The scopes that the person is asked to approve.
    pub scopes: &'a [&'a str],
    /// The address to which the provider redirects the browser after sign-in.
    pub redirect_uri: &'a str,
    /// The value that the provider returns unchanged, which ties the browser's return to this request.
    pub state: &'a str,
    /// The PKCE code verifier. The authorization request contains only the verifier's hash. The token request contains
    /// the verifier itself.
    pub verifier: &'a str,
}

/// The address of a provider's sign-in page. The scheme is always https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationUrl {
    /// The host, in lowercase.
    pub host: String,
    /// The port, or `None` for 443.
    pub port: Option<u16>,
    /// The path and the query, encoded.
    pub path_and_query: String,
}

/// Returns the address that the browser is sent to for sign-in.
pub fn authorization_url(
    method: &Method,
    request: &AuthorizationRequest<'_>,
    inputs: &Inputs<'_>,
) -> Result<AuthorizationUrl, FillError> {
    let redirect = request.redirect;
    let inputs = Inputs { redirect_uri: Some(request.redirect_uri), ..*inputs };
    let with = Filling::plain(&inputs);
    let host = host_of(&redirect.url, &method.hosts, &with)?;
    let path = base_path(&redirect.url, &with)?;
    let mut pairs = vec![("response_type".to_owned(), "code".to_owned())];
    if let Some(client_id) = &redirect.client_id {
        pairs.push(("client_id".to_owned(), fill(client_id, Slot::Text, &with)?.expose().to_owned()));
    }
    pairs.push(("redirect_uri".to_owned(), request.redirect_uri.to_owned()));
    if !request.scopes.is_empty() {
        pairs.push(("scope".to_owned(), request.scopes.join(&redirect.separator)));
    }
    pairs.push(("state".to_owned(), request.state.to_owned()));
    if redirect.pkce {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(request.verifier));
        pairs.push(("code_challenge".to_owned(), challenge));
        pairs.push(("code_challenge_method".to_owned(), "S256".to_owned()));
    }
    for (name, value) in &redirect.parameters {
        let value = fill(value, Slot::Text, &with)?.expose().to_owned();
        pairs.retain(|(other, _)| other != name);
        pairs.push((name.clone(), value));
    }
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
        .collect();
    let path_and_query = format!("{path}?{}", query.join("&"));
    Ok(AuthorizationUrl { host, port: redirect.url.port, path_and_query })
}
