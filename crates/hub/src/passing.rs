//! Requests through an account: the Hub adds what authenticates, and hands the answer on as it comes.
//!
//! **Invariant:** what authenticates goes to the host of the account alone and never back to the caller; that it was
//! used, by whom and for what path, stands in the trail before the request is sent.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use guide::{Key, OutcomeKind};
use http_body::Frame;
use jiff::Timestamp;
use link::{Flow, Purpose, Stage, Start};
use probe::{Inputs, Values, Wanted};
use tokio::sync::mpsc;
use vault::{Account, Credentials};

use crate::app::App;
use crate::connectors;
use crate::editions;
use crate::linking::{Tokens, all_values, check_only, keep_tokens, stored_tokens};
use crate::status;
use crate::telemetry::metrics;
use crate::wire::error::{
    ApiError, CONFLICT, INVALID_VALUE, PRECONDITION_FAILED, PROVIDER_FAILED, PROVIDER_TIMEOUT,
};

/// So much of an answer's body passes, in bytes.
const MOST: u64 = 256 * 1024 * 1024;

/// A token that ends within so many seconds is not used any more.
const MARGIN: i64 = 30;

/// Headers of a caller that do not go on: of the connection, of ours, or of what is added here.
const NOT_PASSED: [&str; 25] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-account-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Headers of a provider that do not come back.
const NOT_RETURNED: [&str; 4] =
    ["set-cookie", "strict-transport-security", "content-security-policy", "server"];

/// Tokens that were got to send requests, by account and version.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<BTreeMap<(String, i64), Tokens>>);

/// Sends a request through an account.
pub(crate) async fn pass(
    app: &Arc<App>,
    account: &Account,
    mut wanted: Wanted,
    actor: &str,
) -> Result<Response, ApiError> {
    usable(app, account).await?;
    wanted.headers.retain(|(name, _)| !NOT_PASSED.contains(&name.as_str()) && !name.starts_with("sec-"));
    let gone = || ApiError::new(&CONFLICT, "There is no guide any more for how this account was linked");
    let mut guide = app.guides.current(&account.provider);
    if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
        guide = editions::by_digest(app, &account.guide_digest).await?;
    }
    let guide = guide.ok_or_else(gone)?;
    let purpose = format!("request: {} {}", wanted.verb, wanted.path);
    let opened = app.vault.unseal(&account.id, actor, &purpose, Timestamp::now()).await;
    let credentials = opened.map_err(|error| ApiError::internal(&error))?;
    let start = Start {
        purpose: Purpose::Again { external_id: account.external_id.clone(), other_allowed: false },
        environment: account.environment.as_deref().and_then(Key::parse),
        stored: all_values(app, &credentials).await?,
        tokens: stored_tokens(&credentials),
        brand: app.brand.name.clone(),
        ..Start::default()
    };
    let values = start.stored.clone();
    let mut flow = Flow::new(Arc::clone(&guide), &account.method, start).ok_or_else(gone)?;
    let tokens = tokens(app, &credentials, &mut flow, actor).await?;
    let inputs = Inputs { tokens: &tokens, ..Inputs::new(flow.method(), flow.environment(), &values) };
    let request = probe::through(flow.method(), wanted, &inputs)
        .map_err(|error| ApiError::new(&INVALID_VALUE, format!("The request cannot be made: {error}")))?;
    let began = std::time::Instant::now();
    let answer = app.egress.open(&request, MOST).await;
    let outcome = match &answer {
        Ok(answer) => format!("{}xx", answer.status / 100),
        Err(_) => "failed".to_owned(),
    };
    metrics::asked(&account.provider, &outcome, began.elapsed());
    match answer {
        Ok(answer) => Ok(handed_on(app, answer)),
        Err(broken) => {
            let code = match broken.fault {
                guide::Fault::Timeout => &PROVIDER_TIMEOUT,
                _ => &PROVIDER_FAILED,
            };
            Err(ApiError::new(code, format!("{} could not be asked", guide.provider.name))
                .provider_response(format!("{}: {}", broken.fault, broken.detail)))
        }
    }
}

