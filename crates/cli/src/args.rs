//! What can be written on the command line.

mod accounts;
mod linking;
mod new;
mod projects;
mod render;
mod serve;
mod vault;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::accounts::{AccountsCommand, EditArgs, ExportArgs, ExportFormat, VerifyArgs};
pub(crate) use self::linking::{InputArgs, LinkArgs, NetworkArgs};
pub(crate) use self::new::{MethodKind, NewArgs};
pub(crate) use self::projects::{KeysCommand, ProjectsCommand};
pub(crate) use self::render::{AudienceArg, Medium, RenderArgs, StyleArg};
pub(crate) use self::serve::{Flags, ServeArgs};
pub(crate) use self::vault::{RotateArgs, StoreArgs, VaultCommand};
use crate::findings::Format;
use crate::out::Color;

/// Connection guides that are documentation, form, check and test at once.
#[derive(Debug, Parser)]
#[command(name = "waystone", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 fine, 1 findings or a failed link, 2 wrong usage, 3 the environment failed.\n\
Begin with `waystone demo`: it links a simulated account and needs nothing else.\n\
In examples, `acme` stands for a provider."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// A folder of guides that are added to those that ship, or replace them.
    #[arg(long, global = true, value_name = "DIR", env = "WAYSTONE_GUIDES")]
    pub(crate) guides: Option<PathBuf>,
    /// The folder in which accounts are kept.
    #[arg(long, global = true, value_name = "DIR", env = "WAYSTONE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// When to use color.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Say nothing but results and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find everything that is wrong with guides.
    #[command(after_help = "Example: waystone check guides --deny warnings")]
    Check(CheckArgs),
    /// Show the page of a finding.
    #[command(after_help = "Example: waystone explain W0203")]
    Explain {
        /// The code, such as W0203; all of them, if left out.
        code: Option<String>,
    },
    /// Write a guide to begin with: it passes `check` and `test`, and shows what to fill in.
    #[command(after_help = "Example: waystone new acme --method client-credentials")]
    New(NewArgs),
    /// Compare two versions of a guide: what changed, and what it means for accounts that are linked.
    #[command(after_help = "Examples:\n  waystone diff old/acme guides/acme\n  \
waystone diff acme guides/acme --fail-on relink")]
    Diff(DiffArgs),
    /// Run the scenarios of guides through the real flow, against a provider that answers as they say.
    #[command(after_help = "Example: waystone test guides/acme")]
    Test(TestArgs),
    /// Render one guide to one output, or all of them into a folder.
    #[command(after_help = "Examples:\n  waystone render acme --to mdx > acme.mdx\n  \
waystone render guides --all --to mdx --out pages")]
    Render(RenderArgs),
    /// Link an account, led by its guide.
    #[command(after_help = "Examples:\n  waystone link acme\n  \
waystone link acme --no-input --set site=example --set-file api_token=token.txt\n\n\
A field's value also comes from the environment variable WAYSTONE_FIELD_<KEY>.")]
    Link(LinkArgs),
    /// See to the accounts that are linked.
    #[command(subcommand, after_help = "Example: waystone accounts list")]
    Accounts(AccountsCommand),
    /// Serve the Hub: the API, the linking pages, and what embeds them.
    #[command(after_help = "Examples:\n  waystone serve\n  waystone serve --config hub.yaml --check")]
    Serve(Box<ServeArgs>),
    /// See to the Hub's vault: its key, copies of it, and that all of it can be read.
    #[command(subcommand, after_help = "Example: waystone vault backup /backups/vault.db")]
    Vault(VaultCommand),
    /// See to the Hub's projects: what keys, configurations and accounts belong to.
    #[command(subcommand, after_help = "Example: waystone projects create \"Shop\"")]
    Projects(ProjectsCommand),
    /// See to the API keys of a project.
    #[command(subcommand, after_help = "Example: waystone keys create \"backend\"")]
    Keys(KeysCommand),
    /// Be the provider, as the scenarios of its guide say, on loopback.
    #[command(after_help = "Example: waystone simulate acme --port 9100")]
    Simulate(SimulateArgs),
    /// See an account being linked, without one: a good ending and a bad one.
    #[command(after_help = "Example: waystone demo")]
    Demo {
        /// The provider; the first that ships, if left out.
        provider: Option<String>,
        /// Play it through without asking, even on a terminal.
        #[arg(long)]
        play: bool,
    },
    /// Print the JSON Schema of guides, brand files or the settings of the Hub.
    #[command(after_help = "Example: waystone schema > guide.schema.json")]
    Schema {
        /// Which one.
        #[arg(value_enum, default_value_t)]
        of: SchemaOf,
    },
    /// Print completions for a shell.
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
    /// Guides' files, their folders, or a folder of them; those that ship, if left out.
    pub(crate) paths: Vec<PathBuf>,
    /// What findings are written as.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Fail on warnings too.
    #[arg(long, value_name = "WHAT", value_parser = ["warnings"])]
    pub(crate) deny: Option<String>,
    /// Make the edits that are mechanical.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Stay, and check each guide again when it changes.
    #[arg(long)]
    pub(crate) watch: bool,
    /// The day to compare dates with, as YYYY-MM-DD; today, if left out.
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old version: a guide's path, or the key of one that ships.
    pub(crate) old: String,
    /// The new version.
    pub(crate) new: String,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if there is a change that weighs so much, or more.
    #[arg(long, value_enum, value_name = "IMPACT")]
    pub(crate) fail_on: Option<ImpactArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ImpactArg {
    /// Accounts have to be linked again.
    Relink,
    /// Accounts should be checked again.
    Recheck,
    /// There is something else to choose.
    Offer,
    /// Any change at all.
    Words,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Guides' files, their folders, or a folder of them; those that ship, if left out.
    pub(crate) paths: Vec<PathBuf>,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The provider's key, or a guide's path.
    pub(crate) provider: String,
    /// The method's key; the first, if left out.
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    /// The port; any that is free, if left out.
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
