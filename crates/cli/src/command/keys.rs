//! `waystone keys`: manages the API keys that a product's programs use to authenticate to the Hub.
//!
//! **Invariant:** a key is shown only once, on standard output, when it is created.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use vault::{ApiKey, KeyState, Kind, NewKey, Project, Scope, Token, Vault};

use super::project_named::find;
use crate::args::{Common, KeysCommand};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::by;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &KeysCommand, out: &Out) -> Result<u8, Failure> {
    let (KeysCommand::List { of } | KeysCommand::Create { of, .. } | KeysCommand::Revoke { of, .. }) =
        command;
    let json = of.store.json;
    let vault = open_vault(&settings(common, &of.store, out)?).await?;
    let result = async {
        let project = find(&vault, of.project.as_deref()).await?;
        match command {
            KeysCommand::List { .. } => list(&vault, &project, json, out).await,
            KeysCommand::Create { name, scope, test, expires, .. } => {
                let scopes: Vec<Scope> = scope.iter().filter_map(|scope| scope.parse().ok()).collect();
                let kind = if *test { Kind::Test } else { Kind::Production };
                let scopes = if scopes.is_empty() { usual_scopes(kind) } else { scopes };
                let now = Timestamp::now();
                let expires_at = expires.as_deref().map(|text| expiry(text, now)).transpose()?;
                let (project_id, name) = (&project.id, self::name(name)?);
                let new = NewKey { project: project_id, name, scopes: &scopes, kind, expires_at };
                create(&vault, &project, &new, json, out).await
            }
            KeysCommand::Revoke { id, .. } => revoke(&vault, &project, id, json, out).await,
        }
    };
    let result = result.await;
    vault.close().await;
    result.map(|()| 0)
}

async fn list(vault: &Vault, project: &Project, json: bool, out: &Out) -> Result<(), Failure> {
    let keys = vault.keys_of(&project.id).await?;
    if json {
        out.json(&keys.iter().map(|key| as_json(key, None)).collect());
        return Ok(());
    }
    for key in keys {
        let state = match (key.state(Timestamp::now()), key.kind) {
            (KeyState::Revoked, _) => out.ink(Ink::Bad, "revoked"),
            (KeyState::Expired, _) => out.ink(Ink::Bad, "expired"),
            (KeyState::Active, Kind::Test) => out.ink(Ink::Note, "test"),
            (KeyState::Active, Kind::Production) => out.ink(Ink::Good, "production"),
        };
        let used =
            key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at:.0}"));
        let expires = key.expires_at.map(|at| format!(", expires {at:.0}")).unwrap_or_default();
        let scopes = out.ink(Ink::Dim, &scopes(&key).join(" "));
        out.line(&format!("{}  {state}  {}  {used}{expires}  {scopes}", key.id, key.name));
    }
    Ok(())
}

/// Returns the scopes of a key for which no scopes are given. A test key cannot change connector profiles, because
/// production uses them too.
fn usual_scopes(kind: Kind) -> Vec<Scope> {
    let mut scopes = Scope::FIRST.to_vec();
    scopes.retain(|scope| kind == Kind::Production || *scope != Scope::ConnectorsWrite);
    scopes
}

/// Parses a key's expiry: a time, or the time from now, such as `90d`.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let after =
        |span: Span| now.to_zoned_datetime(TimeZone::UTC).checked_add(span).ok().map(|time| time.timestamp());
    let time = text.parse::<Timestamp>().ok().or_else(|| text.parse().ok().and_then(after));
    time.filter(|time| now < *time).ok_or_else(|| {
        Failure::usage(format!("`{text}` is not a time in the future")).help(
            "write how long the key works, such as `90d` or `12h`, or a time, such as `2027-01-31T00:00:00Z`",
        )
    })
}

async fn create(
    vault: &Vault,
    project: &Project,
    new: &NewKey<'_>,
    json: bool,
    out: &Out,
) -> Result<(), Failure> {
    let (key, token) = add(vault, new).await?;
    if json {
        out.json(&as_json(&key, Some(&token)));
        return Ok(());
    }
    out.message(&format!("Created key {} for project {}. It is shown only once:", key.id, project.name));
    out.line(&out.ink(Ink::Strong, token.secret().expose()));
    Ok(())
}

async fn revoke(vault: &Vault, project: &Project, id: &str, json: bool, out: &Out) -> Result<(), Failure> {
    if !vault.revoke_key(&project.id, id, by()).await? {
        let message = format!("project {} has no active key `{id}`", project.name);
        return Err(Failure::usage(message).help("`waystone keys list` lists the keys' ids"));
    }
    if json {
        out.json(&json!({ "id": id, "revoked": true }));
    } else {
        out.success(&format!("Revoked {id}."));
    }
    Ok(())
}

/// Creates a key.
pub(super) async fn add(vault: &Vault, new: &NewKey<'_>) -> Result<(ApiKey, Token), Failure> {
    Ok(vault.add_key(new, by()).await?)
}

fn scopes(key: &ApiKey) -> Vec<&'static str> {
    key.scopes.iter().map(|scope| scope.as_str()).collect()
}

/// Validates the name of a project or key.
pub(super) fn name(name: &str) -> Result<&str, Failure> {
    vault::display_name(name)
        .map_err(|error| Failure::usage(format!("a name {error}")).help("choose another name"))
}

/// Formats a key as JSON, in the API's format. `token` contains the key's secret, which is known only right after the
/// key is created.
pub(super) fn as_json(key: &ApiKey, token: Option<&Token>) -> Value {
    let mut value = json!({
        "id": key.id,
        "name": key.name,
        "scopes": scopes(key),
        "type": key.kind.as_str(),
        "created_at": key.created_at.to_string(),
        "expires_at": key.expires_at.map(|at| at.to_string()),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
    });
    if let Some(token) = token {
        value["key"] = json!(token.secret().expose());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_time_or_a_duration() {
        let now: Timestamp = "2026-10-05T09:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("90d", "2027-01-03T09:00:00Z"),
            ("12h", "2026-10-05T21:00:00Z"),
            ("1 year", "2027-10-05T09:00:00Z"),
            ("2027-01-31T01:00:00+01:00", "2027-01-31T00:00:00Z"),
        ] {
            assert_eq!(expiry(text, now).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "90", "soon", "-1d", "0d", "2026-10-05T08:59:59Z", "999999999999d"] {
            assert_eq!(expiry(text, now).unwrap_err().code, crate::failure::USAGE, "{text}");
        }
    }
}
