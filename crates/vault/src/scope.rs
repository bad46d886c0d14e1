//! What an API key may do.

/// A permission of an API key. A key has one or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read accounts, sessions, link attempts and the audit trail.
    PlatformRead,
    /// Create sessions; change and delete accounts.
    PlatformWrite,
    /// Read connectors, guides and connector profiles.
    ConnectorsRead,
    /// Create, change and delete connector profiles.
    ConnectorsWrite,
    /// Read the credentials of an account, secrets included.
    CredentialsRead,
    /// Send requests through an account.
    Requests,
    /// Create and revoke API keys.
    KeysWrite,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 7] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::CredentialsRead,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// The scopes of a project's first key: all but reading credentials, which must be asked for explicitly.
    pub const FIRST: [Self; 6] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// The scope as the API and the database write it, such as `platform:read`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlatformRead => "platform:read",
            Self::PlatformWrite => "platform:write",
            Self::ConnectorsRead => "connectors:read",
            Self::ConnectorsWrite => "connectors:write",
            Self::CredentialsRead => "credentials:read",
            Self::Requests => "requests:write",
            Self::KeysWrite => "keys:write",
        }
    }

    /// The scope with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}
