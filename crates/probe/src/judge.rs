//! Judges a provider's response.
//!
//! The check's own rules are tried first, then the check's expectation, then the method's rules, then the defaults. The
//! first match determines the verdict. The defaults match every response.
//!
//! **Invariant:** a verdict depends only on the response, the guide and the inputs.

use std::time::Duration;

use guide::{Environment, Fault, Json, Key, Method, Ours, OutcomeKind, OutcomeRule, Role, Template};
use secret::Redactor;

use crate::case::Case;
use crate::denial::NO_STATUS;
use crate::extract::{InvalidId, captures_in, granted_scopes, identity};
use crate::matching::{has_captures, is_expected, matches};
use crate::message::{Answer, Response};
use crate::parsed::ParsedAnswer;
use crate::redaction::redactor;
use crate::retry::retry_after;
use crate::verdict::{Identity, Verdict};
use crate::wording::message;

/// The longest wait that messages do not mention.
const SHORT_WAIT: Duration = Duration::from_secs(30);

/// Judges a response, or a request that failed. `now` is the current Unix time in seconds; the verdict's wait is
/// computed from it.
pub fn judge(case: &Case<'_>, answer: &Answer, now: i64) -> Verdict {
    let parsed = ParsedAnswer::new(answer);
    let decision = decide(case, &parsed);
    let mut verdict = match decision {
        Ok(rule) => by_rule(case, rule),
        Err(kind) => by_default(case, kind, &parsed),
    };
    if verdict.outcome.is_good() {
        verdict.captures = captures_in(case.check, &parsed);
        verdict.granted = granted_scopes(case.check, &parsed);
        if case.check.role == Role::Identity {
            let found = identity(case, &parsed);
            // An `ok` verdict must identify the account. A credential with few permissions might be unable to read its
            // own account, but then a rule must accept the response as `ok_limited`.
            let is_missing = found == Ok(None) && verdict.outcome == OutcomeKind::Ok;
            match found {
                Ok(found) if !is_missing => verdict.identity = found,
                Ok(_) | Err(InvalidId) => verdict = by_kind(case, OutcomeKind::ProtocolMismatch),
            }
        }
    }
    if let Answer::Response(response) = answer {
        verdict.retry_after = retry_after(response, case.method.wait.as_ref(), now);
    }
    advise_to_wait(&mut verdict);
    if !verdict.outcome.is_good() {
        verdict.quote = Some(quote(case, answer, decision.ok()));
    }
    verdict
}

/// Adds the wait to the advice, if the provider specifies a wait and the guide does not give advice. A short wait is not
/// mentioned, because the request is repeated after it.
fn advise_to_wait(verdict: &mut Verdict) {
    let is_standard = matches!(verdict.fix.ours(), Some(Ours::Fix { .. }));
    if let Some(wait) = verdict.retry_after.filter(|wait| SHORT_WAIT < *wait)
        && verdict.outcome.is_transient()
        && is_standard
    {
        verdict.fix = Ours::TryLater { seconds: wait.as_secs() }.into();
    }
}

/// The guide's rule that determines the verdict on a response, or `None` if the expectation or a default determines it.
pub fn matching_rule<'a>(case: &Case<'a>, answer: &Answer) -> Option<&'a OutcomeRule> {
    decide(case, &ParsedAnswer::new(answer)).ok()
}

/// The rule that determines the verdict, or the kind of outcome if no rule matches.
fn decide<'a>(case: &Case<'a>, parsed: &ParsedAnswer<'_>) -> Result<&'a OutcomeRule, OutcomeKind> {
    let foreign = foreign_kind(case, parsed);
    let first = |rules: &'a [OutcomeRule]| {
        let applies =
            |rule: &&OutcomeRule| rule.when.as_ref().is_some_and(|when| matches(when, parsed, &case.inputs));
        rules.iter().filter(|rule| foreign.is_none() || is_about_others(rule)).find(applies)
    };
    if let Some(rule) = first(&case.check.outcomes) {
        return Ok(rule);
    }
    if is_expected(case.check, parsed, &case.inputs) {
        return Err(OutcomeKind::Ok);
    }
    first(&case.method.outcomes).ok_or_else(|| foreign.unwrap_or_else(|| default_kind(case, parsed)))
}

