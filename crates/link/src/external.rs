//! Events from outside the flow: a browser returns from the provider, the checks time out, or the process that runs the
//! checks dies.
//!
//! **Invariant:** the code that a browser returns is used only once. The failures in this module are never attributed
//! to a field.

use guide::OutcomeKind;
use probe::{Values, Verdict};

use crate::flow::Flow;
use crate::state::{RequestKind, Run, State};

impl Flow {
    /// A browser returned from sign-in. `values` contains the parameters for the token request: `code`, `redirect_uri`
    /// and, with PKCE, `code_verifier`.
    pub fn signed_in(&mut self, values: Values) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.discard_tokens();
            self.start_request(Run { request: RequestKind::Exchange, tokens: values, ..Run::default() });
        }
    }

    /// A browser returned without a code, because the person or the provider declined the sign-in.
    pub fn sign_in_failed(&mut self, outcome: OutcomeKind) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.fail(self.standard_verdict(outcome), None, Vec::new());
        }
    }

    /// Restarts checks that another process started. If that process was exchanging a code from a browser for tokens,
    /// the exchange cannot be repeated, because the code is single-use. In that case, the flow waits for
    /// [`Flow::interrupted`].
    pub(crate) fn resume_checks(&mut self) {
        if self.method().auth.needs_browser() && self.tokens.is_empty() {
            self.state = State::Checking(Run { request: RequestKind::Exchange, ..Run::default() });
        } else {
            self.check_all();
        }
    }

    /// The process that ran the checks died, so nothing is known about the credentials.
    pub fn interrupted(&mut self) {
        self.stop_checks(OutcomeKind::Unreachable);
    }

    /// The checks took too long. The verdict is the same as when a provider limits the request rate.
    pub fn give_up_checks(&mut self) {
        self.stop_checks(OutcomeKind::Throttled);
    }

    fn stop_checks(&mut self, outcome: OutcomeKind) {
        let State::Checking(run) = &self.state else { return };
        let reports = run.reports.clone();
        self.effects.clear();
        self.fail(self.standard_verdict(outcome), None, reports);
    }

    fn standard_verdict(&self, outcome: OutcomeKind) -> Verdict {
        Verdict::standard(outcome, &self.guide().provider.name)
    }
}
