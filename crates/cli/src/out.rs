//! The output streams: results go to standard output, everything else to standard error.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use crate::failure::Failure;

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Color everything.
    Always,
    /// Color nothing.
    Never,
}

/// Standard output and standard error, and how to write to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    pub(crate) color: bool,
    pub(crate) color_err: bool,
    pub(crate) quiet: bool,
    /// Whether standard output is a terminal, where a line can be overwritten.
    pub(crate) live: bool,
}

/// The meaning of a piece of text, which decides its color.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ink {
    Good,
    Bad,
    Note,
    Strong,
    Dim,
}

impl Out {
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        let on = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            // https://no-color.org
            Color::Auto => {
                terminal
                    && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Self {
            color: on(io::stdout().is_terminal()),
            color_err: on(io::stderr().is_terminal()),
            quiet,
            live: io::stdout().is_terminal(),
        }
    }

    /// Writes text to standard output.
    pub(crate) fn data(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
            // As for every filter, a closed pipe ends the program.
            std::process::exit(0);
        }
    }

    /// Writes a line to standard output.
    pub(crate) fn line(&self, text: &str) {
        self.data(&format!("{text}\n"));
    }

    /// Writes a message to standard error, unless `--quiet` is set.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let error = ink(self.color_err, Ink::Bad, "error:");
        let mut text = format!("{error} {}\n", failure.message);
        if let Some(help) = &failure.help {
            text.push_str(&format!("{} {help}\n", ink(self.color_err, Ink::Note, "help:")));
        }
        let _ = io::stderr().lock().write_all(text.as_bytes());
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

/// The width at which text is wrapped, in columns.
pub(crate) fn width() -> usize {
    let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let columns = columns.or_else(|| inquire_width().filter(|_| io::stdout().is_terminal()));
    columns.unwrap_or(88_usize).clamp(40, 100)
}

fn inquire_width() -> Option<usize> {
    crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns))
}
