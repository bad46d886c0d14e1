//! Plays a guide's first good scenario: the real flow, and the real network code, which sends each request to a server
//! that accepts everything. The flow gets the responses of the scenario.

use std::collections::HashMap;
use std::sync::Arc;

use egress::{Egress, Policy};
use guide::{Guide, Key, Method, Reply, Scenario};
use link::{Effect, Flow, Stage, Start};
use probe::{Answer, AuthorizationRequest, Inputs, Moment, Request, Response, Values};
use secret::Secret;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// The time of every request.
const MOMENT: Moment = Moment { unix_ms: 1_767_225_600_000, nonce: *b"nonce for a test" };

/// The callback URL of every sign-in.
const REDIRECT_URI: &str = "https://hub.example/callback";

pub(super) struct Player {
    runtime: Runtime,
    origin: String,
    /// The network access for methods, by their hosts.
    egress: HashMap<Vec<String>, Egress>,
}

impl Player {
    pub(super) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_everything(stream));
            }
        });
        Self { runtime, origin, egress: HashMap::new() }
    }

    /// Returns why one of the guide's requests cannot be sent, or `None` if all of them can.
    pub(super) fn play(&mut self, guide: &Guide) -> Option<String> {
        let guide = Arc::new(guide.clone());
        guide.methods.iter().find_map(|method| {
            let mut good =
                method.scenarios.iter().filter(|one| one.then.outcome.is_good() && one.denied.is_empty());
            let scenario = good.next()?;
            self.linked(&guide, method, scenario)
                .or_else(|| self.renewed(&guide, method, scenario))
                .or_else(|| authorized(method, scenario))
                .map(|why| format!("{}: {why}", method.key))
        })
    }

    /// Links an account as in the scenario.
    fn linked(&mut self, guide: &Arc<Guide>, method: &Method, scenario: &Scenario) -> Option<String> {
        let tokens = secrets(&scenario.tokens);
        let replies = scenario.talk.iter().map(|turn| &turn.reply);
        self.run(flow(guide, method, scenario, Start { tokens, ..Start::default() }), scenario, replies)
    }

    /// Renews the tokens of an account.
    fn renewed(&mut self, guide: &Arc<Guide>, method: &Method, scenario: &Scenario) -> Option<String> {
        let step = method.auth.sign_in.as_ref()?.refresh.as_ref()?;
        let names =
            method.auth.token_steps().flat_map(|step| &step.check.captures).map(|one| one.name.clone());
        let names = names.chain(Key::parse("refresh_token"));
        let tokens = names.map(|name| (name, Secret::from("token"))).collect();
        let body: serde_json::Value =
            step.check.captures.iter().fold(serde_json::json!({}), |mut body, one| {
                body[one.name.as_str()] = "token".into();
                body
            });
        let reply = Reply::Response { status: 200, headers: Vec::new(), body: body.to_string() };
        let start = Start { tokens, tokens_expire_at: Some(1), ..Start::default() };
        self.run(flow(guide, method, scenario, start), scenario, [&reply])
    }

    /// Runs a flow until the replies end, or until a request cannot be sent, and returns why.
    fn run<'a>(
        &mut self,
        mut flow: Flow,
        scenario: &Scenario,
        replies: impl IntoIterator<Item = &'a Reply>,
    ) -> Option<String> {
        for reply in replies {
            // A step that is shown again is about a value that the person can correct.
            if !matches!(flow.stage(), Stage::Checking(_)) {
                return None;
            }
            match flow.poll(MOMENT) {
                Some(Effect::Send { id, request }) => {
                    if let Answer::Failed { fault, detail } = self.send(flow.method(), &request) {
                        return Some(format!("{fault}: {detail}"));
                    }
                    let Reply::Response { status, headers, body } = reply else { return None };
                    let (status, headers, body) = (*status, headers.clone(), body.clone().into_bytes());
                    flow.answered(id, &Answer::Response(Response { status, headers, body }), MOMENT.unix());
                }
                Some(Effect::WaitUntil(until)) => flow.elapsed(until),
                Some(Effect::Store(_)) => return None,
                None => return unfilled(&flow, scenario),
            }
        }
        None
    }

    fn send(&mut self, method: &Method, request: &Request) -> Answer {
        let hosts: Vec<String> = method.hosts.iter().map(ToString::to_string).collect();
        let egress = self.egress.entry(hosts.clone()).or_insert_with(|| {
            let mapped = hosts.iter().filter_map(|host| format!("{host}={}", self.origin).parse().ok());
            let policy = Policy { system_roots: false, upstreams: mapped.collect(), ..Policy::default() };
            self.runtime.block_on(async { Egress::new(policy) }).expect("network access")
        });
        self.runtime.block_on(egress.send(request))
    }
}

