//! Reads the environment variables that set options.
//!
//! `clap` could read them, but it counts an option from the environment as an argument on the command line: it would show
//! the option in the usage of every error, and would no longer print the help if there are no arguments.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::args::Common;

/// Returns the path in an environment variable. `None` if the variable is not set, or empty.
pub(crate) fn path(variable: &str) -> Option<PathBuf> {
    value(variable).map(PathBuf::from)
}

/// Returns the paths in an environment variable, which are separated by commas.
pub(crate) fn paths(variable: &str) -> Vec<PathBuf> {
    let text = value(variable).unwrap_or_default();
    let text = text.to_string_lossy();
    text.split(',').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}

/// Sets the options that are not on the command line from the environment.
pub(crate) fn complete(common: &mut Common) {
    common.guides = common.guides.take().or_else(|| path("WAYSTONE_GUIDES"));
    common.data = common.data.take().or_else(|| path("WAYSTONE_DATA"));
}

fn value(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}
