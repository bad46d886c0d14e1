//! Link attempts end with their account and their session: whatever a person does next, no stored secret is sent and no
//! account is stored. Also, a retry in another environment sends its requests to that environment.
//!
//! **Invariant:** every path to the provider is covered: the pages, the widget's API, a hand-off, checks that are
//! running, and the terminal. The provider records every request.

use std::process::Stdio;
use std::thread::{self, sleep};
use std::time::Duration;

use serde_json::json;

use self::scene::{BASIC, CANARY, Scene, edit, link};
use super::browser::{Browser, between};
use super::client::Request;
use super::world::Database;

mod handed_secrets;
mod scene;

/// How long the provider takes to respond if a test ends the attempt in the meantime.
const PAUSE: Duration = Duration::from_millis(1_500);

fn an_open_form_ends_with_its_account(scene: &Scene) {
    let kept = scene.account("kept");
    let mut form = scene.open_edit("kept", &kept);
    scene.assert_snapshots_contain_no_secret(&kept);
    let before = scene.provider.requests().len();
    let sent = form.connect(scene, "");
    assert_eq!(sent.status, 303, "the stored secret must be used while the account exists: {}", sent.body);
    assert!(form.checked(scene).ends_with("/confirm"));
    assert!(scene.provider.requests()[before..].iter().all(|request| request.contains(BASIC)));
    scene.assert_snapshots_contain_no_secret(&kept);
    let confirmed = form.submit(scene, "/confirm", &[("do", "yes")]);
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    assert_eq!(scene.version(&kept), 2);

    let suspend = json!({ "status": "suspended" });
    let archive = json!({ "status": "archived" });
    let give_away = json!({ "origin_owner_id": "someone-else" });
    for (owner, change) in
        [("deleted", None), ("moved", Some(&give_away)), ("held", Some(&suspend)), ("old", Some(&archive))]
    {
        let account = scene.account(owner);
        let (mut form, mut confirming) = (scene.open_edit(owner, &account), scene.open_edit(owner, &account));
        assert_eq!(confirming.connect(scene, "").status, 303);
        assert!(confirming.checked(scene).ends_with("/confirm"));
        // A session that was not created for the account edits it too, because it is the owner's only account.
        let mut own = scene.open(&scene.session(owner, None));
        let before = scene.provider.requests().len();
        match change {
            Some(change) => drop(scene.call("PATCH", &format!("/accounts/{account}"), change, 200)),
            None => scene.delete(&account),
        }
        for (page, response) in [
            ("the form", form.browser.send(scene.hub.address, Request::get(&form.browser.path.clone())).ok()),
            ("connect", Some(form.connect(scene, ""))),
            ("connect with a secret", Some(form.connect(scene, "another-token"))),
            ("confirm", Some(confirming.submit(scene, "/confirm", &[("do", "yes")]))),
        ] {
            let response = response.expect("no response");
            assert_eq!(response.status, 410, "{owner}, {page}: {}", response.body);
            assert!(!response.body.contains("api-user@"), "{owner}, {page}: a stored value is shown");
        }
        let fresh = own.connect(scene, "");
        assert_eq!(fresh.status, 422, "{owner}: the secret must be entered again: {}", fresh.body);
        assert_eq!(scene.provider.requests().len(), before, "{owner}: a request was sent");
        match change {
            Some(_) => assert_eq!(scene.version(&account), 1, "{owner}"),
            None => assert_eq!(scene.rows().accounts_of(owner), Vec::<String>::new(), "{owner}"),
        }
    }
}

fn the_widgets_edit_ends_with_its_account(scene: &Scene) {
    let account = scene.account("widget");
    let session = scene.session("widget", Some(&account));
    let failed = scene.send(edit(&session.token, &account, Some("refused-token")));
    assert_eq!(failed.text("outcome"), "wrong_secret", "{}", failed.body);
    scene.assert_snapshots_contain_no_secret(&account);
    let same = scene.send(edit(&session.token, &account, None));
    assert_eq!(same.status, 200, "an edit keeps the stored secret: {}", same.body);

    let before = scene.provider.requests().len();
    scene.provider.set_pause(PAUSE);
    thread::scope(|scope| {
        let editing = scope.spawn(|| scene.send(edit(&session.token, &account, None)));
        scene.provider.wait_for_request(before);
        scene.delete(&account);
        let response = editing.join().expect("the request was sent");
        assert_eq!((response.status, response.text("code").as_str()), (410, "gone"), "{}", response.body);
    });
    scene.provider.set_pause(Duration::ZERO);
    scene.assert_not_linked("the widget's edit", "widget");
    let before = scene.provider.requests().len();
    assert_eq!(scene.send(edit(&session.token, &account, None)).status, 404);
    let again = scene.send(link(&session.token, "another-token"));
    assert_eq!(again.status, 410, "a session for a deleted account links nothing: {}", again.body);
    assert_eq!(scene.provider.requests().len(), before);
}

