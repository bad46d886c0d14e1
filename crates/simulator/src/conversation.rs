//! A scenario's conversation: the requests that it expects and the responses that it returns.

use guide::{
    Algorithm, Carries, Check, Key, Method, OutcomeKind, Reply, RequestTemplate, Scenario, Target, Template,
    Turn,
};
use probe::{Inputs, Moment, Placeholders, Request, Response, Values};
use secret::{Secret, SecretBytes};

use crate::exchange::Incoming;
use crate::sent::{differences, reference};

/// The callback URL in expected requests. The client's callback URL is unknown, so it is not compared with this one.
const REDIRECT_URI: &str = "https://hub.example/callback";

/// The conversation that a scenario specifies, and its progress.
#[derive(Clone)]
pub(crate) struct Conversation {
    pub(crate) name: String,
    pub(crate) outcome: OutcomeKind,
    pub(crate) environment: Option<Key>,
    pub(crate) values: Values,
    pub(crate) turns: Vec<Turn>,
    /// The tokens at the beginning of the scenario.
    pub(crate) given_tokens: Values,
    /// The parameters that the browser is redirected back with instead of a code. Empty if the sign-in is not denied.
    pub(crate) denied: Vec<(String, String)>,
    /// The index of the next turn.
    next: usize,
    /// The values that checks have captured from the responses so far.
    captures: Values,
    /// The current tokens, including changes from the responses so far.
    tokens: Values,
}

/// A request that a turn expects.
struct Expected<'m> {
    check: &'m Check,
    request: Request,
    /// Whether the request's values differ each time. If so, they are not compared but only have to be present.
    varies: bool,
}

impl Conversation {
    /// Creates a scenario's conversation, before its first turn.
    pub(crate) fn new(method: &Method, scenario: &Scenario) -> Self {
        let mut environment = scenario.environment.clone();
        let mut values = Values::new();
        for (key, typed) in &scenario.given {
            let kept =
                method.field(key.as_str()).and_then(|field| field.keep(typed, &method.environments).ok());
            let Some(kept) = kept else { continue };
            if method.tells_environment() {
                environment = kept.environment.or(environment);
            }
            values.insert(key.clone(), Secret::new(kept.value));
        }
        let given_tokens: Values =
            scenario.tokens.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect();
        Self {
            name: scenario.name.clone(),
            outcome: scenario.then.outcome,
            environment: environment.or_else(|| method.environments.first().map(|one| one.key.clone())),
            values,
            turns: scenario.talk.clone(),
            denied: scenario.denied.clone(),
            tokens: given_tokens.clone(),
            given_tokens,
            next: 0,
            captures: Values::new(),
        }
    }

    /// Returns a copy of the conversation, reset to its beginning.
    pub(crate) fn restarted(&self) -> Self {
        Self { next: 0, captures: Values::new(), tokens: self.given_tokens.clone(), ..self.clone() }
    }

    /// Returns whether at least one turn has been taken.
    pub(crate) fn has_begun(&self) -> bool {
        self.next > 0
    }

    /// Skips the next turn. After the last turn, the conversation continues with the first turn.
    pub(crate) fn skip(&mut self) {
        self.next = (self.next + 1) % self.turns.len().max(1);
    }

