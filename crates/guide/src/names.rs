//! The names that a string may refer to, and the findings about unknown names.

use crate::code::UNKNOWN_NAME;
use crate::finding::{Finding, MOST_FINDINGS, choose, quoted};
use crate::key::Key;
use crate::source::Span;
use crate::spelling::nearest;

/// The names that a method's strings may refer to. Lowering adds names as they become available.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) fields: Vec<&'n str>,
    /// The keys of the fields and of the values that have been derived so far.
    pub(crate) values: Vec<&'n str>,
    pub(crate) steps: Vec<&'n str>,
    pub(crate) environment_keys: Vec<&'n str>,
    /// Values captured by earlier checks.
    pub(crate) captures: Vec<&'n str>,
    /// The values that any check captures. They are used to explain a reference to a value that has not been captured
    /// yet.
    pub(crate) later_captures: Vec<&'n str>,
    /// Tokens obtained by earlier sign-in requests.
    pub(crate) tokens: Vec<&'n str>,
    /// All tokens that any sign-in request obtains.
    pub(crate) later_tokens: Vec<&'n str>,
    /// Whether the method signs an assertion, which is available as `jwt.assertion`.
    pub(crate) assertion: bool,
    /// Whether the callback URL is available as `hub.redirect_uri` in a request.
    pub(crate) redirect_uri: bool,
    /// Whether people sign in through a browser.
    pub(crate) redirects: bool,
    /// The names of the environments' additional values.
    pub(crate) environment_values: Vec<&'n str>,
    pub(crate) checks: Vec<&'n str>,
    pub(crate) rules: Vec<&'n str>,
    /// The options in `select` fields, as pairs of field key and option value.
    pub(crate) choices: Vec<(&'n str, &'n str)>,
    pub(crate) scopes: Vec<&'n str>,
    /// The keys of the secret fields and of the secret values that have been derived so far.
    pub(crate) secrets: Vec<Key>,
    /// The method's label.
    pub(crate) method_label: String,
    /// The labels of the fields that have been lowered so far.
    pub(crate) labels: Vec<(Key, String)>,
}

/// Returns the key that a name refers to, or reports an unknown name at `at`.
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

/// Creates the finding for an unknown name.
pub(crate) fn unknown(at: Span, name: &str, kind: &str, known: &[&str]) -> Finding {
    let found = Finding::new(&UNKNOWN_NAME, at, format!("there is no {kind} {}", quoted(name)));
    if known.is_empty() {
        return found.help(format!("declare the {kind}, or remove the reference"));
    }
    suggest(found, at, name, known)
}

/// Returns whether a name refers to a declared key that is invalid. The finding about the invalid key already reports
/// the mistake.
fn is_misspelled(name: &str, known: &[&str]) -> bool {
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    known.iter().any(|key| Key::parse(key).is_none() && bare(key) == bare(name))
}

/// Adds advice to use the closest known name, and an edit that inserts this name. If no known name is similar enough,
/// lists the known names.
pub(crate) fn suggest(found: Finding, at: Span, name: &str, known: &[&str]) -> Finding {
    match nearest(name, known.iter().copied()) {
        Some(near) => found.did_you_mean(at, name, near, known.iter().copied()),
        None => found.help(choose(known.iter().copied())),
    }
}