/// A session that does not name the account would otherwise store its credentials again right after the deletion.
fn the_widgets_link_ends_when_the_owners_account_is_deleted(scene: &Scene) {
    let account = scene.account("deleted-meanwhile");
    let session = scene.session("deleted-meanwhile", None);
    let before = scene.provider.requests().len();
    scene.provider.set_pause(PAUSE);
    thread::scope(|scope| {
        let linking = scope.spawn(|| scene.send(link(&session.token, CANARY)));
        scene.provider.wait_for_request(before);
        scene.delete(&account);
        let response = linking.join().expect("the request was sent");
        assert_eq!((response.status, response.text("code").as_str()), (410, "gone"), "{}", response.body);
    });
    scene.provider.set_pause(Duration::ZERO);
    scene.assert_not_linked("the widget", "deleted-meanwhile");
}

fn running_checks_end_with_their_session(scene: &Scene) {
    scene.provider.set_pause(PAUSE);
    let session = scene.session("revoked-widget", None);
    let before = scene.provider.requests().len();
    thread::scope(|scope| {
        let linking = scope.spawn(|| scene.send(link(&session.token, CANARY)));
        scene.provider.wait_for_request(before);
        scene.revoke(&session);
        let response = linking.join().expect("the request was sent");
        assert_eq!((response.status, response.text("code").as_str()), (410, "gone"), "{}", response.body);
    });
    scene.assert_not_linked("the widget", "revoked-widget");

    let session = scene.session("revoked-page", None);
    let mut form = scene.open(&session);
    let before = scene.provider.requests().len();
    assert_eq!(form.connect(scene, CANARY).status, 303);
    scene.provider.wait_for_request(before);
    scene.revoke(&session);
    sleep(PAUSE * 2);
    scene.provider.set_pause(Duration::ZERO);
    assert_eq!(form.submit(scene, "/confirm", &[("do", "yes")]).status, 410);
    scene.assert_not_linked("the pages", "revoked-page");
    let states =
        scene.rows().strings(&format!("select state from attempts where session_seq = {}", session.id));
    assert_eq!(states, ["cancelled"]);
}

fn running_checks_end_when_their_session_expires(scene: &Scene) {
    scene.provider.set_pause(PAUSE * 2);
    let body = json!({ "origin_owner_id": "expired", "origin_owner_name": "x", "provider": "gladly", "expires_in": 2 });
    let token = scene.call("POST", "/connect_sessions", &body, 201).text("token");
    let before = scene.provider.requests().len();
    let response = scene.send(link(&token, CANARY));
    scene.provider.set_pause(Duration::ZERO);
    assert!(before < scene.provider.requests().len(), "the check did not begin before the session expired");
    assert_eq!((response.status, response.text("code").as_str()), (410, "gone"), "{}", response.body);
    // A snapshot from before the values were entered is left, and is deleted with the others that have expired.
    assert_eq!(scene.rows().accounts_of("expired"), Vec::<String>::new());
}

fn a_handed_off_step_ends_with_its_account(scene: &Scene) {
    let account = scene.account("helped");
    let mut form = scene.open_edit("helped", &account);
    let page = form.submit(scene, "/handoff", &[("step", "enter-credentials")]);
    let page = Request::get(page.header("location").unwrap_or_default());
    let page = form.browser.send(scene.hub.address, page).expect("no response");
    assert_eq!(page.status, 200, "{}", page.body);
    let help = between(&page.body, "/help/wsh_", "\"");
    let mut helper = Browser::new(&format!("/help/wsh_{help}"), &[]);
    let step = helper.open(|| scene.hub.address).expect("no response");
    assert_eq!(step.status, 200, "{}", step.body);
    let csrf = between(&step.body, "name=\"csrf\" value=\"", "\"").to_owned();
    scene.delete(&account);
    let fields = [
        ("csrf", csrf.as_str()),
        ("field.agent_email", "api-user@acme.example"),
        ("field.api_token", "late-token"),
    ];
    let late = Request::post(&helper.path.clone()).form(&fields);
    assert_eq!(helper.send(scene.hub.address, late).expect("no response").status, 410);
    scene.assert_not_linked("a hand-off", "helped");
}

