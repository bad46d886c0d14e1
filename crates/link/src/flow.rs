//! The flow itself, and the events that affect the whole flow.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use guide::{Check, Environment, Guide, Identifies, Key, Method, OutcomeKind, Product, Redirect, Role};
use probe::{Case, Identity, Inputs, Moment, Values};
use secret::Secret;

use crate::effect::{Due, Effect, Linked};
use crate::state::{CheckState, Proof, State};

/// One person's attempt to link an account with one method.
pub struct Flow {
    guide: Arc<Guide>,
    method: usize,
    pub(crate) product: Product,
    pub(crate) purpose: Purpose,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) environment: Option<Key>,
    pub(crate) values: Values,
    /// The fields whose values come from a stored account. The person who edits the account might not know these
    /// values. A secret field that has no value in `values` has a stored value that is not open: see
    /// [`Flow::supply_secrets`].
    pub(crate) from_store: BTreeSet<Key>,
    /// The version of the account that the open secrets in `from_store` come from. `None` if no secrets were opened.
    pub(crate) stored_version: Option<i64>,
    /// The secrets of the stored account. The provider may repeat them even after the person has replaced them. `None` if
    /// they are not open.
    pub(crate) former: Option<Vec<Secret>>,
    /// The secret fields whose values a helper entered. See [`Flow::prefill_for_helper`].
    pub(crate) from_helper: BTreeSet<Key>,
    /// The fields whose values an admin entered. See [`Flow::supply_setup`].
    pub(crate) from_setup: BTreeSet<Key>,
    /// The tokens from sign-in.
    pub(crate) tokens: Values,
    /// The tokens' expiry time in Unix seconds, or `None` if it is unknown.
    pub(crate) tokens_expire_at: Option<i64>,
    /// The callback URL, if it is known. Sign-in requests can contain it.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: State,
    pub(crate) effects: VecDeque<Due>,
    pub(crate) next_id: u64,
}

/// Whether a flow links a new account or an existing one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Link a new account.
    #[default]
    Link,
    /// Link an existing account again. By default, the credentials must belong to the same account at the provider.
    Relink {
        /// The provider's id for the account, or `None` if it is unknown, in which case any account is accepted.
        external_id: Option<String>,
        /// Whether a different account at the provider can replace the existing account.
        allow_different: bool,
    },
}

/// The initial values of a flow.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Whether to link a new account or an existing one.
    pub purpose: Purpose,
    /// The environment's key, or `None` if the person has to choose.
    pub environment: Option<Key>,
    /// The stored values of an existing account.
    pub stored: Values,
    /// The secret fields of an existing account whose stored values are not in `stored`. These values are needed only
    /// for the checks: see [`Flow::supply_secrets`].
    pub stored_secrets: BTreeSet<Key>,
    /// The secrets of an existing account, which are hidden in the provider's responses. `None` if they are not open: see
    /// [`Flow::hide`].
    pub former: Option<Vec<Secret>>,
    /// The stored tokens of an existing account.
    pub tokens: Values,
    /// The tokens' expiry time in Unix seconds, or `None` if it is unknown.
    pub tokens_expire_at: Option<i64>,
    /// The callback URL of the method's sign-in with a browser, if it is known. [`Flow::signed_in`] also sets it.
    pub redirect_uri: Option<String>,
    /// The selected scopes. Sections, steps and checks for other scopes are skipped. `None` selects all scopes.
    pub scopes: Option<Vec<String>>,
    /// The product, which messages can refer to.
    pub product: Product,
}

