//! A link attempt: what its flow makes of what was entered, and what is saved and stored of it.

use driver::NewLink;
use guide::Key;
use link::{FieldProblem, Flow, Linked, Stage};
use secret::Secret;
use serde_json::Value;
use vault::{Account, Attempt, AttemptState, ChangeError, Home, Replacing, Session};

use crate::connectors::{Connector, setup_fields};
use crate::wire::error::{ApiError, CONFLICT, GONE, INVALID_VALUE};

/// A link attempt under way.
pub(crate) struct Linking {
    pub(crate) session: Session,
    pub(crate) connector: Connector,
    /// The attempt as the database has it.
    pub(crate) attempt: Attempt,
    pub(crate) flow: Flow,
    /// The requests and responses since the attempt was last saved.
    pub(super) new_lines: Vec<Value>,
    /// The account that was chosen to be linked again.
    pub(super) replaces: Option<Account>,
}

/// What was entered in a form.
#[derive(Default)]
pub(crate) struct Entered {
    /// The key of the environment. `None` if none was chosen.
    pub(crate) environment: Option<String>,
    pub(crate) values: Vec<(Key, Secret)>,
}

/// The button with which a form was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Button {
    /// Checks what was entered.
    Connect,
    /// Checks again, with nothing changed.
    Retry,
    /// Tries the same credentials in the other environments.
    AskElsewhere,
    /// Goes on in the environment that accepted the credentials.
    SwitchEnvironment,
}

impl Linking {
    /// The account that is linked again, if one was chosen.
    pub(crate) fn replaces(&self) -> Option<&Account> {
        self.replaces.as_ref()
    }

    pub(crate) fn is_checking(&self) -> bool {
        matches!(self.flow.stage(), Stage::Checking(_))
    }

    /// Applies a form that was sent. Returns what is wrong with the values.
    pub(crate) fn press(&mut self, button: Button, entered: &Entered) -> Vec<FieldProblem> {
        match button {
            Button::Retry => self.flow.retry(),
            Button::AskElsewhere => self.flow.ask_elsewhere(),
            Button::SwitchEnvironment => self.flow.switch_environment(),
            Button::Connect => {
                return self.flow.submit_form(entered.environment.as_deref(), &entered.values);
            }
        }
        Vec::new()
    }

    /// Takes over what is entered before the browser goes to the provider. Returns what is wrong with the values, and
    /// whether the browser can go.
    pub(crate) fn fill(&mut self, entered: &Entered) -> (Vec<FieldProblem>, bool) {
        if let Some(environment) = &entered.environment {
            self.flow.choose_environment(environment);
        }
        let problems = self.flow.prefill(&entered.values);
        let is_ready =
            problems.is_empty() && self.flow.is_complete() && !matches!(self.flow.stage(), Stage::Choose(_));
        (problems, is_ready)
    }

    /// Takes over everything at once, for a client that cannot be asked back. Problems with values show in the flow.
    pub(super) fn submit(&mut self, entered: &Entered) -> Result<(), ApiError> {
        let known = &self.flow.method().environments;
        let environment = match (&entered.environment, known.as_slice()) {
            // Not ignored: the account would be looked for where it was linked before.
            (Some(key), [_, ..]) if known.iter().all(|one| one.key.as_str() != key) => {
                return Err(ApiError::new(&INVALID_VALUE, "This connector has no such environment"));
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

    /// Brings the state that is saved up to date with the flow.
    pub(super) fn update(&mut self) {
        self.attempt.state = match self.flow.stage() {
            Stage::Choose(_) | Stage::Step(_) => AttemptState::Open,
            Stage::Checking(_) => AttemptState::Checking,
            Stage::Failed { .. } => AttemptState::Refused,
            Stage::Confirm { .. } | Stage::Storing => AttemptState::Confirming,
            Stage::Linked => AttemptState::Linked,
            Stage::Closed => AttemptState::Cancelled,
        };
        self.attempt.error = match self.flow.stage() {
            Stage::Failed { verdict, .. } => Some((verdict.outcome.to_string(), verdict.says.to_string())),
            _ => None,
        };
    }

    /// The account to store, without the values that an admin has set up: those are stored once, with the connector
    /// profile.
    pub(super) fn new_link(&self, mut linked: Linked) -> NewLink<'_> {
        for field in setup_fields(self.flow.method()) {
            linked.public.remove(&field.key);
            linked.secrets.remove(&field.key);
        }
        let made = &self.session.made;
        let otherwise = if made.multiple {
            Replacing::Nothing
        } else {
            Replacing::OfOwner { allow_different: made.allow_different }
        };
        let home = Home {
            project: made.project.clone(),
            connector_profile: self.connector.id.clone(),
            owner: made.owner.clone(),
            kind: made.kind,
            metadata: made.metadata.clone(),
        };
        let (relinked, label) = (self.replaces.as_ref(), made.label.as_deref());
        NewLink { linked, relinked, otherwise, label, home: Some(home) }
    }

    /// Why the account was not stored.
    pub(super) fn not_stored(&self, error: ChangeError) -> ApiError {
        match error {
            ChangeError::OtherAccount { .. } => {
                let name = &self.flow.guide().provider.name;
                let message = format!(
                    "These credentials belong to another {name} account than the one linked before. Use those of the same account, or have the one linked before removed."
                );
                ApiError::new(&CONFLICT, message)
                    .with("outcome", "different_account")
                    .with("attempt_id", self.attempt.id.as_str())
            }
            ChangeError::Conflict { .. }
            | ChangeError::NotFound { .. }
            | ChangeError::NoConnectorProfile { .. } => {
                ApiError::new(&CONFLICT, "The account was changed or removed meanwhile; begin again")
            }
            ChangeError::AttemptOver { .. } => ApiError::new(&GONE, "This attempt is over; begin another"),
            ChangeError::Store(error) => ApiError::internal(&error),
        }
    }
}
