//! Findings about text: does every tool read the file the same way?

use crate::page::CodePage;
use crate::page::Severity::{Error, Warning};

/// The pages in this file, ordered by code.
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
    &CURLY_QUOTES,
    &CUT_BY_COMMENT,
];

pub(crate) static UNREADABLE: CodePage = CodePage {
    code: "W0001",
    name: "unreadable",
    severity: Error,
    summary: "The file is not UTF-8 text",
    why: "with a single encoding, every tool reads the same text",
    help: "save the file as UTF-8",
    bad: "",
    good: "",
};

pub(crate) static TOO_LARGE: CodePage = CodePage {
    code: "W0002",
    name: "too-large",
    severity: Error,
    summary: "The file exceeds a size limit for guides",
    why: "limits on size, depth and the number of values keep parsing fast for every file",
    help: "remove everything that does not belong in a guide",
    bad: "",
    good: "",
};

pub(crate) static CONTROL_CHARACTER: CodePage = CodePage {
    code: "W0003",
    name: "invisible-character",
    severity: Error,
    summary: "The text contains a control, direction or private-use character",
    why: "an invisible character can change how text is displayed, and so hide what a guide does",
    help: "delete the character",
    bad: "title: Create a <U+2060>token",
    good: "title: Create a token",
};

pub(crate) static YAML_SYNTAX: CodePage = CodePage {
    code: "W0004",
    name: "yaml-syntax",
    severity: Error,
    summary: "The file is not valid YAML",
    why: "the file cannot be used until it can be parsed",
    help: "compare the indentation and quotes with the surrounding lines",
    bad: "title: 'Don't ask'",
    good: r#"title: "Don't ask""#,
};

pub(crate) static DUPLICATE_KEY: CodePage = CodePage {
    code: "W0005",
    name: "duplicate-key",
    severity: Error,
    summary: "A key appears twice in the same mapping",
    why: "YAML parsers disagree on which of the two entries to use",
    help: "keep only one of the two entries",
    bad: r"label: Token
label: API token",
    good: "label: API token",
};

pub(crate) static YAML_FEATURE: CodePage = CodePage {
    code: "W0006",
    name: "yaml-feature",
    severity: Error,
    summary: "An anchor, alias, tag or merge key is used",
    why: "a guide must read the same in every tool, and aliases can make a small file expand without limit",
    help: "repeat the value wherever it is used",
    bad: r"a: &x Token
b: *x",
    good: r"a: Token
b: Token",
};

pub(crate) static SEVERAL_DOCUMENTS: CodePage = CodePage {
    code: "W0007",
    name: "several-documents",
    severity: Error,
    summary: "The file contains more than one YAML document",
    why: "a guide is a single document, so any other document would be ignored",
    help: "remove the `---`, or move the second document into its own file",
    bad: r"waystone: 1
---
waystone: 1",
    good: "waystone: 1",
};

pub(crate) static AMBIGUOUS_SCALAR: CodePage = CodePage {
    code: "W0008",
    name: "ambiguous-value",
    severity: Error,
    summary: "An unquoted value is ambiguous",
    why: "YAML parsers disagree on the value's type, so tools would read the guide differently",
    help: "put the value in quotes",
    bad: "default: 012",
    good: "default: '012'",
};

pub(crate) static COMPLEX_KEY: CodePage = CodePage {
    code: "W0009",
    name: "complex-key",
    severity: Error,
    summary: "A list or mapping is used as a key",
    why: "every key in a guide must be a name",
    help: "use a name as the key",
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
    help: "put the whole value in single quotes",
    bad: "username: {{ value.email }}",
    good: "username: '{{ value.email }}'",
};

pub(crate) static TOO_MANY: CodePage = CodePage {
    code: "W0011",
    name: "too-many-findings",
    severity: Error,
    summary: "Some findings are not shown",
    why: "later findings are often consequences of earlier ones",
    help: "fix the findings that are shown, then check again",
    bad: "",
    good: "",
};

pub(crate) static CURLY_QUOTES: CodePage = CodePage {
    code: "W0012",
    name: "curly-quotes",
    severity: Error,
    summary: "A value is in curly quotes",
    why: "YAML recognizes only straight quotes, so curly quotes would be shown to people and sent to the provider",
    help: "use straight quotes; if the curly quotes belong to the value, put straight quotes around them",
    bad: "token: ‘{{ value.api_token }}’",
    good: "token: '{{ value.api_token }}'",
};

pub(crate) static CUT_BY_COMMENT: CodePage = CodePage {
    code: "W0013",
    name: "cut-by-comment",
    severity: Warning,
    summary: "Unquoted text is followed by a comment that is probably part of the text",
    why: "YAML reads ` #` as the beginning of a comment, so the rest of the line would be missing from the page",
    help: "put the text in quotes, or write two spaces before the `#` of a comment",
    bad: "name: Acme #1 Desk",
    good: "name: 'Acme #1 Desk'",
};
