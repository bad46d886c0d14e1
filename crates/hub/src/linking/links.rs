//! The service that runs link attempts.

use std::sync::Arc;

use guide::Brand;
use jiff::Timestamp;
use link::Stage;
use vault::{Account, Attempt, AttemptState, By, CreatedFrom, NewSession, Session, StoreError, Vault};

use super::attempt::{Entered, Linking, attempt_ended};
use super::check::{self, CheckSender, FlowOwner};
use super::problem::refusal;
use crate::caller::actor;
use crate::client::Client;
use crate::connectors::{Connector, Connectors};
use crate::editions::Editions;
use crate::leases::Leases;
use crate::limits::Limiter;
use crate::session_accounts::SessionAccounts;
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, CONFLICT, GONE};

/// Begins and resumes link attempts, runs their checks and stores their accounts.
pub(crate) struct Links {
    pub(crate) vault: Arc<Vault>,
    pub(crate) sender: CheckSender,
    pub(crate) editions: Arc<Editions>,
    pub(crate) connectors: Arc<Connectors>,
    pub(crate) accounts: Arc<SessionAccounts>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) leases: Arc<Leases>,
    pub(crate) brand: Arc<Brand>,
}

impl Links {
    /// Begins an attempt, without saving it. If `replaces` is an account, the attempt links that account again; the
    /// session must be allowed to edit it.
    pub(crate) async fn begin(
        &self,
        session: &Session,
        connector: Connector,
        replaces: Option<Account>,
    ) -> Result<Linking, ApiError> {
        if self.accounts.lost_its_account(session).await? {
            let message = "The account that this session was created for can no longer be edited; ask for a new session";
            return Err(ApiError::new(&GONE, message));
        }
        let guide = self.editions.pinned(session, &connector.edition).await?;
        let flow = self.new_flow(session, &connector, &guide, replaces.as_ref()).await?;
        let now = Timestamp::now();
        let attempt = Attempt {
            id: Vault::attempt_id()?,
            session: session.seq,
            project: session.parameters.project.clone(),
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

    /// Begins an attempt for the form and saves it. If the session edits an account, or its owner already has one, the
    /// attempt links that account again, provided that it was linked with the same method.
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

    /// Begins and saves an attempt that immediately sends the browser to the provider. Returns an error if a value is
    /// missing, because the client cannot be asked for the value later.
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

    /// Begins an attempt that links an account again, if the session may edit it. Uses the account's own connector if
    /// the session can still link accounts with it. Otherwise, uses the connector with the id `otherwise`: the widget
    /// always sends the id of the provider's first connector, which may not be the account's own connector.
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

    /// Resumes the session's attempt with a connector; `None` if there is no such attempt, or it has ended.
    pub(crate) async fn resume(
        &self,
        session: &Session,
        connector: Connector,
    ) -> Result<Option<Linking>, ApiError> {
        let Some(attempt) = self.vault.attempt_of(session.seq, &connector.id).await? else { return Ok(None) };
        self.restored(session, connector, attempt).await
    }

    /// Resumes an attempt; `None` if the attempt has ended or its connector no longer exists.
    pub(crate) async fn open(
        &self,
        session: &Session,
        attempt: Attempt,
    ) -> Result<Option<Linking>, ApiError> {
        let connector = self.connectors.find(&attempt.project, &attempt.connector_profile).await?;
        let Some(connector) = connector else { return Ok(None) };
        self.restored(session, connector, attempt).await
    }

    /// Links an account for a client that waits for the result and cannot be asked for more values: checks the entered
    /// values, and stores the account. A new account does not need to be confirmed. The outcome is saved, but not the
    /// progress.
    pub(crate) async fn link(
        &self,
        client: &Client,
        mut linking: Linking,
        entered: &Entered,
    ) -> Result<Account, ApiError> {
        // Deleting the owner's account at the provider ends this attempt only if the database contains it.
        self.vault.register_attempt(&linking.attempt).await?;
        linking.submit(entered)?;
        let mut checked = Ok(());
        if linking.is_checking() {
            self.supply_secrets(&mut linking).await?;
            self.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
            checked = self.check_flow(&mut linking).await;
        }
        if checked.is_ok() && matches!(linking.flow.stage(), Stage::Confirm { .. }) {
            let stored = self.store(&mut linking).await;
            if stored.is_err() {
                // Saves the transcript for support, even though the account was not stored. An attempt that has ended
                // cannot be saved.
                linking.flow.stored(false);
                let _ = self.save(&mut linking).await;
            }
            return stored;
        }
        let saved = self.save(&mut linking).await;
        checked.and(saved)?;
        let unfinished = || ApiError::new(&CONFLICT, "The checks did not finish; try again");
        Err(refusal(&linking.flow, &linking.attempt.id).unwrap_or_else(unfinished))
    }

    /// Finishes an attempt after a sign-in: runs the checks and stores the account. This is for a client that polls for
    /// the result and shows no further pages.
    pub(crate) async fn finish(&self, client: &Client, linking: &mut Linking) -> Result<Account, ApiError> {
        if linking.is_checking() {
            self.supply_secrets(linking).await?;
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

    /// Saves an attempt, and starts its checks in the background. Returns `false` if another task is already running
    /// the checks. That task uses the saved attempt, which does not contain the authorization code from a sign-in;
    /// `linking` is the only flow that has the code.
    pub(crate) async fn check(
        self: &Arc<Self>,
        client: &Client,
        mut linking: Linking,
    ) -> Result<bool, ApiError> {
        // This comes first, because secrets can determine the host, whose limit applies.
        self.supply_secrets(&mut linking).await?;
        self.limiter.attempt(&linking.session, client, linking.flow.host().as_deref()).await?;
        linking.attempt.progress = serde_json::json!([]);
        self.save(&mut linking).await?;
        let (links, id) = (Arc::clone(self), linking.attempt.id.clone());
        self.spawn(id, Box::pin(async move { links.run(&mut linking).await })).await
    }

    /// Restarts an attempt's checks if the process that ran them has died.
    pub(crate) async fn take_over(self: &Arc<Self>, session: &Session, id: &str) -> Result<(), ApiError> {
        let (links, session, attempt) = (Arc::clone(self), session.clone(), id.to_owned());
        let checks = Box::pin(async move {
            // The attempt may have changed before the lease was acquired.
            let attempt = links.vault.attempt(&attempt).await?;
            if let Some(attempt) = attempt.filter(|attempt| attempt.state == AttemptState::Checking)
                && let Some(mut linking) = links.open(&session, attempt).await?
            {
                links.supply_secrets(&mut linking).await?;
                links.run(&mut linking).await?;
            }
            Ok(())
        });
        self.spawn(id.to_owned(), checks).await.map(|_| ())
    }

    /// Confirms the account that was found, and stores it.
    pub(crate) async fn store(&self, linking: &mut Linking) -> Result<Account, ApiError> {
        self.supply_secrets(linking).await?;
        let Some(linked) = driver::confirm(&mut linking.flow) else {
            // The stored secrets have changed since the checks, so the checks have to be repeated.
            self.save(linking).await?;
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

    /// Saves the attempt's current state and transcript.
    pub(crate) async fn save(&self, linking: &mut Linking) -> Result<(), ApiError> {
        let snapshot = linking.update();
        if self.vault.save_attempt(&mut linking.attempt, &snapshot, &linking.new_lines).await? {
            linking.new_lines.clear();
            return Ok(());
        }
        if !self.vault.attempt_may_continue(&linking.attempt, linking.attempt.updated_at).await? {
            return Err(attempt_ended());
        }
        Err(ApiError::new(&CONFLICT, "This attempt was changed in another window; reload the page"))
    }

    /// Returns the account that was linked by the session's last attempt with a connector; `None` if that attempt
    /// linked no account, or the account no longer belongs to the session's owner.
    pub(crate) async fn linked(
        &self,
        session: &Session,
        connector: &str,
    ) -> Result<Option<Account>, StoreError> {
        let attempt = self.vault.attempt_of(session.seq, connector).await?;
        let attempt = attempt.filter(|attempt| attempt.state == AttemptState::Linked);
        let Some(id) = attempt.and_then(|attempt| attempt.account?.parse().ok()) else { return Ok(None) };
        let NewSession { project, owner, kind, .. } = &session.parameters;
        // The account may have been given to another owner since.
        Ok(self.vault.get(&id).await?.filter(|account| {
            account.home.as_ref().is_some_and(|home| home.belongs_to(project, &owner.id, *kind))
        }))
    }

    /// Runs an attempt's checks in a background task. Returns `false` if another task is already running them.
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

    /// Runs the checks, and saves their progress and outcome.
    async fn run(&self, linking: &mut Linking) -> Result<(), ApiError> {
        let checked = self.check_flow(linking).await;
        let saved = self.save(linking).await;
        checked.and(saved)
    }

    /// Runs the checks until they finish, a person must act, or the deadline passes.
    async fn check_flow(&self, linking: &mut Linking) -> Result<(), ApiError> {
        let Linking { flow, new_lines, attempt, .. } = linking;
        let owner = FlowOwner::Attempt(attempt);
        let checked = check::run(&self.sender, &self.vault, flow, new_lines, owner).await;
        // The flow is still checking if the run failed, or if it needs the code from the sign-in, which was lost with
        // the process that held it. Ends the `checking` state, so that a person who returns finds the form with all
        // entered values.
        flow.interrupted();
        checked
    }
}
