//! All the Hub's settings, in one table.
//!
//! **Invariant:** each setting is defined once. Its key, variable, flag, default, description, schema, type and line in
//! `serve --check` all come from its row in the table.

use super::kind::{
    Address, Count, DatabaseUrl, Format, Host, KeyText, Level, Network, Origin, Path, Period, ProxyUrl,
    PublicUrl, Size, Switch, Time, UpstreamRule, Variable, Word,
};
use super::resolver::Resolver;
use super::row::{Group, Line, List, Optional, Required, Row, line};
use super::setting::{Set, Setting};

/// Declares the groups of settings. A row is `name: Row<Kind> = "default", [examples];`, and its key is the group's
/// prefix followed by its name. The default of a required row is a value; any other default is a description.
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])+
        $vis:vis struct $Group:ident($prefix:literal) {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $row:ty = $default:literal, $examples:expr;
            )*
        }
    )*) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug)]
            $vis struct $Group {
                $( $(#[doc = $doc])+ pub(crate) $field: Set<<$row as Row>::Value>, )*
            }

            impl Group for $Group {
                fn resolve(resolver: &mut Resolver<'_>) -> Self {
                    Self { $( $field: <$row>::resolve(resolver, concat!($prefix, stringify!($field))), )* }
                }

                fn lines(&self) -> Vec<Line> {
                    vec![$( line::<$row>(concat!($prefix, stringify!($field)), $default, &self.$field), )*]
                }
            }
        )*

        /// Every setting, group by group.
        pub static SETTINGS: &[Setting] = &[$($(
            Setting {
                key: concat!($prefix, stringify!($field)),
                default: $default,
                documentation: concat!($($doc),+),
                syntax: <$row as Row>::SYNTAX,
                placeholder: <$row as Row>::PLACEHOLDER,
                examples: &$examples,
                schema: <$row as Row>::schema,
            },
        )*)*];

        /// The prefix and the description of each group in the file.
        pub(super) static GROUPS: &[(&str, &str)] = &[$( ($prefix, concat!($($about),+)) ),*];
    };
}