impl Flow {
    /// Starts a flow for one of the guide's methods. Returns `None` if the guide has no such method.
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
            product: start.product,
            purpose: start.purpose,
            scopes: start.scopes,
            environment,
            from_store: start.stored.keys().cloned().chain(start.stored_secrets).collect(),
            stored_version: None,
            former: start.former,
            from_helper: BTreeSet::new(),
            from_setup: BTreeSet::new(),
            values: start.stored,
            tokens: start.tokens,
            tokens_expire_at: start.tokens_expire_at,
            redirect_uri: start.redirect_uri,
            state: State::Choosing,
            effects: VecDeque::new(),
            next_id: 1,
            guide,
        };
        let nothing_to_choose = flow.method().environments.is_empty() || flow.method().tells_environment();
        if flow.environment.is_some() || nothing_to_choose {
            flow.go_to_first();
        }
        Some(flow)
    }

    /// Returns the guide that the flow follows.
    pub fn guide(&self) -> &Guide {
        &self.guide
    }

    /// Returns the method that the flow follows.
    pub fn method(&self) -> &Method {
        &self.guide.methods[self.method]
    }

    /// Returns the chosen environment, or `None` if none has been chosen or the method has no environments.
    pub fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref().and_then(|key| self.method().environment(key.as_str()))
    }

    /// Whether the flow links a new account or an existing one.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Returns the normalized values by field, without stored secrets that are not open.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Returns the tokens from sign-in and their expiry time in Unix seconds. The time is `None` if it is unknown.
    pub fn tokens(&self) -> (&Values, Option<i64>) {
        (&self.tokens, self.tokens_expire_at)
    }

    /// Returns the next effect, if any. If the effect is a request, it is built with the time and nonce in `moment`.
    pub fn poll(&mut self, moment: Moment) -> Option<Effect> {
        while let Some(due) = self.effects.pop_front() {
            let effect = match due {
                Due::Send => self.request(moment),
                Due::WaitUntil(time) => Some(Effect::WaitUntil(time)),
                Due::Store(linked) => Some(Effect::Store(linked)),
            };
            if effect.is_some() {
                return effect;
            }
        }
        None
    }

    /// Returns the host that receives the requests, or `None` as long as the values do not determine it.
    pub fn host(&self) -> Option<String> {
        probe::host(self.method(), &self.inputs(self.environment())).ok()
    }

    /// Records whether the person confirmed the account that was found. If the person rejected it, the flow returns to
    /// the first step.
    pub fn confirm(&mut self, yes: bool) {
        let State::Confirming(proof) = &self.state else { return };
        let proof = proof.clone();
        if !yes {
            return self.go_to_first();
        }
        self.effects.push_back(Due::Store(Box::new(self.linked(&proof))));
        self.state = State::Storing(proof);
    }

    /// Records whether the driver stored the account. After a failure, the person can confirm the account again.
    pub fn stored(&mut self, success: bool) {
        let State::Storing(proof) = &self.state else { return };
        self.state = if success { State::Linked } else { State::Confirming(proof.clone()) };
    }

    /// Closes the flow because the person abandoned it. A linked account stays linked.
    pub fn close(&mut self) {
        self.effects.clear();
        if !matches!(self.state, State::Linked) {
            self.state = State::Closed;
        }
    }

    /// Returns the scopes to request at sign-in. If only some scopes are selected, omits each scope that the guide
    /// declares unless the scope itself, or a scope that it includes, is selected, needed by a mandatory check, or
    /// required for a refresh token.
    pub fn requested_scopes<'a>(&self, redirect: &'a Redirect) -> Vec<&'a str> {
        let scopes = redirect.scopes.iter().map(String::as_str);
        let Some(selected) = &self.scopes else { return scopes.collect() };
        let is_needed = |name: &String| {
            let mut checks = self.method().checks.iter().filter(|check| check.role != Role::Capability);
            checks.any(|check| check.scopes.contains(name))
        };
        let is_requested = |name: &str| {
            let declared = self.guide.scopes.iter().find(|scope| scope.name == name);
            declared.is_none_or(|scope| {
                let mut names = [&scope.name].into_iter().chain(&scope.includes);
                names.any(|name| {
                    selected.contains(name) || is_needed(name) || redirect.renewal_scopes.contains(name)
                })
            })
        };
        scopes.filter(|name| is_requested(name)).collect()
    }

    /// Returns the inputs for requests before any check has run.
    pub(crate) fn inputs<'a>(&'a self, environment: Option<&'a Environment>) -> Inputs<'a> {
        Inputs {
            tokens: &self.tokens,
            redirect_uri: self.redirect_uri.as_deref(),
            former: self.former.as_deref().unwrap_or_default(),
            ..Inputs::new(self.method(), environment, &self.values)
        }
    }

    pub(crate) fn case<'a>(&'a self, check: &'a Check, inputs: Inputs<'a>) -> Case<'a> {
        Case { guide: &self.guide, method: self.method(), check, inputs, product: &self.product }
    }

    /// Returns whether the account that was found may be stored: either it is the previously linked account, or a
    /// different account is allowed.
    pub(crate) fn is_same(&self, found: Option<&Identity>) -> bool {
        match &self.purpose {
            Purpose::Link | Purpose::Relink { allow_different: true, .. } => true,
            Purpose::Relink { external_id, allow_different: false } => {
                external_id.is_none()
                    || external_id.as_deref() == found.map(|found| found.id.as_str())
                    || self.identifies_credentials_only()
            }
        }
    }

    /// Returns whether the provider's id identifies the credentials rather than the account, in which case one account
    /// can have several ids.
    fn identifies_credentials_only(&self) -> bool {
        let account = self.method().checks.iter().find_map(|check| check.account.as_ref());
        account.is_some_and(|account| account.identifies == Identifies::Credential)
    }

    pub(crate) fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn linked(&self, proof: &Proof) -> Linked {
        let mut linked = Linked {
            provider: self.guide.provider.key.clone(),
            method: self.method().key.clone(),
            environment: self.environment.clone(),
            public: BTreeMap::new(),
            secrets: Values::new(),
            tokens: self.tokens.clone(),
            tokens_expire_at: self.tokens_expire_at,
            identity: proof.identity.clone(),
            outcome: if proof.limited { OutcomeKind::OkLimited } else { OutcomeKind::Ok },
            proved: proof.checks(&CheckState::Passed),
            missed: proof.checks(&CheckState::Missed),
            guide_digest: self.guide.digest.clone(),
        };
        let entered = self.method().fields.iter().filter(|field| self.applies(field));
        let entered = entered.map(|field| (field, self.values.get(&field.key), field.secret));
        // A snapshot omits derived values that can be computed again.
        let inputs = self.inputs(self.environment());
        let (again, _) = probe::derived_values(self.method(), &inputs);
        let redactor = probe::identity_redactor(self.method(), &inputs);
        let derived = self.method().derived.iter().map(|one| {
            let field = &one.field;
            let value = proof.derived.get(&field.key).or_else(|| again.get(&field.key));
            // A provider can repeat a secret in the response that a public value is derived from.
            let repeats_secret = value.is_some_and(|value| redactor.finds_in(value.expose()));
            (field, value, field.secret || repeats_secret)
        });
        for (field, value, is_secret) in entered.chain(derived) {
            match value {
                Some(value) if is_secret => drop(linked.secrets.insert(field.key.clone(), value.clone())),
                Some(value) => drop(linked.public.insert(field.key.clone(), value.expose().to_owned())),
                None => {}
            }
        }
        linked
    }
}
