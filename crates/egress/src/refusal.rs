//! Why the policy forbids a request or a connection.

/// Why a request or a connection is refused. The only part of a request that a message can quote is a header name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The host is an IP address, or is not a lowercase DNS name.
    #[error("the host is not a lowercase DNS name")]
    InvalidHost,
    /// The guide does not allow the host.
    #[error("the guide does not allow this host")]
    HostNotPermitted,
    /// The port is 0.
    #[error("port 0 is not valid")]
    Port,
    /// The path or the query is not encoded correctly, or the client would send it differently.
    #[error("the path is not encoded correctly, or would change when sent")]
    Path,
    /// A header name is not valid.
    #[error("a header name is not valid")]
    HeaderName,
    /// A header value contains a line break or another control character.
    #[error("the value of the header `{name}` contains a control character")]
    HeaderValue { name: String },
    /// The request contains a header that only this crate may set.
    #[error("a guide cannot set the header `{name}`")]
    OwnHeader { name: String },
    /// The host name does not resolve to any public address.
    #[error("the host has no public address")]
    NotPublic,
    /// The client tried to connect to a server other than the proxy or the upstream.
    #[error("connections are allowed only to the proxy or the upstream")]
    UnexpectedHost,
}
