//! Linking: a session's attempt, its flow, and what becomes of it.
//!
//! A [`Linking`] is made for one request and holds nothing that is not in the database before and after it. It runs
//! the flow (requests through [`egress::Egress`], waits within a budget), keeps a transcript, and stores the account.
//!
//! **Invariant:** an account is stored once per attempt, and only what was seen to work; the transcript and the
//! texts for people hold no secret.

mod check;
mod problem;
mod verify;

use std::sync::Arc;

use driver::{NewLink, stored_values};
use guide::{Guide, Key};
use jiff::Timestamp;
use link::{Flow, Linked, Purpose, Stage, Start};
use probe::Values;
use secret::Secret;
use vault::{Account, Attempt, AttemptState, By, ChangeError, CreatedFrom, Home, Replacing, Session, Vault};

pub(crate) use self::check::{check_and_keep, check_only};
pub(crate) use self::problem::refusal;
pub(crate) use self::verify::{CheckSeen, verify};

use self::check::Whose;
use crate::app::App;
use crate::caller::actor;
use crate::client::Client;
use crate::connectors::Connector;
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, CONFLICT, GONE, INTERNAL};

/// An attempt under way.
pub(crate) struct Linking {
    /// The session.
    pub(crate) session: Session,
    /// The connector profile.
    pub(crate) connector: Connector,
    /// What the database has of it.
    pub(crate) attempt: Attempt,
    /// The flow.
    pub(crate) flow: Flow,
    /// The requests and responses since the attempt was last saved.
    new_lines: Vec<serde_json::Value>,
    /// The account in whose place it goes, if one was named.
    replaces: Option<Account>,
}

impl Linking {
    /// Begins an attempt: a first link, or an edit of an account. It is kept once it is saved, or has linked.
    pub(crate) async fn begin(
        app: &App,
        session: &Session,
        connector: Connector,
        replaces: Option<Account>,
    ) -> Result<Self, ApiError> {
        let guide = app.editions.pinned(session, &connector.edition).await?;
        let flow = start(app, session, &connector, &guide, replaces.as_ref()).await?;
        let now = Timestamp::now();
        let attempt = Attempt {
            id: Vault::attempt_id()?,
            session: session.seq,
            project: session.made.project.clone(),
            connector_profile: connector.id.clone(),
            provider: connector.provider().to_owned(),
            method: connector.method.clone(),
            guide_digest: guide.digest.clone(),
            account: replaces.as_ref().map(|account| account.id.to_string()),
            state: AttemptState::Open,
            error: None,
            progress: serde_json::json!([]),
            version: 0,
            created_at: now,
            updated_at: now,
            expires_at: session.ends_at(),
        };
        Ok(Self { session: session.clone(), connector, attempt, flow, new_lines: Vec::new(), replaces })
    }

    /// Takes up the attempt of a session with a connector, if there is one that is not over.
    pub(crate) async fn resume(
        app: &App,
        session: &Session,
        connector: Connector,
    ) -> Result<Option<Self>, ApiError> {
        let found = app.vault.attempt_of(session.seq, &connector.id).await?;
        let Some(attempt) = found else { return Ok(None) };
        Self::open(app, session, connector, attempt).await
    }

