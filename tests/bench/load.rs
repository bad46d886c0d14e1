//! What `cargo xtask bench hub` runs beside a Hub: a provider that answers at once, a bare handler to compare with, a
//! filler of databases, and what sends requests and counts.
//!
//! **Invariant:** the bare handler does what a link cannot do without (one request to the provider, one durable
//! insert) and nothing else; whoever sends requests waits for each answer, and fails on one that is no success.

#![expect(clippy::print_stdout, reason = "what it prints is what it measured")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["provider"] => provider().await,
        ["bare", database, provider] => bare(database, provider).await,
        ["fill", database, accounts] => fill(database, accounts.parse()?).await,
        ["send", workers, seconds] => send(workers.parse()?, seconds.parse()?).await,
        _ => bail!("provider | bare DATABASE PROVIDER | fill DATABASE N | send WORKERS SECONDS"),
    }
}

/// A provider that knows everybody.
async fn provider() -> Result<()> {
    let answer = || async { Json(json!({ "id": "org-1", "name": "Acme", "timezone": "UTC" })) };
    serve(Router::new().route("/api/v1/organization", get(answer))).await
}

/// The least that a link can be: ask, insert, say so.
async fn bare(database: &str, provider: &str) -> Result<()> {
    let pool = pool(database).await?;
    sqlx::raw_sql("create table bare (id text not null primary key, body text not null)")
        .execute(&pool)
        .await?;
    let upstream = format!("**.gladly.com={provider}").parse().map_err(|_| anyhow::anyhow!("no upstream"))?;
    let policy = egress::Policy { upstreams: vec![upstream], ..egress::Policy::default() };
    let state = Arc::new((pool, egress::Egress::new(policy)?));
    serve(Router::new().route("/hub/accounts", post(link)).with_state(state)).await
}

async fn link(
    State(state): State<Arc<(AnyPool, egress::Egress)>>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let pattern = "**.gladly.com".parse().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let request = probe::Request {
        verb: guide::Verb::Get,
        host: "acme.gladly.com".to_owned(),
        port: None,
        path: "/api/v1/organization".to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        permit: probe::Permit { patterns: vec![pattern], own_host: None },
        certificate: None,
    };
    let probe::Answer::Response(answer) = state.1.send(&request).await else {
        return Err(StatusCode::BAD_GATEWAY);
    };
    let id = format!("{:032x}", u128::from_ne_bytes(lot()));
    let text = format!("{body}{}", String::from_utf8_lossy(&answer.body));
    sqlx::query("insert into bare (id, body) values ($1, $2)")
        .bind(id.clone())
        .bind(text)
        .execute(&state.0)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "provider": "gladly" }))))
}

fn lot() -> [u8; 16] {
    let mut lot = [0; 16];
    getrandom::fill(&mut lot).expect("the system has randomness");
    lot
}

async fn pool(database: &str) -> Result<AnyPool> {
    sqlx::any::install_default_drivers();
    let is_file = database.starts_with("sqlite");
    let options = AnyPoolOptions::new().max_connections(if is_file { 1 } else { 16 });
    let options = options.after_connect(move |connection, _| {
        Box::pin(async move {
            if is_file {
                sqlx::raw_sql("pragma journal_mode = wal; pragma synchronous = full")
                    .execute(connection)
                    .await?;
            }
            Ok(())
        })
    });
    Ok(options.connect(database).await?)
}

async fn serve(routes: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

/// Copies the one account that is there until there are so many, with owners of their own.
async fn fill(database: &str, accounts: i64) -> Result<()> {
    let pool = pool(database).await?;
    let columns = "provider, method, environment, external_id, name, label, values_json, secret_fields_json, \
                   guide_digest, proved_json, outcome, identity_json, state, state_reason, version, kek_id, \
                   wrapped_key, checked_at, project_id, config_id, username, kind, metadata_json, hold, state_at";
    let there: i64 = sqlx::query_scalar("select count(*) from accounts").fetch_one(&pool).await?;
    let (numbers, digits, day) = if database.starts_with("sqlite") {
        (
            format!(
                "(with recursive n(i) as (select {there} union all select i + 1 from n where i < {}) select i from n)",
                accounts - 1
            ),
            "printf('%025d', n.i)",
            "strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + n.i, 'unixepoch')",
        )
    } else {
        (
            format!("(select generate_series({there}, {}) as i)", accounts - 1),
            "lpad(n.i::text, 25, '0')",
            "to_char(to_timestamp(1700000000 + n.i) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.\"000Z\"')",
        )
    };
    // Ids are letters and the digits from 2 to 7.
    let id = format!("replace(replace(replace(replace({digits}, '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd')");
    let text = format!(
        "insert into accounts (id, created_at, updated_at, owner_id, owner_name, {columns}) \
         select 'acc_' || {id} || 'a', {day}, {day}, 'owner-' || n.i, 'Owner ' || n.i, {columns} \
         from {numbers} n, (select {columns} from accounts order by created_at desc limit 1) one"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&pool).await?;
    let _ = sqlx::raw_sql("analyze").execute(&pool).await;
    Ok(())
}

/// Sends the requests that standard input lists, one a line as JSON, over and over, and prints what came of it.
async fn send(workers: usize, seconds: f64) -> Result<()> {
    let requests: Vec<Asked> = std::io::read_to_string(std::io::stdin())?
        .lines()
        .map(|line| Asked::new(&serde_json::from_str(line)?))
        .collect::<Result<_>>()?;
    let requests = Arc::new(requests);
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let begun = Instant::now();
    let tasks = (0..workers).map(|worker| tokio::spawn(work(Arc::clone(&requests), worker, workers, until)));
    let mut times = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        times.extend(task.await??);
    }
    let wall = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 1000).min(times.len().saturating_sub(1))).copied();
    let told =
        json!({ "n": times.len(), "seconds": wall, "p50": at(500), "p99": at(990), "most": times.last() });
    println!("{told}");
    Ok(())
}

/// A request as it is written.
struct Asked {
    origin: String,
    bytes: Vec<u8>,
    expect: u64,
}

impl Asked {
    fn new(line: &Value) -> Result<Self> {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let body = text("body");
        let mut head = format!("{} {} HTTP/1.1\r\nhost: bench\r\n", text("method"), text("path"));
        for (name, value) in line["headers"].as_object().into_iter().flatten() {
            head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap_or_default()));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        Ok(Self {
            origin: text("origin").to_owned(),
            bytes: head.into_bytes(),
            expect: line["expect"].as_u64().context("`expect` is a status")?,
        })
    }
}

async fn work(requests: Arc<Vec<Asked>>, first: usize, step: usize, until: Instant) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    let mut connection: Option<BufReader<TcpStream>> = None;
    let mut at = first;
    while Instant::now() < until {
        let asked = &requests[at % requests.len()];
        at += step;
        let begun = Instant::now();
        let mut stream = match connection.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(&asked.origin).await?),
        };
        stream.get_mut().write_all(&asked.bytes).await?;
        let status = read(&mut stream).await?;
        if status != asked.expect {
            bail!("status {status}, not {}", asked.expect);
        }
        times.push(begun.elapsed().as_secs_f64());
        connection = Some(stream);
    }
    Ok(times)
}

/// Reads an answer to its end.
async fn read(stream: &mut BufReader<TcpStream>) -> Result<u64> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("a status")?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<u64>().ok());
    let mut body = vec![0; usize::try_from(length.unwrap_or(0))?];
    stream.read_exact(&mut body).await?;
    if length.is_none() && head.contains("transfer-encoding: chunked") {
        bail!("an answer in chunks");
    }
    Ok(status)
}
