//! Sends requests through an account: the Hub adds the authentication, and returns the provider's response to the caller.
//!
//! **Invariant:** credentials are sent only to the account's host, and are masked if a response repeats them. Before a
//! request is sent, the audit trail records who uses the credentials, and for which path.

mod envelope;
mod headers;
mod mask;
mod masked;

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use driver::{Tokens, keeps_tokens, stored_tokens};
use egress::{Egress, Failure, Streamed};
use futures_util::{Stream, StreamExt as _, stream};
use guide::{Fault, Key, Verb};
use jiff::Timestamp;
use link::Flow;
use probe::{Inputs, ProxyRequest, Values};
use secret::Secret;
use vault::{AccountId, By, Credentials};

use self::envelope::{Provided, envelope};
use self::mask::Mask;
use self::masked::masked;
use crate::account_flows::AccountFlows;
use crate::caller::Wanted;
use crate::ready_accounts::ReadyAccounts;
use crate::renewals::{Renewals, TRUSTED, works};
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, INVALID_VALUE, PROVIDER_FAILED, PROVIDER_TIMEOUT};

/// The maximum size of a response body, in bytes.
const MAX_BODY: u64 = 256 * 1024 * 1024;

/// The maximum size of a response body in an envelope, which is not streamed, in bytes.
const MAX_ENVELOPED: usize = 16 * 1024 * 1024;

/// How many seconds before its expiry the Hub stops using a token.
const EXPIRY_MARGIN: i64 = 30;

/// The HTTP status that providers return for an expired token.
const UNAUTHORIZED: u16 = 401;

/// Sends requests through accounts.
pub(crate) struct Proxy {
    pub(crate) egress: Egress,
    pub(crate) accounts: Arc<ReadyAccounts>,
    pub(crate) flows: Arc<AccountFlows>,
    pub(crate) renewals: Arc<Renewals>,
    pub(crate) cache: TokenCache,
}

/// Caches the tokens that were fetched to send requests and are not stored elsewhere, by account and version. Each
/// entry includes the time at which the tokens were fetched.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<BTreeMap<(AccountId, i64), (Instant, Tokens)>>);

impl TokenCache {
    /// Returns the cached tokens if they do not expire soon.
    fn find(&self, credentials: &Credentials) -> Option<Values> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, tokens) = cache.get(&key(credentials)).filter(|(_, tokens)| are_valid(tokens))?;
        Some(tokens.values.clone())
    }

    fn keep(&self, credentials: &Credentials, tokens: Tokens) {
        let key = key(credentials);
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Removes expired tokens, and tokens for earlier versions of the account.
        cache.retain(|(id, _), (_, tokens)| are_valid(tokens) && *id != key.0);
        cache.insert(key, (Instant::now(), tokens));
    }

    /// Removes tokens that a provider refused. Returns `false` if the tokens are too new to be the reason for the
    /// refusal.
    fn forget(&self, credentials: &Credentials) -> bool {
        let (key, mut cache) = (key(credentials), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let is_new = cache.get(&key).is_some_and(|(fetched, _)| fetched.elapsed() < TRUSTED);
        if !is_new {
            cache.remove(&key);
        }
        !is_new
    }
}

fn key(credentials: &Credentials) -> (AccountId, i64) {
    (credentials.account.id.clone(), credentials.account.version)
}

fn are_valid(tokens: &Tokens) -> bool {
    let now = Timestamp::now().as_second();
    tokens.end.is_none_or(|end| now + EXPIRY_MARGIN < end)
}

