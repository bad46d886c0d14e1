//! The Hub's life: it starts, listens, is ready, is asked to stop, finishes what is under way, and ends.
//!
//! **Invariant:** who was told that the Hub is ready can use it; who was being answered when it was asked to stop gets
//! the answer, if it is there within the grace.

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
use crate::tasks::Stop;
use crate::telemetry::{logs, metrics};
use crate::upkeep::Upkeep;

/// What there is to say when the Hub is ready.
#[derive(Debug)]
pub struct Started {
    /// Where to go.
    pub url: String,
    /// The address that is listened on, with the port that was free.
    pub address: SocketAddr,
    /// The address of the metrics, if they have one of their own.
    pub metrics: Option<SocketAddr>,
    /// How many guides can be used.
    pub guides: usize,
    /// What was made at this start.
    pub made: Vec<String>,
    /// What is out of the ordinary.
    pub notes: Vec<String>,
    /// The first key of the project, made at the very first start and shown never again.
    pub api_key: Option<Secret>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that was under way was finished.
    Whole,
    /// Something was cut off: the grace was over, or somebody asked a second time.
    Cut,
}

/// Serves until somebody asks to stop. `started` is called when the Hub is ready.
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
    app.tasks.spawn(|stop| Upkeep::new(Arc::clone(&app.vault)).run(stop));
    if let (Some(pair), Some(config)) = (&app.settings.tls.value, certificate) {
        app.tasks.spawn(|stop| tls::watch(pair.clone(), config.clone(), stop));
    }
}

async fn numbers_upkeep(mut stop: Stop) {
    while !stop.is_asked() {
        tokio::select! {
            () = stop.asked() => {}
            () = tokio::time::sleep(Duration::from_secs(15)) => metrics::upkeep(),
        }
    }
}

/// A server that accepts connections and answers them.
struct Running {
    control: Control,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(listener: Listener, routes: Router, certificate: Option<RustlsConfig>) -> Self {
        /// Who connects and says nothing is let go of.
        const FIRST: Duration = Duration::from_secs(15);
        /// As long a connection may rest between two requests; longer than proxies commonly keep theirs.
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

    /// Takes no more connections, and waits for those that are there.
    async fn finish(self) {
        self.control.graceful_shutdown(None);
        let _ = self.task.await;
    }
}

/// Takes nothing new, and finishes what is under way; unless somebody asks `again`. Health and numbers that have an
/// address of their own are there to the end: they say that the Hub is stopping.
async fn drain(
    app: Arc<App>,
    server: Running,
    apart: Option<Running>,
    again: impl Future<Output = ()>,
) -> Ended {
    let (began, grace) = (Instant::now(), app.settings.server.shutdown_grace.value);
    let control = server.control.clone();
    app.enter(Phase::Draining);
    tracing::info!(connections = control.connection_count(), "stopping: what is under way is finished");
    let finish = async {
        server.finish().await;
        // Only now: a request under way may have waited for a task.
        app.tasks.stop_all();
        app.tasks.ended().await;
    };
    let ended = tokio::select! {
        () = finish => Ended::Whole,
        () = tokio::time::sleep(grace) => {
            tracing::warn!(seconds = grace.as_secs(), connections = control.connection_count(), "the grace is over");
            Ended::Cut
        }
        () = again => {
            tracing::warn!(connections = control.connection_count(), "asked a second time: stopping at once");
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

/// What a start makes that was not there before.
fn made(settings: &Settings) -> Vec<String> {
    let mut made = Vec::new();
    let data = &settings.data.value;
    if !data.exists() {
        made.push(format!("the folder {}", data.display()));
    }
    if let vault::KeySource::File(path) = &settings.key.value
        && !path.exists()
    {
        made.push(format!("the key {}: keep a copy, without it no account can be read", path.display()));
    }
    made
}

/// What an operator should know.
fn notes(app: &App) -> Vec<String> {
    let mut notes = app.egress.notes();
    let listens_to_all = !app.settings.server.listen.value.ip().is_loopback();
    if listens_to_all && !app.is_secure() && app.settings.server.public_url.value.is_none() {
        notes.push(
            "what people type in is sent in the clear: set `tls`, or `public_url` behind a proxy".to_owned(),
        );
    }
    notes
}

/// Reads guides and certificate again.
fn reread(app: &Arc<App>, certificate: Option<&RustlsConfig>) {
    let (shared, certificate) = (Arc::clone(app), certificate.cloned());
    app.tasks.spawn(|_| async move {
        let read = tokio::task::spawn_blocking(move || {
            shared.guides.reload();
            if let (Some(pair), Some(config)) = (&shared.settings.tls.value, &certificate) {
                tls::reload(pair, config);
            }
        });
        // A panic in there is in the log already.
        let _ = read.await;
    });
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
