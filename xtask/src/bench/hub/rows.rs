//! What is asked of each endpoint, in the order in which it is measured: what adds or removes something comes late, so
//! that it is not in the way of the others.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::client::Request;
use super::world::{GLADLY, KEYS, World, providers, text};

/// How many requests there are at most that cannot be sent again.
const ONCE: usize = 200;

/// So many profiles are made: each is looked at by whoever asks what can be linked, and no project has many.
const PROFILES: usize = 50;

/// Requests to an endpoint.
pub(super) struct Row {
    /// The operation: method and path, as the description has them.
    pub(super) operation: &'static str,
    /// Which requests these are, where the operation has several rows.
    pub(super) which: &'static str,
    /// Whether each is sent once at most.
    pub(super) once: bool,
    /// Makes them.
    pub(super) requests: fn(&World) -> Result<Vec<Request>>,
}

/// What has an address and is not in the description, with the status of success.
pub(super) const BESIDE: [(&str, u16); 4] = [
    ("GET /link/{token}", 303),
    ("GET /health/ready", 200),
    ("GET /metrics", 200),
    ("GET /openapi.json", 200),
];

const fn row(
    operation: &'static str,
    which: &'static str,
    requests: fn(&World) -> Result<Vec<Request>>,
) -> Row {
    Row { operation, which, once: false, requests }
}

const fn once(operation: &'static str, requests: fn(&World) -> Result<Vec<Request>>) -> Row {
    Row { operation, which: "", once: true, requests }
}

