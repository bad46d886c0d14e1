//! From what was said to settings.
//!
//! **Invariant:** nothing is read here but what was handed in and the files that a `…_file` names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egress::{Proxy, Upstream};
use guide::{Finding, Reading, Span, read_form};
use secret::Secret;
use url::Url;
use vault::KeySource;

use super::mask;
use super::parse::{self, Wanted};
use super::pick::{InFile, Picker};
use super::shape::{FORM, HubShape, LogLevel};
use super::trouble::NOT_A_VALUE;
use super::{Given, Limits, Problem, SessionSettings, Set, SetBy, Settings, Tls, Understood};

/// Understands what was said; everything that is wrong is told at once.
pub fn read(given: &Given) -> Understood {
    let reading = given.file.as_ref().map(|(name, bytes)| {
        read_form(name, bytes, &FORM, |shape: HubShape, _, _| {
            Some(shape.said().into_iter().collect::<InFile>())
        })
    });
    let (in_file, source) = match &reading {
        Some(reading) => (reading.value.clone().unwrap_or_default(), Some(&*reading.source)),
        None => (BTreeMap::new(), None),
    };
    let mut picker = Picker::new(given, in_file, source);
    picker.misspelled_variables();
    let settings = settings(&mut picker, given.usual_data.as_deref());
    let hidden = picker.places_of_secrets();
    let Picker { findings: found, problems, .. } = picker;
    let file = reading.map(|reading| with(reading, found, &hidden));
    let is_right = problems.is_empty() && !file.as_ref().is_some_and(Reading::has_errors);
    Understood { settings: is_right.then_some(settings), file, problems }
}

/// The reading with what the values gave, in the order of the text. Findings show their line: what is secret on one
/// is made unreadable.
fn with(reading: Reading<InFile>, found: Vec<Finding>, hidden: &[Span]) -> Reading<()> {
    let mut findings = reading.findings;
    // One mistake is one finding: what the schema says of a value is said.
    let said: Vec<Span> = findings.iter().map(|finding| finding.span).collect();
    findings.extend(found.into_iter().filter(|finding| !said.contains(&finding.span)));
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
    findings.dedup();
    let mut source = reading.source;
    for span in hidden {
        let text = mask::url(source.slice(*span));
        Arc::make_mut(&mut source).text.replace_range(span.range(), &text);
    }
    Reading { source, value: reading.value.map(|_| ()), findings }
}

fn settings(it: &mut Picker<'_>, usual_data: Option<&Path>) -> Settings {
    let data = data(it, usual_data);
    let folder = data.value.clone().unwrap_or_default();
    Settings {
        listen: it.one("listen", parse::address, ([127, 0, 0, 1], 8700).into()),
        public_url: it.maybe("public_url", parse::public_url),
        database: database(it),
        key: key(it, &folder),
        guides: it.path("guides"),
        brand: it.path("brand"),
        tls: tls(it),
        upstreams: it.many("upstreams", |text| text.parse::<Upstream>().map_err(|error| wanted(&error))),
        proxy: proxy(it),
        extra_roots: it.paths("extra_roots"),
        trusted_proxies: it.many("trusted_proxies", parse::network),
        limits: Limits {
            body: it.one("limits.body", parse::size, 1 << 20),
            request_timeout: it.one("limits.request_timeout", parse::some_duration, Duration::from_mins(1)),
            connections: it.one("limits.connections", parse::count, 10_000),
            session_attempts: it.one("limits.session_attempts", parse::count, 20),
            address_attempts: it.one("limits.address_attempts", parse::count, 200),
            host_attempts: it.one("limits.host_attempts", parse::count, 300),
        },
        session: session(it),
        shutdown_grace: it.one("shutdown_grace", parse::duration, Duration::from_secs(30)),
        log_format: it.maybe("log.format", parse::log_format),
        log_level: it.one("log.level", parse::log_level, LogLevel::Info),
        allow_origins: it.many("allow_origins", parse::origin),
        metrics_enabled: it.one("metrics.enabled", parse::truth, true),
        metrics_listen: it.maybe("metrics.listen", parse::address),
        data: data.map(|_| folder),
    }
}

fn wanted(error: &dyn std::error::Error) -> Wanted {
    let cause = error.source().map(|cause| format!("; {cause}")).unwrap_or_default();
    format!("`pattern=url`, as in `**.example.com=http://127.0.0.1:9100`: {error}{cause}")
}

