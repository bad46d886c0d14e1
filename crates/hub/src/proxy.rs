//! Requests through an account: the Hub adds what authenticates, and hands the answer on as it comes.
//!
//! **Invariant:** what authenticates goes to the host of the account alone and never back to the caller; that it was
//! used, by whom and for what path, stands in the trail before the request is sent.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use driver::{Tokens, keeps_tokens, stored_tokens};
use egress::{Egress, Streamed};
use jiff::Timestamp;
use link::Flow;
use probe::{Inputs, ProxyRequest, Values};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use vault::{Account, AccountId, By, Credentials, Vault};

use crate::account_flows::AccountFlows;
use crate::connectors::Connectors;
use crate::renewals::{Renewals, TRUSTED, works};
use crate::status;
use crate::tasks::Tasks;
use crate::telemetry::metrics;
use crate::wire::error::{
    ApiError, CONFLICT, INVALID_VALUE, PRECONDITION_FAILED, PROVIDER_FAILED, PROVIDER_TIMEOUT,
};

/// So much of an answer's body passes, in bytes.
const MOST: u64 = 256 * 1024 * 1024;

/// A token that ends within so many seconds is not used any more.
const MARGIN: i64 = 30;

/// What a provider answers to a token that holds no more.
const UNAUTHORIZED: u16 = 401;

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

/// Sends requests through accounts.
pub(crate) struct Proxy {
    pub(crate) vault: Arc<Vault>,
    pub(crate) egress: Egress,
    pub(crate) connectors: Arc<Connectors>,
    pub(crate) flows: Arc<AccountFlows>,
    pub(crate) renewals: Arc<Renewals>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) cache: TokenCache,
}

/// Tokens that were fetched to send requests and are kept nowhere else, by account and version, and when they were
/// fetched.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<BTreeMap<(AccountId, i64), (Instant, Tokens)>>);

impl TokenCache {
    /// The tokens, if they are valid for a while yet.
    fn find(&self, of: &Credentials) -> Option<Values> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&key(of)).filter(|(_, tokens)| holds(tokens)).map(|(_, tokens)| tokens.values.clone())
    }

    fn keep(&self, of: &Credentials, tokens: Tokens) {
        let key = key(of);
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended, and what belongs to credentials that were replaced, is removed.
        cache.retain(|(id, _), (_, tokens)| holds(tokens) && *id != key.0);
        cache.insert(key, (Instant::now(), tokens));
    }

    /// Removes tokens that a provider refused; `false` if they are so new that the refusal is not for them.
    fn forget(&self, of: &Credentials) -> bool {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.get(&key(of)).is_some_and(|(fetched, _)| fetched.elapsed() < TRUSTED) {
            return false;
        }
        cache.remove(&key(of));
        true
    }
}

fn key(of: &Credentials) -> (AccountId, i64) {
    (of.account.id.clone(), of.account.version)
}

fn holds(tokens: &Tokens) -> bool {
    let now = Timestamp::now().as_second();
    tokens.end.is_none_or(|end| now + MARGIN < end)
}

impl Proxy {
    /// Sends a request through an account. Tokens are renewed where they have ended, and where the provider says that
    /// they have: a request that it did not let in has done nothing, and is sent once more.
    pub(crate) async fn send(
        &self,
        account: &Account,
        mut wanted: ProxyRequest,
        actor: &str,
    ) -> Result<Response, ApiError> {
        self.usable(account).await?;
        wanted.headers.retain(|(name, _)| !NOT_PASSED.contains(&name.as_str()) && !name.starts_with("sec-"));
        let purpose = format!("request: {} {}", wanted.verb, wanted.path);
        let mut credentials =
            self.vault.unseal(&account.id, &purpose, By::new(actor, Timestamp::now())).await?;
        let flow = self.flows.relink_flow(&credentials).await?;
        let tokens = self.tokens(&mut credentials, &flow, actor).await?;
        let answer = self.ask(&flow, wanted.clone(), &tokens).await?;
        if answer.status != UNAUTHORIZED || flow.method().auth.sign_in.is_none() {
            return Ok(self.handed_on(answer));
        }
        match self.other_tokens(&credentials, &flow, &tokens, actor).await? {
            Some(others) => Ok(self.handed_on(self.ask(&flow, wanted, &others).await?)),
            None => Ok(self.handed_on(answer)),
        }
    }

