//! What an account can do, of what the guide knows to ask for.

use catalog::Catalog;
use guide::Role;
use serde_json::{Map, Value};
use vault::Account;

/// The capabilities of an account's method, in the guide's order, and whether each was there when it was linked.
pub(super) struct Capabilities(Vec<(String, bool)>);

impl Capabilities {
    /// Nothing, where the guide or the method is not there any more, or asks for no capability.
    pub(super) fn of(account: &Account, catalog: &Catalog) -> Option<Self> {
        let method = catalog.find(&account.provider)?.guide()?.method(&account.method)?;
        let checks = method.checks.iter().filter(|check| check.role == Role::Capability);
        let each: Vec<(String, bool)> = checks
            .map(|check| check.key.to_string())
            .map(|key| {
                let is_there = account.proved.contains(&key);
                (key, is_there)
            })
            .collect();
        (!each.is_empty()).then_some(Self(each))
    }

    /// How many there are: `3 of 5`.
    pub(super) fn count(&self) -> String {
        format!("{} of {}", self.0.iter().filter(|(_, is_there)| *is_there).count(), self.0.len())
    }

    /// The keys of those that are not there.
    pub(super) fn lacking(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, is_there)| !is_there).map(|(key, _)| key.as_str()).collect()
    }

    /// By key, whether it is there.
    pub(super) fn json(&self) -> Value {
        self.0.iter().map(|(key, is_there)| (key.clone(), (*is_there).into())).collect::<Map<_, _>>().into()
    }
}
