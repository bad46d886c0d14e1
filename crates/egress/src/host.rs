//! The rule for valid host names, with the tests that this crate depends on.
//!
//! **Invariant:** no parser reads a valid host name as an IP address. The last label of a valid host name begins with a
//! letter, whereas numbers in every base begin with a digit.

pub(crate) use guide::is_host_name as is_valid;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(expected: bool, hosts: &[&str]) {
        for host in hosts {
            assert_eq!(is_valid(host), expected, "{host:?}");
        }
    }

    #[test]
    fn dns_names_are_valid() {
        check(true, &["example.com", "acme.eu-1.example.com", "1.2.3.example.com", "xn--bcher-kva.example"]);
    }

    #[test]
    fn addresses_in_any_notation_are_not_names() {
        check(false, &["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "0"]);
        check(
            false,
            &["[::1]", "::1", "[::ffff:127.0.0.1]", "127.0.0.1.", "example.0x7f", "example.1", "a.0"],
        );
        check(false, &["１２７.０.０.１", "127。0。0。1"]);
    }

    #[test]
    fn tricks_are_not_names() {
        check(
            false,
            &["", ".", "com", "localhost", "app.localhost", "example.com.", ".example.com", "a..com"],
        );
        check(false, &["Example.com", "example.COM", "example.com@evil.net", "evil.net#.example.com"]);
        check(
            false,
            &["evil.net/.example.com", "evil.net?.example.com", "evil.net\\.example.com", "a.com:443"],
        );
        check(
            false,
            &["a.com\r\nx: y", "a.com\0", " a.com", "a_b.com", "a%2e.com", "ex\u{e4}mple.com", "-a.com"],
        );
        check(false, &[&format!("{}.com", "a".repeat(64)), &format!("{}com", "abcdefg.".repeat(32))]);
    }

    proptest! {
        #[test]
        fn the_url_parser_reads_every_valid_name_as_a_domain(host in "[0-9a-fx.\\-]{1,24}") {
            if is_valid(&host) {
                let domain = url::Host::parse(&host);
                prop_assert!(matches!(domain, Ok(url::Host::Domain(_))));
            }
        }
    }
}
