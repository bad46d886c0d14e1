//! The client of a request: its address, and whether the request came over TLS.
//!
//! `layers/client.rs` determines it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::wire::error::{ApiError, INTERNAL};

/// The client of a request, as an extractor for handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address that limits count by.
    pub(crate) address: IpAddr,
    /// Whether the request came over TLS, as far as the Hub can tell.
    pub(crate) is_secure: bool,
}

/// The address of the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().ok_or_else(|| ApiError::of(&INTERNAL))
    }
}
