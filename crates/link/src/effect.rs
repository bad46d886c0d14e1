//! Effects: the actions that a flow requests from its driver.

use std::collections::BTreeMap;

use guide::{Key, OutcomeKind};
use probe::{Identity, Request, Values};

/// An action that the driver must perform before the flow can continue.
#[derive(Debug)]
pub enum Effect {
    /// Send a request, then call [`crate::Flow::answered`] with the same id.
    Send {
        /// Identifies the request. The flow ignores responses that are reported with any other id.
        id: u64,
        /// The request.
        request: Box<Request>,
    },
    /// Call [`crate::Flow::elapsed`] at this Unix time, in seconds.
    WaitUntil(i64),
    /// Store the account, then call [`crate::Flow::stored`].
    Store(Box<Linked>),
}

/// A queued effect. A request depends on the time at which it is sent, so it is built only when the driver polls for
/// it.
#[derive(Debug)]
pub(crate) enum Due {
    Send,
    WaitUntil(i64),
    Store(Box<Linked>),
}

/// An account whose credentials passed the checks, ready to be stored.
#[derive(Debug)]
pub struct Linked {
    /// The provider's key.
    pub provider: Key,
    /// The method's key.
    pub method: Key,
    /// The environment's key, or `None` if the method has no environments.
    pub environment: Option<Key>,
    /// The non-secret values, including derived values.
    pub public: BTreeMap<Key, String>,
    /// The secret values, including derived values.
    pub secrets: Values,
    /// The tokens from sign-in. Empty if the method has no sign-in.
    pub tokens: Values,
    /// The tokens' expiry time in Unix seconds, or `None` if it is unknown.
    pub tokens_expire_at: Option<i64>,
    /// The account at the provider, or `None` if no check identifies it.
    pub identity: Option<Identity>,
    /// `Ok`, or `OkLimited` if some access is missing.
    pub outcome: OutcomeKind,
    /// The checks that passed.
    pub proved: Vec<Key>,
    /// The optional checks that failed, which show the access that the account lacks.
    pub missed: Vec<Key>,
    /// The SHA-256 digest of the guide that the flow followed.
    pub guide_digest: String,
}
