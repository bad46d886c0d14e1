//! The ways to link, each cut at every point that it passes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;

use super::lane::{Lane, create as post, from, linked};
use super::tally::{NEWER, TOKEN, Tally};
use crate::hub::browser::{Browser, Came};
use crate::hub::client::Ask;

/// No link passes so many points. Guards against one that never ends.
const MOST: u32 = 150;

/// How long somebody waits for checks whose process is gone: longer than it takes until another takes over.
const UNTIL_TAKEN_OVER: Duration = Duration::from_secs(25);

/// A first link by the widget's protocol.
pub(super) fn create(mut lane: Lane) -> Tally {
    for n in 1..MOST {
        let leave = lane.leave(&format!("created-{n}"));
        let cut = lane.cut(n, |address| Ok(linked(&post(address, &leave, TOKEN)?)));
        let when = format!("created, point {n}: {:?}", cut.label);
        lane.settled(&leave.owner, cut.acknowledged.as_deref(), &when);
        lane.links_again(&leave, &when);
        if cut.label.is_none() {
            assert!(cut.acknowledged.is_some(), "{when}: it came to its end");
            return lane.finish();
        }
    }
    panic!("a link passes more than {MOST} points")
}

/// New credentials for an account that is there.
pub(super) fn edit(mut lane: Lane) -> Tally {
    let owner = "edited";
    let first = post(lane.address(), &lane.leave(owner), TOKEN).expect("it answers");
    let id = linked(&first);
    let mut version = 1;
    for n in 1..MOST {
        let leave = lane.leave(owner);
        let (old, new) = if lane.token_of(&id) == TOKEN { (TOKEN, NEWER) } else { (NEWER, TOKEN) };
        let body = json!({ "integration_id": "gladly.api-key", "credentials": { "api_token": new } });
        let path = format!("/hub/accounts/{id}");
        let cut = lane
            .cut(n, |address| Ok(linked(&from(Ask::new("PATCH", &path), &leave).json(&body).to(address)?)));
        let when = format!("edited, point {n}: {:?}", cut.label);
        let there =
            lane.settled(owner, cut.acknowledged.as_deref(), &when).expect("an account is never lost");
        let now = there["version"].as_i64().unwrap_or_default();
        assert!(now == version || now == version + 1, "{when}: version {now} after {version}");
        let expected = if now == version { old } else { new };
        assert_eq!(lane.token_of(&id), expected, "{when}: the old account or the new one");
        assert!(cut.acknowledged.is_none() || now == version + 1, "{when}: it was acknowledged");
        version = now;
        if cut.label.is_none() {
            lane.links_again(&leave, &when);
            return lane.finish();
        }
    }
    panic!("an edit passes more than {MOST} points")
}

/// A first link on the pages: the link opened, the form, the checks, the account confirmed. `part`: every second point.
pub(super) fn pages(mut lane: Lane, part: u32) -> Tally {
    let mut waiting = Vec::new();
    for n in (1..MOST).filter(|n| n % 2 == part) {
        let leave = lane.leave(&format!("paged-{n}"));
        let mut browser = Browser::new(
            &leave.link,
            &[
                ("environment", "production"),
                ("field.organization_slug", "acme"),
                ("field.agent_email", "api-user@acme.example"),
                ("field.api_token", TOKEN),
            ],
        );
        let patience = Duration::from_secs(30);
        let cut = lane.cut(n, |address| walk(&mut browser, patience, address));
        let when = format!("on the pages, point {n}: {:?}", cut.label);
        lane.settled(&leave.owner, cut.acknowledged.as_deref(), &when);
        match browser.walk(Duration::from_millis(100), || lane.address()).expect("it answers") {
            Came::Done(id) => is_done(&mut lane, &leave.owner, &id, &when),
            // Whoever has the checks is dead, and nobody knows yet.
            Came::Checking => waiting.push((leave.owner, browser, when)),
        }
        if cut.label.is_none() {
            break;
        }
    }
    for (owner, mut browser, when) in waiting {
        let came = browser.walk(UNTIL_TAKEN_OVER, || lane.address()).expect("it answers");
        let Came::Done(id) = came else { panic!("{when}: nobody took the checks over") };
        lane.tally.taken_over += 1;
        is_done(&mut lane, &owner, &id, &when);
    }
    lane.finish()
}

/// The whole way, to the page that says that it is done.
fn walk(browser: &mut Browser, patience: Duration, address: SocketAddr) -> io::Result<String> {
    match browser.walk(patience, || address)? {
        Came::Done(id) => Ok(id),
        Came::Checking => panic!("the checks do not end"),
    }
}

/// That whoever went on has the account, and only that one.
fn is_done(lane: &mut Lane, owner: &str, id: &str, when: &str) {
    let tally = lane.tally.acknowledged;
    lane.settled(owner, Some(id), &format!("{when}, and gone on"));
    lane.tally.acknowledged = tally;
}
