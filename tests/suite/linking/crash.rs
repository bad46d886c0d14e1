//! `kill -9` at each labelled point of a link: the account is wholly there or wholly absent.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::world::World;

/// Every labelled point of a link, in order, and whether the account is there when the program dies at it.
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

/// Links until the point, and kills the program there.
fn killed_at(world: &World, point: &str) {
    let mark = world.place().join("mark");
    let _ = std::fs::remove_file(&mark);
    let mut command = world.link_command("acme", &[]);
    command.env("WAYSTONE_CRASH_AT", point).env("WAYSTONE_CRASH_MARK", &mark);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let _ = child.stdin.take().expect("its input is piped").write_all(b"right-token");
    let deadline = Instant::now() + Duration::from_mins(1);
    while !mark.exists() {
        let ended = child.try_wait().expect("it can be asked");
        assert!(ended.is_none(), "it ended before it came to {point}: {ended:?}");
        assert!(Instant::now() < deadline, "it never came to {point}");
        std::thread::sleep(Duration::from_millis(5));
    }
    // On Unix this is SIGKILL: nothing of the program runs after it.
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
}

#[test]
fn an_account_is_wholly_there_or_wholly_absent() {
    for (point, is_there) in POINTS {
        let world = World::new();
        killed_at(&world, point);
        let accounts = world.accounts();
        assert_eq!(accounts.len(), usize::from(*is_there), "after {point}");
        if *is_there {
            let id = accounts[0]["id"].as_str().expect("an id").to_owned();
            let mut verify = world.command(&["accounts", "verify", &id]);
            let output = verify.args(world.upstreams()).output().expect("it runs");
            assert!(
                output.status.success(),
                "after {point} the account works: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        // Linking again after the crash works, and leaves one account.
        assert!(world.link("acme", "right-token", &[]).status.success(), "after {point}");
        assert_eq!(world.accounts().len(), 1, "after {point}");
    }
}

#[test]
fn linking_again_never_loses_what_worked() {
    for point in
        ["vault.transaction-begun", "vault.account-updated", "vault.before-commit", "vault.committed"]
    {
        let world = World::new();
        assert!(world.link("acme", "right-token", &[]).status.success());
        killed_at(&world, point);
        let accounts = world.accounts();
        assert_eq!(accounts.len(), 1, "after {point}");
        let mut verify = world.command(&["accounts", "verify", "--all"]);
        assert!(verify.args(world.upstreams()).output().expect("it runs").status.success(), "after {point}");
    }
}
