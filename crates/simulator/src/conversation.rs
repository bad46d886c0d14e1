//! The conversation of one scenario: the requests it expects, and the answers it gives.

use guide::{
    Algorithm, Carries, Check, Key, Method, OutcomeKind, Reply, RequestTemplate, Scenario, Target, Template,
    Turn,
};
use probe::{Inputs, Moment, Request, Response, Values};
use secret::Secret;

use crate::exchange::Incoming;

/// A conversation with the provider, as a scenario specifies it, and how far it has come.
#[derive(Clone)]
pub(crate) struct Conversation {
    pub(crate) name: String,
    pub(crate) outcome: OutcomeKind,
    pub(crate) environment: Option<Key>,
    pub(crate) values: Values,
    pub(crate) turns: Vec<Turn>,
    /// The tokens that the scenario begins with.
    pub(crate) given_tokens: Values,
    /// The index of the next turn.
    next: usize,
    /// The values that checks captured from the answers so far.
    captures: Values,
    /// The tokens, as the answers so far have changed them.
    tokens: Values,
}

/// A request that a turn expects.
struct Expected {
    host: String,
    path: String,
    credentials: Vec<(String, Wanted)>,
    body: Option<Wanted>,
    keeps: Keeps,
}

/// The expected value of a header, a parameter or a body.
enum Wanted {
    /// Exactly this value.
    Exactly(Secret),
    /// Any value but an empty one, because the value differs each time.
    Anything,
}

/// The values to keep from an answer.
#[derive(Clone)]
pub(crate) enum Keeps {
    /// The check's captures.
    Captures(Box<Check>),
    /// The tokens from a sign-in request.
    Tokens(Box<Check>),
}

impl Conversation {
    /// The conversation of a scenario, at its beginning.
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
            tokens: given_tokens.clone(),
            given_tokens,
            next: 0,
            captures: Values::new(),
        }
    }

    /// The same conversation at its beginning.
    pub(crate) fn restarted(&self) -> Self {
        Self { next: 0, captures: Values::new(), tokens: self.given_tokens.clone(), ..self.clone() }
    }

    /// Whether at least one turn has been taken.
    pub(crate) fn has_begun(&self) -> bool {
        self.next > 0
    }

    /// Skips the next turn. After the last turn, the first is next.
    pub(crate) fn skip(&mut self) {
        self.next = (self.next + 1) % self.turns.len().max(1);
    }

    /// Returns the values to keep from the answer, if the next turn expects this request.
    pub(crate) fn expects(
        &self,
        method: &Method,
        moment: Option<Moment>,
        incoming: &Incoming,
    ) -> Option<Keeps> {
        let turn = self.turns.get(self.next)?;
        if turn.verb.as_str() != incoming.verb {
            return None;
        }
        let expected = self.expected(method, turn, moment);
        expected.into_iter().find(|expected| expected.matches(incoming)).map(|expected| expected.keeps)
    }

    /// Whether any turn expects a request with this method, host and path.
    pub(crate) fn has_address(&self, method: &Method, incoming: &Incoming) -> bool {
        self.turns.iter().any(|turn| {
            turn.verb.as_str() == incoming.verb
                && self.expected(method, turn, None).iter().any(|expected| expected.has_address_of(incoming))
        })
    }

    /// The requests that satisfy a turn: those with the turn's path that the guide would send now.
    fn expected(&self, method: &Method, turn: &Turn, moment: Option<Moment>) -> Vec<Expected> {
        let environment = turn.environment.as_ref().or(self.environment.as_ref());
        let inputs = Inputs {
            captures: &self.captures,
            tokens: &self.tokens,
            moment: moment.unwrap_or_default(),
            ..Inputs::new(method, environment.and_then(|key| method.environment(key.as_str())), &self.values)
        };
        let is_sign_in = |check: &Check| {
            let mut steps = method.auth.sign_in.iter().flat_map(|one| one.steps.iter().chain(&one.refresh));
            steps.any(|step| std::ptr::eq(&raw const step.check, check))
        };
        let mut all = Vec::new();
        for check in method.asks().filter(|check| check.request.verb == turn.verb) {
            let written =
                RequestTemplate { path: Template::literal(turn.path.as_str()), ..check.request.clone() };
            let (Ok(made), Ok(written)) =
                (probe::request(method, &check.request, &inputs), probe::request(method, &written, &inputs))
            else {
                continue;
            };
            if made.path == written.path {
                let keeps = if is_sign_in(check) {
                    Keeps::Tokens(Box::new(check.clone()))
                } else {
                    Keeps::Captures(Box::new(check.clone()))
                };
                all.push(Expected::new(method, &check.request, made, moment, keeps));
            }
        }
        all
    }

    /// Returns the next answer and keeps the values in it. After the last turn, the conversation restarts.
    pub(crate) fn take(&mut self, keeps: &Keeps) -> Reply {
        let reply = self.turns[self.next].reply.clone();
        if let Reply::Response { status, headers, body } = &reply {
            let response =
                Response { status: *status, headers: headers.clone(), body: body.clone().into_bytes() };
            match keeps {
                Keeps::Captures(check) => self.captures.extend(probe::captures(check, &response)),
                Keeps::Tokens(check) => self.tokens.extend(probe::captures(check, &response)),
            }
        }
        self.next += 1;
        if self.next == self.turns.len() {
            *self = self.restarted();
        }
        reply
    }
}

