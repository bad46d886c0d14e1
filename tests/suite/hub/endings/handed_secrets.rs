//! Helpers' secrets are sent only to the hosts that they were entered for.

use super::scene::{CANARY, Form, Scene};
use crate::hub::browser::{Browser, between};
use crate::hub::client::{Request, Response};

const OTHER: [(&str, &str); 4] = [
    ("do", "connect"),
    ("environment", "production"),
    ("field.organization_slug", "evil"),
    ("field.agent_email", "api-user@acme.example"),
];

/// Hands off the step in which the token is entered, and opens its link in another browser.
fn helper(scene: &Scene, form: &mut Form) -> Helper {
    let created = form.submit(scene, "/handoff", &[("step", "enter-credentials")]);
    let page = Request::get(created.header("location").unwrap_or_default());
    let page = form.browser.send(scene.hub.address, page).expect("no response");
    assert_eq!(page.status, 200, "{}", page.body);
    let link = format!("/help/wsh_{}", between(&page.body, "/help/wsh_", "\""));
    let mut browser = Browser::new(&link, &[]);
    let page = browser.open(|| scene.hub.address).expect("no response");
    Helper { browser, page }
}

struct Helper {
    browser: Browser,
    /// The page that the helper sees.
    page: Response,
}

impl Helper {
    /// Sends the form of the page.
    fn send(&mut self, scene: &Scene) -> Response {
        let value =
            |name: &str| between(&self.page.body, &format!("name=\"{name}\" value=\""), "\"").to_owned();
        let (csrf, host) = (value("csrf"), value("host"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("host", host.as_str()),
            ("field.agent_email", "api-user@acme.example"),
            ("field.api_token", CANARY),
        ];
        let request = Request::post(&self.browser.path.clone()).form(&fields);
        self.browser.send(scene.hub.address, request).expect("no response")
    }
}

pub(super) fn a_helpers_secret_is_sent_only_to_its_host(scene: &Scene) {
    let before = scene.provider.requests().len();
    let mut form = scene.open(&scene.session("asks", None));
    let refused =
        form.post(scene, "/handoff", &[("step", "enter-credentials"), ("environment", "production")]);
    assert_eq!(refused.status, 422, "the helper would not know the host: {}", refused.body);
    assert!(refused.body.contains("<strong>Organization Slug</strong> is required."), "{}", refused.body);

    let mut helped = helper(scene, &mut form);
    assert!(
        helped.page.body.contains("<strong dir=\"ltr\">acme.gladly.com</strong>"),
        "{}",
        helped.page.body
    );
    let sent = helped.send(scene);
    assert_eq!(sent.status, 303, "{}", sent.body);
    let moved = form.post(scene, "", &OTHER);
    assert_eq!(moved.status, 422, "{}", moved.body);
    assert!(moved.body.contains("The address has changed, so please enter this again."), "{}", moved.body);
    assert!(
        !moved.body.contains("kept received\">\n<summary><span class=\"unseen\">API Token"),
        "{}",
        moved.body
    );
    // The secret does not return with its host.
    let back = form.submit(scene, "", &[("do", "connect")]);
    assert_eq!(back.status, 422, "{}", back.body);

    // The host changes between the page that the helper opened and the values that the helper sends.
    let mut form = scene.open(&scene.session("swaps", None));
    let mut helped = helper(scene, &mut form);
    assert_eq!(form.post(scene, "", &OTHER).status, 422);
    let late = helped.send(scene);
    assert_eq!(late.status, 422, "{}", late.body);
    assert!(late.body.contains("The address has changed"), "{}", late.body);
    assert!(late.body.contains("<strong dir=\"ltr\">evil.gladly.com</strong>"), "{}", late.body);
    assert!(!late.body.contains(CANARY), "{}", late.body);
    assert_eq!(form.post(scene, "", &OTHER).status, 422, "nothing was saved");
    assert_eq!(scene.provider.requests().len(), before, "a request was sent");

    // The helper agrees to the new host.
    helped.page = late;
    assert_eq!(helped.send(scene).status, 303);
    assert_eq!(form.post(scene, "", &OTHER).status, 303);
    form.checked(scene);
    let requests = scene.provider.requests();
    assert!(before < requests.len(), "no request was sent");
    assert!(
        requests[before..]
            .iter()
            .all(|request| request.to_ascii_lowercase().contains("host: evil.gladly.com"))
    );
}

/// A hand-off extends how long the session lasts and how long entered values are kept. One that is refused does not.
pub(super) fn a_refused_hand_off_keeps_nothing_longer(scene: &Scene) {
    let session = scene.session("refused-hand-off", None);
    let mut form = scene.open(&session);
    let kept_until = || {
        let query = format!("select expires_at from attempts where session_seq = {}", session.id);
        scene.rows().strings(&query)
    };
    let before = kept_until();
    assert_eq!(before.len(), 1);
    for (step, status) in [("nowhere", 409), ("", 409)] {
        let refused = form.submit(scene, "/handoff", &[("step", step)]);
        assert_eq!(refused.status, status, "{step}: {}", refused.body);
    }
    let lacks_host =
        [("step", "enter-credentials"), ("environment", "production"), ("field.organization_slug", "")];
    assert_eq!(form.post(scene, "/handoff", &lacks_host).status, 422);
    assert_eq!(kept_until(), before, "a refused hand-off extended the attempt");
    let extended =
        format!("select count(*) from sessions where extended_until is not null and seq = {}", session.id);
    assert_eq!(scene.rows().integer(&extended), 0);
    assert_eq!(form.submit(scene, "/handoff", &[("step", "enter-credentials")]).status, 303);
    assert_ne!(kept_until(), before);
    assert_eq!(scene.rows().integer(&extended), 1);
}
