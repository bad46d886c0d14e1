//! The error with which a provider redirects a browser back instead of granting access
//! ([RFC 6749, 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).

use serde_json::{Map, Value};

use crate::message::{Answer, Response};

/// The status of a denial, which is not a response. No rule can name this status.
pub(crate) const NO_STATUS: u16 = 0;

/// Returns the redirect's parameters as a response, so that the rules for responses from the token endpoint
/// also apply to denials: the parameters are its JSON, and it has no status.
pub fn denial(parameters: &[(String, String)]) -> Answer {
    let members = parameters.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    let body = Value::Object(members.collect::<Map<_, _>>()).to_string().into_bytes();
    Answer::Response(Response { status: NO_STATUS, headers: Vec::new(), body })
}
