//! Guides in formats that other programs can display. Guides are documentation, so no API key is needed.

use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use render::{
    Audience, CopyScript, Options, Page, Style, html, html_section, html_with_copy_button, json, markdown,
    page,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::AppState;
use crate::etag;
use crate::pages::Assets;
use crate::wire::error::{ApiError, NOT_FOUND};
use crate::wire::{Path, Query};

/// Selects a guide's version and audience.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct GuideQuery {
    /// `link` for the person who links an account, `setup` for the admin who sets up the method. Defaults to `link`.
    #[param(inline)]
    audience: Option<Reader>,
    /// The scopes that your product needs, separated by commas; steps for other scopes are omitted. Defaults to all
    /// scopes.
    scopes: Option<String>,
    /// The guide's digest, from an account's `guide_digest`. Defaults to the current guide.
    digest: Option<String>,
}

/// Who reads a guide.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Reader {
    Link,
    Setup,
}

/// Returns a guide.
///
/// Append `.json`, `.md` or `.html` to the method's key for data, Markdown or an HTML fragment to embed in a page;
/// without a suffix, the response is a complete web page.
#[utoipa::path(
    get, path = "/guides/{provider}/{method}", operation_id = "get_guide", tag = "connectors", security(()),
    params(
        ("provider", description = "The provider's key"),
        ("method", description = "The method's key with an optional suffix, for example `api-key.md`"),
        GuideQuery
    ),
    responses(
        (status = 200, description = "The guide", content(
            (String = "text/html"), (String = "text/markdown"), (serde_json::Value = "application/json")
        )),
        (status = 304, description = "The guide has not changed: `If-None-Match` contains its current `ETag`")
    )
)]
pub(super) async fn read(
    app: AppState,
    headers: HeaderMap,
    Path((provider, file)): Path<(String, String)>,
    Query(query): Query<GuideQuery>,
) -> Result<Response, ApiError> {
    let none = || ApiError::new(&NOT_FOUND, "This guide does not exist");
    let (method, form) = match file.rsplit_once('.') {
        Some((method, form @ ("json" | "md" | "html"))) => (method, Some(form)),
        Some(_) => return Err(none()),
        None => (file.as_str(), None),
    };
    let guide = match &query.digest {
        Some(digest) => app.editions.by_digest(digest).await?.filter(|guide| guide.provider.key == *provider),
        None => app.guides.current(&provider),
    };
    let guide = guide.ok_or_else(none)?;
    let method = guide.method(method).ok_or_else(none)?;
    let audience = match query.audience {
        None | Some(Reader::Link) => Audience::Link,
        Some(Reader::Setup) if method.setup.is_some() => Audience::Setup,
        Some(Reader::Setup) => return Err(none()),
    };
    let scopes = query.scopes.as_deref().map(|text| {
        text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
    });
    let redirect_uri = method.auth.needs_browser().then(|| app.sign_ins.redirect_uri(&provider));
    let callback = redirect_uri.clone().filter(|_| audience == Audience::Setup);
    let options = Options { audience, scopes, redirect_uri };
    let page = page(&guide, method, &app.brand, &options);
    let (kind, text) = match form {
        None => ("text/html; charset=utf-8", document(&app.assets, &page, callback.as_deref())),
        Some("json") => ("application/json", json(&page).to_string()),
        Some("md") => ("text/markdown; charset=utf-8", markdown(&page, Style::Semantic)),
        Some(_) => ("text/html; charset=utf-8", page.parts.iter().map(html_section).collect()),
    };
    let tag = etag::of(&text);
    let is_known = etag::is_known(&headers, &tag);
    // Clients must revalidate cached guides, because a guide can change at any time and revalidation is cheap.
    let common = [(ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let headers = [(CONTENT_TYPE, kind), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    let mut response = (common, headers, text).into_response();
    if form.is_none() {
        // A complete page contains its own style sheet, and can load a script.
        crate::layers::allow_documentation(&mut response);
    }
    Ok(response)
}

/// Writes a complete page. If it tells an admin to enter the callback URL, the page has a button that copies the URL.
fn document(assets: &Assets, page: &Page, callback: Option<&str>) -> String {
    match callback {
        Some(value) => html_with_copy_button(page, CopyScript { path: &assets.copy_js_path, value }),
        None => html(page),
    }
}
