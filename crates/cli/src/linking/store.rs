//! The vault as the command line uses it: accounts and drafts.

use std::env;
use std::path::PathBuf;

use driver::NewLink;
use jiff::{Timestamp, ToSpan as _};
use link::{Flow, Linked};
use secret::Secret;
use vault::{Account, AccountId, By, CreatedFrom, Credentials, Draft, KeySource, Replacing, Vault};

use crate::args::Common;
use crate::failure::Failure;

/// Returns the author and time of a change: the command line, now.
pub(crate) fn by() -> By<'static> {
    By::new("cli", Timestamp::now())
}

/// The number of hours after which a draft expires.
const DRAFT_HOURS: i64 = 24;

/// Returns the folder where accounts are stored: `--data`, or the platform's default folder for application data ([XDG
/// base directories](https://specifications.freedesktop.org/basedir-spec/latest/)).
pub(crate) fn folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(folder) = &common.data {
        return Ok(folder.clone());
    }
    let usable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base =
        usable("XDG_DATA_HOME").or_else(|| usable("HOME").map(|home| home.join(".local").join("share")));
    base.map(|base| base.join("waystone"))
        .ok_or_else(|| Failure::usage("no home folder to store accounts in").help("set a folder with --data"))
}

/// Opens the vault, and creates it if it does not exist.
pub(crate) async fn open(common: &Common) -> Result<Vault, Failure> {
    let folder = folder(common)?;
    let key = match (env::var("WAYSTONE_KEY"), env::var("WAYSTONE_KEY_COMMAND")) {
        (Ok(text), _) if !text.is_empty() => KeySource::Text(Secret::new(text)),
        (_, Ok(command)) if !command.is_empty() => {
            KeySource::Command(command.split_whitespace().map(str::to_owned).collect())
        }
        _ => KeySource::File(folder.join("key")),
    };
    Ok(Vault::open(&folder, key).await?)
}

/// Finds the account whose id was given on the command line.
pub(crate) async fn find(vault: &Vault, id: &str) -> Result<Account, Failure> {
    let unknown =
        || Failure::usage(format!("no account `{id}`")).help("`waystone accounts list` lists all accounts");
    let id: AccountId = id.parse().map_err(|_| unknown())?;
    vault.get(&id).await?.ok_or_else(unknown)
}

/// Finds an account to use. Fails if the account is suspended or archived, because nothing may be sent to its provider.
pub(crate) async fn find_usable(vault: &Vault, id: &str) -> Result<Account, Failure> {
    let account = find(vault, id).await?;
    match account.hold {
        Some(hold) => Err(Failure::found(format!("account {} is {}", account.id, hold.as_str()))
            .help("set its status to `active` with `PATCH /accounts/{id}` first")),
        None => Ok(account),
    }
}

/// Decrypts an account's credentials. The purpose is recorded in the audit trail.
pub(crate) async fn unseal(vault: &Vault, account: &Account, purpose: &str) -> Result<Credentials, Failure> {
    Ok(vault.unseal(&account.id, purpose, by()).await?)
}

/// An account whose credentials a flow has verified, and how to store it.
pub(crate) struct Proved<'a> {
    pub(crate) linked: Linked,
    /// The account that the person chose to link again. If this is `None`, the new account replaces any stored account
    /// that is linked to the same account at the provider.
    pub(crate) relinked: Option<&'a Account>,
    pub(crate) label: Option<&'a str>,
    /// The key of the draft to delete when the account is stored.
    pub(crate) draft: Option<&'a str>,
}

/// Stores an account whose credentials a flow has verified.
pub(crate) async fn store(vault: &Vault, proved: Proved<'_>) -> Result<Account, Failure> {
    let mut linked = proved.linked;
    // Tokens are not stored: whenever the command line needs tokens, it signs in again with the stored values.
    linked.tokens.clear();
    let link = NewLink {
        linked,
        relinked: proved.relinked,
        otherwise: Replacing::SameAtProvider,
        label: proved.label,
        home: None,
    };
    vault::crash_point("link.before-store");
    let from = CreatedFrom { draft: proved.draft, ..CreatedFrom::default() };
    let account = link.store(vault, from, by()).await?;
    vault::crash_point("link.stored");
    Ok(account)
}

/// The saved draft of one flow.
pub(crate) struct Drafts<'v> {
    pub(crate) vault: &'v Vault,
    pub(crate) key: String,
    /// The account that is linked again. Its draft is deleted with it.
    pub(crate) relinked: Option<&'v Account>,
}

impl Drafts<'_> {
    /// Saves the flow in its current state.
    pub(crate) async fn save(&self, flow: &Flow) -> Result<(), Failure> {
        let now = Timestamp::now();
        let draft = Draft {
            guide_digest: flow.guide().digest.clone(),
            snapshot: flow.snapshot(),
            saved_at: now,
            expires_at: now.saturating_add(DRAFT_HOURS.hours()).unwrap_or(now),
        };
        match self.relinked {
            Some(account) => self.vault.save_edit_draft(&account.id, &draft).await?,
            None => self.vault.save_draft(&self.key, &draft).await?,
        }
        vault::crash_point("link.draft-saved");
        Ok(())
    }

    /// Returns the saved draft, or `None` if no draft was saved or the draft has expired.
    pub(crate) async fn load(&self) -> Result<Option<Draft>, Failure> {
        Ok(self.vault.load_draft(&self.key, Timestamp::now()).await?)
    }

    /// Deletes the draft.
    pub(crate) async fn drop(&self) -> Result<(), Failure> {
        Ok(self.vault.delete_draft(&self.key).await?)
    }
}
