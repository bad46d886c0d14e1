//! Values that a flow uses but that nobody enters in it: the secrets of a stored account, and the values that an admin
//! entered.
//!
//! **Invariant:** a snapshot contains none of these values. Therefore, no copy of a stored secret remains if the account
//! or the connector profile that owns the secret is deleted.

use guide::Key;
use probe::Values;
use secret::Secret;

use crate::flow::{Flow, Purpose};
use crate::state::State;

impl Flow {
    /// Returns whether a field has a value. A stored secret counts even if it is not open.
    pub fn has_value(&self, field: &Key) -> bool {
        self.values.contains_key(field) || self.from_store.contains(field)
    }

    /// Returns whether the flow needs stored secrets that are not open, for its requests or to hide them in responses. If
    /// so, call [`Flow::supply_secrets`] and [`Flow::hide`] before the flow is run or its account is stored.
    pub fn lacks_secrets(&self) -> bool {
        let is_edit = matches!(self.purpose, Purpose::Relink { .. });
        (is_edit && self.former.is_none()) || self.sends_closed_secrets()
    }

    /// Sets the secrets of the stored account. They are hidden in the provider's responses, even if the flow does not use
    /// them, because they work until the edited account is stored.
    pub fn hide(&mut self, former: Vec<Secret>) {
        self.former = Some(former);
    }

    /// Adds the stored secrets that are not open. `stored` contains the account's values, and `version` is the version
    /// of the account that they come from. If the person has to confirm an account that was checked with another
    /// version, the flow returns to the first step, because these secrets were not checked.
    pub fn supply_secrets(&mut self, stored: &Values, version: i64) {
        if !self.sends_closed_secrets() {
            return;
        }
        let closed: Vec<Key> =
            self.from_store.iter().filter(|key| self.is_closed_secret(key)).cloned().collect();
        for key in closed {
            match stored.get(&key) {
                Some(value) => drop(self.values.insert(key, value.clone())),
                // The account no longer has this secret, so the person has to enter it.
                None => drop(self.from_store.remove(&key)),
            }
        }
        let before = self.stored_version.replace(version);
        if matches!(self.state, State::Confirming(_)) && before != Some(version) {
            self.go_to_first();
        }
    }

    /// Sets the values that an admin entered. Call this after [`Flow::new`] and after [`Flow::restore`].
    pub fn supply_setup(&mut self, values: &[(Key, Secret)]) {
        for (key, value) in values {
            self.from_setup.insert(key.clone());
            self.set_value(key, value);
        }
    }

    /// Returns the values that a snapshot may contain.
    pub(crate) fn own_values(&self) -> impl Iterator<Item = (&Key, &Secret)> {
        let is_stored_secret = |key: &Key| self.from_store.contains(key) && self.is_secret(key);
        self.values.iter().filter(move |(key, _)| !self.from_setup.contains(*key) && !is_stored_secret(key))
    }

    fn sends_closed_secrets(&self) -> bool {
        self.from_store.iter().any(|key| self.is_closed_secret(key))
    }

    fn is_closed_secret(&self, key: &Key) -> bool {
        !self.values.contains_key(key) && self.is_secret(key)
    }

    /// Returns whether a value is secret. A value that the method does not define counts as secret.
    pub(crate) fn is_secret(&self, key: &Key) -> bool {
        let field = self.method().field(key.as_str());
        let field = field.or_else(|| self.method().derived(key.as_str()).map(|derived| &derived.field));
        field.is_none_or(|field| field.secret)
    }
}
