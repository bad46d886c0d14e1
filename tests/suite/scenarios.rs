//! The scenarios of every valid guide, run with the real flow over real HTTP.

use std::collections::BTreeSet;
use std::fs;

use secret::{Redactor, Secret};
use serde_json::Value;

use crate::{corpus, guides, waystone};

#[test]
fn every_scenario_of_every_guide_passes() {
    for guide in guides::files() {
        let run = waystone::run(
            guide.parent().expect("a folder"),
            &["test", "--color", "never", &guide.display().to_string()],
        );
        assert_eq!(run.code, 0, "{}\n{}{}", guide.display(), run.out, run.err);
    }
}

/// Each mutation breaks one scenario, and `waystone test` must report it.
#[test]
fn a_broken_scenario_fails() {
    let good = include_str!("../../guides/gladly/guide.yaml");
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = folder.path().join("guide.yaml");
    let mutations = [
        (
            "outcome: ok, account: { id: org-7Qm, name: Acme Outdoor }",
            "outcome: ok, account: { id: org-8, name: Acme Outdoor }",
        ),
        (
            "outcome: missing_permission, rule: no-api-permission, at_field: agent_email",
            "outcome: missing_permission, at_field: api_token",
        ),
        ("outcome: wrong_environment, environment: sandbox", "outcome: wrong_secret"),
        ("outcome: throttled, rule: too-many-requests", "outcome: ok"),
        (
            "rule: no-such-organization, at_field: organization_slug, return_to: find-slug",
            "rule: no-such-organization, return_to: create-token",
        ),
        ("is: tls\n", "is: unreachable\n"),
        ("        when: { status: 403 }", "        when: { status: 410 }"),
    ];
    for (from, to) in mutations {
        assert!(good.contains(from), "the guide does not contain `{from}`");
        fs::write(&file, good.replacen(from, to, 1)).expect("cannot write the guide");
        let run = waystone::run(folder.path(), &["test", "--color", "never", "guide.yaml"]);
        assert_eq!(run.code, 1, "{to}: {}{}", run.out, run.err);
        assert!(run.out.contains("expected"), "{}", run.out);
    }
}

#[test]
fn the_summary_counts_runs() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = folder.path().join("guide.yaml");
    let good = include_str!("../../guides/gladly/guide.yaml");
    let test = |text: &str, option: &str| {
        fs::write(&file, text).expect("cannot write the guide");
        waystone::run(folder.path(), &["test", option, "guide.yaml"])
    };
    let run = test(good, "--quiet");
    let last = run.out.lines().last().expect("a line");
    assert!(last.contains(" passed, 0 failed, ") && last.ends_with(" examples valid"), "{last}");

    let tls = "{ outcome: tls, rule: no-secure-connection }";
    assert!(good.contains(tls), "the guide does not contain `{tls}`");
    let text = good.replacen(tls, "{ outcome: unreachable, rule: no-connection }", 1);
    let run = test(&text, "--quiet");
    assert!(run.out.contains("response: tls: "), "{}", run.out);
    let json: Value = serde_json::from_str(&test(&text, "--json").out).expect("JSON");
    assert_eq!(json["failed"], 1, "the scenario must count as a failure");
    assert!(json["examples"].as_u64().is_some_and(|examples| 3 < examples), "{json:#}");
}

/// A rule that no scenario reaches is a warning: both commands name it, and neither fails.
#[test]
fn an_unreached_outcome_is_a_warning_of_check_and_test() {
    let folder = corpus::folder("findings");
    let case = "an-outcome-that-no-scenario-reaches";
    let [check, test, json] = [&["check", case][..], &["test", case], &["test", "--json", case]]
        .map(|arguments| waystone::run(&folder, arguments));
    assert_eq!([check.code, test.code, json.code], [0, 0, 0], "{}{}", check.err, test.out);
    assert!(check.out.contains("W0309"), "{}", check.out);
    assert!(test.out.contains("! no scenario reaches the outcome `refused`"), "{}", test.out);
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((&json["failed"], &json["unreached"][0]["rule"]), (&0.into(), &"refused".into()));
}

