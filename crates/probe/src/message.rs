//! Requests to a provider, and its responses.
//!
//! **Invariant:** every part of a request that can contain a secret is a [`Secret`], so a printed request shows only
//! its shape. A printed response also shows only its shape, because the response may contain a new token.

use std::fmt;

use guide::{Fault, HostPattern, Verb};
use secret::{Secret, SecretBytes, percent_encoded};

/// A complete request, which is always sent over https.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub verb: Verb,
    /// The host, in lowercase, without a port.
    pub host: String,
    /// The port, or `None` for 443.
    pub port: Option<u16>,
    /// The path, encoded, with its leading slash.
    pub path: String,
    /// The query parameters, not encoded. Values are secret because some providers require an API key here.
    pub query: Vec<(String, Secret)>,
    /// The headers, with names in lowercase.
    pub headers: Vec<Header>,
    /// The body, or `None` for a request without one.
    pub body: Option<Body>,
    /// The hosts that the guide allows. The `egress` crate checks the host again before it sends the request.
    pub permit: Permit,
    /// The client certificate for the TLS connection, or `None` if the method uses none.
    pub certificate: Option<ClientCertificate>,
}

/// A client certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate and its intermediates, in PEM format.
    pub certificate: Secret,
    /// The private key, in PEM format.
    pub key: Secret,
}

impl Request {
    /// The path and the query as sent. Everything except unreserved characters is percent-encoded
    /// ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986)), so a space is `%20` and not `+`.
    pub fn path_and_query(&self) -> Secret {
        let mut out = Secret::from(self.path.as_str());
        for (n, pair) in self.encoded_query().iter().enumerate() {
            out.push(if n == 0 { "?" } else { "&" });
            out.push(pair.expose());
        }
        out
    }

    /// The query parameters, encoded.
    pub(crate) fn encoded_query(&self) -> Vec<Secret> {
        let pair = |(name, value): &(String, Secret)| {
            Secret::new(format!("{}={}", percent_encoded(name), percent_encoded(value.expose())))
        };
        self.query.iter().map(pair).collect()
    }
}

/// Shows the method, the host, the path and the names of the query parameters, but no values.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} https://{}", self.verb, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)?;
        for (n, (name, _)) in self.query.iter().enumerate() {
            write!(f, "{}{name}=…", if n == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// A request header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name, in lowercase.
    pub name: String,
    /// The value, which may be a credential.
    pub value: Secret,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// The media type, sent as `content-type`.
    pub content_type: String,
    /// The body as sent.
    pub bytes: SecretBytes,
}

/// The hosts to which a request may be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// The guide's host patterns.
    pub patterns: Vec<HostPattern>,
    /// A host that the customer specified, if the guide and the operator allow custom hosts.
    pub own_host: Option<String>,
}

impl Permit {
    /// Whether a host is permitted. `host` must be in lowercase.
    pub fn allows(&self, host: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(host))
            || self.own_host.as_deref().is_some_and(|own| own == host)
    }
}

/// The result of sending a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The provider responded.
    Response(Response),
    /// No usable response was received.
    Failed {
        /// The kind of failure.
        fault: Fault,
        /// Details for the operator, without any data from the request.
        detail: String,
    },
}

/// A provider's response. The response may contain a token, so a printed response shows only its shape.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in the order received, with names in lowercase.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the first value of a header. `name` must be in lowercase.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Returns all values of a header, in the order received. `name` must be in lowercase.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        write!(
            f,
            "Response {{ status: {}, headers: {names:?}, body: {} bytes }}",
            self.status,
            self.body.len()
        )
    }
}
