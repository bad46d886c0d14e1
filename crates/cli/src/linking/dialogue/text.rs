//! Renders the guide's prose for the terminal.

use guide::{Guide, Method, Prose};
use link::Flow;
use render::{Context, TerminalOptions};

use crate::guides;
use crate::out::{Out, width};

/// Renders prose for the terminal.
pub(crate) fn prose(flow: &Flow, prose: &Prose, out: &Out) -> String {
    let context = Context::new(flow.guide(), flow.method(), guides::brand());
    let context = match flow.environment() {
        Some(environment) => context.in_environment(environment),
        None => context,
    };
    render::terminal_prose(prose, &context, options(out), 0)
}

/// Renders prose as a list item.
pub(crate) fn bullet(guide: &Guide, method: &Method, prose: &Prose, out: &Out) -> String {
    let context = Context::new(guide, method, guides::brand());
    format!("  • {}", render::terminal_prose(prose, &context, options(out), 4).trim())
}

fn options(out: &Out) -> TerminalOptions {
    TerminalOptions { width: width(), color: out.color }
}
