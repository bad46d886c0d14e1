//! Tests conditions on fields that were left empty, or that do not apply themselves.

use guide::Key;
use link::{Flow, Start};
use secret::Secret;

use crate::read;

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    environments:
      - { key: live, label: Live, host: acme.example }
      - { key: test, label: Test, host: acme.test }
    fields:
      - { key: region, label: Region, type: text, public: true, accept: [trim, lowercase], default: EU }
      - { key: cluster, label: Cluster, type: text, public: true, when: { field: region, is: eu } }
      - { key: plan, label: Plan, type: text, public: true, default: pro, when: { environment: test } }
      - { key: seats, label: Seats, type: text, public: true, when: { field: plan, is: pro } }
      - { key: token, label: Token, type: secret }
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: 'https://{{ environment.host }}'
    hosts: ['acme.example', 'acme.test']
    checks: [{ key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }]
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: enter, title: Enter, collects: [region, plan], body: Enter it. }
            - { key: more, title: More, collects: [cluster, seats], body: Enter it. }
        - key: two
          title: Two
          when: { field: region, is: [eu, de] }
          steps: [{ key: token, title: Token, collects: token, body: Enter it. }]
";

fn flow(environment: &str) -> Flow {
    let environment = Key::parse(environment);
    Flow::new(read(GUIDE), "main", Start { environment, ..Start::default() }).expect("a method")
}

/// Sets a field's value.
fn fill(flow: &mut Flow, field: &str, value: &str) {
    let problems = flow.prefill(&[(Key::parse(field).expect("a key"), Secret::from(value))]);
    assert_eq!(problems, []);
}

/// Returns the fields and steps that apply.
fn shown(flow: &Flow) -> String {
    let fields = flow.method().fields.iter().filter(|field| flow.applies(field));
    let fields: Vec<&str> = fields.map(|field| field.key.as_str()).collect();
    let steps: Vec<&str> = flow.steps().iter().map(|(_, step)| step.key.as_str()).collect();
    format!("{}; {}", fields.join(" "), steps.join(" "))
}

#[test]
fn a_field_that_was_left_empty_has_its_default() {
    let mut flow = flow("live");
    assert_eq!(shown(&flow), "region cluster token; enter more token");
    fill(&mut flow, "region", "us");
    assert_eq!(shown(&flow), "region token; enter more");
    fill(&mut flow, "region", "");
    assert_eq!(shown(&flow), "region cluster token; enter more token");
    // A required field that applies because of a default must be filled in.
    fill(&mut flow, "token", "secret");
    assert!(!flow.is_complete());
    fill(&mut flow, "cluster", "c1");
    assert!(flow.is_complete());
}

#[test]
fn a_field_that_does_not_apply_has_no_value() {
    assert_eq!(shown(&flow("test")), "region cluster plan seats token; enter more token");
    let mut flow = flow("test");
    fill(&mut flow, "plan", "pro");
    flow.choose_environment("live");
    assert_eq!(shown(&flow), "region cluster token; enter more token");
}
