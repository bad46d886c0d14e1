//! Values of fields, from the vault's texts to a flow's and back.

use std::collections::BTreeMap;

use guide::{Key, Method};
use jiff::Timestamp;
use link::{Flow, Linked};
use probe::Values;
use secret::Secret;
use vault::{Credentials, Home, NewAccount, Vault};

use crate::wire::error::ApiError;

/// The prefix under which tokens lie among an account's secrets; no field's key begins so.
const TOKEN: &str = "token:";

/// The name under which it lies beside them when they end, in seconds since 1970; no token is called so.
const TOKENS_END: &str = "tokens:end";

/// What signing in gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// The tokens, by name.
    pub(crate) values: Values,
    /// When they end, in seconds since 1970, if that is known.
    pub(crate) end: Option<i64>,
}

/// What an account was linked with, as the values of a flow.
pub fn stored_values(credentials: &Credentials) -> Values {
    from_texts(&credentials.account.values, &credentials.secrets)
}

/// The tokens that signing in gave, as they were stored.
pub(crate) fn stored_tokens(credentials: &Credentials) -> Tokens {
    let secrets = credentials.secrets.iter();
    let values = secrets
        .filter_map(|(name, value)| Some((Key::parse(name.strip_prefix(TOKEN)?)?, value.clone())))
        .collect();
    let end = credentials.secrets.get(TOKENS_END).and_then(|end| end.expose().parse().ok());
    Tokens { values, end }
}

/// Whether tokens that were renewed are kept: where a person would have to sign in again, or the provider takes what
/// renews them only once. Others are got anew at any time, and are not worth a writing.
pub(crate) fn keeps_tokens(method: &Method) -> bool {
    method.auth.needs_browser() || method.auth.sign_in.as_ref().is_some_and(|one| one.refresh.is_some())
}

/// Whether a secret was typed into a field of this name, and is none that signing in gave.
pub(crate) fn is_of_field(name: &str) -> bool {
    !name.starts_with(TOKEN) && name != TOKENS_END
}

/// Tokens as they are stored.
fn to_store(tokens: &Values, end: Option<i64>) -> impl Iterator<Item = (String, Secret)> {
    let end = end.map(|end| (TOKENS_END.to_owned(), Secret::new(end.to_string())));
    tokens.iter().map(|(key, value)| (format!("{TOKEN}{key}"), value.clone())).chain(end)
}

/// The credentials of an account whose flow is run, and on whose behalf.
pub(crate) struct Held {
    /// As they are kept now.
    pub(crate) credentials: Credentials,
    /// Who stands in the trail.
    pub(crate) actor: String,
}

impl Held {
    /// Keeps tokens that were renewed while an account was used, or every later use would need another sign-in.
    pub(crate) async fn keep(&mut self, vault: &Vault, flow: &Flow) -> Result<(), ApiError> {
        let (values, end) = flow.tokens();
        let known = stored_tokens(&self.credentials);
        if !keeps_tokens(flow.method()) || (known.values == *values && known.end == end) {
            return Ok(());
        }
        let mut secrets = self.credentials.secrets.clone();
        secrets.retain(|name, _| is_of_field(name));
        secrets.extend(to_store(values, end));
        let account = vault.renew(&self.credentials, &secrets, &self.actor, Timestamp::now()).await?;
        self.credentials = Credentials { account, secrets };
        Ok(())
    }
}

/// Public and secret values by name, as the values of a flow.
pub(crate) fn from_texts(public: &BTreeMap<String, String>, secrets: &BTreeMap<String, Secret>) -> Values {
    let public = public.iter().map(|(key, value)| (key, Secret::from(value.as_str())));
    let secrets = secrets.iter().map(|(key, value)| (key, value.clone()));
    public.chain(secrets).filter_map(|(key, value)| Some((Key::parse(key)?, value))).collect()
}

/// What was linked, as it is stored. `home`: where in the Hub it belongs, if it is of a Hub.
pub fn new_account(linked: Linked, label: Option<String>, home: Option<Home>) -> NewAccount {
    let mut identity = BTreeMap::new();
    if let Some(found) = &linked.identity {
        identity.extend(found.details.iter().cloned());
    }
    let secrets = linked.secrets.into_iter().map(|(key, value)| (key.to_string(), value));
    let tokens = to_store(&linked.tokens, linked.tokens_end);
    NewAccount {
        provider: linked.provider.to_string(),
        method: linked.method.to_string(),
        environment: linked.environment.map(|key| key.to_string()),
        external_id: linked.identity.as_ref().map(|found| found.id.clone()),
        name: linked.identity.map(|found| found.name),
        label,
        values: linked.public.into_iter().map(|(key, value)| (key.to_string(), value)).collect(),
        secrets: secrets.chain(tokens).collect(),
        guide_digest: linked.guide_digest,
        proved: linked.proved.iter().map(ToString::to_string).collect(),
        outcome: linked.outcome.to_string(),
        identity,
        home,
    }
}
