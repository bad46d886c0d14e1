//! Judges random responses with random rules: judging terminates, reveals no secret and is deterministic.
#![no_main]

use fuzz::{quoted, read, yaml};
use guide::{Fault, Key, Product};
use libfuzzer_sys::fuzz_target;
use probe::{Answer, Case, Inputs, Response, Values, judge};
use secret::Secret;

/// The secret, which must not appear in any verdict.
const CANARY: &str = "canary-token-7Qm";

fuzz_target!(|data: &[u8]| {
    let [kind, status, rest @ ..] = data else { return };
    let (path, rest) = fuzz::text(rest);
    let (expected, rest) = fuzz::text(rest);
    let (header, rest) = fuzz::text(rest);
    let path = if path.is_empty() { "error.code" } else { path };
    let path = quoted(path);
    let rules = format!(
        "[{{ key: a, when: {{ json: {{ {path}: {{ equals: {} }} }} }}, is: expired, says: 'No: {{{{ value.site }}}}.' }}, \
          {{ key: b, when: {{ json: {{ {path}: {{ host_differs_from: '{{{{ value.site }}}}.{{{{ environment.host }}}}' }} }} }}, is: wrong_tenant }}, \
          {{ key: c, when: {{ headers: {{ x-limit: {{ contains: {} }} }} }}, is: throttled }}, \
          {{ key: d, when: {{ is_json: false, status_not: [401] }}, is: wrong_tenant, at_field: site }}]",
        quoted(expected),
        quoted(expected),
    );
    let text = yaml(&[
        ("OUTCOMES", rules),
        ("JSON", format!("{{ {path}: {{ exists: false }}, id: {{ exists: true }} }}")),
    ]);
    let reading = read(&text);
    let Some(guide) = reading.usable() else { return };
    let answer = if kind % 8 == 7 {
        let fault = Fault::ALL[usize::from(*status) % Fault::ALL.len()];
        Answer::Failed { fault, detail: format!("{header}{CANARY}") }
    } else {
        // A provider may repeat the secret in its response.
        let body = String::from_utf8_lossy(rest).replace('@', CANARY).into_bytes();
        Answer::Response(Response {
            status: [200, 201, 302, 400, 401, 403, 404, 429, 500, 503][usize::from(*status) % 10],
            headers: vec![
                ("x-limit".to_owned(), header.to_owned()),
                ("retry-after".to_owned(), header.to_owned()),
            ],
            body,
        })
    };
    let method = &guide.methods[0];
    let key = |text: &str| Key::parse(text).expect("a key");
    let values = Values::from([(key("site"), Secret::from("eu")), (key("token"), Secret::from(CANARY))]);
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let case = Case { guide, method, check: &method.checks[0], inputs, product: &Product::named("Acme") };
    let verdict = judge(&case, &answer, 1_700_000_000);
    let has_response = matches!(answer, Answer::Response(_));
    let shown = [Some(&*verdict.says), Some(&*verdict.fix), verdict.quote.as_deref()];
    for text in shown.into_iter().flatten() {
        assert!(!text.contains(CANARY), "{text}");
        // Without a response, the text comes from Waystone itself.
        assert!(!has_response || !text.contains(|ch: char| ch.is_control() && ch != '\n'), "{text:?}");
    }
    if let Some(identity) = &verdict.identity {
        assert!(!identity.id.is_empty() && !identity.name.contains(char::is_control), "{identity:?}");
    }
    assert_eq!(judge(&case, &answer, 1_700_000_000), verdict, "the second verdict differs");
});
