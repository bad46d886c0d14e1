//! The ways to link, each interrupted at every labeled point that it passes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;

use super::lane::{Lane, as_client, create as post, linked};
use super::tally::{NEWER, TOKEN, Tally};
use crate::hub::browser::{Browser, Progress};
use crate::hub::client::Request;

/// An upper bound on the number of points, in case a link never finishes.
const MAX_POINTS: u32 = 150;

/// How long to wait for checks whose process was killed. Another process needs less time than this to take them over.
const TAKEOVER_TIMEOUT: Duration = Duration::from_secs(25);

/// Links a new account with the widget's protocol.
pub(super) fn create(mut lane: Lane) -> Tally {
    for n in 1..MAX_POINTS {
        let session = lane.new_session(&format!("created-{n}"));
        let result = lane.interrupt(n, |address| Ok(linked(&post(address, &session, TOKEN)?)));
        let when = format!("created, point {n}: {:?}", result.label);
        lane.check_owner(&session.owner, result.acknowledged.as_deref(), &when);
        lane.assert_links_again(&session, &when);
        if result.label.is_none() {
            assert!(result.acknowledged.is_some(), "{when}: the link finished without an account");
            return lane.finish();
        }
    }
    panic!("the link passed more than {MAX_POINTS} points")
}

/// Replaces the credentials of an existing account.
pub(super) fn edit(mut lane: Lane) -> Tally {
    let owner = "edited";
    let first = post(lane.address(), &lane.new_session(owner), TOKEN).expect("no response");
    let id = linked(&first);
    let mut version = 1;
    for n in 1..MAX_POINTS {
        let session = lane.new_session(owner);
        let (old, new) = if lane.token_of(&id) == TOKEN { (TOKEN, NEWER) } else { (NEWER, TOKEN) };
        let body = json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": new } });
        let path = format!("/hub/accounts/{id}");
        let result = lane.interrupt(n, |address| {
            Ok(linked(&as_client(Request::new("PATCH", &path), &session).json(&body).send_to(address)?))
        });
        let when = format!("edited, point {n}: {:?}", result.label);
        let stored =
            lane.check_owner(owner, result.acknowledged.as_deref(), &when).expect("the account is missing");
        let now = stored["version"].as_i64().unwrap_or_default();
        assert!(now == version || now == version + 1, "{when}: the version went from {version} to {now}");
        let expected = if now == version { old } else { new };
        assert_eq!(lane.token_of(&id), expected, "{when}: the token does not match the version");
        assert!(
            result.acknowledged.is_none() || now == version + 1,
            "{when}: the acknowledged edit was lost"
        );
        version = now;
        if result.label.is_none() {
            lane.assert_links_again(&session, &when);
            return lane.finish();
        }
    }
    panic!("the edit passed more than {MAX_POINTS} points")
}

/// Links a new account on the pages: opens the link, fills in the form, waits for the checks, confirms the account.
/// `part` is 0 for the even-numbered points and 1 for the odd-numbered points.
pub(super) fn pages(mut lane: Lane, part: u32) -> Tally {
    let mut waiting = Vec::new();
    for n in (1..MAX_POINTS).filter(|n| n % 2 == part) {
        let session = lane.new_session(&format!("paged-{n}"));
        let mut browser = Browser::new(
            &session.link,
            &[
                ("environment", "production"),
                ("field.organization_slug", "acme"),
                ("field.agent_email", "api-user@acme.example"),
                ("field.api_token", TOKEN),
            ],
        );
        let patience = Duration::from_secs(30);
        let result = lane.interrupt(n, |address| walk(&mut browser, patience, address));
        let when = format!("on the pages, point {n}: {:?}", result.label);
        lane.check_owner(&session.owner, result.acknowledged.as_deref(), &when);
        match browser.walk(Duration::from_millis(100), || lane.address()).expect("no response") {
            Progress::Done(id) => check_done(&mut lane, &session.owner, &id, &when),
            // The process that ran the checks is dead, but its lease has not expired yet.
            Progress::Checking => waiting.push((session.owner, browser, when)),
        }
        if result.label.is_none() {
            break;
        }
    }
    for (owner, mut browser, when) in waiting {
        let progress = browser.walk(TAKEOVER_TIMEOUT, || lane.address()).expect("no response");
        let Progress::Done(id) = progress else { panic!("{when}: no process took over the checks") };
        lane.tally.taken_over += 1;
        check_done(&mut lane, &owner, &id, &when);
    }
    lane.finish()
}

/// Walks to the page that confirms the account. Returns the account's id.
fn walk(browser: &mut Browser, patience: Duration, address: SocketAddr) -> io::Result<String> {
    match browser.walk(patience, || address)? {
        Progress::Done(id) => Ok(id),
        Progress::Checking => panic!("the checks did not finish"),
    }
}

/// Asserts that the owner has only this account.
fn check_done(lane: &mut Lane, owner: &str, id: &str, when: &str) {
    let tally = lane.tally.acknowledged;
    lane.check_owner(owner, Some(id), &format!("{when}, after continuing"));
    lane.tally.acknowledged = tally;
}
