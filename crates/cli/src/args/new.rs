//! The arguments of `waystone new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The provider's key: lowercase letters, digits and hyphens.
    pub(crate) key: String,
    /// How accounts authenticate.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) method: MethodKind,
    /// The provider's name [default: derived from the key].
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The guides folder [default: --guides, or `guides` if it exists, or the current folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// How accounts that use the new guide authenticate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodKind {
    /// An API key in a header.
    #[default]
    ApiKey,
    /// `Authorization: Bearer …`.
    Bearer,
    /// HTTP Basic.
    Basic,
    /// OAuth 2.0 authorization code: the person signs in through a browser.
    Oauth2,
    /// OAuth 2.0 client credentials, without a browser.
    ClientCredentials,
    /// A login request that returns a token.
    Exchange,
    /// A signed JWT assertion, as used by service accounts.
    Jwt,
    /// A signature on each request.
    Signature,
}
