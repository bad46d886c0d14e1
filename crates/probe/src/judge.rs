//! What a provider's answer means.
//!
//! The check's own rules are looked at first, then whether the answer is what is expected, then the method's
//! rules, then defaults. The first that matches decides; there is always one.
//!
//! **Invariant:** judging reads the answer, the guide and the values, and nothing else.

use std::time::Duration;

use guide::{
    Check, Expect, Fault, Guide, HeaderTest, JsonPath, JsonTest, JsonType, Key, Method, OutcomeKind,
    OutcomeRule, Part, Role, Target, Template, When,
};
use secret::Redactor;
use serde_json::Value;

use crate::fill::{Inputs, Landing, Values, fill};
use crate::message::{Answer, Response};
use crate::request::message;
use crate::retry::retry_after;

/// What an answer means for the person linking.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// The guide's rule that says so; none, where the answer was as expected or a default decided.
    pub rule: Option<Key>,
    /// What happened, in the provider's terms.
    pub says: String,
    /// What to do about it.
    pub fix: String,
    /// The field to change.
    pub at_field: Option<Key>,
    /// Other fields that may be the cause.
    pub or_fields: Vec<Key>,
    /// The step to go back to.
    pub return_to: Option<Key>,
    /// Whether other environments may be asked, if the person agrees.
    pub ask_elsewhere: bool,
    /// Who was found.
    pub identity: Option<Identity>,
    /// What is kept for later requests. Never written down with the rest.
    #[serde(skip)]
    pub captures: Values,
    /// How long the provider asks to be left alone.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
    /// What the provider said, without secrets, for support.
    pub quote: Option<String>,
}

/// Who was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// What identifies the account at the provider.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// More to show: label and text.
    pub details: Vec<(String, String)>,
}

/// Everything a judgement is made from, but for the answer.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The method.
    pub method: &'a Method,
    /// The check whose answer it is.
    pub check: &'a Check,
    /// Values and environment with which it was asked.
    pub inputs: Inputs<'a>,
    /// The product's name, for messages.
    pub brand: &'a str,
}

/// Judges an answer. `now` is in seconds since 1970, for dates in headers.
pub fn judge(case: &Case<'_>, answer: &Answer, now: i64) -> Verdict {
    let seen = Seen::new(answer);
    let rule =
        |rules: &'_ [OutcomeRule]| rules.iter().find(|rule| holds(&rule.when, &seen, &case.inputs)).cloned();
    let mut verdict = if let Some(rule) = rule(&case.check.outcomes) {
        by_rule(case, &rule)
    } else if as_expected(&case.check.expect, &seen, &case.inputs) {
        by_kind(case, OutcomeKind::Ok)
    } else if let Some(rule) = rule(&case.method.outcomes) {
        by_rule(case, &rule)
    } else {
        by_kind(case, default_kind(&seen))
    };
    if verdict.outcome.is_good() {
        verdict.captures = captures(case.check, &seen);
        if case.check.role == Role::Identity {
            verdict.identity = identity(case, &seen);
            if verdict.identity.is_none() {
                verdict = by_kind(case, OutcomeKind::ProtocolMismatch);
            }
        }
    }
    if let Answer::Response(response) = answer {
        verdict.retry_after = retry_after(response, now);
    }
    if !verdict.outcome.is_good() {
        verdict.quote = Some(quote(answer, case.inputs.values));
    }
    verdict
}

/// The verdict that an identity is not the one linked before.
pub fn different_account(case: &Case<'_>, found: Identity) -> Verdict {
    let rule = case.method.all_outcomes().find(|rule| rule.is == OutcomeKind::DifferentAccount);
    let mut verdict =
        rule.map_or_else(|| by_kind(case, OutcomeKind::DifferentAccount), |rule| by_rule(case, rule));
    verdict.identity = Some(found);
    verdict
}

