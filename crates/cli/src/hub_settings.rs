//! The settings of the Hub, as `waystone serve` and the commands on its vault read them.

use std::env;
use std::fs;
use std::path::Path;

use hub::settings::{Given, Problem, SetBy, Settings, Understood};
use vault::Vault;

use crate::args::{Common, Flags, StoreArgs};
use crate::failure::{Failure, USAGE};
use crate::findings;
use crate::linking::store::folder;
use crate::out::Out;

/// The settings that the Hub would run with, for a command on its vault.
pub(crate) fn settings(common: &Common, store: &StoreArgs, out: &Out) -> Result<Settings, Failure> {
    let given = given(common, store.config.as_deref(), &store.flags())?;
    usable(hub::settings::read(&given), out)
}

/// The settings' sources: flags, environment variables and a file.
pub(crate) fn given(common: &Common, config: Option<&Path>, flags: &Flags) -> Result<Given, Failure> {
    let env: std::collections::BTreeMap<String, String> = env::vars().collect();
    let mut flags = flags.0.clone();
    for (key, variable, path) in
        [("data", "WAYSTONE_DATA", &common.data), ("guides", "WAYSTONE_GUIDES", &common.guides)]
    {
        let Some(text) = path.as_ref().map(|path| path.display().to_string()) else { continue };
        // clap does not report whether a value came from a flag or from the variable. If both agree, the variable is enough.
        if env.get(variable) != Some(&text) {
            flags.insert(key, vec![text]);
        }
    }
    let file = match config {
        Some(path) => {
            let bytes = fs::read(path).map_err(|error| Failure {
                code: USAGE,
                ..Failure::io(format!("cannot read `{}`", path.display()), &error)
            })?;
            Some((path.display().to_string(), bytes))
        }
        None => None,
    };
    // The default folder, whether or not --data overrides it. `None` without a home folder.
    let bare = Common { data: None, ..common.clone() };
    Ok(Given { flags, env, file, usual_data: folder(&bare).ok() })
}

/// The settings, if they are valid. Otherwise every problem is reported.
pub(crate) fn usable(understood: Understood, out: &Out) -> Result<Settings, Failure> {
    if let Some(file) = &understood.file {
        for finding in &file.findings {
            out.say(findings::text(&file.source, finding, out.color_err).trim_end());
            out.say("");
        }
    }
    for problem in &understood.problems {
        out.failure(&Failure { code: USAGE, message: described(problem), help: Some(problem.help.clone()) });
    }
    understood
        .settings
        .ok_or_else(|| Failure::usage("the settings are not valid").help("fix the problems above"))
}

/// A problem, with the source of the setting.
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
        let message = format!("no vault in {}", data.display());
        return Err(Failure::usage(message)
            .help("set its folder with --data, or the Hub's settings file with --config"));
    }
    hub::open_vault(settings).await.map_err(|error| Failure::environment(&error))
}
