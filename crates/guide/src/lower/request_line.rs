//! Explains mistakes in a request line.

use crate::code::BAD_ADDRESS;
use crate::finding::{Finding, listed, quoted};
use crate::http::Verb;
use crate::shape::Text;

/// Creates the finding for a line that does not have the form `GET /path`.
pub(super) fn bad_line(line: &Text, turn: bool) -> Finding {
    let text = line.value.trim();
    let found =
        Finding::new(&BAD_ADDRESS, line.span, format!("{} is not a request line", quoted(&line.value)));
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or(("", text));
    let rest = rest.trim();
    let verb = first.to_ascii_uppercase().parse().ok();
    if let Some((path, query)) = rest.split_once('?').filter(|(path, _)| path.starts_with('/')) {
        let verb = verb.unwrap_or(Verb::Get);
        if turn {
            let fixed = format!("{verb} {path}");
            let found = found.label("contains a query");
            return found.help(format!("write `{fixed}`: a turn matches any query")).fix(line.span, fixed);
        }
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}: '{value}'")).collect();
        return found
            .label("contains a query")
            .help(format!("write `request: {{ line: {verb} {path}, query: {{ {} }} }}`", pairs.join(", ")));
    }
    match verb {
        Some(verb) if rest.starts_with('/') => {
            found.help(format!("write `{verb} {rest}`")).fix(line.span, format!("{verb} {rest}"))
        }
        Some(verb) if rest.starts_with("https://") => {
            found.help(format!("write only the path: `{verb} /…`; the host belongs in `base_url`"))
        }
        Some(verb) => found.help(format!("begin the path with a slash: `{verb} /{rest}`")),
        None if text.starts_with('/') => found
            .help(format!("begin with the HTTP method: `GET {text}`"))
            .unsafe_fix(line.span, format!("GET {text}")),
        None => {
            let verbs = Verb::ALL.iter().map(|verb| verb.as_str());
            found.help(format!(
                "write an HTTP method and a path, such as `GET /me`; the methods are {}",
                listed(verbs)
            ))
        }
    }
}
