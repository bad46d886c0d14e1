//! The client that sent a request: its address, and whether the request came over TLS.
//!
//! `layers/client.rs` determines both.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::OwnedSemaphorePermit;

use crate::wire::error::{ApiError, INTERNAL};

/// An extractor for the client that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The IP address that rate limits apply to.
    pub(crate) address: IpAddr,
    /// Whether the request came over TLS, as far as the Hub can tell.
    pub(crate) is_secure: bool,
}

/// The remote peer of a connection. Each connection's service holds a clone of this value until the connection closes.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The remote address.
    pub(crate) address: SocketAddr,
    /// The permit that the listener issued for the connection, which limits the number of open connections.
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self { address, _permit: permit.map(Arc::new) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().ok_or_else(|| ApiError::of(&INTERNAL))
    }
}
