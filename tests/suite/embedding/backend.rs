//! The Rust backend of `docs/embedding.md`. The rest of this file is identical to the block in that document.

use std::env;

use reqwest::{Client, Error};
use serde_json::{Value, json};

fn base() -> String {
    env::var("HUB_URL").expect("HUB_URL is set")
}

fn key() -> String {
    env::var("HUB_API_KEY").expect("HUB_API_KEY is set")
}

pub async fn connect_token(client: &Client, customer: &str, name: &str) -> Result<Option<String>, Error> {
    let session = json!({
        "origin_owner_id": customer,
        "origin_owner_name": name,
        "allowed_origins": ["https://app.example.com"],
    });
    let request =
        client.post(format!("{}/connect_sessions", base())).basic_auth(key(), Some("")).json(&session);
    let session: Value = request.send().await?.error_for_status()?.json().await?;
    Ok(session["token"].as_str().map(str::to_owned))
}

/// Returns the account if it belongs to this customer. A Hub ID contains only letters, digits, and `_`.
pub async fn linked_account(client: &Client, customer: &str, id: &str) -> Result<Option<Value>, Error> {
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(None);
    }
    let request = client.get(format!("{}/accounts/{id}", base())).basic_auth(key(), Some(""));
    let account: Value = request.send().await?.error_for_status()?.json().await?;
    Ok(Some(account).filter(|account| account["origin_owner_id"] == customer))
}