/// Starts a scenario's flow with the given values.
fn flow(guide: &Arc<Guide>, method: &Method, scenario: &Scenario, start: Start) -> Flow {
    let environment =
        scenario.environment.clone().or_else(|| method.environments.first().map(|one| one.key.clone()));
    let start = Start {
        environment: environment.filter(|_| !method.tells_environment()),
        scopes: (!scenario.scopes.is_empty()).then(|| scenario.scopes.clone()),
        redirect_uri: Some(REDIRECT_URI.to_owned()),
        ..start
    };
    let mut flow = Flow::new(Arc::clone(guide), method.key.as_str(), start).expect("a method");
    flow.submit_all(&secrets(&scenario.given).into_iter().collect::<Vec<_>>());
    flow
}

/// Returns why a request could not be built, unless the reason is a value that the person entered.
fn unfilled(flow: &Flow, scenario: &Scenario) -> Option<String> {
    let Stage::Failed { verdict, .. } = flow.stage() else { return None };
    if verdict.at_field.as_ref().is_some_and(|field| is_entered(scenario, field)) {
        return None;
    }
    let why = verdict.quote.as_deref().unwrap_or_default();
    // The value that another value is derived from came from the provider.
    let is_provided = flow.method().derived.iter().any(|one| one.from.as_literal().is_none());
    if why.ends_with("does not have the required form") && is_provided {
        return None;
    }
    Some(format!("{}: {why}", verdict.outcome))
}

/// Whether the person enters the value of a field.
fn is_entered(scenario: &Scenario, field: &Key) -> bool {
    scenario.given.iter().any(|(key, _)| key == field)
}

/// Returns why the browser cannot be sent to the provider's sign-in page.
fn authorized(method: &Method, scenario: &Scenario) -> Option<String> {
    let redirect = method.auth.sign_in.as_ref()?.redirect.as_ref()?;
    let environment =
        scenario.environment.as_ref().or_else(|| method.environments.first().map(|one| &one.key));
    let values = secrets(&scenario.given);
    let inputs = Inputs::new(method, environment.and_then(|key| method.environment(key.as_str())), &values);
    let request = AuthorizationRequest {
        redirect,
        scopes: &[],
        redirect_uri: REDIRECT_URI,
        state: "state",
        verifier: "verifier",
    };
    let url = match probe::authorization_url(method, &request, &inputs) {
        Ok(url) => url,
        Err(error) if error.field.as_ref().is_some_and(|field| is_entered(scenario, field)) => return None,
        Err(error) => return Some(format!("the sign-in page: {error}")),
    };
    let port = url.port.map(|port| format!(":{port}")).unwrap_or_default();
    let text = format!("https://{}{port}{}", url.host, url.path_and_query);
    let is_kept = reqwest::Url::parse(&text).is_ok_and(|url| url.port() == Some(443) || url.as_str() == text);
    (!is_kept).then(|| format!("the sign-in page's address is not valid: {text}"))
}

fn secrets(pairs: &[(Key, String)]) -> Values {
    pairs.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect()
}

/// Answers every request on a connection, whatever it contains.
async fn answer_everything(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    loop {
        let mut length = 0;
        let mut line = Vec::new();
        while line != b"\r\n" {
            line.clear();
            if stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
            if let Some(value) = text.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}")
            .await?;
        stream.flush().await?;
    }
}
