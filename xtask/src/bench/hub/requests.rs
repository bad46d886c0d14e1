//! Measures requests through an account, compared with nginx as a reverse proxy and with a bare forwarder.
//!
//! **Invariant:** every server forwards the same request to the same provider, which is also nginx and responds with the
//! same body.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::client::Connection;
use super::servers::{Server, example, hub};
use super::{WORKERS, create_key, create_session, link};
use crate::bench::process::cpu_of;
use crate::bench::run::{Figures, Row, Run, World};
use crate::install;
use crate::postgres;

/// The path of the request, at the provider.
const PATH: &str = "/api/v1/organization";

/// Something that forwards requests.
struct Target {
    name: &'static str,
    server: Server,
    path: String,
    headers: Vec<(&'static str, String)>,
    samples: Vec<f64>,
    wall: f64,
    cpu: f64,
}

/// Sends requests to all targets in turns, so that changes in the machine's speed affect all of them.
pub(crate) fn requests(run: &Run, on_postgres: bool, world: &World) -> Result<Vec<Row>> {
    let folder = world.create_folder(run.name)?;
    if install::find("nginx").is_none() && !Path::new("/usr/sbin/nginx").exists() {
        install::debian(&["nginx"])?;
    }
    let provider = nginx(&folder, "provider", |_| {
        "location / { default_type application/json; return 200 '{\"id\":\"org\",\"name\":\"Acme\"}'; }"
            .to_owned()
    })?;
    let database = on_postgres.then(|| postgres::Server::start(true)).transpose()?;
    let url = database.as_ref().map(|server| server.create_database("hub")).transpose()?;
    let hub =
        Server::start(hub(world, &folder, &provider)?.envs(url.map(|url| ("WAYSTONE_DATABASE_URL", url))))?;
    let key = create_key(&hub, &["platform:write", "requests"])?;
    let account = account(&hub, &key)?;
    let proxy = nginx(&folder, "proxy", |_| {
        "location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ''; }"
            .to_owned()
            + &format!("}} upstream provider {{ server {}; keepalive 64;", provider.address)
    })?;
    let bare = Server::start(&mut example(&["forward", &format!("http://{}", provider.address)]))?;
    let target = |name, server, path: String, headers| Target {
        name,
        server,
        path,
        headers,
        samples: Vec::new(),
        wall: 0.0,
        cpu: 0.0,
    };
    let through = format!("/accounts/{account}/proxy{PATH}");
    let mut targets = [
        target("provider", provider, PATH.to_owned(), Vec::new()),
        target("nginx", proxy, PATH.to_owned(), Vec::new()),
        target("bare forwarder", bare, PATH.to_owned(), Vec::new()),
        target("through an account", hub, through, vec![("authorization", key)]),
    ];
    let (turns, seconds) = if world.quick { (1, 1) } else { (3, 5) };
    for _ in 0..turns {
        for target in &mut targets {
            take_turn(target, Duration::from_secs(seconds))?;
        }
    }
    let rows = targets.into_iter().map(|target| {
        let n = f64::from(u32::try_from(target.samples.len())?);
        let figures = Figures {
            rate: Some(n / target.wall),
            cpu: Some(target.cpu / n),
            ..Figures::new(target.samples, 1)
        };
        let row = Row::new(run, &format!("{}: {}", run.name, target.name), Some(figures));
        Ok(Row { baseline: Some(format!("{}: nginx", run.name)), ..row })
    });
    rows.collect()
}

/// Links an account and returns its id.
pub(super) fn account(hub: &Server, key: &str) -> Result<String> {
    let mut connection = Connection::open(&hub.address)?;
    let token = create_session(key, &mut connection, "customer")?;
    let response: Value = serde_json::from_str(&link(&mut connection, token, 0, 0)?)?;
    Ok(response["id"].as_str().context("the link returned no account")?.to_owned())
}

/// Starts nginx with one process, as a server whose configuration `locations` returns.
fn nginx(folder: &Path, name: &str, locations: impl Fn(u16) -> String) -> Result<Server> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let folder = folder.join(name);
    std::fs::create_dir(&folder)?;
    let temp: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", folder.join(kind).display()))
        .concat();
    let configuration = format!(
        "daemon off; master_process off; pid {pid}; error_log stderr error;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000;\n{temp}\
         server {{ listen 127.0.0.1:{port}; location /health/ready {{ return 200; }} {} }} }}\n",
        locations(port),
        pid = folder.join("pid").display(),
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, configuration)?;
    let program = install::find("nginx").unwrap_or_else(|| "/usr/sbin".into()).join("nginx");
    let mut command = Command::new(program);
    command.arg("-c").arg(&file).arg("-p").arg(&folder);
    Server::start_at(&mut command, format!("127.0.0.1:{port}"))
}

fn take_turn(target: &mut Target, length: Duration) -> Result<()> {
    let Target { server, path, headers, .. } = target;
    let connections: Vec<Connection> =
        (0..WORKERS).map(|_| Connection::open(&server.address)).collect::<Result<_>>()?;
    let (cpu_before, start) = (cpu_of(server.id())?, Instant::now());
    let samples = thread::scope(|scope| -> Result<Vec<f64>> {
        let (path, headers) = (path.as_str(), headers.as_slice());
        let work = |mut connection: Connection| {
            scope.spawn(move || -> Result<Vec<f64>> {
                let mut samples = Vec::new();
                while start.elapsed() < length {
                    let sent = Instant::now();
                    connection.request("GET", path, headers, "")?;
                    samples.push(sent.elapsed().as_secs_f64());
                }
                Ok(samples)
            })
        };
        let workers: Vec<_> = connections.into_iter().map(work).collect();
        let mut samples = Vec::new();
        for worker in workers {
            samples.extend(worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??);
        }
        Ok(samples)
    })?;
    target.wall += start.elapsed().as_secs_f64();
    target.cpu += cpu_of(target.server.id())? - cpu_before;
    target.samples.extend(samples);
    Ok(())
}
