//! The kinds of findings that exist only for settings files.

use guide::{CodePage, Severity};

/// The pages of these kinds, sorted by code.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    [&SECRET_IN_FILE, &NOT_A_VALUE, &NOT_TOGETHER].into_iter()
}

pub(super) static SECRET_IN_FILE: CodePage = CodePage {
    code: "W0801",
    name: "secret-in-settings",
    severity: Severity::Error,
    summary: "The settings file contains a secret",
    why: "settings files are copied, committed and shown to others, and a secret in one is seen by everyone who sees the file",
    help: "move the secret to a file of its own that only the Hub can read, or to an environment variable",
    bad: "database_url: postgres://hub:hunter2@db.internal/hub",
    good: "database_url_file: /run/secrets/database_url",
};

pub(super) static NOT_A_VALUE: CodePage = CodePage {
    code: "W0802",
    name: "not-a-setting-value",
    severity: Severity::Error,
    summary: "A setting has a value that it cannot have",
    why: "the Hub does not guess what was meant",
    help: "write a value of the kind that the message names",
    bad: "shutdown_grace: 30",
    good: "shutdown_grace: 30s",
};

pub(super) static NOT_TOGETHER: CodePage = CodePage {
    code: "W0803",
    name: "settings-contradict",
    severity: Severity::Error,
    summary: "Two settings contradict each other, or one is missing",
    why: "only one of two contradicting settings could apply, and the Hub does not choose between them",
    help: "keep one of them, or add the missing one",
    bad: "tls: { certificate: hub.pem }",
    good: "tls: { certificate: hub.pem, key: hub.key }",
};