fn a_link_in_the_terminal_ends_with_its_account(scene: &Scene) {
    let account = scene.account("terminal");
    let token = scene.installation.file("token");
    std::fs::write(&token, "entered-token").expect("cannot write the token");
    let upstream = format!("**.gladly.com={}", scene.provider.origin);
    let set_file = format!("api_token={}", token.display());
    let arguments = [
        "link",
        "gladly",
        "--account",
        &account,
        "--no-input",
        "--upstream",
        &upstream,
        "--environment",
        "production",
        "--set",
        "organization_slug=acme",
        "--set",
        "agent_email=api-user@acme.example",
        "--set-file",
        &set_file,
    ];
    let suspended = json!({ "status": "suspended" });
    scene.call("PATCH", &format!("/accounts/{account}"), &suspended, 200);
    let before = scene.provider.requests().len();
    let held = scene.installation.command(&arguments).output().expect("cannot start the program");
    assert!(String::from_utf8_lossy(&held.stderr).contains("is suspended"), "{held:?}");
    assert_eq!(scene.provider.requests().len(), before, "a request was sent for a suspended account");
    scene.call("PATCH", &format!("/accounts/{account}"), &json!({ "status": "active" }), 200);

    scene.provider.set_pause(PAUSE);
    let mut command = scene.installation.command(&arguments);
    let linking = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("cannot start it");
    scene.provider.wait_for_request(before);
    let removed = scene.installation.command(&["accounts", "remove", &account, "--yes"]).output();
    assert!(removed.expect("cannot start the program").status.success());
    let output = linking.wait_with_output().expect("cannot wait for the program");
    scene.provider.set_pause(Duration::ZERO);
    assert!(!output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no account"), "{output:?}");
    scene.assert_not_linked("the terminal", "terminal");
    assert_eq!(scene.rows().integer("select count(*) from sealed where kind = 'draft'"), 0);
}

fn a_suspended_account_is_not_linked_again(scene: &Scene) {
    let account = scene.account("suspended");
    scene.call("PATCH", &format!("/accounts/{account}"), &json!({ "status": "suspended" }), 200);
    let refused = scene.send(link(&scene.session("suspended", None).token, "another-token"));
    let expected = "The account is suspended and cannot be linked again".to_owned();
    assert_eq!((refused.status, refused.text("message")), (409, expected), "{}", refused.body);
    assert_eq!(scene.version(&account), 1);
}

fn a_retry_in_the_other_environment_asks_the_other_host(scene: &Scene) {
    let mut form = scene.open(&scene.session("elsewhere", None));
    assert_eq!(form.connect(scene, "refused-token").status, 303);
    assert_eq!(form.checked(scene), form.browser.path);
    let before = scene.provider.requests().len();
    assert_eq!(form.submit(scene, "", &[("do", "elsewhere")]).status, 303);
    assert_eq!(form.checked(scene), form.browser.path);
    let hosts: Vec<String> = scene.provider.requests()[before..]
        .iter()
        .map(|request| between(&request.to_ascii_lowercase(), "host: ", "\r\n").to_owned())
        .collect();
    assert_eq!(hosts, ["acme.gladly.qa"]);
    let page = form.browser.open(|| scene.hub.address).expect("no response");
    assert!(page.body.contains("value=\"switch\""), "the page must offer to switch: {}", page.body);
    assert_eq!(form.submit(scene, "", &[("do", "switch")]).status, 303);
    assert!(form.checked(scene).ends_with("/confirm"));
}

fn test(database: Database) {
    let scene = Scene::start(database);
    an_open_form_ends_with_its_account(&scene);
    the_widgets_edit_ends_with_its_account(&scene);
    the_widgets_link_ends_when_the_owners_account_is_deleted(&scene);
    running_checks_end_with_their_session(&scene);
    running_checks_end_when_their_session_expires(&scene);
    a_handed_off_step_ends_with_its_account(&scene);
    handed_secrets::a_helpers_secret_is_sent_only_to_its_host(&scene);
    handed_secrets::a_refused_hand_off_keeps_nothing_longer(&scene);
    // The terminal uses only SQLite.
    if database == Database::Sqlite {
        a_link_in_the_terminal_ends_with_its_account(&scene);
    }
    a_suspended_account_is_not_linked_again(&scene);
    a_retry_in_the_other_environment_asks_the_other_host(&scene);
    assert!(!scene.installation.log().contains(CANARY), "the log contains a secret");
}

#[test]
fn attempts_end_with_their_account_and_session_on_sqlite() {
    test(Database::Sqlite);
}

#[test]
fn attempts_end_with_their_account_and_session_on_postgresql() {
    test(Database::Postgres);
}
