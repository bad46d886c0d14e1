//! Requests through an account: the Hub adds the authentication, and streams the provider's response to the caller.
//!
//! **Invariant:** credentials are sent only to the account's host, and never back to the caller. The audit trail
//! records who uses them, and for which path, before the request is sent.

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

/// The maximum size of a response's body, in bytes.
const MOST: u64 = 256 * 1024 * 1024;

/// A token that expires within this many seconds is no longer used.
const MARGIN: i64 = 30;

/// The status with which providers reject an expired token.
const UNAUTHORIZED: u16 = 401;

/// Request headers that are not forwarded: they concern the connection or the Hub, or are set by the Hub.
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

/// Response headers that are not returned to the caller.
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

/// A cache of tokens that were fetched to send requests and are not stored elsewhere, with the time of fetching, by
/// account and version.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<BTreeMap<(AccountId, i64), (Instant, Tokens)>>);

impl TokenCache {
    /// Returns the cached tokens if they do not expire soon.
    fn find(&self, of: &Credentials) -> Option<Values> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&key(of)).filter(|(_, tokens)| holds(tokens)).map(|(_, tokens)| tokens.values.clone())
    }

    fn keep(&self, of: &Credentials, tokens: Tokens) {
        let key = key(of);
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Removes expired tokens, and tokens of credentials that were replaced.
        cache.retain(|(id, _), (_, tokens)| holds(tokens) && *id != key.0);
        cache.insert(key, (Instant::now(), tokens));
    }

    /// Removes tokens that a provider refused. Returns `false` if they are too new to be the reason.
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
    /// Sends a request through an account. Renews tokens if they have expired or the provider refuses them; in the second
    /// case the request had no effect, and is sent once more.
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

    /// Sends the request to the provider.
    async fn ask(&self, flow: &Flow, wanted: ProxyRequest, tokens: &Values) -> Result<Streamed, ApiError> {
        let provider = &flow.guide().provider;
        let inputs = Inputs { tokens, ..Inputs::new(flow.method(), flow.environment(), flow.values()) };
        let request = probe::proxy_request(flow.method(), wanted, &inputs)
            .map_err(|error| ApiError::new(&INVALID_VALUE, format!("The request is not valid: {error}")))?;
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
            ApiError::new(code, format!("{} could not be reached", provider.name))
                .provider_response(format!("{}: {}", broken.fault, broken.detail))
        })
    }

    /// Returns an error unless requests may be sent through the account.
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

    /// Returns the tokens from sign-in, stored or newly renewed. Empty if the method has no tokens.
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

    /// Returns new tokens after the provider refused a request; `None` if the tokens were not the reason.
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

    /// Returns tokens that can be fetched at any time, from the cache or newly fetched.
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

    /// Streams the provider's response to the caller.
    fn handed_on(&self, mut answer: Streamed) -> Response {
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let returned = std::mem::take(&mut answer.headers);
        let (pieces, coming) = mpsc::channel(2);
        self.tasks.spawn(move |_| async move {
            loop {
                let piece = match answer.chunk().await {
                    Ok(Some(chunk)) => Ok(chunk),
                    Ok(None) => return,
                    // A truncated response must be noticed, so the connection to the caller is aborted.
                    Err(broken) => Err(io::Error::other(broken.detail)),
                };
                let is_broken = piece.is_err();
                // If the client has gone, the rest is not needed.
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
        // Lets the caller distinguish a 401 of the provider from one of the Hub.
        headers.insert("x-waystone-answered-by", HeaderValue::from_static("provider"));
        response.extensions_mut().insert(crate::layers::Meant);
        response
    }
}
