//! Events from outside the flow: a browser returns from the provider, the checks time out, the process that runs the
//! checks dies, or someone else links an account.
//!
//! **Invariant:** an authorization code is used only once. The failures in this module are never attributed to a field.

use guide::OutcomeKind;
use probe::{Values, Verdict};

use crate::flow::{Flow, Purpose};
use crate::renew::token_step;
use crate::state::{CheckReport, CheckState, Elsewhere, RequestKind, Run, State};

impl Flow {
    /// Handles a browser's return from sign-in. `values` contains the parameters for the token request: `code`,
    /// `redirect_uri` and, with PKCE, `code_verifier`.
    pub fn signed_in(&mut self, values: Values) {
        if self.may_sign_in() {
            self.discard_tokens();
            let redirect_uri = values.iter().find(|(key, _)| key.as_str() == "redirect_uri");
            self.redirect_uri = redirect_uri.map(|(_, value)| value.expose().to_owned());
            self.start_request(Run { request: RequestKind::Exchange, tokens: values, ..Run::default() });
        }
    }

    /// Handles a browser's return without a code, because the person or the provider declined the sign-in. `parameters`
    /// are the redirect's parameters that describe the error, such as `error` and `error_description`. The guide's
    /// rules for the token endpoint also apply to them.
    pub fn sign_in_failed(&mut self, parameters: &[(String, String)]) {
        if !self.may_sign_in() {
            return;
        }
        let exchange = self.sign_in().and_then(|sign_in| token_step(sign_in, RequestKind::Exchange));
        let verdict = exchange.map(|step| {
            let case = self.case(&step.check, self.inputs(self.environment()));
            probe::judge(&case, &probe::denial(parameters), 0)
        });
        // Without a code, no rule can make the sign-in a success.
        let verdict = verdict.filter(|verdict| !verdict.outcome.is_good());
        let verdict = verdict.unwrap_or_else(|| self.standard_verdict(OutcomeKind::Unknown));
        self.fail(verdict, None, Vec::new());
    }

    /// Handles a sign-in that cannot begin, because the values from the setup do not lead to an address.
    pub fn sign_in_misconfigured(&mut self) {
        if self.may_sign_in() {
            self.fail(self.standard_verdict(OutcomeKind::Misconfigured), None, Vec::new());
        }
    }

    fn may_sign_in(&self) -> bool {
        matches!(self.state, State::Walking { .. } | State::Failed { .. })
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

    /// Makes the flow relink an account that someone else has linked since the checks found this person's account. If
    /// the two accounts differ and `purpose` does not allow a different account, the flow fails with
    /// `different_account`.
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
        self.stop_checks(|_| None);
    }

    /// Ends the checks because they took too long. The verdict is that of the last attempt at the current request.
    /// While the credentials are tried in another environment, it is the verdict for the environment that the person
    /// chose.
    pub fn give_up_checks(&mut self) {
        self.stop_checks(|run| {
            let chosen = run.elsewhere.as_ref().map(|elsewhere| &*elsewhere.verdict);
            chosen.or(run.last_verdict.as_deref()).cloned()
        });
    }

    /// Ends the checks with the given verdict. `None` stands for the verdict for a provider that cannot be reached.
    fn stop_checks(&mut self, verdict: impl FnOnce(&Run) -> Option<Verdict>) {
        let State::Checking(run) = &self.state else { return };
        let mut reports = run.reports.clone();
        if let Some(last) = reports.last_mut() {
            last.state = CheckState::Failed;
        }
        let verdict = verdict(run).unwrap_or_else(|| self.standard_verdict(OutcomeKind::Unreachable));
        self.effects.clear();
        self.fail(verdict, None, reports);
    }

    fn standard_verdict(&self, outcome: OutcomeKind) -> Verdict {
        Verdict::standard(outcome, &self.guide().provider.name, &self.product)
    }
}
