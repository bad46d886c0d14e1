//! Accounts that are suspended or archived, and keys that are revoked: nothing sends credentials to the provider.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::Linked;
use crate::hub::client::{Request, Response};
use crate::waystone;

impl Linked {
    #[track_caller]
    fn set_status(&self, status: &str) {
        let path = format!("/accounts/{}", self.account);
        let changed = self.send(Request::new("PATCH", &path).json(&json!({ "status": status })));
        assert_eq!(changed.status, 200, "{}", changed.body);
    }

    /// Sends a request for which the Hub signs in, and calls `change` while the provider issues the token. Asserts that
    /// only the sign-in is sent. Returns the response.
    fn change_during_sign_in(&self, key: &str, change: impl FnOnce()) -> Response {
        let response = thread::scope(|scope| {
            let request = self.through("GET", "/x").key(key);
            let address = self.hub.address;
            let sending = scope.spawn(move || request.send_to(address).expect("no response"));
            self.provider.wait_for_request();
            change();
            sending.join().expect("the request panicked")
        });
        let sent = self.provider.requests();
        assert!(sent.iter().all(|request| request.starts_with("POST /oauth/token ")), "{sent:?}");
        response
    }

    /// Runs a command on the Hub's data.
    fn run(&self, command: &[&str]) -> waystone::Run {
        let (data, guides) = (self.installation.data(), self.guides.path());
        let (data, guides) = (data.to_str().expect("a path"), guides.to_str().expect("a path"));
        let upstream = format!("*.acme.example={}", self.provider.origin);
        let global = ["--data", data, "--guides", guides];
        let network: &[&str] = if command.contains(&"verify") { &["--upstream", &upstream] } else { &[] };
        waystone::run(self.guides.path(), &[&global, command, network].concat())
    }
}

#[test]
fn an_account_on_hold_is_not_used() {
    let linked = Linked::in_query();
    for hold in ["suspended", "archived"] {
        linked.set_status(hold);
        let path = format!("/accounts/{}", linked.account);
        let message = format!("The account is {hold}");
        for request in [
            linked.through("GET", "/x"),
            linked.described(&json!({ "path": "/x" })),
            Request::post(&format!("{path}/verify")).json(&Value::Null),
        ] {
            let line = request.line();
            let refused = linked.send(request);
            assert_eq!(
                (refused.status, &*refused.text("code")),
                (409, "conflict"),
                "{line}: {}",
                refused.body
            );
            assert!(refused.text("message").starts_with(&message), "{line}: {}", refused.body);
            assert_eq!(refused.text("status"), hold, "{line}");
        }
        let key = linked.installation.credentials_key();
        let read = Request::get(&format!("{path}/credentials")).key(&key).send_to(linked.hub.address);
        assert_eq!(read.expect("no response").status, 409);
        let account = linked.account.as_str();
        for command in [&["verify", account][..], &["export", account, "--reveal"], &["edit", account]] {
            let run = linked.run(&[&["accounts"], command].concat());
            assert_ne!(run.code, 0, "{command:?}: {}{}", run.out, run.err);
            assert!(run.err.contains(&format!("is {hold}")), "{command:?}: {}{}", run.out, run.err);
        }
        let run = linked.run(&["accounts", "verify", "--all"]);
        let why = format!("not checked: the account is {hold}");
        assert!(run.code == 0 && run.out.contains(&why), "{}{}", run.out, run.err);
        assert!(linked.provider.requests().is_empty(), "{hold}");
    }
    linked.set_status("active");
    let verified = linked.send(Request::post(&format!("/accounts/{}/verify", linked.account)));
    assert_eq!(verified.status, 200, "{}", verified.body);
    assert_eq!(linked.provider.requests().len(), 1);
}

/// Nothing is sent with a token for which the Hub signed in before the key was revoked or the account was suspended.
#[test]
fn a_slow_sign_in_is_the_last_request_for_a_revoked_key_or_a_suspended_account() {
    let values =
        json!({ "api_key": null, "client_id": "app", "client_secret": "app-secret", "environment": "live" });
    let linked = Linked::new("client-credentials", "main", &values);
    let key = json!({ "name": "Short", "scopes": ["requests:write"] });
    let created = linked.send(Request::post("/api_keys").json(&key));
    assert_eq!(created.status, 201, "{}", created.body);
    linked.provider.set_pause(Duration::from_secs(2));
    let refused = linked.change_during_sign_in(&created.text("key"), || {
        let removed = linked.send(Request::new("DELETE", &format!("/api_keys/{}", created.text("id"))));
        assert_eq!(removed.status, 204, "{}", removed.body);
    });
    assert_eq!((refused.status, &*refused.text("code")), (401, "unauthorized"), "{}", refused.body);
    let refused = linked.change_during_sign_in(&linked.key, || linked.set_status("suspended"));
    assert_eq!((refused.status, &*refused.text("code")), (409, "conflict"), "{}", refused.body);
}

#[test]
fn a_key_that_is_revoked_while_the_body_arrives_sends_nothing() {
    let linked = Linked::in_query();
    let key = json!({ "name": "Short", "scopes": ["requests:write"] });
    let created = linked.send(Request::post("/api_keys").json(&key));
    assert_eq!(created.status, 201, "{}", created.body);
    let path = format!("/accounts/{}/proxy/x", linked.account);
    let mut slow = TcpStream::connect(linked.hub.address).expect("cannot connect");
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-length: 4\r\n\r\nabc",
        created.text("key")
    );
    slow.write_all(head.as_bytes()).expect("cannot send");
    // The Hub has read the head, so it has already found the key.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let removed = linked.send(Request::new("DELETE", &format!("/api_keys/{}", created.text("id"))));
    assert_eq!(removed.status, 204, "{}", removed.body);
    slow.write_all(b"d").expect("cannot send");
    let mut response = String::new();
    slow.read_to_string(&mut response).expect("no response");
    assert!(response.starts_with("HTTP/1.1 401"), "{response}");
    assert!(linked.provider.requests().is_empty());
}
