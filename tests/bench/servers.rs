//! The servers for `cargo xtask bench hub`: a provider that accepts all credentials, the bare handler, and a bare
//! forwarder.
//!
//! **Invariant:** the bare handler does only what linking requires: one request to the provider through the Hub's own
//! egress, and one insert that is as durable as the Hub's.

#![expect(clippy::print_stdout, reason = "each server prints its address, as the Hub does")]

use std::sync::Arc;

use anyhow::{Result, bail};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Column, ConnectOptions as _, Row as _};
use tokio::net::TcpListener;

/// The number of hosts to which the bare handler sends requests. Each host has its own connections.
const ORGANIZATIONS: u8 = 64;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let routes = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["provider"] => Router::new().fallback(provider),
        ["bare", database, provider] => bare(database, provider).await?,
        ["forward", provider] => forward(provider)?,
        ["copy-accounts", database, number] => return copy_accounts(database, number.parse()?).await,
        _ => bail!(
            "usage: servers provider | servers bare DATABASE PROVIDER | servers forward PROVIDER | \
             servers copy-accounts DATABASE NUMBER"
        ),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", json!({ "event": "started", "address": listener.local_addr()? }));
    Ok(axum::serve(listener, routes).await?)
}

/// Responds to every request as Gladly does. The first label of the host is the account's id.
async fn provider(headers: HeaderMap) -> Json<Value> {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let id = host.split('.').next().unwrap_or_default();
    Json(json!({ "id": id, "name": format!("{id} Ltd"), "timezone": "UTC" }))
}

/// Forwards every `GET` request to the provider.
fn forward(provider: &str) -> Result<Router> {
    // This fails if a cryptography provider is already installed, which then works too.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let state = Arc::new((provider.to_owned(), reqwest::Client::builder().no_proxy().build()?));
    let routes = Router::new().route("/health/ready", get(|| async {})).fallback(forwarded);
    Ok(routes.with_state(state))
}

async fn forwarded(
    State(state): State<Arc<(String, reqwest::Client)>>,
    uri: Uri,
) -> Result<Response, StatusCode> {
    let response = state.1.get(format!("{}{}", state.0, uri.path())).send().await;
    let response: axum::http::Response<reqwest::Body> = response.map_err(|_| StatusCode::BAD_GATEWAY)?.into();
    let (mut parts, body) = response.into_parts();
    parts.headers.remove("connection");
    Ok(Response::from_parts(parts, Body::new(body)))
}

async fn bare(database: &str, provider: &str) -> Result<Router> {
    let pool = pool(database).await?;
    let table = "create table bare (id text not null primary key, body text not null)";
    sqlx::raw_sql(table).execute(&pool).await?;
    let upstream = format!("**.gladly.com={provider}").parse().map_err(|_| anyhow::anyhow!("no upstream"))?;
    let policy = egress::Policy { upstreams: vec![upstream], ..egress::Policy::default() };
    let state = Arc::new((pool, egress::Egress::new(policy)?));
    let routes = Router::new().route("/hub/accounts", post(link)).route("/health/ready", get(|| async {}));
    Ok(routes.with_state(state))
}

async fn link(
    State(state): State<Arc<(AnyPool, egress::Egress)>>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|_| failed)?;
    let request = probe::Request {
        verb: guide::Verb::Get,
        host: format!("org-{}.gladly.com", nonce[0] % ORGANIZATIONS),
        port: None,
        path: "/api/v1/organization".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        permit: probe::Permit {
            patterns: vec!["**.gladly.com".parse().map_err(|_| failed)?],
            own_host: None,
        },
        certificate: None,
    };
    let probe::Answer::Response(answer) = state.1.send(&request).await else {
        return Err(StatusCode::BAD_GATEWAY);
    };
    let id = format!("{:032x}", u128::from_ne_bytes(nonce));
    sqlx::query("insert into bare (id, body) values ($1, $2)")
        .bind(id.clone())
        .bind(format!("{body}{}", String::from_utf8_lossy(&answer.body)))
        .execute(&state.0)
        .await
        .map_err(|_| failed)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "provider": "gladly" }))))
}

/// Copies the only account in a Hub's database until there is this number of accounts. The copies have no credentials.
async fn copy_accounts(database: &str, number: i64) -> Result<()> {
    let pool = pool(database).await?;
    let one = sqlx::query("select * from accounts").fetch_one(&pool).await?;
    let columns: Vec<&str> = one.columns().iter().map(Column::name).collect();
    // A copy's id and creation time contain its number. The last letter of an id must stand for zeros.
    let value = |name: &&str| match *name {
        "id" => "'acc_aaaaaaaaaaaaaaaaaaa' || letters || 'a'".to_owned(),
        "created_at" => "'2026-01-' || substr(cast(101 + n / 86400 as text), 2) || 'T' || \
                         substr(cast(100 + n / 3600 % 24 as text), 2) || ':' || \
                         substr(cast(100 + n / 60 % 60 as text), 2) || ':' || \
                         substr(cast(100 + n % 60 as text), 2) || '.000Z'"
            .to_owned(),
        other => other.to_owned(),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let letters =
        ["n / 100000 % 10", "n / 10000 % 10", "n / 1000 % 10", "n / 100 % 10", "n / 10 % 10", "n % 10"];
    let letters = letters.map(|digit| format!("substr('abcdefghij', cast(1 + {digit} as integer), 1)"));
    let sql = format!(
        "insert into accounts ({}) with recursive numbers (n) as (select 1 union all select n + 1 from numbers \
         where n + 1 < {number}), copies as (select n, {} as letters from numbers) \
         select {} from accounts cross join copies",
        columns.join(", "),
        letters.join(" || "),
        values.join(", "),
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await?;
    // Background work of the database would disturb the measurement.
    sqlx::raw_sql(if database.starts_with("sqlite") { "analyze" } else { "vacuum analyze accounts" })
        .execute(&pool)
        .await?;
    Ok(())
}

/// Opens a database with the vault's settings: the same number of connections, and commits that wait for the disk.
async fn pool(database: &str) -> Result<AnyPool> {
    sqlx::any::install_default_drivers();
    let is_file = database.starts_with("sqlite");
    let options = AnyPoolOptions::new().max_connections(if is_file { 1 } else { 16 });
    let options = options.test_before_acquire(!is_file).after_connect(move |connection, _| {
        Box::pin(async move {
            if is_file {
                let settings =
                    "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on";
                sqlx::raw_sql(settings).execute(connection).await?;
            }
            Ok(())
        })
    });
    let connect = AnyConnectOptions::from_url(&database.parse()?)?.disable_statement_logging();
    Ok(options.connect_with(connect).await?)
}
