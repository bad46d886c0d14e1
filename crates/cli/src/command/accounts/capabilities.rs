//! Determines which of the guide's capabilities an account has.

use catalog::Catalog;
use guide::Role;
use serde_json::{Map, Value};
use vault::Account;

/// The capabilities that an account's method checks, in the guide's order, and whether the account had each capability
/// when it was linked.
pub(super) struct Capabilities(Vec<(String, bool)>);

impl Capabilities {
    /// Returns the account's capabilities, or `None` if the guide or its method no longer exists or the method has no
    /// capability checks.
    pub(super) fn of(account: &Account, catalog: &Catalog) -> Option<Self> {
        let method = catalog.find(&account.provider)?.guide()?.method(&account.method)?;
        let checks = method.checks.iter().filter(|check| check.role == Role::Capability);
        let keys = checks.map(|check| check.key.to_string());
        let each: Vec<(String, bool)> =
            keys.map(|key| (key.clone(), account.proved.contains(&key))).collect();
        (!each.is_empty()).then_some(Self(each))
    }

    /// Returns how many capabilities the account has, such as `3 of 5`.
    pub(super) fn count(&self) -> String {
        format!("{} of {}", self.0.iter().filter(|(_, has_it)| *has_it).count(), self.0.len())
    }

    /// Returns the keys of the capabilities that the account lacks.
    pub(super) fn missing(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, has_it)| !has_it).map(|(key, _)| key.as_str()).collect()
    }

    /// Returns a JSON object that maps each capability's key to whether the account has the capability.
    pub(super) fn json(&self) -> Value {
        self.0.iter().map(|(key, has_it)| (key.clone(), (*has_it).into())).collect::<Map<_, _>>().into()
    }
}
