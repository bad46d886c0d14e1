//! Which conversation a request belongs to, and what the next answer in it is.

mod sign_in;

use guide::{
    Algorithm, Carries, Check, Key, Method, OutcomeKind, Reply, RequestTemplate, Scenario, Target, Template,
    Turn,
};
use probe::{Inputs, Moment, Request, Response, Values};
use secret::Secret;

/// The conversations of a method, and how far each has come.
pub struct Script {
    method: Method,
    talks: Vec<Talk>,
    /// When everything happens; what is signed with another moment is looked at only for being there.
    moment: Option<Moment>,
}

/// One conversation: who talks, and how far it has come.
struct Talk {
    name: String,
    outcome: OutcomeKind,
    environment: Option<Key>,
    values: Values,
    turns: Vec<Turn>,
    next: usize,
    /// What the answers so far gave.
    captures: Values,
    tokens: Values,
    given_tokens: Values,
}

/// The request that a turn waits for.
struct Expected {
    host: String,
    path: String,
    credentials: Vec<(String, Wanted)>,
    body: Option<Wanted>,
    /// What is kept of the answer: a check's captures, or tokens.
    keeps: Keeps,
}

/// What has to stand in a place.
enum Wanted {
    /// This.
    Exactly(Secret),
    /// Something, since it is another text each time.
    Something,
}

/// Where captures of an answer go.
#[derive(Clone)]
enum Keeps {
    Captures(Box<Check>),
    Tokens(Box<Check>),
}

/// A request as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The method.
    pub verb: String,
    /// The host asked for, without a port.
    pub host: String,
    /// The path, as sent.
    pub path: String,
    /// Headers and query parameters, header names in lower case.
    pub parameters: Vec<(String, Secret)>,
    /// The body; empty, if there is none.
    pub body: Secret,
}

/// What is said about an answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The request: method, host and path.
    pub request: String,
    /// The answer, in a word or two.
    pub answer: String,
    /// The conversation, and why this one.
    pub because: String,
}

impl Script {
    /// All conversations of a method.
    pub fn new(method: &Method) -> Self {
        let talks = method.scenarios.iter().map(|scenario| Talk::new(method, scenario)).collect();
        Self { method: method.clone(), talks, moment: None }
    }

    /// One conversation alone, at a moment that stands still.
    pub fn of(method: &Method, scenario: &Scenario, moment: Moment) -> Self {
        Self { method: method.clone(), talks: vec![Talk::new(method, scenario)], moment: Some(moment) }
    }

    /// The answer to a request, and what is said about it.
    pub fn answer(&mut self, incoming: &Incoming) -> (Reply, Line) {
        if let Some(answer) = self.sign_in(incoming) {
            return answer;
        }
        let waits = |talk: &Talk| talk.waits_for(&self.method, self.moment, incoming);
        let under_way = |talk: &Talk| if talk.next > 0 { waits(talk) } else { None };
        let begins = |talk: &Talk| if talk.next == 0 { waits(talk) } else { None };
        let again = |talk: &Talk| talk.anew().waits_for(&self.method, self.moment, incoming);
        let find = |how: &dyn Fn(&Talk) -> Option<Keeps>| {
            self.talks.iter().enumerate().find_map(|(at, talk)| Some((at, how(talk)?)))
        };
        let found = find(&under_way).or_else(|| find(&begins));
        let found = found.map(|found| (found, false)).or_else(|| Some((find(&again)?, true)));
        let (reply, because) = match found {
            Some(((at, keeps), anew)) => {
                let talk = &mut self.talks[at];
                if anew {
                    *talk = talk.anew();
                }
                (talk.take(&keeps), format!("“{}”", talk.name))
            }
            None => self.stranger(incoming),
        };
        let request = format!("{} {}{}", incoming.verb, incoming.host, incoming.path);
        (reply.clone(), Line { request, answer: word(&reply), because })
    }

    /// Leaves out the next turn: it failed before it could come here.
    pub fn skip(&mut self) {
        if let Some(talk) = self.talks.first_mut() {
            talk.next = (talk.next + 1) % talk.turns.len().max(1);
        }
    }

