//! Every failure has its own outcome and message, and names the field and step where the failure can be fixed.

use serde_json::Value;

use super::world::World;

/// Links an account. Asserts that the report contains `message`, that its fields match `expected`
/// (`outcome rule at_field return_to`), and that the exit code corresponds to the outcome.
#[track_caller]
fn check(world: &World, [slug, token]: [&str; 2], more: &[&str], expected: &str, message: &str) {
    let output = world.link(slug, token, more);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let word = |key: &str| report[key].as_str().unwrap_or("-").to_owned();
    let actual = format!("{} {} {} {}", word("outcome"), word("rule"), word("at_field"), word("return_to"));
    assert_eq!(actual, expected, "{report:#}");
    assert!(word("says").contains(message), "{report:#}");
    let good = expected.starts_with("ok");
    assert_eq!(output.status.code(), Some(i32::from(!good)));
    let rest = String::from_utf8_lossy(&output.stderr);
    assert!(
        !rest.contains(token) && !report.to_string().contains(token),
        "the output contains the token: {report:#} {rest}"
    );
}

#[test]
fn valid_credentials_link_and_show_the_organizations_name() {
    let world = World::new();
    check(&world, ["https://acme.gladly.com/settings", "right-token"], &[], "ok - - -", "-");
    let accounts = world.accounts();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["name"], "Acme Outdoor");
    assert_eq!(accounts[0]["values"]["organization_slug"], "acme");
    assert_eq!(accounts[0]["secrets"], serde_json::json!(["api_token"]));
    assert_eq!(accounts[0]["capabilities"], Value::Null, "the guide has no capability checks");
}

#[test]
fn every_rejection_names_its_rule_field_and_step() {
    let world = World::new();
    let not_accepted = "didn't accept the Agent Email and API Token in Production";
    check(
        &world,
        ["acme", "revoked-token"],
        &[],
        "wrong_secret token-refused api_token create-token",
        not_accepted,
    );
    // Like the provider, the simulator treats unknown credentials as an incorrect token.
    check(
        &world,
        ["acme", "unknown-token"],
        &[],
        "wrong_secret token-refused api_token create-token",
        not_accepted,
    );
    let no_permission = "doesn't have the API User permission";
    check(
        &world,
        ["acme", "agent-token"],
        &[],
        "missing_permission no-api-permission agent_email enable-api-user",
        no_permission,
    );
    let unknown = "couldn't find a Gladly organization at acmee.gladly.com";
    check(
        &world,
        ["acmee", "right-token"],
        &[],
        "wrong_tenant no-such-organization organization_slug find-slug",
        unknown,
    );
    let page = "parked.gladly.com returned a web page";
    check(
        &world,
        ["parked", "right-token"],
        &[],
        "wrong_tenant a-page-instead-of-data organization_slug find-slug",
        page,
    );
    let other = "returned a different organization than moved";
    check(
        &world,
        ["moved", "right-token"],
        &[],
        "wrong_tenant another-organization organization_slug find-slug",
        other,
    );
    check(
        &world,
        ["strange", "right-token"],
        &[],
        "protocol_mismatch - - -",
        "sent a reply we didn't expect",
    );
    assert!(world.accounts().is_empty(), "a failed link stored an account");
}

#[test]
fn provider_failures_are_not_attributed_to_a_field() {
    let world = World::new();
    check(&world, ["acme", "busy-token"], &[], "ok - - -", "-");
    check(
        &world,
        ["acme", "flooded-token"],
        &[],
        "throttled too-many-requests - -",
        "ten requests per second",
    );
    check(&world, ["acme", "broken-token"], &[], "provider_down gladly-fails - -", "is having problems");
}

#[test]
fn the_report_says_how_long_to_wait() {
    let world = World::with_tokens(&[("Retry-After: '1'", "Retry-After: '3600'")]);
    let output = world.link("acme", "busy-token", &[]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&report["outcome"], &report["retry_after"]),
        (&"throttled".into(), &3600.into()),
        "{report:#}"
    );
}

#[test]
fn other_environments_are_tried_only_with_consent() {
    let world = World::new();
    let rejected = "didn't accept the Agent Email and API Token in Production";
    check(
        &world,
        ["acme", "sandbox-token"],
        &[],
        "wrong_secret token-refused api_token create-token",
        rejected,
    );
    let accepted = "accepts these credentials in Sandbox";
    check(
        &world,
        ["acme", "sandbox-token"],
        &["--ask-elsewhere"],
        "wrong_environment - api_token create-token",
        accepted,
    );
    let rule = "wrong_secret token-refused api_token create-token";
    check(&world, ["acme", "nowhere-token"], &["--ask-elsewhere"], rule, rejected);
}

#[test]
fn a_relink_must_find_the_same_account() {
    let world = World::new();
    check(&world, ["acme", "right-token"], &[], "ok - - -", "-");
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    check(&world, ["acme", "newer-token"], &["--account", &id], "ok - - -", "-");
    let different = "the Gladly account you connected previously";
    check(&world, ["acme.us-1", "region-token"], &["--account", &id], "different_account - - -", different);
    assert_eq!(world.accounts()[0]["external_id"], "org-7Qm");
    check(&world, ["acme.us-1", "region-token"], &["--account", &id, "--allow-different"], "ok - - -", "-");
    assert_eq!(world.accounts()[0]["external_id"], "org-3Ld");
    assert_eq!(world.accounts().len(), 1);
}

