//! A person in a browser without JavaScript, on the linking pages.
//!
//! **Invariant:** it goes where pages and answers send it, and keeps the cookies that it is given; it knows no address
//! but that of the link.

use std::io;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::{Answer, Ask};

/// A browser with a session's link.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Where it is.
    pub(crate) path: String,
    cookies: Vec<(String, String)>,
    /// What else every request carries.
    pub(crate) headers: Vec<(String, String)>,
    /// What is typed.
    pub(crate) typed: Vec<(String, String)>,
}

/// How far a person came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// The page that says that the account is linked, with its id.
    Done(String),
    /// Checks that do not end.
    Checking,
}

impl Browser {
    /// A browser with the link, and what will be typed.
    pub(crate) fn new(link: &str, typed: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            path: link.to_owned(),
            cookies: Vec::new(),
            headers: Vec::new(),
            typed: typed.iter().map(own).collect(),
        }
    }

    /// Asks, with the cookies, and keeps those that are set.
    pub(crate) fn send(&mut self, address: SocketAddr, ask: Ask) -> io::Result<Answer> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let ask = if cookies.is_empty() { ask } else { ask.header("cookie", &cookies.join("; ")) };
        let ask = self.headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        let answer = ask.to(address)?;
        for (name, value) in answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        {
            let pair = value.split(';').next().and_then(|pair| pair.split_once('='));
            let (key, value) = pair.unwrap_or((name, ""));
            self.cookies.retain(|(known, _)| known != key);
            self.cookies.push((key.to_owned(), value.to_owned()));
        }
        Ok(answer)
    }

    /// The cookies it has.
    pub(crate) fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    /// Opens the page it is at, and goes where it is sent.
    pub(crate) fn open(&mut self, address: impl Fn() -> SocketAddr) -> io::Result<Answer> {
        loop {
            let answer = self.send(address(), Ask::get(&self.path))?;
            if !self.follows(&answer) {
                return Ok(answer);
            }
        }
    }

    /// Goes on from the page it is at to the last, as a person does: fills in, waits, confirms.
    /// `patience`: how long to look at checks. `address`: of whom each request is asked.
    pub(crate) fn walk(&mut self, patience: Duration, address: impl Fn() -> SocketAddr) -> io::Result<Came> {
        let began = Instant::now();
        // Whoever comes back opens the link's page, not whatever was being sent.
        if let Some(base) = self.path.strip_suffix("/checking").or_else(|| self.path.strip_suffix("/confirm"))
        {
            self.path = base.to_owned();
        }
        loop {
            let answer = self.open(&address)?;
            assert_eq!(answer.status, 200, "{}: {}", self.path, answer.body);
            if self.path.ends_with("/done") {
                return Ok(Came::Done(between(&answer.body, "data-detail=\"", "\"").to_owned()));
            }
            if self.path.ends_with("/checking") {
                let base = self.path.trim_end_matches("/checking").to_owned();
                let said = self.send(address(), Ask::get(&format!("{base}/progress")))?;
                if said.text("next").is_empty() {
                    if patience < began.elapsed() {
                        return Ok(Came::Checking);
                    }
                    sleep(Duration::from_millis(20));
                }
                continue;
            }
            let csrf = between(&answer.body, "name=\"csrf\" value=\"", "\"").to_owned();
            let mut fields = vec![("csrf", csrf.as_str())];
            if self.path.ends_with("/confirm") {
                fields.push(("do", "yes"));
            } else {
                fields.push(("do", "connect"));
            }
            let typed = self.typed.clone();
            fields.extend(typed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let sent = self.send(address(), Ask::post(&self.path).form(&fields))?;
            assert!(self.follows(&sent), "{}: {} {}", self.path, sent.status, sent.body);
        }
    }

    /// Goes where an answer sends it, if it does.
    fn follows(&mut self, answer: &Answer) -> bool {
        let to = answer.header("location").filter(|_| answer.status == 303).map(str::to_owned);
        match to {
            Some(to) => {
                self.path = to;
                true
            }
            None => false,
        }
    }
}

/// What stands between two texts.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let from = text.find(before).map_or(text.len(), |at| at + before.len());
    let rest = &text[from..];
    rest.split(after).next().unwrap_or_default()
}
