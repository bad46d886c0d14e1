//! The arguments of `waystone new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The provider's key: small letters, digits and hyphens.
    pub(crate) key: String,
    /// How accounts authenticate.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) method: MethodKind,
    /// The product's name; made from the key, if left out.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The folder of guides; that of --guides, `guides`, or the current one, if left out.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// How the accounts of a new guide authenticate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodKind {
    /// A key in a header.
    #[default]
    ApiKey,
    /// `Authorization: Bearer …`.
    Bearer,
    /// HTTP Basic.
    Basic,
    /// OAuth 2.0, signing in in a browser.
    Oauth2,
    /// OAuth 2.0 of the client itself, without a browser.
    ClientCredentials,
    /// A login whose answer holds a token.
    Exchange,
    /// A signed assertion: a service account.
    Jwt,
    /// A signature over each request.
    Signature,
}
