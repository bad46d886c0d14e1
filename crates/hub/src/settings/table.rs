//! Every setting by name: what it is called in the file, the environment and on the command line.
//!
//! **Invariant:** a name follows from the key: `limits.body` is `WAYSTONE_LIMITS_BODY` and `--limits-body`. A secret
//! has no flag: a command line can be seen by others.

use std::sync::LazyLock;

use serde_json::Value;

use super::shape;

/// A setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the file, with dots.
    pub key: &'static str,
    /// What stands for its value.
    pub value: &'static str,
    /// What holds where nothing is said.
    pub default: &'static str,
    /// Where it can be said.
    pub said: Said,
}

/// Where a setting can be said, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Everywhere, once.
    Once,
    /// Everywhere, several times; in the environment with commas between.
    Often,
    /// By words: a list in the file; in the environment and as a flag with spaces between.
    Words,
    /// In the file and the environment, never on a command line.
    Unseen,
    /// In the environment alone: it is a secret.
    Environment,
}

/// A row of the table.
const fn row(key: &'static str, value: &'static str, default: &'static str, said: Said) -> Setting {
    Setting { key, value, default, said }
}

/// Every setting, in the order in which they are explained.
pub const SETTINGS: &[Setting] = &[
    row("listen", "ADDRESS", "127.0.0.1:8700", Said::Once),
    row("public_url", "URL", "made from `listen`", Said::Once),
    row("data", "DIR", "the usual place for a program's data", Said::Once),
    row("database_url", "URL", "SQLite in `data`", Said::Unseen),
    row("database_url_file", "FILE", "", Said::Once),
    row("key", "KEY", "", Said::Environment),
    row("key.file", "FILE", "`key` in `data`", Said::Once),
    row("key.command", "COMMAND", "", Said::Words),
    row("key.env", "NAME", "", Said::Once),
    row("guides", "DIR", "those that ship", Said::Once),
    row("brand", "FILE", "the one that ships", Said::Once),
    row("tls.certificate", "FILE", "none: plain HTTP", Said::Once),
    row("tls.key", "FILE", "", Said::Once),
    row("upstreams", "PATTERN=URL", "none", Said::Often),
    row("proxy.url", "URL", "none", Said::Unseen),
    row("proxy.url_file", "FILE", "", Said::Once),
    row("proxy.except", "HOST", "none", Said::Often),
    row("extra_roots", "FILE", "none", Said::Often),
    row("trusted_proxies", "NETWORK", "none", Said::Often),
    row("limits.body", "SIZE", "1MiB", Said::Once),
    row("limits.request_timeout", "DURATION", "60s", Said::Once),
    row("limits.connections", "NUMBER", "10000", Said::Once),
    row("limits.session_attempts", "NUMBER", "20", Said::Once),
    row("limits.address_attempts", "NUMBER", "200", Said::Once),
    row("limits.host_attempts", "NUMBER", "300", Said::Once),
    row("session.expires_in", "DURATION", "30m", Said::Once),
    row("session.longest", "DURATION", "31d", Said::Once),
    row("shutdown_grace", "DURATION", "30s", Said::Once),
    row("log.format", "FORMAT", "`text` on a terminal, else `json`", Said::Once),
    row("log.level", "LEVEL", "info", Said::Once),
    row("allow_origins", "ORIGIN", "none", Said::Often),
    row("metrics.enabled", "BOOL", "true", Said::Once),
    row("metrics.listen", "ADDRESS", "the Hub's own address", Said::Once),
];

impl Setting {
    /// The setting with this key.
    pub fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The variable of the environment.
    pub fn variable(&self) -> String {
        format!("WAYSTONE_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// The flag, without its hyphens. One that is repeated says one thing each time: `--upstream`.
    pub fn flag(&self) -> Option<String> {
        let name = self.key.replace(['.', '_'], "-");
        match self.said {
            Said::Once | Said::Words => Some(name),
            Said::Often => Some(match (name.strip_suffix("ies"), name.strip_suffix('s')) {
                (Some(stem), _) => format!("{stem}y"),
                (None, Some(stem)) => stem.to_owned(),
                (None, None) => name,
            }),
            Said::Unseen | Said::Environment => None,
        }
    }

    /// Whether it can stand in the file.
    pub fn is_in_file(&self) -> bool {
        self.said != Said::Environment
    }

    /// What it is, as the schema of the file says; of the key itself, which cannot stand there, as is said here.
    pub fn says(&self) -> &'static str {
        static SCHEMA: LazyLock<Value> = LazyLock::new(shape::schema);
        if self.said == Said::Environment {
            return "The vault's key itself.";
        }
        let mut node = &*SCHEMA;
        for part in self.key.split('.') {
            let shape = node.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            node = shape.and_then(|pointer| SCHEMA.pointer(pointer)).unwrap_or(node);
            node = &node["properties"][part];
        }
        node["description"].as_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_described_and_every_key_of_the_file_is_one() {
        for setting in SETTINGS {
            assert!(setting.says().ends_with('.'), "{}: {:?}", setting.key, setting.says());
        }
        let schema = shape::schema();
        let mut keys = Vec::new();
        for (key, value) in schema["properties"].as_object().unwrap() {
            match value["$ref"].as_str().map(|target| schema.pointer(&target[1..]).unwrap()) {
                Some(group) => {
                    keys.extend(
                        group["properties"].as_object().unwrap().keys().map(|inner| format!("{key}.{inner}")),
                    );
                }
                None => keys.push(key.clone()),
            }
        }
        keys.retain(|key| key != shape::MARK);
        let known: Vec<_> = SETTINGS.iter().filter(|it| it.is_in_file()).map(|it| it.key).collect();
        assert_eq!(keys, known);
    }

    #[test]
    fn names_follow_from_the_key() {
        let setting = Setting::find("limits.request_timeout").unwrap();
        assert_eq!(setting.variable(), "WAYSTONE_LIMITS_REQUEST_TIMEOUT");
        assert_eq!(setting.flag().unwrap(), "limits-request-timeout");
        assert_eq!(Setting::find("database_url").unwrap().flag(), None);
        assert_eq!(Setting::find("trusted_proxies").unwrap().flag().unwrap(), "trusted-proxy");
        assert_eq!(Setting::find("upstreams").unwrap().flag().unwrap(), "upstream");
        assert_eq!(Setting::find("proxy.except").unwrap().flag().unwrap(), "proxy-except");
    }
}
