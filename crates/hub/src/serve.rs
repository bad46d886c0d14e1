//! Runs the Hub: starts it, listens, and stops gracefully.
//!
//! **Invariant:** once the Hub reports that it is ready, it can be used. When it is asked to stop, requests in progress
//! still get their response if it is ready within the grace period.

mod check;
mod listen;
mod signals;
mod start;
pub(crate) mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Control, Handle, Server};
use secret::Secret;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use self::check::{Check, Verdict, check, is_good};
#[cfg(test)]
pub(crate) use self::start::app;
pub use self::start::{ServeError, open_vault};
pub use self::tls::TlsError;

use self::listen::{Counted, Listener};
use self::signals::{Asked, Signals};
use crate::app::{App, Phase};
use crate::client::Peer;
use crate::router;
use crate::settings::Settings;
use crate::telemetry::{logs, metrics};
use crate::upkeep;

/// What to report when the Hub is ready.
#[derive(Debug)]
pub struct Started {
    /// The URL at which the Hub is reached.
    pub url: String,
    /// The address that the Hub listens on, with the actual port.
    pub address: SocketAddr,
    /// The separate address of the metrics, if they have one.
    pub metrics: Option<SocketAddr>,
    /// The number of guides in use.
    pub guides: usize,
    /// What this start created, such as the key file.
    pub made: Vec<String>,
    /// Warnings for the operator.
    pub notes: Vec<String>,
    /// The project's first API key, which is created at the very first start and shown only then.
    pub api_key: Option<Secret>,
}

/// How the Hub ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All requests and tasks were finished.
    Whole,
    /// Something was aborted, because the grace period ended or the Hub was asked to stop a second time.
    Cut,
}

/// Serves until the Hub is asked to stop. Calls `started` when it is ready.
pub async fn serve(settings: Settings, started: impl FnOnce(Started)) -> Result<Ended, ServeError> {
    logs::start(&settings);
    if settings.metrics.enabled.value {
        metrics::start();
    }
    let mut signals = Signals::listen().map_err(ServeError::Io)?;
    let made = made(&settings);
    let (listener, address) =
        listen(&settings, settings.server.listen.value, &settings.server.listen.set_by).await?;
    let apart = match settings.metrics.listen.value.filter(|_| settings.metrics.enabled.value) {
        Some(address) => Some(listen(&settings, address, &settings.metrics.listen.set_by).await?),
        None => None,
    };
    let certificate = match &settings.tls.value {
        Some(pair) => Some(RustlsConfig::from_config(tls::load(pair).map_err(ServeError::Tls)?)),
        None => None,
    };
    let app = Arc::new(start::app(settings, address).await?);
    let api_key = start::first_key(&app).await?;
    spawn_background_tasks(&app, certificate.as_ref());

    let metrics_at = apart.as_ref().map(|(_, address)| *address);
    let server = Running::start(listener, router::router(&app), certificate.clone());
    let apart = apart.map(|(listener, _)| Running::start(listener, router::numbers(&app), None));
    app.enter(Phase::Ready);
    tracing::info!(%address, guides = app.guides.count(), version = env!("CARGO_PKG_VERSION"), "ready");
    let notes = notes(&app);
    for note in &notes {
        tracing::warn!("{note}");
    }
    started(Started {
        url: app.public_url.to_string(),
        address,
        metrics: metrics_at,
        guides: app.guides.count(),
        made,
        notes,
        api_key,
    });
    while signals.next().await == Asked::ReadAgain {
        reread(&app, certificate.as_ref());
    }
    Ok(drain(app, server, apart, signals.stop()).await)
}

async fn listen(
    settings: &Settings,
    address: SocketAddr,
    set_by: &crate::settings::SetBy,
) -> Result<(Listener, SocketAddr), ServeError> {
    let failed = |cause| ServeError::Listen { address, set_by: set_by.clone(), cause };
    let listener = Listener::bind(address, settings.limits.connections.value).await.map_err(failed)?;
    let bound = listener.address().map_err(failed)?;
    Ok((listener, bound))
}

/// Starts the tasks that run for as long as the Hub does.
fn spawn_background_tasks(app: &Arc<App>, certificate: Option<&RustlsConfig>) {
    app.tasks.spawn(|stop| Arc::clone(&app.guides).watch(stop));
    app.tasks.spawn(numbers_upkeep);
    app.tasks.spawn(|stop| upkeep::run(Arc::clone(&app.vault), stop));
    if let (Some(pair), Some(config)) = (&app.settings.tls.value, certificate) {
        app.tasks.spawn(|stop| tls::watch(pair.clone(), config.clone(), stop));
    }
}

