//! The text of dialogues on narrow terminals.

use std::collections::BTreeSet;

use super::terminal::Terminal;
use super::world::World;

/// A terminal on which no line has to be broken.
const WIDE: u16 = 250;

/// Returns the words on a screen. Values that differ between runs are left out.
fn words(screen: &str) -> BTreeSet<String> {
    let differs = |word: &str| word.starts_with("acc_") || word.starts_with("http://127.0.0.1");
    let trimmed = |word: &str| word.trim_matches(['[', ']']).to_owned();
    let words = screen.split_whitespace().map(trimmed);
    words.filter(|word| word.contains(char::is_alphanumeric) && !differs(word)).collect()
}

/// Runs a command on narrow terminals and on a wide one. Fails if a narrow screen contains a part of a word.
#[track_caller]
fn breaks_between_words(command: &str, act: impl Fn(&Terminal)) {
    let screen = |columns| {
        let world = World::new();
        let upstreams = world.upstreams().map(|word| format!("'{word}'")).join(" ");
        let terminal = Terminal::run(&world, columns, &command.replace("UPSTREAMS", &upstreams));
        act(&terminal);
        terminal.screen()
    };
    let mut known = words(&screen(WIDE));
    // A placeholder that does not fit next to its field is part of the help.
    known.extend(["for", "example"].map(str::to_owned));
    for columns in [40, 80] {
        let narrow = screen(columns);
        let parts: Vec<String> = words(&narrow).difference(&known).cloned().collect();
        assert!(parts.is_empty(), "{command} at {columns} columns has parts of words: {parts:?}\n{narrow}");
    }
}

#[test]
fn linking_breaks_lines_between_words() {
    breaks_between_words("link gladly UPSTREAMS", |terminal| {
        terminal.until("Production").line("");
        terminal.asks("Organization Slug").line("acme");
        for step in ["Step 2 of 5", "Step 3 of 5", "Step 4 of 5"] {
            terminal.until(step).asks("Done?").line("");
        }
        terminal.asks("Agent Email").line("api-user@acme.example").asks("API Token").line("revoked-token");
        terminal.until("What do you want to do?").keys(&["Down", "Enter"]);
        terminal.until("Step 4 of 5").asks("Done?").line("");
        terminal.asks("Agent Email").line("").asks("API Token").line("right-token");
        terminal.asks("Link this account?").line("").until("exit 0");
    });
}

#[test]
fn the_demo_breaks_lines_between_words() {
    breaks_between_words("demo gladly --play", |terminal| {
        terminal.until("exit 0");
        let screen = terminal.screen();
        assert!(screen.contains("Running the demo without prompts."), "{screen}");
    });
    breaks_between_words("demo gladly", |terminal| {
        terminal.until("Production").keys(&["C-c"]).until("exit");
    });
}

#[test]
fn accounts_break_lines_between_words() {
    let world = World::new();
    let show = |columns, command: &str| {
        let terminal = Terminal::run(&world, columns, command);
        terminal.until("exit 0");
        terminal.screen()
    };
    let empty = show(40, "accounts list");
    assert_eq!(words(&empty), words(&show(WIDE, "accounts list")), "{empty}");
    assert!(world.link("acme", "right-token", &["--environment", "production"]).status.success());
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    for command in ["accounts list".to_owned(), format!("accounts show {id}")] {
        for columns in [40, 80] {
            let narrow = show(columns, &command);
            assert_eq!(words(&narrow), words(&show(WIDE, &command)), "{narrow}");
        }
    }
}

#[test]
fn code_in_the_guide_has_no_backticks() {
    let world = World::new();
    let terminal = Terminal::run(&world, 80, "link gladly --environment production");
    let screen = terminal.asks("Organization Slug").screen();
    assert!(screen.contains("\u{201c}.gladly.com\u{201d}") && !screen.contains('`'), "{screen}");
}

#[test]
fn a_missing_value_is_reported_once_and_the_end_of_the_input_stops() {
    let world = World::new();
    let terminal = Terminal::run(&world, 80, "link gladly --environment production");
    terminal.asks("Organization Slug");
    for _ in 0..5 {
        terminal.line("").until("Organization Slug is required");
    }
    let screen = terminal.screen();
    assert_eq!(screen.matches("is required").count(), 1, "{screen}");
    terminal.line("acme").until("Step 2 of 5");
    // At the end of the input, the program goes back step by step, and stops at the first question.
    terminal.keys(&["C-d"]).asks("Organization Slug").keys(&["C-d"]).until("Which environment");
    terminal.keys(&["C-d"]).until("exit 1");
    assert!(
        terminal.screen().contains("Stopped. No account was linked or changed."),
        "{}",
        terminal.screen()
    );
}

#[test]
fn going_back_from_the_first_step_stops() {
    let world = World::new();
    let terminal = Terminal::run(&world, 80, "link freshdesk");
    terminal.until("Step 1 of").keys(&["C-d"]).until("exit 1");
    assert!(
        terminal.screen().contains("Stopped. No account was linked or changed."),
        "{}",
        terminal.screen()
    );
}
