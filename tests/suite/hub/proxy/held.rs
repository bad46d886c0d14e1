//! Accounts that are suspended or archived: nothing sends their credentials to the provider.

use serde_json::{Value, json};

use super::Linked;
use crate::hub::client::Request;
use crate::waystone;

impl Linked {
    #[track_caller]
    fn set_status(&self, status: &str) {
        let path = format!("/accounts/{}", self.account);
        let changed = self.send(Request::new("PATCH", &path).json(&json!({ "status": status })));
        assert_eq!(changed.status, 200, "{}", changed.body);
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