/// The verdict that the credentials belong to another environment.
pub fn wrong_environment(case: &Case<'_>, environment: &guide::Environment) -> Verdict {
    let mut verdict = by_kind(case, OutcomeKind::WrongEnvironment);
    let name = &case.guide.provider.name;
    verdict.says = format!("{name} accepts these credentials in {}.", environment.label);
    verdict.fix = match case.inputs.environment {
        Some(asked) => {
            format!(
                "Link {} instead of {}, or make a credential in {}.",
                environment.label, asked.label, asked.label
            )
        }
        None => OutcomeKind::WrongEnvironment.fix().replace("{provider}", name),
    };
    verdict
}

/// An answer with its body read.
struct Seen<'a> {
    answer: &'a Answer,
    json: Option<Value>,
}

impl<'a> Seen<'a> {
    fn new(answer: &'a Answer) -> Self {
        let json = match answer {
            Answer::Response(response) => serde_json::from_slice(&response.body).ok(),
            Answer::Failed { .. } => None,
        };
        Self { answer, json }
    }

    fn response(&self) -> Option<&'a Response> {
        match self.answer {
            Answer::Response(response) => Some(response),
            Answer::Failed { .. } => None,
        }
    }
}

fn as_expected(expect: &Expect, seen: &Seen<'_>, inputs: &Inputs<'_>) -> bool {
    let Some(response) = seen.response() else { return false };
    let status = if expect.status.is_empty() {
        (200..300).contains(&response.status)
    } else {
        expect.status.contains(&response.status)
    };
    status
        && expect.headers.iter().all(|(name, test)| header_holds(test, response.header(name)))
        && expect.json.iter().all(|(path, test)| json_holds(path, test, seen.json.as_ref(), inputs))
}

fn holds(when: &When, seen: &Seen<'_>, inputs: &Inputs<'_>) -> bool {
    let response = match seen.answer {
        Answer::Failed { fault, .. } => return when.fails.contains(fault),
        Answer::Response(response) => response,
    };
    when.fails.is_empty()
        && (when.status.is_empty() || when.status.contains(&response.status))
        && !when.status_not.contains(&response.status)
        && when.is_json.is_none_or(|wanted| wanted == seen.json.is_some())
        && when.headers.iter().all(|(name, test)| header_holds(test, response.header(name)))
        && when.json.iter().all(|(path, test)| json_holds(path, test, seen.json.as_ref(), inputs))
}

fn header_holds(test: &HeaderTest, value: Option<&str>) -> bool {
    test.exists.is_none_or(|wanted| wanted == value.is_some())
        && test.equals.as_deref().is_none_or(|wanted| value == Some(wanted))
        && test
            .contains
            .as_deref()
            .is_none_or(|part| value.is_some_and(|value| value.to_lowercase().contains(&part.to_lowercase())))
}

fn json_holds(path: &JsonPath, test: &JsonTest, json: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let value = json.and_then(|json| path.find(json));
    test.exists.is_none_or(|wanted| wanted == value.is_some())
        && test.kind.is_none_or(|kind| value.is_some_and(|value| is_kind(value, kind)))
        && (test.one_of.is_empty() || value.is_some_and(|value| test.one_of.contains(value)))
        && test.host_differs_from.as_ref().is_none_or(|host| host_differs(host, value, inputs))
}

