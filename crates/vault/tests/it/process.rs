//! Starts other processes: the test binary runs itself as a child process, with a role that determines what the process
//! does.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vault::{Filter, Replacing, Vault};

use crate::{add, by, count, draft, key_file, open, replace, sample};

/// The environment variables that set a process's role and folder.
const ROLE: &str = "VAULT_TEST_ROLE";
const FOLDER: &str = "VAULT_TEST_FOLDER";

/// The number of accounts that each process adds.
const EACH: usize = 15;

/// Starts another process in a role. `crash_at` contains the crash point at which the process stops and the path to the
/// file that it writes to report this.
pub(crate) fn start(role: &str, folder: &Path, crash_at: Option<(&str, &Path)>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["process::role", "--exact", "--nocapture"]).stdout(Stdio::null());
    command.env(ROLE, role).env(FOLDER, folder);
    if let Some((label, mark)) = crash_at {
        command.env("WAYSTONE_CRASH_AT", label).env("WAYSTONE_CRASH_MARK", mark);
    }
    command.spawn().unwrap()
}

/// Runs a process until it reaches a crash point, and then kills it.
#[cfg(all(unix, debug_assertions))]
pub(crate) fn kill_at(label: &str, role: &str, folder: &Path) {
    let marks = tempfile::tempdir().unwrap();
    let mark = marks.path().join("mark");
    let mut child = start(role, folder, Some((label, &mark)));
    wait_for(&mark, &mut child);
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
}

#[cfg(all(unix, debug_assertions))]
fn wait_for(mark: &Path, child: &mut Child) {
    let start = Instant::now();
    while !mark.exists() {
        assert!(child.try_wait().unwrap().is_none(), "the process exited before it wrote {}", mark.display());
        assert!(start.elapsed() < Duration::from_secs(30), "the process did not write {}", mark.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Performs the role of a child process. Does nothing in an ordinary test run, which sets no role.
#[tokio::test]
async fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    match role.as_str() {
        "open" => open(&folder).await.close().await,
        "add many" => {
            // Waits for the file `go`, so that all processes start at the same time.
            while !folder.join("go").exists() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let data = folder.join("data");
            let vault = Vault::open(&data, key_file(&data)).await.unwrap();
            for n in 0..EACH {
                let token = format!("token {n}");
                let actor = std::process::id().to_string();
                add(&vault, &sample(&token), by(&actor, 0)).await.unwrap();
            }
        }
        "add" => {
            let vault = open(&folder).await;
            let from = draft("draft");
            vault.store(&sample("new"), Replacing::Nothing, from, by("ada", 1)).await.unwrap();
        }
        "replace" => {
            let vault = open(&folder).await;
            let account = vault.list(&Filter::default()).await.unwrap().remove(0);
            replace(&vault, &account.id, &sample("new"), draft("draft"), by("ada", 1)).await.unwrap();
        }
        "remove" => {
            let vault = open(&folder).await;
            let account = vault.list(&Filter::default()).await.unwrap().remove(0);
            vault.remove(&account.id, by("ada", 1)).await.unwrap();
        }
        "rotate" => {
            let vault = open(&folder).await;
            vault.rotate_key(key_file(&folder), by("ada", 1)).await.unwrap();
        }
        other => panic!("no role {other}"),
    }
}

#[tokio::test]
async fn processes_that_start_at_the_same_moment_share_one_vault() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..3).map(|_| start("add many", folder.path(), None)).collect();
    std::fs::write(folder.path().join("go"), "").unwrap();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let data = folder.path().join("data");
    let vault = open(&data).await;
    let accounts = vault.list(&Filter::default()).await.unwrap();
    assert_eq!(accounts.len(), 3 * EACH);
    for account in accounts {
        vault.unseal(&account.id, "verify", by("ada", 1)).await.unwrap();
    }
    assert_eq!(count(&data, "select count(*) from vault_keys").await, 1);
    assert_eq!(
        count(&data, "select count(distinct actor) from audit where action = 'account.created'").await,
        3
    );
}

#[tokio::test]
async fn a_process_waits_for_another_one_to_finish_opening() {
    let folder = tempfile::tempdir().unwrap();
    let start_time = Instant::now();
    let children: Vec<_> = (0..4).map(|_| start("open", folder.path(), None)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(start_time.elapsed() < Duration::from_secs(15));
}
