//! The guide's prose as the terminal shows it.

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
    let options = TerminalOptions { width: width(), color: out.color };
    render::terminal_prose(prose, &context, options, 0)
}

/// Renders prose as a list item.
pub(crate) fn bullet(guide: &Guide, method: &Method, prose: &Prose, out: &Out) -> String {
    let context = Context::new(guide, method, guides::brand());
    let options = TerminalOptions { width: width(), color: out.color };
    let text = render::terminal_prose(prose, &context, options, 4);
    format!("  • {}", text.trim_start())
}
