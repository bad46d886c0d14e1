//! Why the policy forbids a request or a connection.

use std::fmt;

/// Why a request or a connection is refused. Of the request, only a header's name is quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The host is an address, or is not a DNS name in lower case.
    InvalidHost,
    /// The guide does not allow the host.
    HostNotPermitted,
    /// The port is 0.
    Port,
    /// The path or the query is not encoded correctly, or the client would send it differently.
    Path,
    /// A header's name is not valid.
    HeaderName,
    /// A header's value contains a line break or another control character.
    HeaderValue { name: String },
    /// The request has a header that only this crate sets.
    OwnHeader { name: String },
    /// The name resolves, but to no public address.
    NotPublic,
    /// The client tried to connect to a server other than the proxy or the upstream.
    UnexpectedHost,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidHost => f.write_str("the host is not a DNS name in lower case"),
            Self::HostNotPermitted => f.write_str("the guide does not allow this host"),
            Self::Port => f.write_str("port 0 is not valid"),
            Self::Path => f.write_str("the path is not encoded correctly, or would be changed when sent"),
            Self::HeaderName => f.write_str("a header's name is not valid"),
            Self::HeaderValue { name } => {
                write!(f, "the value of header `{name}` contains a control character")
            }
            Self::OwnHeader { name } => write!(f, "a guide cannot set the header `{name}`"),
            Self::NotPublic => f.write_str("the host has no public address"),
            Self::UnexpectedHost => f.write_str("only the proxy or the upstream can be connected to"),
        }
    }
}

impl std::error::Error for Refusal {}
