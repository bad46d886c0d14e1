//! What each guard lets through.

use std::sync::Mutex;

use super::*;
use crate::address::is_public;

/// Gives each of these answers once, the last one for ever.
struct Script(Mutex<Vec<&'static str>>);

impl Resolve for Script {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        let mut answers = self.0.lock().expect("no panic while held");
        let answer = if 1 < answers.len() { answers.remove(0) } else { answers[0] };
        let result = match answer {
            "fails" => Err(io::Error::from(io::ErrorKind::NotFound)),
            list => Ok(list.split_whitespace().map(|it| it.parse().expect("an address")).collect()),
        };
        Box::pin(async move { result })
    }
}

/// One line for each time the host is resolved through the guard.
async fn asked(guard: &Guard, host: &str, answers: &[&'static str]) -> Vec<String> {
    let script = Script(Mutex::new(answers.to_vec()));
    let mut lines = Vec::new();
    for _ in answers {
        lines.push(match addresses(&script, guard, host).await {
            Ok(found) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        });
    }
    lines
}

const NOT_PUBLIC: &str = "the host has no address on the public internet";
const ASTRAY: &str = "only the proxy or the upstream may be dialed here";

#[tokio::test]
async fn a_name_that_changes_its_mind_is_judged_each_time() {
    let answers = ["8.8.8.8", "127.0.0.1", "8.8.8.8", "169.254.169.254", "::1", "::ffff:10.0.0.1"];
    let lines = asked(&Guard::Admitted(is_public), "a.example.com", &answers).await;
    assert_eq!(lines, ["8.8.8.8:0", NOT_PUBLIC, "8.8.8.8:0", NOT_PUBLIC, NOT_PUBLIC, NOT_PUBLIC]);
}

#[tokio::test]
async fn of_a_mixed_list_the_public_addresses_remain() {
    let answers = ["127.0.0.1 8.8.8.8 10.0.0.1 2606:4700::1111 ::1", "127.0.0.1 10.0.0.1 fd00::1"];
    let lines = asked(&Guard::Admitted(is_public), "a.example.com", &answers).await;
    assert_eq!(lines, ["8.8.8.8:0 [2606:4700::1111]:0", NOT_PUBLIC]);
}

#[tokio::test]
async fn no_answer_is_told_from_a_refused_one() {
    let lines = asked(&Guard::Admitted(is_public), "a.example.com", &["fails", ""]).await;
    assert_eq!(lines, ["the host's name could not be resolved", "the host's name has no address"]);
}

#[tokio::test]
async fn a_mapping_pins_one_socket_address() {
    let upstream = |text: &str| text.parse::<Upstream>().expect("an upstream");
    let guard = Guard::Mapped(vec![
        upstream("a.example.com=http://127.0.0.1:9100"),
        upstream("**.example.com=https://gateway.corp.example"),
    ]);
    assert_eq!(asked(&guard, "a.example.com", &["8.8.8.8"]).await, ["127.0.0.1:9100"]);
    assert_eq!(asked(&guard, "b.example.com", &["10.0.0.1"]).await, ["10.0.0.1:443"]);
    assert_eq!(asked(&guard, "example.net", &["8.8.8.8"]).await, [ASTRAY]);
}

#[tokio::test]
async fn through_a_proxy_only_the_proxy_is_dialed() {
    let guard = Guard::Named(Some("proxy.corp.example".to_owned()));
    assert_eq!(asked(&guard, "proxy.corp.example", &["10.0.0.1"]).await, ["10.0.0.1:0"]);
    assert_eq!(asked(&guard, "a.example.com", &["8.8.8.8"]).await, [ASTRAY]);
    assert_eq!(asked(&Guard::Named(None), "a.example.com", &["8.8.8.8"]).await, [ASTRAY]);
}
