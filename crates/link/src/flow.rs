//! The flow: what it holds, and the events that concern it as a whole.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use guide::{Check, Environment, Guide, Identifies, Key, Method, OutcomeKind, Redirect, Role};
use probe::{Case, Identity, Inputs, Moment, Values};

use crate::effect::{Due, Effect, Linked};
use crate::state::{CheckState, Proved, State};

/// One run of a method by a person.
pub struct Flow {
    guide: Arc<Guide>,
    method: usize,
    brand: String,
    pub(crate) purpose: Purpose,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) environment: Option<Key>,
    pub(crate) values: Values,
    /// The fields whose values come from a store: whoever edits may not know them.
    pub(crate) from_store: BTreeSet<Key>,
    /// What signing in gave, and when it ends.
    pub(crate) tokens: Values,
    pub(crate) tokens_end: Option<i64>,
    pub(crate) state: State,
    pub(crate) effects: VecDeque<Due>,
    pub(crate) next_id: u64,
}

/// What the flow is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// An account is linked that was not linked before.
    #[default]
    First,
    /// An account is linked again: it has to be the same one.
    Again {
        /// What identifies the account at the provider.
        external_id: Option<String>,
        /// Whether another one may take its place.
        other_allowed: bool,
    },
}

/// What a flow begins with.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What it is for.
    pub purpose: Purpose,
    /// The environment, where it is known already.
    pub environment: Option<Key>,
    /// Values that are known already, from an account linked before.
    pub stored: Values,
    /// What signing in gave before: in a browser, or at an earlier link.
    pub tokens: Values,
    /// When that ends, in seconds since 1970, if that is known.
    pub tokens_end: Option<i64>,
    /// The scopes wanted: sections, steps and checks of others are left out. All, if not given.
    pub scopes: Option<Vec<String>>,
    /// The product's name, for messages.
    pub brand: String,
}

impl Flow {
    /// A flow over a method of a guide; none, if the guide has no such method.
    pub fn new(guide: Arc<Guide>, method: &str, start: Start) -> Option<Self> {
        let method = guide.methods.iter().position(|one| one.key == *method)?;
        let environments = &guide.methods[method].environments;
        let known = start.environment.filter(|key| environments.iter().any(|one| one.key == *key));
        let environment = known.or_else(|| match environments.as_slice() {
            [only] => Some(only.key.clone()),
            _ => None,
        });
        let mut flow = Self {
            method,
            brand: start.brand,
            purpose: start.purpose,
            scopes: start.scopes,
            environment,
            from_store: start.stored.keys().cloned().collect(),
            values: start.stored,
            tokens: start.tokens,
            tokens_end: start.tokens_end,
            state: State::Choosing,
            effects: VecDeque::new(),
            next_id: 1,
            guide,
        };
        let nothing_to_choose = flow.method().environments.is_empty() || flow.method().tells_environment();
        if flow.environment.is_some() || nothing_to_choose {
            flow.begin();
        }
        Some(flow)
    }

    /// The guide that is followed.
    pub fn guide(&self) -> &Guide {
        &self.guide
    }

    /// The method that is followed.
    pub fn method(&self) -> &Method {
        &self.guide.methods[self.method]
    }

