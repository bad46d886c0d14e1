//! A part of a request that carries a credential.

use crate::choice::Carrier;
use crate::template::Template;

/// A part of a request that carries a credential.
#[derive(Clone, Debug)]
pub enum CarrierUse {
    /// HTTP Basic authentication.
    Basic {
        /// The user name.
        username: Template,
        /// The password.
        password: Template,
        /// Whether the user name and password are form-encoded first, as OAuth requires for clients ([RFC 6749,
        /// 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
        encoded: bool,
    },
    /// A header, query parameter, cookie or body member.
    Named {
        /// The part of the request.
        carrier: Carrier,
        /// The name. A header name is in lowercase.
        name: String,
        /// The value.
        value: Template,
    },
}

impl CarrierUse {
    /// Returns the templates for the credential's values.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Basic { username, password, .. } => vec![username, password],
            Self::Named { value, .. } => vec![value],
        }
    }
}
