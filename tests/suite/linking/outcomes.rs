//! Every ending has its own outcome, message, field and step.

use serde_json::Value;

use super::world::World;

/// Links, and compares what was said with `outcome rule at_field return_to`, and the exit code.
#[track_caller]
fn check(world: &World, slug: &str, token: &str, more: &[&str], expected: &str, message: &str) {
    let output = world.link(slug, token, more);
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let word = |key: &str| said[key].as_str().unwrap_or("-").to_owned();
    let got = format!("{} {} {} {}", word("outcome"), word("rule"), word("at_field"), word("return_to"));
    assert_eq!(got, expected, "{said:#}");
    assert!(word("says").contains(message), "{said:#}");
    let good = expected.starts_with("ok");
    assert_eq!(output.status.code(), Some(i32::from(!good)));
    let rest = String::from_utf8_lossy(&output.stderr);
    assert!(
        !rest.contains(token) && !said.to_string().contains(token),
        "the token was shown: {said:#} {rest}"
    );
}

#[test]
fn right_credentials_link_and_show_the_name_of_the_organization() {
    let world = World::new();
    check(&world, "https://acme.gladly.com/settings", "right-token", &[], "ok - - -", "-");
    let accounts = world.accounts();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["name"], "Acme Outdoor");
    assert_eq!(accounts[0]["values"]["organization_slug"], "acme");
    assert_eq!(accounts[0]["secrets"], serde_json::json!(["api_token"]));
    assert_eq!(accounts[0]["capabilities"], Value::Null, "the guide asks for none");
}

#[test]
fn every_refusal_names_its_cause_field_and_step() {
    let world = World::new();
    let not_accepted = "did not accept Agent Email with API Token in Production";
    check(
        &world,
        "acme",
        "revoked-token",
        &[],
        "wrong_secret token-refused api_token create-token",
        not_accepted,
    );
    // Credentials of nobody are answered like a wrong token, by provider and simulator alike.
    check(
        &world,
        "acme",
        "a-token-of-nobody",
        &[],
        "wrong_secret token-refused api_token create-token",
        not_accepted,
    );
    let no_permission = "does not have the API User permission";
    check(
        &world,
        "acme",
        "agent-token",
        &[],
        "missing_permission no-api-permission agent_email enable-api-user",
        no_permission,
    );
    let unknown = "no organization at acmee.gladly.com";
    check(
        &world,
        "acmee",
        "right-token",
        &[],
        "wrong_tenant no-such-organization organization_slug find-slug",
        unknown,
    );
    let page = "A web page answered at parked.gladly.com";
    check(
        &world,
        "parked",
        "right-token",
        &[],
        "wrong_tenant a-page-instead-of-data organization_slug find-slug",
        page,
    );
    let other = "answered for another organization than moved";
    check(
        &world,
        "moved",
        "right-token",
        &[],
        "wrong_tenant another-organization organization_slug find-slug",
        other,
    );
    check(
        &world,
        "strange",
        "right-token",
        &[],
        "protocol_mismatch - - -",
        "in a way its documentation does not describe",
    );
    assert!(world.accounts().is_empty(), "what failed was kept");
}

#[test]
fn a_throttled_or_broken_provider_is_nobodys_fault() {
    let world = World::new();
    check(&world, "acme", "busy-token", &[], "ok - - -", "-");
    check(&world, "acme", "flooded-token", &[], "throttled too-many-requests - -", "ten requests a second");
    check(&world, "acme", "broken-token", &[], "provider_down gladly-fails - -", "has a failure");
}

#[test]
fn a_sandbox_token_is_told_apart_only_by_consent() {
    let world = World::new();
    let named = "did not accept Agent Email with API Token in Production";
    check(&world, "acme", "sandbox-token", &[], "wrong_secret token-refused api_token create-token", named);
    let told = "accepts these credentials in Sandbox";
    check(
        &world,
        "acme",
        "sandbox-token",
        &["--ask-elsewhere"],
        "wrong_environment - api_token create-token",
        told,
    );
    let rule = "wrong_secret token-refused api_token create-token";
    check(&world, "acme", "nowhere-token", &["--ask-elsewhere"], rule, named);
}

