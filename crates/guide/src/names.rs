//! The names that a string may refer to, and the findings about unknown names.

use crate::code::UNKNOWN_NAME;
use crate::finding::{Finding, MOST_FINDINGS, choose, nearest, quoted};
use crate::key::Key;
use crate::source::Span;

/// The names that a method's strings may refer to. Lowering adds names as they become available.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    /// The fields, and the values derived so far.
    pub(crate) values: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environment_keys: Vec<&'n str>,
    /// Values captured by earlier checks.
    pub(crate) captures: Vec<&'n str>,
    /// The values that any check captures. They explain a reference that is used too early.
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
    /// The options in `select` fields, as pairs of field and value.
    pub(crate) choices: Vec<(&'n str, &'n str)>,
    pub(crate) scopes: Vec<&'n str>,
}

/// The key that a name refers to. An unknown name is reported at `at`.
pub(crate) fn known(
    findings: &mut Vec<Finding>,
    at: Span,
    name: &str,
    kind: &str,
    known: &[&str],
) -> Option<Key> {
    if known.contains(&name) {
        return Key::parse(name);
    }
    if findings.len() <= MOST_FINDINGS && !is_misspelled(name, known) {
        findings.push(unknown(at, name, kind, known));
    }
    None
}

/// The finding about an unknown name.
pub(crate) fn unknown(at: Span, name: &str, kind: &str, known: &[&str]) -> Finding {
    let found = Finding::new(&UNKNOWN_NAME, at, format!("there is no {kind} {}", quoted(name)));
    if known.is_empty() {
        return found.help(format!("declare the {kind}, or remove the reference"));
    }
    suggest(found, at, name, known)
}

/// Whether a name refers to an existing key whose spelling is invalid. The mistake is reported at the key.
fn is_misspelled(name: &str, known: &[&str]) -> bool {
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    known.iter().any(|key| Key::parse(key).is_none() && bare(key) == bare(name))
}

/// Suggests the closest known name, with the edit that inserts it. If no name is close, lists the known names.
pub(crate) fn suggest(found: Finding, at: Span, name: &str, known: &[&str]) -> Finding {
    match nearest(name, known.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(at, near),
        None => found.help(choose(known.iter().copied())),
    }
}
