//! The product to which people connect accounts, as messages, titles and labels name it.
//!
//! **Invariant:** the addresses in a brand file are public, and each network is written without host bits.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The parts of a brand that messages, titles and labels refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The product's name.
    pub name: String,
    /// The name of the area in which people link accounts.
    #[serde(default)]
    pub hub: String,
    /// The addresses from which the product sends requests to providers.
    pub egress_addresses: EgressAddresses,
}

impl Product {
    /// Creates a product whose addresses are unknown. Its area for linking accounts has the same name.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { hub: name.clone(), name, egress_addresses: EgressAddresses::default() }
    }

    /// Returns a noun phrase for the product's addresses. If they are unknown, it says whom to ask for them.
    pub fn addresses(&self) -> String {
        self.egress_addresses.phrase(&self.name)
    }
}

/// The addresses and networks from which a product sends requests to providers. Empty if the operator has not set them.
/// `Display` writes them separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EgressAddresses(Vec<IpNet>);

impl EgressAddresses {
    /// Creates the list from addresses that [`egress_address`] has read.
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Returns whether no address is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a noun phrase for the addresses of the named product.
    pub fn phrase(&self, product: &str) -> String {
        if self.is_empty() {
            format!("{product}'s IP addresses (ask {product} for them)")
        } else {
            format!("{product}'s IP addresses ({self})")
        }
    }
}

impl fmt::Display for EgressAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, network) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { ", " })?;
            if network.prefix_len() == network.max_prefix_len() {
                write!(f, "{}", network.addr())?;
            } else {
                write!(f, "{network}")?;
            }
        }
        Ok(())
    }
}

/// Why a string cannot be one of a product's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
pub(crate) enum BadAddress {
    /// The string is neither an address nor a network.
    #[display("is not an IP address or network")]
    Malformed,
    /// The address does not reach the internet, so a provider never sees it.
    #[display("is not a public address")]
    NotPublic,
    /// The network is written with an address inside it instead of its first address.
    #[display("is an address inside the network {_0}")]
    HostBits(IpNet),
}

/// Reads an address or a network, such as `203.0.113.7` or `198.51.100.0/24`.
pub(crate) fn egress_address(text: &str) -> Result<IpNet, BadAddress> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = network.map_err(|_| BadAddress::Malformed)?;
    if !is_public(network.network()) {
        return Err(BadAddress::NotPublic);
    }
    if network == network.trunc() { Ok(network) } else { Err(BadAddress::HostBits(network.trunc())) }
}

/// Returns whether a provider on the internet could receive a request from the address.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            !(it.is_private()
                || it.is_loopback()
                || it.is_link_local()
                || it.is_unspecified()
                || it.is_multicast()
                || it.is_broadcast())
        }
        IpAddr::V6(it) => {
            let is_local = it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local();
            !(is_local || it.is_unspecified() || it.is_multicast()) && it.to_ipv4_mapped().is_none()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_listed_as_they_are_typed_into_an_allow_list() {
        let list = ["203.0.113.7", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/48"];
        let list: Vec<IpNet> = list.iter().map(|text| egress_address(text).expect("an address")).collect();
        let product = Product { egress_addresses: EgressAddresses::new(list), ..Product::named("Acme") };
        assert_eq!(
            product.addresses(),
            "Acme's IP addresses (203.0.113.7, 198.51.100.0/24, 2001:db8::1, 2001:db8:1::/48)"
        );
        assert_eq!(Product::named("Acme").addresses(), "Acme's IP addresses (ask Acme for them)");
    }

    #[test]
    fn only_public_addresses_and_whole_networks_are_read() {
        let check = |text: &str, why: BadAddress| assert_eq!(egress_address(text), Err(why), "{text}");
        for text in
            ["", "acme.example", "203.0.113", "203.0.113.7/33", "203.0.113.7, 203.0.113.8", " 203.0.113.7"]
        {
            check(text, BadAddress::Malformed);
        }
        for text in
            ["10.0.0.1", "127.0.0.1", "192.168.0.0/16", "0.0.0.0/0", "169.254.1.1", "::/0", "fd00::1", "::1"]
        {
            check(text, BadAddress::NotPublic);
        }
        check("::ffff:203.0.113.7", BadAddress::NotPublic);
        check("203.0.113.7/24", BadAddress::HostBits("203.0.113.0/24".parse().expect("a network")));
    }
}