/// The folder of accounts. Where nobody says and there is no usual place, that is wrong.
fn data(it: &mut Picker<'_>, usual: Option<&Path>) -> Set<Option<PathBuf>> {
    let said = it.path("data");
    if said.value.is_some() || said.set_by != SetBy::Default {
        return said;
    }
    if usual.is_none() {
        it.problems.push(Problem {
            set_by: SetBy::Default,
            message: "there is no home folder to keep accounts in".to_owned(),
            help: "name a folder with --data".to_owned(),
        });
    }
    Set { value: usual.map(Path::to_owned), set_by: SetBy::Default }
}

/// The database: its URL, or the file that holds it.
fn database(it: &mut Picker<'_>) -> Set<Option<Secret>> {
    let url = it.maybe("database_url", parse::database_url);
    let file = it.path("database_url_file");
    if url.value.as_ref().is_some_and(has_password) {
        it.secret_in_file("database_url", "database_url_file");
    }
    let louder = louder(it, "database_url", &url.set_by, "database_url_file", &file.set_by);
    match (url, file) {
        (Set { value: Some(url), set_by }, _) if louder != Louder::Second => {
            Set { value: Some(Secret::from(String::from(url))), set_by }
        }
        (_, Set { value: Some(path), set_by }) => {
            let text =
                secret_file(it, "database_url_file", &path, |text| parse::database_url(text).map(|_| ()));
            Set { value: text, set_by }
        }
        (url, _) => Set { value: None, set_by: url.set_by },
    }
}

fn has_password(url: &Url) -> bool {
    url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
}

/// What a file holds that a setting names, if it is what is wanted.
fn secret_file(
    it: &mut Picker<'_>,
    key: &'static str,
    path: &Path,
    parse: impl Fn(&str) -> Result<(), Wanted>,
) -> Option<Secret> {
    let heard = it.heard(key)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) => {
            let message = format!("`{}` cannot be read: {error}", path.display());
            it.blame(&NOT_A_VALUE, &heard, 0, message, "name a file that the Hub can read".to_owned());
            return None;
        }
    };
    let trimmed = Secret::from(text.expose().trim());
    if let Err(wanted) = parse(trimmed.expose()) {
        let message = format!("`{}` does not hold what `{key}` wants", path.display());
        it.blame(&NOT_A_VALUE, &heard, 0, message, format!("write {wanted}"));
        return None;
    }
    Some(trimmed)
}

/// Which of two settings for one thing is heard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Louder {
    First,
    Second,
}

/// How loud a voice is: who is nearer to the start of the program is louder.
fn loudness(set_by: &SetBy) -> u8 {
    match set_by {
        SetBy::Flag(_) => 3,
        SetBy::Env(_) => 2,
        SetBy::File { .. } => 1,
        SetBy::Default => 0,
    }
}

/// The louder voice counts; two that are as loud contradict each other.
fn louder(
    it: &mut Picker<'_>,
    first: &'static str,
    first_set_by: &SetBy,
    second: &'static str,
    second_set_by: &SetBy,
) -> Louder {
    let (a, b) = (loudness(first_set_by), loudness(second_set_by));
    if 0 < a && a == b {
        let message = format!("`{first}` and `{second}` say the same thing twice");
        it.contradiction(second, message, format!("keep `{first}` or `{second}`"));
    }
    if a < b { Louder::Second } else { Louder::First }
}

