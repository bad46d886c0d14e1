//! The arguments of `waystone link`, including those shared with `waystone accounts`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct NetworkArgs {
    /// Send requests for hosts that match a pattern to another address, for tests and self-hosted providers.
    #[arg(long, value_name = "PATTERN=URL")]
    pub(crate) upstream: Vec<String>,
    /// A PEM file with certificates to trust in addition to the system's, such as your company proxy's certificate
    /// [env: `WAYSTONE_EXTRA_ROOTS`].
    #[arg(long = "extra-root", value_name = "FILE", value_delimiter = ',')]
    pub(crate) extra_roots: Vec<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct InputArgs {
    /// The provider environment's key, such as `production`.
    #[arg(long, value_name = "KEY")]
    pub(crate) environment: Option<String>,
    /// Set a field. Not allowed for secrets, because other users can see your command line.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set a field from a file; `-` reads standard input.
    #[arg(long, value_name = "FIELD=PATH")]
    pub(crate) set_file: Vec<String>,
    /// Never prompt; missing values are errors. This is the default without a terminal.
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Print one JSON document instead of text. Implies --no-input.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Default, Args)]
pub(crate) struct LinkArgs {
    /// The provider's key, or a guide's path.
    pub(crate) provider: String,
    /// The method's key [default: the guide's first method].
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Check the credentials without storing anything.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Your own name for the account.
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// The id of an account to link again. The credentials must belong to the same account at the provider.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Accept credentials that belong to a different account at the provider.
    #[arg(long, requires = "account")]
    pub(crate) allow_different: bool,
    /// If the credentials are rejected, also try them in the provider's other environments.
    #[arg(long)]
    pub(crate) ask_elsewhere: bool,
    /// Start over, even if a draft exists.
    #[arg(long)]
    pub(crate) fresh: bool,
}
