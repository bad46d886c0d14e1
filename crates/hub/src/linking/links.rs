//! The service that runs link attempts.

use std::sync::Arc;

use driver::stored_values;
use egress::Egress;
use guide::{Brand, Guide, Key};
use jiff::Timestamp;
use link::{Flow, Purpose, Stage, Start};
use probe::Values;
use vault::{Account, Attempt, AttemptState, By, CreatedFrom, Session, StoreError, Vault};

use super::attempt::{Entered, Linking};
use super::check::{self, Whose};
use super::problem::refusal;
use crate::caller::actor;
use crate::client::Client;
use crate::connectors::{Connector, Connectors};
use crate::editions::Editions;
use crate::leases::Leases;
use crate::limits::Limiter;
use crate::session_accounts::SessionAccounts;
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, CONFLICT, INTERNAL};

/// Begins link attempts, takes them up again, runs their checks and stores their accounts.
pub(crate) struct Links {
    pub(crate) vault: Arc<Vault>,
    pub(crate) egress: Egress,
    pub(crate) editions: Arc<Editions>,
    pub(crate) connectors: Arc<Connectors>,
    pub(crate) accounts: Arc<SessionAccounts>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) leases: Arc<Leases>,
    pub(crate) brand: Arc<Brand>,
}

impl Links {
    /// Begins an attempt, which links `replaces` again if an account is given. It is not saved yet.
    pub(crate) async fn begin(
        &self,
        session: &Session,
        connector: Connector,
        replaces: Option<Account>,
    ) -> Result<Linking, ApiError> {
        let guide = self.editions.pinned(session, &connector.edition).await?;
        let flow = self.flow(session, &connector, &guide, replaces.as_ref()).await?;
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
        Ok(Linking { session: session.clone(), connector, attempt, flow, new_lines: Vec::new(), replaces })
    }

    /// Begins an attempt of a page and saves it. It links again the account that the session edits or that its owner has,
    /// if that account was linked with the same method.
    pub(crate) async fn begin_form(
        &self,
        session: &Session,
        connector: Connector,
    ) -> Result<Linking, ApiError> {
        let own = self.accounts.at(session, connector.provider()).await?;
        let replaces = own.into_iter().find(|account| account.method == connector.method);
        let mut linking = self.begin(session, connector, replaces).await?;
        self.save(&mut linking).await?;
        Ok(linking)
    }

    /// Begins an attempt that sends a browser to the provider at once, and saves it. Nobody can be asked for what is
    /// missing.
    pub(crate) async fn begin_sign_in(
        &self,
        session: &Session,
        connector: &str,
        entered: &Entered,
    ) -> Result<Linking, ApiError> {
        let connector = self.connectors.in_session(session, connector).await?;
        let named = self.accounts.named(session).await?;
        let replaces =
            named.filter(|one| one.provider == connector.provider() && one.method == connector.method);
        let mut linking = self.begin(session, connector, replaces).await?;
        let (problems, is_ready) = linking.fill(entered);
        if let Some(first) = problems.first() {
            return Err(ApiError::new(&CONFLICT, first.says.to_string()));
        }
        if !is_ready {
            return Err(ApiError::new(&CONFLICT, "Required values are missing"));
        }
        self.save(&mut linking).await?;
        Ok(linking)
    }

    /// Begins an attempt over an account that the session may edit. The account's own connector is used, or else the one
    /// with the id `otherwise`: the widget names the first connector of the provider, which need not be the account's.
    pub(crate) async fn relink(
        &self,
        session: &Session,
        account: &str,
        otherwise: &str,
    ) -> Result<Linking, ApiError> {
        let account = self.accounts.by_id(session, account).await?;
        let own = account.home.as_ref().map(|home| home.connector_profile.clone()).unwrap_or_default();
        let connector = match self.connectors.in_session(session, &own).await {
            Ok(own) => own,
            Err(_) => self.connectors.in_session(session, otherwise).await?,
        };
        if connector.provider() != account.provider || connector.method != account.method {
            return Err(ApiError::new(
                &CONFLICT,
                "The account was linked with a different method; link it as a new account",
            ));
        }
        self.begin(session, connector, Some(account)).await
    }

    /// The session's attempt with a connector; `None` if there is none, or it is over.
    pub(crate) async fn resume(
        &self,
        session: &Session,
        connector: Connector,
    ) -> Result<Option<Linking>, ApiError> {
        match self.vault.attempt_of(session.seq, &connector.id).await? {
            Some(attempt) => self.restored(session, connector, attempt).await,
            None => Ok(None),
        }
    }

