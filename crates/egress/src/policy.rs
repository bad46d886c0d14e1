//! The operator's settings for outgoing requests.

use std::time::Duration;

use crate::proxy::Proxy;
use crate::upstream::Upstream;

/// The operator's settings. The default is safe: it has no exemptions, and all times and sizes are limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Mappings from hosts to the servers that receive their requests. The first mapping that matches a host applies.
    pub upstreams: Vec<Upstream>,
    /// The proxy, if any. Requests to upstreams never go through it.
    pub proxy: Proxy,
    /// Whether the system's root certificates are trusted. Loading these certificates takes time whenever clients are
    /// built.
    pub system_roots: bool,
    /// Additional trusted root certificates, such as a company's own CA. Each entry is the content of a PEM file.
    pub extra_roots: Vec<Vec<u8>>,
    /// The maximum time for resolving the host, connecting, and completing the TLS handshake.
    pub connect_timeout: Duration,
    /// The maximum time without any data from the provider.
    pub read_timeout: Duration,
    /// The maximum time for the entire request, or until the headers arrive if the body is streamed.
    pub total_timeout: Duration,
    /// The maximum time until the end of a response whose body is streamed.
    pub stream_timeout: Duration,
    /// The maximum size of a response body, in bytes after decompression.
    pub max_body: usize,
    /// The maximum number of headers in a response.
    pub max_headers: usize,
    /// The maximum total size of a response's headers, in bytes.
    pub max_header_bytes: usize,
}

impl Policy {
    /// Returns the upstream for a lowercase host, or `None` if the host is not mapped. The caller must also apply the
    /// mapping to URLs that a browser opens.
    pub fn upstream_for(&self, host: &str) -> Option<&Upstream> {
        self.upstreams.iter().find(|it| it.maps(host))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            upstreams: Vec::new(),
            proxy: Proxy::None,
            system_roots: true,
            extra_roots: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(20),
            stream_timeout: Duration::from_mins(10),
            max_body: 256 * 1024,
            max_headers: 100,
            max_header_bytes: 64 * 1024,
        }
    }
}
