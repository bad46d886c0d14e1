//! The command line's arguments.

mod accounts;
mod linking;
mod new;
mod projects;
mod render;
mod serve;
mod vault;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

pub(crate) use self::accounts::{AccountsCommand, EditArgs, ExportArgs, ExportFormat, VerifyArgs};
pub(crate) use self::linking::{InputArgs, LinkArgs, NetworkArgs};
pub(crate) use self::new::{MethodKind, NewArgs};
pub(crate) use self::projects::{KeysCommand, ProjectsCommand};
pub(crate) use self::render::{AudienceArg, Medium, RenderArgs, StyleArg};
pub(crate) use self::serve::{Flags, ServeArgs};
pub(crate) use self::vault::{RotateArgs, StoreArgs, VaultCommand};
use crate::findings::Format;

/// Connection guides that combine documentation, a form, checks and tests
#[derive(Debug, Parser)]
#[command(name = "waystone", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 success, 1 findings or a failed link, 2 usage error, 3 environment error.\n\
To get started, run `waystone demo`: it links a simulated account and needs no setup.\n\
In the examples, `acme` is a provider's key."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// A folder of guides to use in addition to the built-in guides; a guide with the same key replaces the built-in
    /// one [env: `WAYSTONE_GUIDES`].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) guides: Option<PathBuf>,
    /// The folder where accounts are stored [env: `WAYSTONE_DATA`].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// When to color the output; `auto` means on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
    /// Print only results and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check guides and report every problem.
    #[command(after_help = "Example: waystone check guides --deny warnings")]
    Check(CheckArgs),
    /// Explain a finding.
    #[command(after_help = "Example: waystone explain W0203")]
    Explain {
        /// The finding's code, such as W0203. Lists all findings if omitted.
        code: Option<String>,
    },
    /// Create a starter guide that passes `check` and `test` and marks what to fill in.
    #[command(after_help = "Example: waystone new acme --method client-credentials")]
    New(NewArgs),
    /// Compare two versions of a guide: what changed, and what that means for linked accounts.
    #[command(after_help = "Examples:\n  waystone diff old/acme guides/acme\n  \
waystone diff acme guides/acme --fail-on relink")]
    Diff(DiffArgs),
    /// Run guides' scenarios through the real flow, against a simulated provider.
    #[command(after_help = "Example: waystone test guides/acme --verbose")]
    Test(TestArgs),
    /// Render one guide, or all guides into a folder.
    #[command(after_help = "Examples:\n  waystone render acme --to mdx > acme.mdx\n  \
waystone render guides --all --to mdx --out pages")]
    Render(RenderArgs),
    /// Link an account by following its guide.
    #[command(after_help = "Examples:\n  waystone link acme\n  \
waystone link acme --no-input --set site=example --set-file api_token=token.txt\n\n\
The environment variable WAYSTONE_FIELD_<KEY> also sets a field.")]
    Link(LinkArgs),
    /// Manage linked accounts.
    #[command(subcommand, after_help = "Example: waystone accounts list")]
    Accounts(AccountsCommand),
    /// Run the Hub: the API, the linking pages, and the scripts that embed them.
    #[command(after_help = "Examples:\n  waystone serve\n  waystone serve --config hub.yaml --check")]
    Serve(Box<ServeArgs>),
    /// Manage the Hub's vault: rotate its key, back it up, and check that it can be read.
    #[command(subcommand, after_help = "Example: waystone vault backup /backups/vault.db")]
    Vault(VaultCommand),
    /// Manage the Hub's projects, which own API keys, connector profiles and accounts.
    #[command(subcommand, after_help = "Example: waystone projects create \"Shop\"")]
    Projects(ProjectsCommand),
    /// Manage a project's API keys.
    #[command(subcommand, after_help = "Example: waystone keys create \"backend\"")]
    Keys(KeysCommand),
    /// Simulate a provider locally, with the responses from its guide's scenarios.
    #[command(after_help = "Example: waystone simulate acme --port 9100")]
    Simulate(SimulateArgs),
    /// Show how linking works, with a simulated provider: one attempt fails, and one succeeds.
    #[command(after_help = "Example: waystone demo")]
    Demo {
        /// The provider's key [default: the first guide with suitable scenarios].
        provider: Option<String>,
        /// Run the demo without prompts, even on a terminal.
        #[arg(long)]
        play: bool,
    },
    /// Print the JSON Schema for guides, brand files or the Hub's settings.
    #[command(after_help = "Example: waystone schema > guide.schema.json")]
    Schema {
        /// The schema to print.
        #[arg(value_enum, default_value_t)]
        of: SchemaOf,
    },
    /// Print a shell's completion script.
    #[command(after_help = "Example: waystone completions bash > /etc/bash_completion.d/waystone")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = "Example: waystone man > waystone.1")]
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Guide files, their folders, or a folder of guide folders [default: the built-in guides].
    pub(crate) paths: Vec<PathBuf>,
    /// The output format.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Fail on warnings as well as errors.
    #[arg(long, value_name = "WHAT", value_parser = ["warnings"])]
    pub(crate) deny: Option<String>,
    /// Apply the safe fixes, and list them.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Print the safe fixes as a unified diff, without changing any file.
    #[arg(long, conflicts_with_all = ["fix", "watch", "format"])]
    pub(crate) diff: bool,
    /// With --fix or --diff, include the fixes that are guesses, which you should review.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Also run the scenarios of the guides without errors; a scenario that fails is an error.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) test: bool,
    /// Keep running, and check each guide again when it changes.
    #[arg(long)]
    pub(crate) watch: bool,
    /// The date to treat as today, as YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old version: a guide's path, or the key of a built-in guide.
    pub(crate) old: String,
    /// The new version.
    pub(crate) new: String,
    /// Print one JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if any change has at least this impact.
    #[arg(long, value_enum, value_name = "IMPACT")]
    pub(crate) fail_on: Option<ImpactArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ImpactArg {
    /// Accounts must be linked again.
    Relink,
    /// Accounts should be checked again.
    Recheck,
    /// Only new links are affected.
    Offer,
    /// Any change, even if only the wording differs.
    Words,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Guide files, their folders, or a folder of guide folders [default: the built-in guides].
    pub(crate) paths: Vec<PathBuf>,
    /// Also print each request as a `curl` command, with shell variables instead of secrets, and the response's status.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Print one JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The provider's key, or a guide's path.
    pub(crate) provider: String,
    /// The method's key [default: the guide's first method].
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    /// The port to listen on; 0 picks a free port.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum SchemaOf {
    /// Guides.
    #[default]
    Guide,
    /// Brand files.
    Brand,
    /// The settings of `waystone serve`.
    Hub,
}
