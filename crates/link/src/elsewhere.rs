//! Tries the same credentials in the method's other environments.
//!
//! **Invariant:** credentials are never sent to another environment without the person's consent, and never if someone else
//! entered a secret among them.

use probe::Verdict;

use crate::flow::Flow;
use crate::state::{Elsewhere, Run, State};

impl Flow {
    /// Tries the same credentials in the other environments. Call this only after the person has agreed.
    pub fn ask_elsewhere(&mut self) {
        let State::Failed { verdict, reports, .. } = &self.state else { return };
        if !self.may_ask_elsewhere(verdict) {
            return;
        }
        let keys = self.method().environments.iter().map(|environment| environment.key.clone());
        let mut others = keys.filter(|key| Some(key) != self.environment.as_ref());
        let Some(first) = others.next() else { return };
        let elsewhere = Elsewhere { environment: first, rest: others.collect(), verdict: verdict.clone() };
        self.start_request(self.new_run(reports.clone(), Some(elsewhere)));
    }

    /// Switches to the environment that accepted the credentials and repeats the checks. Keeps the credentials, because
    /// that environment has already received them. Discards the tokens.
    pub fn switch_environment(&mut self) {
        let State::Failed { belongs_to: Some(environment), .. } = &self.state else { return };
        self.environment = Some(environment.clone());
        self.discard_tokens();
        self.check_all();
    }

    /// Makes the flow fail because another environment accepted the credentials.
    pub(crate) fn fail_wrong_environment(&mut self, run: &Run, elsewhere: &Elsewhere) {
        let Some(environment) = self.method().environment(elsewhere.environment.as_str()) else { return };
        let Some(check) = self.check_for(run.request) else { return };
        let case = self.case(check, self.inputs(self.environment()));
        let mut verdict = probe::wrong_environment(&case, environment);
        verdict.at_field.clone_from(&elsewhere.verdict.at_field);
        verdict.return_to.clone_from(&elsewhere.verdict.return_to);
        let key = environment.key.clone();
        self.fail(verdict, Some(key), run.reports.clone());
    }

    /// Tries the next environment, because the current one also rejected the credentials. If none is left, the flow
    /// fails with the verdict for the environment that the person chose.
    pub(crate) fn try_next_environment(&mut self, run: Run, mut elsewhere: Elsewhere) {
        if elsewhere.rest.is_empty() {
            let verdict = Verdict { ask_elsewhere: false, ..*elsewhere.verdict };
            return self.fail(verdict, None, run.reports);
        }
        elsewhere.environment = elsewhere.rest.remove(0);
        self.start_request(self.new_run(run.reports, Some(elsewhere)));
    }
}
