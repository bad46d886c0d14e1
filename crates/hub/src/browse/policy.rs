//! The Content-Security-Policy of the linking pages.
//!
//! **Invariant:** a page loads only the Hub's own style sheet, script and images. Only the session's origins can embed
//! it, and its forms lead only to the Hub, except on pages that lead to a provider.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;

use crate::app::App;
use crate::web_origin::WebOrigin;

/// The sources that a page's forms may lead to in addition to the Hub. Starts with a space unless it is empty.
pub(super) struct ProviderForms(String);

impl ProviderForms {
    /// Returns no sources: the page's forms lead only to the Hub.
    pub(super) fn none() -> Self {
        Self(String::new())
    }

    /// Returns the sources for a page with a form that leads to a provider. Some browsers apply the policy to every
    /// redirect after a form is submitted, and a provider can redirect people to their own company's sign-in page, so
    /// every HTTPS address is allowed. The origins that replace providers' hosts in tests may use HTTP.
    pub(super) fn of(app: &App) -> Self {
        let upstreams = app.sign_ins.upstream_origins();
        Self(upstreams.fold(" https:".to_owned(), |targets, origin| format!("{targets} {origin}")))
    }
}

/// Sets the policy of a page. `ancestors` are the origins of the pages that may embed it.
pub(super) fn set(ancestors: &[WebOrigin], ProviderForms(targets): ProviderForms, response: &mut Response) {
    let ancestors = match ancestors {
        [] => "'none'".to_owned(),
        origins => origins.iter().map(WebOrigin::as_str).collect::<Vec<_>>().join(" "),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'{targets}; base-uri 'none'; frame-ancestors {ancestors}"
    );
    // An origin consists of characters that a header can contain, so the value is valid.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
}
