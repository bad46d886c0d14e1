//! What settings are read from, and what reading them gives.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use guide::Reading;

use super::setting::SetBy;

/// The sources of settings.
#[derive(Default)]
pub struct Sources {
    /// The flags' values, by the setting's key.
    pub flags: BTreeMap<&'static str, Vec<String>>,
    /// The environment.
    pub variables: BTreeMap<String, String>,
    /// The settings file: its path and its bytes.
    pub file: Option<(String, Vec<u8>)>,
    /// The data folder to use if none is set. `None`: the user has no home folder.
    pub usual_data: Option<PathBuf>,
}

/// Shows the names of flags only: values may be secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("flags", &self.flags.keys()).finish_non_exhaustive()
    }
}

/// Something wrong in a flag or a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The flag or variable. `Default`: nothing set a value that is needed.
    pub set_by: SetBy,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The result of reading settings.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The settings, if nothing is wrong.
    pub settings: Option<T>,
    /// The settings file with its findings, if there is a file.
    pub file: Option<Reading<()>>,
    /// What is wrong in flags and variables.
    pub problems: Vec<Problem>,
}