async fn numbers_upkeep(stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(15))).await.is_some() {
        metrics::upkeep();
    }
}

/// A server that accepts connections and handles their requests.
struct Running {
    control: Control,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(listener: Listener, routes: Router, certificate: Option<RustlsConfig>) -> Self {
        /// How long a new connection may stay silent before it is closed.
        const FIRST: Duration = Duration::from_secs(15);
        /// How long a connection may be idle between two requests; longer than proxies usually keep theirs.
        const REST: Duration = Duration::from_secs(75);
        let control = Control::new();
        let mut server = Server::<Counted>::from_listener(listener)
            .handle(Handle::with_control(control.clone()))
            .first_request_timeout(FIRST);
        server.http_builder().http1().header_read_timeout(REST);
        server.http_builder().http2().keep_alive_interval(REST).max_concurrent_streams(100);
        let service = routes.into_make_service_with_connect_info::<Peer>();
        let task = match certificate {
            Some(config) => tokio::spawn(server.acceptor(RustlsAcceptor::new(config)).serve(service)),
            None => tokio::spawn(server.serve(service)),
        };
        Self { control, task }
    }

    /// Accepts no more connections, and waits for the open ones.
    async fn finish(self) {
        self.control.graceful_shutdown(None);
        let _ = self.task.await;
    }
}

/// Accepts no new requests, and finishes those in progress, unless `again` asks to stop at once. Health and metrics on
/// a separate address are served to the end, so that they report that the Hub is stopping.
async fn drain(
    app: Arc<App>,
    server: Running,
    apart: Option<Running>,
    again: impl Future<Output = ()>,
) -> Ended {
    let (began, grace) = (Instant::now(), app.settings.server.shutdown_grace.value);
    let control = server.control.clone();
    app.enter(Phase::Draining);
    tracing::info!(connections = control.connection_count(), "stopping: finishing requests in progress");
    let finish = async {
        server.finish().await;
        // Tasks stop last, because a request in progress may wait for one.
        app.tasks.stop_all();
        app.tasks.ended().await;
    };
    let ended = tokio::select! {
        () = finish => Ended::Whole,
        () = tokio::time::sleep(grace) => {
            tracing::warn!(seconds = grace.as_secs(), connections = control.connection_count(), "the grace period is over; stopping at once");
            Ended::Cut
        }
        () = again => {
            tracing::warn!(connections = control.connection_count(), "asked to stop a second time; stopping at once");
            Ended::Cut
        }
    };
    if ended == Ended::Cut {
        app.tasks.stop_all();
        control.shutdown();
    }
    if let Some(apart) = apart {
        apart.control.shutdown();
        let _ = apart.task.await;
    }
    match Arc::try_unwrap(app) {
        Ok(app) => app.close().await,
        Err(_) => tracing::debug!("the database was not closed"),
    }
    tracing::info!(milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), "stopped");
    ended
}

/// Lists what a start will create.
fn made(settings: &Settings) -> Vec<String> {
    let mut made = Vec::new();
    let data = &settings.data.value;
    if !data.exists() {
        made.push(format!("the folder {}", data.display()));
    }
    if let vault::KeySource::File(path) = &settings.key.value
        && !path.exists()
    {
        made.push(format!(
            "the key {}: keep a copy, because no account can be read without it",
            path.display()
        ));
    }
    made
}

/// Returns warnings for the operator.
fn notes(app: &App) -> Vec<String> {
    let mut notes = app.egress.notes();
    let listens_to_all = !app.settings.server.listen.value.ip().is_loopback();
    if listens_to_all && !app.is_secure() && app.settings.server.public_url.value.is_none() {
        notes.push("credentials are sent unencrypted: set `tls`, or `public_url` behind a proxy".to_owned());
    }
    notes
}

/// Reads the guides and the certificate again.
fn reread(app: &Arc<App>, certificate: Option<&RustlsConfig>) {
    let (shared, certificate) = (Arc::clone(app), certificate.cloned());
    app.tasks.spawn(|_| async move {
        let read = tokio::task::spawn_blocking(move || {
            shared.guides.reload();
            if let (Some(pair), Some(config)) = (&shared.settings.tls.value, &certificate) {
                tls::reload(pair, config);
            }
        });
        // A panic has been logged already.
        let _ = read.await;
    });
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