    /// Asks the provider.
    async fn ask(&self, flow: &Flow, wanted: ProxyRequest, tokens: &Values) -> Result<Streamed, ApiError> {
        let provider = &flow.guide().provider;
        let inputs = Inputs { tokens, ..Inputs::new(flow.method(), flow.environment(), flow.values()) };
        let request = probe::proxy_request(flow.method(), wanted, &inputs)
            .map_err(|error| ApiError::new(&INVALID_VALUE, format!("The request cannot be made: {error}")))?;
        let began = Instant::now();
        let answer = self.egress.open(&request, MOST).await;
        let outcome = match &answer {
            Ok(answer) => format!("{}xx", answer.status / 100),
            Err(_) => "failed".to_owned(),
        };
        metrics::asked(provider.key.as_str(), &outcome, began.elapsed());
        answer.map_err(|broken| {
            let code = match broken.fault {
                guide::Fault::Timeout => &PROVIDER_TIMEOUT,
                _ => &PROVIDER_FAILED,
            };
            ApiError::new(code, format!("{} could not be asked", provider.name))
                .provider_response(format!("{}: {}", broken.fault, broken.detail))
        })
    }

    /// Goes on only if requests may be sent through the account.
    async fn usable(&self, account: &Account) -> Result<(), ApiError> {
        let active = self.connectors.is_active(account).await?;
        let (status, reason) = status::of(account, active);
        if status.is_usable() {
            return Ok(());
        }
        let why = reason.map(|reason| format!(": {}", reason.description)).unwrap_or_default();
        let code = if active { &CONFLICT } else { &PRECONDITION_FAILED };
        Err(ApiError::new(code, format!("The account is {}{why}", status.as_str()))
            .with("status", status.as_str()))
    }

    /// The tokens from signing in, where the method signs in: as they are kept, or renewed now.
    async fn tokens(
        &self,
        credentials: &mut Credentials,
        flow: &Flow,
        actor: &str,
    ) -> Result<Values, ApiError> {
        if flow.method().auth.sign_in.is_none() {
            return Ok(Values::new());
        }
        if !keeps_tokens(flow.method()) {
            return self.fetched(credentials).await;
        }
        *credentials = self.renewals.fresh(credentials.clone(), flow, actor).await?;
        Ok(stored_tokens(credentials).values)
    }

    /// Tokens to try instead of some that the provider refused; `None` if it is not they that it refused.
    async fn other_tokens(
        &self,
        credentials: &Credentials,
        flow: &Flow,
        refused: &Values,
        actor: &str,
    ) -> Result<Option<Values>, ApiError> {
        let others = if keeps_tokens(flow.method()) {
            stored_tokens(&self.renewals.renewed(credentials, actor).await?).values
        } else if self.cache.forget(credentials) {
            self.fetched(credentials).await?
        } else {
            return Ok(None);
        };
        Ok((others != *refused).then_some(others))
    }

    /// Tokens that can be fetched again at any time: from the cache, or fetched now.
    async fn fetched(&self, credentials: &Credentials) -> Result<Values, ApiError> {
        if let Some(values) = self.cache.find(credentials) {
            return Ok(values);
        }
        let mut flow = self.flows.relink_flow(credentials).await?;
        flow.submit_all(&[]);
        self.flows.check_only(&mut flow).await?;
        works(&flow)?;
        let (values, end) = flow.tokens();
        self.cache.keep(credentials, Tokens { values: values.clone(), end });
        Ok(values.clone())
    }

    /// The answer, handed on as it comes.
    fn handed_on(&self, mut answer: Streamed) -> Response {
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let returned = std::mem::take(&mut answer.headers);
        let (pieces, coming) = mpsc::channel(2);
        self.tasks.spawn(move |_| async move {
            loop {
                let piece = match answer.chunk().await {
                    Ok(Some(chunk)) => Ok(chunk),
                    Ok(None) => return,
                    // An answer that breaks off has to be seen to: the connection ends without its end.
                    Err(broken) => Err(io::Error::other(broken.detail)),
                };
                let is_broken = piece.is_err();
                // The client may be gone: then the rest is not needed.
                if pieces.send(piece).await.is_err() || is_broken {
                    return;
                }
            }
        });
        let mut response = (status, Body::from_stream(ReceiverStream::new(coming))).into_response();
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
}
