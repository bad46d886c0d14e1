//! Tests responses to token requests: tokens, lifetimes and OAuth's error codes.

use guide::{Check, Guide, OutcomeKind, Product};
use probe::{Answer, Case, Inputs, Values, Verdict, denial, judge, token_lifetime};
use secret::Secret;

use super::{read, response};

/// A guide with one OAuth method. `{grant}`, `{more}` and `{walkthroughs}` are replaced.
const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    fields:
      - { key: client_id, label: Client ID, type: text, public: true }
      - { key: client_secret, label: Client Secret, type: secret }
    auth:
      oauth2:
        grant: {grant}
        token_url: https://acme.example/token
        client_id: '{{ value.client_id }}'
        client_secret: '{{ value.client_secret }}'
        lifetime_seconds: 900
        {more}
    base_url: https://acme.example
    hosts: [acme.example]
    checks: [{ key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }]
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, {collects} body: Do it. }]
";

const SETUP: &str = "    setup:
      sections:
        - key: app
          title: App
          steps: [{ key: register, title: Register, collects: [client_id, client_secret], body: Do it. }]
";

/// A guide with which people sign in through a browser. An admin enters the client's secret.
fn browser_guide() -> Guide {
    let text = GUIDE.replace("{grant}", "authorization_code").replace("{collects}", "");
    let more = "authorize_url: https://acme.example/authorize\n        refresh: {}";
    read(&(text.replace("{more}", more) + SETUP))
}

/// A guide with which people enter a client's secret.
fn client_guide() -> Guide {
    let text = GUIDE.replace("{grant}", "client_credentials").replace("{more}", "");
    read(&text.replace("{collects}", "collects: [client_id, client_secret],"))
}

fn verdict(guide: &Guide, check: &Check, status: u16, body: &str) -> Verdict {
    verdict_on(guide, check, &response(status, &[], body))
}

fn verdict_on(guide: &Guide, check: &Check, answer: &Answer) -> Verdict {
    let values = Values::new();
    let inputs = Inputs::new(&guide.methods[0], None, &values);
    let product = Product::named("Us");
    let case = Case { guide, method: &guide.methods[0], check, inputs, product: &product };
    judge(&case, answer, 0)
}

/// Returns the token request with this key.
fn token_request<'g>(guide: &'g Guide, key: &str) -> &'g Check {
    let mut steps = guide.methods[0].auth.token_steps();
    &steps.find(|step| step.check.key == *key).expect("a token request").check
}

#[test]
fn an_empty_token_counts_as_missing() {
    for guide in [browser_guide(), client_guide()] {
        for body in [r#"{"access_token":""}"#, r#"{"access_token":" "}"#, r#"{"access_token":null}"#, "{}"] {
            let verdict = verdict(&guide, token_request(&guide, "sign-in"), 200, body);
            assert_eq!(verdict.outcome, OutcomeKind::ProtocolMismatch, "{body}");
            assert_eq!(&*verdict.says, "Acme sent a response without a token.", "{body}");
            assert_eq!(&*verdict.fix, "Try again. If that doesn't help, contact support.", "{body}");
        }
    }
    let guide = browser_guide();
    let body = r#"{"access_token":"new","refresh_token":""}"#;
    let verdict = verdict(&guide, token_request(&guide, "refresh-token"), 200, body);
    assert_eq!(verdict.outcome, OutcomeKind::Ok);
    let names = verdict.captures.iter().map(|(key, value)| format!("{key} {}", value.expose()));
    assert_eq!(names.collect::<Vec<_>>(), ["access_token new"], "the current refresh token must stay");
}

