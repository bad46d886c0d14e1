//! Inserts random text with references wherever references are allowed, and builds a request from the result.
#![no_main]

use fuzz::{quoted, read, yaml};
use guide::Key;
use libfuzzer_sys::fuzz_target;
use probe::{Inputs, Values};
use secret::Secret;

/// The placeholders. The first input byte selects one.
const PLACES: &[&str] = &["BODY", "INTRO", "LINE", "QUERY", "HEADER", "TEXT", "BASE", "ID", "OUTCOMES"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let place = PLACES[usize::from(*first) % PLACES.len()];
    let (template, rest) = fuzz::text(rest);
    let (entered, _) = fuzz::text(rest);
    let inserted = match place {
        "OUTCOMES" => {
            format!("[{{ key: no, when: {{ status: 401 }}, is: wrong_secret, says: {} }}]", quoted(template))
        }
        _ => quoted(template),
    };
    let text = yaml(&[(place, inserted)]);
    let reading = read(&text);
    let Some(guide) = reading.usable() else { return };
    let method = &guide.methods[0];
    let key = |text: &str| Key::parse(text).expect("a key");
    let values =
        Values::from([(key("site"), Secret::from(entered)), (key("token"), Secret::from("canary-token"))]);
    let inputs = Inputs::new(method, method.environments.first(), &values);
    let Ok(request) = probe::request(method, &method.checks[0].request, &inputs) else { return };
    // A value never becomes structure: the host is one of the guide's, and no value adds a line break.
    let host = &request.host;
    assert!(host.ends_with(".acme.example") || host.ends_with(".acme.test"), "{host}");
    assert!(host.split('.').all(guide::is_label), "{host}");
    assert!(request.path.starts_with('/') && request.path.is_ascii());
    for header in &request.headers {
        assert!(!header.value.expose().contains(['\r', '\n', '\0']));
    }
});
