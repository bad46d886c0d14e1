//! What is sent to a provider, and what comes back.
//!
//! **Invariant:** whatever may carry a secret is a [`Secret`]: printing a request shows its shape only; so
//! does printing a response, which may hold a token that nobody knows yet.

use std::fmt;

use guide::{Fault, HostPattern, Verb};
use secret::{Secret, SecretBytes};

/// A request, complete but for the transport: it is always sent over https.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub verb: Verb,
    /// The host, in lower case, without a port.
    pub host: String,
    /// The port, where it is not 443.
    pub port: Option<u16>,
    /// The path, encoded, with its leading slash.
    pub path: String,
    /// The query's pairs, not yet encoded; a key may travel here where a provider forces it.
    pub query: Vec<(String, Secret)>,
    /// The headers, names in lower case.
    pub headers: Vec<Header>,
    /// The body with its content type.
    pub body: Option<Body>,
    /// The hosts that the guide allows; the way out checks them once more.
    pub permit: Permit,
    /// The certificate that the connection is made with.
    pub certificate: Option<ClientCertificate>,
}

/// A certificate by which a client shows who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those between it and the root, as PEM.
    pub certificate: Secret,
    /// Its key, as PEM.
    pub key: Secret,
}

impl Request {
    /// The path with its query, encoded as sent: `+` and `%20` rules of
    /// [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986), everything but unreserved characters escaped.
    pub fn path_and_query(&self) -> Secret {
        let mut out = Secret::from(self.path.as_str());
        for (n, pair) in self.encoded_query().iter().enumerate() {
            out.push(if n == 0 { "?" } else { "&" });
            out.push(pair.expose());
        }
        out
    }

    /// The query's pairs as sent.
    pub(crate) fn encoded_query(&self) -> Vec<Secret> {
        let pair = |(name, value): &(String, Secret)| {
            let mut out = Secret::new(crate::encode::percent(name));
            out.push("=");
            out.push(&crate::encode::percent(value.expose()));
            out
        };
        self.query.iter().map(pair).collect()
    }
}

/// What may be shown of a request: its method, host, path and the names of its query.
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

/// One header of a request.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: Secret,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub struct Body {
    /// The media type, sent as `content-type`.
    pub content_type: String,
    /// The bytes.
    pub bytes: SecretBytes,
}

/// The hosts to which a request may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// Patterns of the guide.
    pub patterns: Vec<HostPattern>,
    /// A host the customer named, where the guide allows that and the operator has agreed.
    pub own_host: Option<String>,
}

impl Permit {
    /// Whether a host, in lower case, is permitted.
    pub fn allows(&self, host: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(host))
            || self.own_host.as_deref().is_some_and(|own| own == host)
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The provider answered.
    Response(Response),
    /// It did not.
    Failed {
        /// Why not.
        fault: Fault,
        /// For the operator: what the transport said, without anything that was sent.
        detail: String,
    },
}

/// A provider's response, read whole within the caps. It may hold a token, so printing it shows its shape only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
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
