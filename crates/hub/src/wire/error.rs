//! The errors of the API: one table, one envelope.
//!
//! **Invariant:** every error that is answered has a row in [`CODES`], and no text of one quotes a secret: what a
//! client sent is named, not repeated.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use vault::{ChangeError, StoreError};

use crate::request_id;

/// A kind of error: what programs can tell it by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// A word that never changes.
    pub(crate) name: &'static str,
    /// The status it is answered with.
    pub(crate) status: u16,
    /// What it means, in one sentence.
    pub(crate) means: &'static str,
    /// What is answered where there is nothing more to say.
    message: &'static str,
}

/// Makes each code a constant, and all of them a table.
macro_rules! codes {
    ($($name:ident, $word:literal, $status:literal, $message:literal, $means:literal;)*) => {
        $(
            #[doc = $means]
            pub(crate) static $name: Code =
                Code { name: $word, status: $status, means: $means, message: $message };
        )*
        /// Every kind of error that can be answered.
        pub(crate) static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    BAD_REQUEST, "bad_request", 400, "Bad Request", "the request cannot be understood";
    UNREADABLE_BODY, "unreadable_body", 400, "The body is not JSON of the expected form", "the body is not JSON, or has another form than this endpoint takes";
    INVALID_VALUE, "invalid_value", 400, "A value is not valid", "a parameter or a member of the body cannot have this value";
    LINK_REFUSED, "link_refused", 400, "The account could not be linked", "the provider said no: `outcome`, `field` and `step` say to what, and what to redo";
    UNAUTHORIZED, "unauthorized", 401, "Unauthorized", "no key or token was sent, or it is unknown, expired or revoked";
    FORBIDDEN, "forbidden", 403, "Forbidden", "the key or token is known and may not do this";
    NOT_FOUND, "not_found", 404, "Not Found", "there is nothing at this address, or nothing that this key may see";
    METHOD_NOT_ALLOWED, "method_not_allowed", 405, "Method Not Allowed", "the address exists and takes other methods; `Allow` lists them";
    REQUEST_TIMEOUT, "request_timeout", 408, "Request Timeout", "the request took longer than `limits.request_timeout`";
    CONFLICT, "conflict", 409, "Conflict", "the request contradicts what is kept: it exists already, or was changed meanwhile";
    GONE, "gone", 410, "Gone", "it was there, and is used up or expired";
    PRECONDITION_FAILED, "precondition_failed", 412, "Precondition Failed", "the version named in `If-Match` is not the one that is kept";
    BODY_TOO_LARGE, "body_too_large", 413, "Content Too Large", "the body is larger than `limits.body`";
    UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", 415, "Unsupported Media Type", "the body is not declared as `application/json`";
    UNPROCESSABLE, "unprocessable", 422, "Unprocessable Content", "the request is well formed and cannot be carried out";
    TOO_MANY_REQUESTS, "too_many_requests", 429, "Too Many Requests", "a limit is used up; `Retry-After` says when to ask again";
    INTERNAL, "internal", 500, "Internal Server Error", "the Hub failed; the log has the request's id and the reason";
    NOT_IMPLEMENTED, "not_implemented", 501, "Not Implemented", "the Hub does not do this";
    PROVIDER_FAILED, "provider_failed", 502, "The provider could not be asked", "the provider answered in a way that cannot be used, or not at all";
    UNAVAILABLE, "unavailable", 503, "Service Unavailable", "the Hub is starting or stopping, or its database does not answer";
    PROVIDER_TIMEOUT, "provider_timeout", 504, "The provider did not answer in time", "the provider took too long";
}

/// Every kind of error that the API answers: status, code, meaning.
pub fn error_codes() -> impl Iterator<Item = (u16, &'static str, &'static str)> {
    CODES.iter().map(|code| (code.status, code.name, code.means))
}

impl Code {
    /// The code for a status that something else answered with: the first of that status, or of its class.
    pub(crate) fn for_status(status: StatusCode) -> &'static Self {
        let same = CODES.iter().find(|code| code.status == status.as_u16());
        same.copied().unwrap_or(if status.is_server_error() { &INTERNAL } else { &BAD_REQUEST })
    }
}

