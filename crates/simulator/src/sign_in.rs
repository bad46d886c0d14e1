//! The simulated provider's browser sign-in: the authorization page and the token endpoint.
//!
//! **Invariant:** a code yields only the tokens from the scenario that was chosen for it. With PKCE, only the client
//! that began the sign-in receives the tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guide::{Method, Redirect, Reply};
use probe::{AuthorizationRequest, Inputs};
use secret::percent_encoded;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::conversation::Conversation;
use crate::exchange::{Incoming, percent_decoded, reply};

/// The prefix of every authorization code.
const CODE: &str = "simulated-";

/// Returns the response to a sign-in request and the reason for the response, or `None` if the request is not a sign-in
/// request.
pub(crate) fn answer(
    method: &Method,
    conversations: &[Conversation],
    incoming: &Incoming,
) -> Option<(Reply, String)> {
    let redirect = method.auth.sign_in.as_ref()?.redirect.as_ref()?;
    let is_page = |one: &Conversation| is_page(method, redirect, one, incoming);
    if incoming.verb == "GET" && conversations.iter().any(is_page) {
        return Some(page(conversations, incoming));
    }
    let is_code_exchange = form(incoming, "grant_type").as_deref() == Some("authorization_code");
    (incoming.verb == "POST" && is_code_exchange).then(|| tokens(conversations, incoming))
}

fn is_page(method: &Method, redirect: &Redirect, conversation: &Conversation, incoming: &Incoming) -> bool {
    let environment = conversation.environment.as_ref().and_then(|key| method.environment(key.as_str()));
    let inputs = Inputs::new(method, environment, &conversation.values);
    let request = AuthorizationRequest { redirect, scopes: &[], redirect_uri: "", state: "", verifier: "" };
    let page = probe::authorization_url(method, &request, &inputs);
    page.is_ok_and(|page| page.path_and_query.split('?').next() == Some(incoming.path.as_str()))
}

/// Returns the page where a person chooses which scenario to sign in as. After the choice, returns the redirect to the
/// client.
fn page(conversations: &[Conversation], incoming: &Incoming) -> (Reply, String) {
    let requested = |name: &str| parameter(incoming, name).unwrap_or_default();
    let (back, state) = (requested("redirect_uri"), requested("state"));
    if !back.starts_with("http://") && !back.starts_with("https://") {
        let body = "redirect_uri must be an http or https URL.\n";
        return (reply(400, "text/plain", body), "redirect_uri is not an http or https URL".to_owned());
    }
    let chosen = requested("as");
    if chosen == "nobody" {
        let to = format!("{back}?error=access_denied&state={state}");
        return (redirect_to(&to), "access was denied".to_owned());
    }
    if let Some(one) = chosen.parse::<usize>().ok().and_then(|at| conversations.get(at)) {
        let to = if one.denied.is_empty() {
            format!("{back}?code={CODE}{chosen}.{}&state={state}", requested("code_challenge"))
        } else {
            let parameter = |(name, text): &(String, String)| {
                format!("{}={}&", percent_encoded(name), percent_encoded(text))
            };
            format!("{back}?{}state={state}", one.denied.iter().map(parameter).collect::<String>())
        };
        return (redirect_to(&to), format!("“{}”", one.name));
    }
    let query: Vec<String> = ["redirect_uri", "state", "code_challenge"]
        .into_iter()
        .map(|name| format!("{name}={}", percent_encoded(&requested(name))))
        .collect();
    let query = query.join("&");
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in</title><h1>Sign in as</h1><ul>",
    );
    let signs_in = |one: &Conversation| !one.given_tokens.is_empty() || !one.denied.is_empty();
    for (at, one) in conversations.iter().enumerate().filter(|(_, one)| signs_in(one)) {
        html.push_str(&format!("<li><a href=\"?{query}&amp;as={at}\">{}</a>", escaped(&one.name)));
    }
    html.push_str(&format!("<li><a href=\"?{query}&amp;as=nobody\">Deny access</a></ul>"));
    (reply(200, "text/html; charset=utf-8", html), "the sign-in page".to_owned())
}

fn tokens(conversations: &[Conversation], incoming: &Incoming) -> (Reply, String) {
    let refused =
        |why: &str| (reply(400, "application/json", "{\"error\":\"invalid_grant\"}"), why.to_owned());
    let code = form(incoming, "code").unwrap_or_default();
    let chosen = code.strip_prefix(CODE).and_then(|rest| rest.split_once('.'));
    let chosen =
        chosen.and_then(|(at, challenge)| Some((conversations.get(at.parse::<usize>().ok()?)?, challenge)));
    let Some((one, challenge)) = chosen else {
        return refused("the code was never issued");
    };
    let verifier = form(incoming, "code_verifier").unwrap_or_default();
    if !challenge.is_empty() && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
        return refused("the code verifier does not match the code challenge");
    }
    let tokens = one.given_tokens.iter().map(|(key, value)| (key.to_string(), Value::from(value.expose())));
    let kind = ("token_type".to_owned(), Value::from("Bearer"));
    let json = Value::Object(tokens.chain([kind]).collect::<Map<_, _>>()).to_string();
    (reply(200, "application/json", json), format!("“{}”", one.name))
}

fn redirect_to(to: &str) -> Reply {
    Reply::Response {
        status: 302,
        headers: vec![("location".to_owned(), to.to_owned())],
        body: String::new(),
    }
}

fn parameter(incoming: &Incoming, name: &str) -> Option<String> {
    let found = incoming.query.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.expose().to_owned())
}

/// Returns a value from the form-encoded request body.
fn form(incoming: &Incoming, name: &str) -> Option<String> {
    let mut pairs = incoming.body.expose().split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| percent_decoded(value))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
