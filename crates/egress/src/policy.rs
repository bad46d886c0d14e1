//! What the operator has set; a user has no say here.

use std::time::Duration;

use crate::proxy::Proxy;
use crate::upstream::Upstream;

/// The operator's settings. The default is safe: no exemption, and caps on everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Hosts that are asked elsewhere; the first that matches counts.
    pub upstreams: Vec<Upstream>,
    /// The proxy, if there is one. Mapped hosts never go through it.
    pub proxy: Proxy,
    /// Whether the system's certificates are trusted. Reading them takes a while, each time a door is opened.
    pub system_roots: bool,
    /// Certificates, in PEM, that are trusted besides: a company's own authority.
    pub extra_roots: Vec<Vec<u8>>,
    /// How long it may take to find the host, connect, and make the connection secure.
    pub connect_timeout: Duration,
    /// How long the provider may say nothing.
    pub read_timeout: Duration,
    /// How long it may take from the first thing to the last.
    pub total_timeout: Duration,
    /// How much of a body is read, in bytes, after decompression.
    pub max_body: usize,
    /// How many headers a response may have.
    pub max_headers: usize,
    /// How large they may be together, in bytes.
    pub max_header_bytes: usize,
}

impl Policy {
    /// The mapping that holds for a host, in lower case. Whoever hands a URL to a browser maps it alike.
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
            max_body: 256 * 1024,
            max_headers: 100,
            max_header_bytes: 64 * 1024,
        }
    }
}
