//! The names that a text may refer to, and what to say about a name that is not among them.

use crate::code::UNKNOWN_NAME;
use crate::finding::{Finding, listed, nearest, quoted};
use crate::key::Key;
use crate::source::Span;
use crate::spanned::Spanned;

/// What there is to refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    /// Fields, and the values derived so far.
    pub(crate) values: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environments: bool,
    pub(crate) environment_keys: Vec<&'n str>,
    /// What is captured by then …
    pub(crate) captures: Vec<&'n str>,
    /// … and what is captured only later.
    pub(crate) later_captures: Vec<&'n str>,
    /// What signing in has given by then …
    pub(crate) tokens: Vec<&'n str>,
    /// … and what it gives only later.
    pub(crate) later_tokens: Vec<&'n str>,
    /// Whether something is signed that can be carried.
    pub(crate) assertion: bool,
    /// Further columns of the table of environments.
    pub(crate) environment_values: Vec<&'n str>,
    pub(crate) checks: Vec<&'n str>,
    pub(crate) rules: Vec<&'n str>,
    /// What can be chosen in fields that are choices: field and value.
    pub(crate) choices: Vec<(&'n str, &'n str)>,
    pub(crate) scopes: Vec<&'n str>,
}

/// The finding about a name that is none of those known.
pub(crate) fn unknown(text: &Spanned<String>, kind: &str, known: &[&str]) -> Finding {
    let message = format!("there is no {kind} {}", quoted(&text.value));
    let found = Finding::new(&UNKNOWN_NAME, text.span, message);
    let found =
        if known.is_empty() { found.mend(format!("declare the {kind}, or remove this")) } else { found };
    suggest(found, text.span, &text.value, known)
}

/// Whether a name is meant for a key that is there and misspelled: that was said where the key stands.
pub(crate) fn is_misspelled(name: &str, known: &[&str]) -> bool {
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    known.iter().any(|key| Key::parse(key).is_none() && bare(key) == bare(name))
}

/// Adds the nearest known name, with the edit that puts it in, or the list of them.
pub(crate) fn suggest(found: Finding, at: Span, name: &str, known: &[&str]) -> Finding {
    match nearest(name, known.iter().copied()) {
        Some(near) => found.mend(format!("did you mean `{near}`?")).fix(at, near),
        None if known.is_empty() => found,
        None => found.mend(format!("there is {}", listed(known.iter().copied()))),
    }
}
