//! `waystone serve`: the Hub.

mod check;

use std::env;
use std::fs;
use std::path::Path;

use hub::settings::{Given, Problem, SetBy, Understood};
use hub::{Ended, ServeError, Settings, Started};
use serde_json::json;

use crate::args::{Common, Flags, ServeArgs};
use crate::failure::{FOUND, Failure, USAGE};
use crate::findings;
use crate::linking::keep::folder;
use crate::out::{Ink, Out};

/// Serves; the number is the exit code.
pub(crate) fn run(common: &Common, args: &ServeArgs, out: &Out) -> Result<u8, Failure> {
    let understood = hub::settings::read(&given(common, args.config.as_deref(), &args.flags)?);
    if args.check {
        return check::run(understood, args.json, out);
    }
    let settings = settings(understood, out)?;
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

/// What was said, by flags, the environment and a file.
pub(super) fn given(common: &Common, config: Option<&Path>, flags: &Flags) -> Result<Given, Failure> {
    let env: std::collections::BTreeMap<String, String> = env::vars().collect();
    let mut flags = flags.0.clone();
    for (key, variable, path) in
        [("data", "WAYSTONE_DATA", &common.data), ("guides", "WAYSTONE_GUIDES", &common.guides)]
    {
        let Some(text) = path.as_ref().map(|path| path.display().to_string()) else { continue };
        // The arguments do not tell the two apart; said twice, it makes no difference.
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
    // Where a folder is named, there need not be a usual one.
    let bare = Common { data: None, ..common.clone() };
    Ok(Given { flags, env, file, usual_data: folder(&bare).ok() })
}

/// The settings, if they are right; what is wrong with them is said.
pub(super) fn settings(understood: Understood, out: &Out) -> Result<Settings, Failure> {
    if let Some(file) = &understood.file {
        for finding in &file.findings {
            out.say(findings::text(&file.source, finding, out.color_err).trim_end());
            out.say("");
        }
    }
    for problem in &understood.problems {
        out.failure(&Failure { code: USAGE, message: told(problem), help: Some(problem.help.clone()) });
    }
    understood
        .settings
        .ok_or_else(|| Failure::usage("the settings cannot be used").help("mend what is said above"))
}

/// A problem, with who said what is wrong.
fn told(problem: &Problem) -> String {
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
