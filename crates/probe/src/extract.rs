//! Extracts captures, scopes, the token lifetime and the account's identity from a response.

use guide::{Capture, Check, Json, Part, Target, Template, TokenStep};
use secret::Secret;

use crate::case::Case;
use crate::fill::{Slot, fill};
use crate::inputs::{Filling, Inputs, Values};
use crate::message::{Answer, Response};
use crate::parsed::ParsedAnswer;
use crate::redaction::identity_redactor;
use crate::verdict::Identity;

/// The maximum length of an account's id, in characters. Providers use shorter ids, and the database index does not
/// accept longer ones.
const MAX_ID: usize = 500;

/// The maximum length of an account's name and of each detail, in characters. Longer strings are truncated.
const MAX_TEXT: usize = 200;

/// The values that a check captures from a response, regardless of the verdict.
pub fn captures(check: &Check, response: &Response) -> Values {
    captures_in(check, &ParsedAnswer::new(&Answer::Response(response.clone())))
}

/// The values that a check captures from a parsed response.
pub(crate) fn captures_in(check: &Check, parsed: &ParsedAnswer<'_>) -> Values {
    let found = |capture: &Capture| Some((capture.name.clone(), captured(capture, parsed.json.as_ref())?));
    check.captures.iter().filter_map(found).collect()
}

/// Returns the value that a response contains for a capture. An empty value counts as missing: some providers send
/// `"refresh_token": ""` for "no refresh token", and it must not replace the token that works. A value with a character
/// that could not be decoded also counts as missing.
pub(crate) fn captured(capture: &Capture, json: Option<&Json>) -> Option<Secret> {
    let text = capture.path.find(json?)?.text()?;
    (!text.trim().is_empty() && !text.contains(char::REPLACEMENT_CHARACTER)).then(|| Secret::new(text))
}

/// The scopes that a response lists, or `None` if the check does not read scopes or the response does not list any.
pub(crate) fn granted_scopes(check: &Check, parsed: &ParsedAnswer<'_>) -> Option<Vec<String>> {
    let found = check.granted.as_ref()?.find(parsed.json.as_ref()?)?;
    match found {
        Json::Array(list) => Some(list.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        Json::String(text) => {
            Some(text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// The lifetime of the tokens in a response, in seconds. If the response does not specify a lifetime, uses the guide's
/// value. `None` if the guide does not specify one either.
pub fn token_lifetime(step: &TokenStep, answer: &Answer) -> Option<u32> {
    let parsed = ParsedAnswer::new(answer);
    let from_answer = || lifetime(step.expires_in.as_ref()?.find(parsed.json.as_ref()?)?);
    from_answer().or(step.lifetime)
}

/// Reads a lifetime: a number of seconds, which some providers send as a string or with a fraction. `None` for anything
/// else, and for a lifetime that is not positive: providers whose tokens do not expire send `0` or `-1`.
fn lifetime(value: &Json) -> Option<u32> {
    let seconds = match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion saturates and drops the fraction, as intended"
    )]
    let seconds = if seconds.is_finite() { seconds as u32 } else { 0 };
    (seconds != 0).then_some(seconds)
}

/// The error for an account id that is too long, or that contains a hidden character, a character that could not be
/// decoded, or a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidId;

/// The account that a response identifies, or `None` if it identifies no account.
///
/// Unlike a name, an invalid id is never cleaned or truncated, because the result could be another account's id. It is
/// never stored as is, because the database could reject it. Instead, the response is treated as unreadable, even if a
/// rule accepts it.
pub(crate) fn identity(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> Result<Option<Identity>, InvalidId> {
    let Some(template) = case.check.account.as_ref() else { return Ok(None) };
    let text = |template: &Template| answer_text(template, parsed.json.as_ref(), &case.inputs);
    let Some(id) = text(&template.id).filter(|id| !id.is_empty()) else { return Ok(None) };
    // The response can repeat the credentials, but an account's id, name and details are stored as plain text.
    let redactor = identity_redactor(case.method, &case.inputs);
    // A character that could not be decoded has been replaced, so that different ids could become the same.
    let is_invalid = |ch: char| is_hidden(ch) || ch == char::REPLACEMENT_CHARACTER;
    if id.contains(is_invalid) || MAX_ID < id.chars().count() || redactor.finds_in(&id) {
        return Err(InvalidId);
    }
    // Redacted before it is truncated, because a truncated secret would not be detected.
    let shown = |template: &Template| {
        Some(one_line(&redactor.redact(&one_line(&text(template)?, usize::MAX)), MAX_TEXT))
    };
    let details = template.details.iter();
    Ok(Some(Identity {
        id,
        name: shown(&template.name).unwrap_or_default(),
        details: details.filter_map(|(label, part)| Some((label.clone(), shown(part)?))).collect(),
    }))
}

/// Fills in a template that can refer to the response's JSON. `None` if a value that the template refers to is missing.
fn answer_text(template: &Template, json: Option<&Json>, inputs: &Inputs<'_>) -> Option<String> {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Reference(reference) => match &reference.target {
                Target::Json(path) => out.push_str(&path.find(json?)?.text()?),
                Target::Value(_) => {
                    let template = Template { parts: vec![part.clone()], span: template.span };
                    out.push_str(fill(&template, Slot::Text, &Filling::plain(inputs)).ok()?.expose());
                }
                Target::EnvironmentHost => out.push_str(&inputs.environment?.host),
                Target::EnvironmentLabel => out.push_str(&inputs.environment?.label),
                _ => return None,
            },
        }
    }
    Some(out)
}

/// Formats a string from the provider for display on one line, with at most `most` characters. Line breaks and tabs become
/// spaces; hidden characters are removed.
fn one_line(text: &str, most: usize) -> String {
    let one_line = text.chars().filter_map(|ch| match ch {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        ch => (!is_hidden(ch)).then_some(ch),
    });
    one_line.take(most).collect()
}

/// Returns whether a character is a control character, changes the direction of text, or is invisible. A name with such
/// characters can look like another name. These are the characters that `vault::is_printable` refuses in names that
/// products set; the joiners, which some languages and emoji need, are not among them.
fn is_hidden(ch: char) -> bool {
    ch.is_control()
        || matches!(
            ch,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
