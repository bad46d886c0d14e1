//! Determines a client's address, and whether its request came over TLS.
//!
//! If the Hub runs behind a proxy, connections come from the proxy's address. If the operator trusts the proxy, the
//! client's address is taken from the `X-Forwarded-For` header. The header is read from the right, because each proxy
//! appends the address that it saw, and a client can forge the other addresses.
//!
//! **Invariant:** a client cannot use a header to choose the address that the Hub sees.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::extract::connect_info::ConnectInfo;
use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::app::App;
use crate::client::Client;
use crate::connection::Peer;

/// Adds the [`Client`] to a request's extensions.
pub(super) fn determine(app: &App, request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.address.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let own_tls = app.settings.tls.value.is_some();
    let client = client_of(peer, own_tls, request.headers(), &app.settings.server.trusted_proxies.value);
    request.extensions_mut().insert(client);
}

fn client_of(peer: IpAddr, own_tls: bool, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return Client { address: peer, is_secure: own_tls };
    }
    let texts = |name| headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = texts("x-forwarded-for").flat_map(|text| text.split(',')).map(str::trim).collect();
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        // An entry that is not an address ends the chain: the last valid address is used.
        let Some(hop) = address_of(hop) else { break };
        address = hop;
        if !is_trusted(hop) {
            break;
        }
    }
    let scheme = texts("x-forwarded-proto").flat_map(|text| text.split(',')).map(str::trim).next_back();
    Client { address, is_secure: scheme.map_or(own_tls, |scheme| scheme.eq_ignore_ascii_case("https")) }
}

/// Parses an address as proxies write it, possibly with a port or in brackets.
fn address_of(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain.ok().or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for text in forwarded {
            headers.append("x-forwarded-for", text.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = client_of(peer.parse().unwrap(), false, &headers, &trusted);
        assert_eq!(client.address.to_string(), expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies_and_from_the_right() {
        check("198.51.100.1", &["203.0.113.9"], "198.51.100.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["1.1.1.1, 203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.2.3.4"], "203.0.113.9");
        check("10.0.0.1", &["203.0.113.9:4711"], "203.0.113.9");
        check("10.0.0.1", &["nonsense, 10.2.3.4"], "10.2.3.4");
        check("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1");
        check("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn the_trusted_proxy_determines_the_scheme() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert!(client_of("10.0.0.1".parse().unwrap(), false, &headers, &trusted).is_secure);
        assert!(!client_of("11.0.0.1".parse().unwrap(), false, &headers, &trusted).is_secure);
    }
}
