//! Why the policy forbids a request or a connection.

/// Why a request or a connection is refused. The only part of a request that a message can quote is a header's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The host is an address, or is not a DNS name in lower case.
    #[error("the host is not a DNS name in lower case")]
    InvalidHost,
    /// The guide does not allow the host.
    #[error("the guide does not allow this host")]
    HostNotPermitted,
    /// The port is 0.
    #[error("port 0 is not valid")]
    Port,
    /// The path or the query is not encoded correctly, or the client would send it differently.
    #[error("the path is not encoded correctly, or would be changed when sent")]
    Path,
    /// A header's name is not valid.
    #[error("a header's name is not valid")]
    HeaderName,
    /// A header's value contains a line break or another control character.
    #[error("the value of header `{name}` contains a control character")]
    HeaderValue { name: String },
    /// The request contains a header that only this crate may set.
    #[error("a guide cannot set the header `{name}`")]
    OwnHeader { name: String },
    /// The host name does not resolve to any public address.
    #[error("the host has no public address")]
    NotPublic,
    /// The client tried to connect to a server other than the proxy or the upstream.
    #[error("only the proxy or the upstream can be connected to")]
    UnexpectedHost,
}
