//! Finds the conversation for a request, and the conversation's next response.

use guide::{Key, Method, OutcomeKind, Reply, Scenario, Turn};
use probe::{Moment, Placeholders};

use crate::conversation::Conversation;
use crate::exchange::{Incoming, LogLine, reply};
use crate::sign_in;

/// A method's scenarios, and the progress of each conversation.
pub struct Script {
    method: Method,
    conversations: Vec<Conversation>,
    /// The time at which all requests are sent, or `None` if it is not fixed. If it is not fixed, values that depend on
    /// the time only have to be present.
    moment: Option<Moment>,
}

impl Script {
    /// Creates a script with all of a method's scenarios.
    pub fn new(method: &Method) -> Self {
        let conversations =
            method.scenarios.iter().map(|scenario| Conversation::new(method, scenario)).collect();
        Self { method: method.clone(), conversations, moment: None }
    }

    /// Creates a script with a single scenario, at a fixed time.
    pub fn of(method: &Method, scenario: &Scenario, moment: Moment) -> Self {
        let conversations = vec![Conversation::new(method, scenario)];
        Self { method: method.clone(), conversations, moment: Some(moment) }
    }

    /// Returns the response to a request, and the log line for it.
    ///
    /// Prefers a conversation in progress, then a conversation that the request would begin, then a conversation that
    /// the request would restart.
    pub fn answer(&mut self, incoming: &Incoming) -> (Reply, LogLine) {
        if let Some((reply, reason)) = sign_in::answer(&self.method, &self.conversations, incoming) {
            let line = LogLine::new(incoming, &reply, reason, Vec::new());
            return (reply, line);
        }
        let (reply, reason, differences) = self.turn(incoming).unwrap_or_else(|| {
            let (reply, reason) = self.unknown(incoming);
            (reply, reason, Vec::new())
        });
        let line = LogLine::new(incoming, &reply, reason, differences);
        (reply, line)
    }

    /// Returns placeholders for the secrets that the next request of the first scenario can contain.
    pub(crate) fn placeholders(&self, name: impl Fn(&str, &Key) -> String) -> Placeholders {
        match self.conversations.first() {
            Some(one) => one.placeholders(&self.method, name),
            None => Placeholders::default(),
        }
    }

    /// Skips the next turn. Call this when the turn's request failed before it could reach the simulator.
    pub fn skip(&mut self) {
        if let Some(conversation) = self.conversations.first_mut() {
            conversation.skip();
        }
    }

    /// Returns the response from the conversation that expects the request, the reason for it, and what the request
    /// lacks. Returns `None` if there is no such conversation.
    fn turn(&mut self, incoming: &Incoming) -> Option<(Reply, String, Vec<String>)> {
        let (method, moment) = (&self.method, self.moment);
        let find = |has_begun: bool, restart: bool| {
            let mut candidates = self.conversations.iter().enumerate();
            candidates.find_map(|(at, one)| {
                let one = if restart { &one.restarted() } else { one };
                let check = one.expects(method, moment, incoming).filter(|_| one.has_begun() == has_begun)?;
                Some((at, check, restart))
            })
        };
        let found = find(true, false).or_else(|| find(false, false)).or_else(|| find(false, true));
        let (at, check, restart) = found?;
        let conversation = &mut self.conversations[at];
        if restart {
            *conversation = conversation.restarted();
        }
        // Without a fixed time, values that depend on the time are unknown.
        let differences = moment
            .map(|moment| conversation.differences(method, check, moment, incoming))
            .unwrap_or_default();
        let reply = conversation.take(method, check);
        Some((reply, format!("“{}”", conversation.name), differences))
    }

    /// Returns the response to a request that no conversation expects. If a scenario uses the request's host and path,
    /// this is the provider's response to wrong credentials; otherwise, it is the provider's response to a nonexistent
    /// tenant.
    fn unknown(&self, incoming: &Incoming) -> (Reply, String) {
        let is_known = self.conversations.iter().any(|one| one.has_address(&self.method, incoming));
        let (kind, reason) = if is_known {
            (OutcomeKind::WrongSecret, "these credentials match no scenario")
        } else {
            (OutcomeKind::WrongTenant, "this address matches no scenario")
        };
        let refusal = self.conversations.iter().filter(|one| one.outcome == kind).find_map(|one| {
            match one.turns.first() {
                Some(Turn { reply: reply @ Reply::Response { status: 400.., .. }, .. }) => Some((one, reply)),
                _ => None,
            }
        });
        match refusal {
            Some((one, reply)) => (reply.clone(), format!("{reason}; responded as in “{}”", one.name)),
            None => {
                let body = "This request matches no scenario in the guide.\n";
                let reply = reply(404, "text/plain; charset=utf-8", body);
                (reply, "this request matches no scenario".to_owned())
            }
        }
    }
}
