//! The API's errors: the table of codes, and the response body that all errors share.
//!
//! **Invariant:** every error that the API itself reports has a code from [`CODES`], and no message contains a secret:
//! messages name the parameter at fault without repeating its value. `/health/ready`, pages and a provider's response
//! that is passed on have bodies of their own.

use std::iter;

use axum::Extension;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use vault::{ChangeError, StoreError};

use crate::request_id;

/// An error code, which programs can rely on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// The stable identifier, for example `not_found`.
    pub(crate) name: &'static str,
    /// The HTTP status of the response.
    pub(crate) status: u16,
    /// The meaning in one sentence, for the documentation.
    pub(crate) means: &'static str,
    /// The response's default message.
    message: &'static str,
}

/// Defines a constant for each code, and a table of all codes.
macro_rules! codes {
    ($($name:ident, $word:literal, $status:literal, $message:literal, $means:literal;)*) => {
        $(
            #[doc = $means]
            pub(crate) static $name: Code =
                Code { name: $word, status: $status, means: $means, message: $message };
        )*
        /// All codes, sorted by status.
        pub(crate) static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    BAD_REQUEST, "bad_request", 400, "The request is malformed", "the request is malformed";
    UNREADABLE_BODY, "unreadable_body", 400, "The body is not valid JSON for this endpoint", "the body is not JSON, or does not match the endpoint's schema";
    INVALID_VALUE, "invalid_value", 400, "A value is not valid", "a parameter or a member of the body has an invalid value; `message` names it";
    LINK_REFUSED, "link_refused", 400, "The account could not be linked", "the provider refused the account; `outcome` says why, `field` names the field at fault, and `step` is the step to redo";
    UNAUTHORIZED, "unauthorized", 401, "The key or token is missing or not valid", "the key or token is missing, unknown, expired or revoked";
    FORBIDDEN, "forbidden", 403, "The key or token is not allowed to do this", "the key or token is valid, but is not allowed to do this";
    NOT_FOUND, "not_found", 404, "Not found", "the path does not exist, or the key is not allowed to access it";
    METHOD_NOT_ALLOWED, "method_not_allowed", 405, "This path does not accept this method", "the path exists, but does not accept this method; `Allow` lists the methods that it accepts";
    REQUEST_TIMEOUT, "request_timeout", 408, "The request took too long", "the request took longer than `limits.request_timeout`";
    CONFLICT, "conflict", 409, "The request conflicts with the current state", "the request conflicts with stored data: the object already exists, or was changed in the meantime";
    GONE, "gone", 410, "No longer available", "the object existed, but has been used or has expired";
    PRECONDITION_FAILED, "precondition_failed", 412, "The version in `If-Match` is not current", "`If-Match` does not name the current version";
    BODY_TOO_LARGE, "body_too_large", 413, "The body is too large", "the body is larger than `limits.body`";
    UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", 415, "`Content-Type` must be `application/json`", "`Content-Type` is not `application/json`";
    UNPROCESSABLE, "unprocessable", 422, "The request cannot be carried out", "the request is well formed, but cannot be carried out";
    TOO_MANY_REQUESTS, "too_many_requests", 429, "Too many requests", "a rate limit is exceeded; `Retry-After` says how many seconds to wait";
    INTERNAL, "internal", 500, "Something went wrong in the Hub", "the Hub failed; its log contains the reason and the request's id";
    PROVIDER_FAILED, "provider_failed", 502, "The provider could not be reached", "the provider did not respond, or its response could not be used";
    UNAVAILABLE, "unavailable", 503, "The Hub cannot use its database at the moment; try again in a few seconds", "the Hub's database cannot be reached, or its disk is full; `Retry-After` says how many seconds to wait";
    PROVIDER_TIMEOUT, "provider_timeout", 504, "The provider did not respond in time", "the provider did not respond in time";
}

/// The value of `Retry-After`, in seconds, for a request that failed because the database cannot be used.
const UNAVAILABLE_SECONDS: u64 = 5;

/// Lists every error code of the API: status, code and meaning.
pub fn error_codes() -> impl Iterator<Item = (u16, &'static str, &'static str)> {
    CODES.iter().map(|code| (code.status, code.name, code.means))
}

impl Code {
    /// Returns the code for a status that a library set: the first code with this status, or the general code for its
    /// status class.
    pub(crate) fn for_status(status: StatusCode) -> &'static Self {
        let same = CODES.iter().find(|code| code.status == status.as_u16());
        same.copied().unwrap_or(if status.is_server_error() { &INTERNAL } else { &BAD_REQUEST })
    }
}

