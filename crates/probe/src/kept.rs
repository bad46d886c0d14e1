//! What is taken out of an answer: captures, tokens and how long they hold, scopes, the identity.

use guide::{Capture, Check, Part, Target, Template, TokenStep};
use secret::Secret;
use serde_json::Value;

use crate::fill::{Filling, Inputs, Landing, Values, fill};
use crate::judge::Case;
use crate::message::{Answer, Response};
use crate::seen::Seen;
use crate::verdict::Identity;

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

/// Who was found.
pub(crate) fn identity(case: &Case<'_>, seen: &Seen<'_>) -> Option<Identity> {
    let template = case.check.account.as_ref()?;
    let text = |template: &Template| answer_text(template, seen.json.as_ref(), &case.inputs);
    Some(Identity {
        id: text(&template.id).filter(|id| !id.is_empty())?,
        name: text(&template.name).unwrap_or_default(),
        details: template
            .details
            .iter()
            .filter_map(|(label, part)| Some((label.clone(), text(part)?)))
            .collect(),
    })
}

/// A text taken from an answer. It is the provider's, so control characters are taken out before anybody sees it.
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
    Some(out.chars().filter(|ch| !ch.is_control()).take(200).collect())
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
