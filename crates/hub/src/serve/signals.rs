//! Operating system signals that stop the Hub or make it reload its files.

use std::io;

/// The action that a signal requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Stop the Hub.
    Stop,
    /// Reload the guides and the certificate.
    Reload,
}

pub(super) use self::system::Signals;

impl Signals {
    /// Waits until a signal requests a stop.
    pub(super) async fn stop(&mut self) {
        while self.next().await != Action::Stop {}
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Action, io};

    /// The signals that a Unix daemon handles.
    pub(in super::super) struct Signals {
        terminate: Signal,
        interrupt: Signal,
        hangup: Signal,
    }

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hangup: signal(SignalKind::hangup())?,
            })
        }

        /// Waits for the next signal.
        pub(in super::super) async fn next(&mut self) -> Action {
            tokio::select! {
                _ = self.terminate.recv() => Action::Stop,
                _ = self.interrupt.recv() => Action::Stop,
                _ = self.hangup.recv() => Action::Reload,
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Action, io};

    /// Ctrl-C, the only signal that the Hub handles on non-Unix systems.
    pub(in super::super) struct Signals(());

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for the next signal.
        pub(in super::super) async fn next(&mut self) -> Action {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Action::Stop
        }
    }
}
