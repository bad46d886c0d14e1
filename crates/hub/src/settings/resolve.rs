//! Reads every setting in the table from the sources, and combines the settings that belong together.
//!
//! **Invariant:** [`Settings`] are valid: every value has been parsed, and settings that require each other are set
//! together. All mistakes are reported at once. Apart from the sources, only the files named by `…_file` settings are
//! read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egress::Proxy;
use guide::{Finding, Reading, Span, read_form};
use secret::Secret;
use url::Url;
use vault::KeySource;

use super::file::{FORM, File};
use super::findings::{NOT_A_VALUE, NOT_TOGETHER};
use super::kind::{DatabaseUrl, Expected, Kind as _, ProxyUrl};
use super::mask;
use super::resolver::{FileValues, Resolver};
use super::row::Group as _;
use super::setting::{Set, SetBy};
use super::sources::{Outcome, Problem, Sources};
use super::table::{
    Audit, Key, Limits, Log, Metrics, ProxySettings, Retention, SETTINGS, Server, SessionSettings, Storage,
    TlsFiles,
};
use crate::web_origin;

/// The Hub's settings, each with the source that set it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// General server settings.
    pub server: Server,
    /// The folder that contains the accounts, the vault's key and the SQLite database.
    pub data: Set<PathBuf>,
    /// The PostgreSQL URL. `None` for SQLite in the data folder.
    pub database: Set<Option<Secret>>,
    /// The source of the vault's key.
    pub key: Set<KeySource>,
    /// The Hub's own certificate. `None` for plain HTTP.
    pub tls: Set<Option<Tls>>,
    /// The proxy for requests to providers.
    pub proxy: Set<Proxy>,
    /// Limits on requests and link attempts.
    pub limits: Limits,
    /// The audit trail.
    pub audit: Audit,
    /// How long connect sessions last.
    pub session: SessionSettings,
    /// How long records are kept.
    pub retention: Retention,
    /// What is logged.
    pub log: Log,
    /// Prometheus metrics.
    pub metrics: Metrics,
}

/// A certificate and its private key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and its chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Reads the settings, and reports all problems at once.
pub fn read(sources: &Sources) -> Outcome<Settings> {
    let reading = sources
        .file
        .as_ref()
        .map(|(name, bytes)| read_form(name, bytes, &FORM, |file: File, _, _| Some(file.values())));
    let (values, text) = match &reading {
        Some(reading) => (reading.value.clone().unwrap_or_default(), Some(&*reading.source)),
        None => (FileValues::new(), None),
    };
    let mut resolver = Resolver::new(SETTINGS, sources, values, text);
    resolver.misspelled_variables();
    let settings = settings(&mut resolver, sources.usual_data.as_deref());
    let hidden = resolver.secret_spans();
    let Resolver { findings, problems, .. } = resolver;
    let file = reading.map(|reading| masked(with_findings(reading, findings), &hidden));
    let is_valid = problems.is_empty() && !file.as_ref().is_some_and(Reading::has_errors);
    Outcome { settings: is_valid.then_some(settings), file, problems }
}

/// Adds the findings about values, and sorts all findings by their location in the file.
fn with_findings(reading: Reading<FileValues>, found: Vec<Finding>) -> Reading<()> {
    let mut findings = reading.findings;
    // Each mistake is reported once: a value that the schema rejects is not reported again.
    let reported: Vec<Span> = findings.iter().map(|finding| finding.span).collect();
    findings.extend(found.into_iter().filter(|finding| !reported.contains(&finding.span)));
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
    findings.dedup();
    Reading {
        source: reading.source,
        is_parsed: reading.is_parsed,
        value: reading.value.map(|_| ()),
        findings,
    }
}

/// Masks the secrets in the file and in its findings, which quote lines from the file. `urls` are the locations of URLs
/// that may contain a password.
fn masked(mut reading: Reading<()>, urls: &[Span]) -> Reading<()> {
    let urls: Vec<(&Span, String)> =
        urls.iter().map(|span| (span, mask::url(reading.source.slice(*span)))).collect();
    let text = &mut Arc::make_mut(&mut reading.source).text;
    for (span, masked) in urls {
        text.replace_range(span.range(), &masked);
    }
    for finding in &reading.findings {
        // The value of an unknown key may be a secret whose key is misspelled. If there is a fix, the intended setting
        // is known, and its row in the table says whether it may contain a secret.
        if finding.code.name == "unknown-key" && finding.fix.is_none() {
            let end = text[finding.span.end..].find('\n').map_or(text.len(), |n| finding.span.end + n);
            let begin = text[finding.span.end..end].find(':').map_or(end, |n| finding.span.end + n + 1);
            let masked = mask::all(&text[begin..end]);
            text.replace_range(begin..end, &masked);
        }
    }
    *text = mask::anywhere(text);
    for finding in &mut reading.findings {
        finding.message = mask::anywhere(&finding.message);
        finding.label = mask::anywhere(&finding.label);
        finding.help = finding.help.take().map(|help| mask::anywhere(&help));
        // A fix that contains a masked secret would corrupt the file.
        finding.fix = finding.fix.take().filter(|edit| mask::anywhere(&edit.text) == edit.text);
        for (_, label) in &mut finding.also {
            *label = mask::anywhere(label);
        }
    }
    reading
}

