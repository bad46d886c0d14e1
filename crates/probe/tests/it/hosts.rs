//! Tests the host that requests are sent to.

use guide::Key;
use probe::{Inputs, Problem, fits_host, host, host_fields};

use super::{GUIDE, read, values};

#[test]
fn the_host_is_known_as_soon_as_the_values_determine_it() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let site = values("eu", "", "");
    assert_eq!(
        host(method, &Inputs::new(method, method.environment("test"), &site)).as_deref(),
        Ok("eu.acme.test")
    );
    let error = host(method, &Inputs::new(method, None, &site)).expect_err("no environment was chosen");
    assert_eq!((error.field, error.problem), (None, Problem::Missing));
}

#[test]
fn a_name_that_is_too_long_is_attributed_to_its_field() {
    let guide = read(&GUIDE.replace("host_labels(2)", "host_labels(4)"));
    let method = &guide.methods[0];
    let found = |labels: usize| {
        let site = vec!["a".repeat(63); labels].join(".");
        host(method, &Inputs::new(method, method.environment("live"), &values(&site, "", "")))
    };
    assert!(found(3).is_ok_and(|host| host.ends_with(".acme.example")));
    let error = found(4).expect_err("more than 253 characters");
    assert_eq!(
        (error.field.as_ref().map(Key::as_str), error.problem),
        (Some("site"), Problem::HostNotAllowed)
    );
}

#[test]
fn the_fields_that_determine_the_host_are_known() {
    let guide = read(GUIDE);
    assert_eq!(host_fields(&guide.methods[0]).into_iter().map(Key::as_str).collect::<Vec<_>>(), ["site"]);
}

#[test]
fn only_as_many_labels_as_the_guide_allows_fit_a_host() {
    let guide = read(GUIDE);
    let host = &guide.methods[0].base_url.host;
    let site = host.references().next().expect("a reference");
    for (value, expected) in
        [("eu", true), ("a.eu", true), ("b.a.eu", false), ("a..eu", false), ("", false), ("a/b", false)]
    {
        assert_eq!(fits_host(site, value), expected, "{value}");
    }
}
