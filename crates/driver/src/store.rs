//! Storing the account that a flow has proved.

use std::collections::BTreeMap;

use link::Linked;
use vault::{Account, By, ChangeError, CreatedFrom, Home, NewAccount, Replacing, Vault};

use crate::stored::Tokens;

/// A proved account on its way into the vault.
#[derive(Debug)]
pub struct NewLink<'a> {
    /// What the flow proved.
    pub linked: Linked,
    /// The account that was chosen to be linked again. It must still have this version.
    pub relinked: Option<&'a Account>,
    /// Which account the new one replaces if none was chosen.
    pub otherwise: Replacing<'a>,
    /// A new label. `None` keeps that of the replaced account.
    pub label: Option<&'a str>,
    /// Whose the account is, if it belongs to a Hub's project. `None` keeps that of the relinked account.
    pub home: Option<Home>,
}

impl NewLink<'_> {
    /// Stores the account and ends what it was created from, in one transaction.
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

/// What a flow proved, in the form in which the vault stores it.
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
