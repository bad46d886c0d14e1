//! What can be seen of settings without serving: is everything there that they name, and does it fit?
//!
//! **Invariant:** nothing is made, opened for writing, listened on or asked over a network.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use guide::{Finding, Severity, Source};
use vault::KeySource;

use super::Settings;
use crate::guides;
use crate::serve::{ServeError, egress, tls};

/// What was seen.
#[derive(Debug)]
pub struct Check {
    /// The setting.
    pub key: &'static str,
    /// How it looks.
    pub verdict: Verdict,
    /// What was seen, in one line.
    pub says: String,
    /// What to do, if anything.
    pub help: Option<String>,
    /// What there is to say about a file, at its places.
    pub findings: Vec<(Arc<Source>, Finding)>,
}

/// How something looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should.
    Good,
    /// It works, and may not be what is meant.
    Note,
    /// Only serving can tell.
    NotChecked,
    /// The Hub would not start, or not do what it should.
    Bad,
}

impl Verdict {
    /// The word for it.
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

/// Looks at everything that settings name.
pub fn check(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        Check::new("listen", Verdict::NotChecked, format!("whether {} is free", settings.listen.value)),
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

/// Whether what people type in is safe on its way, and whose address is seen.
fn reached(settings: &Settings) -> Option<Check> {
    let by_tls = settings.tls.value.is_some();
    let is_public = settings.public_url.value.as_ref().is_some_and(|url| url.scheme() == "https");
    let listens_to_all = !settings.listen.value.ip().is_loopback();
    if listens_to_all && !by_tls && !is_public {
        let says = "what people type in is sent in the clear, to an address that is open to others";
        let check = Check::new("public_url", Verdict::Note, says);
        return Some(check.help("set `tls`, or `public_url` to the https address of the proxy in front"));
    }
    if is_public && !by_tls && settings.trusted_proxies.value.is_empty() {
        let says = "a proxy seems to be in front, and is not trusted: everybody has its address";
        let check = Check::new("trusted_proxies", Verdict::Note, says);
        return Some(check.help("name the networks of the proxy, so that limits count by client"));
    }
    None
}

fn data(folder: &Path) -> Check {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(about) if !about.is_dir() => {
            Check::new("data", Verdict::Bad, format!("`{shown}` is a file")).help("name a folder")
        }
        Ok(about) if is_open_to_others(&about) => {
            Check::new("data", Verdict::Note, format!("others can look into the folder `{shown}`"))
                .help(format!("chmod 700 '{shown}'"))
        }
        Ok(_) => Check::new("data", Verdict::Good, format!("the folder `{shown}` is there")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::new("data", Verdict::Good, format!("the folder `{shown}` will be made"))
        }
        Err(error) => Check::new("data", Verdict::Bad, format!("cannot look at `{shown}`: {error}")),
    }
}

/// Whether anybody but the owner may look.
#[cfg(unix)]
fn is_open_to_others(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
}

/// Where there are no such permissions, nobody knows.
#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn database(settings: &Settings) -> Check {
    let says = match &settings.database.value {
        Some(_) => "whether the database can be reached: it was not asked",
        None if settings.data.value.join("vault.db").exists() => {
            "the SQLite database is there, and was not opened"
        }
        None => "the SQLite database will be made",
    };
    Check::new("database", Verdict::NotChecked, says)
}

fn key(source: &KeySource, data: &Path) -> Check {
    match source {
        KeySource::File(path) => key_file(path, data),
        KeySource::Text(text) if text.expose().trim().starts_with("wsk1-") => {
            Check::new("key", Verdict::Good, "the key is set")
        }
        KeySource::Text(_) => Check::new("key", Verdict::Bad, "what is set is not a key")
            .help("a key is a line that starts with `wsk1-`, as the Hub writes it into a key file"),
        KeySource::Command(_) => Check::new("key", Verdict::NotChecked, format!("{source} was not run")),
    }
}

fn key_file(path: &Path, data: &Path) -> Check {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(about) if is_open_to_others(&about) => {
            Check::new("key", Verdict::Bad, format!("others can read the key file `{shown}`"))
                .help(format!("chmod 600 '{shown}'"))
        }
        Ok(_) => match fs::File::open(path) {
            Ok(_) => Check::new(
                "key",
                Verdict::Good,
                format!("the key file `{shown}` is there, for its owner only"),
            ),
            Err(error) => {
                Check::new("key", Verdict::Bad, format!("cannot read the key file `{shown}`: {error}"))
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if data.join("vault.db").exists() {
                let says = format!("there is a database, and its key file `{shown}` is not there");
                return Check::new("key", Verdict::Bad, says).help("put the copy of the key there");
            }
            Check::new("key", Verdict::Good, format!("the key file `{shown}` will be made"))
        }
        Err(error) => Check::new("key", Verdict::Bad, format!("cannot look at `{shown}`: {error}")),
    }
}

fn guides_of(settings: &Settings) -> Check {
    let loaded = match guides::load(settings.guides.value.as_deref()) {
        Ok(loaded) => loaded,
        Err(error) => return Check::failed("guides", &ServeError::Guides(error)),
    };
    let good = loaded.editions.len();
    if loaded.refused.is_empty() {
        return Check::new("guides", Verdict::Good, format!("{good} guides can be used"));
    }
    let keys: Vec<&str> = loaded.refused.iter().map(|refused| refused.key.as_str()).collect();
    let says = format!("{good} guides can be used, and {} cannot: {}", keys.len(), guide::listed(keys));
    let mut check =
        Check::new("guides", Verdict::Bad, says).help("`waystone check` shows all there is to say");
    for refused in loaded.refused {
        let errors = refused.findings.into_iter().filter(|finding| finding.severity() == Severity::Error);
        check.findings.extend(errors.map(|finding| (Arc::clone(&refused.source), finding)));
    }
    check
}

fn brand(settings: &Settings) -> Check {
    match crate::serve::brand(settings) {
        Ok(brand) => Check::new("brand", Verdict::Good, format!("the brand is that of {}", brand.name)),
        Err(ServeError::Brand { source, findings }) => {
            let mut check = Check::new("brand", Verdict::Bad, format!("`{}` has errors", source.name));
            check.findings = findings.into_iter().map(|finding| (Arc::clone(&source), finding)).collect();
            check
        }
        Err(error) => Check::failed("brand", &error),
    }
}

/// Whether nothing keeps the Hub from starting.
pub fn is_good(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Bad)
}
