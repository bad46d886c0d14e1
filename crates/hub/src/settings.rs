//! The Hub's settings. A table defines them; their values come from flags, environment variables and a file, in this
//! order of precedence.
//!
//! **Invariant:** neither a settings file nor a command line may contain a secret.

mod explain;
mod file;
mod findings;
mod kind;
mod log;
mod mask;
mod measure;
mod resolve;
mod resolver;
mod row;
mod setting;
mod sources;
mod table;

pub use self::explain::explain;
pub use self::file::schema as settings_schema;
pub use self::findings::pages;
pub use self::log::{LogFormat, LogLevel};
pub use self::mask::path as shown_path;
pub use self::resolve::{Settings, Tls, read};
pub use self::row::Line;
pub use self::setting::{Set, SetBy, Setting, Syntax};
pub use self::sources::{Outcome, Problem, Sources};
pub use self::table::{Limits, Log, Metrics, Retention, SETTINGS, Server, SessionSettings, setting};

#[cfg(test)]
mod tests;
