//! Tests `--check` and invalid settings: every problem is reported with its position and without secrets.

use std::fs;

use crate::world::{Hub, Output, run};

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

fn check(file: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hub.yaml"), file).unwrap();
    let all: Vec<&str> =
        ["serve", "--check", "--config", "hub.yaml"].into_iter().chain(arguments.iter().copied()).collect();
    let output = run(folder.path(), &all, variables);
    assert!(!folder.path().join(".local").exists(), "--check created files");
    output
}

#[test]
fn every_problem_is_reported_at_once_with_its_position() {
    let output =
        check(BAD, &["--limits-body", "lots"], &[("WAYSTONE_LISTN", "x"), ("WAYSTONE_SHUTDOWN_GRACE", "1")]);
    assert_eq!((output.code, output.out.as_str()), (2, ""));
    for part in [
        "error[W0802]: `listen` cannot have this value\n --> hub.yaml:2:9",
        "error[W0102]: `pubic_url` is not a key of the file\n --> hub.yaml:3:1",
        "did you mean `public_url`?",
        "write `https://`",
        "error[W0801]: `database_url` contains a password\n --> hub.yaml:4:15",
        "`database_url_file: …`, or set WAYSTONE_DATABASE_URL",
        "error[W0803]: `tls.certificate` is set, but `tls.key` is not",
        "such as `30s`",
        "`level` cannot be `chatty`",
        "such as `10.0.0.0/8`",
        "`session.expires_in` is longer than `session.longest`",
        "error: WAYSTONE_LISTN: there is no such setting\nhelp: did you mean `WAYSTONE_LISTEN`?",
        "error: WAYSTONE_SHUTDOWN_GRACE: ",
        "error: --limits-body: ",
    ] {
        assert!(output.err.contains(part), "missing: {part}\n{}", output.err);
    }
    assert!(!output.err.contains("canary"), "{}", output.err);
    let served = run(tempfile::tempdir().unwrap().path(), &["serve", "--limits-body", "lots"], &[]);
    assert_eq!(served.code, 2);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    let key = format!("wsk1-{}", "canary".repeat(7));
    for file in [format!("key: {{ text: {key} }}"), format!("key: {key}"), format!("key: {{ file: {key} }}")]
    {
        let output = check(&format!("waystone_hub: 1\n{file}\n"), &[], &[]);
        assert_eq!(output.code, 2, "{file}: {}", output.err);
        assert!(output.err.contains("hub.yaml:2") && output.err.contains("***"), "{file}: {}", output.err);
        assert!(!format!("{}{}", output.out, output.err).contains("canary"), "{file}: {}", output.err);
    }
    let output = check("waystone_hub: 1\n", &["--key-file", &key], &[]);
    assert_eq!(output.code, 2, "{}", output.err);
    assert!(output.err.contains("--key-file: `key.file` contains the vault's key itself"), "{}", output.err);
    assert!(!output.err.contains("canary"), "{}", output.err);
}

#[test]
fn each_value_is_shown_with_its_source() {
    let file = "waystone_hub: 1\nlisten: 127.0.0.1:1\nlimits: { body: 2MiB }\nshutdown_grace: 5s\n";
    let output = check(
        file,
        &["--shutdown-grace", "7s", "--upstream", "**.example.com=http://127.0.0.1:9100"],
        &[
            ("WAYSTONE_LISTEN", "127.0.0.1:2"),
            ("WAYSTONE_SHUTDOWN_GRACE", "6s"),
            ("WAYSTONE_KEY", "wsk1-canary"),
        ],
    );
    assert_eq!(output.code, 0, "{}{}", output.out, output.err);
    let line = |key: &str| -> Vec<&str> {
        output.out.lines().find(|line| line.starts_with(key)).unwrap_or_default().split_whitespace().collect()
    };
    assert_eq!(line("listen "), ["listen", "127.0.0.1:2", "WAYSTONE_LISTEN"]);
    assert_eq!(line("limits.body"), ["limits.body", "2MiB", "hub.yaml:3:17"]);
    assert_eq!(line("shutdown_grace"), ["shutdown_grace", "7s", "--shutdown-grace"]);
    assert_eq!(line("limits.connections"), ["limits.connections", "10000", "default"]);
    assert!(output.out.contains("a key (hidden)"), "{}", output.out);
    assert!(output.out.contains("note egress: requests to **.example.com go to"), "{}", output.out);
    assert!(output.out.contains("not checked listen"), "{}", output.out);
    assert!(!output.out.contains("canary"), "{}", output.out);
}

#[test]
fn files_that_settings_name_are_checked() {
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
    let output = run(folder.path(), &arguments, &[]);
    assert_eq!(output.code, 1, "{}{}", output.out, output.err);
    for part in [
        "error guides: 12 guides can be used, but 1 cannot: `x`",
        "error[W0101]: the guide has no `methods`",
        "error key: other users can read the key file",
        "help: chmod 600",
        "error tls:",
        "does not contain a certificate in PEM format",
    ] {
        assert!(output.out.contains(part), "missing: {part}\n{}", output.out);
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
            .any(|check| check["key"] == "tls" && check["verdict"] == "error")
    );
}

#[test]
fn a_missing_or_invalid_settings_file_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["serve", "--config", "nothing.yaml"], &[]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("cannot read `nothing.yaml`"), "{}", output.err);
    let output = check("waystone: 1\nprovider: {}\n", &[], &[]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("this is a guide, but a settings file"), "{}", output.err);
}

/// The example settings in the documentation must be valid, except that they refer to files that do not exist on this
/// machine.
#[test]
fn the_example_in_the_documentation_is_valid() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/serving.md");
    let text = fs::read_to_string(page).unwrap();
    let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let output = check(example, &[], &[]);
    assert_eq!(output.code, 2);
    assert_eq!(output.err.matches("error[").count(), 1, "{}", output.err);
    assert!(output.err.contains("`/run/secrets/database_url` cannot be read"), "{}", output.err);
}

#[cfg(unix)]
#[test]
fn files_that_other_users_can_access_are_reported_or_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let hub = Hub::start(&[]);
    hub.signal("TERM");
    let (_, folder) = hub.wait_and_keep_folder();
    let set_mode = |name: &str, mode| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let check = || run(folder.path(), &["serve", "--check", "--data", "data"], &[]);
    let serve = || run(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--data", "data"], &[]);

    set_mode("data", 0o777);
    let (checked, served) = (check(), serve());
    assert_eq!(checked.code, 1, "{}", checked.out);
    let expected = "error data: other users can write to the folder `data`";
    assert!(checked.out.contains(expected) && checked.out.contains("chmod 700 'data'"), "{}", checked.out);
    assert_eq!(served.code, 3, "{}", served.err);
    assert!(
        served.err.contains("other users can write to the folder data; run `chmod 700`"),
        "{}",
        served.err
    );

    set_mode("data", 0o700);
    set_mode("data/key", 0o644);
    assert_eq!((check().code, serve().code), (1, 3));
    set_mode("data/key", 0o600);

    set_mode("data", 0o755);
    set_mode("data/vault.db", 0o644);
    let checked = check();
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert!(checked.out.contains("note data: other users can read the folder `data`"), "{}", checked.out);
    assert!(
        checked.out.contains("note database: other users can access the SQLite database"),
        "{}",
        checked.out
    );
    let hub = Hub::start_in(folder, &[]);
    assert!(
        hub.started.contains("other users can read the folder `data`: chmod 700 'data'"),
        "{}",
        hub.started
    );
    assert!(hub.started.contains("other users can access the SQLite database"), "{}", hub.started);
}
