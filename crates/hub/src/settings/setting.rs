//! Describes settings: their names, where they can be set, and the source that set a value.

use serde_json::Value;

/// A setting, as its row in the table describes it.
#[derive(Debug)]
pub struct Setting {
    /// The key in the settings file, with dots: `limits.body`.
    pub key: &'static str,
    /// The default value, or a description of the default. Empty if there is no default.
    pub default: &'static str,
    /// Where the setting can be set, and how its text is split.
    pub syntax: Syntax,
    /// The placeholder for the value in `--help`.
    pub placeholder: &'static str,
    /// Example values for the schema.
    pub(super) examples: &'static [&'static str],
    /// The documentation, as written in the table.
    pub(super) documentation: &'static str,
    /// The JSON Schema for the value in the settings file.
    pub(super) schema: fn() -> Value,
}

/// Where a setting can be set, and how its text is split into values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// One value, which any source can set.
    Single,
    /// Several values: a list in the file, a comma-separated string in a variable, or a repeated flag.
    List,
    /// Several words: a list in the file, or a space-separated string in a variable or a flag.
    Words,
    /// One value that may contain a secret. It can be set in the file or a variable, but not on the command line.
    NoFlag,
    /// One value that is a secret. It can be set only in a variable.
    VariableOnly,
}

impl Setting {
    /// Returns the name of the environment variable, for example `WAYSTONE_LIMITS_BODY` for `limits.body`.
    pub fn variable(&self) -> String {
        format!("WAYSTONE_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// Returns the flag without its leading hyphens, for example `limits-body`; `None` if the setting has no flag. A
    /// flag that is repeated for each value has a singular name, for example `upstream`.
    pub fn flag(&self) -> Option<String> {
        let name = self.key.replace(['.', '_'], "-");
        match self.syntax {
            Syntax::Single | Syntax::Words => Some(name),
            Syntax::List => Some(match (name.strip_suffix("ies"), name.strip_suffix('s')) {
                (Some(stem), _) => format!("{stem}y"),
                (None, Some(stem)) => stem.to_owned(),
                (None, None) => name,
            }),
            Syntax::NoFlag | Syntax::VariableOnly => None,
        }
    }

    /// Whether the setting can be set in the settings file.
    pub fn is_in_file(&self) -> bool {
        self.syntax != Syntax::VariableOnly
    }

    /// Returns the description, in full sentences.
    pub fn description(&self) -> &'static str {
        self.documentation.trim()
    }
}

/// The source that set a value.
#[derive(Clone, Debug, PartialEq, Eq, derive_more::Display)]
pub enum SetBy {
    /// A flag, such as `--listen`.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// The settings file.
    #[display("{name}:{line}:{column}")]
    File {
        /// The file's path as the user wrote it.
        name: String,
        /// The line number, starting at 1.
        line: usize,
        /// The column in characters, starting at 1.
        column: usize,
    },
    /// No source: the default applies.
    #[display("default")]
    Default,
}

impl SetBy {
    /// Returns the precedence: the source with the higher number wins.
    pub(super) fn precedence(&self) -> u8 {
        match self {
            Self::Flag(_) => 3,
            Self::Variable(_) => 2,
            Self::File { .. } => 1,
            Self::Default => 0,
        }
    }
}

/// A value and the source that set it.
#[derive(Clone, Debug)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// The source that set the value.
    pub set_by: SetBy,
}

impl<T> Set<T> {
    /// Changes the value and keeps the source.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Set<U> {
        Set { value: change(self.value), set_by: self.set_by }
    }
}
