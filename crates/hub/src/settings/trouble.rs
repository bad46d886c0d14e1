//! The kinds of findings about a file of settings that the language of guides does not have.

use guide::{CodePage, Severity};

/// The pages of this file, by code.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    [&SECRET_IN_FILE, &NOT_A_VALUE, &NOT_TOGETHER].into_iter()
}

pub(super) static SECRET_IN_FILE: CodePage = CodePage {
    code: "W0801",
    name: "secret-in-settings",
    severity: Severity::Error,
    summary: "A secret stands in the file of settings",
    why: "files of settings are copied, committed and shown; a secret in one is a secret of all who see it",
    mend: "put it into a file of its own that only the Hub can read, or into the environment",
    bad: "database_url: postgres://hub:hunter2@db.internal/hub",
    good: "database_url_file: /run/secrets/database_url",
};

pub(super) static NOT_A_VALUE: CodePage = CodePage {
    code: "W0802",
    name: "not-a-setting-value",
    severity: Severity::Error,
    summary: "A setting has a value that it cannot have",
    why: "the Hub would not do what was meant, and guesses nothing",
    mend: "write the kind of value that is named",
    bad: "shutdown_grace: 30 seconds",
    good: "shutdown_grace: 30s",
};

pub(super) static NOT_TOGETHER: CodePage = CodePage {
    code: "W0803",
    name: "settings-contradict",
    severity: Severity::Error,
    summary: "Settings contradict each other, or one lacks the other",
    why: "only one of them could be kept, and which one is not the Hub's to choose",
    mend: "keep one of them, or add the one that is missing",
    bad: "tls: { certificate: hub.pem }",
    good: "tls: { certificate: hub.pem, key: hub.key }",
};
