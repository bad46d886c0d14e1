//! The reason a handler cannot show the requested page.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::pages::Trouble;
use crate::wire::error::ApiError;

/// The reason a handler cannot show the requested page. `context.rs` renders the page that is shown instead.
#[derive(Clone)]
pub(super) enum Failure {
    /// A service failed or rejected the request.
    Error(ApiError),
    /// The page cannot be shown, for the given reason.
    Trouble(Trouble),
    /// The browser is redirected to this path.
    Redirect(String),
}

impl<E: Into<ApiError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, Extension(self)).into_response()
    }
}
