//! Tokens: those that end are replaced, and those that only a browser can give are asked for there.

use guide::{OutcomeKind, SignIn, TokenStep};
use probe::{Answer, Values, Verdict};

use crate::flow::Flow;
use crate::state::{At, Run};

impl Flow {
    /// Whether tokens that were refused, or are about to end, can be replaced.
    pub(crate) fn can_renew(&self, run: &Run) -> bool {
        let Some(sign_in) = self.sign_in() else { return false };
        self.can_refresh(sign_in, run) || (!sign_in.steps.is_empty() && !run.fresh)
    }

    /// Whether there is all that the request takes which renews tokens: not every provider gives what it needs.
    fn can_refresh(&self, sign_in: &SignIn, run: &Run) -> bool {
        sign_in.refresh.as_ref().is_some_and(|step| {
            probe::request(self.method(), &step.check.request, &self.inputs_of(run)).is_ok()
        })
    }

    pub(crate) fn renew(&mut self, mut run: Run) {
        // The check is begun anew after that, with a report of its own.
        run.reports.pop();
        let then = match run.at {
            At::Check(check) => check,
            At::SignIn(_) | At::Exchange | At::Refresh => 0,
        };
        let can_refresh = self.sign_in().is_some_and(|sign_in| self.can_refresh(sign_in, &run));
        let run = Run { then, renewed: true, attempts: 0, ..run };
        if can_refresh {
            self.go(Run { at: At::Refresh, ..run });
        } else {
            self.go(Run { at: At::SignIn(0), tokens: Values::new(), tokens_end: None, ..run });
        }
    }

    /// Forgets what signing in gave: it was got with other credentials, or belongs to another host.
    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.clear();
        self.tokens_end = None;
    }

    /// Whether tokens can be got without a browser, so that other credentials are seen to work by signing in.
    pub(crate) fn can_sign_in(&self) -> bool {
        self.sign_in().is_some_and(|sign_in| !sign_in.steps.is_empty())
    }

    /// The verdict on a method that a terminal cannot lead through.
    pub(crate) fn needs_browser(&self) -> Verdict {
        let refused = Answer::Failed { fault: guide::Fault::Refused, detail: "no browser".to_owned() };
        let mut verdict = match self.method().checks.first() {
            Some(check) => probe::judge(&self.case(check, self.inputs(self.environment())), &refused, 0),
            None => Verdict::of_kind(OutcomeKind::Misconfigured),
        };
        let name = &self.guide().provider.name;
        verdict.outcome = OutcomeKind::Misconfigured;
        verdict.says =
            format!("{name} is linked with {} by signing in in a browser.", self.method().label).into();
        verdict.fix = "Link it on a page of the Hub.".to_owned().into();
        verdict
    }
}

/// The request of signing in at a place.
pub(crate) fn token_step(sign_in: &SignIn, at: At) -> Option<&TokenStep> {
    match at {
        At::SignIn(step) => sign_in.steps.get(step),
        At::Exchange => sign_in.redirect.as_ref().map(|redirect| &redirect.exchange),
        At::Refresh => sign_in.refresh.as_ref(),
        At::Check(_) => None,
    }
}
