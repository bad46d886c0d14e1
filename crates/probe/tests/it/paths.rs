//! Tests the paths that requests are sent to.

use guide::Guide;
use probe::{FillError, Inputs, Problem, matches_path, request};

use super::{GUIDE, read, values};

/// A guide whose environments have different paths.
fn guide() -> Guide {
    let text = GUIDE
        .replace("host: acme.example }", "host: acme.example, values: { base: 'eu 1/api' } }")
        .replace("host: acme.test }", "host: acme.test, values: { base: test } }")
        .replace("{{ environment.host }}/api'", "{{ environment.host }}/{{ environment.base }}'");
    read(&text)
}

#[test]
fn the_slashes_of_an_environments_path_separate_segments_and_those_of_a_value_do_not() {
    let guide = guide();
    let method = &guide.methods[0];
    let values = values("eu", "ann/admin", "token");
    let path = |n: usize| {
        let inputs = Inputs::new(method, method.environments.get(n), &values);
        request(method, &method.checks[0].request, &inputs).expect("a request").path
    };
    assert_eq!(path(0), "/eu%201/api/users/ann%2Fadmin");
    assert_eq!(path(1), "/test/users/ann%2Fadmin");
}

#[test]
fn a_value_that_servers_resolve_as_part_of_the_path_is_rejected() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let path = |email: &str| {
        let values = values("eu", email, "token");
        let inputs = Inputs::new(method, method.environments.first(), &values);
        request(method, &method.checks[0].request, &inputs).map(|request| request.path)
    };
    for email in ["", ".", ".."] {
        let error = path(email).expect_err("not a segment");
        assert_eq!(
            (error.field.as_ref().map(guide::Key::as_str), error.problem),
            (Some("email"), Problem::NotAPathSegment),
            "{email}"
        );
    }
    assert_eq!(path("...").as_deref(), Ok("/api/users/..."));
}

#[test]
fn a_path_matches_its_template_with_the_values_filled_in() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let template = &method.checks[0].request;
    let ann = values("eu", "ann/admin", "token");
    let inputs = Inputs::new(method, method.environments.first(), &ann);
    assert_eq!(matches_path(template, "/users/ann%2Fadmin", &inputs), Some(true));
    assert_eq!(matches_path(template, "/users/ann/admin", &inputs), Some(false));
    assert_eq!(matches_path(template, "/api/users/ann%2Fadmin", &inputs), Some(false));
    let nothing = probe::Values::new();
    assert_eq!(matches_path(template, "/users/", &Inputs::new(method, None, &nothing)), None);
}

#[test]
fn a_problem_with_a_value_is_described_without_the_value() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let error =
        |field: Option<&str>, problem| FillError { field: field.and_then(guide::Key::parse), problem };
    for (field, problem, expected) in [
        (Some("site"), Problem::NotAHostLabel, "the value of `site` cannot be part of a host name"),
        (None, Problem::HostNotAllowed, "the request leads to a host that the guide does not allow"),
        (None, Problem::NoBody, "the request has no body that could carry the credential"),
        (None, Problem::Missing, "a value in the request is missing"),
    ] {
        assert_eq!(error(field, problem).to_string(), expected);
    }
    let says = |problem| error(Some("site"), problem).says(method).map(|says| says.to_string());
    let address = Some("Site doesn't lead to one of this provider's addresses.");
    for problem in [Problem::NotAHostLabel, Problem::NotAPathSegment, Problem::HostNotAllowed] {
        assert_eq!(says(problem).as_deref(), address);
    }
    for problem in [
        Problem::Missing,
        Problem::NotAHeaderValue,
        Problem::NotAKey,
        Problem::ProtectedKey,
        Problem::NotDerivable,
    ] {
        let says = says(problem).expect("a message");
        assert!(says.contains("Site") && Some(says.as_str()) != address, "{says}");
    }
    assert_eq!(error(None, Problem::Missing).says(method).map(|says| says.to_string()), None);
    assert_eq!(error(Some("nowhere"), Problem::Missing).says(method).map(|says| says.to_string()), None);
}
