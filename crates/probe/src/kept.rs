//! What is taken out of an answer: captures, tokens and how long they hold, scopes, the identity.

use guide::{Capture, Check, Part, Target, Template, TokenStep};
use secret::Secret;
use serde_json::Value;

use crate::fill::{Filling, Inputs, Landing, Values, fill};
use crate::judge::Case;
use crate::message::{Answer, Response};
use crate::seen::Seen;
use crate::verdict::Identity;

/// The most characters of an account's id. Nobody has longer ones, and an index of a database has its limit.
const LONGEST_ID: usize = 500;

/// The most characters of an account's name, and of what else is told of it.
const LONGEST_TEXT: usize = 200;

/// What is kept of an answer.
pub(crate) fn captures(check: &Check, seen: &Seen<'_>) -> Values {
    let Some(json) = &seen.json else { return Values::new() };
    let find = |capture: &Capture| Some(Secret::new(text_of(capture.path.find(json)?)?));
    check.captures.iter().filter_map(|capture| Some((capture.name.clone(), find(capture)?))).collect()
}

/// The scopes that an answer lists.
pub(crate) fn granted(check: &Check, seen: &Seen<'_>) -> Option<Vec<String>> {
    let found = check.granted.as_ref()?.find(seen.json.as_ref()?)?;
    match found {
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(text) => {
            Some(text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// What is kept of a response to a check, whatever it means.
pub fn kept(check: &Check, response: &Response) -> Values {
    captures(check, &Seen::new(&Answer::Response(response.clone())))
}

/// For how many seconds the tokens of an answer hold, if anything says so.
pub fn holds_for(step: &TokenStep, answer: &Answer) -> Option<u32> {
    let seen = Seen::new(answer);
    let says = || {
        let found = step.expires_in.as_ref()?.find(seen.json.as_ref()?)?;
        // Some providers write the number as a text.
        found.as_u64().or_else(|| found.as_str()?.parse().ok())
    };
    says().map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)).or(step.lifetime)
}

/// An answer that names the account by something that is no id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoId;

/// Who was found; nobody, where the answer does not say.
///
/// An id with a control character, or longer than ids are, is not mended as a name is: cleaned or cut short it could be
/// that of another account, and be taken for it. Kept as it is, no database has to take it. So the answer is one that
/// cannot be read, whichever rule found it good.
pub(crate) fn identity(case: &Case<'_>, seen: &Seen<'_>) -> Result<Option<Identity>, NoId> {
    let Some(template) = case.check.account.as_ref() else { return Ok(None) };
    let text = |template: &Template| answer_text(template, seen.json.as_ref(), &case.inputs);
    let Some(id) = text(&template.id).filter(|id| !id.is_empty()) else { return Ok(None) };
    if id.contains(char::is_control) || LONGEST_ID < id.chars().count() {
        return Err(NoId);
    }
    Ok(Some(Identity {
        id,
        name: text(&template.name).map(|name| shown(&name)).unwrap_or_default(),
        details: template
            .details
            .iter()
            .filter_map(|(label, part)| Some((label.clone(), shown(&text(part)?))))
            .collect(),
    }))
}

/// A text taken from an answer, as it stands there.
fn answer_text(template: &Template, json: Option<&Value>, inputs: &Inputs<'_>) -> Option<String> {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Reference(reference) => match &reference.target {
                Target::Json(path) => out.push_str(&text_of(path.find(json?)?)?),
                Target::Value(_) => {
                    let one = Template { parts: vec![part.clone()], span: template.span };
                    out.push_str(fill(&one, Landing::Text, &Filling::plain(inputs)).ok()?.expose());
                }
                Target::EnvironmentHost => out.push_str(&inputs.environment?.host),
                Target::EnvironmentLabel => out.push_str(&inputs.environment?.label),
                _ => return None,
            },
        }
    }
    Some(out)
}

/// A provider's text as people see it: on one line, and no longer than a line. What would break the line becomes a
/// space, other control characters go.
fn shown(text: &str) -> String {
    let one_line = text.chars().filter_map(|ch| match ch {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        ch => (!ch.is_control()).then_some(ch),
    });
    one_line.take(LONGEST_TEXT).collect()
}

/// A plain value as text.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
