//! Storing the tokens that were renewed while an account was used.

use guide::Method;
use jiff::Timestamp;
use link::Flow;
use vault::{By, ChangeError, Credentials, Vault};

use crate::stored::{Tokens, is_field_name, stored_tokens};

/// Whether a method's renewed tokens are stored: a person would have to sign in again without them, or the provider
/// accepts each refresh token only once. Other tokens can be fetched again at any time, so they are not persisted.
pub fn keeps_tokens(method: &Method) -> bool {
    method.auth.needs_browser() || method.auth.sign_in.as_ref().is_some_and(|one| one.refresh.is_some())
}

/// An account's credentials while its flow runs, and who runs it.
#[derive(Debug)]
pub struct TokenKeeper {
    /// The credentials as they are stored now.
    pub credentials: Credentials,
    /// Who the renewal is attributed to in the audit trail.
    pub actor: String,
}

impl TokenKeeper {
    /// Stores the flow's tokens if they differ from the stored ones and the method keeps them. To be called after each
    /// answer: the provider may not accept the old tokens again.
    pub async fn keep(&mut self, vault: &Vault, flow: &Flow) -> Result<(), ChangeError> {
        let tokens = Tokens::of(flow);
        if !keeps_tokens(flow.method()) || stored_tokens(&self.credentials) == tokens {
            return Ok(());
        }
        let mut secrets = self.credentials.secrets.clone();
        secrets.retain(|name, _| is_field_name(name));
        secrets.extend(tokens.to_store());
        let account =
            vault.renew(&self.credentials, &secrets, By::new(&self.actor, Timestamp::now())).await?;
        self.credentials = Credentials { account, secrets };
        Ok(())
    }
}