/// All of them.
pub(super) const ROWS: &[Row] = &[
    row("GET /accounts", "the first page", |world| always(|| world.get("/accounts"))),
    row("GET /accounts", "the page in the middle", |world| {
        always(|| world.get(format!("/accounts?page={}", 1 + world.total / 50)))
    }),
    row("GET /accounts", "the last page", |world| {
        always(|| world.get(format!("/accounts?page={}", world.total / 25)))
    }),
    row("GET /accounts", "of an owner", |world| {
        Ok(world
            .accounts
            .iter()
            .map(|one| world.get(format!("/accounts?origin_owner_id={}", one.owner)))
            .collect())
    }),
    row("GET /accounts", "at a provider", |world| always(|| world.get("/accounts?provider=gladly"))),
    row("GET /accounts", "at a provider with none", |world| {
        always(|| world.get("/accounts?provider=stripe"))
    }),
    row("GET /accounts", "`status=active`", |world| always(|| world.get("/accounts?status=active"))),
    row("GET /accounts", "`status=error`, which none has", |world| {
        always(|| world.get("/accounts?status=error"))
    }),
    row("GET /accounts", "`status=suspended`, which none has", |world| {
        always(|| world.get("/accounts?status=suspended"))
    }),
    row("GET /accounts", "`status=inactive`, which none has", |world| {
        always(|| world.get("/accounts?status=inactive"))
    }),
    row("GET /accounts", "20 by id", |world| {
        let pages = world.accounts.chunks(20);
        let ids = pages.map(|page| page.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(","));
        Ok(ids.map(|ids| world.get(format!("/accounts?account_ids={ids}"))).collect())
    }),
    row("GET /accounts/{id}", "", |world| Ok(of_accounts(world, |id| world.get(format!("/accounts/{id}"))))),
    row("GET /accounts/{id}/meta", "", |world| {
        Ok(of_accounts(world, |id| world.get(format!("/accounts/{id}/meta"))))
    }),
    row("GET /accounts/{id}/credentials", "", |world| {
        Ok(of_accounts(world, |id| world.get(format!("/accounts/{id}/credentials"))))
    }),
    row("GET /accounts/{id}/proxy/{path}", "", |world| {
        Ok(of_accounts(world, |id| world.get(format!("/accounts/{id}/proxy/api/v1/organization"))))
    }),
    row("POST /unified/proxy", "", |world| {
        let body = json!({ "method": "get", "path": "/api/v1/organization" });
        Ok(of_accounts(world, |id| {
            world.ask("POST", "/unified/proxy").header("x-account-id", id).body(body.clone())
        }))
    }),
    row("POST /accounts/{id}/verify", "", |world| {
        Ok(of_accounts(world, |id| world.ask("POST", format!("/accounts/{id}/verify"))))
    }),
    row("PATCH /accounts/{id}", "", |world| {
        Ok(of_accounts(world, |id| {
            world.ask("PATCH", format!("/accounts/{id}")).body(json!({ "label": "Measured" }))
        }))
    }),
    row("GET /audit", "the first page", |world| always(|| world.get("/audit"))),
    row("GET /audit", "of an account", |world| {
        Ok(of_accounts(world, |id| world.get(format!("/audit?account_id={id}"))))
    }),
    row("GET /actions", "", |world| always(|| world.get("/actions"))),
    row("GET /actions", "with guides", |world| {
        always(|| world.get("/actions?include=authentication_guides"))
    }),
    row("GET /connectors/meta", "", |world| always(|| world.get("/connectors/meta"))),
    row("GET /connectors/meta/{provider}", "", |world| always(|| world.get("/connectors/meta/gladly"))),
    row("GET /guides/{provider}/{method}", "as a page", |_| {
        always(|| Request::new("GET", "/guides/gladly/api-key"))
    }),
    row("GET /guides/{provider}/{method}", "as JSON", |_| {
        always(|| Request::new("GET", "/guides/gladly/api-key.json"))
    }),
    row("GET /api_keys", "", |world| always(|| world.get("/api_keys"))),
    row("POST /connect_sessions", "", |world| {
        let session = |n| json!({ "origin_owner_id": format!("new-{n}"), "origin_owner_name": "New" });
        Ok((0..ONCE).map(|n| world.ask("POST", "/connect_sessions").body(session(n))).collect())
    }),
    row("POST /connect_sessions/authenticate", "", |world| {
        of_sessions(world, |_, token| {
            world.ask("POST", "/connect_sessions/authenticate").body(json!({ "token": token }))
        })
    }),
    row("GET /connect_sessions/{id}", "", |world| {
        of_sessions(world, |id, _| world.get(format!("/connect_sessions/{id}")))
    }),
    once("DELETE /connect_sessions/{id}", |world| {
        of_sessions(world, |id, _| world.ask("DELETE", format!("/connect_sessions/{id}")))
    }),
    once("GET /link/{token}", |world| {
        of_sessions(world, |_, token| Request::new("GET", format!("/link/{token}")))
    }),
    row("GET /hub/settings", "", |world| {
        of_sessions(world, |_, token| visitor("GET", "/hub/settings", token))
    }),
    row("GET /hub/connectors", "", |world| {
        of_sessions(world, |_, token| visitor("GET", "/hub/connectors", token))
    }),
    row("GET /hub/connectors/{id}", "", |world| {
        of_sessions(world, |_, token| visitor("GET", format!("/hub/connectors/{GLADLY}"), token))
    }),
    row("GET /hub/accounts/{id}", "", |world| {
        let accounts = world.of_gladly.iter();
        accounts
            .map(|one| {
                let (_, token) = world.session(&one.owner, "gladly")?;
                Ok(visitor("GET", format!("/hub/accounts/{}", one.id), &token))
            })
            .collect()
    }),
    once("PATCH /hub/accounts/{id}", |world| {
        let body = json!({ "integration_id": GLADLY, "credentials": { "api_token": "another-token" } });
        let accounts = world.of_gladly.iter();
        accounts
            .map(|one| {
                let (_, token) = world.session(&one.owner, "gladly")?;
                Ok(visitor("PATCH", format!("/hub/accounts/{}", one.id), &token).body(body.clone()))
            })
            .collect()
    }),
    once("POST /hub/accounts", |world| {
        let mut n = 0;
        of_sessions(world, |_, token| {
            n += 1;
            let credentials = json!({
                "environment": "production",
                "organization_slug": format!("new-{n}"),
                "agent_email": "api@example.com",
                "api_token": "a-token-for-measuring",
            });
            let body = json!({ "integration_id": GLADLY, "credentials": credentials });
            visitor("POST", "/hub/accounts", token).body(body)
        })
    }),
    once("POST /hub/connection_attempts", |world| of_sessions(world, |_, token| attempt(token))),
    row("GET /hub/connection_attempts/{id}", "", |world| {
        of_attempts(world, |id, token| visitor("GET", format!("/hub/connection_attempts/{id}"), token))
    }),
    once("DELETE /hub/connection_attempts/{id}", |world| {
        of_attempts(world, |id, token| visitor("DELETE", format!("/hub/connection_attempts/{id}"), token))
    }),
    row("GET /link_attempts/{id}", "", |world| {
        let (_, token) = world.session("refused", "gladly")?;
        let body = json!({ "integration_id": GLADLY, "credentials": { "environment": "production" } });
        let (_, refused) = visitor("POST", "/hub/accounts", &token).body(body).send(&world.address)?;
        let refused: Value = serde_json::from_str(&refused)?;
        let id = text(&refused, "attempt_id")?;
        always(|| world.get(format!("/link_attempts/{id}")))
    }),
    once("POST /api_keys", |world| {
        let body = json!({ "name": "Measured", "scopes": ["platform:read"] });
        Ok((0..ONCE).map(|_| world.ask("POST", "/api_keys").body(body.clone())).collect())
    }),
    once("DELETE /api_keys/{id}", |world| {
        let all = world.get("/api_keys").json(&world.address)?;
        let all = all.as_array().context("the keys are a list")?;
        let measured = all.iter().filter(|key| key["name"] == "Measured");
        measured.map(|key| Ok(world.ask("DELETE", format!("/api_keys/{}", text(key, "id")?)))).collect()
    }),
    row("GET /connector_profiles", "", |world| always(|| world.get("/connector_profiles"))),
    once("POST /connector_profiles", |world| {
        let body = json!({ "provider": spare_provider()?, "method": "api-key", "name": "Measured" });
        Ok((0..PROFILES).map(|_| world.ask("POST", "/connector_profiles").body(body.clone())).collect())
    }),
    row("GET /connector_profiles/{id}", "", |world| {
        of_profiles(world, |id| world.get(format!("/connector_profiles/{id}")))
    }),
    row("PATCH /connector_profiles/{id}", "", |world| {
        of_profiles(world, |id| {
            world.ask("PATCH", format!("/connector_profiles/{id}")).body(json!({ "name": "Measured again" }))
        })
    }),
    once("DELETE /connector_profiles/{id}", |world| {
        of_profiles(world, |id| world.ask("DELETE", format!("/connector_profiles/{id}")))
    }),
    row("GET /health/ready", "", |_| always(|| Request::new("GET", "/health/ready"))),
    row("GET /metrics", "", |_| always(|| Request::new("GET", "/metrics"))),
    row("GET /openapi.json", "", |_| always(|| Request::new("GET", "/openapi.json"))),
    once("DELETE /accounts/{id}", |world| {
        Ok(world.spare.iter().map(|one| world.ask("DELETE", format!("/accounts/{}", one.id))).collect())
    }),
];