#[test]
fn an_account_can_be_checked_edited_exported_and_removed() {
    let world = World::new();
    check(&world, ["acme", "right-token"], &[], "ok - - -", "-");
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    let run = |arguments: &[&str], code: i32| {
        let mut command = world.command(arguments);
        if arguments.contains(&"verify") || arguments.contains(&"edit") {
            command.args(world.upstreams());
        }
        let output = command.stdin(std::process::Stdio::null()).output().expect("cannot start the program");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(run(&["accounts", "verify", &id], 0).contains("ok"));
    let token = world.working_folder().join("token");
    std::fs::write(&token, "revoked-token\n").expect("cannot write the file");
    let file = format!("api_token={}", token.display());
    // Credentials that fail do not replace working ones.
    run(&["accounts", "edit", &id, "--no-input", "--set-file", &file], 1);
    assert!(run(&["accounts", "verify", &id], 0).contains("ok"));
    // Changing the host requires entering the secret again.
    run(&["accounts", "edit", &id, "--no-input", "--set", "organization_slug=acmee"], 2);
    run(&["accounts", "edit", &id, "--no-input", "--environment", "sandbox"], 2);
    run(&["accounts", "export", &id], 2);
    assert!(
        run(&["accounts", "export", &id, "--reveal", "--format", "shell"], 0)
            .contains("GLADLY_API_TOKEN='right-token'")
    );
    let env = world.working_folder().join("gladly.env");
    run(&["accounts", "export", &id, "--out", &env.display().to_string()], 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&env).expect("the file").permissions().mode() & 0o777, 0o600);
    }
    run(&["accounts", "remove", &id], 2);
    run(&["accounts", "remove", &id, "--yes"], 0);
    run(&["accounts", "show", &id], 2);
    assert!(world.accounts().is_empty());
}

#[test]
fn an_account_lists_its_capabilities() {
    let world = World::for_provider("ashby");
    let upstream = format!("api.ashbyhq.com={}", world.origin);
    let link = |key: &str, more: &[&str]| {
        let mut command = world.command(&["link", "ashby", "--no-input", "--upstream", &upstream]);
        let linked = command.args(more).env("WAYSTONE_FIELD_API_KEY", key).output();
        let linked = linked.expect("cannot start the program");
        let err = String::from_utf8_lossy(&linked.stderr).into_owned();
        assert!(linked.status.success(), "{err}");
        (String::from_utf8_lossy(&linked.stdout).into_owned(), err)
    };
    let (_, shown) = link("narrow-key", &[]);
    let missing = "It works: 3 of 7 checks passed. Not available: Reading a scheduled interview";
    assert!(shown.contains(missing), "{shown}");
    let accounts = world.accounts();
    let expected = serde_json::json!({
        "jobs": true, "candidates": true,
        "interviews": false, "offers": false, "departments": false, "archive-reasons": false,
    });
    assert_eq!(accounts[0]["capabilities"], expected);
    let output_of = |arguments: &[&str]| {
        let output = world.command(arguments).output().expect("cannot start the program");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let list = output_of(&["accounts", "list"]);
    assert!(list.trim_end().ends_with("Narrow  2 of 6 capabilities"), "{list}");
    let show = output_of(&["accounts", "show", accounts[0]["id"].as_str().expect("an id")]);
    assert!(
        show.contains("Capabilities    2 of 6 (missing: interviews, offers, departments, archive-reasons)\n"),
        "{show}"
    );
}

#[test]
fn missing_access_is_explained_with_the_rules_own_text() {
    let world = World::for_provider("ashby");
    let upstream = format!("api.ashbyhq.com={}", world.origin);
    let link = |more: &[&str]| {
        let mut command = world.command(&["link", "ashby", "--no-input", "--upstream", &upstream]);
        let linked = command.args(more).env("WAYSTONE_FIELD_API_KEY", "silent-narrow-key").output();
        let linked = linked.expect("cannot start the program");
        assert!(linked.status.success(), "{}", String::from_utf8_lossy(&linked.stderr));
        linked
    };
    let shown = String::from_utf8_lossy(&link(&[]).stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    let (says, fix) = ("Ashby rejected the API Key.", "Otherwise, create a new key.");
    assert!(
        shown.contains(&format!("Reading a scheduled interview: {says}")) && shown.contains(fix),
        "{shown}"
    );
    for more in [&["--json", "--dry-run"][..], &["--json"]] {
        let report: Value = serde_json::from_slice(&link(more).stdout).expect("JSON");
        assert_eq!(report["outcome"], "ok_limited", "{report:#}");
        let missed =
            report["checks"].as_array().into_iter().flatten().find(|check| check["check"] == "interviews");
        let missed = missed.unwrap_or_else(|| panic!("{report:#}"));
        assert_eq!(
            (&missed["state"], &missed["rule"]),
            (&"missed".into(), &"key-refused".into()),
            "{report:#}"
        );
        let has = |key: &str, words: &str| missed[key].as_str().is_some_and(|text| text.contains(words));
        assert!(has("says", says) && has("fix", fix), "{report:#}");
    }
}
