//! Findings about shape: does the format allow these keys and value types?

use crate::page::CodePage;
use crate::page::Severity::Error;

/// The pages in this file, ordered by code.
pub(super) const PAGES: &[&CodePage] =
    &[&MISSING_KEY, &UNKNOWN_KEY, &WRONG_TYPE, &NOT_A_CHOICE, &OUT_OF_BOUNDS, &WRONG_VERSION];

pub(crate) static MISSING_KEY: CodePage = CodePage {
    code: "W0101",
    name: "missing-key",
    severity: Error,
    summary: "A required key is missing",
    why: "the key has no default",
    help: "add the key",
    bad: r"provider:
  key: acme",
    good: r"provider:
  key: acme
  name: Acme",
};

pub(crate) static UNKNOWN_KEY: CodePage = CodePage {
    code: "W0102",
    name: "unknown-key",
    severity: Error,
    summary: "The format has no such key",
    why: "an unknown key would be silently ignored",
    help: "use a key from the format; an editor with the schema loaded lists all keys",
    bad: r"steps:
  - titel: Open",
    good: r"steps:
  - title: Open",
};

pub(crate) static WRONG_TYPE: CodePage = CodePage {
    code: "W0103",
    name: "wrong-type",
    severity: Error,
    summary: "A value has the wrong type",
    why: "Waystone would have to guess how to convert the value",
    help: "write a value of the expected type",
    bad: "hosts: api.example.com",
    good: "hosts: [api.example.com]",
};

pub(crate) static NOT_A_CHOICE: CodePage = CodePage {
    code: "W0104",
    name: "not-a-choice",
    severity: Error,
    summary: "A value is not one of the allowed values",
    why: "other values have no meaning",
    help: "use one of the listed values",
    bad: "type: passwrd",
    good: "type: secret",
};

pub(crate) static OUT_OF_BOUNDS: CodePage = CodePage {
    code: "W0105",
    name: "out-of-bounds",
    severity: Error,
    summary: "A value is out of range or has the wrong form",
    why: "Waystone cannot use a value outside the limits",
    help: "choose a value within the limits",
    bad: "methods: []",
    good: r"methods:
  - key: api-key",
};

pub(crate) static WRONG_VERSION: CodePage = CodePage {
    code: "W0106",
    name: "wrong-version",
    severity: Error,
    summary: "The file uses a different version of the format",
    why: "the same keys can have a different meaning in another version",
    help: "write `waystone: 1`, or use a newer waystone",
    bad: "waystone: 2",
    good: "waystone: 1",
};
