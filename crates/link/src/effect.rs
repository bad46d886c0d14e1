//! What a flow asks its driver to do.

use std::collections::BTreeMap;

use guide::{Key, OutcomeKind};
use probe::{Identity, Request, Values};

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// Send a request, and come back with [`crate::Flow::answered`] and this number.
    Send {
        /// The number.
        id: u64,
        /// The request.
        request: Box<Request>,
    },
    /// Come back with [`crate::Flow::elapsed`] when this moment has come, in seconds since 1970.
    WaitUntil(i64),
    /// Keep the account, and come back with [`crate::Flow::stored`].
    Store(Box<Linked>),
}

/// Something to do that is worked out only when it is asked for, since the moment is part of it.
#[derive(Debug)]
pub(crate) enum Due {
    /// The request that the state says.
    Ask,
    /// Waiting.
    WaitUntil(i64),
    /// Keeping the account.
    Store(Box<Linked>),
}

/// An account that was seen to work.
#[derive(Debug)]
pub struct Linked {
    /// The provider's key.
    pub provider: Key,
    /// The method's key.
    pub method: Key,
    /// The environment's key.
    pub environment: Option<Key>,
    /// The values that may be seen, those that were computed among them.
    pub public: BTreeMap<Key, String>,
    /// The values that may not.
    pub secrets: Values,
    /// What signing in gave.
    pub tokens: Values,
    /// When that ends, in seconds since 1970, if anything says so.
    pub tokens_end: Option<i64>,
    /// Who was found, if a check says so.
    pub identity: Option<Identity>,
    /// How good it is: `ok` or `ok_limited`.
    pub outcome: OutcomeKind,
    /// The checks that succeeded.
    pub proved: Vec<Key>,
    /// The checks that may fail, and did: what the account cannot do.
    pub missed: Vec<Key>,
    /// The SHA-256 of the guide that was followed.
    pub guide_digest: String,
}
