//! Sends HTTP requests to providers, subject to a policy. No other crate opens outgoing connections.
//!
//! | type | purpose |
//! |---|---|
//! | [`Egress`] | sends a [`probe::Request`] and returns the answer |
//! | [`Policy`] | the operator's settings: timeouts, size limits, [`Upstream`]s, a [`Proxy`], extra root certificates |
//! | [`Resolve`] | looks up addresses; [`SystemResolver`] by default |
//!
//! **Invariant:** no redirect is followed, no private address is reached, no body is read beyond its limit, and nothing
//! is sent to a host that the guide does not allow. Upstreams and the proxy, which the operator sets, are exempt from
//! the address check only, and [`Egress::notes`] reports them.
//!
//! Deliberately missing:
//! - retries, because the flow decides on them;
//! - cookies and caches;
//! - HTTP/2: it has no benefit for single requests, and its headers, streams and windows would each need a limit;
//! - reading environment variables: a caller that wants to use their proxy settings passes them in.
//!
//! Start reading at `client.rs`. `outgoing.rs` checks a request, and `resolve.rs` checks the addresses that the request
//! can be sent to. `incoming.rs` reads the response up to the limits, and `fault.rs` classifies failures.

mod client;
mod policy;

mod origin;
mod proxy;
mod upstream;

mod address;
mod host;
mod outgoing;
mod refusal;
mod resolve;

mod fault;
mod incoming;
mod streamed;

pub use crate::address::is_public;
pub use crate::client::{BuildError, Egress};
pub use crate::fault::Failure;
pub use crate::policy::Policy;
pub use crate::proxy::{Proxy, ProxyError, ProxyServer};
pub use crate::resolve::{Resolve, Resolving, SystemResolver};
pub use crate::streamed::Streamed;
pub use crate::upstream::{Upstream, UpstreamError};
