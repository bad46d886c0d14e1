//! Tests flows for accounts that are already linked.

use driver::{Tokens, purpose, relink, stored_secrets, values};
use guide::Key;
use link::Purpose;
use secret::Secret;
use vault::{By, CreatedFrom, NewAccount, Replacing};

use crate::{key, open};

#[tokio::test]
async fn a_flow_for_a_linked_account_accepts_only_that_account() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let secrets = [("pass", "word"), ("token:session", "t"), ("tokens:end", "5"), ("not a key", "x")];
    let new = NewAccount {
        provider: "acme".to_owned(),
        method: "main".to_owned(),
        environment: Some("live".to_owned()),
        external_id: Some("7".to_owned()),
        values: [("site".to_owned(), "shop".to_owned()), ("not a key".to_owned(), "x".to_owned())].into(),
        secrets: secrets.map(|(name, value)| (name.to_owned(), Secret::from(value))).into(),
        outcome: "ok".to_owned(),
        ..NewAccount::default()
    };
    let by = By::new("test", jiff::Timestamp::now());
    let account = vault.store(&new, Replacing::Nothing, CreatedFrom::default(), by).await.unwrap();
    let same = |allow_different| Purpose::Relink { external_id: Some("7".to_owned()), allow_different };
    assert_eq!((purpose(&account, false), purpose(&account, true)), (same(false), same(true)));
    let stored = values(&new.values, &new.secrets);
    let names: Vec<&str> = stored.keys().map(Key::as_str).collect();
    assert_eq!(names, ["pass", "site"], "names that no guide can have are ignored");
    assert_eq!(stored_secrets(&account).into_iter().collect::<Vec<_>>(), [key("pass")]);
    let tokens = Tokens { values: [(key("session"), Secret::from("t"))].into(), end: Some(5) };
    let start = relink(&account, stored.clone(), tokens.clone());
    assert_eq!(start.purpose, same(false));
    assert_eq!(start.environment, Some(key("live")));
    assert_eq!((start.stored, start.tokens, start.tokens_expire_at), (stored, tokens.values, Some(5)));
}