    /// Takes up an attempt, unless it is over.
    pub(crate) async fn open(
        app: &App,
        session: &Session,
        connector: Connector,
        attempt: Attempt,
    ) -> Result<Option<Self>, ApiError> {
        if attempt.state.is_over() {
            return Ok(None);
        }
        let snapshot = app.vault.attempt_snapshot(&attempt, Timestamp::now()).await?;
        let Some(snapshot) = snapshot else { return Ok(None) };
        let Some(guide) = app.editions.by_digest(&attempt.guide_digest).await? else { return Ok(None) };
        let Ok(flow) = Flow::restore(guide, &snapshot) else { return Ok(None) };
        let replaces = match attempt.account.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => app.vault.get(&id).await?,
            None => None,
        };
        Ok(Some(Self { session: session.clone(), connector, attempt, flow, new_lines: Vec::new(), replaces }))
    }

    /// The environment, where there is only one to choose and no form asks for it.
    pub(crate) fn only_environment(&self) -> Option<&str> {
        match self.flow.method().environments.as_slice() {
            [only] => Some(only.key.as_str()),
            _ => None,
        }
    }

    /// Takes what was typed, all at once. What cannot be kept shows in the flow.
    pub(crate) fn submit(&mut self, environment: Option<&str>, typed: &[(Key, Secret)]) {
        if let Some(environment) = environment {
            self.flow.choose_environment(environment);
        }
        self.flow.submit_all(typed);
    }

    /// Runs the checks and stores the account, for who waits for the answer and is asked nothing. Nobody looks on, so what
    /// is kept is the end: the account, or why there is none.
    pub(crate) async fn link(&mut self, app: &App, client: &Client) -> Result<Option<Account>, ApiError> {
        if !matches!(self.flow.stage(), Stage::Checking(_)) {
            self.save(app).await?;
            return Ok(None);
        }
        app.limiter.attempt(&self.session, client, self.flow.host().as_deref()).await?;
        let ran = self.ask(app, Whose::Nobody).await;
        if ran.is_ok() && matches!(self.flow.stage(), Stage::Confirm { .. }) {
            let stored = self.store(app).await;
            if stored.is_err() {
                // Support finds what was asked and answered, whatever became of it.
                self.flow.stored(false);
                self.save(app).await?;
            }
            return stored.map(Some);
        }
        self.save(app).await?;
        ran.map(|()| None)
    }

    /// Runs the checks, and keeps how they stand as they go on.
    pub(crate) async fn run(&mut self, app: &App) -> Result<(), ApiError> {
        let id = self.attempt.id.clone();
        let ran = self.ask(app, Whose::Attempt(&id)).await;
        self.save(app).await?;
        ran
    }

    /// Asks the provider until the checks are through, or somebody is needed, or the time is up.
    async fn ask(&mut self, app: &App, whose: Whose<'_>) -> Result<(), ApiError> {
        let ran = check::run(&app.egress, &app.vault, &mut self.flow, &mut self.new_lines, whose).await;
        if ran.is_err() {
            // Not left as if checks were under way: whoever comes back finds the form, with all that was typed.
            self.flow.give_up_checks();
        }
        // What a browser brought back was lost with the process that had it.
        self.flow.interrupted();
        ran
    }

    /// The account in whose place it goes, if one was named.
    pub(crate) fn replaces(&self) -> Option<&Account> {
        self.replaces.as_ref()
    }

    /// Confirms the account that was found, and stores it.
    pub(crate) async fn store(&mut self, app: &App) -> Result<Account, ApiError> {
        let Some(linked) = driver::confirm(&mut self.flow) else {
            return Err(ApiError::new(&CONFLICT, "There is no account to confirm; begin again"));
        };
        vault::crash_point("hub.before-store");
        let otherwise = if self.session.made.multiple {
            Replacing::Nothing
        } else {
            Replacing::OfOwner { allow_different: self.session.made.allow_different }
        };
        let link = NewLink {
            linked: self.without_setup(*linked),
            relinked: self.replaces.as_ref(),
            otherwise,
            label: self.session.made.label.as_deref(),
            home: Some(self.home()),
        };
        let actor = actor(&self.session);
        let from = CreatedFrom { draft: None, attempt: Some(&self.attempt), transcript: &self.new_lines };
        let kept = link.store(&app.vault, from, By::new(&actor, Timestamp::now())).await;
        let account = kept.map_err(|error| self.not_stored(error))?;
        vault::crash_point("hub.stored");
        self.flow.stored(true);
        self.attempt.state = AttemptState::Linked;
        self.attempt.account = Some(account.id.to_string());
        metrics::linked(&account.provider, &account.outcome);
        tracing::info!(account = %account.id, provider = account.provider, version = account.version, "linked");
        Ok(account)
    }

    /// Keeps how things stand.
    pub(crate) async fn save(&mut self, app: &App) -> Result<(), ApiError> {
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
            Stage::Failed { verdict, .. } => Some((verdict.outcome.to_string(), verdict.says.to_string())),
            _ => None,
        };
        let snapshot = self.flow.snapshot();
        if app.vault.save_attempt(&mut self.attempt, &snapshot, &self.new_lines).await? {
            self.new_lines.clear();
            return Ok(());
        }
        Err(ApiError::new(&CONFLICT, "This attempt went on elsewhere meanwhile; look again"))
    }

    /// Whose the account is. Relinking an account changes what it was linked with, not whose it is.
    fn home(&self) -> Home {
        let (made, connector_profile) = (&self.session.made, self.connector.id.clone());
        match self.replaces.as_ref().and_then(|old| old.home.clone()) {
            Some(home) => Home { connector_profile, ..home },
            None => Home {
                project: made.project.clone(),
                connector_profile,
                owner: made.owner.clone(),
                kind: made.kind,
                metadata: made.metadata.clone(),
            },
        }
    }

    /// The account without the values that an admin has set up: they are stored once, with the connector profile.
    fn without_setup(&self, mut linked: Linked) -> Linked {
        for field in crate::connectors::setup_fields(self.flow.method()) {
            linked.public.remove(&field.key);
            linked.secrets.remove(&field.key);
        }
        linked
    }

    fn not_stored(&self, error: ChangeError) -> ApiError {
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

/// A flow as it begins.
async fn start(
    app: &App,
    session: &Session,
    connector: &Connector,
    guide: &Arc<Guide>,
    replaces: Option<&Account>,
) -> Result<Flow, ApiError> {
    let mut stored = Values::new();
    let known = match replaces {
        Some(account) => {
            let now = Timestamp::now();
            let credentials = app.vault.unseal(&account.id, "edit", By::new(&actor(session), now)).await?;
            stored.extend(stored_values(&credentials));
            Some(account.clone())
        }
        // A person who links what is linked already links the same account. Of several, the store finds the same one.
        None => match app.session_accounts.at(session, connector.provider()).await?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    let begin = Start {
        purpose: match &known {
            Some(account) => driver::purpose(account, session.made.allow_different),
            None => Purpose::Link,
        },
        environment: known.and_then(|account| account.environment).and_then(|key| Key::parse(&key)),
        stored,
        scopes: session.made.scopes.as_ref().map(|wanted| guide.with_included(wanted)),
        brand: app.brand.name.clone(),
        ..Start::default()
    };
    let flow = Flow::new(Arc::clone(guide), &connector.method, begin);
    let mut flow = flow.ok_or_else(|| {
        tracing::error!(connector = connector.id, "the guide has no such method");
        ApiError::of(&INTERNAL)
    })?;
    let set_up = app.connectors.setup_values(connector).await?;
    flow.prefill(&set_up);
    Ok(flow)
}
