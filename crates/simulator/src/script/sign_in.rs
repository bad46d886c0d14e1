//! Signing in at the simulated provider, in a browser: a page on which to choose as whom, and what makes tokens of it.
//!
//! **Invariant:** a code is good for whom it was chosen, and with PKCE only for who began; tokens are those that the
//! scenario was given.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guide::{Redirect, Reply};
use probe::{AuthorizationRequest, Inputs};
use sha2::{Digest as _, Sha256};

use super::{Incoming, Line, Script, Talk};

/// What a code begins with.
const CODE: &str = "simulated-";

impl Script {
    /// The answer of the pages and endpoints of signing in, if the request is for one of them.
    pub(super) fn sign_in(&self, incoming: &Incoming) -> Option<(Reply, Line)> {
        let redirect = self.method.auth.sign_in.as_ref()?.redirect.as_ref()?;
        let is_page = |talk: &Talk| self.is_page(redirect, talk, incoming);
        let (reply, because) = if incoming.verb == "GET" && self.talks.iter().any(is_page) {
            self.page(incoming)
        } else if incoming.verb == "POST"
            && form(incoming, "grant_type").as_deref() == Some("authorization_code")
        {
            self.tokens(incoming)
        } else {
            return None;
        };
        let request = format!("{} {}{}", incoming.verb, incoming.host, incoming.path);
        Some((reply.clone(), Line { request, answer: super::word(&reply), because }))
    }

    fn is_page(&self, redirect: &Redirect, talk: &Talk, incoming: &Incoming) -> bool {
        let environment = talk.environment.as_ref().and_then(|key| self.method.environment(key.as_str()));
        let inputs = Inputs::new(&self.method, environment, &talk.values);
        let request =
            AuthorizationRequest { redirect, scopes: &[], redirect_uri: "", state: "", verifier: "" };
        let page = probe::authorization_url(&self.method, &request, &inputs);
        page.is_ok_and(|page| page.path_and_query.split('?').next() == Some(incoming.path.as_str()))
    }

    /// As whom to sign in; or, once that was chosen, back to who asked.
    fn page(&self, incoming: &Incoming) -> (Reply, String) {
        let asked = |name: &str| parameter(incoming, name).unwrap_or_default();
        let (back, state) = (asked("redirect_uri"), asked("state"));
        if !back.starts_with("http://") && !back.starts_with("https://") {
            return (
                text(400, "text/plain", "redirect_uri is no address\n"),
                "no address to go back to".to_owned(),
            );
        }
        let chosen = asked("as");
        if chosen == "nobody" {
            let to = format!("{back}?error=access_denied&state={state}");
            return (found(&to), "somebody said no".to_owned());
        }
        if let Some(talk) = chosen.parse::<usize>().ok().and_then(|at| self.talks.get(at)) {
            let to = format!("{back}?code={CODE}{chosen}.{}&state={state}", asked("code_challenge"));
            return (found(&to), format!("“{}”", talk.name));
        }
        let query: Vec<String> = ["redirect_uri", "state", "code_challenge"]
            .into_iter()
            .map(|name| format!("{name}={}", encoded(&asked(name))))
            .collect();
        let query = query.join("&");
        let mut html = String::from(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in</title><h1>Sign in as</h1><ul>",
        );
        for (at, talk) in self.talks.iter().enumerate().filter(|(_, talk)| !talk.given_tokens.is_empty()) {
            html.push_str(&format!("<li><a href=\"?{query}&amp;as={at}\">{}</a>", escaped(&talk.name)));
        }
        html.push_str(&format!("<li><a href=\"?{query}&amp;as=nobody\">nobody: say no</a></ul>"));
        (text(200, "text/html; charset=utf-8", &html), "the page on which one signs in".to_owned())
    }

    fn tokens(&self, incoming: &Incoming) -> (Reply, String) {
        let refused =
            |why: &str| (text(400, "application/json", "{\"error\":\"invalid_grant\"}"), why.to_owned());
        let code = form(incoming, "code").unwrap_or_default();
        let Some((at, challenge)) = code.strip_prefix(CODE).and_then(|rest| rest.split_once('.')) else {
            return refused("a code that was given to nobody");
        };
        let verifier = form(incoming, "code_verifier").unwrap_or_default();
        if !challenge.is_empty() && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
            return refused("the verifier does not fit the challenge");
        }
        let Some(talk) = at.parse::<usize>().ok().and_then(|at| self.talks.get(at)) else {
            return refused("a code that was given to nobody");
        };
        let tokens = talk.given_tokens.iter();
        let members: Vec<String> = tokens
            .map(|(key, value)| format!("{}:{}", quoted(key.as_str()), quoted(value.expose())))
            .collect();
        let json = format!("{{{},\"token_type\":\"Bearer\"}}", members.join(","));
        (text(200, "application/json", &json), format!("“{}”", talk.name))
    }
}

fn found(to: &str) -> Reply {
    Reply::Response {
        status: 302,
        headers: vec![("location".to_owned(), to.to_owned())],
        body: String::new(),
    }
}

fn text(status: u16, kind: &str, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Reply::Response { status, headers, body: body.to_owned() }
}

fn parameter(incoming: &Incoming, name: &str) -> Option<String> {
    let found = incoming.parameters.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.expose().to_owned())
}

fn form(incoming: &Incoming, name: &str) -> Option<String> {
    let pairs = incoming.body.expose().split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| crate::server::decoded(value))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text of JSON.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
