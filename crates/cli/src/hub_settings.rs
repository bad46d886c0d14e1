//! Reads the Hub's settings for `waystone serve` and for the commands that use its vault.

use std::env;
use std::fs;
use std::path::Path;

use hub::settings::{Outcome, Problem, SetBy, Settings, Sources};
use vault::Vault;

use crate::args::{Common, Flags, StoreArgs};
use crate::environment;
use crate::failure::{Failure, USAGE};
use crate::findings;
use crate::linking::store::folder;
use crate::out::Out;

/// Returns the settings that the Hub would use, for a command that works on the Hub's vault.
pub(crate) fn settings(common: &Common, store: &StoreArgs, out: &Out) -> Result<Settings, Failure> {
    let sources = sources(common, store.config.as_deref(), &store.flags())?;
    usable(hub::settings::read(&sources), out)
}

/// Collects the sources of settings: flags, the environment and a file.
pub(crate) fn sources(common: &Common, config: Option<&Path>, flags: &Flags) -> Result<Sources, Failure> {
    let variables: std::collections::BTreeMap<String, String> = env::vars().collect();
    let mut flags = flags.0.clone();
    for (key, variable, path) in
        [("data", "WAYSTONE_DATA", &common.data), ("guides", "WAYSTONE_GUIDES", &common.guides)]
    {
        let Some(text) = path.as_ref().map(|path| path.display().to_string()) else { continue };
        // A path that equals the environment variable is attributed to the variable.
        if variables.get(variable) != Some(&text) {
            flags.insert(key, vec![text]);
        }
    }
    let config = config.map(Path::to_owned).or_else(|| environment::path("WAYSTONE_CONFIG"));
    let file = match config.as_deref() {
        Some(path) => {
            // A settings file that cannot be read may be another setting's value, which may contain a password.
            let shown = hub::settings::shown_path(path);
            let fail =
                |error| Failure { code: USAGE, ..Failure::io(format!("cannot read `{shown}`"), &error) };
            Some((path.display().to_string(), fs::read(path).map_err(fail)?))
        }
        None => None,
    };
    // If `--data` is omitted, the default folder is used. A missing home folder is an error only if no setting specifies
    // a folder.
    let bare = Common { data: None, ..common.clone() };
    Ok(Sources { flags, variables, file, usual_data: folder(&bare).ok() })
}

/// Returns the settings if they are valid. Otherwise, returns an error that describes every problem.
pub(crate) fn usable(outcome: Outcome<Settings>, out: &Out) -> Result<Settings, Failure> {
    if let Some(file) = &outcome.file {
        findings::report(&file.source, &file.findings, out);
    }
    for problem in &outcome.problems {
        out.failure(&Failure::usage(described(problem)).help(&problem.help));
    }
    outcome
        .settings
        .ok_or_else(|| Failure::usage("the settings are not valid").help("fix the problems above"))
}

/// Describes a problem and, unless the setting has its default value, the source of the setting.
fn described(problem: &Problem) -> String {
    match &problem.set_by {
        SetBy::Default => problem.message.clone(),
        set_by => format!("{set_by}: {}", problem.message),
    }
}

/// Opens an existing vault.
pub(crate) async fn open_vault(settings: &Settings) -> Result<Vault, Failure> {
    let data = &settings.data.value;
    if settings.database.value.is_none() && !data.join("vault.db").is_file() {
        let failure = Failure::usage(format!("no vault in {}", data.display()));
        return Err(failure.help("set its folder with --data, or the Hub's settings file with --config"));
    }
    Ok(hub::open_vault(settings).await?)
}
