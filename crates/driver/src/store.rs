//! Stores the account that a flow has verified.

use std::collections::BTreeMap;

use link::Linked;
use vault::{Account, By, ChangeError, CreatedFrom, Home, NewAccount, Replacing, Vault};

use crate::stored::Tokens;

/// A verified account to store in the vault.
#[derive(Debug)]
pub struct NewLink<'a> {
    /// The account that the flow verified.
    pub linked: Linked,
    /// The account to relink, if one was chosen. Storing fails if the stored account has a different version.
    pub relinked: Option<&'a Account>,
    /// Which account to replace, if any, when `relinked` is `None`.
    pub otherwise: Replacing<'a>,
    /// The new label. `None` keeps the label of the replaced account.
    pub label: Option<&'a str>,
    /// The project and owner of an account in a Hub. `None` keeps the project and owner of the relinked account.
    pub home: Option<Home>,
}

impl NewLink<'_> {
    /// Stores the account and ends the draft or link attempt that it was created from, in one transaction.
    pub async fn store(
        self,
        vault: &Vault,
        from: CreatedFrom<'_>,
        by: By<'_>,
    ) -> Result<Account, ChangeError> {
        let home = self.home.or_else(|| self.relinked?.home.clone());
        let new = new_account(self.linked, self.label.map(str::to_owned), home);
        let replacing = match self.relinked {
            Some(account) => Replacing::Account { id: &account.id, version: account.version },
            None => self.otherwise,
        };
        vault.store(&new, replacing, from, by).await
    }
}

/// Converts an account that a flow verified into the form in which the vault stores it.
pub fn new_account(linked: Linked, label: Option<String>, home: Option<Home>) -> NewAccount {
    let mut identity = BTreeMap::new();
    if let Some(found) = &linked.identity {
        identity.extend(found.details.iter().cloned());
    }
    let secrets = linked.secrets.into_iter().map(|(key, value)| (key.to_string(), value));
    let tokens = Tokens { values: linked.tokens, end: linked.tokens_expire_at };
    NewAccount {
        provider: linked.provider.to_string(),
        method: linked.method.to_string(),
        environment: linked.environment.map(|key| key.to_string()),
        external_id: linked.identity.as_ref().map(|found| found.id.clone()),
        name: linked.identity.map(|found| found.name),
        label,
        values: linked.public.into_iter().map(|(key, value)| (key.to_string(), value)).collect(),
        secrets: secrets.chain(tokens.to_store()).collect(),
        guide_digest: linked.guide_digest,
        proved: linked.proved.iter().map(ToString::to_string).collect(),
        outcome: linked.outcome.to_string(),
        identity,
        home,
    }
}