fn settings(resolver: &mut Resolver<'_>, usual_data: Option<&Path>) -> Settings {
    let storage = Storage::resolve(resolver);
    let data = data(resolver, storage.data.clone(), usual_data);
    let server = Server::resolve(resolver);
    if web_origin::MOST < server.allow_origins.value.len() {
        let message = format!("`allow_origins` has more than {} origins", web_origin::MOST);
        let help = "remove origins here, and set `allowed_origins` for each session instead";
        resolver.report(&NOT_A_VALUE, "allow_origins", message, help);
    }
    Settings {
        server,
        database: database(resolver, &storage),
        key: key(resolver, &storage, &data.value),
        tls: tls(resolver),
        proxy: proxy(resolver),
        limits: Limits::resolve(resolver),
        audit: Audit::resolve(resolver),
        session: session(resolver),
        retention: Retention::resolve(resolver),
        log: Log::resolve(resolver),
        metrics: Metrics::resolve(resolver),
        data,
    }
}

/// Returns the configured data folder, or the default data folder if none is configured. Reports a problem if there is
/// no default folder either.
fn data(resolver: &mut Resolver<'_>, set: Set<Option<PathBuf>>, usual: Option<&Path>) -> Set<PathBuf> {
    let is_missing = set.value.is_none() && set.set_by == SetBy::Default && usual.is_none();
    if is_missing {
        resolver.problems.push(Problem {
            set_by: SetBy::Default,
            message: "there is no home folder to store accounts in".to_owned(),
            help: "choose a folder with --data".to_owned(),
        });
    }
    set.map(|path| path.or_else(|| usual.map(Path::to_owned)).unwrap_or_default())
}

/// Returns the database URL, from its own setting or from the file named by `database_url_file`.
fn database(resolver: &mut Resolver<'_>, storage: &Storage) -> Set<Option<Secret>> {
    let url = &storage.database_url;
    if url.value.as_ref().is_some_and(has_password) {
        resolver.secret_in_file("database_url", "database_url_file");
    }
    let settings = ["database_url", "database_url_file"];
    value_or_file(resolver, settings, url, &storage.database_url_file, DatabaseUrl::parse)
}

