//! `--check`, and what is wrong with settings: all of it, where it stands, without its secrets.

use std::fs;

use crate::world::{Said, run};

const BAD: &str = "\
waystone_hub: 1
listen: 0.0.0.0:99999
pubic_url: http://connect.example.com
database_url: postgres://hub:canary@db.internal/hub
tls: { certificate: hub.pem }
limits:
  request_timeout: 30
log: { level: chatty }
trusted_proxies: [10.0.0.0/8, banana]
session: { expires_in: 2h, longest: 1h }
";

fn check(file: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hub.yaml"), file).unwrap();
    let all: Vec<&str> =
        ["serve", "--check", "--config", "hub.yaml"].into_iter().chain(arguments.iter().copied()).collect();
    let said = run(folder.path(), &all, variables);
    assert!(!folder.path().join(".local").exists(), "something was made");
    said
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_where() {
    let said =
        check(BAD, &["--limits-body", "lots"], &[("WAYSTONE_LISTN", "x"), ("WAYSTONE_SHUTDOWN_GRACE", "1")]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    for part in [
        "error[W0802]: `listen` cannot have this value\n --> hub.yaml:2:9",
        "error[W0102]: `pubic_url` is not a key of the file\n --> hub.yaml:3:1",
        "did you mean `public_url`?",
        "write `https://`",
        "error[W0801]: `database_url` contains a password\n --> hub.yaml:4:15",
        "`database_url_file: …`, or set WAYSTONE_DATABASE_URL",
        "error[W0803]: there is a certificate but no `tls.key`",
        "such as `30s`",
        "`level` cannot be `chatty`",
        "such as `10.0.0.0/8`",
        "`session.expires_in` is longer than `session.longest`",
        "error: WAYSTONE_LISTN: there is no such setting\nhelp: did you mean `WAYSTONE_LISTEN`?",
        "error: WAYSTONE_SHUTDOWN_GRACE: ",
        "error: --limits-body: ",
    ] {
        assert!(said.err.contains(part), "{part}\n{}", said.err);
    }
    assert!(!said.err.contains("canary"), "{}", said.err);
    let served = run(tempfile::tempdir().unwrap().path(), &["serve", "--limits-body", "lots"], &[]);
    assert_eq!(served.code, 2);
}

#[test]
fn each_value_is_told_with_who_said_so() {
    let file = "waystone_hub: 1\nlisten: 127.0.0.1:1\nlimits: { body: 2MiB }\nshutdown_grace: 5s\n";
    let said = check(
        file,
        &["--shutdown-grace", "7s", "--upstream", "**.example.com=http://127.0.0.1:9100"],
        &[
            ("WAYSTONE_LISTEN", "127.0.0.1:2"),
            ("WAYSTONE_SHUTDOWN_GRACE", "6s"),
            ("WAYSTONE_KEY", "wsk1-canary"),
        ],
    );
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let line = |key: &str| -> Vec<&str> {
        said.out.lines().find(|line| line.starts_with(key)).unwrap_or_default().split_whitespace().collect()
    };
    assert_eq!(line("listen "), ["listen", "127.0.0.1:2", "WAYSTONE_LISTEN"]);
    assert_eq!(line("limits.body"), ["limits.body", "2MiB", "hub.yaml:3:17"]);
    assert_eq!(line("shutdown_grace"), ["shutdown_grace", "7s", "--shutdown-grace"]);
    assert_eq!(line("limits.connections"), ["limits.connections", "10000", "default"]);
    assert!(said.out.contains("a key that is set"), "{}", said.out);
    assert!(said.out.contains("note egress: requests to **.example.com go to"), "{}", said.out);
    assert!(said.out.contains("not checked listen"), "{}", said.out);
    assert!(!said.out.contains("canary"), "{}", said.out);
}

#[test]
fn what_settings_name_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir_all(path("guides/x")).unwrap();
    fs::write(path("guides/x/guide.yaml"), "waystone: 1\n").unwrap();
    fs::write(path("key"), "wsk1-canary").unwrap();
    fs::write(path("cert.pem"), "no certificate").unwrap();
    let (guides, key, pem) = (path("guides"), path("key"), path("cert.pem"));
    let arguments = [
        "serve",
        "--check",
        "--guides",
        &guides,
        "--key-file",
        &key,
        "--tls-certificate",
        &pem,
        "--tls-key",
        &pem,
    ];
    let said = run(folder.path(), &arguments, &[]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    for part in [
        "error guides: 12 guides can be used, but 1 cannot: `x`",
        "error[W0101]: the guide has no `methods`",
        "error key: other users can read the key file",
        "help: chmod 600",
        "error tls:",
        "does not contain a certificate in PEM format",
    ] {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
    let as_data = run(folder.path(), &[&arguments[..], &["--json"]].concat(), &[]);
    assert_eq!(as_data.code, 1);
    let document: serde_json::Value = serde_json::from_str(&as_data.out).unwrap();
    assert_eq!(document["ok"], false);
    assert!(document["settings"].as_array().unwrap().iter().any(|line| line["key"] == "limits.body"));
    assert!(
        document["checks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["key"] == "tls" && it["verdict"] == "error")
    );
}

#[test]
fn a_file_that_is_not_there_or_of_another_kind_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(folder.path(), &["serve", "--config", "nothing.yaml"], &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("cannot read `nothing.yaml`"), "{}", said.err);
    let said = check("waystone: 1\nprovider: {}\n", &[], &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("this is a guide, but a settings file"), "{}", said.err);
}

/// The example of the operator's page is right, but for the files that are not on this machine.
#[test]
fn the_example_of_the_documentation_is_right() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/serving.md");
    let text = fs::read_to_string(page).unwrap();
    let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let said = check(example, &[], &[]);
    assert_eq!(said.code, 2);
    assert_eq!(said.err.matches("error[").count(), 1, "{}", said.err);
    assert!(said.err.contains("`/run/secrets/database_url` cannot be read"), "{}", said.err);
}
