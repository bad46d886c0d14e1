//! `/embed.js`: the custom element that shows the linking pages on the product's own page.
//!
//! **Invariant:** the script is the same for everyone. It contains the Hub's URL, but no information about a session.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::etag;

/// The script. `HUB` is a placeholder for the Hub's URL.
const SCRIPT: &str = include_str!("embed/embed.js");

/// Returns the script's route.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/embed.js", get(read))
}

/// Serves the script. Its URL never changes, so that products do not have to change when the Hub does. Browsers
/// revalidate the script after an hour, which is cheap.
async fn read(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let text = script(app.public_url.as_str());
    let tag = etag::of(&text);
    let shared = [
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, "public, max-age=3600, stale-while-revalidate=86400"),
        // Pages from any origin may load the script, including pages that use `require-corp` or subresource integrity.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    if etag::is_known(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, shared).into_response();
    }
    (shared, [(CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response()
}

/// Returns the script for a Hub with this URL.
fn script(public_url: &str) -> String {
    let home = serde_json::Value::from(public_url.trim_end_matches('/'));
    SCRIPT.replace("\"HUB\"", &home.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_contains_the_hubs_url() {
        let text = script("https://connect.example.com/");
        assert!(text.contains("\"https://connect.example.com\"") && !text.contains("\"HUB\""));
        assert_ne!(etag::of(&text), etag::of(&script("https://other.example.com/")));
    }
}
