//! Sign-ins in several windows that one frame opened, and requests that must not finish them.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::provider::Provider;
use super::{KEY, guides};
use crate::hub::browser::{Browser, Progress, between};
use crate::hub::client::{Request, Response};
use crate::hub::process::{Installation, RunningHub};
use crate::hub::rows::Rows;
use crate::hub::world::Database;

const SIGNED_IN: &str = "You&#39;re signed in";

/// The origin of the page that contains the frame.
const PARENT: &str = "http://127.0.0.1:1";

/// A session whose form is open in a frame.
struct Frame {
    hub: RunningHub,
    installation: Installation,
    provider: Provider,
    browser: Browser,
    _guides: tempfile::TempDir,
}

impl Frame {
    /// Opens the session's link in a frame, without following the redirect to the form.
    fn open() -> Self {
        let (provider, guides) = (Provider::start(None), guides());
        let folder = guides.path().to_str().expect("the path is not UTF-8");
        let upstream = format!("*.acme.example={}", provider.origin);
        let more = ["--guides", folder, "--upstream", upstream.as_str()];
        let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1").with(&more);
        let hub = installation.start();
        let key = hub.key.clone().expect("a first key");
        let send = |request: Request| request.key(&key).send_to(hub.address).expect("no response");
        let profile = send(Request::post("/connector_profiles").json(&json!({
            "provider": KEY, "method": "main", "values": { "client_id": "app", "client_secret": "app-secret" },
        })));
        assert_eq!(profile.status, 201, "{}", profile.body);
        let created = send(Request::post("/connect_sessions").json(&json!({
            "origin_owner_id": "mine", "origin_owner_name": "Mine", "allowed_origins": [PARENT],
            "connector_profile_id": profile.text("id"),
        })));
        let mut browser = Browser::new(&format!("{}?parent={PARENT}", created.link()), &[]);
        let entered = browser.send(hub.address, Request::get(&browser.path.clone())).expect("no response");
        assert_eq!(entered.status, 303, "{}", entered.body);
        entered.header("location").expect("no redirect").clone_into(&mut browser.path);
        Self { hub, installation, provider, browser, _guides: guides }
    }

    fn address(&self) -> SocketAddr {
        self.hub.address
    }

    /// Submits the form. Returns the ticket with which windows can be opened.
    fn connect(&mut self) -> String {
        let address = self.address();
        let form = self.browser.open(|| address).expect("no response");
        let csrf = between(&form.body, "name=\"csrf\" value=\"", "\"");
        let form = Request::post(&self.browser.path).form(&[("csrf", csrf), ("do", "connect")]);
        let waiting = self.browser.send(address, form).expect("no response");
        assert_eq!(waiting.status, 200, "{}", waiting.body);
        between(&waiting.body, "name=\"ticket\" value=\"", "\"").to_owned()
    }

    /// Opens a window, which is sent to the provider. Returns the path that the provider redirects to, without its
    /// answer.
    fn leave(&self, window: &mut Browser, ticket: &str) -> String {
        let request = Request::post("/connect/oauth2/leave").header("sec-fetch-site", "same-origin");
        let away = window.send(self.address(), request.form(&[("ticket", ticket)])).expect("no response");
        assert_eq!(away.status, 303, "{}", away.body);
        let state = between(away.header("location").expect("no redirect"), "&state=", "&");
        format!("/connect/oauth2/{KEY}/callback?state={state}")
    }

    /// Returns from the provider in a window, and follows redirects.
    fn back(&self, window: &mut Browser, path: &str) -> Response {
        path.clone_into(&mut window.path);
        let address = self.address();
        window.open(|| address).expect("no response")
    }
}

#[test]
fn a_window_that_returns_while_another_ones_checks_run_gets_its_own_page() {
    let mut frame = Frame::open();
    let ticket = frame.connect();
    let mut window = Browser::new("", &[]);
    let [first, second, third] = [(); 3].map(|()| frame.leave(&mut window, &ticket));
    frame.provider.set_pause(Duration::from_secs(2));
    let page = frame.back(&mut window, &format!("{first}&code=agreed"));
    assert!(page.status == 200 && page.body.contains(SIGNED_IN), "{}", page.body);
    let page = frame.back(&mut window, &format!("{second}&code=agreed"));
    assert!(page.status == 200 && page.body.contains(SIGNED_IN), "{} {}", page.status, page.body);
    let page = frame.back(&mut window, &format!("{third}&error=access_denied"));
    assert!(page.status == 200 && !page.body.contains(SIGNED_IN), "{} {}", page.status, page.body);
    frame.provider.set_pause(Duration::ZERO);
    let address = frame.address();
    let progress = frame.browser.walk(Duration::from_secs(20), || address).expect("no response");
    assert!(matches!(progress, Progress::Done(_)), "{progress:?}");
}

#[test]
fn windows_that_return_at_the_same_moment_each_get_a_page() {
    let mut frame = Frame::open();
    let ticket = frame.connect();
    let windows = [(); 6].map(|()| {
        let mut window = Browser::new("", &[]);
        window.path = format!("{}&code=agreed", frame.leave(&mut window, &ticket));
        window
    });
    frame.provider.set_pause(Duration::from_secs(2));
    let address = frame.address();
    let returns =
        windows.map(|mut window| thread::spawn(move || window.open(|| address).expect("no response")));
    for page in returns.map(|window| window.join().expect("a window panicked")) {
        assert!(page.status == 200 && page.body.contains(SIGNED_IN), "{} {}", page.status, page.body);
    }
    frame.provider.set_pause(Duration::ZERO);
    let progress = frame.browser.walk(Duration::from_secs(20), || address).expect("no response");
    assert!(matches!(progress, Progress::Done(_)), "{progress:?}");
}

#[test]
fn head_changes_nothing() {
    let mut frame = Frame::open();
    let address = frame.address();
    let attempts = || Rows::open(&frame.installation).integer("select count(*) from attempts");
    let mut session = frame.browser.path.clone();
    let head = frame.browser.send(address, Request::new("HEAD", &session)).expect("no response");
    assert_eq!(head.header("set-cookie"), None);
    // Follows the redirect from the choice of a provider to the form, which begins an attempt.
    let chosen = frame.browser.send(address, Request::get(&session)).expect("no response");
    if let Some(form) = chosen.header("location") {
        form.clone_into(&mut session);
    }
    let head = frame.browser.send(address, Request::new("HEAD", &session)).expect("no response");
    assert_eq!((head.status, attempts()), (303, 0), "HEAD began an attempt");

    let ticket = frame.connect();
    let mut window = Browser::new("", &[]);
    let back = format!("{}&code=agreed", frame.leave(&mut window, &ticket));
    let head = window.send(address, Request::new("HEAD", &back)).expect("no response");
    assert_eq!((head.status, head.header("set-cookie")), (204, None));
    let page = frame.back(&mut window, &back);
    assert!(page.status == 200 && page.body.contains(SIGNED_IN), "HEAD finished the sign-in: {}", page.body);
}
