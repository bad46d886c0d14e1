//! The command line: what each command says of itself, and how it refuses.

use std::path::Path;

use crate::waystone;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_command_has_help_with_an_example() {
    let commands: &[&[&str]] = &[
        &["new"],
        &["check"],
        &["explain"],
        &["test"],
        &["diff"],
        &["render"],
        &["link"],
        &["accounts"],
        &["accounts", "list"],
        &["accounts", "show"],
        &["accounts", "verify"],
        &["accounts", "edit"],
        &["accounts", "remove"],
        &["accounts", "export"],
        &["serve"],
        &["vault", "rotate"],
        &["vault", "backup"],
        &["vault", "restore"],
        &["vault", "check"],
        &["projects", "list"],
        &["projects", "create"],
        &["keys", "list"],
        &["keys", "create"],
        &["keys", "revoke"],
        &["simulate"],
        &["demo"],
        &["schema"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let run = waystone::run(here(), &arguments);
        assert_eq!(run.code, 0, "{command:?}");
        assert!(run.out.contains("Example"), "{command:?}:\n{}", run.out);
    }
    assert!(waystone::run(here(), &["--help"]).out.contains("Exit codes"));
    assert!(waystone::run(here(), &["--version"]).out.starts_with("waystone "));
}

/// A wrong use, its exit code, and what is said about it.
#[track_caller]
fn refused(arguments: &[&str], code: i32, says: &str, helps: &str) {
    let run = waystone::run(here(), arguments);
    assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
    assert!(run.err.contains(says) && run.err.contains(helps), "{arguments:?}: {}", run.err);
}

#[test]
fn wrong_use_is_refused_with_what_to_do() {
    refused(&["chekc"], 2, "unrecognized subcommand", "check");
    refused(&["link"], 2, "required arguments", "<PROVIDER>");
    refused(&["render", "gladyl", "--to", "mdx"], 2, "no guide for `gladyl`", "did you mean `gladly`?");
    refused(&["render", "gladly", "--to", "mdx", "--method", "x"], 2, "no method `x`", "`api-key`");
    refused(&["link", "../guides"], 2, "`../guides` contains", "../guides/ashby/guide.yaml");
    refused(
        &["render", "gladly", "--to", "mdx", "--audience", "setup"],
        2,
        "no setup guide for admins",
        "--audience",
    );
    refused(
        &["render", "gladly", "--to", "mdx", "--brand", "nowhere.yaml"],
        3,
        "cannot read `nowhere.yaml`",
        "",
    );
    refused(&["check", "nowhere"], 3, "cannot read `nowhere`", "pass a guide file");
    refused(&["check", "--today", "soon"], 2, "must be a date", "YYYY-MM-DD");
    refused(&["check", "--fix"], 2, "--fix requires paths", "");
    refused(&["explain", "W0230"], 2, "no finding `W0230`", "did you mean");
    refused(
        &["link", "gladly", "--no-input", "--set", "slug=x"],
        2,
        "no field `slug`",
        "`organization_slug`",
    );
    refused(
        &["link", "gladly", "--no-input", "--upstream", "x"],
        2,
        "--upstream `x`",
        "for example: --upstream",
    );
    refused(
        &["link", "gladly", "--no-input", "--environment", "x"],
        2,
        "no environment `x`",
        "`production` and `sandbox`",
    );
    refused(&["accounts", "show", "acc_x", "--data", "/dev/null/x"], 3, "/dev/null", "");
}

#[test]
fn every_finding_has_a_page() {
    let list = waystone::run(here(), &["explain"]).out;
    for page in lint::pages() {
        assert!(list.contains(page.code), "{} is not listed", page.code);
        let text = waystone::run(here(), &["explain", page.code, "--color", "never"]).out;
        for part in [page.name, "Why it matters", "How to fix it"] {
            assert!(text.contains(part), "{}: {part}\n{text}", page.code);
        }
    }
}

#[test]
fn formats_for_programs_are_what_they_say() {
    let case = "corpus/findings/a-misspelt-key/guide.yaml";
    let any = std::fs::read_dir(here().join("corpus/findings"))
        .expect("the corpus")
        .next()
        .expect("a case")
        .expect("an entry");
    let path = if here().join(case).exists() { here().join(case) } else { any.path().join("guide.yaml") };
    let path = path.display().to_string();
    let run = |format: &str| waystone::run(here(), &["check", "--format", format, &path]);
    let json: serde_json::Value = serde_json::from_str(&run("json").out).expect("JSON");
    assert!(json["findings"][0]["line"].as_u64() >= Some(1), "{json}");
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif").out).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    let rule = result["ruleIndex"].as_u64().expect("an index");
    assert_eq!(
        sarif["runs"][0]["tool"]["driver"]["rules"][usize::try_from(rule).expect("small")]["id"],
        result["ruleId"]
    );
    assert!(run("github").out.starts_with("::"), "{}", run("github").out);
}

#[test]
fn the_demonstration_plays_a_failure_and_a_success() {
    let run = waystone::run(here(), &["demo", "gladly"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    for part in [
        "With a wrong secret",
        "didn't accept the Agent Email and API Token",
        "With the right secret",
        "Found: Acme Outdoor",
        "0 contain it",
    ] {
        assert!(run.out.contains(part), "{part}\n{}", run.out);
    }
    assert!(!run.out.contains('\u{1b}') && !run.out.contains('\r'), "no terminal, no escape sequences");
}

#[test]
fn a_value_that_is_too_long_is_rejected_not_truncated() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("token"), "t".repeat((1 << 20) + 1)).expect("a file can be written");
    let arguments = ["link", "gladly", "--no-input", "--dry-run", "--set-file", "api_token=token"];
    let run = waystone::run(folder.path(), &arguments);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("cannot read `token`: the value is larger than 1 MiB"), "{}", run.err);
}
