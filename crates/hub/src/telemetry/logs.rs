//! The log: one JSON object a line, or text for people.
//!
//! **Invariant:** other people's code cannot tell more than that it is in trouble: a database driver that logs
//! statements, or an HTTP library that logs headers, is not listened to below that, whatever the level.

use std::env;
use std::io::{self, IsTerminal as _};
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::settings::{LogFormat, LogLevel, Settings};

/// Crates of ours, which keep secrets out of what they say.
const OURS: &[&str] = &["hub", "vault", "link", "egress", "probe"];

/// Writes what is logged to standard error, from now on. A second call changes nothing.
pub(crate) fn start(settings: &Settings) {
    let is_terminal = io::stderr().is_terminal();
    let by_place = if is_terminal { LogFormat::Text } else { LogFormat::Json };
    let format = settings.log.format.value.unwrap_or(by_place);
    // https://no-color.org
    let is_colored = is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives(settings.log.level.value)))
        .with_writer(BoxMakeWriter::new(io::stderr));
    let started = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Text => lines.with_ansi(is_colored).try_init(),
    };
    if started.is_ok() {
        panic::set_hook(Box::new(|info| tracing::error!("{}", told(info))));
    }
}

fn directives(level: LogLevel) -> String {
    let others = match level {
        LogLevel::Error => "error",
        LogLevel::Warn | LogLevel::Info | LogLevel::Debug | LogLevel::Trace => "warn",
    };
    OURS.iter().fold(others.to_owned(), |mut text, name| {
        text.push_str(&format!(",{name}={level}"));
        text
    })
}

/// Where a panic was, and what it says if that is fixed in the code: what was put together may hold anything.
fn told(info: &panic::PanicHookInfo<'_>) -> String {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    match info.payload().downcast_ref::<&'static str>() {
        Some(text) => format!("a panic at {place}: {text}"),
        None => format!("a panic at {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_heard_only_in_trouble() {
        assert_eq!(
            directives(LogLevel::Trace),
            "warn,hub=trace,vault=trace,link=trace,egress=trace,probe=trace"
        );
        assert!(directives(LogLevel::Error).starts_with("error,hub=error"));
    }
}