    /// The environment chosen.
    pub fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref().and_then(|key| self.method().environment(key.as_str()))
    }

    /// What the flow is for.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What is kept of what was typed, by field.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// What signing in gave, and when that ends, in seconds since 1970, if that is known.
    pub fn tokens(&self) -> (&Values, Option<i64>) {
        (&self.tokens, self.tokens_end)
    }

    /// What to do next, if anything. A request is made for this moment.
    pub fn poll(&mut self, moment: Moment) -> Option<Effect> {
        while let Some(due) = self.effects.pop_front() {
            let effect = match due {
                Due::Ask => self.request(moment),
                Due::WaitUntil(moment) => Some(Effect::WaitUntil(moment)),
                Due::Store(linked) => Some(Effect::Store(linked)),
            };
            if effect.is_some() {
                return effect;
            }
        }
        None
    }

    /// The host that requests will go to, once the values say so: "will connect to …".
    pub fn host(&self) -> Option<String> {
        probe::host(self.method(), &self.inputs(self.environment())).ok()
    }

    /// The person said whether the account found is the one meant.
    pub fn confirm(&mut self, yes: bool) {
        let State::Confirming(proved) = &self.state else { return };
        let proved = proved.clone();
        if !yes {
            self.go_to_first();
            return;
        }
        self.effects.push_back(Due::Store(Box::new(self.linked(&proved))));
        self.state = State::Storing(proved);
    }

    /// The driver stored the account, or could not: then it can be tried again.
    pub fn stored(&mut self, kept: bool) {
        let State::Storing(proved) = &self.state else { return };
        self.state = if kept { State::Linked } else { State::Confirming(proved.clone()) };
    }

    /// The person gave up.
    pub fn close(&mut self) {
        self.effects.clear();
        if !matches!(self.state, State::Linked) {
            self.state = State::Closed;
        }
    }

    /// The scopes that the person is asked to agree to where they sign in: those of the guide, without what is declared
    /// there and neither wanted nor needed to link at all.
    pub fn scopes_asked<'a>(&self, redirect: &'a Redirect) -> Vec<&'a str> {
        let scopes = redirect.scopes.iter().map(String::as_str);
        let Some(wanted) = &self.scopes else { return scopes.collect() };
        let is_needed = |name: &String| {
            let mut checks = self.method().checks.iter().filter(|check| check.role != Role::Capability);
            checks.any(|check| check.scopes.contains(name))
        };
        let is_wanted = |name: &str| {
            let declared = self.guide.scopes.iter().find(|scope| scope.name == name);
            declared.is_none_or(|scope| {
                let mut these = [&scope.name].into_iter().chain(&scope.includes);
                these.any(|one| wanted.contains(one) || is_needed(one))
            })
        };
        scopes.filter(|name| is_wanted(name)).collect()
    }

    pub(crate) fn brand(&self) -> &str {
        &self.brand
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Values and environment, before anything was asked.
    pub(crate) fn inputs<'a>(&'a self, environment: Option<&'a Environment>) -> Inputs<'a> {
        Inputs { tokens: &self.tokens, ..Inputs::new(self.method(), environment, &self.values) }
    }

    pub(crate) fn case<'a>(&'a self, check: &'a Check, inputs: Inputs<'a>) -> Case<'a> {
        Case { guide: &self.guide, method: self.method(), check, inputs, brand: &self.brand }
    }

    /// Whether the identity found may be stored.
    pub(crate) fn is_same(&self, found: Option<&Identity>) -> bool {
        match &self.purpose {
            Purpose::First | Purpose::Again { other_allowed: true, .. } => true,
            Purpose::Again { external_id, other_allowed: false } => {
                external_id.is_none()
                    || external_id.as_deref() == found.map(|found| found.id.as_str())
                    || self.knows_credentials_only()
            }
        }
    }

    /// Whether the provider tells credentials apart and not accounts: then another one may well be the same's.
    fn knows_credentials_only(&self) -> bool {
        let account = self.method().checks.iter().find_map(|check| check.account.as_ref());
        account.is_some_and(|account| account.identifies == Identifies::Credential)
    }

    pub(crate) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    fn linked(&self, proved: &Proved) -> Linked {
        let mut linked = Linked {
            provider: self.guide.provider.key.clone(),
            method: self.method().key.clone(),
            environment: self.environment.clone(),
            public: BTreeMap::new(),
            secrets: Values::new(),
            tokens: self.tokens.clone(),
            tokens_end: self.tokens_end,
            identity: proved.identity.clone(),
            outcome: if proved.limited { OutcomeKind::OkLimited } else { OutcomeKind::Ok },
            proved: proved.checks(&CheckState::Passed),
            missed: proved.checks(&CheckState::Missed),
            guide_digest: self.guide.digest.clone(),
        };
        for field in self.method().fields.iter().filter(|field| self.asks(field)) {
            let Some(value) = self.values.get(&field.key) else { continue };
            if field.secret {
                linked.secrets.insert(field.key.clone(), value.clone());
            } else {
                linked.public.insert(field.key.clone(), value.expose().to_owned());
            }
        }
        for one in &self.method().derived {
            let Some(value) = proved.computed.get(&one.field.key) else { continue };
            if one.field.secret {
                linked.secrets.insert(one.field.key.clone(), value.clone());
            } else {
                linked.public.insert(one.field.key.clone(), value.expose().to_owned());
            }
        }
        linked
    }
}
