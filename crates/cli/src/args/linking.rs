//! The arguments of `waystone link`, and those that it shares with `waystone accounts`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct NetworkArgs {
    /// Send requests for hosts of a pattern to another address: for tests, and for providers in-house.
    #[arg(long, value_name = "PATTERN=URL")]
    pub(crate) upstream: Vec<String>,
    /// Certificates to trust besides the system's, as PEM: your company's proxy, for instance.
    #[arg(long, value_name = "FILE", env = "WAYSTONE_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct InputArgs {
    /// The environment's key, such as `production`.
    #[arg(long, value_name = "KEY")]
    pub(crate) environment: Option<String>,
    /// The value of a field. Refused for secrets: a command line can be seen by others.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// The value of a field, from a file; `-` is standard input.
    #[arg(long, value_name = "FIELD=PATH")]
    pub(crate) set_file: Vec<String>,
    /// Ask nothing: what is missing is an error. So it is where there is no terminal.
    #[arg(long)]
    pub(crate) no_input: bool,
    /// One JSON document on standard output instead of text. Asks nothing.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// The provider's key, or a guide's path.
    pub(crate) provider: String,
    /// The method's key; the first, if left out.
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Check the credentials, and keep nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// A name for the account, of your own.
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Link this account again. It has to be the same one at the provider …
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// … unless another one may take its place.
    #[arg(long, requires = "account")]
    pub(crate) allow_different: bool,
    /// If the credentials are refused, try them in the other environments too.
    #[arg(long)]
    pub(crate) ask_elsewhere: bool,
    /// Begin anew, even where a draft was kept.
    #[arg(long)]
    pub(crate) fresh: bool,
}
