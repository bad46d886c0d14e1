//! A place in a request that carries a credential.

use crate::choice::Carrier;
use crate::template::Template;

/// One place in a request that carries a credential.
#[derive(Clone, Debug)]
pub enum CarrierUse {
    /// HTTP Basic: user and password.
    Basic {
        /// The user half.
        username: Template,
        /// The password half.
        password: Template,
        /// Whether both are encoded as in a form first, as OAuth asks of clients
        /// ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
        encoded: bool,
    },
    /// A header, query parameter, cookie or member of the body.
    Named {
        /// Which of them.
        carrier: Carrier,
        /// The name; a header's in lower case.
        name: String,
        /// What stands there.
        value: Template,
    },
}

impl CarrierUse {
    /// The templates it is made of.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Basic { username, password, .. } => vec![username, password],
            Self::Named { value, .. } => vec![value],
        }
    }
}
