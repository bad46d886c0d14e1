//! What the system tells: to stop, or to read files again.

use std::io;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To stop.
    Stop,
    /// To read guides and certificate again.
    ReadAgain,
}

pub(super) use self::system::Signals;

impl Signals {
    /// Waits until somebody asks to stop.
    pub(super) async fn stop(&mut self) {
        while self.next().await != Asked::Stop {}
    }
}

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Asked, io};

    /// The signals of a daemon.
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

        /// The next that is told.
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

    /// Ctrl-C; there is nothing else.
    pub(in super::super) struct Signals(());

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// The next that is told.
        pub(in super::super) async fn next(&mut self) -> Asked {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Asked::Stop
        }
    }
}
