//! `/embed.js`: the custom element that shows the linking pages in the product's own page.
//!
//! **Invariant:** the script is the same for everyone. It contains the Hub's URL and nothing about a session.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::etag;

/// The script. `HUB` is a placeholder for the Hub's URL.
const SCRIPT: &str = include_str!("embed/embed.js");

/// Returns the route of the script.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/embed.js", get(read))
}

/// The script's URL never changes, so that products need not change when the Hub does. Browsers revalidate it after an
/// hour, which is cheap.
async fn read(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let text = script(app.public_url.as_str());
    let tag = etag::of(&text);
    let mut response = if etag::is_known(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response()
    };
    let told = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        told.insert(ETAG, tag);
    }
    told.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600, stale-while-revalidate=86400"),
    );
    // Pages of any origin may load it, including those that use `require-corp` or subresource integrity.
    for (name, value) in
        [("cross-origin-resource-policy", "cross-origin"), ("access-control-allow-origin", "*")]
    {
        told.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Returns the script of a Hub with this URL.
fn script(public_url: &str) -> String {
    let home = serde_json::Value::from(public_url.trim_end_matches('/'));
    SCRIPT.replace("\"HUB\"", &home.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_knows_its_hub() {
        let text = script("https://connect.example.com/");
        assert!(text.contains("\"https://connect.example.com\"") && !text.contains("\"HUB\""));
        assert_ne!(etag::of(&text), etag::of(&script("https://other.example.com/")));
    }
}
