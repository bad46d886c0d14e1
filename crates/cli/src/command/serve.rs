//! `waystone serve`: runs the Hub.

mod check;

use hub::serve;
use hub::serve::{Ended, ServeError, Started};
use serde_json::json;

use crate::args::{Common, ServeArgs};
use crate::failure::{FOUND, Failure};
use crate::findings;
use crate::hub_settings::{sources, usable};
use crate::out::{Ink, Out};

/// Runs the Hub and returns the exit code.
pub(crate) fn run(common: &Common, args: &ServeArgs, out: &Out) -> Result<u8, Failure> {
    let outcome = hub::settings::read(&sources(common, args.config.as_deref(), &args.flags)?);
    if args.check {
        return check::run(outcome, args.json, out);
    }
    let settings = usable(outcome, out)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::io("cannot start", &error))?;
    let ended = runtime.block_on(serve(settings, |started| report(&started, args.json, out)));
    // This abandons the remaining tasks. They have received the signal to stop, and their grace period is over.
    runtime.shutdown_background();
    match ended {
        Ok(Ended::Finished) => Ok(0),
        Ok(Ended::Aborted) => Ok(FOUND),
        Err(error) => Err(failure(error, out)),
    }
}

/// Reports the Hub's addresses, the files and folders that it created, and notes about unusual settings.
fn report(started: &Started, json: bool, out: &Out) {
    let api_key = started.api_key.as_ref().map(secret::Secret::expose);
    if json {
        let line = json!({
            "event": "started",
            "url": started.url,
            "address": started.address.to_string(),
            "metrics": started.metrics.map(|address| address.to_string()),
            "guides": started.guides,
            "made": started.created,
            "notes": started.notes,
            "api_key": api_key,
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
    if let Some(key) = api_key {
        out.line(&format!("The first API key, shown only once: {}", out.ink(Ink::Strong, key)));
        let try_it = format!("curl -u {key}: {}connectors/meta", started.url);
        out.line(&format!("Try it: {}", out.ink(Ink::Dim, &try_it)));
    }
    let url = out.ink(Ink::Strong, &started.url);
    out.line(&format!("The Hub is ready at {url} with {} guides. Stop it with Ctrl-C.", started.guides));
    if let Some(address) = started.metrics {
        out.line(&format!("Metrics are at http://{address}/metrics"));
    }
}

fn failure(error: ServeError, out: &Out) -> Failure {
    if let ServeError::Brand { file, findings: found } = &error {
        findings::report(file, found, out);
    }
    let help = error.help();
    Failure { help, ..error.into() }
}
