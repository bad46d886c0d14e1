//! Tests the state of a linked account after its credentials are verified.

use driver::Verification;
use link::{Flow, Start};
use vault::AccountState;

use crate::{Log, Script, ann, answer, flow, guide, signed_in, timeout};

async fn verified(answers: Vec<probe::Answer>) -> Verification {
    let mut flow = flow(Start::default());
    driver::run(&mut flow, &mut Script::new(answers), &mut Log::default()).await.unwrap();
    Verification::of(&flow)
}

#[tokio::test]
async fn an_account_whose_checks_pass_is_active() {
    let found = verified(vec![signed_in(), ann()]).await;
    assert_eq!((found.outcome.as_str(), found.message.as_deref()), ("ok", None));
    assert_eq!(found.checks.len(), 2);
    assert_eq!(found.record(3).unwrap().state, AccountState::Active);
    assert_eq!(found.record(3).unwrap().version, 3);
}

#[tokio::test]
async fn a_refused_credential_sets_the_error_state_with_its_reason() {
    let found = verified(vec![answer(401, "{}")]).await;
    assert_eq!(found.outcome, "wrong_secret");
    let reason = found.message.clone().unwrap();
    assert_eq!(found.record(1).unwrap().state, AccountState::Error { reason });
}

#[tokio::test]
async fn a_transient_failure_does_not_change_the_state() {
    let found = verified(vec![timeout(), timeout(), timeout()]).await;
    assert!(found.is_transient && found.message.is_some());
    assert!(found.record(1).is_none());
}

#[test]
fn an_account_whose_values_do_not_match_the_guide_is_misconfigured() {
    let mut flow = Flow::new(guide(), "main", Start::default()).unwrap();
    flow.submit_all(&[]);
    let found = Verification::of(&flow);
    assert_eq!(found.outcome, "misconfigured");
    assert!(found.record(1).is_some());
}
