//! Sends HTTP requests to providers, subject to a policy. No other crate opens outgoing connections.
//!
//! | type | purpose |
//! |---|---|
//! | [`Egress`] | sends a [`probe::Request`] and returns a [`probe::Answer`] |
//! | [`Policy`] | the operator's settings: timeouts, size limits, [`Upstream`]s, a [`Proxy`], extra root certificates |
//! | [`Resolve`] | looks up addresses; [`SystemResolver`] by default |
//!
//! **Invariant:** this crate follows no redirects, connects to no private addresses, reads no body beyond its limit,
//! and sends no request to a host that the guide does not allow. Upstreams and the proxy, which the operator
//! configures, are exempt from the address check but from no other rule. [`Egress::notes`] reports these exemptions.
//!
//! Deliberately missing:
//! - retries, because the flow decides whether to send a request again;
//! - cookies and caches;
//! - HTTP/2, because single requests do not benefit from it and its headers, streams and windows would need limits;
//! - reading environment variables: a caller that wants to use the proxy settings in these variables passes them in.
//!
//! Start reading at `client.rs`. `outgoing.rs` checks a request, and `resolve.rs` checks the addresses to which the
//! client can connect. `incoming.rs` and `streamed.rs` read the response up to the limits, `content.rs` decodes its body, and `fault.rs`
//! classifies failures.

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

mod content;
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
