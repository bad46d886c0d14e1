//! The route that a request takes.

/// The route that a request takes. Each route has its own HTTP client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Directly to the provider.
    Direct,
    /// To an operator's upstream.
    Mapped,
    /// Through the proxy.
    Proxied,
}
