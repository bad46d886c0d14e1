//! Tests how a verified account is stored: which account it replaces, and under which label and field names.

use driver::NewLink;
use link::{Linked, Start};
use vault::{Account, By, ChangeError, CreatedFrom, Replacing, Vault};

use crate::{Log, PASSWORD, Script, ann, flow, open, signed_in};

async fn linked() -> Linked {
    let mut flow = flow(Start::default());
    driver::run(&mut flow, &mut Script::new([signed_in(), ann()]), &mut Log::default()).await.unwrap();
    *driver::confirm(&mut flow).unwrap()
}

async fn store(
    vault: &Vault,
    relinked: Option<&Account>,
    label: Option<&str>,
) -> Result<Account, ChangeError> {
    let link = NewLink { linked: linked().await, relinked, otherwise: Replacing::Nothing, label, home: None };
    link.store(vault, CreatedFrom::default(), By::new("test", jiff::Timestamp::now())).await
}

#[tokio::test]
async fn a_stored_account_returns_the_values_it_was_linked_with() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let account = store(&vault, None, Some("Ours")).await.unwrap();
    assert_eq!(account.external_id.as_deref(), Some("7"));
    assert_eq!(account.label.as_deref(), Some("Ours"));
    assert_eq!(account.values["site"], "shop");
    assert_eq!(account.secret_fields, ["pass", "token:session", "tokens:end"]);
    let credentials =
        vault.unseal(&account.id, "test", By::new("test", jiff::Timestamp::now())).await.unwrap();
    let values = driver::stored_values(&credentials);
    let names: Vec<&str> = values.keys().map(guide::Key::as_str).collect();
    assert_eq!(names, ["pass", "site"], "tokens are not field values");
    assert_eq!(values[&crate::key("pass")].expose(), PASSWORD);
    let tokens = driver::stored_tokens(&credentials);
    assert_eq!(tokens.values[&crate::key("session")].expose(), "first-token");
    assert_eq!(tokens.end, Some(1_790_003_600));
    let fields: Vec<&String> =
        account.secret_fields.iter().filter(|name| driver::is_field_name(name)).collect();
    assert_eq!(fields, ["pass"]);
}

#[tokio::test]
async fn a_relinked_account_keeps_its_id_and_label() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let first = store(&vault, None, Some("Ours")).await.unwrap();
    let relinked = store(&vault, Some(&first), None).await.unwrap();
    assert_eq!((relinked.id.clone(), relinked.version), (first.id.clone(), 2));
    assert_eq!(relinked.label.as_deref(), Some("Ours"));
    let renamed = store(&vault, Some(&relinked), Some("Theirs")).await.unwrap();
    assert_eq!(renamed.label.as_deref(), Some("Theirs"));
    let stale = store(&vault, Some(&first), None).await;
    assert!(matches!(stale, Err(ChangeError::Conflict { expected: 1, found: 3, .. })), "{stale:?}");
    let other = store(&vault, None, None).await.unwrap();
    assert_ne!(other.id, first.id);
}
