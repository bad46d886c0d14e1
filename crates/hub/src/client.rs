//! The client that sent a request: its address, and whether the request came over TLS.
//!
//! `layers/client.rs` determines both.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::wire::error::{ApiError, INTERNAL};

/// An extractor for the client that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The client's IP address. Rate limits apply to its network.
    pub(crate) address: IpAddr,
    /// Whether the request came over TLS, as far as the Hub can tell.
    pub(crate) is_secure: bool,
}

impl Client {
    /// Returns the network that the client's requests count toward.
    pub(crate) fn network(&self) -> IpNet {
        network_of(self.address)
    }
}

/// Returns the network that shares a limit with this address: the address itself or, for IPv6, its /56. Internet
/// providers assign at least this much to most customers (RIPE-690), who could otherwise use a different address, or a
/// different /64 network, for every request. An IPv4 address in an IPv6 socket counts as IPv4.
pub(crate) fn network_of(address: IpAddr) -> IpNet {
    const IPV6_PREFIX: u8 = 56;
    let address = address.to_canonical();
    let prefix = if address.is_ipv6() { IPV6_PREFIX } else { 32 };
    IpNet::new(address, prefix).map_or(address.into(), |network| network.trunc())
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().ok_or_else(|| ApiError::of(&INTERNAL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_shares_limits_with_its_network() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("203.0.113.9"), "203.0.113.9/32");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9/32");
        assert_eq!(network("2001:db8:1:2::1"), "2001:db8:1::/56");
        assert_eq!(network("2001:db8:1:ff:ffff::9"), "2001:db8:1::/56");
        assert_eq!(network("2001:db8:1:100::1"), "2001:db8:1:100::/56");
    }
}
