//! Tests of guides with one mistake each, derived from a guide without mistakes.

use std::borrow::Cow;

use crate::model::Guide;
use crate::product::Product;
use crate::read::{read, read_for};

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
fn titles_and_labels_contain_the_names_that_they_refer_to() {
    let text = GUIDE
        .replacen("title: Create a Token", "title: 'Enter {{ label.api_token }} in {{ brand.hub }} {{{{'", 1)
        .replacen("title: Get a Token", "title: '{{ method.label }} of {{ provider.key }}'", 1)
        .replacen("label: API Key", "label: '{{ provider.name }} Key for {{ brand.name }}'", 1)
        .replacen("label: API Token", "label: '{{ brand.name }} Token'", 1);
    let product = Product { hub: "Shop Hub".to_owned(), ..Product::named("Shop") };
    let reading = read_for("guide.yaml", text.as_bytes(), &product);
    let guide = reading.into_usable().unwrap_or_else(|reading| panic!("{:?}", reading.findings));
    let named = |guide: &Guide| {
        let method = &guide.methods[0];
        let section = &method.link.sections[0];
        [&method.label, &method.fields[0].label, &section.title, &section.steps[0].title].map(String::clone)
    };
    let key = guide.provider.key.to_string();
    let shop = ["Acme Key for Shop", "Shop Token", &format!("Acme Key for Shop of {key}")];
    assert_eq!(named(&guide)[..3], shop);
    assert_eq!(named(&guide)[3], "Enter Shop Token in Shop Hub {{");
    // The same guide for another product, and without a product.
    let other = guide.for_product(&Product::named("Tea"));
    assert_eq!(named(&other)[..2], ["Acme Key for Tea", "Tea Token"]);
    assert_eq!(named(&other)[3], "Enter Tea Token in Tea {{");
    assert_eq!((&other.digest, named(&other.for_product(&product))), (&guide.digest, named(&guide)));
    let unnamed = read("guide.yaml", text.as_bytes()).into_usable().expect("no errors");
    assert_eq!(named(&unnamed)[1], "your product Token");
    assert!(matches!(guide.for_product(&product), Cow::Borrowed(_)), "the guide is not read again");
}

#[test]
fn titles_and_labels_refer_only_to_names() {
    for (reference, expected) in [
        ("value.api_token", "W0205: `value` is not available on a page"),
        ("json.id", "W0205: `json` is not available on a page"),
        ("hub.button", "W0205: `hub` is not available here"),
        ("step.create-token", "W0205: `step` is not available here"),
        ("environment.label", "W0205: `environment` is not available here"),
        ("brand.support_url", "W0204: `support_url` does not exist here"),
        ("label.other", "W0203: there is no field `other`"),
        (
            "brand.name | lowercase",
            "W0206: filters such as `lowercase` cannot be used in text that people read",
        ),
    ] {
        check("title: Create a Token", &format!("title: '{{{{ {reference} }}}}'"), expected);
    }
    for old in ["label: API Key", "label: API Token"] {
        for (reference, expected) in [
            ("value.api_token", "W0205: `value` is not available on a page"),
            (
                "label.api_token",
                "W0205: a label cannot refer to `label`, because labels cannot contain each other",
            ),
            (
                "method.label",
                "W0205: a label cannot refer to `method`, because labels cannot contain each other",
            ),
        ] {
            check(old, &format!("label: '{{{{ {reference} }}}}'"), expected);
        }
    }
}

#[test]
fn a_reference_is_reported_where_it_is_not_replaced() {
    let old = "name: Acme\n";
    check(old, "name: '{{ brand.name }}'\n", "W0205: `{{ brand.name }}` is not replaced here");
    check(
        "      bearer:\n        token: '{{ value.api_token }}'",
        "      oauth2: { grant: client_credentials, token_url: 'https://api.acme.example/token', client_id: '{{ value.api_token }}', client_secret: '{{ value.api_token }}', scopes: ['{{ value.scopes }}'] }",
        "W0205: `{{ value.scopes }}` is not replaced here",
    );
    // Braces that are not a reference are ordinary text, and so are those in a response.
    check(old, "name: 'Acme {{{{ brand.name }}'\n", "");
    check(old, "name: 'Acme {{ name }}'\n", "");
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