/// The body of every error that the API itself reports.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// The HTTP status of the response.
    #[serde(rename = "statusCode")]
    #[schema(example = 404)]
    status_code: u16,
    /// What went wrong and what to do, in one or two sentences to show to the user.
    message: String,
    /// When the error occurred (RFC 3339, UTC).
    timestamp: String,
    /// A stable identifier for the error, for example `not_found`.
    code: String,
    /// The request's id, for finding the request in the Hub's log.
    request_id: Option<String>,
    /// The provider's response, without secrets.
    provider_response: Option<String>,
    /// If the provider refused the account: what its response means, for example `wrong_secret`.
    outcome: Option<String>,
    /// The key of the field that caused the error.
    field: Option<String>,
    /// The id of the link attempt, for support.
    attempt_id: Option<String>,
}

/// An error that a handler returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: &'static Code,
    /// The HTTP status of the response, usually the code's status.
    pub(crate) status: StatusCode,
    /// What went wrong, in one or two sentences to show to the user. Never contains a secret.
    pub(crate) message: String,
    /// The provider's response, redacted.
    pub(crate) provider_response: Option<String>,
    /// The seconds to wait before the next attempt, sent as `Retry-After`.
    pub(crate) retry_after: Option<u64>,
    /// Additional members of the body. Boxed to keep the error small, since many functions return it.
    more: Option<Box<Map<String, Value>>>,
}

impl ApiError {
    /// Creates an error with the code's default message.
    pub(crate) fn of(code: &'static Code) -> Self {
        Self::new(code, code.message)
    }

    /// Creates an error with a custom message.
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

    /// Creates an `internal` error. The cause is logged with the request's id, and is not sent to the client.
    pub(crate) fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        log_failure(cause);
        Self::of(&INTERNAL)
    }

    /// Adds the provider's response, which must already be redacted.
    #[must_use]
    pub(crate) fn provider_response(mut self, text: impl Into<String>) -> Self {
        self.provider_response = Some(text.into());
        self
    }

    /// Sets how many seconds the client must wait before the next attempt.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds a member to the body.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }

    /// The response body.
    fn body(&self, now: Timestamp, request_id: Option<&str>) -> Value {
        let mut body = json!({
            "statusCode": self.status.as_u16(),
            "message": self.message,
            "timestamp": format!("{now:.3}"),
            "code": self.code.name,
        });
        if let Some(text) = &self.provider_response {
            body["provider_response"] = json!(text);
        }
        for (name, value) in self.more.iter().flat_map(|more| more.iter()) {
            body[name] = value.clone();
        }
        if let Some(id) = request_id {
            body["request_id"] = json!(id);
        }
        body
    }
}

/// Logs an internal failure with all its causes and the request's id.
pub(crate) fn log_failure(cause: &(dyn std::error::Error + 'static)) {
    let causes = iter::successors(Some(cause), |cause| cause.source()).map(ToString::to_string);
    tracing::error!(error = %causes.collect::<Vec<_>>().join(": "), "a request failed");
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            log_failure(&error);
            return Self::of(&UNAVAILABLE).retry_after(UNAVAILABLE_SECONDS);
        }
        Self::internal(&error)
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound { .. } => Self::new(&NOT_FOUND, "No account has this id"),
            ChangeError::Store(error) => error.into(),
            ChangeError::OnHold { hold, .. } => {
                let message = format!("The account is {}; set its status to `active` first", hold.as_str());
                Self::new(&CONFLICT, message).with("status", hold.as_str())
            }
            _ => Self::new(&CONFLICT, "The account was changed in the meantime; read it again, then retry"),
        }
    }
}

/// Writes the error as JSON, and adds its code to the response's extensions so that the code is logged.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = self.body(Timestamp::now(), request_id::current().as_deref()).to_string();
        let headers = [(CONTENT_TYPE, "application/json; charset=utf-8"), (CACHE_CONTROL, "no-store")];
        let retry_after = self.retry_after.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        (self.status, Extension(self.code), headers, retry_after, body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_body_has_the_documented_shape() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let body = ApiError::of(&NOT_FOUND).body(now, Some("req_1"));
        let expected = r#"{"statusCode":404,"message":"Not found","timestamp":"2026-01-01T00:00:00.000Z","code":"not_found","request_id":"req_1"}"#;
        assert_eq!(body.to_string(), expected);
    }

    #[test]
    fn every_code_has_a_unique_name_and_an_error_status() {
        let mut names: Vec<_> = CODES.iter().map(|code| code.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CODES.len());
        for code in CODES {
            let status = StatusCode::from_u16(code.status).unwrap();
            assert!(status.is_client_error() || status.is_server_error(), "{}", code.name);
            assert!(!code.means.ends_with('.'), "{}: ends with a period", code.name);
        }
    }
}
