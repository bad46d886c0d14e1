//! Who sent a request: the client's address, and whether the request came by TLS.
//!
//! `layers/client.rs` works it out; everything that counts by address reads it here.

use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::wire::error::{ApiError, INTERNAL};

/// Who is asking. An extractor for handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address: what limits count by.
    pub(crate) address: IpAddr,
    /// Whether it came by TLS, as far as is known.
    pub(crate) is_secure: bool,
}

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().ok_or_else(|| ApiError::of(&INTERNAL))
    }
}
