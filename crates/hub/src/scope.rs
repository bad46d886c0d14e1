//! Scopes of API keys, and the rule for names of projects and keys.

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// See accounts, sessions, the trail.
    PlatformRead,
    /// Make sessions; change and delete accounts.
    PlatformWrite,
    /// See connectors, guides and connector profiles.
    ConnectorsRead,
    /// Change connector profiles.
    ConnectorsWrite,
    /// Read what an account was linked with, secrets included.
    CredentialsRead,
    /// Send requests through an account.
    Requests,
    /// Make and revoke keys.
    KeysWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::CredentialsRead,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// What the first key of a project may do: everything but to read credentials, which has to be asked for.
    pub const FIRST: [Self; 6] = [
        Self::PlatformRead,
        Self::PlatformWrite,
        Self::ConnectorsRead,
        Self::ConnectorsWrite,
        Self::Requests,
        Self::KeysWrite,
    ];

    /// The word on the wire.
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

    /// The scope of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// What a project or a key may be called: from 1 to 100 characters that can be seen, without spaces around them.
pub fn name(wanted: &str) -> Option<&str> {
    let name = wanted.trim();
    let fits = !name.is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control);
    fits.then_some(name)
}
