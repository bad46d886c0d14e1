//! Which conversation a request belongs to, and what the next answer in it is.

use guide::{Key, Method, OutcomeKind, Reply, RequestTemplate, Scenario, Template, Verb};
use probe::{Inputs, Request, Values};
use secret::Secret;

/// The conversations of a method, and how far each has come.
pub struct Script {
    talks: Vec<Talk>,
}

/// One conversation.
struct Talk {
    name: String,
    outcome: OutcomeKind,
    turns: Vec<(Expected, Reply)>,
    next: usize,
}

/// The request that a turn waits for.
struct Expected {
    verb: Verb,
    host: String,
    path: String,
    credentials: Vec<(String, Secret)>,
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
        Self { talks: method.scenarios.iter().filter_map(|scenario| Talk::new(method, scenario)).collect() }
    }

    /// One conversation alone.
    pub fn of(method: &Method, scenario: &Scenario) -> Self {
        Self { talks: Talk::new(method, scenario).into_iter().collect() }
    }

    /// The answer to a request, and what is said about it.
    pub fn answer(&mut self, incoming: &Incoming) -> (Reply, Line) {
        let waiting =
            |talk: &Talk| talk.turns.get(talk.next).is_some_and(|(expected, _)| expected.is(incoming));
        let begins = |talk: &Talk| talk.turns.first().is_some_and(|(expected, _)| expected.is(incoming));
        let under_way = self.talks.iter().position(|talk| talk.next > 0 && waiting(talk));
        let found = under_way.or_else(|| self.talks.iter().position(|talk| talk.next == 0 && waiting(talk)));
        let found = found.or_else(|| {
            let again = self.talks.iter().position(begins)?;
            self.talks[again].next = 0;
            Some(again)
        });
        let (reply, because) = match found {
            Some(at) => {
                let talk = &mut self.talks[at];
                let reply = talk.turns[talk.next].1.clone();
                talk.next = (talk.next + 1) % talk.turns.len();
                (reply, format!("“{}”", talk.name))
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
        let here = |talk: &&Talk| talk.turns.iter().any(|(expected, _)| expected.is_for(incoming));
        let known = self.talks.iter().any(|talk| here(&talk));
        let answers = |talk: &&Talk, kind: OutcomeKind| {
            talk.outcome == kind
                && matches!(talk.turns.first(), Some((_, Reply::Response { status: 400.., .. })))
        };
        let kind = if known { OutcomeKind::WrongSecret } else { OutcomeKind::WrongTenant };
        if let Some(talk) = self.talks.iter().find(|talk| answers(talk, kind)) {
            let why = if known { "credentials of no scenario" } else { "a host of no scenario" };
            (talk.turns[0].1.clone(), format!("{why}, so as in “{}”", talk.name))
        } else {
            let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
            let body = "no scenario of the guide has this request\n".to_owned();
            (Reply::Response { status: 404, headers, body }, "a request of no scenario".to_owned())
        }
    }
}

impl Talk {
    fn new(method: &Method, scenario: &Scenario) -> Option<Self> {
        let values: Values = scenario
            .given
            .iter()
            .filter_map(|(key, typed)| {
                let kept = method.field(key.as_str())?.keep(typed, &method.environments).ok()?;
                Some((key.clone(), Secret::new(kept.value)))
            })
            .collect();
        let turns: Option<Vec<_>> = scenario
            .talk
            .iter()
            .map(|turn| {
                let environment = turn.environment.as_ref().or(scenario.environment.as_ref());
                Some((
                    Expected::new(method, &values, environment, turn.verb, &turn.path)?,
                    turn.reply.clone(),
                ))
            })
            .collect();
        Some(Self { name: scenario.name.clone(), outcome: scenario.then.outcome, turns: turns?, next: 0 })
    }
}

impl Expected {
    /// The request that the guide would make with these values.
    fn new(
        method: &Method,
        values: &Values,
        environment: Option<&Key>,
        verb: Verb,
        path: &str,
    ) -> Option<Self> {
        let environment = match environment {
            Some(key) => method.environment(key.as_str()),
            None => method.environments.first(),
        };
        let captures = Values::new();
        let inputs = Inputs { environment, values, captures: &captures };
        let template = RequestTemplate {
            verb,
            path: Template::literal(path),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            span: guide::Span::default(),
        };
        let request: Request = probe::request(method, &template, &inputs).ok()?;
        let headers = request.headers.into_iter().map(|header| (header.name, header.value));
        Some(Self {
            verb,
            host: request.host,
            path: request.path,
            credentials: headers.chain(request.query).collect(),
        })
    }

    fn is_for(&self, incoming: &Incoming) -> bool {
        self.verb.as_str() == incoming.verb && self.host == incoming.host && self.path == incoming.path
    }

    fn is(&self, incoming: &Incoming) -> bool {
        self.is_for(incoming) && self.credentials.iter().all(|wanted| incoming.parameters.contains(wanted))
    }
}

fn word(reply: &Reply) -> String {
    match reply {
        Reply::Response { status, .. } => status.to_string(),
        Reply::Fails(fault) => format!("fails: {fault}"),
    }
}