/// Returns the default outcome for a response that does not come from the provider, or `None` if it appears to.
fn foreign_kind(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> Option<OutcomeKind> {
    if is_foreign_page(case, parsed) {
        return Some(OutcomeKind::IpBlocked);
    }
    is_from_network(parsed).then_some(OutcomeKind::Unreachable)
}

/// Returns whether a refusal is an unexpected web page. Such a page usually comes from a firewall in front of the
/// provider, so its status does not mean that the provider refuses the credentials.
fn is_foreign_page(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> bool {
    let is_refusal =
        matches!(parsed.answer, Answer::Response(response) if matches!(response.status, 403 | 406 | 451));
    is_refusal && is_unexpected_page(case, parsed)
}

/// Returns whether a response is a web page although the guide expects none: the request does not ask for one, and the
/// check does not expect a body that is not JSON.
fn is_unexpected_page(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> bool {
    let asks_for_pages = || {
        let mut headers = case.check.request.headers.iter();
        headers.any(|(name, value)| name.eq_ignore_ascii_case("accept") && value.to_string().contains("html"))
    };
    parsed.is_page() && case.check.expect.is_json != Some(false) && !asks_for_pages()
}

/// Returns whether the status is that of a proxy (407) or of a network's sign-in page (511,
/// [RFC 6585, 6](https://www.rfc-editor.org/rfc/rfc6585#section-6)), which respond instead of the provider.
fn is_from_network(parsed: &ParsedAnswer<'_>) -> bool {
    matches!(parsed.answer, Answer::Response(response) if matches!(response.status, 407 | 511))
}

/// Returns whether a rule can apply to a response that does not seem to come from the provider. A rule that blames neither
/// the credentials nor the person can. A rule that tests a header also can, even if it blames a field: any firewall can
/// send the same status and a page, so those alone prove nothing, but a guide tests a header to recognize one particular
/// sender, such as a known firewall or the provider itself.
fn is_about_others(rule: &OutcomeRule) -> bool {
    let is_blameless = matches!(rule.is, OutcomeKind::IpBlocked | OutcomeKind::ProtocolMismatch);
    is_blameless || rule.is.is_transient() || rule.when.as_ref().is_some_and(|when| !when.headers.is_empty())
}

/// The verdict for a relink that finds a different account than the previously linked one.
pub fn different_account(case: &Case<'_>, found: Identity) -> Verdict {
    let rule = case.method.all_outcomes().find(|rule| rule.is == OutcomeKind::DifferentAccount);
    let mut verdict =
        rule.map_or_else(|| by_kind(case, OutcomeKind::DifferentAccount), |rule| by_rule(case, rule));
    verdict.identity = Some(found);
    verdict
}

/// The verdict for credentials that work only in another environment.
pub fn wrong_environment(case: &Case<'_>, environment: &Environment) -> Verdict {
    let mut verdict = by_kind(case, OutcomeKind::WrongEnvironment);
    let (provider, works) = (case.guide.provider.name.clone(), environment.label.clone());
    verdict.says = Ours::AcceptedIn { provider, environment: works.clone() }.into();
    if let Some(chosen) = case.inputs.environment {
        verdict.fix = Ours::LinkInstead { works, chosen: chosen.label.clone() }.into();
    }
    verdict
}

fn default_kind(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> OutcomeKind {
    if case.check.speaks_oauth
        && let Some(kind) = oauth_kind(case, parsed)
    {
        return kind;
    }
    match parsed.answer {
        Answer::Failed { fault, .. } => match fault {
            Fault::Dns | Fault::Connect | Fault::Timeout | Fault::Reset => OutcomeKind::Unreachable,
            Fault::Tls => OutcomeKind::Tls,
            Fault::TooLarge | Fault::Malformed => OutcomeKind::ProtocolMismatch,
            Fault::Refused => OutcomeKind::Misconfigured,
        },
        Answer::Response(response) => match response.status {
            408 | 425 | 429 => OutcomeKind::Throttled,
            500..=599 => OutcomeKind::ProviderDown,
            200..=399 | 404 => OutcomeKind::ProtocolMismatch,
            // The page does not come from the provider's API, so its status says nothing about the credentials. The
            // transient outcomes above do not blame anyone, and also apply to the pages of gateways.
            _ if is_unexpected_page(case, parsed) => OutcomeKind::ProtocolMismatch,
            401 => OutcomeKind::WrongSecret,
            403 => OutcomeKind::MissingPermission,
            _ => OutcomeKind::Unknown,
        },
    }
}

/// The outcome for an error code from the token endpoint ([RFC 6749,
/// 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)) or from the authorization endpoint ([RFC 6749,
/// 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1), [OIDC Core,
/// 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
fn oauth_kind(case: &Case<'_>, parsed: &ParsedAnswer<'_>) -> Option<OutcomeKind> {
    let Json::Object(members) = parsed.json.as_ref()? else { return None };
    let error = members.get("error")?.as_str()?;
    Some(match error {
        // The grant is the person's sign-in in a browser, which has ended. There is no credential to correct.
        "invalid_grant" if case.method.auth.needs_browser() => OutcomeKind::Expired,
        // The person who links an account cannot correct a client that an admin has set up.
        "invalid_client" if !enters_secret(case.method) => OutcomeKind::Misconfigured,
        "invalid_client" | "invalid_grant" => OutcomeKind::WrongSecret,
        "invalid_scope" => OutcomeKind::MissingPermission,
        "access_denied"
        | "consent_required"
        | "interaction_required"
        | "login_required"
        | "account_selection_required" => OutcomeKind::Declined,
        "invalid_request"
        | "unauthorized_client"
        | "unsupported_grant_type"
        | "unsupported_response_type"
        | "redirect_uri_mismatch" => OutcomeKind::Misconfigured,
        "server_error" | "temporarily_unavailable" => OutcomeKind::ProviderDown,
        _ => return None,
    })
}

fn by_rule(case: &Case<'_>, rule: &OutcomeRule) -> Verdict {
    let text = |template: &Template| message(template, case);
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

/// The verdict for a response that no rule matches.
fn by_default(case: &Case<'_>, kind: OutcomeKind, parsed: &ParsedAnswer<'_>) -> Verdict {
    let mut verdict = by_kind(case, kind);
    if kind != OutcomeKind::ProtocolMismatch {
        return verdict;
    }
    let lacks_token = is_token_request(case) && parsed.json.is_some() && !has_captures(case.check, parsed);
    let provider = case.guide.provider.name.clone();
    if lacks_token {
        verdict.says = Ours::NoToken { provider: provider.clone() }.into();
    }
    if is_unexpected_page(case, parsed) {
        verdict.says = Ours::WebPage { provider: provider.clone() }.into();
    }
    // The default advice is to check the address, but a response in JSON, even truncated JSON, shows that it is correct.
    if lacks_token || parsed.is_damaged() {
        let product = case.product.clone();
        verdict.fix = Ours::Fix { outcome: OutcomeKind::Unknown, provider, product }.into();
    }
    verdict
}

/// A verdict with the standard wording. A rejected secret is attributed to the method's secret field if the method has
/// only one and the person enters it. A person who signs in through a browser is asked to sign in again.
fn by_kind(case: &Case<'_>, kind: OutcomeKind) -> Verdict {
    let at_field = match kind {
        OutcomeKind::WrongSecret | OutcomeKind::Expired | OutcomeKind::Disabled => only_secret(case.method),
        _ => None,
    };
    let mut verdict = Verdict {
        return_to: at_field
            .as_ref()
            .and_then(|field| case.method.made_at(field.as_str()))
            .map(|step| step.key.clone()),
        at_field,
        ..Verdict::standard(kind, &case.guide.provider.name, case.product)
    };
    if case.method.auth.needs_browser() && !enters_secret(case.method) {
        let provider = case.guide.provider.name.clone();
        let says = match kind {
            OutcomeKind::WrongSecret => Some(Ours::SignInRejected { provider: provider.clone() }),
            OutcomeKind::Expired => Some(Ours::SignInEnded { provider: provider.clone() }),
            _ => None,
        };
        if let Some(says) = says {
            verdict.says = says.into();
            verdict.fix = Ours::SignInAgain { provider }.into();
        }
    }
    verdict
}

/// Returns the method's secret field if it has only one, and the person who links an account enters it.
fn only_secret(method: &Method) -> Option<Key> {
    let mut secrets = method.fields.iter().filter(|field| field.secret);
    let first = secrets.next()?;
    let is_blamable = secrets.next().is_none() && method.collected_at(first.key.as_str()).is_some();
    is_blamable.then(|| first.key.clone())
}

/// Returns whether the person who links an account enters a secret. An admin enters the fields of the setup walkthrough.
fn enters_secret(method: &Method) -> bool {
    let mut secrets = method.fields.iter().filter(|field| field.secret);
    secrets.any(|field| method.collected_at(field.key.as_str()).is_some())
}

/// Returns whether the check's request obtains tokens.
fn is_token_request(case: &Case<'_>) -> bool {
    case.method.auth.token_steps().any(|step| step.check.key == case.check.key)
}

/// An excerpt from the response for support: the status, the headers that the matching rule tests, and the first 500
/// characters of the body, without secrets.
fn quote(case: &Case<'_>, answer: &Answer, rule: Option<&OutcomeRule>) -> String {
    let redactor = redactor(case.method, &case.inputs);
    let response = match answer {
        Answer::Failed { fault, detail } => return redactor.redact(&format!("{fault}: {detail}")),
        Answer::Response(response) => response,
    };
    // A successful token response contains new tokens, which the redactor does not recognize.
    if (NO_STATUS + 1..400).contains(&response.status) && is_token_request(case) {
        return format!("HTTP {}", response.status);
    }
    let body = excerpt(&redactor, redactor.redact_bytes(&response.body), 500);
    if response.status == NO_STATUS {
        return body;
    }
    let mut out = format!("HTTP {}\n", response.status);
    for (name, value) in rule.iter().flat_map(|rule| tested_headers(rule, response)) {
        let value = excerpt(&redactor, redactor.redact(&value), 200).replace('\n', " ");
        out.push_str(&format!("{name}: {value}\n"));
    }
    (out + &body).trim_end().to_owned()
}

/// Removes control characters from a redacted text, and returns its first characters.
///
/// The text is redacted before it is truncated, because a truncated secret would not be detected. It is redacted a second
/// time after control characters are removed, because the first pass does not detect a secret that contains a control
/// character.
fn excerpt(redactor: &Redactor, mut redacted: String, length: usize) -> String {
    redacted.retain(|ch| !ch.is_control() || ch == '\n');
    redactor.redact(&redacted).chars().take(length).collect()
}

/// Returns the response's headers that a rule tests, each with its values. A cookie is left out: it can be a new
/// credential, which the redactor does not recognize.
fn tested_headers(rule: &OutcomeRule, response: &Response) -> Vec<(String, String)> {
    let tested = rule.when.iter().flat_map(|when| &when.headers).map(|(name, _)| name);
    let values = tested.filter(|name| *name != "set-cookie").map(|name| (name, response.header_values(name)));
    let present = values.filter(|(_, values)| !values.is_empty());
    present.map(|(name, values)| (name.clone(), values.join(", "))).collect()
}
