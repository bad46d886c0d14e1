//! Tests what is read from a response that a check accepts: scopes, captures and the account.

use probe::{Response, captures};
use secret::Secret;

use super::{GUIDE, read, response, user, values, verdict, verdict_with};

/// Returns the guide, with this key added to its check.
fn with(key: &str) -> String {
    GUIDE.replace("account: { id:", &format!("{key}\n        account: {{ id:"))
}

#[test]
fn granted_scopes_are_a_list_or_words() {
    let guide = read(&with("granted: auth.scopes"));
    let granted = |scopes: &str| {
        let body = format!(r#"{{"id":7,"kind":"user","auth":{{"scopes":{scopes}}}}}"#);
        verdict(&guide, &response(200, &[], &body)).granted.map(|granted| granted.join("|"))
    };
    assert_eq!(granted(r#"["read","write all",3]"#).as_deref(), Some("read|write all"));
    assert_eq!(granted(r#""read, write  delete""#).as_deref(), Some("read|write|delete"));
    assert_eq!(granted(r#""""#).as_deref(), Some(""));
    assert_eq!(granted("[]").as_deref(), Some(""));
    for unknown in ["null", "3", "{}"] {
        assert_eq!(granted(unknown), None, "{unknown}");
    }
    let body = r#"{"id":7,"kind":"user","auth":{"scopes":["read"]}}"#;
    assert_eq!(verdict(&read(GUIDE), &response(200, &[], body)).granted, None, "the check reads no scopes");
    assert_eq!(verdict(&guide, &response(401, &[], body)).granted, None, "the credentials were rejected");
}

#[test]
fn captures_are_read_from_any_response() {
    let guide = read(&with("captures: { session: auth.session, more: { at: more, required: false } }"));
    let check = &guide.methods[0].checks[0];
    let captured = |body: &str| {
        let response = Response { status: 401, headers: Vec::new(), body: body.as_bytes().to_vec() };
        let found = captures(check, &response);
        found.iter().map(|(key, value)| format!("{key}={}", value.expose())).collect::<Vec<_>>()
    };
    assert_eq!(captured(r#"{"auth":{"session":7},"more":"x"}"#), ["more=x", "session=7"]);
    assert_eq!(captured(r#"{"auth":{"session":"s"},"more":" "}"#), ["session=s"]);
    assert_eq!(captured("<html>"), [""; 0]);
    let accepted = verdict(&guide, &response(200, &[], r#"{"id":7,"kind":"user","auth":{"session":"s"}}"#));
    assert_eq!(accepted.captures.get("session").map(Secret::expose), Some("s"));
    // A required capture is part of what the check expects.
    let lacking = verdict(&guide, &response(200, &[], r#"{"id":7,"kind":"user","more":"x"}"#));
    assert_eq!(lacking.outcome, guide::OutcomeKind::ProtocolMismatch);
    assert!(!matches!(lacking.says.ours(), Some(guide::Ours::NoToken { .. })), "{}", &*lacking.says);
}

#[test]
fn hidden_characters_are_removed_from_names_and_refused_in_ids() {
    let account = "account: { id: '{{ json.id }}', name: '{{ json.name }}'";
    let guide =
        read(&GUIDE.replace(account, &format!("{account}, details: {{ Plan: '{{{{ json.plan }}}}' }}")));
    let found = |body: &str| verdict(&guide, &response(200, &[], body));
    let body = r#"{"id":7,"kind":"user","name":"\u202eemcA\u202c\u200b a\u200db\u2060\tc","plan":"\ufeffPro\u2066"}"#;
    let identity = found(body).identity.expect("an identity");
    assert_eq!(identity.name, "emcA a\u{200d}b c", "joiners are kept, because some languages need them");
    assert_eq!(identity.details, [("Plan".to_owned(), "Pro".to_owned())]);
    let refused = found(r#"{"id":"a\u202eb","kind":"user","name":"x"}"#);
    assert_eq!(refused.outcome, guide::OutcomeKind::ProtocolMismatch);
}

#[test]
fn an_account_is_shown_with_its_details() {
    let account = "account: { id: '{{ json.id }}', name: '{{ json.name }}'";
    let details = "details: { Plan: '{{ json.plan }} at {{ environment.host }}', Where: '{{ environment.label }}', Site: '{{ value.site }}' }";
    let guide = read(&GUIDE.replace(account, &format!("{account}, {details}")));
    let shown = |body: &str| {
        let found = verdict(&guide, &response(200, &[], body)).identity.expect("an identity");
        let details: Vec<String> =
            found.details.iter().map(|(label, text)| format!("{label}: {text}")).collect();
        format!("{} {} [{}]", found.id, found.name, details.join("; "))
    };
    assert_eq!(
        shown(r#"{"id":7,"name":"Ann","kind":"user","plan":"pro"}"#),
        "7 Ann [Plan: pro at acme.example; Where: Live; Site: eu]"
    );
    // A detail that the response lacks is left out, and a name is empty.
    assert_eq!(shown(r#"{"id":7,"kind":"user"}"#), "7  [Where: Live; Site: eu]");
}

#[test]
fn a_short_secret_and_one_that_is_also_a_public_value_can_be_part_of_an_id() {
    let id = |email: &str, token: &str| {
        let verdict =
            verdict_with(&read(GUIDE), &values("eu", email, token), &user("key/ann@acme.example/abcde", "x"));
        verdict.identity.map(|found| found.id)
    };
    let found = Some("key/ann@acme.example/abcde".to_owned());
    assert_eq!(id("ann", "abcde"), found);
    assert_eq!(id("ann@acme.example", "ann@acme.example"), found);
    assert_eq!(id("ann", "ann@acme.example"), None, "the provider repeated the secret");
}
