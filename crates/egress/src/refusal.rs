//! Why a request is not sent, or a name not dialed: our own policy.

use std::fmt;

/// A reason to refuse. It quotes nothing of the request but a header's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The host is an address, or no DNS name in lower case.
    UnsoundHost,
    /// The guide does not name the host.
    HostNotPermitted,
    /// Port 0.
    Port,
    /// The path or the query is not encoded as it should be, or would be sent otherwise than written.
    Path,
    /// A header's name is not one.
    HeaderName,
    /// A header's value has a line break or another control character.
    HeaderValue { name: String },
    /// A header that only the way out may set.
    OwnHeader { name: String },
    /// The name resolves to addresses, but none of the public internet.
    NotPublic,
    /// A connection was about to be made to another server than the proxy or the upstream.
    Astray,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsoundHost => f.write_str("the host is not a DNS name in lower case"),
            Self::HostNotPermitted => f.write_str("the guide does not permit this host"),
            Self::Port => f.write_str("there is no port 0"),
            Self::Path => f.write_str("the path is not encoded, or would not be sent as it is written"),
            Self::HeaderName => f.write_str("a header's name is not valid"),
            Self::HeaderValue { name } => write!(f, "the value of header `{name}` has a control character"),
            Self::OwnHeader { name } => write!(f, "header `{name}` is not a guide's to set"),
            Self::NotPublic => f.write_str("the host has no address on the public internet"),
            Self::Astray => f.write_str("only the proxy or the upstream may be dialed here"),
        }
    }
}

impl std::error::Error for Refusal {}
