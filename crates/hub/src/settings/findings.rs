//! The kinds of findings that exist only for settings files.

use guide::{CodePage, Severity};

/// Returns the pages for these kinds of findings, sorted by code.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    [&SECRET_IN_FILE, &NOT_A_VALUE, &NOT_TOGETHER].into_iter()
}

pub(super) static SECRET_IN_FILE: CodePage = CodePage {
    code: "W0801",
    name: "secret-in-settings",
    severity: Severity::Error,
    summary: "The settings file contains a secret",
    why: "settings files are copied, committed and shown to others, and everyone who sees the file also sees the secret",
    help: "move the secret to a separate file that only the Hub can read, or to an environment variable",
    bad: "database_url: postgres://hub:hunter2@db.internal/hub",
    good: "database_url_file: /run/secrets/database_url",
};

pub(super) static NOT_A_VALUE: CodePage = CodePage {
    code: "W0802",
    name: "not-a-setting-value",
    severity: Severity::Error,
    summary: "A setting has an invalid value",
    why: "the Hub does not guess which value was intended",
    help: "write a value in the form that the message describes",
    bad: "shutdown_grace: 30",
    good: "shutdown_grace: 30s",
};

pub(super) static NOT_TOGETHER: CodePage = CodePage {
    code: "W0803",
    name: "settings-contradict",
    severity: Severity::Error,
    summary: "Two settings conflict, or a setting requires another that is missing",
    why: "only one of two conflicting settings can apply, and the Hub does not choose between them",
    help: "keep only one of the two settings, or add the missing setting",
    bad: "tls: { certificate: hub.pem }",
    good: "tls: { certificate: hub.pem, key: hub.key }",
};
