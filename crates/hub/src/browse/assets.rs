//! Serves the style sheet and the scripts. Each file name contains a hash of the file's content, so browsers may cache
//! the files forever.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::wire::Segments;
use crate::wire::error::{ApiError, NOT_FOUND};

pub(super) async fn read(
    State(app): State<Arc<App>>,
    Segments(name): Segments<String>,
) -> Result<Response, ApiError> {
    let path = format!("/assets/{name}");
    let assets = &app.assets;
    let (kind, text) = if path == assets.css_path {
        ("text/css; charset=utf-8", assets.css.clone())
    } else if path == assets.js_path {
        ("text/javascript; charset=utf-8", assets.js.clone())
    } else if path == assets.copy_js_path {
        ("text/javascript; charset=utf-8", assets.copy_js.to_owned())
    } else {
        return Err(ApiError::new(&NOT_FOUND, "There is no file with this name"));
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, text).into_response())
}
