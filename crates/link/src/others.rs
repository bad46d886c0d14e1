//! Secrets that the person did not enter: those of a stored account, and those that a helper entered.
//!
//! **Invariant:** such a secret is sent only to the host that it was entered for. If the host changes, it must be entered
//! again.

use guide::{Field, Key};
use probe::{Values, Verdict};
use secret::Secret;

use crate::flow::Flow;
use crate::state::{FieldProblem, State};

impl Flow {
    /// Sets values that a helper entered, without leaving the current step. Returns a problem for each invalid value.
    /// If they change the host that the person entered, the person's own secrets must be entered again, because they
    /// were not entered for the helper's host.
    pub fn prefill_for_helper(&mut self, typed: &[(Key, Secret)]) -> Vec<FieldProblem> {
        let before = self.host_values();
        let problems = self.prefill(typed);
        let after = self.host_values();
        if before.iter().any(|(key, value)| after.get(key) != Some(value)) {
            let is_new = |key: &Key| typed.iter().any(|(entered, _)| entered == key);
            let secrets = self.secret_keys().into_iter();
            let old = secrets.filter(|key| !is_new(key) && !self.from_setup.contains(key));
            for key in old.collect::<Vec<_>>() {
                self.forget(&key);
            }
        }
        let entered = typed.iter().map(|(key, _)| key);
        let entered = entered.filter(|key| self.is_secret(key) && self.values.contains_key(*key));
        self.from_helper.extend(entered.cloned().collect::<Vec<_>>());
        problems
    }

    /// Returns the host to show to a helper who completes a step in which these fields are filled in. `None` if the host
    /// is not known yet, if these fields determine it, or if a secret determines it.
    pub fn host_for_helper(&self, fields: &[String]) -> Option<String> {
        let hides = |key: &&Key| self.is_secret(key) || fields.iter().any(|field| **key == **field);
        self.host().filter(|_| !probe::host_fields(self.method()).iter().any(hides))
    }

    /// Returns a problem for each missing value, apart from these fields, that determines where a helper's secret will be
    /// sent; empty if only the environment is missing. `None` if nothing is missing, or none of these fields is secret.
    /// A helper cannot complete the step yet, because the secret would have to be entered again once its host is known.
    pub fn missing_for_helper(&self, fields: &[String]) -> Option<Vec<FieldProblem>> {
        let is_handed = |field: &Field| fields.iter().any(|key| field.key == **key);
        let (handed, others): (Vec<&Field>, Vec<&Field>) =
            self.method().fields.iter().partition(|field| is_handed(field));
        let hosts = probe::host_fields(self.method());
        let decides = |field: &&Field| hosts.contains(&&field.key) || self.determines_environment(&field.key);
        let others = others.into_iter().filter(decides).filter(|field| self.applies(field));
        let missing: Vec<FieldProblem> = others.filter_map(|field| self.missing(field)).collect();
        let is_known = missing.is_empty() && !matches!(self.state, State::Choosing);
        (!is_known && handed.iter().any(|field| field.secret)).then_some(missing)
    }

    /// Removes the secrets of others, because the host changes. The person who changes the host might not know these
    /// secrets, so sending them to the new host would disclose them.
    pub(crate) fn drop_secrets_of_others(&mut self) {
        for key in self.secret_keys() {
            if self.is_of_others(&key) {
                self.forget(&key);
            }
        }
    }

    /// Returns whether the credentials can be tried in other environments after this verdict. Only the person who
    /// entered a secret can agree to that.
    pub(crate) fn may_ask_elsewhere(&self, verdict: &Verdict) -> bool {
        verdict.ask_elsewhere && !self.has_secrets_of_others()
    }

    /// Returns whether someone else entered a secret. If the host changes, it must be entered again.
    pub fn has_secrets_of_others(&self) -> bool {
        self.secret_keys().iter().any(|key| self.is_of_others(key))
    }

    fn is_of_others(&self, key: &Key) -> bool {
        self.from_store.contains(key) || self.from_helper.contains(key)
    }

    /// Removes a field's value.
    pub(crate) fn forget(&mut self, key: &Key) {
        self.values.remove(key);
        self.from_store.remove(key);
        self.from_helper.remove(key);
    }

    /// Returns the secret fields, including derived ones, which can also contain secrets.
    fn secret_keys(&self) -> Vec<Key> {
        let derived = self.method().derived.iter().map(|one| &one.field);
        let fields = self.method().fields.iter().chain(derived);
        fields.filter(|field| field.secret).map(|field| field.key.clone()).collect()
    }

    /// Returns the values that determine the host.
    fn host_values(&self) -> Values {
        let keys = probe::host_fields(self.method()).into_iter();
        keys.filter_map(|key| Some((key.clone(), self.used_value(key)?))).collect()
    }
}
