//! Stores tokens that were renewed while an account was in use.

use guide::Method;
use jiff::Timestamp;
use link::Flow;
use vault::{By, ChangeError, Credentials, Vault};

use crate::stored::{Tokens, is_field_name, stored_tokens};

/// Returns whether a method's renewed tokens must be stored, either because losing them would force a person to sign in
/// again or because the provider might accept each refresh token only once. Other tokens are not stored, because they
/// can be fetched again at any time.
pub fn keeps_tokens(method: &Method) -> bool {
    method.auth.needs_browser()
        || method.auth.sign_in.as_ref().is_some_and(|sign_in| sign_in.refresh.is_some())
}

/// Keeps an account's stored tokens up to date while a flow runs for the account.
#[derive(Debug)]
pub struct TokenKeeper {
    /// The credentials that are currently stored.
    pub credentials: Credentials,
    /// The actor that the audit trail records for a renewal.
    pub actor: String,
}

impl TokenKeeper {
    /// Stores the flow's tokens if they differ from the stored tokens and [`keeps_tokens`] returns `true` for the
    /// method. Call this after each response, because the provider might no longer accept the old tokens.
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
