//! What the file of settings may look like.
//!
//! These types are the format, as for guides: the JSON Schema in `schemas/` is made from them, doc comments included.

use std::borrow::Cow;

use guide::{Form, Span, Spanned, schema_of};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

type Text = Spanned<String>;

/// A plain value that is judged by its text, as it would be if a flag said it.
type Plain = Spanned<Value>;

/// What a size or a length of time looks like: with its unit, as a text. A number is let through to be told of its unit.
struct MeasureShape;

impl JsonSchema for MeasureShape {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Measure".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": ["string", "integer"] })
    }
}

/// The key with which the file begins.
pub(crate) const MARK: &str = "waystone_hub";

/// The form of the file.
pub(crate) static FORM: Form =
    Form::new(MARK, "a file of settings for `waystone serve`", &["listen", "public_url", "limits"], schema);

/// The JSON Schema of the file.
pub(crate) fn schema() -> Value {
    schema_of::<HubShape>("hub")
}

/// Settings of `waystone serve`. A variable of the environment says otherwise, and a flag otherwise again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Waystone Hub settings")]
pub(crate) struct HubShape {
    /// The version of the format. Always `1`.
    #[schemars(extend("const" = 1), example = 1)]
    #[expect(dead_code, reason = "the schema looks at it")]
    waystone_hub: u32,
    /// The address and port that are listened on; port 0 is any that is free.
    #[schemars(example = &"0.0.0.0:8700")]
    listen: Option<Text>,
    /// Where browsers and clients reach the Hub, without a path. It is `https` unless it is this machine.
    #[schemars(example = &"https://connect.example.com")]
    public_url: Option<Text>,
    /// The folder in which accounts, keys and the SQLite database are kept.
    data: Option<Text>,
    /// The PostgreSQL database, as `postgres://user@host/name`. One with a password comes from the environment or a file.
    #[schemars(example = &"postgres://waystone@db.internal/waystone")]
    database_url: Option<Text>,
    /// A file that holds the URL of the database, password and all.
    #[schemars(example = &"/run/secrets/database_url")]
    database_url_file: Option<Text>,
    /// Where the vault's key comes from; one of these.
    #[serde(default)]
    key: KeyShape,
    /// A folder of guides that are added to those that ship, or replace them.
    guides: Option<Text>,
    /// The file of a brand: names, links, colors and wording of your own.
    brand: Option<Text>,
    /// A certificate of the Hub's own. Without it a proxy in front is expected to speak TLS.
    #[serde(default)]
    tls: TlsShape,
    /// Hosts of providers that are asked elsewhere: for tests, and for providers in-house.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["**.example.com=http://127.0.0.1:9100"]))]
    upstreams: Vec<Text>,
    /// The proxy through which providers are asked. The usual variables of the environment are not read.
    #[serde(default)]
    proxy: ProxyShape,
    /// Files of certificates, as PEM, that are trusted besides the system's when providers are asked.
    #[serde(default)]
    extra_roots: Vec<Text>,
    /// Networks from which `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["10.0.0.0/8"]))]
    trusted_proxies: Vec<Text>,
    /// What a request may cost.
    #[serde(default)]
    limits: LimitsShape,
    /// How long sessions last.
    #[serde(default)]
    session: SessionShape,
    /// How long requests under way may take to finish when the Hub is asked to stop.
    #[schemars(with = "Option<MeasureShape>", example = &"30s")]
    shutdown_grace: Option<Plain>,
    /// What is logged, and how.
    #[serde(default)]
    log: LogShape,
    /// Origins that may embed the linking pages where a session names none.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["https://app.example.com"]))]
    allow_origins: Vec<Text>,
    /// Numbers for Prometheus.
    #[serde(default)]
    metrics: MetricsShape,
}

/// Where the vault's key comes from.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyShape {
    /// The file of the vault's key; it is made if there is none.
    file: Option<Text>,
    /// A program and its arguments; it prints the vault's key.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["vault-agent", "read", "waystone/key"]))]
    command: Vec<Text>,
    /// Another variable that holds the vault's key.
    #[schemars(example = &"HUB_VAULT_KEY")]
    env: Option<Text>,
}

/// A certificate of the Hub's own. Both files are read again when they change.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsShape {
    /// The certificate and its chain, as PEM.
    certificate: Option<Text>,
    /// The private key of the certificate, as PEM.
    key: Option<Text>,
}

/// The proxy through which providers are asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProxyShape {
    /// The proxy's address, as `http://proxy.internal:3128`. One with a password comes from the environment or a file.
    #[schemars(example = &"http://proxy.internal:3128")]
    url: Option<Text>,
    /// A file that holds the proxy's address, password and all.
    url_file: Option<Text>,
    /// Hosts for which the proxy is passed over, as in `NO_PROXY`.
    #[serde(default)]
    #[schemars(example = serde_json::json!([".internal"]))]
    except: Vec<Text>,
}

