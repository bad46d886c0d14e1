//! Tests providers that repeat a secret in a value that would be stored as plain text.

use link::{Effect, Flow, Linked, Start};

use crate::{MOMENT, entered, read, response, sent};

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    fields: [{ key: token, label: Token, type: secret }]
    derived: [{ key: cloud, from: '{{ capture.cloud }}' }]
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: https://acme.example
    hosts: [acme.example]
    checks:
      - key: me
        role: identity
        request: GET /me
        account: { id: '{{ json.id }}', name: '{{ json.name }}' }
        captures: { cloud: cloud }
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, collects: token, body: Enter it. }]
";

/// Returns a flow that has found an account at a provider that returns this body.
fn found(body: &str) -> Flow {
    let mut flow = Flow::new(read(GUIDE), "main", Start::default()).expect("a method");
    flow.submit_all(&entered(&[("token", "canary/token")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(200, body), 0);
    flow
}

/// Links an account at a provider that returns this body. Returns the account to store.
fn linked(body: &str) -> Box<Linked> {
    stored(found(body))
}

fn stored(mut flow: Flow) -> Box<Linked> {
    flow.confirm(true);
    match flow.poll(MOMENT) {
        Some(Effect::Store(linked)) => linked,
        _ => panic!("the account must be stored"),
    }
}

#[test]
fn a_derived_value_that_repeats_a_secret_is_stored_as_a_secret() {
    let plain = linked(r#"{"id":"7","name":"Ann","cloud":"eu-1"}"#);
    assert_eq!(plain.public.values().collect::<Vec<_>>(), ["eu-1"]);
    for cloud in ["canary/token", "eu-1/canary%2ftoken", "Y2FuYXJ5L3Rva2Vu"] {
        let linked = linked(&format!(r#"{{"id":"7","name":"Key {cloud}","cloud":"{cloud}"}}"#));
        assert_eq!(linked.public.len(), 0, "{cloud}");
        assert_eq!(linked.secrets.len(), 2, "{cloud}");
        let name = linked.identity.expect("an identity").name;
        assert!(name.starts_with("Key ") && name.ends_with("(hidden)"), "{name}");
    }
}

#[test]
fn a_value_from_a_response_is_stored_after_a_restore() {
    let flow = found(r#"{"id":"7","name":"Ann","cloud":"eu-1"}"#);
    let restored = Flow::restore(read(GUIDE), &flow.snapshot()).expect("a valid snapshot");
    assert_eq!(stored(restored).public.values().collect::<Vec<_>>(), ["eu-1"]);
}
