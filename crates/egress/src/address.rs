//! Recognizes public internet addresses.
//!
//! **Invariant:** an address that embeds another address (mapped, translated or tunneled) is never treated as public,
//! even if the embedded address is public, because public DNS has no reason to return such an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Returns whether an address is a unicast address routed on the public internet.
///
/// The tables follow the IANA registries of special [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry)
/// and [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry) addresses.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => GLOBAL_V6.contains(&v6) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&v6)),
    }
}

const NOT_PUBLIC_V4: [Ipv4Net; 17] = [
    v4([0, 0, 0, 0], 8),          // this network
    v4([10, 0, 0, 0], 8),         // private
    v4([100, 64, 0, 0], 10),      // carrier-grade NAT; one cloud's metadata service
    v4([127, 0, 0, 0], 8),        // loopback
    v4([168, 63, 129, 16], 32),   // one cloud's host agent, in public address space
    v4([169, 254, 0, 0], 16),     // link-local; most clouds' metadata service
    v4([172, 16, 0, 0], 12),      // private
    v4([192, 0, 0, 0], 24),       // protocol assignments; one cloud's metadata service
    v4([192, 0, 2, 0], 24),       // documentation
    v4([192, 88, 99, 0], 24),     // 6to4 relays
    v4([192, 168, 0, 0], 16),     // private
    v4([198, 18, 0, 0], 15),      // benchmarking
    v4([198, 51, 100, 0], 24),    // documentation
    v4([203, 0, 113, 0], 24),     // documentation
    v4([224, 0, 0, 0], 4),        // multicast
    v4([240, 0, 0, 0], 4),        // reserved
    v4([255, 255, 255, 255], 32), // broadcast
];

/// The only IPv6 block from which global unicast addresses are allocated. Addresses outside this block need no row in
/// the table: loopback, IPv4-mapped, NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), unique local, link-local, site-local,
/// multicast.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);

const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0], 23),     // protocol assignments: Teredo, benchmarking, ORCHID
    v6([0x2001, 0xdb8], 32), // documentation
    v6([0x2002, 0], 16),     // 6to4, which embeds any IPv4 address
    v6([0x3fff, 0], 20),     // documentation
];

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6([a, b]: [u16; 2], bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(expected: bool, addresses: &str) {
        for text in addresses.split_whitespace() {
            assert_eq!(is_public(text.parse().expect("an address")), expected, "{text}");
        }
    }

    #[test]
    fn special_ipv4_addresses_are_not_public() {
        check(false, "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255");
        check(false, "127.0.0.1 127.0.0.2 127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254");
        check(false, "172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1");
        check(false, "198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255");
        check(false, "240.0.0.1 254.1.2.3 255.255.255.255");
    }

    #[test]
    fn neighbors_of_special_ipv4_addresses_are_public() {
        check(true, "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0");
        check(true, "168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0");
        check(
            true,
            "192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255",
        );
    }

    #[test]
    fn special_ipv6_addresses_are_not_public() {
        check(
            false,
            ":: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8",
        );
        check(false, "64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::a00:1 100::1 5f00::1");
        check(
            false,
            "2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1",
        );
        check(false, "2002:7f00:1:: 2002:a9fe:a9fe::1 3fff::1 3fff:fff::1 4000::1");
        check(
            false,
            "fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff02::1 ff0e::1",
        );
    }

    #[test]
    fn global_ipv6_addresses_are_public() {
        check(true, "2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2000::1 3ffe::1 2001:200::1");
    }

    proptest! {
        #[test]
        fn no_ipv6_address_that_embeds_an_ipv4_address_is_public(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = v4.octets();
            let [a, b] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
            prop_assert!(!is_public(v4.to_ipv6_mapped().into()));
            prop_assert!(!is_public(v4.to_ipv6_compatible().into()));
            prop_assert!(!is_public(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b).into()));
            prop_assert!(!is_public(Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1).into()));
        }
    }
}