/// What a request may cost.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsShape {
    /// How large a body may be.
    #[schemars(with = "Option<MeasureShape>", example = &"1MiB")]
    body: Option<Plain>,
    /// How long a request may take until it is answered.
    #[schemars(with = "Option<MeasureShape>", example = &"60s")]
    request_timeout: Option<Plain>,
    /// How many connections there may be at once; more of them wait.
    #[schemars(with = "Option<u32>", range(min = 1))]
    connections: Option<Plain>,
    /// How often an account may be tried to be linked in one session, in ten minutes.
    #[schemars(with = "Option<u32>", range(min = 1))]
    session_attempts: Option<Plain>,
    /// How often from one address, in ten minutes: a customer's whole office may have one.
    #[schemars(with = "Option<u32>", range(min = 1))]
    address_attempts: Option<Plain>,
    /// How often at one host of a provider, by everybody, in a minute.
    #[schemars(with = "Option<u32>", range(min = 1))]
    host_attempts: Option<Plain>,
}

/// How long sessions last.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionShape {
    /// How long a session lasts that does not say.
    #[schemars(with = "Option<MeasureShape>", example = &"30m")]
    expires_in: Option<Plain>,
    /// The longest that a session may ask for.
    #[schemars(with = "Option<MeasureShape>", example = &"24h")]
    longest: Option<Plain>,
}

/// What is logged, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogShape {
    /// How a line of the log is written: one JSON object, or text for people.
    #[schemars(with = "Option<LogFormat>")]
    format: Option<Text>,
    /// The least that is worth a line of the log.
    #[schemars(with = "Option<LogLevel>")]
    level: Option<Text>,
}

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What will fail.
    Warn,
    /// Each request, and what was loaded.
    Info,
    /// What explains the lines above.
    Debug,
    /// Everything of ours.
    Trace,
}

/// Numbers for Prometheus.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsShape {
    /// Whether `/metrics` answers.
    #[schemars(with = "Option<bool>")]
    enabled: Option<Plain>,
    /// Another address for `/metrics`, so that it is not public.
    #[schemars(example = &"127.0.0.1:9700")]
    listen: Option<Text>,
}

impl HubShape {
    /// What is said, by key. Whatever the kind of value, it is told as the environment and flags would.
    pub(crate) fn said(self) -> Vec<(&'static str, Vec<(String, Span)>)> {
        fn one(text: Option<Text>) -> Vec<(String, Span)> {
            text.map(|text| (text.value, text.span)).into_iter().collect()
        }
        fn many(texts: Vec<Text>) -> Vec<(String, Span)> {
            texts.into_iter().map(|text| (text.value, text.span)).collect()
        }
        fn plain(value: Option<Plain>) -> Vec<(String, Span)> {
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            value.map(|it| (text(it.value), it.span)).into_iter().collect()
        }
        let all = [
            ("listen", one(self.listen)),
            ("public_url", one(self.public_url)),
            ("data", one(self.data)),
            ("database_url", one(self.database_url)),
            ("database_url_file", one(self.database_url_file)),
            ("key.file", one(self.key.file)),
            ("key.command", many(self.key.command)),
            ("key.env", one(self.key.env)),
            ("guides", one(self.guides)),
            ("brand", one(self.brand)),
            ("tls.certificate", one(self.tls.certificate)),
            ("tls.key", one(self.tls.key)),
            ("upstreams", many(self.upstreams)),
            ("proxy.url", one(self.proxy.url)),
            ("proxy.url_file", one(self.proxy.url_file)),
            ("proxy.except", many(self.proxy.except)),
            ("extra_roots", many(self.extra_roots)),
            ("trusted_proxies", many(self.trusted_proxies)),
            ("limits.body", plain(self.limits.body)),
            ("limits.request_timeout", plain(self.limits.request_timeout)),
            ("limits.connections", plain(self.limits.connections)),
            ("limits.session_attempts", plain(self.limits.session_attempts)),
            ("limits.address_attempts", plain(self.limits.address_attempts)),
            ("limits.host_attempts", plain(self.limits.host_attempts)),
            ("session.expires_in", plain(self.session.expires_in)),
            ("session.longest", plain(self.session.longest)),
            ("shutdown_grace", plain(self.shutdown_grace)),
            ("log.format", one(self.log.format)),
            ("log.level", one(self.log.level)),
            ("allow_origins", many(self.allow_origins)),
            ("metrics.enabled", plain(self.metrics.enabled)),
            ("metrics.listen", one(self.metrics.listen)),
        ];
        all.into_iter().filter(|(_, texts)| !texts.is_empty()).collect()
    }
}

impl LogFormat {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

impl std::fmt::Display for LogFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl LogLevel {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl std::fmt::Display for LogLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
