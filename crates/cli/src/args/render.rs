//! The arguments of `waystone render`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The provider's key or a guide's path; with --all, a folder of guides [default with --all: the built-in guides].
    #[arg(required_unless_present = "all")]
    pub(crate) guide: Option<String>,
    /// Render every method of every guide to `OUT/<provider>/<method>.<extension>`.
    #[arg(long, requires = "out", conflicts_with = "method")]
    pub(crate) all: bool,
    /// The method's key [default: the guide's first method].
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    /// Who the page is for.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) audience: AudienceArg,
    /// The output format.
    #[arg(long, value_enum)]
    pub(crate) to: Medium,
    /// The structure of MDX and Markdown pages.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) style: StyleArg,
    /// The brand file.
    #[arg(long, value_name = "FILE")]
    pub(crate) brand: Option<PathBuf>,
    /// Include only what these scopes require [default: everything].
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// The output file or, with --all, the output folder [default: standard output].
    #[arg(long, short, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum AudienceArg {
    /// The person who links an account.
    #[default]
    Link,
    /// The admin who sets the method up once.
    Setup,
}

/// An output format. Its string form is the file extension.
#[derive(Clone, Copy, Debug, strum::IntoStaticStr, ValueEnum)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Medium {
    /// MDX, for Mintlify.
    Mdx,
    /// Markdown.
    Md,
    /// A standalone HTML page.
    Html,
    /// Text for a terminal.
    #[strum(serialize = "txt")]
    Text,
    /// The page as a JSON tree.
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum StyleArg {
    /// Semantic lists and components.
    #[default]
    Semantic,
    /// The structure of the guide pages that StackOne publishes.
    Published,
}
