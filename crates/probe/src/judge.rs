//! What a provider's answer means.
//!
//! The check's own rules are looked at first, then whether the answer is what is expected, then the method's
//! rules, then defaults. The first that matches decides; there is always one.
//!
//! **Invariant:** judging reads the answer, the guide and the values, and nothing else.

use guide::{Check, Fault, Guide, Key, Method, Ours, OutcomeKind, OutcomeRule, Role, Template};
use secret::Redactor;

use crate::computed::computed;
use crate::fill::Inputs;
use crate::kept::{NoId, captures, granted, identity};
use crate::message::Answer;
use crate::request::message;
use crate::retry::retry_after;
use crate::seen::{Seen, as_expected, holds};
use crate::verdict::{Identity, Verdict};

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
    let mut verdict = match meaning(case, &seen) {
        Meaning::Rule(rule) => by_rule(case, rule),
        Meaning::AsExpected => by_kind(case, OutcomeKind::Ok),
        Meaning::Default(kind) => by_kind(case, kind),
    };
    if verdict.outcome.is_good() {
        verdict.captures = captures(case.check, &seen);
        verdict.granted = granted(case.check, &seen);
        if case.check.role == Role::Identity {
            let found = identity(case, &seen);
            // A credential that may do only a little may not even learn whose it is; a rule has to say so.
            let is_missing = found == Ok(None) && verdict.outcome == OutcomeKind::Ok;
            match found {
                Ok(found) if !is_missing => verdict.identity = found,
                Ok(_) | Err(NoId) => verdict = by_kind(case, OutcomeKind::ProtocolMismatch),
            }
        }
    }
    if let Answer::Response(response) = answer {
        verdict.retry_after = retry_after(response, case.method.wait.as_ref(), now);
    }
    if !verdict.outcome.is_good() {
        verdict.quote = Some(quote(case, answer));
    }
    verdict
}

/// The rule of the guide that says what an answer means, if one does: all that is judged of a written conversation.
pub fn rule_for<'a>(case: &Case<'a>, answer: &Answer) -> Option<&'a OutcomeRule> {
    match meaning(case, &Seen::new(answer)) {
        Meaning::Rule(rule) => Some(rule),
        Meaning::AsExpected | Meaning::Default(_) => None,
    }
}

/// What decides.
enum Meaning<'a> {
    Rule(&'a OutcomeRule),
    AsExpected,
    Default(OutcomeKind),
}

fn meaning<'a>(case: &Case<'a>, seen: &Seen<'_>) -> Meaning<'a> {
    let first = |rules: &'a [OutcomeRule]| {
        let means =
            |rule: &&OutcomeRule| rule.when.as_ref().is_some_and(|when| holds(when, seen, &case.inputs));
        rules.iter().find(means)
    };
    if let Some(rule) = first(&case.check.outcomes) {
        return Meaning::Rule(rule);
    }
    if as_expected(case.check, seen, &case.inputs) {
        return Meaning::AsExpected;
    }
    first(&case.method.outcomes)
        .map_or_else(|| Meaning::Default(default_kind(case.check, seen)), Meaning::Rule)
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
    let (provider, works) = (case.guide.provider.name.clone(), environment.label.clone());
    verdict.says = Ours::AcceptedIn { provider, environment: works.clone() }.into();
    if let Some(asked) = case.inputs.environment {
        verdict.fix = Ours::LinkInstead { works, asked: asked.label.clone() }.into();
    }
    verdict
}

fn default_kind(check: &Check, seen: &Seen<'_>) -> OutcomeKind {
    if check.speaks_oauth
        && let Some(kind) = oauth_kind(seen)
    {
        return kind;
    }
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

/// What an error of a token endpoint means ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
fn oauth_kind(seen: &Seen<'_>) -> Option<OutcomeKind> {
    let error = seen.json.as_ref()?.get("error")?.as_str()?;
    Some(match error {
        "invalid_client" | "invalid_grant" => OutcomeKind::WrongSecret,
        "invalid_scope" => OutcomeKind::MissingPermission,
        "access_denied" => OutcomeKind::Declined,
        "invalid_request" | "unauthorized_client" | "unsupported_grant_type" => OutcomeKind::Misconfigured,
        "server_error" | "temporarily_unavailable" => OutcomeKind::ProviderDown,
        _ => return None,
    })
}

fn by_rule(case: &Case<'_>, rule: &OutcomeRule) -> Verdict {
    let text = |template: &Template| message(template, case.guide, case.method, &case.inputs, case.brand);
    let mut verdict = by_kind(case, rule.is);
    verdict.rule = Some(rule.key.clone());
    if let Some(says) = &rule.says {
        verdict.says = text(says).into();
    }
    if let Some(fix) = &rule.fix {
        verdict.fix = text(fix).into();
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
    let at_field = match kind {
        OutcomeKind::WrongSecret | OutcomeKind::Expired | OutcomeKind::Disabled => only_secret(case.method),
        _ => None,
    };
    Verdict {
        return_to: at_field
            .as_ref()
            .and_then(|field| case.method.made_at(field.as_str()))
            .map(|step| step.key.clone()),
        at_field,
        ..Verdict::plain(kind, &case.guide.provider.name)
    }
}

fn only_secret(method: &Method) -> Option<Key> {
    let mut secrets = method.fields.iter().filter(|field| field.secret);
    let first = secrets.next()?;
    secrets.next().is_none().then(|| first.key.clone())
}

/// What the provider said, cut short and without anything secret.
fn quote(case: &Case<'_>, answer: &Answer) -> String {
    let (computed, _) = computed(case.method, &case.inputs);
    let inputs = &case.inputs;
    // An earlier answer may have held what is sent now: a session, a code.
    let given = inputs.tokens.values().chain(inputs.captures.values());
    let redactor = Redactor::new(inputs.values.values().chain(computed.values()).chain(given));
    let response = match answer {
        Answer::Failed { fault, detail } => return redactor.redact(&format!("{fault}: {detail}")),
        Answer::Response(response) => response,
    };
    // A good answer to signing in holds the token, which nobody knows yet and so nobody could take out.
    let may_hold_tokens = response.status < 400
        && case.method.auth.sign_in.iter().any(|sign_in| {
            sign_in.steps.iter().chain(&sign_in.refresh).any(|step| step.check.key == case.check.key)
        });
    if may_hold_tokens {
        return format!("HTTP {}", response.status);
    }
    // Redacted before it is cut, or the cut could leave a part of a secret behind; and again without what cannot be
    // seen, or a control character within a secret would hide it until it is taken out.
    let shown = |text: String| text.chars().filter(|ch| !ch.is_control() || *ch == '\n').collect::<String>();
    let body = redactor.redact(&String::from_utf8_lossy(&response.body));
    let body: String = redactor.redact(&shown(body)).chars().take(500).collect();
    format!("HTTP {}\n{body}", response.status).trim_end().to_owned()
}
