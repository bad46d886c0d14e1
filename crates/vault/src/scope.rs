//! The permissions that API keys can have.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// A permission that an API key can have. Each key has at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
pub enum Scope {
    /// Read accounts, sessions, link attempts and the audit trail.
    #[strum(serialize = "platform:read")]
    PlatformRead,
    /// Create sessions; change and delete accounts.
    #[strum(serialize = "platform:write")]
    PlatformWrite,
    /// Read connectors, guides and connector profiles.
    #[strum(serialize = "connectors:read")]
    ConnectorsRead,
    /// Create, change and delete connector profiles.
    #[strum(serialize = "connectors:write")]
    ConnectorsWrite,
    /// Read an account's credentials, including secrets.
    #[strum(serialize = "credentials:read")]
    CredentialsRead,
    /// Send requests through an account.
    #[strum(serialize = "requests:write")]
    Requests,
    /// Create API keys with no more permissions than the creating key, and revoke API keys.
    #[strum(serialize = "keys:write")]
    KeysWrite,
}

impl Scope {
    /// Every scope.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns the scope's name in the API and the database, such as `platform:read`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether only an operator can grant the scope. An API key cannot, even if it has the scope itself.
    pub fn needs_operator(self) -> bool {
        self == Self::CredentialsRead
    }

    /// The scopes of a project's first API key: all scopes except [`Scope::CredentialsRead`], which an operator must
    /// grant explicitly.
    pub const FIRST: [Self; 6] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::Requests,
        Self::KeysWrite,
    ];
}