    /// Takes an attempt up again; `None` if it is over, or its connector is gone.
    pub(crate) async fn open(
        &self,
        session: &Session,
        attempt: Attempt,
    ) -> Result<Option<Linking>, ApiError> {
        match self.connectors.find(&attempt.project, &attempt.connector_profile).await? {
            Some(connector) => self.restored(session, connector, attempt).await,
            None => Ok(None),
        }
    }

    /// Links an account for a client that waits for the result and cannot be asked back: what was entered is checked, and
    /// the account stored. A first link counts as confirmed. Progress is not saved, only the outcome.
    pub(crate) async fn link(
        &self,
        client: &Client,
        mut linking: Linking,
        entered: &Entered,
    ) -> Result<Account, ApiError> {
        linking.submit(entered)?;
        if linking.is_checking() {
            self.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
            let ran = self.ask(&mut linking, Whose::Nobody).await;
            if ran.is_ok() && matches!(linking.flow.stage(), Stage::Confirm { .. }) {
                let stored = self.store(&mut linking).await;
                if stored.is_err() {
                    // The transcript is saved for support, whatever the outcome.
                    linking.flow.stored(false);
                    self.save(&mut linking).await?;
                }
                return stored;
            }
            self.save(&mut linking).await?;
            ran?;
        } else {
            self.save(&mut linking).await?;
        }
        let unfinished = || ApiError::new(&CONFLICT, "The checks did not finish; try again");
        Err(refusal(&linking.flow, &linking.attempt.id).unwrap_or_else(unfinished))
    }

    /// Finishes an attempt whose browser has come back from the provider, for a client that only asks whether it is done:
    /// the checks are run and the account is stored.
    pub(crate) async fn finish(&self, client: &Client, linking: &mut Linking) -> Result<Account, ApiError> {
        if linking.is_checking() {
            self.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
            self.run(linking).await?;
        } else {
            self.save(linking).await?;
        }
        match refusal(&linking.flow, &linking.attempt.id) {
            Some(refused) => Err(refused),
            None => self.store(linking).await,
        }
    }

    /// Begins the checks of an attempt: it is saved, and handed to the task that runs them. `false` if another task runs
    /// them already. That task has read the attempt as it was saved, but not what a browser brought back from a sign-in,
    /// which is in this flow alone.
    pub(crate) async fn check(
        self: &Arc<Self>,
        client: &Client,
        mut linking: Linking,
    ) -> Result<bool, ApiError> {
        self.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
        linking.attempt.progress = serde_json::json!([]);
        self.save(&mut linking).await?;
        let (links, id) = (Arc::clone(self), linking.attempt.id.clone());
        self.spawn(id, Box::pin(async move { links.run(&mut linking).await })).await
    }

    /// Runs the checks of an attempt whose process is gone. Only here the attempt is read again.
    pub(crate) async fn take_over(self: &Arc<Self>, session: &Session, id: &str) -> Result<(), ApiError> {
        let (links, session, of) = (Arc::clone(self), session.clone(), id.to_owned());
        let checks = Box::pin(async move {
            let attempt = links.vault.attempt(&of).await?;
            let Some(attempt) = attempt.filter(|attempt| attempt.state == AttemptState::Checking) else {
                return Ok(());
            };
            match links.open(&session, attempt).await? {
                Some(mut linking) => links.run(&mut linking).await,
                None => Ok(()),
            }
        });
        self.spawn(id.to_owned(), checks).await.map(|_| ())
    }

    /// Confirms the account that was found, and stores it.
    pub(crate) async fn store(&self, linking: &mut Linking) -> Result<Account, ApiError> {
        let Some(linked) = driver::confirm(&mut linking.flow) else {
            return Err(ApiError::new(&CONFLICT, "There is no account to confirm; start over"));
        };
        vault::crash_point("hub.before-store");
        let actor = actor(&linking.session);
        let (attempt, transcript) = (Some(&linking.attempt), linking.new_lines.as_slice());
        let from = CreatedFrom { draft: None, attempt, transcript };
        let by = By::new(&actor, Timestamp::now());
        let stored = linking.new_link(*linked).store(&self.vault, from, by).await;
        let account = stored.map_err(|error| linking.not_stored(error))?;
        vault::crash_point("hub.stored");
        linking.flow.stored(true);
        linking.attempt.state = AttemptState::Linked;
        linking.attempt.account = Some(account.id.to_string());
        metrics::linked(&account.provider, &account.outcome);
        tracing::info!(account = %account.id, provider = account.provider, version = account.version, "linked");
        Ok(account)
    }

