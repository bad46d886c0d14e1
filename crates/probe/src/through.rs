//! A request of somebody else's through an account: theirs but for the host and what authenticates it.
//!
//! **Invariant:** it goes to the host of the account and to no other, below the address that the guide says; what the
//! method carries replaces whatever stands in its place.

use guide::{Carrier, CarrierUse, Method, Verb};
use secret::Secret;
use serde_json::Value;

use crate::fill::{FillError, Filling, Inputs, Problem};
use crate::message::{Body, Header, Request};
use crate::request::{Content, Draft, base_path, host_of};

/// What somebody wants to ask through an account.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The method.
    pub verb: Verb,
    /// The path below the address of the guide, encoded, with its leading slash.
    pub path: String,
    /// The query's pairs, not encoded.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
}

/// The request that is sent for them.
pub fn through(method: &Method, wanted: Wanted, inputs: &Inputs<'_>) -> Result<Request, FillError> {
    let with = Filling { inputs, assertion: method.auth.assertion.as_ref(), signing: None };
    let base = &method.base_url;
    let path = base_path(base, &with)? + &wanted.path;
    if !is_plain(&path) {
        return Err(FillError { field: None, problem: Problem::NotAPathSegment });
    }
    let host = host_of(base, &method.hosts, &with)?;
    let mut draft = Draft::new(method, wanted.verb, host, base.port, path);
    draft.request.query = wanted.query.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
    for (name, value) in wanted.headers {
        draft.request.headers.push(Header { name, value: Secret::new(value) });
    }
    let in_body = method
        .auth
        .carries
        .iter()
        .any(|carrier| matches!(carrier, CarrierUse::Named { carrier: Carrier::Body, .. }));
    draft.body = wanted.body.map(|body| if in_body { opened(body) } else { Content::Whole(body) });
    draft.certify(method, &with)?;
    draft.authenticate(method, &with)?;
    Ok(draft.finish())
}

/// A body into which something can be put.
fn opened(body: Body) -> Content {
    let bytes = body.bytes.expose();
    if body.content_type.starts_with("application/json") {
        if let Ok(value @ Value::Object(_)) = serde_json::from_slice(bytes) {
            return Content::Json(value);
        }
    } else if body.content_type.starts_with("application/x-www-form-urlencoded") {
        let pairs = crate::encode::form_pairs(bytes);
        return Content::Form(pairs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect());
    }
    Content::Whole(body)
}

/// A path that means what it says: no step upwards, nothing that a server might take for one.
fn is_plain(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte))
        && !["%2e", "%2f", "%5c", "%00", "%0a", "%0d"].iter().any(|sign| lower.contains(sign))
        && path.split('/').all(|segment| segment != "." && segment != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_nowhere_else() {
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
