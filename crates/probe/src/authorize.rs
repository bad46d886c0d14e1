//! Where a browser is sent to sign in: OAuth's authorization request
//! ([RFC 6749, 4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1), with PKCE of
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
//!
//! **Invariant:** it leads to a host that the guide allows, over https, and holds no secret but the state, which is of
//! use to nobody else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guide::{Method, Redirect};
use sha2::{Digest as _, Sha256};

use crate::encode;
use crate::fill::{FillError, Filling, Inputs, Landing, fill};
use crate::request::{base_path, host_of};

/// Where a browser is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorize {
    /// The host, in lower case.
    pub host: String,
    /// The port, where it is not 443.
    pub port: Option<u16>,
    /// Path and query, encoded.
    pub path_and_query: String,
}

/// The address at which people sign in. `scopes`: what they are asked to agree to. `verifier`: what proves, later, that the same program asks for the tokens.
pub fn authorize(
    method: &Method,
    redirect: &Redirect,
    scopes: &[&str],
    inputs: &Inputs<'_>,
    redirect_uri: &str,
    state: &str,
    verifier: &str,
) -> Result<Authorize, FillError> {
    let with = Filling { inputs, assertion: None, signing: None };
    let host = host_of(&redirect.url, &method.hosts, &with)?;
    let path = base_path(&redirect.url, &with)?;
    let mut pairs = vec![("response_type".to_owned(), "code".to_owned())];
    if let Some(client_id) = &redirect.client_id {
        pairs.push(("client_id".to_owned(), fill(client_id, Landing::Text, &with)?.expose().to_owned()));
    }
    pairs.push(("redirect_uri".to_owned(), redirect_uri.to_owned()));
    if !scopes.is_empty() {
        pairs.push(("scope".to_owned(), scopes.join(&redirect.separator)));
    }
    pairs.push(("state".to_owned(), state.to_owned()));
    if redirect.pkce {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        pairs.push(("code_challenge".to_owned(), challenge));
        pairs.push(("code_challenge_method".to_owned(), "S256".to_owned()));
    }
    for (name, value) in &redirect.parameters {
        let value = fill(value, Landing::Text, &with)?.expose().to_owned();
        pairs.retain(|(known, _)| known != name);
        pairs.push((name.clone(), value));
    }
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode::percent(name), encode::percent(value)))
        .collect();
    Ok(Authorize { host, port: redirect.url.port, path_and_query: format!("{path}?{}", query.join("&")) })
}
