//! What `waystone render` can be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// The provider's key, or a guide's path; with --all, a folder of guides, or those that ship.
    #[arg(required_unless_present = "all")]
    pub(crate) guide: Option<String>,
    /// Render every method of every guide, to `OUT/<provider>/<method>.<ending>`.
    #[arg(long, requires = "out", conflicts_with = "method")]
    pub(crate) all: bool,
    /// The method's key; the first, if left out.
    #[arg(long, value_name = "KEY")]
    pub(crate) method: Option<String>,
    /// For whom.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) audience: AudienceArg,
    /// Into what.
    #[arg(long, value_enum)]
    pub(crate) to: Medium,
    /// Which anatomy MDX and Markdown have.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) style: StyleArg,
    /// The brand file.
    #[arg(long, value_name = "FILE")]
    pub(crate) brand: Option<PathBuf>,
    /// Only what these scopes need; everything, if left out.
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// Where to write: a file, or a folder with --all. Standard output, if left out.
    #[arg(long, short, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum AudienceArg {
    /// Whoever links an account.
    #[default]
    Link,
    /// Whoever sets the method up, once.
    Setup,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Medium {
    /// MDX, for Mintlify.
    Mdx,
    /// Markdown.
    Md,
    /// A page of its own.
    Html,
    /// Text for a terminal.
    Text,
    /// The tree of the page.
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum StyleArg {
    /// Real lists and components.
    #[default]
    Semantic,
    /// The anatomy of the pages published today.
    Published,
}

impl Medium {
    /// How the names of such files end.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Mdx => "mdx",
            Self::Md => "md",
            Self::Html => "html",
            Self::Text => "txt",
            Self::Json => "json",
        }
    }
}