    /// The answer to a request of no conversation: what the provider says to wrong credentials at a known host,
    /// and to a host that nobody has.
    fn stranger(&self, incoming: &Incoming) -> (Reply, String) {
        let known = self.talks.iter().any(|talk| talk.knows(&self.method, incoming));
        let answers = |talk: &&Talk, kind: OutcomeKind| {
            talk.outcome == kind
                && matches!(
                    talk.turns.first(),
                    Some(Turn { reply: Reply::Response { status: 400.., .. }, .. })
                )
        };
        let kind = if known { OutcomeKind::WrongSecret } else { OutcomeKind::WrongTenant };
        if let Some(talk) = self.talks.iter().find(|talk| answers(talk, kind)) {
            let why = if known { "credentials of no scenario" } else { "a host of no scenario" };
            (talk.turns[0].reply.clone(), format!("{why}, so as in “{}”", talk.name))
        } else {
            let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
            let body = "no scenario of the guide has this request\n".to_owned();
            (Reply::Response { status: 404, headers, body }, "a request of no scenario".to_owned())
        }
    }
}

impl Talk {
    fn new(method: &Method, scenario: &Scenario) -> Self {
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
            next: 0,
            captures: Values::new(),
            tokens: given_tokens.clone(),
            given_tokens,
        }
    }

    /// The same conversation from its beginning.
    fn anew(&self) -> Self {
        Self {
            name: self.name.clone(),
            outcome: self.outcome,
            environment: self.environment.clone(),
            values: self.values.clone(),
            turns: self.turns.clone(),
            next: 0,
            captures: Values::new(),
            tokens: self.given_tokens.clone(),
            given_tokens: self.given_tokens.clone(),
        }
    }

    /// What is kept of the answer, if the next turn is about this request.
    fn waits_for(&self, method: &Method, moment: Option<Moment>, incoming: &Incoming) -> Option<Keeps> {
        let turn = self.turns.get(self.next)?;
        if turn.verb.as_str() != incoming.verb {
            return None;
        }
        let expected = self.expected(method, turn, moment);
        expected.into_iter().find(|expected| expected.is(incoming)).map(|expected| expected.keeps)
    }

    /// Whether some turn is about this address.
    fn knows(&self, method: &Method, incoming: &Incoming) -> bool {
        self.turns.iter().any(|turn| {
            turn.verb.as_str() == incoming.verb
                && self.expected(method, turn, None).iter().any(|expected| expected.is_for(incoming))
        })
    }

    /// The requests that a turn may be about: those the guide would make now whose path is the turn's.
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

    /// The next answer; what it gives is remembered.
    fn take(&mut self, keeps: &Keeps) -> Reply {
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
            *self = self.anew();
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
        // What hangs on the moment can be told in advance only if the moment stands still; a signature of a kind
        // that draws lots cannot even then.
        let draws = |signing: Option<Algorithm>| {
            matches!(signing, Some(Algorithm::Es256 | Algorithm::Es384 | Algorithm::Ps256))
        };
        let auth = &method.auth;
        let drawn = draws(auth.assertion.as_ref().map(|one| one.algorithm))
            || draws(auth.signature.as_ref().map(|one| one.algorithm));
        let stands_still = moment.is_some() && !drawn;
        let changes = |templates: Vec<&Template>| {
            templates.into_iter().flat_map(Template::references).any(hangs_on_moment)
        };
        let own: Vec<&Template> = match &template.carries {
            Carries::AsMethod => auth.templates(),
            Carries::Only(_) => Vec::new(),
        };
        let loose = !stands_still && changes(template.templates().into_iter().chain(own).collect());
        let wanted = |name: String, value: Secret| {
            (name, if loose { Wanted::Something } else { Wanted::Exactly(value) })
        };
        let headers = request.headers.into_iter().map(|header| wanted(header.name, header.value));
        let body = request.body.map(|body| {
            if loose {
                Wanted::Something
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

    fn is_for(&self, incoming: &Incoming) -> bool {
        self.host == incoming.host && self.path == incoming.path
    }

    fn is(&self, incoming: &Incoming) -> bool {
        let stands = |(name, wanted): &(String, Wanted)| {
            incoming.parameters.iter().any(|(other, value)| other == name && wanted.is(value))
        };
        self.is_for(incoming)
            && self.credentials.iter().all(stands)
            && self.body.as_ref().is_none_or(|wanted| wanted.is(&incoming.body))
    }
}

impl Wanted {
    fn is(&self, value: &Secret) -> bool {
        match self {
            Self::Exactly(wanted) => wanted == value,
            Self::Something => !value.is_empty(),
        }
    }
}

fn hangs_on_moment(reference: &guide::Reference) -> bool {
    matches!(reference.target, Target::Now(_) | Target::Random(_) | Target::Assertion | Target::Request(_))
}

fn word(reply: &Reply) -> String {
    match reply {
        Reply::Response { status, .. } => status.to_string(),
        Reply::Fails(fault) => format!("fails: {fault}"),
    }
}
