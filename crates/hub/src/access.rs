//! Extractors that authenticate requests: a handler runs only for a caller with a valid key or a visitor with a valid
//! token.
//!
//! **Invariant:** a handler that takes a [`Caller`], a [`Visitor`] or a [`Watcher`] runs only for authenticated requests.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;

use crate::app::App;
use crate::caller::{Caller, Visitor, Watcher};
use crate::client::Client;
use crate::wire::error::ApiError;

/// The extractor that gives a handler access to the services.
pub(crate) type AppState = State<Arc<App>>;

/// If a layer has already authenticated the request, the caller is taken from the request's extensions, so that a
/// request costs one lookup and counts as one call.
impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let client = Client::from_request_parts(parts, app).await?;
        app.access.caller(&client, &parts.headers).await
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let client = Client::from_request_parts(parts, app).await?;
        let visitor = app.access.visitor(&client, &parts.headers).await?;
        if !parts.method.is_safe() {
            app.limiter.write(&visitor.session)?;
        }
        Ok(visitor)
    }
}

impl FromRequestParts<Arc<App>> for Watcher {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let client = Client::from_request_parts(parts, app).await?;
        app.access.watcher(&client, &parts.headers).await
    }
}