#[test]
fn an_account_linked_again_has_to_be_the_same_one() {
    let world = World::new();
    check(&world, "acme", "right-token", &[], "ok - - -", "-");
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    check(&world, "acme", "newer-token", &["--account", &id], "ok - - -", "-");
    let different = "another Gladly account than the one linked before";
    check(&world, "acme.us-1", "region-token", &["--account", &id], "different_account - - -", different);
    assert_eq!(world.accounts()[0]["external_id"], "org-7Qm");
    check(&world, "acme.us-1", "region-token", &["--account", &id, "--allow-different"], "ok - - -", "-");
    assert_eq!(world.accounts()[0]["external_id"], "org-3Ld");
    assert_eq!(world.accounts().len(), 1);
}

#[test]
fn an_account_can_be_checked_edited_exported_and_removed() {
    let world = World::new();
    check(&world, "acme", "right-token", &[], "ok - - -", "-");
    let id = world.accounts()[0]["id"].as_str().expect("an id").to_owned();
    let run = |arguments: &[&str], code: i32| {
        let mut command = world.command(arguments);
        if arguments.contains(&"verify") || arguments.contains(&"edit") {
            command.args(world.upstreams());
        }
        let output = command.stdin(std::process::Stdio::null()).output().expect("it runs");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(run(&["accounts", "verify", &id], 0).contains("ok"));
    let token = world.place().join("token");
    std::fs::write(&token, "revoked-token\n").expect("a file can be written");
    let file = format!("api_token={}", token.display());
    // What was not seen to work does not take the place of what was.
    run(&["accounts", "edit", &id, "--no-input", "--set-file", &file], 1);
    assert!(run(&["accounts", "verify", &id], 0).contains("ok"));
    // Another host is another place for the secret: it is asked for again.
    run(&["accounts", "edit", &id, "--no-input", "--set", "organization_slug=acmee"], 2);
    run(&["accounts", "edit", &id, "--no-input", "--environment", "sandbox"], 2);
    run(&["accounts", "export", &id], 2);
    assert!(
        run(&["accounts", "export", &id, "--reveal", "--format", "shell"], 0)
            .contains("GLADLY_API_TOKEN='right-token'")
    );
    let env = world.place().join("gladly.env");
    run(&["accounts", "export", &id, "--out", &env.display().to_string()], 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&env).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
    run(&["accounts", "remove", &id], 2);
    run(&["accounts", "remove", &id, "--yes"], 0);
    run(&["accounts", "show", &id], 2);
    assert!(world.accounts().is_empty());
}

#[test]
fn an_account_says_how_much_of_what_it_could_do_it_can() {
    let world = World::of("ashby");
    let upstream = format!("api.ashbyhq.com={}", world.origin);
    let linked = world
        .command(&["link", "ashby", "--no-input", "--upstream", &upstream])
        .env("WAYSTONE_FIELD_API_KEY", "narrow-key")
        .output()
        .expect("it runs");
    assert!(linked.status.success(), "{}", String::from_utf8_lossy(&linked.stderr));
    let accounts = world.accounts();
    let can = serde_json::json!({
        "jobs": true, "candidates": true,
        "interviews": false, "offers": false, "departments": false, "archive-reasons": false,
    });
    assert_eq!(accounts[0]["capabilities"], can);
    let says = |arguments: &[&str]| {
        let output = world.command(arguments).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let list = says(&["accounts", "list"]);
    assert!(list.trim_end().ends_with("Narrow  2 of 6 capabilities"), "{list}");
    let show = says(&["accounts", "show", accounts[0]["id"].as_str().expect("an id")]);
    assert!(
        show.contains("Capabilities    2 of 6 (missing: interviews, offers, departments, archive-reasons)\n"),
        "{show}"
    );
}