fn is_kind(value: &Value, kind: JsonType) -> bool {
    match kind {
        JsonType::String => value.is_string(),
        JsonType::Number => value.is_number(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Array => value.is_array(),
        JsonType::Object => value.is_object(),
        JsonType::Null => value.is_null(),
    }
}

/// Whether an address has another host than the one meant. Where there is no address nothing differs.
fn host_differs(wanted: &Template, value: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let Ok(wanted) = fill(wanted, Landing::Host, inputs) else { return false };
    let Some(text) = value.and_then(Value::as_str) else { return false };
    let host = match url::Url::parse(text) {
        Ok(url) => url.host_str().map(str::to_owned),
        Err(_) => Some(text.to_lowercase()),
    };
    host.is_some_and(|host| host != wanted.expose())
}

fn default_kind(seen: &Seen<'_>) -> OutcomeKind {
    match seen.answer {
        Answer::Failed { fault, .. } => match fault {
            Fault::Dns | Fault::Connect | Fault::Timeout | Fault::Reset => OutcomeKind::Unreachable,
            Fault::Tls => OutcomeKind::Tls,
            Fault::TooLarge | Fault::Malformed => OutcomeKind::ProtocolMismatch,
            Fault::Refused => OutcomeKind::Misconfigured,
        },
        Answer::Response(response) => match response.status {
            401 => OutcomeKind::WrongSecret,
            403 => OutcomeKind::MissingPermission,
            408 | 425 | 429 => OutcomeKind::Throttled,
            500..=599 => OutcomeKind::ProviderDown,
            200..=399 | 404 => OutcomeKind::ProtocolMismatch,
            _ => OutcomeKind::Unknown,
        },
    }
}

fn by_rule(case: &Case<'_>, rule: &OutcomeRule) -> Verdict {
    let text = |template: &Template| message(template, case.guide, case.method, &case.inputs, case.brand);
    let mut verdict = by_kind(case, rule.is);
    verdict.rule = Some(rule.key.clone());
    if let Some(says) = &rule.says {
        verdict.says = text(says);
    }
    if let Some(fix) = &rule.fix {
        verdict.fix = text(fix);
    }
    if let Some(field) = &rule.at_field {
        verdict.at_field = Some(field.clone());
        verdict.return_to = case.method.made_at(field.as_str()).map(|step| step.key.clone());
    }
    if let Some(step) = &rule.return_to {
        verdict.return_to = Some(step.clone());
    }
    verdict.or_fields.clone_from(&rule.or_fields);
    verdict.ask_elsewhere = rule.ask_elsewhere;
    verdict
}

/// A verdict with the taxonomy's own wording. A refused secret is put down to the secret that `auth` uses, where
/// there is only one.
fn by_kind(case: &Case<'_>, kind: OutcomeKind) -> Verdict {
    let name = &case.guide.provider.name;
    let at_field = match kind {
        OutcomeKind::WrongSecret | OutcomeKind::Expired | OutcomeKind::Disabled => only_secret(case.method),
        _ => None,
    };
    Verdict {
        outcome: kind,
        rule: None,
        says: kind.says().replace("{provider}", name),
        fix: kind.fix().replace("{provider}", name),
        return_to: at_field
            .as_ref()
            .and_then(|field| case.method.made_at(field.as_str()))
            .map(|step| step.key.clone()),
        at_field,
        or_fields: Vec::new(),
        ask_elsewhere: false,
        identity: None,
        captures: Values::new(),
        retry_after: None,
        quote: None,
    }
}

fn only_secret(method: &Method) -> Option<Key> {
    let mut secrets = method.fields.iter().filter(|field| field.secret);
    let first = secrets.next()?;
    secrets.next().is_none().then(|| first.key.clone())
}

fn captures(check: &Check, seen: &Seen<'_>) -> Values {
    let find = |path: &JsonPath| Some(secret::Secret::new(text_of(path.find(seen.json.as_ref()?)?)?));
    check.captures.iter().filter_map(|(key, path)| Some((key.clone(), find(path)?))).collect()
}

fn identity(case: &Case<'_>, seen: &Seen<'_>) -> Option<Identity> {
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
                Target::Value(key) => out.push_str(inputs.values.get(key)?.expose()),
                Target::EnvironmentHost => out.push_str(&inputs.environment?.host),
                Target::EnvironmentLabel => out.push_str(&inputs.environment?.label),
                _ => return None,
            },
        }
    }
    Some(out.chars().filter(|ch| !ch.is_control()).take(200).collect())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What the provider said, cut short and without anything that was typed as a secret.
fn quote(answer: &Answer, values: &Values) -> String {
    let redactor = Redactor::new(values.values());
    match answer {
        Answer::Failed { fault, detail } => redactor.redact(&format!("{fault}: {detail}")),
        Answer::Response(response) => {
            // Redacted before it is cut, or the cut could leave a part of a secret behind.
            let body = redactor.redact(&String::from_utf8_lossy(&response.body));
            let body: String = body.chars().filter(|ch| !ch.is_control() || *ch == '\n').take(500).collect();
            format!("HTTP {}\n{body}", response.status).trim_end().to_owned()
        }
    }
}
