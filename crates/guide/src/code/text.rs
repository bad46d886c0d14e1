//! Findings about the text: is it a document that every tool reads alike?

use crate::page::CodePage;
use crate::page::Severity::Error;

/// The pages of this file, by code.
pub(super) const PAGES: &[&CodePage] = &[
    &UNREADABLE,
    &TOO_LARGE,
    &CONTROL_CHARACTER,
    &YAML_SYNTAX,
    &DUPLICATE_KEY,
    &YAML_FEATURE,
    &SEVERAL_DOCUMENTS,
    &AMBIGUOUS_SCALAR,
    &COMPLEX_KEY,
    &UNQUOTED_REFERENCE,
    &TOO_MANY,
];

pub(crate) static UNREADABLE: CodePage = CodePage {
    code: "W0001",
    name: "unreadable",
    severity: Error,
    summary: "The file is not UTF-8 text",
    why: "only text in one known encoding can be read alike everywhere",
    mend: "save the file as UTF-8",
    bad: "",
    good: "",
};

pub(crate) static TOO_LARGE: CodePage = CodePage {
    code: "W0002",
    name: "too-large",
    severity: Error,
    summary: "The file is larger or deeper than a guide can be",
    why: "reading must end in bounded time and memory, whatever the file",
    mend: "split the provider's methods, or remove what is not a guide",
    bad: "",
    good: "",
};

pub(crate) static CONTROL_CHARACTER: CodePage = CodePage {
    code: "W0003",
    name: "invisible-character",
    severity: Error,
    summary: "A control, direction or private-use character stands in the text",
    why: "it changes how the text reads without showing, and so can hide what a guide does",
    mend: "delete the character",
    bad: "title: Create a<U+2060>token",
    good: "title: Create a token",
};

pub(crate) static YAML_SYNTAX: CodePage = CodePage {
    code: "W0004",
    name: "yaml-syntax",
    severity: Error,
    summary: "The text is not YAML",
    why: "nothing in the file can be used until it can be read",
    mend: "compare the indentation and quotes with the lines around it",
    bad: "title: 'Don't ask'",
    good: r#"title: "Don't ask""#,
};

pub(crate) static DUPLICATE_KEY: CodePage = CodePage {
    code: "W0005",
    name: "duplicate-key",
    severity: Error,
    summary: "A mapping has the same key twice",
    why: "readers of YAML disagree on which of the two counts",
    mend: "keep one of them",
    bad: r"label: Token
label: API token",
    good: "label: API token",
};

pub(crate) static YAML_FEATURE: CodePage = CodePage {
    code: "W0006",
    name: "yaml-feature",
    severity: Error,
    summary: "An anchor, alias, tag or merge key is used",
    why: "a guide must read the same in every tool, and nothing in it may multiply",
    mend: "write the value out where it is used",
    bad: r"a: &x Token
b: *x",
    good: r"a: Token
b: Token",
};

pub(crate) static SEVERAL_DOCUMENTS: CodePage = CodePage {
    code: "W0007",
    name: "several-documents",
    severity: Error,
    summary: "The file holds more than one YAML document",
    why: "a guide is one document; what follows would be ignored",
    mend: "remove the `---`, or move what follows into a file of its own",
    bad: r"waystone: 1
---
waystone: 1",
    good: "waystone: 1",
};

pub(crate) static AMBIGUOUS_SCALAR: CodePage = CodePage {
    code: "W0008",
    name: "ambiguous-value",
    severity: Error,
    summary: "An unquoted value is read differently by different tools",
    why: "readers of YAML disagree on what it is, so two tools would see two guides",
    mend: "put it in quotes",
    bad: "default: 012",
    good: "default: '012'",
};

pub(crate) static COMPLEX_KEY: CodePage = CodePage {
    code: "W0009",
    name: "complex-key",
    severity: Error,
    summary: "A list or mapping is used as a key",
    why: "keys are names",
    mend: "give the entry a name",
    bad: r"? [a, b]
: c",
    good: "pair: c",
};

pub(crate) static UNQUOTED_REFERENCE: CodePage = CodePage {
    code: "W0010",
    name: "unquoted-reference",
    severity: Error,
    summary: "A value that begins with `{{` has no quotes",
    why: "YAML reads `{` as the beginning of a mapping",
    mend: "put the whole value in single quotes",
    bad: "username: {{ value.email }}",
    good: "username: '{{ value.email }}'",
};

pub(crate) static TOO_MANY: CodePage = CodePage {
    code: "W0011",
    name: "too-many-findings",
    severity: Error,
    summary: "There are more findings than are shown",
    why: "a list that nobody reads to its end helps nobody, and making it takes time",
    mend: "mend those that are shown, and check again",
    bad: "",
    good: "",
};
