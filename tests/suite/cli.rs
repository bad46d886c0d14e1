//! The command line: the help for every command, and the errors for incorrect use.

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

/// Asserts that a command fails with this exit code, and that its error output contains both strings.
#[track_caller]
fn assert_refused(arguments: &[&str], code: i32, message: &str, help: &str) {
    let run = waystone::run(here(), arguments);
    assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
    assert!(run.err.contains(message) && run.err.contains(help), "{arguments:?}: {}", run.err);
}

#[test]
fn wrong_use_is_refused_with_help() {
    assert_refused(&["chekc"], 2, "unrecognized subcommand", "check");
    assert_refused(&["link"], 2, "required arguments", "<PROVIDER>");
    assert_refused(
        &["render", "gladyl", "--to", "mdx"],
        2,
        "no guide for `gladyl`",
        "did you mean `gladly`?",
    );
    assert_refused(&["render", "gladly", "--to", "mdx", "--method", "x"], 2, "no method `x`", "`api-key`");
    assert_refused(&["link", "../guides"], 2, "`../guides` contains", "../guides/ashby/guide.yaml");
    assert_refused(
        &["render", "gladly", "--to", "mdx", "--audience", "setup"],
        2,
        "no setup guide for admins",
        "--audience",
    );
    assert_refused(
        &["render", "gladly", "--to", "mdx", "--brand", "nowhere.yaml"],
        3,
        "cannot read `nowhere.yaml`",
        "",
    );
    assert_refused(&["check", "nowhere"], 3, "cannot read `nowhere`", "pass a guide file");
    assert_refused(&["check", "--today", "soon"], 2, "must be a date", "YYYY-MM-DD");
    assert_refused(&["check", "--fix"], 2, "--fix requires paths", "");
    assert_refused(&["explain", "W0230"], 2, "no finding `W0230`", "did you mean");
    assert_refused(
        &["link", "gladly", "--no-input", "--set", "slug=x"],
        2,
        "no field `slug`",
        "`organization_slug`",
    );
    assert_refused(
        &["link", "gladly", "--no-input", "--upstream", "x"],
        2,
        "--upstream `x`",
        "for example: --upstream",
    );
    assert_refused(
        &["link", "gladly", "--no-input", "--environment", "x"],
        2,
        "no environment `x`",
        "`production` and `sandbox`",
    );
    assert_refused(&["accounts", "show", "acc_x", "--data", "/dev/null/x"], 3, "/dev/null", "");
}

#[test]
fn every_finding_has_a_page() {
    let list = waystone::run(here(), &["explain"]).out;
    for page in lint::pages() {
        assert!(list.contains(page.code), "{} is not listed", page.code);
        let output = waystone::run(here(), &["explain", page.code, "--color", "never"]).out;
        for text in [page.name, "Why it matters", "How to fix it"] {
            assert!(output.contains(text), "{}: “{text}” is missing\n{output}", page.code);
        }
    }
}

#[test]
fn machine_readable_formats_are_well_formed() {
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
fn the_demo_plays_a_failure_and_a_success() {
    let run = waystone::run(here(), &["demo", "gladly"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    for part in [
        "With an incorrect secret",
        "didn't accept the Agent Email and API Token",
        "With the right secret",
        "Found: Acme Outdoor",
        "0 contain it",
    ] {
        assert!(run.out.contains(part), "“{part}” is missing\n{}", run.out);
    }
    assert!(
        !run.out.contains('\u{1b}') && !run.out.contains('\r'),
        "escape sequences are written without a terminal"
    );
}

#[test]
fn a_value_that_is_too_long_is_rejected_not_truncated() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    std::fs::write(folder.path().join("token"), "t".repeat((1 << 20) + 1)).expect("cannot write the file");
    let arguments = ["link", "gladly", "--no-input", "--dry-run", "--set-file", "api_token=token"];
    let run = waystone::run(folder.path(), &arguments);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("cannot read `token`: the value is larger than 1 MiB"), "{}", run.err);
}

/// Runs the program with environment variables that set options.
fn with_options(arguments: &[&str]) -> waystone::Run {
    let set = [("WAYSTONE_DATA", "data"), ("WAYSTONE_GUIDES", "guides"), ("WAYSTONE_CONFIG", "hub.yaml")];
    waystone::run_with(here(), arguments, &set)
}

#[test]
fn without_a_command_the_help_is_printed_even_if_the_environment_sets_options() {
    for arguments in [&[][..], &["accounts"], &["vault"]] {
        let (plain, set) = (waystone::run(here(), arguments), with_options(arguments));
        assert!(plain.err.contains("Usage:") && plain.err.contains("Commands:"), "{}", plain.err);
        assert_eq!((set.code, set.out, set.err), (2, plain.out, plain.err), "{arguments:?}");
    }
}

#[test]
fn usage_does_not_depend_on_the_environment() {
    for arguments in
        [&["render"][..], &["link"], &["accounts", "show"], &["vault", "backup"], &["serve", "--chek"]]
    {
        let (plain, set) = (waystone::run(here(), arguments), with_options(arguments));
        assert!(plain.err.contains("Usage: "), "{}", plain.err);
        assert_eq!((set.code, set.err), (2, plain.err), "{arguments:?}");
    }
}

#[test]
fn options_from_the_environment_are_used_unless_the_command_line_sets_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let set = [("WAYSTONE_DATA", "from-environment"), ("WAYSTONE_GUIDES", "")];
    let list = ["accounts", "list", "--json"];
    assert_eq!(waystone::run_with(folder.path(), &list, &set).out.trim(), "[]");
    assert!(folder.path().join("from-environment").is_dir());
    let run = waystone::run_with(folder.path(), &[&list[..], &["--data", "given"]].concat(), &set);
    assert_eq!(run.out.trim(), "[]");
    assert!(folder.path().join("given").is_dir());
    let roots = [("WAYSTONE_EXTRA_ROOTS", "missing-1.pem,missing-2.pem"), ("WAYSTONE_DATA", "data")];
    let run = waystone::run_with(folder.path(), &["accounts", "verify", "--all"], &roots);
    assert!(run.code == 3 && run.err.contains("missing-1.pem"), "{}", run.err);
}