    /// Saves an attempt as it stands.
    pub(crate) async fn save(&self, linking: &mut Linking) -> Result<(), ApiError> {
        linking.attempt.updated_at = Timestamp::now();
        linking.update();
        let snapshot = linking.flow.snapshot();
        if self.vault.save_attempt(&mut linking.attempt, &snapshot, &linking.new_lines).await? {
            linking.new_lines.clear();
            return Ok(());
        }
        Err(ApiError::new(&CONFLICT, "This attempt was changed in another window in the meantime; reload it"))
    }

    /// The account that the session's last attempt with a connector linked, if it linked one.
    pub(crate) async fn linked(
        &self,
        session: &Session,
        connector: &str,
    ) -> Result<Option<Account>, StoreError> {
        let attempt = self.vault.attempt_of(session.seq, connector).await?;
        let attempt = attempt.filter(|attempt| attempt.state == AttemptState::Linked);
        match attempt.and_then(|attempt| attempt.account?.parse().ok()) {
            Some(id) => self.vault.get(&id).await,
            None => Ok(None),
        }
    }

    /// The flow of a new attempt.
    async fn flow(
        &self,
        session: &Session,
        connector: &Connector,
        guide: &Arc<Guide>,
        replaces: Option<&Account>,
    ) -> Result<Flow, ApiError> {
        let mut stored = Values::new();
        let known = match replaces {
            Some(account) => {
                let now = Timestamp::now();
                let credentials =
                    self.vault.unseal(&account.id, "edit", By::new(&actor(session), now)).await?;
                stored.extend(stored_values(&credentials));
                Some(account.clone())
            }
            // Linking an account that is linked already updates it. If there are several, the vault finds the right one.
            None => match self.accounts.at(session, connector.provider()).await?.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
        };
        let start = Start {
            purpose: match &known {
                Some(account) => driver::purpose(account, session.made.allow_different),
                None => Purpose::Link,
            },
            environment: known.and_then(|account| account.environment).and_then(|key| Key::parse(&key)),
            stored,
            scopes: session.made.scopes.as_ref().map(|wanted| guide.with_included(wanted)),
            brand: self.brand.name.clone(),
            ..Start::default()
        };
        let flow = Flow::new(Arc::clone(guide), &connector.method, start);
        let mut flow = flow.ok_or_else(|| {
            tracing::error!(connector = connector.id, "the guide has no such method");
            ApiError::of(&INTERNAL)
        })?;
        flow.prefill(&self.connectors.setup_values(connector).await?);
        Ok(flow)
    }

    pub(super) async fn restored(
        &self,
        session: &Session,
        connector: Connector,
        attempt: Attempt,
    ) -> Result<Option<Linking>, ApiError> {
        if attempt.state.is_over() {
            return Ok(None);
        }
        let snapshot = self.vault.attempt_snapshot(&attempt, Timestamp::now()).await?;
        let Some(snapshot) = snapshot else { return Ok(None) };
        let Some(guide) = self.editions.by_digest(&attempt.guide_digest).await? else { return Ok(None) };
        let Ok(flow) = Flow::restore(guide, &snapshot) else { return Ok(None) };
        let replaces = match attempt.account.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => self.vault.get(&id).await?,
            None => None,
        };
        let new_lines = Vec::new();
        Ok(Some(Linking { session: session.clone(), connector, attempt, flow, new_lines, replaces }))
    }

    /// Runs the checks of an attempt in a task of their own; `false` if another task runs them already.
    async fn spawn(
        &self,
        id: String,
        checks: impl Future<Output = Result<(), ApiError>> + Send + 'static,
    ) -> Result<bool, ApiError> {
        let name = format!("attempt/{id}");
        let work = async move {
            if let Err(error) = checks.await {
                tracing::warn!(attempt = id, error = error.message, "checks did not finish");
            }
        };
        Ok(self.leases.spawn(name, work).await?.is_ok())
    }

    /// Runs the checks, and saves their progress.
    async fn run(&self, linking: &mut Linking) -> Result<(), ApiError> {
        let id = linking.attempt.id.clone();
        let ran = self.ask(linking, Whose::Attempt(&id)).await;
        self.save(linking).await?;
        ran
    }

    /// Runs the checks until they finish, a person is needed, or the deadline passes.
    async fn ask(&self, linking: &mut Linking, whose: Whose<'_>) -> Result<(), ApiError> {
        let Linking { flow, new_lines, .. } = linking;
        let ran = check::run(&self.egress, &self.vault, flow, new_lines, whose).await;
        if ran.is_err() {
            // Does not stay in `checking`: a person who returns finds the form with everything that was entered.
            flow.give_up_checks();
        }
        // The code from the sign-in was lost with the process that held it.
        flow.interrupted();
        ran
    }
}
