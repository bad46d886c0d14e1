//! Runs the Hub: starts it, listens, and stops gracefully.
//!
//! **Invariant:** the Hub reports that it is ready only when it can handle requests. After it receives a signal to
//! stop, requests in progress have until the end of the grace period to finish, and other connections do not delay the
//! stop by more than a few seconds.

mod check;
mod descriptors;
mod listen;
mod share;
mod signals;
mod start;
mod stream;
pub(crate) mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Control, Handle, Server};
use secret::Secret;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use self::check::{Check, Verdict, check, is_good};
#[cfg(test)]
pub(crate) use self::start::app;
pub use self::start::{ServeError, open_vault};
pub use self::tls::TlsError;

use self::listen::{ConnectionLimits, Limited, Listener};
use self::signals::{Action, Signals};
use crate::app::{App, Phase};
use crate::connection::{Connections, Peer};
use crate::leases::Leases;
use crate::router;
use crate::settings::{SetBy, Settings};
use crate::tasks::Tasks;
use crate::telemetry::{logs, metrics};
use crate::upkeep::Upkeep;

/// What the Hub reports when it is ready.
#[derive(Debug)]
pub struct Started {
    /// The URL at which clients reach the Hub.
    pub url: String,
    /// The address that the Hub listens on, with the actual port if the setting's port is 0.
    pub address: SocketAddr,
    /// The separate address for the metrics, if one is set.
    pub metrics: Option<SocketAddr>,
    /// The number of guides in use.
    pub guides: usize,
    /// Descriptions of the files and folders that were created during this start, such as the key file.
    pub created: Vec<String>,
    /// Warnings for the operator.
    pub notes: Vec<String>,
    /// The project's first API key. The key is created when the Hub starts for the first time, and is shown only then.
    pub api_key: Option<Secret>,
}

/// How the Hub stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All requests and tasks finished.
    Finished,
    /// Requests or tasks were aborted, because the grace period ended or a second signal arrived.
    Aborted,
}

/// How long the Hub waits, when it stops immediately, for requests and tasks that are about to end.
const MOMENT: Duration = Duration::from_secs(1);

/// Runs the Hub until a signal stops it. Calls `started` when the Hub is ready.
pub async fn serve(settings: Settings, started: impl FnOnce(Started)) -> Result<Ended, ServeError> {
    logs::start(&settings);
    if settings.metrics.enabled.value {
        metrics::start();
    }
    let mut signals = Signals::listen()?;
    let created = created(&settings);
    let exposed = check::exposed_files(&settings);
    let descriptors = descriptors::raise();
    let limits = ConnectionLimits::new(&settings, descriptors::connections(descriptors));
    let (own, metrics) = (&settings.server.listen, &settings.metrics.listen);
    let (listener, address) = listen(own.value, &own.set_by, limits.clone()).await?;
    let metrics_listener = match metrics.value.filter(|_| settings.metrics.enabled.value) {
        Some(address) => Some(listen(address, &metrics.set_by, limits.clone().for_metrics()).await?),
        None => None,
    };
    let certificate = settings.tls.value.as_ref().map(tls::load).transpose()?.map(RustlsConfig::from_config);
    let app = Arc::new(start::app(settings, address).await?);
    let api_key = start::first_key(&app).await?;
    spawn_background_tasks(&app, certificate.as_ref());

    let server = Running::start(listener, router::router(&app), certificate.clone());
    let (metrics_server, metrics) = metrics_listener
        .map(|(listener, address)| (Running::start(listener, router::numbers(&app), None), address))
        .unzip();
    app.enter(Phase::Ready);
    tracing::info!(%address, guides = app.guides.count(), version = env!("CARGO_PKG_VERSION"), "ready");
    let mut notes = notes(&app);
    notes.extend(exposed);
    notes.extend(limits.note(&app.settings));
    notes.extend(descriptors::note(app.settings.limits.connections.value, descriptors));
    for note in &notes {
        tracing::warn!("{note}");
    }
    started(Started {
        url: app.public_url.to_string(),
        address,
        metrics,
        guides: app.guides.count(),
        created,
        notes,
        api_key,
    });
    while signals.next().await == Action::Reload {
        reload(&app, certificate.as_ref());
    }
    Ok(drain(app, server, metrics_server, signals.stop()).await)
}

async fn listen(
    address: SocketAddr,
    set_by: &SetBy,
    limits: ConnectionLimits,
) -> Result<(Listener, SocketAddr), ServeError> {
    let failed = |cause| ServeError::Listen { address, set_by: set_by.clone(), cause };
    let listener = Listener::bind(address, limits).await.map_err(failed)?;
    let bound = listener.address().map_err(failed)?;
    Ok((listener, bound))
}

