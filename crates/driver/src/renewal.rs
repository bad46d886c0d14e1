//! Stores tokens that were renewed while an account was in use.

use guide::Method;
use jiff::Timestamp;
use link::Flow;
use vault::{By, ChangeError, Credentials, Vault};

use crate::stored::{Tokens, is_field_name, stored_tokens};

/// Whether a method's renewed tokens must be stored. They must be stored if losing them would force a person to sign in
/// again, or if the provider accepts each refresh token only once. Other tokens can be fetched again at any time, so
/// they are not stored.
pub fn keeps_tokens(method: &Method) -> bool {
    method.auth.needs_browser()
        || method.auth.sign_in.as_ref().is_some_and(|sign_in| sign_in.refresh.is_some())
}

/// An account's credentials while a flow runs for the account, and the actor that runs the flow.
#[derive(Debug)]
pub struct TokenKeeper {
    /// The credentials that are currently stored.
    pub credentials: Credentials,
    /// The actor to which the audit trail attributes the renewal.
    pub actor: String,
}

impl TokenKeeper {
    /// Stores the flow's tokens if they differ from the stored tokens and the method requires renewed tokens to be
    /// stored. Call this after each response, because the provider may no longer accept the old tokens.
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
