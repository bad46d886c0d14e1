//! The model of a guide that all other crates use.
//!
//! **Invariants:** every reference by key resolves to an existing item. Strings are parsed. Hosts and patterns are
//! valid. A guide without errors needs no further checking.

mod accept;
mod auth;
mod button;
mod carrier;
mod check;
mod environment;
mod field;
mod guide;
mod lifecycle;
mod method;
mod pasted;
mod walkthrough;

pub use self::accept::*;
pub use self::auth::*;
pub use self::button::*;
pub use self::carrier::*;
pub use self::check::*;
pub use self::environment::*;
pub use self::field::*;
pub use self::guide::*;
pub use self::lifecycle::*;
pub use self::method::*;
pub use self::pasted::is_protected_key;
pub use self::walkthrough::*;
pub use crate::choice::{
    Algorithm, Carrier, Expiry, FieldType, Holds, Identifies, JsonType, KeyEncoding, LifecycleEvent, Purpose,
    RefusedBy, Role, SignatureEncoding, Spaces, Standing, WaitAs,
};