impl Expected {
    fn new(
        method: &Method,
        template: &RequestTemplate,
        request: Request,
        moment: Option<Moment>,
        keeps: Keeps,
    ) -> Self {
        // Values that depend on the time are predictable only at a fixed time; randomized signatures never are.
        let is_random = |signing: Option<Algorithm>| {
            matches!(signing, Some(Algorithm::Es256 | Algorithm::Es384 | Algorithm::Ps256))
        };
        let auth = &method.auth;
        let is_predictable = moment.is_some()
            && !is_random(auth.assertion.as_ref().map(|one| one.algorithm))
            && !is_random(auth.signature.as_ref().map(|one| one.algorithm));
        let of_method: Vec<&Template> = match &template.carries {
            Carries::AsMethod => auth.templates(),
            Carries::Only(_) => Vec::new(),
        };
        let mut references = template.templates().into_iter().chain(of_method).flat_map(Template::references);
        let varies = !is_predictable && references.any(depends_on_moment);
        let wanted = |name: String, value: Secret| {
            (name, if varies { Wanted::Anything } else { Wanted::Exactly(value) })
        };
        let headers = request.headers.into_iter().map(|header| wanted(header.name, header.value));
        let body = request.body.map(|body| {
            if varies {
                Wanted::Anything
            } else {
                Wanted::Exactly(Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned()))
            }
        });
        Self {
            host: request.host,
            path: request.path,
            credentials: headers
                .chain(request.query.into_iter().map(|(name, value)| wanted(name, value)))
                .collect(),
            body,
            keeps,
        }
    }

    fn has_address_of(&self, incoming: &Incoming) -> bool {
        self.host == incoming.host && self.path == incoming.path
    }

    fn matches(&self, incoming: &Incoming) -> bool {
        let is_present = |(name, wanted): &(String, Wanted)| {
            incoming.parameters.iter().any(|(other, value)| other == name && wanted.matches(value))
        };
        self.has_address_of(incoming)
            && self.credentials.iter().all(is_present)
            && self.body.as_ref().is_none_or(|wanted| wanted.matches(&incoming.body))
    }
}

impl Wanted {
    fn matches(&self, value: &Secret) -> bool {
        match self {
            Self::Exactly(wanted) => wanted == value,
            Self::Anything => !value.is_empty(),
        }
    }
}

/// Whether a reference differs between two requests made at different times.
fn depends_on_moment(reference: &guide::Reference) -> bool {
    matches!(reference.target, Target::Now(_) | Target::Random(_) | Target::Assertion | Target::Request(_))
}
