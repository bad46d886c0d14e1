//! Events from outside the flow: a browser returns from the provider, the checks time out, the process that runs the
//! checks dies, or somebody else links an account.
//!
//! **Invariant:** an authorization code is used only once. The failures in this module are never attributed to a field.

use guide::OutcomeKind;
use probe::{Values, Verdict};

use crate::flow::{Flow, Purpose};
use crate::state::{CheckReport, Elsewhere, RequestKind, Run, State};

impl Flow {
    /// Handles a browser's return from sign-in. `values` contains the parameters for the token request: `code`,
    /// `redirect_uri` and, with PKCE, `code_verifier`.
    pub fn signed_in(&mut self, values: Values) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.discard_tokens();
            self.start_request(Run { request: RequestKind::Exchange, tokens: values, ..Run::default() });
        }
    }

    /// Handles a browser's return without a code, because the person or the provider declined the sign-in.
    pub fn sign_in_failed(&mut self, outcome: OutcomeKind) {
        if matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            self.fail(self.standard_verdict(outcome), None, Vec::new());
        }
    }

    /// Restarts checks that another process started. If they were trying another environment, `elsewhere` is that
    /// environment and the earlier reports. If that process was exchanging an authorization code for tokens, the
    /// exchange cannot be repeated, because the code is single-use. In that case, the flow waits for
    /// [`Flow::interrupted`].
    pub(crate) fn resume_checks(&mut self, elsewhere: Option<(Elsewhere, Vec<CheckReport>)>) {
        if let Some((elsewhere, reports)) = elsewhere {
            self.start_request(self.new_run(reports, Some(elsewhere)));
        } else if self.method().auth.needs_browser() && self.tokens.is_empty() {
            self.state = State::Checking(Run { request: RequestKind::Exchange, ..Run::default() });
        } else {
            self.check_all();
        }
    }

    /// Makes the flow relink an account that somebody else linked while the person was asked to confirm the account that
    /// was found. If that account must not be replaced with a different one, the flow fails with `different_account`.
    pub fn relink(&mut self, purpose: Purpose) {
        self.purpose = purpose;
        let State::Confirming(proof) = &self.state else { return };
        if self.is_same(proof.identity.as_ref()) {
            return;
        }
        let (found, reports) = (proof.identity.clone(), proof.reports.clone());
        let identifies = self.method().checks.iter().find(|check| check.account.is_some());
        let verdict = match (identifies, found) {
            (Some(check), Some(found)) => {
                probe::different_account(&self.case(check, self.inputs(self.environment())), found)
            }
            _ => self.standard_verdict(OutcomeKind::DifferentAccount),
        };
        self.fail(verdict, None, reports);
    }

    /// Ends the checks because the process that ran them died. The failure says nothing about the credentials.
    pub fn interrupted(&mut self) {
        self.stop_checks(OutcomeKind::Unreachable);
    }

    /// Ends the checks because they took too long. The verdict is the same as when a provider limits the request rate.
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
        Verdict::standard(outcome, &self.guide().provider.name, &self.product)
    }
}
