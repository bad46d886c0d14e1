//! A person's browser on the linking pages, without JavaScript.
//!
//! **Invariant:** the browser starts with only the link's address. It finds every other address in redirects and
//! pages, and keeps the cookies that it receives.

use std::io;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::{Request, Response};

/// A browser that opens a session's link.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// The path of the current page.
    pub(crate) path: String,
    cookies: Vec<(String, String)>,
    /// Additional headers to send with every request.
    pub(crate) headers: Vec<(String, String)>,
    /// Form fields and the values that the person enters.
    pub(crate) entered: Vec<(String, String)>,
}

/// How far a person got before [`Browser::walk`] returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The page that confirms the linked account, with the account's id.
    Done(String),
    /// The checks had not finished when the time ran out.
    Checking,
}

impl Browser {
    /// Creates a browser with the link and the values to enter.
    pub(crate) fn new(link: &str, entered: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            path: link.to_owned(),
            cookies: Vec::new(),
            headers: Vec::new(),
            entered: entered.iter().map(owned).collect(),
        }
    }

    /// Sends a request with the browser's cookies, and keeps the cookies that the response sets.
    pub(crate) fn send(&mut self, address: SocketAddr, request: Request) -> io::Result<Response> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            if cookies.is_empty() { request } else { request.header("cookie", &cookies.join("; ")) };
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let response = request.send_to(address)?;
        for (name, value) in
            response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        {
            let pair = value.split(';').next().and_then(|pair| pair.split_once('='));
            let (key, value) = pair.unwrap_or((name, ""));
            self.cookies.retain(|(existing, _)| existing != key);
            self.cookies.push((key.to_owned(), value.to_owned()));
        }
        Ok(response)
    }

    /// The browser's cookies, as names and values.
    pub(crate) fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    /// Opens the current page and follows redirects.
    pub(crate) fn open(&mut self, address: impl Fn() -> SocketAddr) -> io::Result<Response> {
        loop {
            let response = self.send(address(), Request::get(&self.path))?;
            if !self.follow_redirect(&response) {
                return Ok(response);
            }
        }
    }

    /// Continues from the current page to the last page: fills in the form, waits for the checks, and confirms the
    /// account. Stops when the checks take longer than `patience`. `address` returns the address of the Hub that
    /// receives the next request.
    pub(crate) fn walk(
        &mut self,
        patience: Duration,
        address: impl Fn() -> SocketAddr,
    ) -> io::Result<Progress> {
        let began = Instant::now();
        // A person who comes back starts from the form's page.
        if let Some(base) = self.path.strip_suffix("/checking").or_else(|| self.path.strip_suffix("/confirm"))
        {
            self.path = base.to_owned();
        }
        loop {
            let response = self.open(&address)?;
            assert_eq!(response.status, 200, "{}: {}", self.path, response.body);
            if self.path.ends_with("/done") {
                return Ok(Progress::Done(between(&response.body, "data-detail=\"", "\"").to_owned()));
            }
            if self.path.ends_with("/checking") {
                let base = self.path.trim_end_matches("/checking").to_owned();
                let progress = self.send(address(), Request::get(&format!("{base}/progress")))?;
                if progress.text("next").is_empty() {
                    if patience < began.elapsed() {
                        return Ok(Progress::Checking);
                    }
                    sleep(Duration::from_millis(20));
                }
                continue;
            }
            let csrf = between(&response.body, "name=\"csrf\" value=\"", "\"").to_owned();
            let mut fields = vec![("csrf", csrf.as_str())];
            if self.path.ends_with("/confirm") {
                fields.extend([("account", account_mark(&response.body)), ("do", "yes")]);
            } else {
                fields.push(("do", "connect"));
            }
            let entered = self.entered.clone();
            fields.extend(entered.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let sent = self.send(address(), Request::post(&self.path).form(&fields))?;
            assert!(
                self.follow_redirect(&sent),
                "{} did not redirect: {} {}",
                self.path,
                sent.status,
                sent.body
            );
        }
    }

    /// Makes a redirect's target the current path. Returns `false` if the response is not a redirect.
    fn follow_redirect(&mut self, response: &Response) -> bool {
        let to = response.header("location").filter(|_| response.status == 303).map(str::to_owned);
        match to {
            Some(to) => {
                self.path = to;
                true
            }
            None => false,
        }
    }
}

/// Returns the mark that the form on a confirmation page contains.
pub(crate) fn account_mark(page: &str) -> &str {
    between(page, "name=\"account\" value=\"", "\"")
}

/// Returns the text between two markers, or an empty string if the first marker is missing.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let from = text.find(before).map_or(text.len(), |at| at + before.len());
    let rest = &text[from..];
    rest.split(after).next().unwrap_or_default()
}
