//! `waystone serve`: runs the Hub.

mod check;

use std::path::Path;

use hub::serve;
use hub::serve::{Ended, ServeError, Started};
use secret::Secret;
use serde_json::json;

use crate::args::{Common, ServeArgs};
use crate::failure::{FOUND, Failure, cannot};
use crate::file;
use crate::findings;
use crate::hub_settings::{sources, usable};
use crate::out::{Ink, Out};

/// The name of the file in the data folder that receives the first API key if standard output is not a terminal.
const FIRST_KEY: &str = "first-key";

/// Runs the Hub and returns the exit code.
pub(crate) fn run(common: &Common, args: &ServeArgs, out: &Out) -> Result<u8, Failure> {
    let outcome = hub::settings::read(&sources(common, args.config.as_deref(), &args.flags)?);
    if args.check {
        return check::run(outcome, args.json, out);
    }
    let settings = usable(outcome, out)?;
    let data = settings.data.value.clone();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::io("cannot start", &error))?;
    let ended = runtime.block_on(serve(settings, |started| report(&started, &data, args.json, out)));
    // This abandons the remaining tasks. They have received the signal to stop, and their grace period is over.
    runtime.shutdown_background();
    match ended {
        Ok(Ended::Finished) => Ok(0),
        Ok(Ended::Aborted) => Ok(FOUND),
        Err(error) => Err(failure(error, out)),
    }
}

/// Reports the Hub's addresses, the files and folders that it created, and notes about unusual settings.
fn report(started: &Started, data: &Path, json: bool, out: &Out) {
    if json {
        let line = json!({
            "event": "started",
            "url": started.url,
            "address": started.address.to_string(),
            "metrics": started.metrics.map(|address| address.to_string()),
            "guides": started.guides,
            "made": started.created,
            "notes": started.notes,
            "api_key": started.api_key.as_ref().map(Secret::expose),
        });
        out.line(&line.to_string());
        return;
    }
    // Everything goes to standard output, because standard error contains the log, whose lines may be JSON.
    for made in started.created.iter().filter(|_| !out.quiet) {
        out.line(&format!("created {made}"));
    }
    for note in started.notes.iter().filter(|_| !out.quiet) {
        out.line(&format!("note: {note}"));
    }
    match &started.api_key {
        Some(key) if out.live => {
            let key = key.expose();
            out.line(&format!("The first API key, shown only once: {}", out.ink(Ink::Strong, key)));
            let try_it = format!("curl -u {key}: {}connectors/meta", started.url);
            out.line(&format!("Try it: {}", out.ink(Ink::Dim, &try_it)));
        }
        Some(key) => save_first_key(&data.join(FIRST_KEY), key, out),
        None => {}
    }
    let url = out.ink(Ink::Strong, &started.url);
    out.line(&format!("The Hub is ready at {url} with {} guides. Stop it with Ctrl-C.", started.guides));
    if let Some(address) = started.metrics {
        out.line(&format!("Metrics are at http://{address}/metrics"));
    }
}

/// Writes the first API key to a file that only the owner can read, and reports the file's path. The output of a program
/// without a terminal is often kept in a log that others can read.
fn save_first_key(path: &Path, key: &Secret, out: &Out) {
    match file::private(path, &Secret::new(format!("{}\n", key.expose()))) {
        Ok(()) => out.line(&format!(
            "The first API key is in {}. Move it to a safe place, and delete the file.",
            path.display()
        )),
        Err(error) => {
            let help = "revoke the key `first key`, and create another with `waystone keys create`";
            out.failure(&cannot("write the first API key to", path)(error).help(help));
        }
    }
}

fn failure(error: ServeError, out: &Out) -> Failure {
    if let ServeError::Brand { file, findings: found } = &error {
        findings::report(file, found, out);
    }
    let help = error.help();
    Failure { help, ..error.into() }
}
