//! Tests that renewed tokens are stored only if they cannot be fetched again.

use driver::{NewLink, TokenKeeper, relink, stored_tokens, stored_values};
use guide::Guide;
use jiff::Timestamp;
use link::{Flow, Stage, Start};
use vault::{By, ChangeError, CreatedFrom, Credentials, Replacing, Vault};

use crate::{GUIDE, Log, Script, ann, answer, flow, guide, key, open, signed_in};

async fn linked(vault: &Vault) -> Credentials {
    let mut flow = flow(Start::default());
    driver::run(&mut flow, &mut Script::new([signed_in(), ann()]), &mut Log::default()).await.unwrap();
    let linked = *driver::confirm(&mut flow).unwrap();
    let link = NewLink { linked, relinked: None, otherwise: Replacing::Nothing, label: None, home: None };
    let account = link.store(vault, CreatedFrom::default(), By::new("test", Timestamp::now())).await.unwrap();
    vault.unseal(&account.id, "test", By::new("test", Timestamp::now())).await.unwrap()
}

/// Stores renewed tokens, and stops at the first failure.
struct Keeping<'a>(&'a Vault, TokenKeeper);

impl driver::Observer for Keeping<'_> {
    type Stop = ChangeError;

    async fn answered(&mut self, flow: &Flow, _: &driver::Exchange) -> Result<(), ChangeError> {
        self.1.keep(self.0, flow).await
    }
}

/// Runs an account's flow one hour after the account was linked, when its token has expired.
async fn renewed(vault: &Vault, credentials: &Credentials) -> (Flow, Result<TokenKeeper, ChangeError>) {
    let start = relink(&credentials.account, stored_values(credentials), stored_tokens(credentials));
    let mut flow = Flow::new(guide(), "main", start).unwrap();
    flow.submit_all(&[]);
    let mut script = Script::new([answer(200, r#"{"token":"second","ttl":60}"#), ann()]);
    script.now += 3600;
    let keeper = TokenKeeper { credentials: credentials.clone(), actor: "test".to_owned() };
    let mut keeping = Keeping(vault, keeper);
    let run = driver::run(&mut flow, &mut script, &mut keeping).await;
    (flow, run.map(|_| keeping.1))
}

#[tokio::test]
async fn a_renewed_token_is_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let credentials = linked(&vault).await;
    let (flow, keeper) = renewed(&vault, &credentials).await;
    assert!(matches!(flow.stage(), Stage::Confirm { .. }));
    let keeper = keeper.unwrap();
    assert_eq!(keeper.credentials.account.version, 2, "the token must be stored exactly once");
    let stored =
        vault.unseal(&credentials.account.id, "test", By::new("test", Timestamp::now())).await.unwrap();
    let tokens = stored_tokens(&stored);
    assert_eq!(tokens.values[&key("session")].expose(), "second");
    assert_eq!(tokens.end, Some(1_790_003_660));
    assert_eq!(stored_values(&stored), stored_values(&credentials), "field values must not change");
}

#[tokio::test]
async fn a_token_is_not_stored_for_an_account_that_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let credentials = linked(&vault).await;
    let (_, first) = renewed(&vault, &credentials).await;
    assert!(first.is_ok());
    let (_, second) = renewed(&vault, &credentials).await;
    assert!(matches!(second, Err(ChangeError::Conflict { .. })));
}

#[test]
fn only_tokens_that_cannot_be_fetched_again_are_kept() {
    let keeps = |text: &str| {
        let reading = guide::read("acme.yaml", text.as_bytes());
        let guide: Guide = reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings));
        driver::keeps_tokens(&guide.methods[0])
    };
    assert!(keeps(GUIDE), "a refresh token might be accepted only once");
    let (before, rest) = GUIDE.split_once("        refresh:\n").unwrap();
    let (_, after) = rest.split_once("        carries:").unwrap();
    assert!(!keeps(&format!("{before}        carries:{after}")), "a new sign-in returns a new token");
}

#[tokio::test]
async fn empty_stored_tokens_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let mut credentials = linked(&vault).await;
    credentials.secrets.insert("token:renewal".to_owned(), secret::Secret::default());
    let names: Vec<_> = stored_tokens(&credentials).values.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["session"]);
}
