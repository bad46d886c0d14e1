//! Checks a request and converts it for the HTTP client.
//!
//! **Invariant:** the bytes that are sent are exactly the bytes that were checked. A path that the URL parser would
//! normalize, a header with a line break, and a host that parsers interpret differently are rejected.

use guide::{RESERVED_HEADERS, is_path};
use probe::Request;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, RANGE,
};
use reqwest::{Method, Url};
use secret::Secret;
use url::Position;

use crate::refusal::Refusal;
use crate::upstream::Upstream;
use crate::{content, host};

const HTTPS: u16 = 443;

/// Checks that the request can be sent to its host, and returns the port.
pub(crate) fn admit(request: &Request) -> Result<u16, Refusal> {
    if !host::is_valid(&request.host) {
        return Err(Refusal::InvalidHost);
    }
    if !request.permit.allows(&request.host) {
        return Err(Refusal::HostNotPermitted);
    }
    match request.port {
        Some(0) => Err(Refusal::Port),
        Some(port) => Ok(port),
        None => Ok(HTTPS),
    }
}

/// Converts a request that [`admit`] has accepted.
pub(crate) fn build(
    request: &Request,
    port: u16,
    upstream: Option<&Upstream>,
) -> Result<reqwest::Request, Refusal> {
    let authority = if port == HTTPS { request.host.clone() } else { format!("{}:{port}", request.host) };
    let mut headers = headers(request)?;
    let url = match upstream {
        None => url(request, "https", &authority)?,
        // The URL has no port. The guard adds the upstream's port, so that the client cannot connect to any other port.
        Some(upstream) => {
            let value = HeaderValue::from_str(&authority).map_err(|_| Refusal::InvalidHost)?;
            headers.insert(HOST, value);
            url(request, upstream.origin.scheme(), &request.host)?
        }
    };
    let method = Method::from_bytes(request.verb.as_str().as_bytes()).expect("a verb is a method");
    let mut built = reqwest::Request::new(method, url);
    *built.headers_mut() = headers;
    if let Some(body) = &request.body {
        *built.body_mut() = Some(body.bytes.expose().to_vec().into());
    }
    Ok(built)
}

fn url(request: &Request, scheme: &str, authority: &str) -> Result<Url, Refusal> {
    if !is_path(&request.path) {
        return Err(Refusal::Path);
    }
    let rest = request.path_and_query();
    let text = Secret::new(format!("{scheme}://{authority}{}", rest.expose()));
    let url = Url::parse(text.expose()).map_err(|_| Refusal::InvalidHost)?;
    // The parser must not change the query either.
    if &url[Position::BeforePath..] != rest.expose() {
        return Err(Refusal::Path);
    }
    let names_the_host_only =
        url.domain() == Some(&request.host) && url.username().is_empty() && url.password().is_none();
    if names_the_host_only { Ok(url) } else { Err(Refusal::InvalidHost) }
}

fn headers(request: &Request) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| Refusal::HeaderName)?;
        if RESERVED_HEADERS.contains(&name.as_str()) {
            return Err(Refusal::OwnHeader { name: name.as_str().to_owned() });
        }
        let value = value(&name, header.value.expose())?;
        headers.append(name, value);
    }
    if let Some(body) = &request.body {
        let value = value(&CONTENT_TYPE, &body.content_type)?;
        headers.insert(CONTENT_TYPE, value);
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    // A part of an encoded body cannot be decoded.
    let coding = if headers.contains_key(RANGE) { "identity" } else { content::ACCEPTED };
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding));
    Ok(headers)
}

/// Converts a header value and marks it as sensitive, so that the client's debug output hides it.
fn value(name: &HeaderName, text: &str) -> Result<HeaderValue, Refusal> {
    let invalid = |_| Refusal::HeaderValue { name: name.as_str().to_owned() };
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(invalid)?;
    value.set_sensitive(true);
    Ok(value)
}
