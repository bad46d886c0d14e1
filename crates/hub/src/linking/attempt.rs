//! A link attempt: applies entered values to its flow, and prepares its account and state for saving.

use driver::NewLink;
use guide::Key;
use jiff::Timestamp;
use link::{FieldProblem, Flow, Linked, Stage};
use secret::Secret;
use serde_json::Value;
use vault::{Account, Attempt, AttemptState, ChangeError, Home, Replacing, Session};

use crate::connectors::{Connector, setup_fields};
use crate::wire::error::{ApiError, CONFLICT, GONE, INVALID_VALUE};

/// A link attempt in progress.
pub(crate) struct Linking {
    pub(crate) session: Session,
    pub(crate) connector: Connector,
    /// The attempt as it was last saved.
    pub(crate) attempt: Attempt,
    pub(crate) flow: Flow,
    /// The transcript lines added since the attempt was last saved.
    pub(super) new_lines: Vec<Value>,
    /// The account that is being linked again, if one was chosen. The session may edit it.
    pub(crate) replaces: Option<Account>,
}

/// The environment and the values entered in a form.
#[derive(Default)]
pub(crate) struct Entered {
    /// The key of the environment; `None` if none was chosen.
    pub(crate) environment: Option<String>,
    pub(crate) values: Vec<(Key, Secret)>,
}

impl Linking {
    pub(crate) fn is_checking(&self) -> bool {
        matches!(self.flow.stage(), Stage::Checking(_))
    }

    /// Records a denied sign-in in the attempt's transcript. Does nothing unless the flow has failed.
    pub(crate) fn record_denial(&mut self) {
        if matches!(self.flow.stage(), Stage::Failed { .. }) {
            driver::record_denial(&mut self.new_lines, Timestamp::now(), &self.flow);
        }
    }

    /// Applies the values entered before a sign-in. Returns the problems with the values, and whether the browser can
    /// be sent to the provider.
    pub(crate) fn fill(&mut self, entered: &Entered) -> (Vec<FieldProblem>, bool) {
        if let Some(environment) = &entered.environment {
            self.flow.choose_environment(environment);
        }
        let problems = self.flow.prefill(&entered.values);
        let is_ready =
            problems.is_empty() && self.flow.is_complete() && !matches!(self.flow.stage(), Stage::Choose(_));
        (problems, is_ready)
    }

    /// Applies all values at once, for a client that cannot be asked for more values. Any problems with the values are
    /// recorded in the flow.
    pub(super) fn submit(&mut self, entered: &Entered) -> Result<(), ApiError> {
        let known = &self.flow.method().environments;
        let environment = match (&entered.environment, known.as_slice()) {
            // If the unknown key were ignored, the checks would use the environment that the account was previously
            // linked with.
            (Some(key), [_, ..]) if known.iter().all(|one| one.key.as_str() != key) => {
                return Err(ApiError::new(
                    &INVALID_VALUE,
                    "This connector does not have an environment with this key",
                ));
            }
            (Some(key), _) => Some(key.clone()),
            (None, [only]) => Some(only.key.to_string()),
            (None, _) => None,
        };
        if let Some(environment) = environment {
            self.flow.choose_environment(&environment);
        }
        self.flow.submit_all(&entered.values);
        Ok(())
    }

    /// Updates the attempt's state and error from the flow, before the attempt is saved. Returns the snapshot to save.
    pub(super) fn update(&mut self) -> Secret {
        self.attempt.updated_at = Timestamp::now();
        self.attempt.state = match self.flow.stage() {
            Stage::Choose(_) | Stage::Step(_) => AttemptState::Open,
            Stage::Checking(_) => AttemptState::Checking,
            Stage::Failed { .. } => AttemptState::Refused,
            Stage::Confirm { .. } | Stage::Storing => AttemptState::Confirming,
            Stage::Linked => AttemptState::Linked,
            Stage::Closed => AttemptState::Cancelled,
        };
        self.attempt.error = match self.flow.stage() {
            // The error is not sealed, and a message can contain an entered value.
            Stage::Failed { verdict, .. } => {
                let says = self.flow.redactor().redact(&verdict.says.to_string());
                Some((verdict.outcome.to_string(), says))
            }
            _ => None,
        };
        self.flow.snapshot()
    }

    /// Returns the account to store. It omits the values that an admin entered, because the connector profile stores
    /// them.
    pub(super) fn new_link(&self, mut linked: Linked) -> NewLink<'_> {
        for field in setup_fields(self.flow.method()) {
            linked.public.remove(&field.key);
            linked.secrets.remove(&field.key);
        }
        let parameters = &self.session.parameters;
        let otherwise = if parameters.multiple {
            Replacing::Nothing
        } else {
            Replacing::OfOwner { allow_different: parameters.allow_different }
        };
        let home = Home {
            project: parameters.project.clone(),
            connector_profile: self.connector.id.clone(),
            owner: parameters.owner.clone(),
            kind: parameters.kind,
            metadata: parameters.metadata.clone(),
        };
        let (relinked, label) = (self.replaces.as_ref(), parameters.label.as_deref());
        NewLink { linked, relinked, otherwise, label, home: Some(home) }
    }

    /// Returns the API error for an account that could not be opened or stored.
    pub(super) fn not_stored(&self, error: ChangeError) -> ApiError {
        match error {
            ChangeError::OtherAccount { .. } => {
                let name = &self.flow.guide().provider.name;
                let message = format!(
                    "These credentials belong to a different {name} account than the previously linked account. Use that account's credentials, or delete the linked account first."
                );
                ApiError::new(&CONFLICT, message)
                    .with("outcome", "different_account")
                    .with("attempt_id", self.attempt.id.as_str())
            }
            ChangeError::Conflict { .. }
            | ChangeError::NotFound { .. }
            | ChangeError::NoConnectorProfile { .. } => {
                ApiError::new(&CONFLICT, "The account was changed or removed in the meantime; start over")
            }
            ChangeError::OnHold { hold, .. } => {
                let message = format!("The account is {} and cannot be linked again", hold.as_str());
                ApiError::new(&CONFLICT, message).with("attempt_id", self.attempt.id.as_str())
            }
            ChangeError::AttemptEnded { .. } => attempt_ended(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

/// Returns the API error for an attempt that may no longer continue.
pub(super) fn attempt_ended() -> ApiError {
    ApiError::new(&GONE, "This attempt has ended; start a new one")
}
