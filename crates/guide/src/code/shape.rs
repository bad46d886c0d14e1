//! Findings about the shape: are the keys and kinds of values those of the format?

use crate::page::CodePage;
use crate::page::Severity::Error;

/// The pages of this file, by code.
pub(super) const PAGES: &[&CodePage] =
    &[&MISSING_KEY, &UNKNOWN_KEY, &WRONG_TYPE, &NOT_A_CHOICE, &OUT_OF_BOUNDS, &WRONG_VERSION];

pub(crate) static MISSING_KEY: CodePage = CodePage {
    code: "W0101",
    name: "missing-key",
    severity: Error,
    summary: "A key that must be there is not",
    why: "what reads the file needs it and does not guess",
    mend: "add the key",
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
    summary: "A key is not one of the format",
    why: "a key that is not understood would silently do nothing",
    mend: "use a key of the format; an editor with the schema lists them",
    bad: r"steps:
  - titel: Open",
    good: r"steps:
  - title: Open",
};

pub(crate) static WRONG_TYPE: CodePage = CodePage {
    code: "W0103",
    name: "wrong-type",
    severity: Error,
    summary: "A value is of another kind than the format has here",
    why: "read as another kind, the value would mean something else or nothing",
    mend: "write the kind of value that is wanted",
    bad: "hosts: api.example.com",
    good: "hosts: [api.example.com]",
};

pub(crate) static NOT_A_CHOICE: CodePage = CodePage {
    code: "W0104",
    name: "not-a-choice",
    severity: Error,
    summary: "A word is not one of those that can stand here",
    why: "each word of the format has one meaning; others have none",
    mend: "use one of the listed words",
    bad: "type: passwrd",
    good: "type: secret",
};

pub(crate) static OUT_OF_BOUNDS: CodePage = CodePage {
    code: "W0105",
    name: "out-of-bounds",
    severity: Error,
    summary: "A value is too short, too long, too small, too large or of the wrong form",
    why: "the bounds are those within which the value means something",
    mend: "stay within the bounds named",
    bad: "methods: []",
    good: r"methods:
  - key: api-key",
};

pub(crate) static WRONG_VERSION: CodePage = CodePage {
    code: "W0106",
    name: "wrong-version",
    severity: Error,
    summary: "The file is of another version of the format",
    why: "a newer format may mean other things by the same words",
    mend: "use a newer waystone, or `waystone: 1`",
    bad: "waystone: 2",
    good: "waystone: 1",
};