impl Proxy {
    /// Sends a request through an account. If the tokens expire soon, renews them first. If the provider refuses the
    /// tokens, renews them and sends the request again, which is safe because a refused request had no effect.
    ///
    /// While the provider responds or tokens are renewed, the caller's key can be revoked, and the account can be
    /// suspended or deleted. Both are therefore checked again before each request.
    pub(crate) async fn send(
        &self,
        wanted: Wanted<'_>,
        mut request: ProxyRequest,
    ) -> Result<Answer, ApiError> {
        let (account, actor) = (wanted.find().await?, wanted.caller.actor.as_str());
        account.require_usable()?;
        request.headers = headers::forwarded(request.headers);
        let purpose = format!("request: {} {}", request.verb, request.path);
        let by = By::new(actor, Timestamp::now());
        let (mut credentials, flow) = self.accounts.open(&account, &purpose, by).await?;
        // Tokens that are renewed for this request may still be valid.
        let mut former = driver::secrets_to_hide(&credentials, flow.method());
        let tokens = self.tokens(&mut credentials, &flow, actor).await?;
        wanted.require_usable().await?;
        let mut answered = self.send_once(&flow, request.clone(), &tokens, &former).await?;
        if answered.response.status == UNAUTHORIZED && flow.method().auth.sign_in.is_some() {
            wanted.require_usable().await?;
            if let Some(renewed) = self.renewed_tokens(&credentials, &flow, &tokens, actor).await? {
                wanted.require_usable().await?;
                let is_credential = |key: &Key| flow.method().auth.is_credential(key);
                former
                    .extend(tokens.into_iter().filter(|(key, _)| is_credential(key)).map(|(_, token)| token));
                answered = self.send_once(&flow, request, &renewed, &former).await?;
            }
        }
        Ok(answered)
    }

    /// Sends the request to the provider. `former` are secrets that are also masked in the response.
    async fn send_once(
        &self,
        flow: &Flow,
        request: ProxyRequest,
        tokens: &Values,
        former: &[Secret],
    ) -> Result<Answer, ApiError> {
        let (provider, is_head) = (&flow.guide().provider, request.verb == Verb::Head);
        let inputs =
            Inputs { tokens, former, ..Inputs::new(flow.method(), flow.environment(), flow.values()) };
        let proxied = probe::proxy_request(flow.method(), request, &inputs)
            .map_err(|error| ApiError::new(&INVALID_VALUE, format!("The request is not valid: {error}")))?;
        let began = Instant::now();
        let response = self.egress.open(&proxied.request, MAX_BODY).await;
        let status = response.as_ref().ok().map(|response| response.status);
        metrics::provider_answered(provider.key.as_str(), status, began.elapsed());
        let response = response.map_err(|broken| {
            let (code, message) = match broken.fault {
                Fault::Timeout => (&PROVIDER_TIMEOUT, format!("{} did not respond in time", provider.name)),
                Fault::Malformed | Fault::TooLarge => {
                    (&PROVIDER_FAILED, format!("{}'s response could not be used", provider.name))
                }
                _ => (&PROVIDER_FAILED, format!("{} could not be reached", provider.name)),
            };
            ApiError::new(code, message).provider_response(format!("{}: {}", broken.fault, broken.detail))
        })?;
        let provider = provider.name.clone();
        Ok(Answer { provider, response, mask: Mask::new(&proxied.secrets), is_head, is_described: false })
    }

    /// Returns the tokens from the sign-in, fetched or renewed if necessary. Empty if the method has no sign-in.
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
            return self.fetched_tokens(credentials, actor).await;
        }
        *credentials = self.renewals.fresh(credentials.clone(), flow, actor).await?;
        Ok(stored_tokens(credentials).values)
    }

    /// Returns new tokens after the provider refused a request; `None` if the tokens were not the reason for the
    /// refusal.
    async fn renewed_tokens(
        &self,
        credentials: &Credentials,
        flow: &Flow,
        refused: &Values,
        actor: &str,
    ) -> Result<Option<Values>, ApiError> {
        let renewed = if keeps_tokens(flow.method()) {
            stored_tokens(&self.renewals.renewed(credentials, actor).await?).values
        } else if self.cache.forget(credentials) {
            self.fetched_tokens(credentials, actor).await?
        } else {
            return Ok(None);
        };
        Ok((renewed != *refused).then_some(renewed))
    }

    /// Returns tokens that can be fetched again at any time: from the cache if possible, otherwise from the provider.
    async fn fetched_tokens(&self, credentials: &Credentials, actor: &str) -> Result<Values, ApiError> {
        if let Some(values) = self.cache.find(credentials) {
            return Ok(values);
        }
        let mut flow = self.flows.relink_flow(credentials).await?;
        flow.submit_all(&[]);
        self.flows.check_only(&mut flow, &credentials.account.id, actor).await?;
        self.flows.record_failure(&flow, &credentials.account, actor).await?;
        works(&flow)?;
        let (values, end) = flow.tokens();
        self.cache.keep(credentials, Tokens { values: values.clone(), end });
        Ok(values.clone())
    }
}

