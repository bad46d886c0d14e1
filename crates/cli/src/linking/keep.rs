//! The vault as the command line uses it: accounts and drafts.

use std::env;
use std::path::PathBuf;

use jiff::{Timestamp, ToSpan as _};
use link::{Flow, Linked};
use secret::Secret;
use vault::{Account, AccountId, Credentials, Draft, KeySource, Vault};

use crate::args::Common;
use crate::failure::Failure;

/// Who is named in the audit trail.
pub(crate) const ACTOR: &str = "cli";

/// A draft is kept for so many hours.
const DRAFT_HOURS: i64 = 24;

/// The folder in which accounts are kept: `--data`, or the usual place for a program's data
/// ([XDG base directories](https://specifications.freedesktop.org/basedir-spec/latest/)).
pub(crate) fn folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(folder) = &common.data {
        return Ok(folder.clone());
    }
    let usable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base =
        usable("XDG_DATA_HOME").or_else(|| usable("HOME").map(|home| home.join(".local").join("share")));
    base.map(|base| base.join("waystone")).ok_or_else(|| {
        Failure::usage("there is no home folder to keep accounts in").help("name a folder with --data")
    })
}

/// Opens the vault, and makes it if it is not there.
pub(crate) async fn open(common: &Common) -> Result<Vault, Failure> {
    let folder = folder(common)?;
    let key = match (env::var("WAYSTONE_KEY"), env::var("WAYSTONE_KEY_COMMAND")) {
        (Ok(text), _) if !text.is_empty() => KeySource::Text(Secret::new(text)),
        (_, Ok(command)) if !command.is_empty() => {
            KeySource::Command(command.split_whitespace().map(str::to_owned).collect())
        }
        _ => KeySource::File(folder.join("key")),
    };
    Vault::open(&folder, key).await.map_err(|error| Failure::environment(&error))
}

/// The account with an id that somebody typed.
pub(crate) async fn find(vault: &Vault, id: &str) -> Result<Account, Failure> {
    let unknown =
        || Failure::usage(format!("there is no account `{id}`")).help("`waystone accounts list` shows them");
    let id: AccountId = id.parse().map_err(|_| unknown())?;
    vault.get(&id).await.map_err(|error| Failure::environment(&error))?.ok_or_else(unknown)
}

/// An account's credentials, opened for a purpose that is written down.
pub(crate) async fn unseal(vault: &Vault, account: &Account, purpose: &str) -> Result<Credentials, Failure> {
    vault
        .unseal(&account.id, ACTOR, purpose, Timestamp::now())
        .await
        .map_err(|error| Failure::environment(&error))
}

/// Keeps an account: in the place of `again`, or of the one that is the same at the provider, or as a new one.
pub(crate) async fn keep(
    vault: &Vault,
    mut linked: Linked,
    again: Option<&Account>,
    label: Option<&str>,
    draft: Option<&str>,
) -> Result<(Account, bool), Failure> {
    // Tokens are got anew from what was typed whenever they are needed.
    linked.tokens.clear();
    linked.tokens_expire_at = None;
    let label = label.map(str::to_owned).or_else(|| again.and_then(|account| account.label.clone()));
    let new = driver::new_account(linked, label, None);
    let fail = |error: &(dyn std::error::Error + 'static)| Failure::environment(error);
    let mut known = again.cloned();
    if let (None, Some(external)) = (&known, &new.external_id) {
        let found = vault.find_by_external(&new.provider, external).await.map_err(|error| fail(&error))?;
        known = found.into_iter().find(|found| found.environment == new.environment);
    }
    let now = Timestamp::now();
    vault::crash_point("link.before-store");
    let kept = match &known {
        Some(known) => {
            let mut new = new;
            new.label = new.label.or_else(|| known.label.clone());
            vault
                .replace(&known.id, known.version, &new, draft, ACTOR, now)
                .await
                .map_err(|error| fail(&error))?
        }
        None => vault.add(&new, draft, ACTOR, now).await.map_err(|error| fail(&error))?,
    };
    vault::crash_point("link.stored");
    Ok((kept, known.is_some()))
}

/// The drafts of one flow.
pub(crate) struct Drafts<'v> {
    pub(crate) vault: &'v Vault,
    pub(crate) key: String,
}

impl Drafts<'_> {
    /// Keeps the flow as it is.
    pub(crate) async fn save(&self, flow: &Flow) -> Result<(), Failure> {
        let now = Timestamp::now();
        let expires = now.saturating_add(DRAFT_HOURS.hours()).unwrap_or(now);
        let digest = &flow.guide().digest;
        self.vault
            .save_draft(&self.key, digest, &flow.snapshot(), now, expires)
            .await
            .map_err(|error| Failure::environment(&error))?;
        vault::crash_point("link.draft-saved");
        Ok(())
    }

    /// What was kept, if anything.
    pub(crate) async fn load(&self) -> Result<Option<Draft>, Failure> {
        self.vault.load_draft(&self.key, Timestamp::now()).await.map_err(|error| Failure::environment(&error))
    }

    /// Forgets it.
    pub(crate) async fn drop(&self) -> Result<(), Failure> {
        self.vault.drop_draft(&self.key).await.map_err(|error| Failure::environment(&error))
    }
}
