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

impl Links {
    /// Creates the flow for the helper who was handed a step of an attempt. The flow has the attempt's environment, but
    /// none of its values. Returns `None` if the guide or the connector no longer exists.
    pub(crate) async fn helper_flow(
        &self,
        session: &Session,
        attempt: &Attempt,
    ) -> Result<Option<Flow>, ApiError> {
        let guide = self.editions.by_digest(&attempt.guide_digest).await?;
        let found = self.connectors.find(&attempt.project, &attempt.connector_profile).await?;
        let (Some(guide), Some(connector)) = (guide, found) else { return Ok(None) };
        let linking = self.restored(session, connector, attempt.clone()).await?;
        let environment = linking.and_then(|linking| Some(linking.flow.environment()?.key.clone()));
        let start = Start { environment, product: self.brand.product(), ..Start::default() };
        Ok(Flow::new(guide, &attempt.method, start))
    }

    /// Adds a helper's values to the attempt and ends the handoff, even if the person who asked for help changes the
    /// attempt at the same time. `by` is the digest of the helper's browser secret. Returns `false` if someone else has
    /// already submitted values; nothing was stored then.
    pub(crate) async fn add_values(
        &self,
        session: &Session,
        handoff: &Handoff,
        by: &Digest,
        values: &[(Key, Secret)],
    ) -> Result<bool, ApiError> {
        for _ in 0..RETRIES {
            let attempt = self.vault.attempt(&handoff.attempt).await?;
            let Some(attempt) = attempt.filter(|attempt| attempt.state != AttemptState::Checking) else {
                tokio::time::sleep(Duration::from_millis(500)).await;
                continue;
            };
            let opened = self.open(session, attempt).await?;
            let mut linking = opened.ok_or_else(attempt_ended)?;
            linking.flow.prefill(values);
            let snapshot = linking.update();
            let submission = Submission { handoff: &handoff.id, by, snapshot: &snapshot };
            match self.vault.submit_handoff(&submission, &mut linking.attempt).await? {
                Submitted::Saved => return Ok(true),
                Submitted::AlreadyDone => return Ok(false),
                Submitted::Stale => {}
            }
        }
        Err(ApiError::new(&CONFLICT, "Another request is changing the attempt; send the values again"))
    }
}
