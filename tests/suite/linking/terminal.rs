//! The flow in a real terminal: the tests send keys and read the screen.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use vault::{KeySource, Vault, edit_draft_key};

use super::world::World;
use crate::waystone;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A terminal that runs the program.
pub(crate) struct Terminal {
    name: String,
}

impl Terminal {
    /// Links an account in a terminal of 100 columns.
    fn new(world: &World, more: &str) -> Self {
        let upstreams = world.upstreams().map(|word| format!("'{word}'")).join(" ");
        Self::run(world, 100, &format!("link gladly {upstreams} {more}"))
    }

    /// Runs a command with the world's data folder.
    pub(crate) fn run(world: &World, columns: u16, command: &str) -> Self {
        let name = format!("waystone-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let program = waystone::program();
        let (program, data) = (program.display(), world.data());
        // Shows the exit code on the screen.
        let line = format!(
            "NO_COLOR=1 '{program}' {command} --data '{}'; echo \"exit $?\"; sleep 60",
            data.display()
        );
        let mut command = Command::new("tmux");
        command.args([
            "-L",
            &name,
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &columns.to_string(),
            "-y",
            "60",
            "sh",
            "-c",
            &line,
        ]);
        let status = command.env("LC_ALL", "C.UTF-8").status();
        assert!(status.expect("tmux is installed").success(), "tmux did not start");
        Self { name }
    }

    pub(crate) fn screen(&self) -> String {
        let output = Command::new("tmux")
            .args(["-L", &self.name, "capture-pane", "-p", "-S", "-500"])
            .output()
            .expect("cannot start tmux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Waits until the last 40 lines of the screen contain a string.
    #[track_caller]
    pub(crate) fn until(&self, text: &str) -> &Self {
        self.shows(text, 40)
    }

    /// Waits until the question at the bottom of the screen contains a string.
    #[track_caller]
    pub(crate) fn asks(&self, text: &str) -> &Self {
        self.shows(text, 3)
    }

    #[track_caller]
    fn shows(&self, text: &str, lines: usize) -> &Self {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let screen = self.screen();
            let tail: Vec<&str> = screen.trim_end().lines().rev().take(lines).collect();
            if tail.iter().any(|line| line.contains(text)) {
                return self;
            }
            assert!(Instant::now() < deadline, "`{text}` did not appear:\n{screen}");
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    pub(crate) fn keys(&self, keys: &[&str]) -> &Self {
        let status = Command::new("tmux").args(["-L", &self.name, "send-keys"]).args(keys).status();
        assert!(status.expect("cannot start tmux").success(), "tmux did not accept the keys");
        // Waits for the prompt to be redrawn, so that the old prompt is not mistaken for the response to the keys.
        std::thread::sleep(Duration::from_millis(150));
        self
    }

    pub(crate) fn line(&self, text: &str) -> &Self {
        if !text.is_empty() {
            self.keys(&["-l", text]);
        }
        self.keys(&["Enter"])
    }

    /// Continues to the step where the credentials are entered.
    fn to_credentials(&self) -> &Self {
        for step in ["Step 2 of 5", "Step 3 of 5", "Step 4 of 5"] {
            self.until(step).asks("Done?").line("");
        }
        self.until("Step 5 of 5")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.name, "kill-server"]).status();
    }
}

#[test]
fn a_person_corrects_mistakes_and_links_an_account() {
    let world = World::new();
    let terminal = Terminal::new(&world, "");
    terminal.until("Which environment do you want").line("");
    terminal.asks("Organization Slug").line("https://acme.gladly.com.evil.example");
    terminal.until("Organization Slug must be lowercase letters");
    // A rejected value is not kept, and the prompt is shown again.
    terminal.line("https://acme.gladly.com/settings").until("will connect to acme.gladly.com");
    terminal.to_credentials().asks("Agent Email").line("api-user@acme.example");
    terminal.asks("API Token").line("revoked-token").until("What do you want to do?");
    let screen = terminal.screen();
    assert!(screen.contains("Gladly didn't accept the Agent Email and API Token in Production"), "{screen}");
    assert!(screen.contains("Go back to “Create a token” and enter the API Token again"), "{screen}");
    assert!(screen.contains("Try the same credentials in Sandbox"), "{screen}");
    terminal.keys(&["Down", "Enter"]).until("Step 4 of 5").line("").until("Step 5 of 5");
    // Everything except the token was kept.
    terminal.asks("api-user@acme.example").line("").asks("API Token").line("right-token");
    terminal.asks("Link this account?");
    assert!(terminal.screen().contains("Found: Acme Outdoor"), "{}", terminal.screen());
    terminal.line("").until("exit 0");
    let screen = terminal.screen();
    assert!(screen.contains("Linked: Gladly Acme Outdoor as acc_"), "{screen}");
    assert!(
        !screen.contains("right-token") && !screen.contains("revoked-token"),
        "the screen contains a secret:\n{screen}"
    );
    assert_eq!(world.accounts().len(), 1);
}

#[test]
fn a_sandbox_address_offers_the_sandbox() {
    let world = World::new();
    let terminal = Terminal::new(&world, "--environment production");
    terminal
        .asks("Organization Slug")
        .line("https://acme.gladly.qa/x")
        .until("What do you want to do?")
        .line("");
    // The address is valid for the sandbox, so the program does not ask for it again.
    terminal.until("will connect to acme.gladly.qa");
    terminal.to_credentials().asks("Agent Email").line("api-user@acme.example");
    terminal.asks("API Token").line("sandbox-only").asks("Link this account?").line("").until("exit 0");
    assert_eq!(world.accounts()[0]["environment"], "sandbox");
}

#[test]
fn ctrl_c_keeps_a_sealed_draft_that_the_next_run_continues() {
    let world = World::new();
    let terminal = Terminal::new(&world, "--environment production");
    terminal.asks("Organization Slug").line("acme").until("Step 2 of 5").line("").until("Step 3 of 5");
    // Esc goes back.
    terminal.keys(&["Escape"]).until("Step 2 of 5");
    terminal.keys(&["C-c"]).until("exit 1");
    assert!(terminal.screen().contains("No account was linked or changed"), "{}", terminal.screen());
    assert!(world.accounts().is_empty());
    drop(terminal);
    let terminal = Terminal::new(&world, "");
    terminal.until("Continue from there?").line("").to_credentials();
    terminal.asks("Agent Email").line("api-user@acme.example").asks("API Token").line("right-token");
    terminal.asks("Link this account?").line("").until("exit 0");
    assert_eq!(world.accounts().len(), 1);
    drop(terminal);
    // The draft was deleted when the account was stored.
    let terminal = Terminal::new(&world, "");
    terminal.until("Which environment do you want").keys(&["C-c"]).until("exit 1");
}

#[test]
fn a_removed_account_leaves_no_draft() {
    let world = World::new();
    assert!(world.link("acme", "right-token", &["--environment", "production"]).status.success());
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    let options = format!("--environment production --account {id}");
    let stopped = Terminal::new(&world, &options);
    stopped.asks("Organization Slug").line("acme").until("Step 2 of 5").keys(&["C-c"]).until("exit 1");
    drop(stopped);
    assert!(has_draft(&world, &id));
    let open = Terminal::new(&world, &format!("{options} --fresh"));
    open.asks("Organization Slug").line("acme").until("Step 2 of 5");

    let removed = world.command(&["accounts", "remove", &id, "--yes"]).output().expect("cannot start it");
    assert!(removed.status.success(), "{removed:?}");
    assert!(!has_draft(&world, &id));
    // The program saves a draft after each step.
    open.line("").until("there is no account");
    assert!(!has_draft(&world, &id));
    assert!(world.accounts().is_empty());
}

/// Returns whether there is a draft that edits an account.
fn has_draft(world: &World, account: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let key = KeySource::File(world.data().join("key"));
        let vault = Vault::open(&world.data(), key).await.expect("the vault opens");
        let key = edit_draft_key(&account.parse().expect("an id"));
        let draft = vault.load_draft(&key, Timestamp::now()).await.expect("the draft opens");
        vault.close().await;
        draft.is_some()
    })
}
