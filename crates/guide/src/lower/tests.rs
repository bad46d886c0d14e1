//! Tests of guides with one mistake each, derived from a guide without mistakes.

use crate::read::read;

const GUIDE: &str = include_str!("../../../../tests/corpus/findings/an-account-without-braces/good.yaml");

/// Replaces the first occurrence of `old` in the guide and checks that `expected` describes the only finding, or that
/// there is none if `expected` is empty.
#[track_caller]
fn check(old: &str, new: &str, expected: &str) {
    assert!(GUIDE.contains(old), "the guide does not contain {old}");
    let reading = read("guide.yaml", GUIDE.replacen(old, new, 1).as_bytes());
    let found = reading.findings.iter().map(|found| format!("{}: {}", found.code.code, found.message));
    assert_eq!(found.collect::<Vec<_>>().join("\n"), expected, "{new}");
}

#[test]
fn an_account_never_contains_a_secret() {
    let secret = "W0205: `api_token` is secret, but accounts are shown with their id, name and details";
    check("'{{ json.id }}'", "'{{ value.api_token }}'", secret);
    check("'{{ json.name }}'", "'Acme {{ value.api_token }}'", secret);
    check(
        "name: '{{ json.name }}'",
        "name: '{{ json.name }}', details: { Key: '{{ value.api_token }}' }",
        secret,
    );
    // A value that is derived from a secret is secret, unless the guide says otherwise.
    let derived = |public: &str| {
        format!(
            "    derived:\n      - {{ key: part, from: '{{{{ value.api_token }}}}'{public} }}\n\n    auth:"
        )
    };
    let id = GUIDE.replacen("'{{ json.id }}'", "'{{ value.part }}'", 1);
    for (public, count) in [("", 1), (", public: true", 0)] {
        let reading = read("guide.yaml", id.replacen("    auth:", &derived(public), 1).as_bytes());
        assert_eq!(reading.findings.len(), count, "{public}: {:?}", reading.findings);
    }
}

#[test]
fn a_reference_is_reported_where_it_is_not_replaced() {
    for (old, new) in [
        ("title: Create a Token", "title: 'Create a Token in {{ brand.name }}'"),
        ("title: Get a Token", "title: 'Get a Token from {{ brand.name }}'"),
        ("label: API Key", "label: '{{ brand.name }}'"),
        ("label: API Token", "label: '{{ brand.name }}'"),
        ("name: Acme\n", "name: '{{ brand.name }}'\n"),
    ] {
        check(old, new, "W0205: `{{ brand.name }}` is not replaced here");
    }
    check(
        "      bearer:\n        token: '{{ value.api_token }}'",
        "      oauth2: { grant: client_credentials, token_url: 'https://api.acme.example/token', client_id: '{{ value.api_token }}', client_secret: '{{ value.api_token }}', scopes: ['{{ value.scopes }}'] }",
        "W0205: `{{ value.scopes }}` is not replaced here",
    );
    // Braces that are not a reference are ordinary text, and so are those in a response.
    check("title: Create a Token", "title: 'Enter {{{{ brand.name }}'", "");
    check("title: Create a Token", "title: 'Enter {{ name }}'", "");
    check("name: Acme One } }\n", "name: '{{ brand.name }}' } }\n", "");
}

#[test]
fn an_index_is_written_in_brackets() {
    check("{{ json.id }}", "{{ json.data.0.id }}", "W0213: `data.0.id` does not find an array's item");
    check(
        "role: identity",
        "role: identity\n        granted: data.0",
        "W0213: `data.0` does not find an array's item",
    );
}

#[test]
fn a_guide_cannot_set_the_headers_that_waystone_sets() {
    check(
        "request: GET /me\n",
        "request: { line: GET /me, headers: { User-Agent: x } }\n",
        "W0220: a guide cannot set the header `User-Agent`",
    );
    check("request: GET /me\n", "request: { line: GET /me, headers: { X-Client: x } }\n", "");
}

#[test]
fn an_environments_value_is_part_of_the_path_or_of_the_host() {
    let with = |base: &str, value: &str| {
        let environments = format!(
            "    environments: [{{ key: one, label: One, host: api.acme.example, values: {{ path: '{value}' }} }}]\n    base_url: '{base}'\n"
        );
        let text = GUIDE.replacen("    base_url: https://api.acme.example\n", &environments, 1);
        assert_ne!(text, GUIDE);
        let reading = read("guide.yaml", text.as_bytes());
        let errors = reading.findings.iter().map(|found| format!("{}: {}", found.code.code, found.message));
        errors.collect::<Vec<_>>().join("\n")
    };
    let in_path = "https://{{ environment.host }}/{{ environment.path }}";
    assert_eq!(with(in_path, "x"), "");
    assert_eq!(with(in_path, "x/y z"), "");
    for value in ["", "/x", "x/", "x//y", "..", "x/./y"] {
        let expected = "W0212: `path` of the environment `one` cannot be part of a path";
        assert_eq!(with(in_path, value), expected, "{value}");
    }
    let in_host = with("https://{{ environment.host }}{{ environment.path }}", "/x/y");
    assert_eq!(in_host, "W0212: an environment's value would add a path to the host");
}

#[test]
fn examples_are_not_tried_without_their_invalid_pattern() {
    let field = "type: secret\n        pattern: '['\n        examples: [{ typed: 'a b', refused: pattern }]";
    let reading = read("guide.yaml", GUIDE.replacen("type: secret", field, 1).as_bytes());
    let codes: Vec<_> = reading.findings.iter().map(|found| found.code.code).collect();
    assert_eq!(codes, ["W0210"], "{:?}", reading.findings);
}

#[test]
fn a_value_of_invisible_characters_is_missing() {
    let example = "type: secret\n        examples: [{ typed: \"\\u200b \\u206a\", refused: required }]";
    check("type: secret", example, "");
}

#[test]
fn a_path_segment_is_extracted_only_after_a_host() {
    let example = |typed: &str, becomes: &str| {
        format!(
            "type: secret\n        accept: [{{ path_segment: 1 }}]\n        examples: [{{ typed: '{typed}', becomes: '{becomes}' }}]"
        )
    };
    for (typed, becomes) in [
        ("https://acme.example/one/two?x=/y", "one"),
        ("https://acme/one", "one"),
        ("acme.example/one#two", "one"),
        ("acme/one", "acme/one"),
        ("acme/one?x", "acme/one?x"),
        ("acme.example", "acme.example"),
    ] {
        check("type: secret", &example(typed, becomes), "");
    }
}