/// Whether requests may be sent through an account.
async fn usable(app: &App, account: &Account) -> Result<(), ApiError> {
    let active = connectors::is_active(app, account).await?;
    let (status, reason) = status::of(account, active);
    if status.is_usable() {
        return Ok(());
    }
    let why = reason.map(|reason| format!(": {}", reason.description)).unwrap_or_default();
    let code = if active { &CONFLICT } else { &PRECONDITION_FAILED };
    Err(ApiError::new(code, format!("The account is {}{why}", status.as_str()))
        .with("status", status.as_str()))
}

/// What signing in gives, where the method signs in: as it was got before, or got now.
async fn tokens(
    app: &Arc<App>,
    credentials: &Credentials,
    flow: &mut Flow,
    actor: &str,
) -> Result<Values, ApiError> {
    if flow.method().auth.sign_in.is_none() {
        return Ok(Values::new());
    }
    let account = &credentials.account;
    let key = (account.id.to_string(), account.version);
    let now = Timestamp::now().as_second();
    let holds = |tokens: &Tokens| tokens.end.is_none_or(|end| now + MARGIN < end);
    let known = app.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(tokens) = known.filter(holds) {
        return Ok(tokens.values);
    }
    flow.submit_all(&[]);
    check_only(app, flow).await?;
    match flow.stage() {
        Stage::Confirm { .. } => {}
        Stage::Failed { verdict, .. } => {
            let code = if verdict.outcome.is_transient() || verdict.outcome == OutcomeKind::Tls {
                &PROVIDER_FAILED
            } else {
                &CONFLICT
            };
            let message = format!("Signing in failed. {} {}", verdict.says, verdict.fix);
            return Err(ApiError::new(code, message.trim()).with("outcome", verdict.outcome.as_str()));
        }
        _ => {
            return Err(ApiError::new(&CONFLICT, "The account has to be linked again before it can be used"));
        }
    }
    let account = keep_tokens(app, credentials, flow, actor).await?;
    let key = (account.id.to_string(), account.version);
    let (values, end) = flow.tokens();
    let tokens = Tokens { values: values.clone(), end };
    let mut cache = app.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
    // What has ended, and what belongs to credentials that were replaced, is let go of.
    cache.retain(|(id, _), tokens| holds(tokens) && *id != key.0);
    cache.insert(key, tokens.clone());
    Ok(tokens.values)
}

/// The answer, handed on as it comes.
fn handed_on(app: &Arc<App>, mut answer: egress::Streamed) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let returned = std::mem::take(&mut answer.headers);
    let (pieces, coming) = mpsc::channel(2);
    app.tasks.spawn(move |_| async move {
        loop {
            let piece = match answer.chunk().await {
                Ok(Some(chunk)) => Ok(chunk),
                Ok(None) => return,
                // An answer that breaks off has to be seen to: the connection ends without its end.
                Err(broken) => Err(io::Error::other(broken.detail)),
            };
            let is_broken = piece.is_err();
            // Whoever asked may be gone: the rest is of no use then.
            if pieces.send(piece).await.is_err() || is_broken {
                return;
            }
        }
    });
    let mut response = (status, Body::new(Pieces(coming))).into_response();
    let headers = response.headers_mut();
    for (name, value) in returned {
        let pair = (HeaderName::try_from(name), HeaderValue::from_bytes(&value));
        if let (Ok(name), Ok(value)) = pair
            && !NOT_RETURNED.contains(&name.as_str())
        {
            headers.append(name, value);
        }
    }
    // So that a caller can tell a 401 of the provider from one of the Hub.
    headers.insert("x-waystone-answered-by", HeaderValue::from_static("provider"));
    response.extensions_mut().insert(crate::layers::Meant);
    response
}

/// A body that comes in pieces.
struct Pieces(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