    /// Returns the check that sends this request, if the next turn expects the request.
    pub(crate) fn expects<'m>(
        &self,
        method: &'m Method,
        moment: Option<Moment>,
        incoming: &Incoming,
    ) -> Option<&'m Check> {
        let turn = self.turns.get(self.next)?;
        if turn.verb.as_str() != incoming.verb {
            return None;
        }
        let expected = self.expected(method, turn, moment);
        expected.into_iter().find(|expected| expected.matches(incoming)).map(|expected| expected.check)
    }

    /// Returns whether any turn expects a request with this method, host and path.
    pub(crate) fn has_address(&self, method: &Method, incoming: &Incoming) -> bool {
        self.turns.iter().any(|turn| {
            turn.verb.as_str() == incoming.verb
                && self.expected(method, turn, None).iter().any(|expected| expected.has_address_of(incoming))
        })
    }

    /// Returns the requests that satisfy a turn: all requests that the guide would send now and whose method and path
    /// match the turn.
    fn expected<'m>(&self, method: &'m Method, turn: &Turn, moment: Option<Moment>) -> Vec<Expected<'m>> {
        let inputs = self.inputs(method, Some(turn), moment.unwrap_or_default());
        let mut all = Vec::new();
        for check in method.asks().filter(|check| check.request.verb == turn.verb) {
            let literal =
                RequestTemplate { path: Template::literal(turn.path.as_str()), ..check.request.clone() };
            let (Ok(request), Ok(literal)) =
                (probe::request(method, &check.request, &inputs), probe::request(method, &literal, &inputs))
            else {
                continue;
            };
            if request.path == literal.path {
                let varies = varies(method, &check.request, moment);
                all.push(Expected { check, request, varies });
            }
        }
        all
    }

    /// Returns the parts of a check's request that differ from what the next turn says it sends.
    pub(crate) fn differences(
        &self,
        method: &Method,
        check: &Check,
        moment: Moment,
        incoming: &Incoming,
    ) -> Vec<String> {
        let Some(turn) = self.turns.get(self.next) else { return Vec::new() };
        let Some(sends) = &turn.sends else { return Vec::new() };
        // The host can depend on values that are known only later, so it is that of the check.
        let sends = RequestTemplate { base: check.request.base.clone(), ..sends.clone() };
        let inputs = self.inputs(method, Some(turn), moment);
        let differences = match probe::request(method, &sends, &inputs) {
            Ok(expected) => differences(&expected, incoming, &self.placeholders(method, reference)),
            Err(error) => vec![format!("`sends` cannot be compared: {error}")],
        };
        let request = format!("request {} (`{} {}`)", self.next + 1, turn.verb, turn.path);
        differences.into_iter().map(|difference| format!("{request}: {difference}")).collect()
    }

    /// Returns placeholders for the secrets that the next request can contain. `name` returns the placeholder for a kind
    /// of value and a key.
    pub(crate) fn placeholders(&self, method: &Method, name: impl Fn(&str, &Key) -> String) -> Placeholders {
        let turn = self.turns.get(self.next);
        Placeholders::new(method, &self.inputs(method, turn, Moment::default()), name)
    }

    /// Returns the values from which a turn's request is built.
    fn inputs<'i>(&'i self, method: &'i Method, turn: Option<&Turn>, moment: Moment) -> Inputs<'i> {
        let environment = turn.and_then(|turn| turn.environment.as_ref()).or(self.environment.as_ref());
        Inputs {
            captures: &self.captures,
            tokens: &self.tokens,
            redirect_uri: Some(REDIRECT_URI),
            moment,
            ..Inputs::new(method, environment.and_then(|key| method.environment(key.as_str())), &self.values)
        }
    }

    /// Returns the next response and keeps the values that the check captures from it. After the last turn, the
    /// conversation restarts.
    pub(crate) fn take(&mut self, method: &Method, check: &Check) -> Reply {
        let reply = self.turns[self.next].reply.clone();
        if let Reply::Response { status, headers, body } = &reply {
            let response =
                Response { status: *status, headers: headers.clone(), body: body.clone().into_bytes() };
            let is_sign_in = method.auth.token_steps().any(|step| std::ptr::eq(&raw const step.check, check));
            let values = if is_sign_in { &mut self.tokens } else { &mut self.captures };
            values.extend(probe::captures(check, &response));
        }
        self.next += 1;
        if self.next == self.turns.len() {
            *self = self.restarted();
        }
        reply
    }
}

impl Expected<'_> {
    fn has_address_of(&self, incoming: &Incoming) -> bool {
        self.request.host == incoming.host && self.request.path == incoming.path
    }

    fn matches(&self, incoming: &Incoming) -> bool {
        let accepts = |expected: &SecretBytes, value: &Secret| {
            if self.varies { !value.is_empty() } else { *expected == SecretBytes::from(value) }
        };
        let is_present = |sent: &[(String, Secret)], name: &str, expected: &Secret| {
            let mut values = sent.iter().filter(|(other, _)| other == name);
            values.any(|(_, value)| accepts(&expected.into(), value))
        };
        self.has_address_of(incoming)
            && self
                .request
                .headers
                .iter()
                .all(|header| is_present(&incoming.headers, &header.name, &header.value))
            && self.request.query.iter().all(|(name, value)| is_present(&incoming.query, name, value))
            && self.request.body.as_ref().is_none_or(|body| accepts(&body.bytes, &incoming.body))
    }
}

/// Returns whether a request's values are unpredictable. Values that depend on the time are predictable only if the
/// time is fixed. The client's callback URL and randomized signatures are never predictable.
fn varies(method: &Method, template: &RequestTemplate, moment: Option<Moment>) -> bool {
    let auth = &method.auth;
    let algorithms = auth.assertion.iter().map(|one| one.algorithm);
    let mut algorithms = algorithms.chain(auth.signature.iter().map(|one| one.algorithm));
    let is_random =
        algorithms.any(|one| matches!(one, Algorithm::Es256 | Algorithm::Es384 | Algorithm::Ps256));
    let mut templates = template.templates();
    if matches!(template.carries, Carries::AsMethod) {
        templates.extend(auth.templates());
    }
    let mut references = templates.into_iter().flat_map(Template::references);
    references.any(|reference| {
        reference.target == Target::RedirectUri
            || (moment.is_none() || is_random) && depends_on_moment(reference)
    })
}

/// Returns whether a reference's value differs between two requests made at different times.
fn depends_on_moment(reference: &guide::Reference) -> bool {
    matches!(reference.target, Target::Now(_) | Target::Random(_) | Target::Assertion | Target::Request(_))
}
