//! Maps an account's values and tokens to the names under which they are stored, and converts them back into a flow's
//! values.

use std::collections::{BTreeMap, BTreeSet};

use guide::{Key, Method};
use probe::Values;
use secret::Secret;
use vault::{Account, Credentials};

/// The prefix that marks a stored secret as a token. No field key begins with this prefix.
const TOKEN: &str = "token:";

/// The reserved name under which the tokens' expiry time is stored, in Unix seconds.
const TOKENS_END: &str = "tokens:end";

/// The tokens that a sign-in returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The tokens, indexed by their names in the guide.
    pub values: Values,
    /// When the tokens expire, in Unix seconds. `None` if the provider did not specify an expiry time.
    pub end: Option<i64>,
}

impl Tokens {
    /// Returns a flow's current tokens.
    pub(crate) fn of(flow: &link::Flow) -> Self {
        let (values, end) = flow.tokens();
        Self { values: values.clone(), end }
    }

    /// Returns the names and values to store. Omits the expiry time if there are no tokens.
    pub(crate) fn to_store(&self) -> impl Iterator<Item = (String, Secret)> {
        let end = self.end.filter(|_| !self.values.is_empty());
        let end = end.map(|end| (TOKENS_END.to_owned(), Secret::new(end.to_string())));
        self.values.iter().map(|(key, value)| (format!("{TOKEN}{key}"), value.clone())).chain(end)
    }
}

/// Returns an account's stored field values, both public and secret, without its tokens.
pub fn stored_values(credentials: &Credentials) -> Values {
    values(&credentials.account.values, &credentials.secrets)
}

/// Returns the names of an account's secret fields, without its tokens.
pub fn stored_secrets(account: &Account) -> BTreeSet<Key> {
    account
        .secret_fields
        .iter()
        .filter(|name| is_field_name(name))
        .filter_map(|name| Key::parse(name))
        .collect()
}

/// Combines public and secret values into a flow's values. Omits values whose names are not valid keys.
pub fn values(public: &BTreeMap<String, String>, secrets: &BTreeMap<String, Secret>) -> Values {
    let public = public.iter().map(|(key, value)| (key, Secret::from(value.as_str())));
    let secrets = secrets.iter().map(|(key, value)| (key, value.clone()));
    public.chain(secrets).filter_map(|(key, value)| Some((Key::parse(key)?, value))).collect()
}

/// Returns the tokens that are stored with an account. Omits empty tokens, which earlier versions could store.
pub fn stored_tokens(credentials: &Credentials) -> Tokens {
    let secrets = credentials.secrets.iter().filter(|(_, value)| !value.is_empty());
    let values = secrets
        .filter_map(|(name, value)| Some((Key::parse(name.strip_prefix(TOKEN)?)?, value.clone())))
        .collect();
    let end = credentials.secrets.get(TOKENS_END).and_then(|end| end.expose().parse().ok());
    Tokens { values, end }
}

/// Returns an account's stored secrets and tokens, to be hidden in the provider's responses. `method` is the method of the
/// flow that edits the account. Tokens that are facts about the account, such as its host, are left out.
pub fn secrets_to_hide(credentials: &Credentials, method: &Method) -> Vec<Secret> {
    let is_same = credentials.account.method == *method.key.as_str();
    let tokens = stored_tokens(credentials).values.into_iter();
    let tokens = tokens.filter(|(key, _)| !is_same || method.auth.is_credential(key)).map(|(_, token)| token);
    let fields = credentials.secrets.iter().filter(|(name, _)| is_field_name(name));
    fields.map(|(_, secret)| secret.clone()).chain(tokens).collect()
}

/// Returns whether a stored secret's name refers to a field rather than to a token or the tokens' expiry time.
pub fn is_field_name(name: &str) -> bool {
    !name.starts_with(TOKEN) && name != TOKENS_END
}
