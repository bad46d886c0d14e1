//! The names that a text may refer to, and what to say about a name that is not among them.

use crate::code::UNKNOWN_NAME;
use crate::finding::{Finding, choose, nearest, quoted};
use crate::key::Key;
use crate::source::Span;
use crate::spanned::Spanned;

/// The names that texts of a method may refer to at some point of lowering.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    /// Fields, and the values derived so far.
    pub(crate) values: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environments: bool,
    pub(crate) environment_keys: Vec<&'n str>,
    /// Values captured by earlier checks.
    pub(crate) captures: Vec<&'n str>,
    /// All values that any check captures, so that a too early use can be explained.
    pub(crate) later_captures: Vec<&'n str>,
    /// Tokens obtained by earlier sign-in requests.
    pub(crate) tokens: Vec<&'n str>,
    /// All tokens that any sign-in request obtains.
    pub(crate) later_tokens: Vec<&'n str>,
    /// Whether the method signs an assertion, so that `jwt.assertion` exists.
    pub(crate) assertion: bool,
    /// The additional columns in the table of environments.
    pub(crate) environment_values: Vec<&'n str>,
    pub(crate) checks: Vec<&'n str>,
    pub(crate) rules: Vec<&'n str>,
    /// The options of `select` fields, as pairs of field and value.
    pub(crate) choices: Vec<(&'n str, &'n str)>,
    pub(crate) scopes: Vec<&'n str>,
}

/// The finding about a name that is not known.
pub(crate) fn unknown(text: &Spanned<String>, kind: &str, known: &[&str]) -> Finding {
    let message = format!("there is no {kind} {}", quoted(&text.value));
    let found = Finding::new(&UNKNOWN_NAME, text.span, message);
    let found = if known.is_empty() {
        found.help(format!("declare the {kind}, or remove the reference"))
    } else {
        found
    };
    suggest(found, text.span, &text.value, known)
}

/// Whether a name refers to an existing key with an invalid spelling. That mistake is reported at the key.
pub(crate) fn is_misspelled(name: &str, known: &[&str]) -> bool {
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    known.iter().any(|key| Key::parse(key).is_none() && bare(key) == bare(name))
}

/// Adds the closest known name as advice, with the edit that inserts it, or else the list of known names.
pub(crate) fn suggest(found: Finding, at: Span, name: &str, known: &[&str]) -> Finding {
    match nearest(name, known.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(at, near),
        None if known.is_empty() => found,
        None => found.help(choose(known.iter().copied())),
    }
}
