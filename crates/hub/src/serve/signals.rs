//! Signals of the operating system: to stop, or to read files again.

use std::io;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Stop the Hub.
    Stop,
    /// Read the guides and the certificate again.
    ReadAgain,
}

pub(super) use self::system::Signals;

impl Signals {
    /// Waits until a signal asks to stop.
    pub(super) async fn stop(&mut self) {
        while self.next().await != Asked::Stop {}
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Asked, io};

    /// The signals of a Unix daemon.
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
        pub(in super::super) async fn next(&mut self) -> Asked {
            tokio::select! {
                _ = self.terminate.recv() => Asked::Stop,
                _ = self.interrupt.recv() => Asked::Stop,
                _ = self.hangup.recv() => Asked::ReadAgain,
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Asked, io};

    /// Ctrl-C, the only signal on other systems.
    pub(in super::super) struct Signals(());

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for the next signal.
        pub(in super::super) async fn next(&mut self) -> Asked {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Asked::Stop
        }
    }
}