/// An error, as clients read it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// The status, once more.
    #[serde(rename = "statusCode")]
    #[schema(example = 404)]
    status_code: u16,
    /// One or two sentences for a person.
    message: String,
    /// When.
    timestamp: String,
    /// A word that never changes.
    code: String,
    /// The request, for whoever looks it up in the log.
    request_id: Option<String>,
    /// What the provider answered, without secrets.
    provider_response: Option<String>,
    /// What the provider's answer means, where linking was refused.
    outcome: Option<String>,
    /// The field at fault.
    field: Option<String>,
    /// The attempt, for support.
    attempt_id: Option<String>,
}

/// An error as a handler returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: &'static Code,
    /// The status, where it is another than the code's.
    pub(crate) status: StatusCode,
    /// One or two sentences for a person; never a secret.
    pub(crate) message: String,
    /// What the provider answered, redacted.
    pub(crate) provider_response: Option<String>,
    /// After how many seconds to ask again.
    pub(crate) retry_after: Option<u64>,
    /// Further members of the envelope. Boxed: an error is handed up through many results.
    more: Option<Box<Map<String, Value>>>,
}

impl ApiError {
    /// An error with the code's own text.
    pub(crate) fn of(code: &'static Code) -> Self {
        Self::new(code, code.message)
    }

    /// An error with a text.
    pub(crate) fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            status: StatusCode::from_u16(code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            message: message.into(),
            provider_response: None,
            retry_after: None,
            more: None,
        }
    }

    /// A failure of our own: the cause is logged under the request's id, and not answered.
    pub(crate) fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        log_failure(cause);
        Self::of(&INTERNAL)
    }

    /// The same, with what the provider answered. It must have been redacted.
    #[must_use]
    pub(crate) fn provider_response(mut self, text: impl Into<String>) -> Self {
        self.provider_response = Some(text.into());
        self
    }

    /// The same, with the seconds after which to ask again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same, with a further member of the envelope.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }

    /// The same, answered with another status.
    #[must_use]
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The envelope.
    fn body(&self, now: Timestamp, request_id: Option<&str>) -> Value {
        let mut body = Map::new();
        body.insert("statusCode".to_owned(), json!(self.status.as_u16()));
        body.insert("message".to_owned(), json!(self.message));
        body.insert("timestamp".to_owned(), json!(format!("{now:.3}")));
        body.insert("code".to_owned(), json!(self.code.name));
        if let Some(text) = &self.provider_response {
            body.insert("provider_response".to_owned(), json!(text));
        }
        body.extend(
            self.more.iter().flat_map(|more| more.iter()).map(|(name, value)| (name.clone(), value.clone())),
        );
        if let Some(id) = request_id {
            body.insert("request_id".to_owned(), json!(id));
        }
        Value::Object(body)
    }
}

/// Logs a failure of our own with all its causes, under the request's id.
pub(crate) fn log_failure(cause: &(dyn std::error::Error + 'static)) {
    let mut text = cause.to_string();
    let mut inner = cause.source();
    while let Some(error) = inner {
        text = format!("{text}: {error}");
        inner = error.source();
    }
    tracing::error!(error = %text, "a request failed");
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound { .. } => Self::new(&NOT_FOUND, "There is no account with this id"),
            ChangeError::Conflict { .. }
            | ChangeError::OtherAccount { .. }
            | ChangeError::NoConnectorProfile { .. }
            | ChangeError::AttemptOver { .. } => {
                Self::new(&CONFLICT, "The account was changed in the meantime; read it again, then retry")
            }
            ChangeError::Store(error) => error.into(),
        }
    }
}

/// Answers in the envelope; the error itself goes along in the response's extensions, for logs.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = self.body(Timestamp::now(), request_id::current().as_deref()).to_string();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.code);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_that_of_the_wire() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let body = ApiError::of(&NOT_FOUND).body(now, Some("req_1"));
        let expected = r#"{"statusCode":404,"message":"Not Found","timestamp":"2026-01-01T00:00:00.000Z","code":"not_found","request_id":"req_1"}"#;
        assert_eq!(body.to_string(), expected);
    }

    #[test]
    fn every_code_has_a_name_of_its_own_and_a_status_that_is_one() {
        let mut names: Vec<_> = CODES.iter().map(|code| code.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CODES.len());
        for code in CODES {
            let status = StatusCode::from_u16(code.status).unwrap();
            assert!(status.is_client_error() || status.is_server_error(), "{}", code.name);
            assert!(!code.means.ends_with('.'), "{}: no full stop", code.name);
        }
    }
}
