//! Creates and restores the flows of link attempts, and supplies them with stored secrets.
//!
//! **Invariant:** a flow gets an account's stored secrets only right before its checks and before its account is stored,
//! and only if its attempt may continue. Snapshots never contain them.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver::{secrets_to_hide, stored_secrets, stored_values, values};
use guide::{Guide, Key};
use jiff::Timestamp;
use link::{Flow, Purpose, Stage, Start};
use vault::{Account, Attempt, By, Session};

use super::attempt::Linking;
use super::links::Links;
use crate::caller::actor;
use crate::connectors::Connector;
use crate::wire::error::{ApiError, INTERNAL, NOT_FOUND};

impl Links {
    /// Creates the flow for a new attempt.
    pub(super) async fn new_flow(
        &self,
        session: &Session,
        connector: &Connector,
        guide: &Arc<Guide>,
        replaces: Option<&Account>,
    ) -> Result<Flow, ApiError> {
        let known = match replaces {
            Some(account) => Some(account.clone()),
            // If no account was chosen and the owner has exactly one, the attempt is based on that account. If the
            // owner has several, the vault determines which account to update.
            None => match self.accounts.at(session, connector.provider()).await?.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
        };
        let start = Start {
            purpose: match &known {
                Some(account) => driver::purpose(account, session.parameters.allow_different),
                None => Purpose::Link,
            },
            environment: known.and_then(|account| account.environment).and_then(|key| Key::parse(&key)),
            stored: replaces.map(|account| values(&account.values, &BTreeMap::new())).unwrap_or_default(),
            stored_secrets: replaces.map(stored_secrets).unwrap_or_default(),
            scopes: session.parameters.scopes.as_ref().map(|wanted| guide.with_included(wanted)),
            product: self.brand.product(),
            ..Start::default()
        };
        let flow = Flow::new(Arc::clone(guide), &connector.method, start);
        let mut flow = flow.ok_or_else(|| {
            tracing::error!(connector = connector.id, "the guide has no such method");
            ApiError::of(&INTERNAL)
        })?;
        flow.supply_setup(&self.connectors.setup_values(connector).await?);
        Ok(flow)
    }

    /// Restores an attempt's flow from its snapshot; `None` if the attempt has ended, the session may no longer edit its
    /// account, or its flow cannot be restored.
    pub(super) async fn restored(
        &self,
        session: &Session,
        connector: Connector,
        attempt: Attempt,
    ) -> Result<Option<Linking>, ApiError> {
        if attempt.state.has_ended() {
            return Ok(None);
        }
        let snapshot = self.vault.attempt_snapshot(&attempt, Timestamp::now()).await?;
        let Some(snapshot) = snapshot else { return Ok(None) };
        let Some(guide) = self.editions.by_digest(&attempt.guide_digest).await? else { return Ok(None) };
        let Ok(mut flow) = Flow::restore(guide, &snapshot) else { return Ok(None) };
        flow.supply_setup(&self.connectors.setup_values(&connector).await?);
        let replaces = match &attempt.account {
            Some(id) => match self.accounts.by_id(session, id).await {
                Ok(account) => Some(account),
                Err(error) if *error.code == NOT_FOUND => return Ok(None),
                Err(error) => return Err(error),
            },
            None => None,
        };
        let new_lines = Vec::new();
        Ok(Some(Linking { session: session.clone(), connector, attempt, flow, new_lines, replaces }))
    }

    /// Checks whether someone else has linked an account for the same owner since the checks found this person's
    /// account. If the two accounts differ, makes the attempt relink that account and returns `true`: the person must
    /// decide again.
    pub(crate) async fn notice_new_account(&self, linking: &mut Linking) -> Result<bool, ApiError> {
        let Stage::Confirm { identity, .. } = linking.flow.stage() else { return Ok(false) };
        if linking.replaces.is_some() || *linking.flow.purpose() != Purpose::Link {
            return Ok(false);
        }
        let own = self.accounts.at(&linking.session, linking.connector.provider()).await?;
        let found = identity.map(|found| found.id.as_str());
        // Chooses like the vault: the same account at the provider if there is one, otherwise the oldest account.
        if own.iter().any(|account| account.external_id.as_deref() == found) {
            return Ok(false);
        }
        let Some(theirs) = own.into_iter().next().filter(|account| account.external_id.is_some()) else {
            return Ok(false);
        };
        let allow_different = linking.session.parameters.allow_different;
        linking.flow.relink(driver::purpose(&theirs, allow_different));
        linking.attempt.account = Some(theirs.id.to_string());
        linking.replaces = Some(theirs);
        self.save(linking).await?;
        Ok(true)
    }

    /// Opens the stored secrets of the account that the attempt edits: before its checks, which may use them and must hide
    /// them, and before its account is stored. The secrets are never saved with the attempt.
    pub(super) async fn supply_secrets(&self, linking: &mut Linking) -> Result<(), ApiError> {
        if linking.attempt.account.is_none() || !linking.flow.lacks_secrets() {
            return Ok(());
        }
        let actor = actor(&linking.session);
        let by = By::new(&actor, Timestamp::now());
        let opened = self.vault.unseal_edited(&linking.attempt, "edit", by).await;
        let credentials = opened.map_err(|error| linking.not_stored(error))?;
        linking.flow.supply_secrets(&stored_values(&credentials), credentials.account.version);
        linking.flow.hide(secrets_to_hide(&credentials, linking.flow.method()));
        linking.replaces = Some(credentials.account);
        Ok(())
    }
}
