//! Tests that a secret that a helper entered is sent only to the host that it was entered for.

use guide::Key;
use link::{Flow, Start};
use secret::Secret;

use crate::{GUIDE, ann, entered, flow, guide, live, read, response, sent, stage};

fn helped(site: &str) -> Flow {
    let mut flow = flow(live());
    flow.prefill(&entered(&[("site", site)]));
    assert_eq!(flow.prefill_for_helper(&entered(&[("token", "of-the-helper")])), []);
    Flow::restore(guide(), &flow.snapshot()).expect("a valid snapshot")
}

fn values(flow: &Flow) -> Vec<&str> {
    flow.values().values().map(Secret::expose).collect()
}

#[test]
fn a_helpers_secret_is_dropped_when_the_host_changes() {
    let mut same = helped("eu");
    same.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "")]));
    assert_eq!(stage(&same), "checking 1", "nothing changed, so the helper's secret is used");

    let mut moved = helped("eu");
    moved.submit_form(Some("live"), &entered(&[("site", "evil"), ("token", "")]));
    assert_eq!(stage(&moved), "enter !token");
    assert_eq!(values(&moved), ["evil"]);

    let mut elsewhere = helped("eu");
    elsewhere.choose_environment("test");
    elsewhere.submit_all(&[]);
    assert_eq!(stage(&elsewhere), "enter !token");

    let mut first = flow(live());
    first.prefill_for_helper(&entered(&[("token", "of-the-helper")]));
    first.submit_all(&entered(&[("site", "evil")]));
    assert_eq!(stage(&first), "enter !token", "the secret was not entered for any host");

    let mut replaced = helped("eu");
    replaced.prefill(&entered(&[("token", "of-the-person")]));
    replaced.submit_all(&entered(&[("site", "other")]));
    assert_eq!(stage(&replaced), "checking 1", "the person may send their own secret anywhere");
}

#[test]
fn a_helper_who_changes_the_host_does_not_get_the_persons_secret() {
    let mut flow = flow(live());
    flow.prefill(&entered(&[("token", "of-the-person")]));
    flow.prefill_for_helper(&entered(&[("site", "eu")]));
    assert_eq!(values(&flow), ["eu", "of-the-person"], "the person had not entered a host");
    flow.prefill_for_helper(&entered(&[("site", "evil")]));
    assert_eq!(values(&flow), ["evil"]);
    flow.prefill_for_helper(&entered(&[("token", "of-the-helper"), ("site", "other")]));
    assert_eq!(values(&flow), ["other", "of-the-helper"], "the helper entered both");
}

#[test]
fn a_secret_of_someone_else_is_not_tried_in_other_environments() {
    let stored = entered(&[("site", "eu"), ("token", "stored")]).into_iter().collect();
    for mut flow in [helped("eu"), flow(Start { stored, ..live() })] {
        flow.submit_all(&[]);
        let id = sent(&mut flow);
        flow.answered(id, &response(401, ""), 0);
        assert_eq!(stage(&flow), "failed wrong_secret [go make]");
        flow.ask_elsewhere();
        assert_eq!(stage(&flow), "failed wrong_secret [go make]");
    }
}

#[test]
fn a_default_that_determines_the_host_counts_as_a_value() {
    let text =
        GUIDE.replace("key: site, label: Site,", "key: site, label: Site, required: false, default: eu,");
    let stored: probe::Values = entered(&[("token", "stored")]).into_iter().collect();
    let edit =
        || Flow::new(read(&text), "api-key", Start { stored: stored.clone(), ..live() }).expect("a method");
    let mut same = edit();
    same.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "")]));
    assert_eq!(stage(&same), "checking 1", "the host is the same");
    let mut moved = edit();
    moved.submit_form(Some("live"), &entered(&[("site", "evil"), ("token", "")]));
    assert_eq!(stage(&moved), "enter !token");
}

#[test]
fn a_helper_sees_the_host_that_the_values_are_sent_to() {
    let (token, site) = (["token".to_owned()], ["site".to_owned()]);
    let mut flow = flow(Start::default());
    assert!(flow.missing_for_helper(&site).is_none(), "the step collects no secret");
    assert_eq!(flow.missing_for_helper(&token).map(|missing| missing.len()), Some(1));
    flow.prefill(&entered(&[("site", "eu")]));
    assert_eq!(flow.missing_for_helper(&token), Some(Vec::new()), "the environment is missing");
    flow.choose_environment("live");
    assert_eq!(flow.missing_for_helper(&token), None);
    assert_eq!(flow.host_for_helper(&token).as_deref(), Some("eu.acme.example"));
    assert_eq!(flow.host_for_helper(&site), None, "the helper determines it");
}

/// The flow would otherwise lose the secrets each time it is restored.
#[test]
fn a_host_that_an_admin_entered_does_not_change_when_a_flow_is_restored() {
    let setup = entered(&[("site", "eu")]);
    let mut flow = flow(live());
    flow.supply_setup(&setup);
    flow.prefill_for_helper(&entered(&[("token", "of-the-helper")]));
    let mut flow = Flow::restore(guide(), &flow.snapshot()).expect("a valid snapshot");
    flow.supply_setup(&setup);
    flow.submit_all(&[]);
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    assert!(flow.has_value(&Key::parse("token").expect("a key")));
}
