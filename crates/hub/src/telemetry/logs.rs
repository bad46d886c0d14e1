//! The log: one JSON object per line, or human-readable text.
//!
//! **Invariant:** for third-party crates, only warnings and errors are logged, whatever the log level. Otherwise, a
//! database driver might log statements, and an HTTP library might log headers.

use std::env;
use std::io::{self, IsTerminal as _};
use std::panic;

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogLevel, Settings};

/// Our own crates, which keep secrets out of their messages.
const OURS: &[&str] = &["hub", "vault", "link", "egress", "probe"];

/// Starts writing the log to standard error. A second call has no effect.
pub(crate) fn start(settings: &Settings) {
    let is_terminal = io::stderr().is_terminal();
    let default = if is_terminal { LogFormat::Text } else { LogFormat::Json };
    let format = settings.log.format.value.unwrap_or(default);
    // https://no-color.org
    let is_colored = is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives(settings.log.level.value)))
        .with_writer(io::stderr);
    let started = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Text => lines.with_ansi(is_colored).try_init(),
    };
    if started.is_ok() {
        panic::set_hook(Box::new(|info| tracing::error!("{}", described(info))));
    }
}

fn directives(level: LogLevel) -> String {
    let others = match level {
        LogLevel::Error => "error",
        LogLevel::Warn | LogLevel::Info | LogLevel::Debug | LogLevel::Trace => "warn",
    };
    let ours: String = OURS.iter().map(|name| format!(",{name}={level}")).collect();
    format!("{others}{ours}")
}

/// Describes a panic: its location, and its message if the message is a string literal. A formatted message might
/// contain a secret.
fn described(info: &panic::PanicHookInfo<'_>) -> String {
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
    fn third_party_crates_log_only_warnings_and_errors() {
        assert_eq!(
            directives(LogLevel::Trace),
            "warn,hub=trace,vault=trace,link=trace,egress=trace,probe=trace"
        );
        assert!(directives(LogLevel::Error).starts_with("error,hub=error"));
    }
}