settings! {
    /// General server settings.
    pub struct Server("") {
        /// The address and port to listen on. Port 0 picks a free port.
        listen: Required<Address> = "127.0.0.1:8700", ["0.0.0.0:8700"];
        /// The URL at which browsers and clients reach the Hub, without a path. It must be `https` unless its host is
        /// `localhost` or a loopback address.
        public_url: Optional<PublicUrl> = "derived from `listen`", ["https://connect.example.com"];
        /// A folder that contains guides. These guides are added to the built-in guides; a guide with the same key
        /// replaces the built-in guide.
        guides: Optional<Path> = "the built-in guides", [];
        /// The brand file, with your own name, links, colors and wording.
        brand: Optional<Path> = "the built-in brand", [];
        /// Rules that send requests for a provider's hosts to another address, for tests and for providers in your own
        /// network.
        upstreams: List<UpstreamRule> = "none", ["**.example.com=http://127.0.0.1:9100"];
        /// PEM files with certificates to trust, in addition to the system's certificates, when calling providers.
        extra_roots: List<Path> = "none", [];
        /// Networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` headers are trusted.
        trusted_proxies: List<Network> = "none", ["10.0.0.0/8"];
        /// Origins that may embed the linking pages if a session does not specify any origins.
        allow_origins: List<Origin> = "none", ["https://app.example.com"];
        /// How long the Hub keeps accepting requests after it receives a signal to stop, so that a load balancer can
        /// notice that it is no longer ready.
        shutdown_delay: Required<Time> = "0s", ["10s"];
        /// How long requests in progress may take to finish after the Hub stops accepting requests.
        shutdown_grace: Required<Time> = "30s", ["30s"];
    }

    /// Where accounts are stored.
    pub(super) struct Storage("") {
        /// The folder that holds the accounts, the vault's key and the SQLite database.
        data: Optional<Path> = "the user's data folder", [];
        /// The URL of a PostgreSQL database. If it contains a password, set it in the environment or use
        /// `database_url_file`.
        database_url: Optional<DatabaseUrl> = "SQLite in `data`", ["postgres://waystone@db.internal/waystone"];
        /// A file that contains the PostgreSQL URL, password included.
        database_url_file: Optional<Path> = "", ["/run/secrets/database_url"];
        /// The vault's key itself. Prefer `key.file` or `key.command`, because other programs can see environment
        /// variables.
        key: Optional<KeyText> = "", [];
    }

    /// The source of the vault's key. Set only one of these settings.
    pub(super) struct Key("key.") {
        /// The file that contains the vault's key. It is created if it does not exist.
        file: Optional<Path> = "`key` in `data`", [];
        /// A program and its arguments. The program must print the vault's key.
        command: List<Word> = "", ["vault-agent", "read", "waystone/key"];
        /// The name of another environment variable that holds the vault's key.
        env: Optional<Variable> = "", ["HUB_VAULT_KEY"];
    }

    /// The Hub's own TLS certificate. The Hub reloads both files when they change. Without a certificate, put a reverse
    /// proxy that terminates TLS in front of the Hub.
    pub(super) struct TlsFiles("tls.") {
        /// The certificate and its chain, in PEM format.
        certificate: Optional<Path> = "none: plain HTTP", [];
        /// The certificate's private key, in PEM format.
        key: Optional<Path> = "", [];
    }

    /// The proxy for requests to providers. `HTTPS_PROXY` and similar variables are ignored.
    pub(super) struct ProxySettings("proxy.") {
        /// The URL of the proxy through which the Hub sends requests to providers. If it contains a password, set it in
        /// the environment or use `proxy.url_file`.
        url: Optional<ProxyUrl> = "none", ["http://proxy.internal:3128"];
        /// A file that contains the proxy's URL, password included.
        url_file: Optional<Path> = "", [];
        /// Hosts to contact directly, without the proxy, in the format of `NO_PROXY`.
        except: List<Host> = "none", [".internal"];
    }

    /// Limits on requests and link attempts.
    pub struct Limits("limits.") {
        /// The maximum size of a request body.
        body: Required<Size> = "1MiB", ["1MiB"];
        /// The maximum duration of a request.
        request_timeout: Required<Period> = "60s", ["60s"];
        /// The maximum number of open connections. Further connections wait until an open connection closes.
        connections: Required<Count> = "10000", [];
        /// The maximum number of open connections from one address, at most half of `limits.connections`. Further
        /// connections are closed immediately. While more than half of `limits.connections` are open, the maximum is
        /// lower. Connections from `trusted_proxies` are not counted by address. An IPv6 /56 network counts as one
        /// address.
        address_connections: Optional<Count> = "a quarter of `limits.connections`", [];
        /// How long a connection stays open while it is idle: the Hub is not working on a request, and the client is
        /// not reading a response. HTTP/2 pings do not count. It must be longer than the idle timeout of a proxy in
        /// front of the Hub.
        idle_timeout: Required<Period> = "75s", ["75s"];
        /// How long a connection accepts requests. After that, it closes when its requests in progress have finished,
        /// or after five seconds if there is no request.
        connection_age: Required<Period> = "60m", ["60m"];
        /// Calls allowed per minute for each API key. Each process counts separately.
        key_calls: Optional<Count> = "unlimited", [];
        /// Changes allowed per minute for each session, such as submitting a form or opening the link in another
        /// browser. Each process counts separately.
        session_writes: Required<Count> = "120", [];
        /// Link attempts allowed per session within ten minutes.
        session_attempts: Required<Count> = "20", [];
        /// Link attempts allowed per client address within ten minutes. An entire office may share one address. An IPv6
        /// /56 network counts as one address.
        address_attempts: Required<Count> = "200", [];
        /// Link attempts allowed per minute for each provider host, across all sessions. One project can use up at most
        /// half of them.
        host_attempts: Required<Count> = "300", [];
    }

    /// The audit trail.
    pub struct Audit("audit.") {
        /// Whether a request through an account waits until its entry in the audit trail is on disk. Otherwise, the
        /// entries of the last 200 ms can be lost if the Hub is killed.
        before_use: Required<Switch> = "false", [];
    }

    /// How long connect sessions last.
    pub struct SessionSettings("session.") {
        /// How long a session lasts if the request that creates it does not set `expires_in`.
        expires_in: Required<Period> = "30m", ["30m"];
        /// The maximum lifetime of a session.
        longest: Required<Period> = "31d", ["24h"];
    }

    /// How long records are kept. `0s` keeps them forever.
    pub struct Retention("retention.") {
        /// How long entries in the audit trail are kept. `0s` keeps them forever.
        audit: Required<Time> = "400d", ["730d"];
        /// How long a connect session and its link attempts, with their transcripts, are kept after the session expires.
        /// `0s` keeps them forever.
        link_attempts: Required<Time> = "90d", ["30d"];
    }

    /// What is logged, and in which format.
    pub struct Log("log.") {
        /// The format of log lines: JSON objects, or human-readable text.
        format: Optional<Format> = "`text` on a terminal, otherwise `json`", [];
        /// The lowest level that is logged.
        level: Required<Level> = "info", [];
    }

    /// Prometheus metrics.
    pub struct Metrics("metrics.") {
        /// Whether `/metrics` is served.
        enabled: Required<Switch> = "true", [];
        /// A separate address for `/metrics`, so that the metrics are not public.
        listen: Optional<Address> = "the Hub's own address", ["127.0.0.1:9700"];
    }
}

/// Returns the setting with this key.
pub fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}
