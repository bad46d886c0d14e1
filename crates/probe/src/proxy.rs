//! A request that a caller sends through a linked account. The caller specifies everything except the host and the
//! credentials.
//!
//! **Invariant:** the request is sent only to the account's host, below the guide's base address. The method's
//! credentials replace any credentials that the caller sent in the same location.

use guide::{Carrier, CarrierUse, Method, Verb};
use secret::Secret;
use serde_json::Value;

use crate::assertion::assertion;
use crate::draft::{Content, Draft};
use crate::fill::{FillError, Problem};
use crate::inputs::{Filling, Inputs};
use crate::message::{Body, Header, Request};
use crate::request::{base_path, host_of};

/// The request that a caller wants to send through an account.
#[derive(Clone, Debug)]
pub struct ProxyRequest {
    /// The HTTP method.
    pub verb: Verb,
    /// The path below the guide's base address, encoded, with its leading slash.
    pub path: String,
    /// The query parameters, not encoded.
    pub query: Vec<(String, String)>,
    /// The headers, with names in lowercase.
    pub headers: Vec<(String, String)>,
    /// The body, or `None` for a request without one.
    pub body: Option<Body>,
}

/// Builds the request that is sent to the provider.
pub fn proxy_request(
    method: &Method,
    request: ProxyRequest,
    inputs: &Inputs<'_>,
) -> Result<Request, FillError> {
    let base = &method.base_url;
    let mut templates = method.auth.templates();
    templates.extend([&base.host, &base.path]);
    let assertion = assertion(method, templates, inputs)?;
    let with = Filling { assertion: assertion.as_ref(), ..Filling::plain(inputs) };
    let path = base_path(base, &with)? + &request.path;
    if !is_plain(&path) {
        return Err(FillError { field: None, problem: Problem::AmbiguousPath });
    }
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
    draft.body = request.body.map(|body| if in_body { parse_body(body) } else { Content::Unchanged(body) });
    draft.set_certificate(method, &with)?;
    draft.authenticate(method, &with)?;
    Ok(draft.finish())
}

/// Parses a JSON object or a form, so that a credential can be added. Any other body is sent unchanged.
fn parse_body(body: Body) -> Content {
    let bytes = body.bytes.expose();
    if body.content_type.starts_with("application/json") {
        if let Ok(value @ Value::Object(_)) = serde_json::from_slice(bytes) {
            return Content::Json(value);
        }
    } else if body.content_type.starts_with("application/x-www-form-urlencoded") {
        let pairs = crate::encode::form_pairs(bytes);
        return Content::Form(pairs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect());
    }
    Content::Unchanged(body)
}

/// Whether every server interprets the path as written: no dot segments, and no encoded separators or control
/// characters.
fn is_plain(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte))
        && !["%2e", "%2f", "%5c", "%00", "%0a", "%0d"].iter().any(|code| lower.contains(code))
        && path.split('/').all(|segment| segment != "." && segment != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_accepted() {
        for path in ["/", "/v1/users", "/v1/a%20b", "/v1/a..b", "/v1/~me;x=1"] {
            assert!(is_plain(path), "{path}");
        }
        for path in [
            "",
            "v1",
            "/../x",
            "/v1/./x",
            "/v1/%2e%2e/x",
            "/a%2Fb",
            "/a\\b",
            "/a?b",
            "/a#b",
            "/a b",
            "/a%0d%0ab",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
