//! Tests values that are derived from other values.

use guide::Key;
use probe::{Inputs, Problem, Values, derived_values, host_fields, request};
use secret::Secret;

use super::read;

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    fields:
      - { key: api_key, label: API Key, type: secret }
      - { key: site, label: Site, type: text, public: true }
    derived:
      - { key: cloud, from: '{{ capture.cloud }}' }
      - { key: center, from: '{{ value.api_key }}', accept: [{ after_last: '-' }], pattern: '[a-z]{2}[0-9]', says: The key has no data center. }
      - { key: short, from: '{{ value.site }}', pattern: '[a-z]{1,3}', says: The site is long. }
    auth: { bearer: { token: '{{ value.api_key }}' } }
    base_url: 'https://{{ value.center }}.acme.example'
    hosts: ['*.acme.example']
    checks:
      - key: me
        role: identity
        request: GET /me
        account: { id: '{{ json.id }}', name: x }
        captures: { cloud: cloud }
      - { key: more, role: capability, request: { line: GET /more, headers: { X-Cloud: '{{ value.cloud }}' } } }
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, collects: [api_key, site], body: Do it. }]
";

/// Returns the derived values and the problem for these values.
fn derived(api_key: &str, site: &str, captures: &Values) -> (Vec<String>, Option<String>) {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let key = |text| Key::parse(text).expect("a key");
    let values = Values::from([(key("api_key"), api_key.into()), (key("site"), site.into())]);
    let inputs = Inputs { captures, ..Inputs::new(method, None, &values) };
    let (found, problem) = derived_values(method, &inputs);
    let found = found.iter().map(|(key, value)| format!("{key} {}", value.expose())).collect();
    let problem = problem.map(|(field, says)| {
        let field = field.expect("a field");
        format!("{field}: {}", &*says)
    });
    (found, problem)
}

#[test]
fn values_are_derived_as_far_as_the_inputs_allow() {
    let (found, problem) = derived("abc-us1", "eu", &Values::new());
    assert_eq!(found, ["center us1", "short eu"]);
    assert_eq!(problem, None, "a capture that no response contained yet is no problem");
    let captures = Values::from([(Key::parse("cloud").expect("a key"), Secret::from("c-1"))]);
    let (found, _) = derived("abc-us1", "eu", &captures);
    assert_eq!(found, ["center us1", "cloud c-1", "short eu"]);
}

#[test]
fn a_value_of_the_wrong_form_is_reported_at_its_source_and_not_used() {
    let (found, problem) = derived("abc", "eu", &Values::new());
    assert_eq!(found, ["short eu"]);
    assert_eq!(problem.as_deref(), Some("api_key: The key has no data center."));
    let (_, problem) = derived("abc-us1", "long", &Values::new());
    assert_eq!(problem.as_deref(), Some("site: The site is long."));
    let (found, problem) = derived("abc", "long", &Values::new());
    assert_eq!(found, [""; 0]);
    assert_eq!(
        problem.as_deref(),
        Some("api_key: The key has no data center."),
        "the first problem is shown"
    );
}

#[test]
fn the_source_of_a_derived_host_determines_the_host() {
    let guide = read(GUIDE);
    let fields: Vec<&str> = host_fields(&guide.methods[0]).into_iter().map(Key::as_str).collect();
    assert_eq!(fields, ["api_key"]);
}

#[test]
fn a_stored_value_is_used_until_a_response_contains_a_new_one() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let key = |text| Key::parse(text).expect("a key");
    let stored = Values::from([(key("api_key"), "abc-us1".into()), (key("cloud"), "stored".into())]);
    let header = |captures: &Values, values: &Values| {
        let inputs = Inputs { captures, ..Inputs::new(method, None, values) };
        let sent = request(method, &method.checks[1].request, &inputs)?;
        Ok(sent.headers[0].value.expose().to_owned())
    };
    let captured = Values::from([(key("cloud"), "new".into())]);
    assert_eq!(header(&Values::new(), &stored).as_deref(), Ok("stored"));
    assert_eq!(header(&captured, &stored).as_deref(), Ok("new"));
    let entered = Values::from([(key("api_key"), "abc-us1".into())]);
    let error: probe::FillError = header(&Values::new(), &entered).expect_err("nothing is stored");
    assert_eq!((error.field, error.problem), (None, Problem::Missing));
    // A stored value does not replace one that can be computed.
    let wrong = Values::from([
        (key("api_key"), "abc".into()),
        (key("center"), "us1".into()),
        (key("cloud"), "c".into()),
    ]);
    let error = header(&Values::new(), &wrong).expect_err("the key has no data center");
    assert_eq!((error.field, error.problem), (Some(key("api_key")), Problem::NotDerivable));
}
