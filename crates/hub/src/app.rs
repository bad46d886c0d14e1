//! The Hub as its handlers see it: the services, and what they are built from.
//!
//! **Invariant:** an [`App`] is whole: whatever can fail at start has not. It is the top of the crate: no service knows
//! it. It holds nothing of a single request or session; those are in the database, so that any replica serves any
//! request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use egress::Egress;
use guide::Brand;
use jiff::Timestamp;
use url::Url;
use vault::Vault;

use crate::account_flows::AccountFlows;
use crate::caller::Access;
use crate::connectors::Connectors;
use crate::editions::Editions;
use crate::guides::Guides;
use crate::leases::Leases;
use crate::limits::Limiter;
use crate::linking::Links;
use crate::pages::Assets;
use crate::proxy::{Proxy, TokenCache};
use crate::renewals::Renewals;
use crate::session_accounts::SessionAccounts;
use crate::settings::Settings;
use crate::sign_ins::SignIns;
use crate::tasks::Tasks;
use crate::verifier::Verifier;

/// What every handler shares.
pub(crate) struct App {
    /// What the Hub runs with.
    pub(crate) settings: Settings,
    /// Accounts, sessions and keys.
    pub(crate) vault: Arc<Vault>,
    /// The guides as they are now.
    pub(crate) guides: Arc<Guides>,
    /// The only way out.
    pub(crate) egress: Egress,
    /// What white-labelling changes.
    pub(crate) brand: Arc<Brand>,
    /// Where browsers and clients reach the Hub: an origin, and a slash.
    pub(crate) public_url: Url,
    /// When it started.
    pub(crate) started_at: Timestamp,
    /// Tasks in the background.
    pub(crate) tasks: Arc<Tasks>,
    /// Style sheet and script of the linking pages.
    pub(crate) assets: Assets,
    /// Who calls.
    pub(crate) access: Access,
    /// How often.
    pub(crate) limiter: Arc<Limiter>,
    /// Guides by digest.
    pub(crate) editions: Arc<Editions>,
    /// What projects and sessions can link.
    pub(crate) connectors: Arc<Connectors>,
    /// Which accounts a session may edit.
    pub(crate) session_accounts: Arc<SessionAccounts>,
    /// Link attempts.
    pub(crate) links: Arc<Links>,
    /// Flows over linked accounts.
    pub(crate) account_flows: Arc<AccountFlows>,
    /// Checking linked accounts again.
    pub(crate) verifier: Arc<Verifier>,
    /// Renewing the tokens of accounts.
    pub(crate) renewals: Arc<Renewals>,
    /// Requests through accounts.
    pub(crate) proxy: Proxy,
    /// Signing in at providers.
    pub(crate) sign_ins: SignIns,
    phase: AtomicU8,
}

/// Where the Hub is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// It cannot be used yet.
    Starting,
    /// It can.
    Ready,
    /// It finishes what is under way, and takes nothing new.
    Draining,
}

/// What an [`App`] is built from.
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
        let account_flows = Arc::new(AccountFlows {
            vault: Arc::clone(&vault),
            egress: egress.clone(),
            guides: Arc::clone(&guides),
            editions: Arc::clone(&editions),
            connectors: Arc::clone(&connectors),
            brand: Arc::clone(&brand),
        });
        let renewals =
            Arc::new(Renewals::new(Arc::clone(&vault), Arc::clone(&leases), Arc::clone(&account_flows)));
        let session_accounts = Arc::new(SessionAccounts::new(Arc::clone(&vault)));
        let links = Arc::new(Links {
            vault: Arc::clone(&vault),
            egress: egress.clone(),
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
        let proxy = Proxy {
            vault: Arc::clone(&vault),
            egress: egress.clone(),
            connectors: Arc::clone(&connectors),
            flows: Arc::clone(&account_flows),
            renewals: Arc::clone(&renewals),
            tasks: Arc::clone(&tasks),
            cache: TokenCache::default(),
        };
        let upstreams = settings.server.upstreams.value.clone();
        Self {
            access: Access::new(Arc::clone(&vault), Arc::clone(&limiter)),
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
            phase: AtomicU8::new(Phase::Starting as u8),
        }
    }

    /// Closes the database, unless a task that was cut off still has it. Nothing is lost then: the database is right at
    /// every moment.
    pub(crate) async fn close(self) {
        let vault = Arc::clone(&self.vault);
        drop(self);
        match Arc::try_unwrap(vault) {
            Ok(vault) => vault.close().await,
            Err(_) => tracing::debug!("the database was not closed"),
        }
    }

    /// Where the Hub is in its life.
    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Draining,
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    /// Whether browsers reach the Hub by TLS, its own or that of a proxy: cookies are for it alone then.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}
