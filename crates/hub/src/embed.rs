//! `/embed.js`: the custom element that shows the linking pages within a page of the product.
//!
//! **Invariant:** the script is the same for everybody: it holds nothing of a session, and where the Hub is, which
//! everybody knows who has it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::etag;

/// The script. Where it says `HUB` it is given the Hub's address.
const SCRIPT: &str = include_str!("embed/embed.js");

/// The route of the script.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/embed.js", get(read))
}

/// Products load it under a name that stays the same, so that they need not change when the Hub does: it is asked for
/// again after an hour, and costs nothing where it has not changed.
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
    // Pages of any origin may load it, also those that let in nothing else (`require-corp`) or check what they load.
    for (name, value) in
        [("cross-origin-resource-policy", "cross-origin"), ("access-control-allow-origin", "*")]
    {
        told.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// The script of a Hub that is reached at this address.
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
