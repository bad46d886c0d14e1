//! Runs a flow from the terminal: shows progress as it happens, and stops on Ctrl-C.

use driver::{Observer, Transport};
use link::{Flow, Linked};

use crate::failure::Failure;

/// Runs a flow until it needs input from the person or has an account to store. `show` is called at the start and after
/// each change. Fails if the person presses Ctrl-C.
pub(crate) async fn run(
    flow: &mut Flow,
    transport: &mut impl Transport,
    mut show: impl FnMut(&Flow) + Send,
) -> Result<Option<Box<Linked>>, Failure> {
    show(flow);
    driver::run(flow, transport, &mut Terminal(show)).await
}

/// Shows progress and listens for Ctrl-C.
struct Terminal<F>(F);

impl<F: FnMut(&Flow) + Send> Observer for Terminal<F> {
    type Stop = Failure;

    fn sending(&mut self) {
        vault::crash_point("link.request-due");
    }

    fn received(&mut self) {
        vault::crash_point("link.answer-received");
    }

    async fn changed(&mut self, flow: &Flow) -> Result<(), Failure> {
        (self.0)(flow);
        Ok(())
    }

    async fn interrupted(&mut self) -> Failure {
        let _ = tokio::signal::ctrl_c().await;
        Failure::found("interrupted")
    }
}
