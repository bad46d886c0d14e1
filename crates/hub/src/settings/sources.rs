//! The sources of the settings, and the result of reading them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use guide::Reading;

use super::setting::SetBy;

/// The sources of settings. Values may be secrets, so this type does not implement `Debug`.
#[derive(Default)]
pub struct Sources {
    /// The flags' values, by setting key.
    pub flags: BTreeMap<&'static str, Vec<String>>,
    /// The environment.
    pub variables: BTreeMap<String, String>,
    /// The settings file: its path and its bytes.
    pub file: Option<(String, Vec<u8>)>,
    /// The data folder to use if the settings do not specify one. `None` if the user has no home folder.
    pub usual_data: Option<PathBuf>,
}

/// A problem with a flag or a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The flag or variable. `Default` if a required value is not set.
    pub set_by: SetBy,
    /// A one-line description of the problem.
    pub message: String,
    /// How to fix the problem.
    pub help: String,
}

/// The result of reading settings.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The settings, if they are valid.
    pub settings: Option<T>,
    /// The settings file with its findings, if there is a file.
    pub file: Option<Reading<()>>,
    /// The problems with flags and variables.
    pub problems: Vec<Problem>,
}