/// Starts the tasks that run until the Hub stops.
fn spawn_background_tasks(app: &Arc<App>, certificate: Option<&RustlsConfig>) {
    app.tasks.spawn(|stop| Arc::clone(&app.guides).watch(stop));
    app.tasks.spawn(numbers_upkeep);
    let upkeep = Upkeep {
        vault: Arc::clone(&app.vault),
        leases: Leases::new(Arc::clone(&app.vault), Arc::clone(&app.tasks)),
        retention: app.settings.retention.clone(),
    };
    app.tasks.spawn(|stop| upkeep.run(stop));
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
    connections: Connections,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(listener: Listener, routes: Router, certificate: Option<RustlsConfig>) -> Self {
        /// The maximum time from accepting a connection to its first request.
        const FIRST_REQUEST: Duration = Duration::from_secs(15);
        /// The maximum number of bytes of a response that an HTTP/2 connection buffers. Its client must take them within
        /// the idle timeout.
        const UNSENT: usize = 128 << 10;
        let (control, connections) = (Control::new(), listener.connections());
        let mut server = Server::<Limited>::from_listener(listener)
            .handle(Handle::with_control(control.clone()))
            .first_request_timeout(FIRST_REQUEST);
        server.http_builder().http2().max_concurrent_streams(100).max_send_buf_size(UNSENT);
        let service = routes.into_make_service_with_connect_info::<Peer>();
        let task = match certificate {
            Some(config) => tokio::spawn(server.acceptor(RustlsAcceptor::new(config)).serve(service)),
            // Browsers, and most proxies, use HTTP/2 only over TLS.
            None => tokio::spawn(server.http1_only().serve(service)),
        };
        Self { control, connections, task }
    }

    /// Stops accepting connections, and waits until the open connections are closed.
    async fn finish(self) {
        self.connections.stop();
        self.control.graceful_shutdown(None);
        let _ = self.task.await;
    }

    /// Stops immediately, except that requests in progress have a moment to finish.
    async fn end(self) {
        self.control.graceful_shutdown(None);
        let _ = timeout(MOMENT, self.connections.finished()).await;
        self.control.shutdown();
        let _ = self.task.await;
    }
}

/// Stops accepting requests after the delay from the settings, and finishes the requests in progress unless
/// `second_signal` completes first. The separate server for health and metrics keeps running until the end, so that it
/// can report that the Hub is stopping.
async fn drain(
    app: Arc<App>,
    server: Running,
    metrics_server: Option<Running>,
    second_signal: impl Future<Output = ()>,
) -> Ended {
    let (began, settings) = (Instant::now(), &app.settings.server);
    let (delay, grace) = (settings.shutdown_delay.value, settings.shutdown_grace.value);
    let (control, connections) = (server.control.clone(), server.connections.clone());
    app.enter(Phase::Draining);
    tracing::info!(
        requests = connections.requests(),
        connections = control.connection_count(),
        "stopping: finishing requests in progress"
    );
    let finish = async {
        tokio::time::sleep(delay).await;
        server.finish().await;
        // Tasks stop last, because a request in progress may be waiting for a task.
        app.tasks.stop_all();
        app.tasks.ended().await;
    };
    let is_finished = tokio::select! {
        () = finish => true,
        () = tokio::time::sleep(delay + grace) => {
            tracing::warn!(seconds = grace.as_secs(), requests = connections.requests(), "the grace period has ended; stopping immediately");
            false
        }
        () = second_signal => {
            tracing::warn!(requests = connections.requests(), "received a second stop signal; stopping immediately");
            false
        }
    };
    let ended =
        if is_finished { Ended::Finished } else { stop_now(&app.tasks, &control, &connections).await };
    if let Some(server) = metrics_server {
        server.end().await;
    }
    if let Err(error) = app.recorder.flush().await {
        tracing::error!(%error, "uses of credentials are missing from the audit trail");
    }
    match Arc::try_unwrap(app) {
        Ok(app) => app.close().await,
        Err(_) => tracing::debug!("the database was not closed"),
    }
    tracing::info!(milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), "stopped");
    ended
}

/// Closes all connections and stops all tasks. Nothing is aborted if the connections have no requests in progress, and
/// the tasks only wait for the Hub to stop.
async fn stop_now(tasks: &Tasks, control: &Control, connections: &Connections) -> Ended {
    let requests = connections.requests();
    control.shutdown();
    tasks.stop_all();
    if requests == 0 && timeout(MOMENT, tasks.ended()).await.is_ok() {
        Ended::Finished
    } else {
        Ended::Aborted
    }
}

/// Describes the files and folders that starting the Hub will create.
fn created(settings: &Settings) -> Vec<String> {
    let mut created = Vec::new();
    let data = &settings.data.value;
    if !data.exists() {
        created.push(format!("the folder {}", data.display()));
    }
    if let vault::KeySource::File(path) = &settings.key.value
        && !path.exists()
    {
        created.push(format!(
            "the key {}: keep a copy, because no account can be read without it",
            path.display()
        ));
    }
    created
}

/// Returns warnings for the operator.
fn notes(app: &App) -> Vec<String> {
    let mut notes = app.egress.notes();
    notes.extend(check::exposure(&app.settings).map(|check| check.to_note()));
    notes.extend(app.settings.tls.value.as_ref().and_then(tls::exposed_key));
    notes
}

/// Reloads the guides and the certificate.
fn reload(app: &Arc<App>, certificate: Option<&RustlsConfig>) {
    let (shared, certificate) = (Arc::clone(app), certificate.cloned());
    app.tasks.spawn(|_| async move {
        let read = tokio::task::spawn_blocking(move || {
            shared.guides.reload();
            if let (Some(pair), Some(config)) = (&shared.settings.tls.value, &certificate) {
                tls::reload(pair, config);
            }
        });
        // If the task panicked, the panic has already been logged.
        let _ = read.await;
    });
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