#[test]
fn a_lifetime_that_is_not_positive_counts_as_missing() {
    let guide = browser_guide();
    let sign_in = guide.methods[0].auth.sign_in.as_ref().expect("a sign-in");
    let exchange = &sign_in.redirect.as_ref().expect("a redirect").exchange;
    let check = |lifetime: &str, expected: u32| {
        let body = format!(r#"{{"access_token":"a","expires_in":{lifetime}}}"#);
        let found = token_lifetime(exchange, &response(200, &[], &body));
        assert_eq!(found, Some(expected), "{lifetime}");
    };
    check("60", 60);
    check("60.9", 60);
    check("\"60\"", 60);
    check("\" 60.5 \"", 60);
    check("99999999999999999999", u32::MAX);
    for missing in
        ["0", "-1", "\"0\"", "0.5", "null", "\"\"", "\"never\"", "\"NaN\"", "\"inf\"", "[60]", "true"]
    {
        check(missing, 900);
    }
}

#[test]
fn a_person_who_signed_in_through_a_browser_is_asked_to_sign_in_again() {
    let guide = browser_guide();
    let check = |check: &Check, status, error: &str, expected: &str| {
        let verdict = verdict(&guide, check, status, &format!(r#"{{"error":"{error}"}}"#));
        let words = format!("{}: {} {}", verdict.outcome, verdict.says, verdict.fix);
        assert_eq!(words, expected, "{error}");
        assert_eq!((verdict.at_field, verdict.return_to), (None, None), "{error}");
    };
    let ended = "expired: Your sign-in to Acme has expired or was revoked. Sign in to Acme again.";
    check(token_request(&guide, "refresh-token"), 400, "invalid_grant", ended);
    check(token_request(&guide, "sign-in"), 400, "invalid_grant", ended);
    let setup = "misconfigured: The connection to Acme isn't set up correctly. Ask the person who set up this \
                 connection to check it.";
    check(token_request(&guide, "refresh-token"), 401, "invalid_client", setup);
    let rejected = "wrong_secret: Acme did not accept your sign-in. Sign in to Acme again.";
    check(&guide.methods[0].checks[0], 401, "invalid_token", rejected);
}

#[test]
fn a_person_who_entered_a_client_secret_is_asked_to_check_it() {
    let guide = client_guide();
    for error in ["invalid_client", "invalid_grant"] {
        let body = format!(r#"{{"error":"{error}"}}"#);
        let verdict = verdict(&guide, token_request(&guide, "sign-in"), 401, &body);
        assert_eq!(verdict.outcome, OutcomeKind::WrongSecret, "{error}");
        assert_eq!(verdict.at_field.as_ref().map(guide::Key::as_str), Some("client_secret"), "{error}");
        assert!(verdict.fix.starts_with("Copy the credential again"), "{}", verdict.fix);
    }
}

#[test]
fn tokens_from_an_exchange_are_not_quoted() {
    let guide = browser_guide();
    let body = r#"{"access_token":"","refresh_token":"canary"}"#;
    let verdict = verdict(&guide, token_request(&guide, "sign-in"), 200, body);
    assert_eq!(verdict.quote.as_deref(), Some("HTTP 200"));
    assert_eq!(verdict.captures.get("refresh_token").map(Secret::expose), None);
}

#[test]
fn the_error_codes_of_the_standards_determine_the_outcome() {
    let guide = client_guide();
    let check = |error: &str, expected: OutcomeKind| {
        let body = format!(r#"{{"error":"{error}"}}"#);
        let verdict = verdict(&guide, token_request(&guide, "sign-in"), 400, &body);
        assert_eq!(verdict.outcome, expected, "{error}");
    };
    check("invalid_client", OutcomeKind::WrongSecret);
    check("invalid_grant", OutcomeKind::WrongSecret);
    check("invalid_scope", OutcomeKind::MissingPermission);
    for error in ["access_denied", "consent_required", "interaction_required", "login_required"] {
        check(error, OutcomeKind::Declined);
    }
    for error in
        ["invalid_request", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type"]
    {
        check(error, OutcomeKind::Misconfigured);
    }
    for error in ["server_error", "temporarily_unavailable"] {
        check(error, OutcomeKind::ProviderDown);
    }
    check("something_new", OutcomeKind::Unknown);
    // Only the token endpoint speaks OAuth.
    let verdict = verdict(&guide, &guide.methods[0].checks[0], 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(verdict.outcome, OutcomeKind::Unknown);
}

#[test]
fn only_json_can_lack_a_token() {
    let guide = client_guide();
    let verdict = verdict(&guide, token_request(&guide, "sign-in"), 200, "Hello.");
    assert_eq!(verdict.outcome, OutcomeKind::ProtocolMismatch);
    assert!(!matches!(verdict.says.ours(), Some(guide::Ours::NoToken { .. })), "{}", &*verdict.says);
}

#[test]
fn a_person_who_signs_in_and_enters_a_secret_is_asked_to_check_the_secret() {
    let text = GUIDE.replace("{grant}", "authorization_code");
    let text = text.replace("{more}", "authorize_url: https://acme.example/authorize");
    let guide = read(&text.replace("{collects}", "collects: [client_id, client_secret],"));
    let verdict = verdict(&guide, &guide.methods[0].checks[0], 401, "{}");
    assert_eq!(verdict.outcome, OutcomeKind::WrongSecret);
    assert_eq!(verdict.at_field.as_ref().map(guide::Key::as_str), Some("client_secret"));
    assert!(!matches!(verdict.says.ours(), Some(guide::Ours::SignInRejected { .. })), "{}", &*verdict.says);
}

#[test]
fn refusals_of_a_token_request_are_quoted() {
    let guide = browser_guide();
    let check = token_request(&guide, "sign-in");
    let refused = verdict(&guide, check, 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(refused.quote.as_deref(), Some("HTTP 400\n{\"error\":\"invalid_grant\"}"));
    // A denial has no status.
    let denied = verdict_on(&guide, check, &denial(&[("error".to_owned(), "access_denied".to_owned())]));
    assert_eq!(denied.outcome, OutcomeKind::Declined);
    assert_eq!(denied.quote.as_deref(), Some(r#"{"error":"access_denied"}"#));
}
