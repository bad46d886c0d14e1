//! Kills the program with SIGKILL at each crash point of a link: the account is stored completely or not at all.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::world::World;

/// The crash points of a link in order, and whether the account is stored when the program dies there.
const POINTS: &[(&str, bool)] = &[
    ("vault.key-written", false),
    ("vault.migrated", false),
    ("link.request-due", false),
    ("link.answer-received", false),
    ("link.before-store", false),
    ("vault.transaction-begun", false),
    ("vault.account-inserted", false),
    ("vault.before-commit", false),
    ("vault.committed", true),
    ("link.stored", true),
    ("link.acknowledged", true),
];

/// Starts a link and kills the program at the crash point.
fn kill_at(world: &World, point: &str) {
    let mark = world.working_folder().join("mark");
    let _ = std::fs::remove_file(&mark);
    let mut command = world.link_command("acme", &[]);
    command.env("WAYSTONE_CRASH_AT", point).env("WAYSTONE_CRASH_MARK", &mark);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("cannot start the program");
    let _ = child.stdin.take().expect("stdin is not piped").write_all(b"right-token");
    let deadline = Instant::now() + Duration::from_mins(1);
    while !mark.exists() {
        let status = child.try_wait().expect("cannot get the program's status");
        assert!(status.is_none(), "the program exited before {point}: {status:?}");
        assert!(Instant::now() < deadline, "the program never reached {point}");
        std::thread::sleep(Duration::from_millis(5));
    }
    // On Unix this is SIGKILL, so the program runs no further code.
    child.kill().expect("cannot kill the program");
    child.wait().expect("cannot wait for the program");
}

#[test]
fn an_account_is_stored_completely_or_not_at_all() {
    for (point, is_stored) in POINTS {
        let world = World::new();
        kill_at(&world, point);
        let accounts = world.accounts();
        assert_eq!(accounts.len(), usize::from(*is_stored), "after {point}");
        if *is_stored {
            let id = accounts[0]["id"].as_str().expect("an id").to_owned();
            let mut verify = world.command(&["accounts", "verify", &id]);
            let output = verify.args(world.upstreams()).output().expect("cannot start the program");
            assert!(
                output.status.success(),
                "the account does not work after {point}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        // Linking succeeds after the crash and does not add a second account.
        assert!(world.link("acme", "right-token", &[]).status.success(), "after {point}");
        assert_eq!(world.accounts().len(), 1, "after {point}");
    }
}

#[test]
fn a_crash_during_a_relink_keeps_a_working_account() {
    for point in
        ["vault.transaction-begun", "vault.account-inserted", "vault.before-commit", "vault.committed"]
    {
        let world = World::new();
        assert!(world.link("acme", "right-token", &[]).status.success());
        kill_at(&world, point);
        let accounts = world.accounts();
        assert_eq!(accounts.len(), 1, "after {point}");
        let mut verify = world.command(&["accounts", "verify", "--all"]);
        assert!(
            verify.args(world.upstreams()).output().expect("cannot start the program").status.success(),
            "after {point}"
        );
    }
}