/// The same request, with one key after the other.
#[expect(clippy::unnecessary_wraps, reason = "as all others, of which some cannot be made")]
fn always(request: impl Fn() -> Request) -> Result<Vec<Request>> {
    Ok((0..KEYS).map(|_| request()).collect())
}

/// One for each account.
fn of_accounts(world: &World, request: impl Fn(&str) -> Request) -> Vec<Request> {
    world.accounts.iter().map(|one| request(&one.id)).collect()
}

/// One for each of some new sessions, for owners who have no account.
fn of_sessions(world: &World, mut request: impl FnMut(&str, &str) -> Request) -> Result<Vec<Request>> {
    (0..ONCE)
        .map(|n| {
            let (id, token) = world.session(&format!("visitor-{}-{n}", world.tick()), "gladly")?;
            Ok(request(&id, &token))
        })
        .collect()
}

/// One for each of some new connection attempts.
fn of_attempts(world: &World, request: impl Fn(&str, &str) -> Request) -> Result<Vec<Request>> {
    (0..ONCE)
        .map(|_| {
            let (_, token) = world.session("signing-in", "gladly")?;
            let made = attempt(&token).json(&world.address)?;
            Ok(request(&text(&made, "id")?, &token))
        })
        .collect()
}

/// One for each profile that was made.
fn of_profiles(world: &World, request: impl Fn(&str) -> Request) -> Result<Vec<Request>> {
    let all = world.get("/connector_profiles").json(&world.address)?;
    let all = all.as_array().context("the profiles are a list")?;
    let made = all.iter().filter_map(|one| one["id"].as_str()).filter(|id| id.starts_with("cpr_"));
    Ok(made.map(request).collect())
}

/// A provider at which no account is linked.
fn spare_provider() -> Result<String> {
    providers().pop().context("there are providers")
}

fn attempt(token: &str) -> Request {
    visitor("POST", "/hub/connection_attempts", token).body(json!({ "token": token }))
}

/// A request in a session.
fn visitor(method: &'static str, path: impl Into<String>, token: &str) -> Request {
    Request::new(method, path).header("x-hub-session-token", token)
}
