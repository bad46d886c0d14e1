//! Who is heard, and what holds where nobody speaks.

use std::fs;
use std::path::Path;

use super::*;

/// What becomes of a file, variables and flags.
fn understood(file: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Understood {
    let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    read(&Given {
        flags: flags.iter().map(|&(key, value)| (key, vec![value.to_owned()])).collect(),
        env: env.iter().map(own).collect(),
        file: (!file.is_empty()).then(|| ("etc/hub.yaml".to_owned(), file.as_bytes().to_vec())),
        usual_data: Some(PathBuf::from("usual")),
    })
}

fn settings(file: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Settings {
    let it = understood(file, env, flags);
    it.settings.unwrap_or_else(|| panic!("{:?} {:?}", it.problems, it.file))
}

#[test]
fn what_holds_where_nobody_speaks_is_what_the_table_says() {
    let settings = settings("", &[], &[]);
    let lines = explain(&settings);
    let told = |key: &str| lines.iter().find(|line| line.key == key).unwrap();
    for key in [
        "listen",
        "limits.body",
        "limits.request_timeout",
        "limits.connections",
        "limits.session_attempts",
        "limits.address_attempts",
        "limits.host_attempts",
        "session.expires_in",
        "session.longest",
        "shutdown_grace",
        "log.level",
        "metrics.enabled",
        "upstreams",
        "proxy",
        "trusted_proxies",
    ] {
        let default = Setting::find(key).map_or("none", |setting| setting.default);
        assert_eq!(told(key).value, default, "{key}");
        assert_eq!(told(key).set_by, SetBy::Default, "{key}");
    }
    assert_eq!(settings.data.value, PathBuf::from("usual"));
    assert!(matches!(&settings.key.value, KeySource::File(path) if path == Path::new("usual/key")));
}

#[test]
fn flags_are_heard_before_the_environment_and_that_before_the_file() {
    let file =
        "waystone_hub: 1\nshutdown_grace: 1s\nlimits: { body: 2MiB, connections: 7 }\nguides: guides\n";
    let env = [("WAYSTONE_SHUTDOWN_GRACE", "2s"), ("WAYSTONE_LIMITS_BODY", ""), ("WAYSTONE_GUIDES", "mine")];
    let it = settings(file, &env, &[("shutdown_grace", "3s")]);
    assert_eq!(it.shutdown_grace.value, Duration::from_secs(3));
    assert_eq!(it.shutdown_grace.set_by, SetBy::Flag("--shutdown-grace".to_owned()));
    assert_eq!((it.limits.body.value, it.limits.connections.value), (2 << 20, 7));
    assert_eq!(it.guides.value, Some(PathBuf::from("mine")));
    let it = settings(file, &env[..2], &[]);
    assert_eq!(it.shutdown_grace.value, Duration::from_secs(2));
    assert_eq!(it.guides.value, Some(PathBuf::from("etc/guides")));
}

#[test]
fn lists_of_the_environment_stand_with_commas() {
    let env = [
        ("WAYSTONE_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8,"),
        ("WAYSTONE_ALLOW_ORIGINS", "https://a.example/"),
    ];
    let it = settings("", &env, &[]);
    assert_eq!(it.trusted_proxies.value.len(), 2);
    assert_eq!(it.allow_origins.value, ["https://a.example".parse().unwrap()]);
}

#[test]
fn the_key_is_where_the_loudest_voice_says() {
    let file = "waystone_hub: 1\nkey: { command: [print, the key] }\n";
    let shown = |env: &[(&str, &str)], flags: &[(&'static str, &str)]| {
        settings(file, env, flags).key.value.to_string()
    };
    assert_eq!(shown(&[], &[]), "the key command `print`");
    assert_eq!(shown(&[("WAYSTONE_KEY_COMMAND", "other --now")], &[]), "the key command `other`");
    assert_eq!(shown(&[("WAYSTONE_KEY", "wsk1-x")], &[]), "the key text");
    assert_eq!(shown(&[("WAYSTONE_KEY", "wsk1-x")], &[("key.file", "k")]), "the key file k");
    assert_eq!(shown(&[("HERE", "wsk1-x")], &[("key.env", "HERE")]), "the key text");
    let two = understood("", &[("WAYSTONE_KEY", "wsk1-x"), ("WAYSTONE_KEY_FILE", "k")], &[]);
    assert_eq!(two.problems.len(), 1, "{:?}", two.problems);
}

#[test]
fn a_secret_comes_from_a_file_or_the_environment_and_is_not_shown() {
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
    let wrong = understood("", &[("WAYSTONE_DATABASE_URL", "mysql://canary")], &[]);
    assert_eq!(wrong.problems.len(), 1);
    assert!(!format!("{wrong:?}").contains("canary"), "{wrong:?}");
    let literal =
        "waystone_hub: 1\nproxy: { url: 'http://me:canary@proxy:3128' }\ndatabase_url: mysql://u:canary@h\n";
    let wrong = understood(literal, &[], &[]);
    assert_eq!(wrong.file.as_ref().unwrap().findings.len(), 2);
    assert!(!format!("{wrong:?}").contains("canary"), "{wrong:?}");
}

#[test]
fn codes_of_findings_are_one_of_a_kind() {
    let mine: Vec<_> = pages().map(|page| page.code).collect();
    assert!(mine.is_sorted_by(|a, b| a < b) && mine.iter().all(|code| code.starts_with("W08")), "{mine:?}");
}
