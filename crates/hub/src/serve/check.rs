//! `serve --check`: checks the files and addresses in the settings without starting the Hub.
//!
//! **Invariant:** the checks do not create anything, open files for writing, listen on an address or use the network.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use guide::{Finding, Product, Severity, Source};
use vault::{KeySource, OthersAccess};

use super::listen::ConnectionLimits;
use super::start::{ServeError, brand as load_brand, egress};
use super::tls;
use crate::guides;
use crate::settings::Settings;

/// The result of checking one setting.
#[derive(Debug)]
pub struct Check {
    /// The setting's key.
    pub key: &'static str,
    /// The outcome of the check.
    pub verdict: Verdict,
    /// The result, in one line.
    pub message: String,
    /// How to fix the problem, if any.
    pub help: Option<String>,
    /// The findings in the files that the setting refers to, each with its file.
    pub findings: Vec<(Arc<Source>, Finding)>,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::AsRefStr)]
pub enum Verdict {
    /// There is no problem.
    #[strum(serialize = "ok")]
    Good,
    /// The setting works, but may not have the intended effect.
    #[strum(serialize = "note")]
    Note,
    /// The setting can be checked only while the Hub is running.
    #[strum(serialize = "not checked")]
    NotChecked,
    /// The Hub would not start, or would not work as intended.
    #[strum(serialize = "error")]
    Bad,
}

impl Check {
    fn new(key: &'static str, verdict: Verdict, message: impl Into<String>) -> Self {
        Self { key, verdict, message: message.into(), help: None, findings: Vec::new() }
    }

    fn good(key: &'static str, message: impl Into<String>) -> Self {
        Self::new(key, Verdict::Good, message)
    }

    fn bad(key: &'static str, message: impl Into<String>) -> Self {
        Self::new(key, Verdict::Bad, message)
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Returns the message and its help in one line.
    pub(super) fn to_note(&self) -> String {
        self.help.iter().fold(self.message.clone(), |message, help| format!("{message}: {help}"))
    }

    fn failed(key: &'static str, error: &ServeError) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self { help: error.help(), ..Self::bad(key, format!("{error}{cause}")) }
    }
}

/// Checks the files and addresses in the settings.
pub fn check(settings: &Settings) -> Vec<Check> {
    let address = settings.server.listen.value;
    let mut checks = vec![
        Check::new("listen", Verdict::NotChecked, format!("whether {address} is free")),
        data(&settings.data.value),
        database(settings),
        key(&settings.key.value, &settings.data.value),
        guides_of(settings),
        brand(settings),
    ];
    if let Some(pair) = &settings.tls.value {
        checks.push(match tls::load(pair) {
            Ok(_) => Check::good("tls", "the certificate and its key match"),
            Err(error) => Check::failed("tls", &ServeError::Tls(error)),
        });
        let help = || format!("chmod 600 '{}'", pair.key.display());
        let note = |message| Check::new("tls.key", Verdict::Note, message).help(help());
        checks.extend(tls::exposed_key(pair).map(note));
    }
    match egress(settings) {
        Ok(egress) => {
            checks.extend(egress.notes().into_iter().map(|note| Check::new("egress", Verdict::Note, note)));
        }
        Err(error) => checks.push(Check::failed("extra_roots", &error)),
    }
    checks.extend(exposure(settings));
    let limits = ConnectionLimits::new(settings, usize::MAX);
    let note = |message| Check::new("limits.address_connections", Verdict::Note, message);
    checks.extend(limits.note(settings).map(note));
    checks
}

/// Warns about unencrypted credentials and an untrusted reverse proxy.
pub(super) fn exposure(settings: &Settings) -> Option<Check> {
    let by_tls = settings.tls.value.is_some();
    let is_public = settings.server.public_url.value.as_ref().is_some_and(|url| url.scheme() == "https");
    let listens_to_all = !settings.server.listen.value.ip().is_loopback();
    if listens_to_all && !by_tls && !is_public {
        let message = "credentials are sent unencrypted to an address that others can reach";
        let check = Check::new("public_url", Verdict::Note, message);
        return Some(check.help("set `tls`, or set `public_url` to the https address of the reverse proxy"));
    }
    if is_public && !by_tls && settings.server.trusted_proxies.value.is_empty() {
        let message =
            "there seems to be a reverse proxy, but it is not trusted, so all clients share its address";
        let check = Check::new("trusted_proxies", Verdict::Note, message);
        return Some(
            check.help("add the proxy's network to `trusted_proxies`, so that limits apply per client"),
        );
    }
    None
}

fn data(folder: &Path) -> Check {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(metadata) if !metadata.is_dir() => {
            Check::bad("data", format!("`{shown}` is a file")).help("choose a folder")
        }
        Ok(metadata) if OthersAccess::of(&metadata) == OthersAccess::Write => {
            Check::bad("data", format!("other users can write to the folder `{shown}`"))
                .help(format!("chmod 700 '{shown}', or set `data` to a subfolder, which will be created"))
        }
        Ok(metadata) if OthersAccess::of(&metadata) == OthersAccess::Read => {
            let message = format!("other users can read the folder `{shown}`");
            Check::new("data", Verdict::Note, message).help(format!("chmod 700 '{shown}'"))
        }
        Ok(_) => Check::good("data", format!("the folder `{shown}` exists")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Check::good("data", format!("the folder `{shown}` will be created"))
        }
        Err(error) => Check::bad("data", format!("cannot access `{shown}`: {error}")),
    }
}

