//! Steps that were handed to a helper: the helper's flow, and the values that the helper enters.

use std::time::Duration;

use guide::Key;
use link::{Flow, Start};
use secret::Secret;
use vault::{Attempt, AttemptState, Digest, Handoff, Session, Submission, Submitted};

use super::attempt::attempt_ended;
use super::links::Links;
use crate::wire::error::{ApiError, CONFLICT};

/// How many times the Hub tries to add a helper's values if other requests are changing the link attempt.
const RETRIES: u32 = 5;

/// A helper's own flow.
pub(crate) struct HelperFlow {
    /// The flow. It has the attempt's environment, but none of its values.
    pub(crate) flow: Flow,
    /// The host that the helper's values will be sent to. `None` if the person who asked for help has not determined it.
    pub(crate) host: Option<String>,
}

/// The values that a helper submits.
#[derive(Clone, Copy)]
pub(crate) struct HelperValues<'a> {
    /// The digest of the helper's browser secret.
    pub(crate) by: &'a Digest,
    /// The host that the helper has seen. Empty if it was not determined.
    pub(crate) host: &'a str,
    pub(crate) values: &'a [(Key, Secret)],
}

/// The result of submitting a helper's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// The values were saved.
    Saved,
    /// Someone else had already submitted values. Nothing was saved.
    TooLate,
    /// The values would be sent to another host than the one that the helper has seen. Nothing was saved.
    HostChanged,
}

impl Links {
    /// Creates the flow for the helper who was handed a step of an attempt. Returns `None` if the guide or the connector
    /// no longer exists.
    pub(crate) async fn helper_flow(
        &self,
        session: &Session,
        attempt: &Attempt,
        fields: &[String],
    ) -> Result<Option<HelperFlow>, ApiError> {
        let guide = self.editions.by_digest(&attempt.guide_digest).await?;
        let found = self.connectors.find(&attempt.project, &attempt.connector_profile).await?;
        let (Some(guide), Some(connector)) = (guide, found) else { return Ok(None) };
        let linking = self.restored(session, connector, attempt.clone()).await?;
        let shown = linking.map(|linking| {
            let environment = linking.flow.environment().map(|environment| environment.key.clone());
            (environment, linking.flow.host_for_helper(fields))
        });
        let (environment, host) = shown.unwrap_or_default();
        let start = Start { environment, product: self.brand.product(), ..Start::default() };
        Ok(Flow::new(guide, &attempt.method, start).map(|flow| HelperFlow { flow, host }))
    }

    /// Adds a helper's values to the attempt and ends the handoff, even if the person who asked for help changes the
    /// attempt at the same time.
    pub(crate) async fn add_values(
        &self,
        session: &Session,
        handoff: &Handoff,
        entered: HelperValues<'_>,
    ) -> Result<Added, ApiError> {
        for _ in 0..RETRIES {
            let attempt = self.vault.attempt(&handoff.attempt).await?;
            let Some(attempt) = attempt.filter(|attempt| attempt.state != AttemptState::Checking) else {
                tokio::time::sleep(Duration::from_millis(500)).await;
                continue;
            };
            let opened = self.open(session, attempt).await?;
            let mut linking = opened.ok_or_else(attempt_ended)?;
            if linking.flow.host_for_helper(&handoff.fields).unwrap_or_default() != entered.host {
                return Ok(Added::HostChanged);
            }
            linking.flow.prefill_for_helper(entered.values);
            let snapshot = linking.update();
            let submission = Submission { handoff: &handoff.id, by: entered.by, snapshot: &snapshot };
            match self.vault.submit_handoff(&submission, &mut linking.attempt).await? {
                Submitted::Saved => return Ok(Added::Saved),
                Submitted::AlreadyDone => return Ok(Added::TooLate),
                Submitted::Stale => {}
            }
        }
        Err(ApiError::new(&CONFLICT, "Another request is changing the attempt; send the values again"))
    }
}
