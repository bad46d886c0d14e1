//! The scenarios of every valid guide, run with the real flow over real HTTP.

use crate::{guides, waystone};

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
        std::fs::write(&file, good.replacen(from, to, 1)).expect("cannot write the guide");
        let run = waystone::run(folder.path(), &["test", "--color", "never", "guide.yaml"]);
        assert_eq!(run.code, 1, "{to}: {}{}", run.out, run.err);
        assert!(run.out.contains("expected") || run.out.contains("no scenario reaches"), "{}", run.out);
    }
}

#[test]
fn the_summary_counts_runs_and_names_unreached_outcomes() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = folder.path().join("guide.yaml");
    let good = include_str!("../../guides/gladly/guide.yaml");
    let test = |text: &str, option: &str| {
        std::fs::write(&file, text).expect("cannot write the guide");
        waystone::run(folder.path(), &["test", option, "guide.yaml"])
    };
    let run = test(good, "--quiet");
    let last = run.out.lines().last().expect("a line");
    assert!(last.contains(" passed, 0 failed, ") && last.ends_with(" examples valid"), "{last}");

    let tls = "{ outcome: tls, rule: no-secure-connection }";
    assert!(good.contains(tls), "the guide does not contain `{tls}`");
    let text = good.replacen(tls, "{ outcome: unreachable, rule: no-connection }", 1);
    let run = test(&text, "--quiet");
    assert!(run.out.contains("no scenario reaches the outcome `no-secure-connection`"), "{}", run.out);
    assert!(run.out.contains("response: tls: "), "{}", run.out);
    let json: serde_json::Value = serde_json::from_str(&test(&text, "--json").out).expect("JSON");
    assert_eq!(json["failed"], 2, "the scenario and the unreached outcome must count as failures");
    assert!(json["examples"].as_u64().is_some_and(|examples| 3 < examples), "{json:#}");
    let unreached = &json["unreached"];
    assert_eq!(
        (&unreached[0]["rule"], &unreached[1]),
        (&"no-secure-connection".into(), &serde_json::Value::Null)
    );
}