fn database(settings: &Settings) -> Check {
    let path = settings.data.value.join("vault.db");
    let message = match (&settings.database.value, fs::metadata(&path)) {
        (Some(_), _) => "whether the database can be reached; it was not contacted",
        (None, Ok(metadata)) if OthersAccess::of(&metadata) != OthersAccess::None => {
            let message = format!("other users can access the SQLite database `{}`", path.display());
            let help = "the Hub removes their permissions when it starts; `waystone vault check` shows whether the \
                        database is intact";
            return Check::new("database", Verdict::Note, message).help(help);
        }
        (None, Ok(_)) => "the SQLite database exists; it was not opened",
        (None, Err(_)) => "the SQLite database will be created",
    };
    Check::new("database", Verdict::NotChecked, message)
}

/// Warns about files that other users can access although the Hub starts. Called before the vault is opened, which
/// removes permissions.
pub(super) fn exposed_files(settings: &Settings) -> Vec<String> {
    let checks = [data(&settings.data.value), database(settings)];
    checks.iter().filter(|check| check.verdict == Verdict::Note).map(Check::to_note).collect()
}

fn key(source: &KeySource, data: &Path) -> Check {
    match source {
        KeySource::File(path) => key_file(path, data),
        KeySource::Text(text) if text.expose().trim().starts_with("wsk1-") => {
            Check::good("key", "the key is set")
        }
        KeySource::Text(_) => Check::bad("key", "the value is not a key")
            .help("a key is one line that starts with `wsk1-`, as in a key file that the Hub creates"),
        KeySource::Command(_) => Check::new("key", Verdict::NotChecked, format!("{source} was not run")),
    }
}

fn key_file(path: &Path, data: &Path) -> Check {
    let shown = path.display();
    match (fs::metadata(path), fs::File::open(path)) {
        (Ok(metadata), _) if OthersAccess::of(&metadata) != OthersAccess::None => {
            Check::bad("key", format!("other users can read the key file `{shown}`"))
                .help(format!("chmod 600 '{shown}'"))
        }
        (Ok(_), Ok(_)) => Check::good("key", format!("only its owner can read the key file `{shown}`")),
        (Ok(_), Err(error)) => Check::bad("key", format!("cannot read the key file `{shown}`: {error}")),
        (Err(error), _) if error.kind() != io::ErrorKind::NotFound => {
            Check::bad("key", format!("cannot access `{shown}`: {error}"))
        }
        _ if data.join("vault.db").exists() => {
            Check::bad("key", format!("there is a database, but its key file `{shown}` is missing"))
                .help("restore the key file from a backup")
        }
        _ => Check::good("key", format!("the key file `{shown}` will be created")),
    }
}

fn guides_of(settings: &Settings) -> Check {
    let loaded = match guides::load(settings.server.guides.value.as_deref(), &Product::default()) {
        Ok(loaded) => loaded,
        Err(error) => return Check::failed("guides", &ServeError::Guides(error)),
    };
    let good = loaded.editions.len();
    if loaded.refused.is_empty() {
        return Check::good("guides", format!("{good} guides can be used"));
    }
    let keys: Vec<&str> = loaded.refused.iter().map(|refused| refused.key.as_str()).collect();
    let message = format!("{good} guides can be used, but {} cannot: {}", keys.len(), guide::listed(keys));
    let mut check = Check::bad("guides", message).help("run `waystone check` for all findings");
    for refused in loaded.refused {
        let errors = refused.findings.into_iter().filter(|finding| finding.severity() == Severity::Error);
        check.findings.extend(errors.map(|finding| (Arc::clone(&refused.source), finding)));
    }
    check
}

fn brand(settings: &Settings) -> Check {
    match load_brand(settings) {
        Ok(brand) => Check::good("brand", format!("the brand is {}", brand.name)),
        Err(ServeError::Brand { file, findings }) => {
            let message = format!("`{}` has errors", file.name);
            let findings = findings.into_iter().map(|finding| (Arc::clone(&file), finding)).collect();
            Check { findings, ..Check::bad("brand", message) }
        }
        Err(error) => Check::failed("brand", &error),
    }
}

/// Whether none of the checks is [`Verdict::Bad`].
pub fn is_good(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Bad)
}