/// `check --test` and `test` have one definition of what is wrong with a guide.
#[test]
fn check_and_test_agree_on_every_guide() {
    let cases =
        corpus::cases("findings", "guide.yaml").into_iter().map(|case| case.folder.join("guide.yaml"));
    let files: Vec<String> = cases.chain(guides::files()).map(|path| path.display().to_string()).collect();
    let json = |arguments: &[&str]| -> (i32, Value) {
        let files = files.iter().map(String::as_str);
        let arguments: Vec<&str> = arguments.iter().copied().chain(files).collect();
        let run = waystone::run(&corpus::folder("findings"), &arguments);
        (run.code, serde_json::from_str(&run.out).expect("JSON"))
    };
    let (check_code, check) = json(&["check", "--test", "--format", "json", "--today", waystone::TODAY]);
    let (test_code, test) = json(&["test", "--json"]);
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let name = |value: &Value| value.as_str().expect("a name").to_owned();
    let is_error = |finding: &&Value| finding["severity"] == "error";
    let (failing, others): (Vec<Value>, Vec<Value>) =
        list(&check["findings"]).iter().filter(is_error).cloned().partition(|one| one["code"] == "W0401");

    let refused: BTreeSet<String> = list(&test["refused"]).iter().map(name).collect();
    let in_error: BTreeSet<String> = others.iter().map(|one| name(&one["file"])).collect();
    assert_eq!(in_error, refused, "`test` must refuse exactly the guides in which `check` finds errors");
    let failed: BTreeSet<String> = list(&test["scenarios"])
        .iter()
        .filter(|one| one["passed"] == false)
        .map(|one| name(&one["guide"]))
        .collect();
    let failing: BTreeSet<String> = failing.iter().map(|one| name(&one["file"])).collect();
    assert_eq!(failing, failed);
    assert!(100 < refused.len() && !failed.is_empty(), "{} refused, {} failed", refused.len(), failed.len());
    assert_eq!((check_code, test_code), (1, 1));
}

#[test]
fn check_reports_a_failing_scenario_with_its_place_and_gives_no_grade() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let good = include_str!("../../guides/gladly/guide.yaml");
    let (from, to) =
        ("account: { id: org-7Qm, name: Acme Outdoor }", "account: { id: org-8, name: Acme Outdoor }");
    assert!(good.contains(from), "the guide does not contain `{from}`");
    let text = good.replacen(from, to, 1);
    fs::write(folder.path().join("guide.yaml"), &text).expect("cannot write the guide");
    let before = &text[..text.find(to).expect("the edit")];
    let line = 1 + before[..before.rfind("- name: ").expect("a scenario")].matches('\n').count();

    let with = waystone::run(folder.path(), &["check", "--test", "--format", "json", "guide.yaml"]);
    let json: Value = serde_json::from_str(&with.out).expect("JSON");
    let finding = &json["findings"][0];
    assert_eq!(
        (with.code, &finding["code"], &finding["line"]),
        (1, &"W0401".into(), &line.into()),
        "{json:#}"
    );
    let message = finding["message"].as_str().expect("a message");
    assert!(message.contains("account id: expected `org-8`, got `org-7Qm`"), "{message}");
    assert_eq!(json["grades"], serde_json::json!([]), "a guide with a failing scenario has no grade");

    // Without `--test`, the grade says what it assumes.
    let without = waystone::run(folder.path(), &["check", "--format", "json", "guide.yaml"]);
    let json: Value = serde_json::from_str(&without.out).expect("JSON");
    assert_eq!((without.code, &json["grades"][0]["tested"]), (0, &false.into()), "{json:#}");
    let text = waystone::run(folder.path(), &["check", "guide.yaml"]);
    assert!(text.err.contains("gladly: gold if the scenarios pass. For platinum: "), "{}", text.err);
}

