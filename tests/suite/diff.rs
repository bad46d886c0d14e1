//! `waystone diff`: what changed, as meaning.

use serde_json::Value;

use crate::waystone;

const GOOD: &str = include_str!("../../guides/gladly/guide.yaml");

/// What is said of an edit: `impact: what`, one line for each change.
fn said(edits: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: &str| {
        let at = folder.path().join(name).join("gladly");
        std::fs::create_dir_all(&at).expect("a folder can be made");
        std::fs::write(at.join("guide.yaml"), text).expect("a file can be written");
    };
    let mut text = GOOD.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    write("old", GOOD);
    write("new", &text);
    let run = waystone::run(
        folder.path(),
        &["diff", "old/gladly/guide.yaml", "new/gladly/guide.yaml", "--json", "--color", "never"],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let json: Value = serde_json::from_str(&run.out).expect("JSON");
    let changes = json["changes"].as_array().expect("a list");
    changes
        .iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().unwrap_or_default();
            assert!(
                change["old"].is_object() || change["new"].is_object() || text("what").contains("evidence")
            );
            format!("{}: {}", text("impact"), text("what"))
        })
        .collect()
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(said(&[(from, to)]), expected, "{from} -> {to}");
}

#[test]
fn what_nobody_has_to_act_on_is_words() {
    check("name: Gladly\n", "name: Gladly!\n", &["words: the provider's name changed"]);
    check(
        "title: Create a token",
        "title: Make a token",
        &["words: the title of the step `create-token` changed"],
    );
    check(
        "Copy the token right away",
        "Copy it right away",
        &["words: the step `create-token` is worded otherwise"],
    );
    check("label: API Token", "label: Token", &["words: the label of the field `api_token` changed"]);
    check(
        "placeholder: acme\n",
        "placeholder: acme-desk\n",
        &["words: the field `organization_slug` is explained otherwise"],
    );
    check(
        "return_to: create-token\n        ask",
        "ask",
        &["words: where the outcome `token-refused` leads back to changed"],
    );
    check("# A single label, or", "# One label, or", &[]);
}

#[test]
fn what_linked_accounts_lack_has_to_be_linked_again() {
    check(
        "      - key: agent_email\n",
        "      - { key: team, label: Team, type: text }\n      - key: agent_email\n",
        &["relink: the field `team` is new and required"],
    );
    check(
        "id: '{{ json.id }}'",
        "id: '{{ json.gladlyUrl }}'",
        &["relink: what the check `organization` knows an account by changed"],
    );
    check(
        "base_url: 'https://{{ value.organization_slug | host_labels(2) }}.",
        "base_url: 'https://api.{{ value.organization_slug | host_labels(2) }}.",
        &["relink: the base address changed"],
    );
    check(
        "username: '{{ value.agent_email }}'",
        "username: '{{ value.agent_email }}/token'",
        &["relink: the authentication changed"],
    );
}

#[test]
fn what_is_asked_or_read_otherwise_is_to_be_checked_again() {
    check(
        "request: GET /api/v1/organization\n        expect",
        "request: GET /api/v2/organization\n        expect",
        &["recheck: the request of the check `organization` changed"],
    );
    check(
        "when: { status: 403 }",
        "when: { status: [403, 410] }",
        &["recheck: the answers of the outcome `no-api-permission` changed"],
    );
    check(
        "is: missing_permission\n",
        "is: not_in_plan\n",
        &["recheck: what the outcome `no-api-permission` means changed"],
    );
    check(
        "hosts: ['**.gladly.com', ",
        "hosts: ['**.gladly.com', api.gladly.dev, ",
        &["recheck: requests may go to `api.gladly.dev`"],
    );
    check(
        "accept: [trim, lowercase, {",
        "accept: [trim, lowercase, { strip_suffix: . }, {",
        &["offer: what the field `organization_slug` makes of what is typed changed"],
    );
}

#[test]
fn a_step_that_moved_is_said_to_have_moved() {
    let at = |key: &str| GOOD.find(key).expect("it is there");
    let (one, two) = (at("            - key: open-token-settings"), at("            - key: create-token"));
    let three = at("            - key: enter-credentials");
    let (first, second) = (&GOOD[one..two], &GOOD[two..three]);
    let said = said(&[(&format!("{first}{second}"), &format!("{second}{first}"))]);
    assert_eq!(said, ["words: the step `create-token` moved: it comes first"]);
}

#[test]
fn an_outcome_that_was_dropped_is_named() {
    let at = |key: &str| GOOD.find(key).expect("it is there");
    let rule = &GOOD[at("      - key: gladly-fails")..at("      - key: a-page-instead-of-data")];
    let said = said(&[(rule, ""), (", rule: gladly-fails", "")]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("recheck: the outcome `gladly-fails` is dropped"), "{said:?}");
}

#[test]
fn a_program_can_fail_on_what_weighs_too_much() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("guide.yaml");
    std::fs::write(&file, GOOD.replace("label: API Token", "label: Token")).expect("a file can be written");
    let diff = |fail_on: &str| {
        waystone::run(
            folder.path(),
            &["diff", "gladly", "./guide.yaml", "--fail-on", fail_on, "--color", "never"],
        )
        .code
    };
    assert_eq!((diff("relink"), diff("words")), (0, 1));
}
