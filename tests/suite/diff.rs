//! `waystone diff`: the changes it reports, and their impact on linked accounts.

mod keys;

use serde_json::Value;

use crate::waystone;

const GOOD: &str = include_str!("../../guides/gladly/guide.yaml");

/// Returns the changes that the edits cause, each as `impact: description`.
fn changes(edits: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name).join("gladly");
        std::fs::create_dir_all(&path).expect("cannot create the folder");
        std::fs::write(path.join("guide.yaml"), text).expect("cannot write the file");
    };
    let mut text = GOOD.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the guide does not contain `{from}`");
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
    let list = json["changes"].as_array().expect("a list");
    list.iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().unwrap_or_default();
            assert!(
                change["old"].is_object() || change["new"].is_object() || text("what").contains("evidence"),
                "the change has no location: {change}"
            );
            format!("{}: {}", text("impact"), text("what"))
        })
        .collect()
}

#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(changes(&[(from, to)]), expected, "{from} -> {to}");
}

#[test]
fn text_changes_have_the_impact_words() {
    check("name: Gladly\n", "name: Gladly!\n", &["words: the provider's name changed"]);
    check(
        "title: Create a token",
        "title: Make a token",
        &["words: the title of the step `create-token` changed"],
    );
    check(
        "Copy the token and keep it safe",
        "Copy it and keep it safe",
        &["words: the text of the step `create-token` changed"],
    );
    check("label: API Token", "label: Token", &["words: the label of the field `api_token` changed"]);
    check(
        "placeholder: acme\n",
        "placeholder: acme-desk\n",
        &["words: the help for the field `organization_slug` changed"],
    );
    check(
        "return_to: create-token\n        ask",
        "ask",
        &["words: the field or step to which the outcome `token-refused` leads changed"],
    );
    check("# One label of the host name, or", "# A label of the host name, or", &[]);
}

#[test]
fn changes_that_break_linked_accounts_have_the_impact_relink() {
    check(
        "      - key: agent_email\n",
        "      - { key: team, label: Team, type: text }\n      - key: agent_email\n",
        &["relink: the required field `team` was added"],
    );
    check(
        "id: '{{ json.id }}'",
        "id: '{{ json.gladlyUrl }}'",
        &["relink: the account id of the check `organization` changed"],
    );
    check(
        "base_url: 'https://{{ value.organization_slug | host_labels(2) }}.",
        "base_url: 'https://api.{{ value.organization_slug | host_labels(2) }}.",
        &["relink: the base URL changed"],
    );
    check(
        "username: '{{ value.agent_email }}'",
        "username: '{{ value.agent_email }}/token'",
        &["relink: the authentication changed"],
    );
}

#[test]
fn request_and_response_changes_have_the_impact_recheck() {
    check(
        "request: GET /api/v1/organization\n        expect",
        "request: GET /api/v2/organization\n        expect",
        &["recheck: the request of the check `organization` changed"],
    );
    check(
        "when: { status: 403 }",
        "when: { status: [403, 410] }",
        &["recheck: the condition of the outcome `no-api-permission` changed"],
    );
    check(
        "is: missing_permission\n",
        "is: not_in_plan\n",
        &["recheck: the meaning of the outcome `no-api-permission` changed"],
    );
    check(
        "hosts: ['**.gladly.com', ",
        "hosts: ['**.gladly.com', api.gladly.dev, ",
        &["recheck: requests can now go to `api.gladly.dev`"],
    );
    let spaces = ("type: secret\n", "type: secret\n        spaces: keep\n");
    let example = ("          - { typed: an example token, refused: type }\n", "");
    let expected = ["recheck: the handling of spaces in the field `api_token` changed"];
    assert_eq!(changes(&[spaces, example]), expected);
    check(
        "accept: [trim, lowercase, {",
        "accept: [trim, lowercase, { strip_suffix: . }, {",
        &["offer: the normalization of the field `organization_slug` changed"],
    );
}

#[test]
fn a_step_that_changes_place_is_reported_as_moved() {
    let at = |key: &str| GOOD.find(key).expect("the guide lacks the text");
    let (one, two) = (at("            - key: open-token-settings"), at("            - key: create-token"));
    let three = at("            - key: enter-credentials");
    let (first, second) = (&GOOD[one..two], &GOOD[two..three]);
    let changes = changes(&[(&format!("{first}{second}"), &format!("{second}{first}"))]);
    assert_eq!(changes, ["words: the step `create-token` moved to the beginning"]);
}

#[test]
fn a_removed_outcome_is_reported_by_name() {
    let at = |key: &str| GOOD.find(key).expect("the guide lacks the text");
    let rule = &GOOD[at("      - key: gladly-fails")..at("      - key: a-page-instead-of-data")];
    let changes = changes(&[(rule, ""), (", rule: gladly-fails", "")]);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].starts_with("recheck: the outcome `gladly-fails` was removed"), "{changes:?}");
}

#[test]
fn fail_on_sets_the_lowest_impact_that_fails() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = folder.path().join("guide.yaml");
    std::fs::write(&file, GOOD.replace("label: API Token", "label: Token")).expect("cannot write the file");
    let diff = |fail_on: &str| {
        waystone::run(
            folder.path(),
            &["diff", "gladly", "./guide.yaml", "--fail-on", fail_on, "--color", "never"],
        )
        .code
    };
    assert_eq!((diff("relink"), diff("words")), (0, 1));
}