/// Each edit makes the guide send something else than its documentation says. The simulator expects what the guide says,
/// so only `sends` can detect the edit.
#[test]
fn a_wrong_request_fails_the_scenario_that_says_what_is_sent() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let corpus = |case: &str| fs::read_to_string(corpus::folder("guides/ok").join(case).join("guide.yaml"));
    let corpus = |case: &str| corpus(case).expect("a guide");
    let edits = [
        (
            include_str!("../../guides/gladly/guide.yaml").to_owned(),
            ("password: '{{ value.api_token }}'", "password: 'Token {{ value.api_token }}'"),
            "header `authorization`: expected `Basic` with `api-user@acme.example:{{ value.api_token }}`, got `Basic` \
             with `api-user@acme.example:Token {{ value.api_token }}`",
        ),
        (
            include_str!("../../guides/zendesk/guide.yaml").to_owned(),
            ("client_auth: post", "client_auth: basic"),
            "JSON `client_secret`: expected `\"{{ value.client_secret }}\"`, got none",
        ),
        (
            include_str!("../../guides/zendesk/guide.yaml").to_owned(),
            ("token_body: json", "token_body: form"),
            "the body is not JSON",
        ),
        (
            corpus("a-key-in-the-query"),
            ("{ in: query, name: key,", "{ in: query, name: api_key,"),
            "query parameter `key`: expected `{{ value.api_key }}`, got none",
        ),
        (
            corpus("a-key-in-the-query"),
            ("{ in: query, name: key,", "{ in: header, name: key,"),
            "query parameter `key`: expected `{{ value.api_key }}`, got none",
        ),
        (
            corpus("client-credentials"),
            ("scopes: [tickets.read, tickets.write]", "scopes: [tickets.read]"),
            "form field `scope`: expected `tickets.read tickets.write`, got `tickets.read`",
        ),
        (
            corpus("client-credentials"),
            (
                "          - request: GET /me\n            sends: { headers: { Authorization: 'Bearer",
                "          - request: GET /me\n            sends: { headers: { Authorization: 'Token",
            ),
            "header `authorization`: expected `Token {{ token.access_token }}`, got `Bearer {{ token.access_token }}`",
        ),
    ];
    for (good, (from, to), difference) in edits {
        assert!(good.contains(from), "the guide does not contain `{from}`");
        fs::write(folder.path().join("guide.yaml"), good.replacen(from, to, 1))
            .expect("cannot write the guide");
        let run = waystone::run(folder.path(), &["test", "--color", "never", "guide.yaml"]);
        assert_eq!(run.code, 1, "{to}: {}{}", run.out, run.err);
        assert!(run.out.contains(difference), "{to}: `{difference}` is missing\n{}", run.out);
        for secret in ["right-token", "right-secret", "right-key", "token-1"] {
            assert!(!run.out.contains(secret), "{to}: `{secret}` is shown\n{}", run.out);
        }
    }
}

/// A shell that runs the printed command passes these arguments to `curl`.
#[test]
fn verbose_output_has_commands_that_a_shell_can_run() {
    let run = waystone::run(&corpus::folder("findings"), &["test", "--json", "../../../guides/gladly"]);
    let json: Value = serde_json::from_str(&run.out).expect("JSON");
    let request = &json["scenarios"][0]["requests"][0];
    assert_eq!(request["response"], "HTTP 200");
    let script =
        format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{}", request["curl"].as_str().expect("a command"));
    let shell = std::process::Command::new("bash")
        .args(["-c", &script])
        .env("API_TOKEN", "a\"b $c `d` \\e")
        .output()
        .expect("cannot start a shell");
    let arguments = String::from_utf8(shell.stdout).expect("UTF-8");
    let expected =
        "https://acme.gladly.com/api/v1/organization\n--user\napi-user@acme.example:a\"b $c `d` \\e\n";
    assert!(arguments.starts_with(expected), "{script}\n{arguments}");

    let text = waystone::run(&corpus::folder("findings"), &["test", "-v", "../../../guides/gladly"]).out;
    assert!(text.contains("\n      curl 'https://acme.gladly.com/api/v1/organization' \\\n"), "{text}");
    assert!(text.contains("\n      → HTTP 401\n") && text.contains("\n      → fails: dns\n"), "{text}");
}

#[test]
fn no_shown_request_contains_a_secret() {
    let mut shown = 0;
    for file in guides::files() {
        let name = file.display().to_string();
        let run = waystone::run(file.parent().expect("a folder"), &["test", "--json", &name]);
        let json: Value = serde_json::from_str(&run.out).expect("JSON");
        let reading = guide::read(&name, &fs::read(&file).expect("a guide"));
        let guide = reading.usable().expect("a valid guide");
        for result in json["scenarios"].as_array().expect("a list") {
            let method = guide.method(result["method"].as_str().expect("a key")).expect("a method");
            let scenario =
                method.scenarios.iter().find(|one| result["scenario"] == *one.name).expect("a scenario");
            let is_secret = |key: &guide::Key| method.field(key.as_str()).is_some_and(|field| field.secret);
            let given = scenario.given.iter().filter(|(key, _)| is_secret(key));
            // Other tokens are facts about the account, such as its host.
            let tokens = scenario.tokens.iter().filter(|(key, _)| method.auth.is_credential(key));
            let secrets = given.chain(tokens).map(|(_, secret)| Secret::new(secret.trim()));
            let redactor = Redactor::new(&secrets.collect::<Vec<_>>());
            for request in result["requests"].as_array().expect("a list") {
                let command = request["curl"].as_str().expect("a command");
                assert!(!redactor.finds_in(command), "{name}: {}\n{command}", scenario.name);
                shown += 1;
            }
        }
    }
    assert!(300 < shown, "only {shown} requests were shown");
}