fn has_password(url: &Secret) -> bool {
    let url = Url::parse(url.expose());
    url.is_ok_and(|url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"))
}

/// Returns a secret value, from its own setting or from the file named by a second setting. The setting whose source
/// has the higher precedence wins. Reports a problem if the same source sets both settings.
fn value_or_file(
    resolver: &mut Resolver<'_>,
    [value_key, file_key]: [&'static str; 2],
    value: &Set<Option<Secret>>,
    file: &Set<Option<PathBuf>>,
    parse: impl Fn(&str) -> Result<Secret, Expected>,
) -> Set<Option<Secret>> {
    let (by_value, by_file) = (value.set_by.precedence(), file.set_by.precedence());
    if 0 < by_value && by_value == by_file {
        let message = format!("`{value_key}` and `{file_key}` are both set");
        resolver.report(&NOT_TOGETHER, file_key, message, format!("keep `{value_key}` or `{file_key}`"));
    }
    match &file.value {
        Some(path) if by_value < by_file || value.value.is_none() => {
            Set { value: secret_file(resolver, file_key, path, parse), set_by: file.set_by.clone() }
        }
        _ => value.clone(),
    }
}

/// Returns the value in the file at `path`. `key` is the key of the setting that names the file. Reports a problem and
/// returns `None` if the file cannot be read or its value is invalid.
fn secret_file(
    resolver: &mut Resolver<'_>,
    key: &'static str,
    path: &Path,
    parse: impl Fn(&str) -> Result<Secret, Expected>,
) -> Option<Secret> {
    let shown = path.display();
    let parsed = match fs::read_to_string(path).map(Secret::new) {
        Ok(text) => parse(text.expose().trim()).map_err(|expected| {
            (
                format!("the file `{shown}`, named by `{key}`, does not contain a valid value"),
                format!("write {expected}"),
            )
        }),
        Err(error) => Err((
            format!("`{shown}` cannot be read: {error}"),
            "specify a file that the Hub can read".to_owned(),
        )),
    };
    parsed.map_err(|(message, help)| resolver.report(&NOT_A_VALUE, key, message, help)).ok()
}

/// Returns the source of the vault's key. If several of the four settings are set, the one whose source has the highest
/// precedence wins.
fn key(resolver: &mut Resolver<'_>, storage: &Storage, data: &Path) -> Set<KeySource> {
    let Key { file, command, env } = Key::resolve(resolver);
    let text = storage.key.clone().map(|text| text.map(KeySource::Text));
    let file = file.map(|path| path.map(KeySource::File));
    // Messages show the program.
    let is_address = command.value.first().is_some_and(|program| mask::may_contain_password(program));
    if is_address {
        let message = "`key.command` does not begin with a program";
        resolver.report(
            &NOT_A_VALUE,
            "key.command",
            message,
            "begin it with the path of a program, not an address",
        );
    }
    let is_set = |words: &Vec<String>| !words.is_empty() && !is_address;
    let command = command.map(|words| is_set(&words).then_some(KeySource::Command(words)));
    let env = env.map(|name| name.map(|name| KeySource::Text(key_variable(resolver, &name))));
    let candidates = [("key", text), ("key.command", command), ("key.file", file), ("key.env", env)];
    let mut best: Option<(&str, KeySource, SetBy)> = None;
    for (key, Set { value, set_by }) in candidates {
        let Some(source) = value else { continue };
        match &best {
            Some((_, _, other)) if set_by.precedence() < other.precedence() => {}
            Some((first, _, other)) if set_by.precedence() == other.precedence() => {
                let message = format!("`{first}` and `{key}` both set the vault's key");
                resolver.report(&NOT_TOGETHER, key, message, "keep only one of the two settings");
            }
            _ => best = Some((key, source, set_by)),
        }
    }
    match best {
        Some((_, value, set_by)) => Set { value, set_by },
        None => Set { value: KeySource::File(data.join("key")), set_by: SetBy::Default },
    }
}

/// Returns the vault's key from the variable that `key.env` names. Reports a problem if the variable is not set.
fn key_variable(resolver: &mut Resolver<'_>, name: &str) -> Secret {
    if let Some(text) = resolver.variable(name) {
        return Secret::from(text);
    }
    let message = format!("`key.env` names the variable `{name}`, which is not set");
    resolver.report(&NOT_A_VALUE, "key.env", message, format!("set `{name}` to the vault's key"));
    Secret::default()
}

fn tls(resolver: &mut Resolver<'_>) -> Set<Option<Tls>> {
    let TlsFiles { certificate, key } = TlsFiles::resolve(resolver);
    match (&certificate.value, &key.value) {
        (Some(_), None) => {
            let message = "`tls.certificate` is set, but `tls.key` is not";
            resolver.report(&NOT_TOGETHER, "tls.certificate", message, "set `tls.key` to a private key file");
        }
        (None, Some(_)) => {
            let message = "`tls.key` is set, but `tls.certificate` is not";
            resolver.report(&NOT_TOGETHER, "tls.key", message, "set `tls.certificate` to a certificate file");
        }
        _ => {}
    }
    certificate.map(|certificate| Some(Tls { certificate: certificate?, key: key.value? }))
}

fn proxy(resolver: &mut Resolver<'_>) -> Set<Proxy> {
    let ProxySettings { url, url_file, except } = ProxySettings::resolve(resolver);
    let parsed = url.value.as_ref().and_then(|url| Url::parse(url.expose()).ok());
    if parsed.is_some_and(|url| url.password().is_some() || !url.username().is_empty()) {
        resolver.secret_in_file("proxy.url", "proxy.url_file");
    }
    let settings = ["proxy.url", "proxy.url_file"];
    let except = except.value.join(",");
    value_or_file(resolver, settings, &url, &url_file, ProxyUrl::parse)
        .map(|url| url.and_then(|url| Proxy::explicit(url.expose(), &except).ok()).unwrap_or_default())
}

fn session(resolver: &mut Resolver<'_>) -> SessionSettings {
    let mut session = SessionSettings::resolve(resolver);
    if session.longest.value < session.expires_in.value {
        if session.expires_in.set_by == SetBy::Default {
            session.expires_in.value = session.longest.value;
        } else {
            let message = "`session.expires_in` is longer than `session.longest`";
            let help = "shorten it, or increase `session.longest`";
            resolver.report(&NOT_TOGETHER, "session.expires_in", message, help);
        }
    }
    session
}
