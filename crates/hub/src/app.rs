//! [`App`] composes the services that the handlers use.
//!
//! **Invariant:** an [`App`] is complete: everything that can fail at startup has succeeded. No service depends on the
//! [`App`]. Request and session state is stored in the database, so that any replica can serve any request.

use std::sync::{Arc, Mutex, PoisonError};

use egress::Egress;
use guide::Brand;
use jiff::Timestamp;
use url::Url;
use vault::{Recording, UseRecorder, Vault};

use crate::account_flows::AccountFlows;
use crate::caller::Access;
use crate::connectors::Connectors;
use crate::editions::Editions;
use crate::guides::Guides;
use crate::key_uses::KeyUses;
use crate::leases::Leases;
use crate::limits::Limiter;
use crate::linking::{CheckSender, Links};
use crate::pages::Assets;
use crate::proxy::{Proxy, TokenCache};
use crate::ready_accounts::ReadyAccounts;
use crate::renewals::Renewals;
use crate::session_accounts::SessionAccounts;
use crate::settings::Settings;
use crate::sign_ins::SignIns;
use crate::tasks::Tasks;
use crate::verifier::Verifier;
use crate::wire::error::log_failure;

/// The state that all handlers share.
pub(crate) struct App {
    pub(crate) settings: Settings,
    /// Accounts, sessions and keys.
    pub(crate) vault: Arc<Vault>,
    /// The current guides.
    pub(crate) guides: Arc<Guides>,
    /// The HTTP client for all outgoing requests.
    pub(crate) egress: Egress,
    /// The product's name, colors and links, as shown on the pages.
    pub(crate) brand: Arc<Brand>,
    /// The URL at which browsers and clients reach the Hub: an origin followed by a slash.
    pub(crate) public_url: Url,
    pub(crate) started_at: Timestamp,
    pub(crate) tasks: Arc<Tasks>,
    /// The style sheet and script of the linking pages.
    pub(crate) assets: Assets,
    /// Authenticates callers and visitors.
    pub(crate) access: Access,
    pub(crate) limiter: Arc<Limiter>,
    /// Finds guides by digest.
    pub(crate) editions: Arc<Editions>,
    /// Finds the connectors that are available to projects and sessions.
    pub(crate) connectors: Arc<Connectors>,
    /// Finds the accounts that a session may edit.
    pub(crate) session_accounts: Arc<SessionAccounts>,
    /// Runs link attempts.
    pub(crate) links: Arc<Links>,
    /// Runs flows for linked accounts.
    pub(crate) account_flows: Arc<AccountFlows>,
    /// Rechecks linked accounts.
    pub(crate) verifier: Arc<Verifier>,
    /// Renews accounts' tokens.
    pub(crate) renewals: Arc<Renewals>,
    /// Sends requests through accounts.
    pub(crate) proxy: Proxy,
    /// Records the use of credentials for requests.
    pub(crate) recorder: Arc<UseRecorder>,
    /// Sends browsers to providers' sign-in pages.
    pub(crate) sign_ins: SignIns,
    phase: Mutex<Phase>,
}

/// A phase of the Hub's lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The Hub does not accept requests yet.
    Starting,
    /// The Hub accepts requests.
    Ready,
    /// The Hub finishes requests in progress and accepts no new ones.
    Draining,
}

/// The components that an [`App`] is built from.
pub(crate) struct Parts {
    pub(crate) settings: Settings,
    pub(crate) vault: Vault,
    pub(crate) guides: Guides,
    pub(crate) egress: Egress,
    pub(crate) brand: Brand,
    pub(crate) public_url: Url,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { settings, vault, guides, egress, brand, public_url } = parts;
        let (vault, guides, assets) = (Arc::new(vault), Arc::new(guides), Assets::of(&brand));
        let (brand, tasks) = (Arc::new(brand), Arc::<Tasks>::default());
        let limiter = Arc::new(Limiter::new(Arc::clone(&vault), settings.limits.clone()));
        let editions = Arc::new(Editions::new(Arc::clone(&vault), Arc::clone(&guides)));
        let connectors = Arc::new(Connectors::new(Arc::clone(&vault), Arc::clone(&guides)));
        let leases = Arc::new(Leases::new(Arc::clone(&vault), Arc::clone(&tasks)));
        let sender = CheckSender::new(egress.clone(), settings.limits.request_timeout.value);
        let account_flows = Arc::new(AccountFlows {
            vault: Arc::clone(&vault),
            sender: sender.clone(),
            guides: Arc::clone(&guides),
            editions: Arc::clone(&editions),
            brand: Arc::clone(&brand),
            public_url: public_url.clone(),
        });
        let renewals =
            Arc::new(Renewals::new(Arc::clone(&vault), Arc::clone(&leases), Arc::clone(&account_flows)));
        let session_accounts = Arc::new(SessionAccounts::new(Arc::clone(&vault)));
        let links = Arc::new(Links {
            vault: Arc::clone(&vault),
            sender,
            editions: Arc::clone(&editions),
            connectors: Arc::clone(&connectors),
            accounts: Arc::clone(&session_accounts),
            limiter: Arc::clone(&limiter),
            leases: Arc::clone(&leases),
            brand: Arc::clone(&brand),
        });
        let verifier = Arc::new(Verifier {
            vault: Arc::clone(&vault),
            flows: Arc::clone(&account_flows),
            renewals: Arc::clone(&renewals),
        });
        let before_use = settings.audit.before_use.value;
        let recording = if before_use { Recording::BeforeUse } else { Recording::Batched };
        let recorder = Arc::new(UseRecorder::start(Arc::clone(&vault), recording));
        let accounts =
            ReadyAccounts::new(Arc::clone(&vault), Arc::clone(&account_flows), Arc::clone(&recorder));
        let accounts = Arc::new(accounts);
        let proxy = Proxy {
            egress: egress.clone(),
            accounts: Arc::clone(&accounts),
            flows: Arc::clone(&account_flows),
            renewals: Arc::clone(&renewals),
            cache: TokenCache::default(),
        };
        let key_uses = KeyUses::new(Arc::clone(&vault), Arc::clone(&tasks));
        let upstreams = settings.server.upstreams.value.clone();
        Self {
            access: Access::new(Arc::clone(&vault), Arc::clone(&limiter), key_uses, accounts),
            session_accounts,
            links,
            verifier,
            sign_ins: SignIns::new(Arc::clone(&vault), public_url.clone(), upstreams),
            settings,
            vault,
            guides,
            egress,
            brand,
            public_url,
            started_at: Timestamp::now(),
            tasks,
            assets,
            limiter,
            editions,
            connectors,
            account_flows,
            renewals,
            proxy,
            recorder,
            phase: Mutex::new(Phase::Starting),
        }
    }

    /// Closes the database, unless a task is still using it. Leaving the database open loses no data, because its
    /// contents are always consistent.
    pub(crate) async fn close(self) {
        let vault = Arc::clone(&self.vault);
        let recorder = Arc::clone(&self.recorder);
        drop(self);
        if let Ok(recorder) = Arc::try_unwrap(recorder)
            && let Err(error) = recorder.close().await
        {
            log_failure(&error);
        }
        match Arc::try_unwrap(vault) {
            Ok(vault) => vault.close().await,
            Err(_) => tracing::debug!("the database was not closed"),
        }
    }

    /// Returns the Hub's current phase.
    pub(crate) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Whether browsers reach the Hub over TLS. The Hub or a proxy may terminate TLS. If `true`, cookies are sent only
    /// over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}
