//! The addresses that each guard allows.

use std::sync::Mutex;

use super::*;
use crate::address::is_public;

/// Returns each answer once, and then repeats the last one.
struct Script(Mutex<Vec<&'static str>>);

impl Resolve for Script {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        let mut answers = self.0.lock().expect("a thread panicked");
        let answer = if 1 < answers.len() { answers.remove(0) } else { answers[0] };
        let result = match answer {
            "fails" => Err(io::Error::from(io::ErrorKind::NotFound)),
            list => Ok(list.split_whitespace().map(|it| it.parse().expect("an address")).collect()),
        };
        Box::pin(async move { result })
    }
}

/// Resolves the host through the guard once per answer, and returns one line per result.
async fn resolved(guard: &Guard, host: &str, answers: &[&'static str]) -> Vec<String> {
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

const NOT_PUBLIC: &str = "the host has no public address";
const UNEXPECTED: &str = "connections are allowed only to the proxy or the upstream";

#[tokio::test]
async fn addresses_are_checked_at_every_lookup() {
    let answers = ["8.8.8.8", "127.0.0.1", "8.8.8.8", "169.254.169.254", "::1", "::ffff:10.0.0.1"];
    let lines = resolved(&Guard::Admitted(is_public), "a.example.com", &answers).await;
    assert_eq!(lines, ["8.8.8.8:0", NOT_PUBLIC, "8.8.8.8:0", NOT_PUBLIC, NOT_PUBLIC, NOT_PUBLIC]);
}

#[tokio::test]
async fn private_addresses_are_removed_from_a_mixed_list() {
    let answers = ["127.0.0.1 8.8.8.8 10.0.0.1 2606:4700::1111 ::1", "127.0.0.1 10.0.0.1 fd00::1"];
    let lines = resolved(&Guard::Admitted(is_public), "a.example.com", &answers).await;
    assert_eq!(lines, ["8.8.8.8:0 [2606:4700::1111]:0", NOT_PUBLIC]);
}

#[tokio::test]
async fn a_failed_lookup_differs_from_a_forbidden_address() {
    let lines = resolved(&Guard::Admitted(is_public), "a.example.com", &["fails", ""]).await;
    assert_eq!(lines, ["the host name could not be resolved", "the host name has no address"]);
}

#[tokio::test]
async fn a_mapped_host_resolves_to_its_upstream_only() {
    let upstream = |text: &str| text.parse::<Upstream>().expect("an upstream");
    let guard = Guard::Mapped(vec![
        upstream("a.example.com=http://127.0.0.1:9100"),
        upstream("**.example.com=https://gateway.corp.example"),
    ]);
    assert_eq!(resolved(&guard, "a.example.com", &["8.8.8.8"]).await, ["127.0.0.1:9100"]);
    assert_eq!(resolved(&guard, "b.example.com", &["10.0.0.1"]).await, ["10.0.0.1:443"]);
    assert_eq!(resolved(&guard, "example.net", &["8.8.8.8"]).await, [UNEXPECTED]);
}

#[tokio::test]
async fn the_proxy_route_resolves_the_proxy_only() {
    let guard = Guard::Named(Some("proxy.corp.example".to_owned()));
    assert_eq!(resolved(&guard, "proxy.corp.example", &["10.0.0.1"]).await, ["10.0.0.1:0"]);
    assert_eq!(resolved(&guard, "a.example.com", &["8.8.8.8"]).await, [UNEXPECTED]);
    assert_eq!(resolved(&Guard::Named(None), "a.example.com", &["8.8.8.8"]).await, [UNEXPECTED]);
}
