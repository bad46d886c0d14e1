//! Tests the paths that requests are sent to.

use guide::Guide;
use probe::{Inputs, request};

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
