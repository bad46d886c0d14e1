//! What happens outside of the flow: a browser comes back from the provider, time runs out, a process is gone.
//!
//! **Invariant:** what a browser brought back is good once; nothing that happens outside is laid at anybody's door.

use guide::OutcomeKind;
use probe::{Values, Verdict};

use crate::flow::Flow;
use crate::state::{At, Run, State};

impl Flow {
    /// A browser brought back what tokens can be made of: `code`, `redirect_uri`, and `code_verifier` with PKCE.
    pub fn signed_in(&mut self, given: Values) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.forget_tokens();
            let run = Run { at: At::Exchange, tokens: given, ..self.new_run(Vec::new(), None) };
            self.go(run);
        }
    }

    /// A browser came back without: somebody said no, or the provider did.
    pub fn sign_in_failed(&mut self, outcome: OutcomeKind) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.fail(self.plain(outcome), None, Vec::new());
        }
    }

    /// Checks that were under way elsewhere are begun anew; but those that hang on what a browser brought back, which is
    /// good once, can only be waited for.
    pub(crate) fn resume_checks(&mut self) {
        if self.method().auth.needs_browser() && self.tokens.is_empty() {
            self.state = State::Checking(Run { at: At::Exchange, ..self.new_run(Vec::new(), None) });
        } else {
            self.check_all();
        }
    }

    /// Nobody makes the checks any more that were under way: nothing can be said about the credentials.
    pub fn interrupted(&mut self) {
        let State::Checking(run) = &self.state else { return };
        let reports = run.reports.clone();
        self.effects.clear();
        self.fail(self.plain(OutcomeKind::Unreachable), None, reports);
    }

    /// There is no more time for the checks: as if the provider had gone on asking for patience.
    pub fn give_up_checks(&mut self) {
        let State::Checking(run) = &self.state else { return };
        let reports = run.reports.clone();
        self.effects.clear();
        self.fail(self.plain(OutcomeKind::Throttled), None, reports);
    }

    /// The verdict with the taxonomy's own words.
    fn plain(&self, kind: OutcomeKind) -> Verdict {
        Verdict::plain(kind, &self.guide().provider.name)
    }
}
