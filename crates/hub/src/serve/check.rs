//! `serve --check`: checks what settings name without serving.
//!
//! **Invariant:** nothing is created, opened for writing or listened on, and nothing is asked over a network.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use guide::{Finding, Severity, Source};
use vault::KeySource;

use super::start::{ServeError, brand as load_brand, egress};
use super::tls;
use crate::guides;
use crate::settings::Settings;

/// The result of checking one setting.
#[derive(Debug)]
pub struct Check {
    /// The setting's key.
    pub key: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, in one line.
    pub says: String,
    /// What to do about it, if anything.
    pub help: Option<String>,
    /// Findings in a file that the setting names, each with the file it is in.
    pub findings: Vec<(Arc<Source>, Finding)>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is well.
    Good,
    /// It works, but may not be what the operator intends.
    Note,
    /// Only serving can show it.
    NotChecked,
    /// The Hub would not start, or would not work as intended.
    Bad,
}

impl Verdict {
    /// The word in the output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::NotChecked => "not checked",
            Self::Bad => "error",
        }
    }
}

impl Check {
    fn new(key: &'static str, verdict: Verdict, says: impl Into<String>) -> Self {
        Self { key, verdict, says: says.into(), help: None, findings: Vec::new() }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn failed(key: &'static str, error: &ServeError) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        let check = Self::new(key, Verdict::Bad, format!("{error}{cause}"));
        match error.help() {
            Some(help) => check.help(help),
            None => check,
        }
    }
}

/// Checks everything that the settings name.
pub fn check(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        Check::new(
            "listen",
            Verdict::NotChecked,
            format!("whether {} is free", settings.server.listen.value),
        ),
        data(&settings.data.value),
        database(settings),
        key(&settings.key.value, &settings.data.value),
        guides_of(settings),
        brand(settings),
    ];
    if let Some(pair) = &settings.tls.value {
        checks.push(match tls::load(pair) {
            Ok(_) => Check::new("tls", Verdict::Good, "the certificate and its key fit"),
            Err(error) => Check::failed("tls", &ServeError::Tls(error)),
        });
    }
    match egress(settings) {
        Ok(egress) => {
            checks.extend(egress.notes().into_iter().map(|note| Check::new("egress", Verdict::Note, note)));
        }
        Err(error) => checks.push(Check::failed("extra_roots", &error)),
    }
    checks.extend(reached(settings));
    checks
}

/// Whether credentials are encrypted on their way, and whether client addresses are seen.
fn reached(settings: &Settings) -> Option<Check> {
    let by_tls = settings.tls.value.is_some();
    let is_public = settings.server.public_url.value.as_ref().is_some_and(|url| url.scheme() == "https");
    let listens_to_all = !settings.server.listen.value.ip().is_loopback();
    if listens_to_all && !by_tls && !is_public {
        let says = "credentials are sent unencrypted to an address that others can reach";
        let check = Check::new("public_url", Verdict::Note, says);
        return Some(check.help("set `tls`, or set `public_url` to the https address of the reverse proxy"));
    }
    if is_public && !by_tls && settings.server.trusted_proxies.value.is_empty() {
        let says =
            "there seems to be a reverse proxy, but it is not trusted, so all clients share its address";
        let check = Check::new("trusted_proxies", Verdict::Note, says);
        return Some(check.help("add the proxy's network, so that limits count per client"));
    }
    None
}

fn data(folder: &Path) -> Check {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(about) if !about.is_dir() => {
            Check::new("data", Verdict::Bad, format!("`{shown}` is a file")).help("choose a folder")
        }
        Ok(about) if is_open_to_others(&about) => {
            Check::new("data", Verdict::Note, format!("other users can read the folder `{shown}`"))
                .help(format!("chmod 700 '{shown}'"))
        }
        Ok(_) => Check::new("data", Verdict::Good, format!("the folder `{shown}` exists")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::new("data", Verdict::Good, format!("the folder `{shown}` will be created"))
        }
        Err(error) => Check::new("data", Verdict::Bad, format!("cannot access `{shown}`: {error}")),
    }
}

/// Whether users other than the owner have access.
#[cfg(unix)]
fn is_open_to_others(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
}

/// Other systems have no such permissions, so nothing is reported.
#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn database(settings: &Settings) -> Check {
    let says = match &settings.database.value {
        Some(_) => "whether the database can be reached; it was not contacted",
        None if settings.data.value.join("vault.db").exists() => {
            "the SQLite database exists; it was not opened"
        }
        None => "the SQLite database will be created",
    };
    Check::new("database", Verdict::NotChecked, says)
}

fn key(source: &KeySource, data: &Path) -> Check {
    match source {
        KeySource::File(path) => key_file(path, data),
        KeySource::Text(text) if text.expose().trim().starts_with("wsk1-") => {
            Check::new("key", Verdict::Good, "the key is set")
        }
        KeySource::Text(_) => Check::new("key", Verdict::Bad, "the value is not a key")
            .help("a key is one line that starts with `wsk1-`, as in a key file that the Hub creates"),
        KeySource::Command(_) => Check::new("key", Verdict::NotChecked, format!("{source} was not run")),
    }
}

fn key_file(path: &Path, data: &Path) -> Check {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(about) if is_open_to_others(&about) => {
            Check::new("key", Verdict::Bad, format!("other users can read the key file `{shown}`"))
                .help(format!("chmod 600 '{shown}'"))
        }
        Ok(_) => match fs::File::open(path) {
            Ok(_) => {
                Check::new("key", Verdict::Good, format!("only its owner can read the key file `{shown}`"))
            }
            Err(error) => {
                Check::new("key", Verdict::Bad, format!("cannot read the key file `{shown}`: {error}"))
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if data.join("vault.db").exists() {
                let says = format!("there is a database, but its key file `{shown}` is missing");
                return Check::new("key", Verdict::Bad, says).help("restore the key file from its backup");
            }
            Check::new("key", Verdict::Good, format!("the key file `{shown}` will be created"))
        }
        Err(error) => Check::new("key", Verdict::Bad, format!("cannot access `{shown}`: {error}")),
    }
}

fn guides_of(settings: &Settings) -> Check {
    let loaded = match guides::load(settings.server.guides.value.as_deref()) {
        Ok(loaded) => loaded,
        Err(error) => return Check::failed("guides", &ServeError::Guides(error)),
    };
    let good = loaded.editions.len();
    if loaded.refused.is_empty() {
        return Check::new("guides", Verdict::Good, format!("{good} guides can be used"));
    }
    let keys: Vec<&str> = loaded.refused.iter().map(|refused| refused.key.as_str()).collect();
    let says = format!("{good} guides can be used, but {} cannot: {}", keys.len(), guide::listed(keys));
    let mut check = Check::new("guides", Verdict::Bad, says).help("run `waystone check` for all findings");
    for refused in loaded.refused {
        let errors = refused.findings.into_iter().filter(|finding| finding.severity() == Severity::Error);
        check.findings.extend(errors.map(|finding| (Arc::clone(&refused.source), finding)));
    }
    check
}

fn brand(settings: &Settings) -> Check {
    match load_brand(settings) {
        Ok(brand) => Check::new("brand", Verdict::Good, format!("the brand is {}", brand.name)),
        Err(ServeError::Brand { source, findings }) => {
            let mut check = Check::new("brand", Verdict::Bad, format!("`{}` has errors", source.name));
            check.findings = findings.into_iter().map(|finding| (Arc::clone(&source), finding)).collect();
            check
        }
        Err(error) => Check::failed("brand", &error),
    }
}

/// Whether no check is [`Verdict::Bad`].
pub fn is_good(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Bad)
}
