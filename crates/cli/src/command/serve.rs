//! `waystone serve`: the Hub.

mod check;

use std::env;
use std::fs;
use std::path::Path;

use hub::settings::{Outcome, Problem, SetBy, Settings, Sources};
use hub::{Ended, ServeError, Started};
use serde_json::json;

use crate::args::{Common, Flags, ServeArgs};
use crate::failure::{FOUND, Failure, USAGE};
use crate::findings;
use crate::linking::keep::folder;
use crate::out::{Ink, Out};

/// Serves; the number is the exit code.
pub(crate) fn run(common: &Common, args: &ServeArgs, out: &Out) -> Result<u8, Failure> {
    let outcome = hub::settings::read(&sources(common, args.config.as_deref(), &args.flags)?);
    if args.check {
        return check::run(outcome, args.json, out);
    }
    let settings = settings(outcome, out)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("cannot start", &error))?;
    let ended = runtime.block_on(hub::serve(settings, |started| say(&started, args.json, out)));
    // What is still under way was told to end, and given its time.
    runtime.shutdown_background();
    match ended {
        Ok(Ended::Whole) => Ok(0),
        Ok(Ended::Cut) => Ok(FOUND),
        Err(error) => Err(failure(&error, out)),
    }
}

/// The sources of settings: flags, the environment and a file.
pub(super) fn sources(common: &Common, config: Option<&Path>, flags: &Flags) -> Result<Sources, Failure> {
    let variables: std::collections::BTreeMap<String, String> = env::vars().collect();
    let mut flags = flags.0.clone();
    for (key, variable, path) in
        [("data", "WAYSTONE_DATA", &common.data), ("guides", "WAYSTONE_GUIDES", &common.guides)]
    {
        let Some(text) = path.as_ref().map(|path| path.display().to_string()) else { continue };
        // The arguments do not show whether the flag or the variable set the value.
        if variables.get(variable) != Some(&text) {
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
    // Without `--data`, so that a missing home folder matters only if nothing else sets the folder.
    let bare = Common { data: None, ..common.clone() };
    Ok(Sources { flags, variables, file, usual_data: folder(&bare).ok() })
}

/// The settings, if they are valid; otherwise everything that is wrong is printed.
pub(super) fn settings(outcome: Outcome<Settings>, out: &Out) -> Result<Settings, Failure> {
    if let Some(file) = &outcome.file {
        for finding in &file.findings {
            out.say(findings::text(&file.source, finding, out.color_err).trim_end());
            out.say("");
        }
    }
    for problem in &outcome.problems {
        out.failure(&Failure { code: USAGE, message: described(problem), help: Some(problem.help.clone()) });
    }
    outcome
        .settings
        .ok_or_else(|| Failure::usage("the settings cannot be used").help("fix the problems above"))
}

/// A problem with its source.
fn described(problem: &Problem) -> String {
    match &problem.set_by {
        SetBy::Default => problem.message.clone(),
        set_by => format!("{set_by}: {}", problem.message),
    }
}

/// Where to go, what was made, and what is out of the ordinary.
fn say(started: &Started, json: bool, out: &Out) {
    let api_key = started.api_key.as_ref().map(secret::Secret::expose);
    if json {
        let line = json!({
            "event": "started",
            "url": started.url,
            "address": started.address.to_string(),
            "metrics": started.metrics.map(|address| address.to_string()),
            "guides": started.guides,
            "made": started.made,
            "notes": started.notes,
            "api_key": api_key,
        });
        out.line(&line.to_string());
        return;
    }
    // To standard output, all of it: the other stream is the log's, whose lines may be JSON.
    for made in started.made.iter().filter(|_| !out.quiet) {
        out.line(&format!("made {made}"));
    }
    for note in started.notes.iter().filter(|_| !out.quiet) {
        out.line(&format!("note: {note}"));
    }
    if let Some(key) = api_key {
        out.line(&format!("The first API key, shown once: {}", out.ink(Ink::Strong, key)));
        let try_it = format!("curl -u {key}: {}connectors/meta", started.url);
        out.line(&format!("Try it: {}", out.ink(Ink::Dim, &try_it)));
    }
    let url = out.ink(Ink::Strong, &started.url);
    out.line(&format!("The Hub is ready at {url} with {} guides. Stop it with Ctrl-C.", started.guides));
    if let Some(address) = started.metrics {
        out.line(&format!("Metrics are at http://{address}/metrics"));
    }
}

fn failure(error: &ServeError, out: &Out) -> Failure {
    if let ServeError::Brand { source, findings: found } = error {
        for finding in found {
            out.say(findings::text(source, finding, out.color_err).trim_end());
            out.say("");
        }
    }
    let failure = Failure::environment(error);
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}
