//! The only way out: HTTP under policy.
//!
//! | noun | what it is |
//! |---|---|
//! | [`Egress`] | the door: sends one [`probe::Request`] and says what became of it |
//! | [`Policy`] | what the operator has set: time, size, [`Upstream`]s, a [`Proxy`], extra roots |
//! | [`Resolve`] | where addresses come from; [`SystemResolver`] unless told otherwise |
//!
//! **Invariant:** no redirect is followed, no private address is reached, no body is read past its cap, and
//! nothing is sent to a host that the guide does not permit. What the operator maps or names as a proxy is
//! exempt from the address check alone, and [`Egress::notes`] says so.
//!
//! Deliberately absent: retries (the flow decides), cookies, caches, HTTP/2 (one request at a time has no use
//! for it, and its headers, streams and windows would each need a cap of their own), and the environment:
//! whoever wants its proxy hands the variables in.
//!
//! Start reading at `client.rs`: a request passes `outgoing.rs` (what may be sent), `resolve.rs` (where to),
//! and comes back through `incoming.rs` (how much is read) or `fault.rs` (why not).

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
pub use crate::policy::Policy;
pub use crate::proxy::{Proxy, ProxyError, ProxyServer};
pub use crate::resolve::{Resolve, Resolving, SystemResolver};
pub use crate::streamed::{Broken, Streamed};
pub use crate::upstream::{Upstream, UpstreamError};
