//! Settings: the precedence of their sources, and their defaults.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use vault::KeySource;

use super::*;

/// Reads settings from a file, variables and flags.
fn outcome(file: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Outcome<Settings> {
    let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    read(&Sources {
        flags: flags.iter().map(|&(key, value)| (key, vec![value.to_owned()])).collect(),
        variables: env.iter().map(own).collect(),
        file: (!file.is_empty()).then(|| ("etc/hub.yaml".to_owned(), file.as_bytes().to_vec())),
        usual_data: Some(PathBuf::from("usual")),
    })
}

fn settings(file: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Settings {
    let it = outcome(file, env, flags);
    it.settings.unwrap_or_else(|| panic!("{:?} {:?}", it.problems, it.file))
}

#[test]
fn the_defaults_in_the_table_apply() {
    let settings = settings("", &[], &[]);
    let lines = explain(&settings);
    let line = |key: &str| lines.iter().find(|line| line.key == key).unwrap();
    for key in [
        "listen",
        "limits.body",
        "limits.request_timeout",
        "limits.connections",
        "limits.idle_timeout",
        "limits.connection_age",
        "limits.session_writes",
        "limits.session_attempts",
        "limits.address_attempts",
        "limits.host_attempts",
        "session.expires_in",
        "session.longest",
        "shutdown_delay",
        "shutdown_grace",
        "log.level",
        "metrics.enabled",
        "upstreams",
        "proxy",
        "trusted_proxies",
    ] {
        let default = setting(key).map_or("none", |setting| setting.default);
        assert_eq!(line(key).value, default, "{key}");
        assert_eq!(line(key).set_by, SetBy::Default, "{key}");
    }
    assert_eq!(settings.data.value, PathBuf::from("usual"));
    assert!(matches!(&settings.key.value, KeySource::File(path) if path == Path::new("usual/key")));
}

#[test]
fn flags_win_over_variables_and_variables_over_the_file() {
    let file =
        "waystone_hub: 1\nshutdown_grace: 1s\nlimits: { body: 2MiB, connections: 7 }\nguides: guides\n";
    let env = [("WAYSTONE_SHUTDOWN_GRACE", "2s"), ("WAYSTONE_LIMITS_BODY", ""), ("WAYSTONE_GUIDES", "mine")];
    let it = settings(file, &env, &[("shutdown_grace", "3s")]);
    assert_eq!(it.server.shutdown_grace.value, Duration::from_secs(3));
    assert_eq!(it.server.shutdown_grace.set_by, SetBy::Flag("--shutdown-grace".to_owned()));
    assert_eq!((it.limits.body.value, it.limits.connections.value), (2 << 20, 7));
    assert_eq!(it.server.guides.value, Some(PathBuf::from("mine")));
    let it = settings(file, &env[..2], &[]);
    assert_eq!(it.server.shutdown_grace.value, Duration::from_secs(2));
    assert_eq!(it.server.guides.value, Some(PathBuf::from("etc/guides")));
}

#[test]
fn lists_in_variables_are_separated_by_commas() {
    let env = [
        ("WAYSTONE_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8,"),
        ("WAYSTONE_ALLOW_ORIGINS", "https://a.example/"),
    ];
    let it = settings("", &env, &[]);
    assert_eq!(it.server.trusted_proxies.value.len(), 2);
    assert_eq!(it.server.allow_origins.value[0].as_str(), "https://a.example");
}

#[test]
fn the_number_of_origins_is_limited() {
    let origins = |n: usize| (0..n).map(|n| format!("https://a{n}.example")).collect::<Vec<_>>().join(",");
    let allowed = settings("", &[("WAYSTONE_ALLOW_ORIGINS", &origins(20))], &[]);
    assert_eq!(allowed.server.allow_origins.value.len(), 20);
    let refused = outcome("", &[("WAYSTONE_ALLOW_ORIGINS", &origins(21))], &[]);
    assert_eq!(refused.problems.len(), 1, "{:?}", refused.problems);
    assert!(refused.problems[0].message.contains("more than 20 origins"), "{:?}", refused.problems);
}

#[test]
fn the_key_comes_from_the_source_with_the_highest_precedence() {
    let file = "waystone_hub: 1\nkey: { command: [print, the key] }\n";
    let shown = |env: &[(&str, &str)], flags: &[(&'static str, &str)]| {
        settings(file, env, flags).key.value.to_string()
    };
    assert_eq!(shown(&[], &[]), "the key command `print`");
    assert_eq!(shown(&[("WAYSTONE_KEY_COMMAND", "other --now")], &[]), "the key command `other`");
    assert_eq!(shown(&[("WAYSTONE_KEY", "wsk1-x")], &[]), "the key text");
    assert_eq!(shown(&[("WAYSTONE_KEY", "wsk1-x")], &[("key.file", "k")]), "the key file k");
    assert_eq!(shown(&[("HERE", "wsk1-x")], &[("key.env", "HERE")]), "the key text");
    let two = outcome("", &[("WAYSTONE_KEY", "wsk1-x"), ("WAYSTONE_KEY_FILE", "k")], &[]);
    assert_eq!(two.problems.len(), 1, "{:?}", two.problems);
}

#[test]
fn a_secret_comes_from_a_file_or_a_variable_and_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    fs::write(&path, "postgres://hub:canary@db/hub\n").unwrap();
    let path = path.display().to_string();
    let by_file = settings("", &[("WAYSTONE_DATABASE_URL_FILE", &path)], &[]);
    assert_eq!(by_file.database.value.as_ref().unwrap().expose(), "postgres://hub:canary@db/hub");
    let by_name = settings("", &[("WAYSTONE_PROXY_URL", "http://me:canary@proxy:3128")], &[]);
    for it in [by_file, by_name] {
        assert!(!format!("{it:?}{:?}", explain(&it)).contains("canary"));
    }
    let wrong = outcome("", &[("WAYSTONE_DATABASE_URL", "mysql://canary")], &[]);
    assert_eq!(wrong.problems.len(), 1);
    assert!(!format!("{wrong:?}").contains("canary"), "{wrong:?}");
    let literal =
        "waystone_hub: 1\nproxy: { url: 'http://me:canary@proxy:3128' }\ndatabase_url: mysql://u:canary@h\n";
    let wrong = outcome(literal, &[], &[]);
    assert_eq!(wrong.file.as_ref().unwrap().findings.len(), 2);
    assert!(!format!("{wrong:?}").contains("canary"), "{wrong:?}");
}

#[test]
fn a_secret_in_the_wrong_place_in_the_file_is_not_quoted() {
    for file in [
        "key: { text: wsk1-canary }",
        "key: { text: canary }",
        "key: wsk1-canary",
        "key: { file: wsk1-canary, command: [print], env: wsk1-canary }",
        "kee: wsk1-canary",
        "password: canary",
        "database: postgres://hub:canary@db/hub",
        "databse_url: postgres://hub:canary@db/hub",
        "proxy: http://me:canary@proxy:3128",
        "proxy:\n  password: canary",
        "listen: http://me:canary@proxy:3128",
        "key: { file: [wsk1-canary",
        "database_url: postgres://hub:canary@db: x",
        "shutdown_grace: 30 # wsk1-canary",
    ] {
        let it = outcome(&format!("waystone_hub: 1\n{file}\n"), &[], &[]);
        let reading = it.file.expect("a settings file");
        assert!(!reading.findings.is_empty(), "{file}");
        let shown = format!("{}{:?}", reading.source.text, reading.findings);
        assert!(!shown.contains("canary"), "{file}: {shown}");
    }
}

/// Whatever setting a secret is mistaken for, no message, no setting that is shown, and no quoted line contains it.
#[test]
fn a_secret_in_the_wrong_setting_is_not_shown() {
    for secret in [
        "https://u:canary@host",
        "postgres://hub:canary@db/hub?sslmode=x",
        "host=db password=canary user=hub",
        "hub:canary@proxy:3128",
        "wsk1-canary",
        "x=http://u:canary@host",
    ] {
        for setting in SETTINGS {
            let variable = outcome("", &[(&setting.variable(), secret)], &[]);
            let flag = setting.flag().map(|_| outcome("", &[], &[(setting.key, secret)]));
            let value = format!("'{secret}'");
            let file = match setting.key.split_once('.') {
                Some((group, name)) => format!("waystone_hub: 1\n{group}: {{ {name}: {value} }}\n"),
                None => format!("waystone_hub: 1\n{}: {value}\n", setting.key),
            };
            let file = outcome(&file, &[], &[]);
            for (from, it) in [("variable", Some(variable)), ("flag", flag), ("file", Some(file))] {
                let Some(it) = it else { continue };
                let reading = it.file.as_ref().map(|file| format!("{}{:?}", file.source.text, file.findings));
                let lines: Option<Vec<_>> = it.settings.as_ref().map(|settings| {
                    let lines = explain(settings);
                    lines.iter().map(|line| line.to_json().to_string()).collect()
                });
                let shown = format!("{reading:?}{:?}{lines:?}", it.problems);
                assert!(!shown.contains("canary"), "{} in a {from}: {shown}", setting.key);
            }
        }
    }
}

#[test]
fn finding_codes_are_sorted_and_unique() {
    let mine: Vec<_> = pages().map(|page| page.code).collect();
    assert!(mine.is_sorted_by(|a, b| a < b) && mine.iter().all(|code| code.starts_with("W08")), "{mine:?}");
}

#[test]
fn every_setting_has_a_description_and_every_required_setting_has_a_default() {
    for setting in SETTINGS {
        assert!(setting.description().ends_with('.'), "{}: {:?}", setting.key, setting.description());
    }
    // Resolving parses the default of each required setting, and panics if a default is invalid.
    let _ = settings("", &[], &[]);
}

#[test]
fn keys_variables_and_flags_are_unique() {
    let mut names: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
    names.extend(SETTINGS.iter().filter_map(Setting::flag));
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn names_follow_from_the_key() {
    let request_timeout = setting("limits.request_timeout").unwrap();
    assert_eq!(request_timeout.variable(), "WAYSTONE_LIMITS_REQUEST_TIMEOUT");
    assert_eq!(request_timeout.flag().unwrap(), "limits-request-timeout");
    for (key, flag) in [
        ("database_url", None),
        ("trusted_proxies", Some("trusted-proxy")),
        ("upstreams", Some("upstream")),
        ("proxy.except", Some("proxy-except")),
    ] {
        assert_eq!(setting(key).unwrap().flag().as_deref(), flag, "{key}");
    }
}

#[test]
fn the_file_schema_has_every_setting_except_secrets() {
    let schema = settings_schema();
    let mut keys = Vec::new();
    for (key, value) in schema["properties"].as_object().unwrap() {
        match value["properties"].as_object() {
            Some(group) => keys.extend(group.keys().map(|name| format!("{key}.{name}"))),
            None => keys.push(key.clone()),
        }
    }
    keys.retain(|key| key != "waystone_hub");
    keys.sort();
    let mut known: Vec<_> = SETTINGS.iter().filter(|it| it.is_in_file()).map(|it| it.key).collect();
    known.sort_unstable();
    assert_eq!(keys, known);
}
