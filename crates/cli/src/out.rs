//! The output streams: results go to standard output, everything else to standard error.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use serde_json::Value;

use crate::failure::Failure;
use crate::prose;

/// Standard output and standard error, and how to write to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    pub(crate) color: bool,
    pub(crate) color_err: bool,
    pub(crate) quiet: bool,
    /// Whether standard output is a terminal, where a line can be overwritten.
    pub(crate) live: bool,
    /// Whether standard error is a terminal.
    pub(crate) live_err: bool,
}

/// The meaning of a piece of text, which determines its color.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ink {
    Good,
    Bad,
    Note,
    Strong,
    Dim,
}

impl Out {
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        let is_on = |terminal: bool| match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // https://no-color.org
            ColorChoice::Auto => {
                terminal
                    && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Self {
            color: is_on(io::stdout().is_terminal()),
            color_err: is_on(io::stderr().is_terminal()),
            quiet,
            live: io::stdout().is_terminal(),
            live_err: io::stderr().is_terminal(),
        }
    }

    /// Writes text to standard output.
    pub(crate) fn data(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
            // If the pipe is closed, the program exits, like other command-line filters.
            std::process::exit(0);
        }
    }

    /// Writes a line to standard output.
    pub(crate) fn line(&self, text: &str) {
        self.data(&format!("{text}\n"));
    }

    /// Writes prose to standard output, followed by a line break. On a terminal, the prose is wrapped.
    pub(crate) fn prose(&self, text: &str) {
        self.line(&self.wrapped(text));
    }

    /// Returns prose for standard output, which is wrapped on a terminal. Elsewhere, it is unchanged, so that other
    /// programs can search its lines.
    pub(crate) fn wrapped(&self, text: &str) -> String {
        wrapped(self.live, text)
    }

    /// Returns a row of a table for standard output. On a terminal, it is wrapped, and its continuation lines are indented
    /// by `hang` columns.
    pub(crate) fn row(&self, text: &str, hang: usize) -> String {
        if self.live { prose::hung(text, hang, width()) } else { text.to_owned() }
    }

    /// Writes a JSON document to standard output.
    pub(crate) fn json(&self, value: &Value) {
        self.line(&format!("{value:#}"));
    }

    /// Writes a line that reports a success to standard output.
    pub(crate) fn success(&self, text: &str) {
        self.prose(&format!("{} {text}", self.ink(Ink::Good, "✓")));
    }

    /// Writes a line that reports a problem to standard output.
    pub(crate) fn problem(&self, text: &str) {
        self.prose(&format!("{} {text}", self.ink(Ink::Bad, "✗")));
    }

    /// Writes a message to standard error, unless `--quiet` is set.
    pub(crate) fn message(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Writes prose to standard error, unless `--quiet` is set. On a terminal, the prose is wrapped.
    pub(crate) fn remark(&self, text: &str) {
        self.message(&wrapped(self.live_err, text));
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let error = ink(self.color_err, Ink::Bad, "error:");
        let mut text = format!("{error} {}\n", failure.message);
        if let Some(help) = &failure.help {
            text.push_str(&format!("{} {help}\n", ink(self.color_err, Ink::Note, "help:")));
        }
        let _ = io::stderr().lock().write_all(wrapped(self.live_err, &text).as_bytes());
    }

    /// Colors text for standard output.
    pub(crate) fn ink(&self, what: Ink, text: &str) -> String {
        ink(self.color, what, text)
    }
}

fn ink(color: bool, what: Ink, text: &str) -> String {
    if !color {
        return text.to_owned();
    }
    let style = match what {
        Ink::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Ink::Bad => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Ink::Note => Style::new().fg_color(Some(AnsiColor::Cyan.into())),
        Ink::Strong => Style::new().bold(),
        Ink::Dim => Style::new().dimmed(),
    };
    format!("{style}{text}{style:#}")
}

fn wrapped(live: bool, text: &str) -> String {
    if live { prose::wrapped(text, width()) } else { text.to_owned() }
}

/// Returns the width, in columns, at which text wraps.
pub(crate) fn width() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let is_terminal = || io::stdout().is_terminal() || io::stderr().is_terminal();
    let of_terminal = || crossterm::terminal::size().ok().filter(|_| is_terminal());
    let columns = columns.or_else(|| of_terminal().map(|(columns, _)| usize::from(columns)));
    columns.unwrap_or(88).clamp(24, 100)
}

/// Formats a number with its noun, such as `1 guide` or `3 guides`.
pub(crate) fn count(n: impl ToString + Copy, noun: &str) -> String {
    let n = n.to_string();
    if n == "1" { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Returns the text with its first letter capitalized.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
