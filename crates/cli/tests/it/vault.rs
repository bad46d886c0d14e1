//! Tests `waystone vault`: backing up, verifying and restoring a vault, and rotating its key, with and without a
//! running Hub.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{Output, run, waystone};

/// A simulated provider and a folder with a vault.
struct World {
    provider: Child,
    upstream: String,
    folder: TempDir,
}

impl World {
    /// Creates a world with one linked account.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut provider =
            waystone(folder.path()).args(["simulate", "gladly"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(provider.stdout.take().unwrap()).lines();
        let origin = lines.next().unwrap().unwrap().rsplit(' ').next().unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        let world = Self { provider, upstream: format!("**.gladly.com={origin}"), folder };
        world.link("org-one");
        world
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Links an account with a label.
    fn link(&self, label: &str) {
        let mut child = waystone(self.path())
            .args(["link", "gladly", "--no-input", "--json", "--data", "data", "--label", label])
            .args(["--set", "organization_slug=acme", "--set", "agent_email=api-user@acme.example"])
            .args(["--set-file", "api_token=-", "--upstream", &self.upstream])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"right-token").unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Runs `waystone vault …` on the folder.
    fn vault(&self, arguments: &[&str]) -> Output {
        let all: Vec<&str> = ["vault"].iter().chain(arguments).chain(&["--data", "data"]).copied().collect();
        run(self.path(), &all, &[])
    }

    /// Returns the label of the only account.
    fn label(&self) -> String {
        let output = run(self.path(), &["accounts", "list", "--json", "--data", "data"], &[]);
        let list: Value = serde_json::from_str(&output.out).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
        list[0]["label"].as_str().unwrap().to_owned()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.file(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Returns the temporary files next to the backups and in the vault's folder.
    fn leftovers(&self) -> Vec<String> {
        let names = self.names("").into_iter().chain(self.names("data"));
        names.filter(|name| name.contains(".new-")).collect()
    }

    /// Asserts that everything can be decrypted and that the only account has this label.
    #[track_caller]
    fn assert_intact(&self, label: &str) {
        let output = self.vault(&["check", "--json"]);
        assert_eq!(output.code, 0, "{}", output.err);
        let report: Value = serde_json::from_str(&output.out).unwrap();
        assert_eq!(report["accounts"], 1, "{report}");
        assert_eq!(self.label(), label);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.provider.kill();
        let _ = self.provider.wait();
    }
}

/// A running Hub that serves a world's data.
struct RunningHub(Child);

impl RunningHub {
    fn start(world: &World) -> Self {
        let mut child = waystone(world.path())
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data", "data", "--log-level", "error"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut started = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut started).unwrap();
        assert!(started.contains("started"), "{started}");
        Self(child)
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_backup_can_be_made_while_a_hub_runs_and_restored_after_it_stopped() {
    let world = World::new();
    fs::create_dir(world.file("copies")).unwrap();
    let hub = RunningHub::start(&world);
    let output = world.vault(&["backup", "copies/one", "--json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let backup: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!((&backup["accounts"], &backup["file"]), (&Value::from(1), &Value::from("copies/one")));
    assert_eq!(world.names("copies"), ["one"]);
    let copy = fs::read(world.file("copies/one")).unwrap();
    for secret in [&b"right-token"[..], b"wsk1-", b"wak_live_"] {
        assert!(!copy.windows(secret.len()).any(|window| window == secret), "the backup contains a secret");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(world.file("copies/one")).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // An existing file is overwritten only with `--force`.
    let output = world.vault(&["backup", "copies/one"]);
    assert_eq!(output.code, 3, "{}", output.out);
    assert!(output.err.contains("already exists") && output.err.contains("--force"), "{}", output.err);
    assert_eq!(fs::read(world.file("copies/one")).unwrap(), copy);

    world.link("org-two");
    let output = world.vault(&["backup", "copies/one", "--force"]);
    assert_eq!(output.code, 0, "{}", output.err);
    fs::write(world.file("copies/first"), &copy).unwrap();

    let output = world.vault(&["restore", "copies/first"]);
    assert_eq!(output.code, 3, "{}", output.out);
    assert!(output.err.contains("stop the Hub"), "{}", output.err);
    // A killed Hub releases its lock.
    drop(hub);
    let output = world.vault(&["restore", "copies/first", "--json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let restored: Value = serde_json::from_str(&output.out).unwrap();
    world.assert_intact("org-one");
    // The replaced vault can also be restored.
    let output = world.vault(&["restore", restored["kept"].as_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.err);
    world.assert_intact("org-two");
    drop(RunningHub::start(&world));
}

#[test]
fn an_invalid_backup_changes_nothing() {
    let world = World::new();
    assert_eq!(world.vault(&["backup", "copy"]).code, 0);
    let copy = fs::read(world.file("copy")).unwrap();
    let other = World::new();
    assert_eq!(other.vault(&["backup", "copy"]).code, 0);

    fs::write(world.file("garbage"), vec![7; 8192]).unwrap();
    fs::write(world.file("nothing"), "").unwrap();
    fs::write(world.file("short"), &copy[..copy.len() / 2]).unwrap();
    // Corrupt a byte of the encrypted value. In the row, this value follows the account's id and the field's name; in
    // the index, it does not.
    let (mut corrupt, mark) = (copy.clone(), b"api_token");
    let is_row =
        |at: &usize| copy[..*at].ends_with(mark) && copy[at - mark.len() - 30..*at].starts_with(b"acc_");
    for at in (64..copy.len() - 64).filter(is_row) {
        corrupt[at + 8] ^= 1;
    }
    assert_ne!(corrupt, copy);
    fs::write(world.file("corrupt"), corrupt).unwrap();
    fs::copy(other.file("copy"), world.file("theirs")).unwrap();
    let before = world.names("data");
    for file in ["garbage", "nothing", "short", "corrupt", "theirs", "absent"] {
        let output = world.vault(&["restore", file]);
        assert_eq!(output.code, 3, "{file}: {}{}", output.out, output.err);
        assert_eq!(world.names("data").len(), before.len(), "{file}: {:?}", world.names("data"));
        world.assert_intact("org-one");
    }
    let output = world.vault(&["restore", "theirs"]);
    assert!(output.err.contains("is sealed under key"), "{}", output.err);
}

#[test]
fn rotation_keeps_the_old_key_only_on_request() {
    let world = World::new();
    let key = || fs::read_to_string(world.file("data/key")).unwrap();
    let first = key();
    let output = world.vault(&["rotate", "--json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let rotated: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!((&rotated["accounts"], &rotated["old_keys"]), (&Value::from(1), &json!([])));
    let second = key();
    assert_ne!(first, second);
    assert!(!world.names("data").iter().any(|name| name.contains("old")), "{:?}", world.names("data"));
    world.assert_intact("org-one");

    assert_eq!(world.vault(&["backup", "copy"]).code, 0);
    let output = world.vault(&["rotate", "--keep-old-key", "--json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let rotated: Value = serde_json::from_str(&output.out).unwrap();
    let kept = rotated["old_keys"][0].as_str().unwrap();
    assert_eq!(fs::read_to_string(world.file(kept)).unwrap(), second);
    // An older backup is encrypted with the older key.
    let output = world.vault(&["restore", "copy"]);
    assert!(output.code == 3 && output.err.contains("use that key"), "{}", output.err);
    assert_eq!(world.vault(&["restore", "copy", "--key-file", kept]).code, 0);
    assert_eq!(world.vault(&["check", "--key-file", kept]).code, 0);

    let output = world.vault(&["rotate", "--key-file", kept, "--to-key-file", "elsewhere"]);
    assert_eq!(output.code, 0, "{}", output.err);
    assert!(output.err.contains("Set the Hub's key to the key file elsewhere"), "{}", output.err);
    assert_eq!(world.vault(&["check", "--key-file", "elsewhere"]).code, 0);
    assert_eq!(world.vault(&["check", "--key-file", kept]).code, 3);
}

#[test]
fn a_rotation_removes_the_keys_that_interrupted_rotations_left() {
    let world = World::new();
    let (left, kept) = ("data/key.old-0123456789abcdef", "data/key.kept-0123456789abcdef");
    // These are not copies that a rotation made.
    let others = ["data/key.old-backup", "data/key.old-1", "data/other.old-0123456789abcdef"];
    for path in others.iter().chain([&left]) {
        fs::write(world.file(path), "an old key").unwrap();
    }
    let output = world.vault(&["rotate", "--keep-old-key", "--json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let rotated: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(rotated["old_keys"].as_array().map(Vec::len), Some(2), "{rotated}");
    assert!(world.file(kept).exists() && !world.file(left).exists(), "{:?}", world.names("data"));
    fs::write(world.file(left), "an old key").unwrap();
    let output = world.vault(&["rotate"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let mut names = world.names("data");
    names.retain(|name| name.contains(".old-"));
    names.sort_unstable();
    assert_eq!(names, ["key.old-1", "key.old-backup", "other.old-0123456789abcdef"]);
    assert!(world.file(kept).exists());
    world.assert_intact("org-one");
}

#[test]
fn postgresql_commands_are_suggested_and_no_command_creates_a_vault() {
    let folder = tempfile::tempdir().unwrap();
    let url = [("WAYSTONE_DATABASE_URL", "postgres://hub:canary@db.internal/hub?sslmode=require")];
    for (arguments, expected) in [
        (
            ["vault", "backup", "a file"],
            "pg_dump --format=custom --no-owner --dbname 'postgres://hub@db.internal/hub?sslmode=require' --file 'a file'",
        ),
        (
            ["vault", "restore", "it's"],
            "pg_restore --clean --if-exists --no-owner --dbname 'postgres://hub@db.internal/hub?sslmode=require' 'it'\\''s'",
        ),
    ] {
        let output = run(folder.path(), &arguments, &url);
        assert_eq!(output.code, 2);
        assert!(output.err.contains(expected), "{}", output.err);
        assert!(!output.err.contains("canary"), "{}", output.err);
    }
    for command in [&["backup", "copy"][..], &["rotate"], &["check"]] {
        let all: Vec<&str> = ["vault"].iter().chain(command).chain(&["--data", "none"]).copied().collect();
        let output = run(folder.path(), &all, &[]);
        assert_eq!(output.code, 2, "{command:?}: {}", output.err);
        assert!(output.err.contains("no vault in none"), "{}", output.err);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(all(unix, debug_assertions))]
#[test]
fn a_crash_during_a_backup_or_restore_leaves_the_old_files() {
    let world = World::new();
    assert_eq!(world.vault(&["backup", "copy"]).code, 0);
    world.link("org-two");
    for (arguments, point) in [
        (["backup", "other"], "vault.copy-made"),
        (["restore", "copy"], "vault.copy-proved"),
        (["restore", "copy"], "vault.before-restore"),
    ] {
        let mark = world.file("mark");
        let _ = fs::remove_file(&mark);
        let mut child = waystone(world.path())
            .arg("vault")
            .args(arguments)
            .args(["--data", "data"])
            .env("WAYSTONE_CRASH_AT", point)
            .env("WAYSTONE_CRASH_MARK", &mark)
            .spawn()
            .unwrap();
        crate::world::until(point, || mark.exists());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!world.file("other").exists(), "{point}");
        world.assert_intact("org-two");
    }
    // Opening the vault removed what the killed restores left.
    assert!(!world.names("data").iter().any(|name| name.contains(".new-")), "{:?}", world.names("data"));
    assert!(world.names("").iter().any(|name| name.starts_with("other.new-")), "{:?}", world.names(""));
    assert_eq!(world.vault(&["backup", "other"]).code, 0);
    assert_eq!(world.vault(&["restore", "copy"]).code, 0);
    world.assert_intact("org-one");
    assert_eq!(world.leftovers(), [""; 0]);
}

#[test]
fn a_process_killed_at_any_time_leaves_a_complete_file_or_none() {
    let world = World::new();
    assert_eq!(world.vault(&["backup", "copy"]).code, 0);
    let start = |command: &str, file: &str| {
        let arguments = ["vault", command, file, "--data", "data"];
        waystone(world.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let began = Instant::now();
    assert!(start("backup", "whole").wait().unwrap().success());
    let whole = began.elapsed();
    let mut killed = 0;
    for round in 0..24_u32 {
        let (command, file) = if round % 2 == 0 { ("backup", "other") } else { ("restore", "copy") };
        let mut child = start(command, file);
        std::thread::sleep(whole * round / 20);
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        if world.file("other").exists() {
            let output = world.vault(&["restore", "other"]);
            assert_eq!(output.code, 0, "round {round}: {}", output.err);
            fs::remove_file(world.file("other")).unwrap();
        }
        world.assert_intact("org-one");
    }
    assert!(0 < killed, "no process was killed");
    assert_eq!(world.vault(&["backup", "other"]).code, 0);
    assert_eq!(world.vault(&["restore", "copy"]).code, 0);
    assert_eq!(world.leftovers(), [""; 0]);
}