/// A provider's response, before it is returned to the caller.
pub(crate) struct Answer {
    /// The provider's name.
    provider: String,
    response: Streamed,
    mask: Mask,
    /// Whether the provider responded to a HEAD request.
    is_head: bool,
    /// Whether the caller described the request in the body of another request.
    is_described: bool,
}

impl Answer {
    /// Prepares the response for a caller that described the request in the body of another request.
    pub(crate) fn described(self) -> Self {
        Self { is_described: true, ..self }
    }

    /// Returns the response in the envelope that StackOne's SDK expects. Fails if the body is too large.
    pub(crate) async fn enveloped(self) -> Result<Response, ApiError> {
        let (status, mut headers) = self.head()?;
        // The envelope has a different length.
        headers.remove(CONTENT_LENGTH);
        let mut body = Vec::new();
        let mut chunks = pin!(masked(chunks(self.response), self.mask));
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(|broken| ApiError::new(&PROVIDER_FAILED, broken.detail))?);
            if MAX_ENVELOPED < body.len() {
                let message = "The provider's response is too large; use `/accounts/{id}/proxy/` instead";
                return Err(ApiError::new(&PROVIDER_FAILED, message));
            }
        }
        Ok(by_provider(envelope(&Provided {
            provider: &self.provider,
            status,
            headers: &headers,
            body: &body,
        })))
    }

    /// Streams the response to the caller unchanged.
    pub(crate) fn relayed(self) -> Result<Response, ApiError> {
        let (status, headers) = self.head()?;
        // The caller must notice a truncated response, so an error aborts the connection to the caller.
        let chunks = masked(chunks(self.response), self.mask);
        let body =
            Body::from_stream(chunks.map(|chunk| chunk.map_err(|broken| io::Error::other(broken.detail))));
        let mut response = (status, body).into_response();
        response.headers_mut().extend(headers);
        Ok(by_provider(response))
    }

    /// Returns the status and the headers to return to the caller.
    fn head(&self) -> Result<(StatusCode, HeaderMap), ApiError> {
        let provided = &self.response;
        // A 1xx status would end the response early, or hand the caller's connection over to the provider.
        let status = StatusCode::from_u16(provided.status).ok().filter(|status| !status.is_informational());
        let status = status
            .ok_or_else(|| ApiError::new(&PROVIDER_FAILED, "The provider's response could not be used"))?;
        let length = headers::length(&provided.headers).map_err(|_| {
            ApiError::new(&PROVIDER_FAILED, "The `Content-Length` of the provider's response is not valid")
        })?;
        let length = length.map(|length| ("content-length".to_owned(), length.to_string().into_bytes()));
        let others = provided.headers.iter().filter(|(name, _)| name != "content-length");
        let mut returned = HeaderMap::new();
        for (name, value) in others.chain(&length) {
            let name = match &**name {
                // The caller would wait for a body of this length, because it did not send a HEAD request itself.
                "content-length" if self.is_head && self.is_described => Some(headers::prefixed(name)),
                name => headers::returned_as(name, provided.status),
            };
            // The rest of a name that contains a secret is useless.
            let name = name.filter(|name| self.mask.masked(name.as_bytes().to_vec()) == name.as_bytes());
            let name = name.map(|name| HeaderName::try_from(&*name));
            let value = HeaderValue::from_bytes(&self.mask.masked(value.clone()));
            if let (Some(Ok(name)), Ok(value)) = (name, value) {
                returned.append(name, value);
            }
        }
        Ok((status, returned))
    }
}

/// Marks a response as the provider's, which lets the caller distinguish between a 401 from the provider and a 401 from
/// the Hub.
fn by_provider(mut response: Response) -> Response {
    response.headers_mut().insert("x-waystone-answered-by", HeaderValue::from_static("provider"));
    response.extensions_mut().insert(crate::layers::Passthrough);
    response
}

/// Returns the chunks of a response's body.
fn chunks(response: Streamed) -> impl Stream<Item = Result<Bytes, Failure>> {
    stream::try_unfold(response, |mut response| async {
        Ok(response.chunk().await?.map(|chunk| (chunk, response)))
    })
}
