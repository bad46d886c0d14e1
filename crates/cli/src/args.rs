//! What can be written on the command line.

mod projects;
mod render;
mod serve;
mod vault;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::projects::{KeysCommand, ProjectsCommand};
pub(crate) use self::render::{AudienceArg, Medium, RenderArgs, StyleArg};
pub(crate) use self::serve::{Flags, ServeArgs};
pub(crate) use self::vault::{RotateArgs, StoreArgs, VaultCommand};
use crate::command::MethodKind;
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

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Wire {
    /// Send requests for hosts of a pattern to another address: for tests, and for providers in-house.
    #[arg(long, value_name = "PATTERN=URL")]
    pub(crate) upstream: Vec<String>,
    /// Certificates to trust besides the system's, as PEM: your company's proxy, for instance.
    #[arg(long, value_name = "FILE", env = "WAYSTONE_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Given {
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
    pub(crate) given: Given,
    #[command(flatten)]
    pub(crate) wire: Wire,
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

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List the accounts.
    #[command(after_help = "Example: waystone accounts list --provider acme --json")]
    List {
        /// Only those of this provider.
        #[arg(long)]
        provider: Option<String>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Show an account and what was done with it.
    #[command(after_help = "Example: waystone accounts show acc_…")]
    Show {
        /// The account's id.
        id: String,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Check whether an account still works.
    #[command(after_help = "Example: waystone accounts verify --all")]
    Verify {
        /// The account's id.
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// All accounts.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// One JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        wire: Wire,
    },
    /// Change what an account was linked with. What is not given stays.
    #[command(after_help = "Example: waystone accounts edit acc_… --set-file api_token=new-token.txt")]
    Edit {
        /// The account's id.
        id: String,
        #[command(flatten)]
        given: Given,
        #[command(flatten)]
        wire: Wire,
        /// Let another account at the provider take its place.
        #[arg(long)]
        allow_different: bool,
    },
    /// Remove an account, and make its credentials unreadable for good.
    #[command(after_help = "Example: waystone accounts remove acc_… --yes")]
    Remove {
        /// The account's id.
        id: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Write an account's values to a file that only you can read.
    #[command(after_help = "Example: waystone accounts export acc_… --out acme.env")]
    Export {
        /// The account's id.
        id: String,
        /// In which form.
        #[arg(long, value_enum, default_value_t)]
        format: ExportFormat,
        /// The file; it must not exist.
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace the file if it exists.
        #[arg(long, requires = "out")]
        force: bool,
        /// Show the secrets on standard output.
        #[arg(long, conflicts_with = "out")]
        reveal: bool,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Lines of NAME="value", for a `.env` file.
    #[default]
    Env,
    /// A JSON object.
    Json,
    /// Lines of export NAME='value', for a shell.
    Shell,
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