/// Where the vault's key comes from. The loudest voice counts, whatever form it chose.
fn key(it: &mut Picker<'_>, folder: &Path) -> Set<KeySource> {
    let named = it.maybe("key.env", parse::variable);
    let path = it.path("key.file");
    let text = it.variable("WAYSTONE_KEY").map(str::to_owned);
    let command = it.heard("key.command");
    let mut voices: Vec<(u8, &'static str, Set<Option<KeySource>>)> = Vec::new();
    if let Some(text) = text {
        let set_by = SetBy::Env("WAYSTONE_KEY".to_owned());
        voices.push((
            loudness(&set_by),
            "key",
            Set { value: Some(KeySource::Text(Secret::new(text))), set_by },
        ));
    }
    if let Some(heard) = command {
        let value = Some(KeySource::Command(heard.texts));
        voices.push((loudness(&heard.set_by), "key.command", Set { value, set_by: heard.set_by }));
    }
    if let Set { value: Some(path), set_by } = path {
        voices.push((loudness(&set_by), "key.file", Set { value: Some(KeySource::File(path)), set_by }));
    }
    if let Set { value: Some(name), set_by } = named {
        let value = it.variable(&name).map(|text| KeySource::Text(Secret::from(text)));
        if value.is_none()
            && let Some(heard) = it.heard("key.env")
        {
            let message = format!("the variable `{name}` is not set, and `key.env` names it");
            it.blame(&NOT_A_VALUE, &heard, 0, message, format!("set `{name}` to the vault's key"));
        }
        voices.push((loudness(&set_by), "key.env", Set { value, set_by }));
    }
    let loudest = voices.iter().map(|(loudness, ..)| *loudness).max().unwrap_or_default();
    voices.retain(|(loudness, ..)| *loudness == loudest);
    if let [(_, first, _), (_, second, _), ..] = voices.as_slice() {
        let (first, second) = (*first, *second);
        let message = format!("`{first}` and `{second}` both say where the vault's key comes from");
        it.contradiction(second, message, "keep one of them".to_owned());
    }
    match voices.into_iter().next() {
        Some((_, _, Set { value: Some(value), set_by })) => Set { value, set_by },
        Some(_) | None => Set { value: KeySource::File(folder.join("key")), set_by: SetBy::Default },
    }
}

fn tls(it: &mut Picker<'_>) -> Set<Option<Tls>> {
    let (certificate, key) = (it.path("tls.certificate"), it.path("tls.key"));
    match (certificate, key) {
        (Set { value: Some(certificate), set_by }, Set { value: Some(key), .. }) => {
            Set { value: Some(Tls { certificate, key }), set_by }
        }
        (Set { value: Some(_), set_by }, _) => {
            let message = "there is a certificate, and no `tls.key`".to_owned();
            it.contradiction("tls.certificate", message, "name the file of its private key".to_owned());
            Set { value: None, set_by }
        }
        (_, Set { value: Some(_), set_by }) => {
            let message = "there is a private key, and no `tls.certificate`".to_owned();
            it.contradiction("tls.key", message, "name the file of its certificate".to_owned());
            Set { value: None, set_by }
        }
        (none, _) => none.map(|_| None),
    }
}

/// The proxy: its URL, or the file that holds it.
fn proxy(it: &mut Picker<'_>) -> Set<Proxy> {
    let except = it.many("proxy.except", |text| Ok(text.to_owned())).value.join(",");
    let url = it.maybe("proxy.url", |text| {
        Proxy::explicit(text, &except).map(|_| text.to_owned()).map_err(|error| proxy_wanted(&error))
    });
    let file = it.path("proxy.url_file");
    let is_secret = url.value.as_ref().and_then(|text| Url::parse(text).ok());
    if is_secret.is_some_and(|url| url.password().is_some() || !url.username().is_empty()) {
        it.secret_in_file("proxy.url", "proxy.url_file");
    }
    let louder = louder(it, "proxy.url", &url.set_by, "proxy.url_file", &file.set_by);
    let (text, set_by) = match (url, file) {
        (Set { value: Some(url), set_by }, _) if louder != Louder::Second => (Some(Secret::new(url)), set_by),
        (_, Set { value: Some(path), set_by }) => {
            let text = secret_file(it, "proxy.url_file", &path, |text| {
                Proxy::explicit(text, &except).map(|_| ()).map_err(|error| proxy_wanted(&error))
            });
            (text, set_by)
        }
        (url, _) => (None, url.set_by),
    };
    let value = text.and_then(|text| Proxy::explicit(text.expose(), &except).ok()).unwrap_or_default();
    Set { value, set_by }
}

fn proxy_wanted(error: &egress::ProxyError) -> Wanted {
    format!("an address such as `http://proxy.internal:3128`: {error}")
}

fn session(it: &mut Picker<'_>) -> SessionSettings {
    let longest = it.one("session.longest", parse::some_duration, Duration::from_hours(31 * 24));
    let mut expires_in = it.one("session.expires_in", parse::some_duration, Duration::from_mins(30));
    if longest.value < expires_in.value {
        if expires_in.set_by == SetBy::Default {
            expires_in.value = longest.value;
        } else {
            let message = "`session.expires_in` is longer than `session.longest`".to_owned();
            it.contradiction("session.expires_in", message, "shorten it, or allow longer ones".to_owned());
        }
    }
    SessionSettings { expires_in, longest }
}
