//! Replaces tokens that expire or are rejected, and detects when a sign-in needs a browser.

use guide::{Ours, OutcomeKind, SignIn, Target, Template, TokenStep};
use probe::{Answer, Values, Verdict};

use crate::flow::Flow;
use crate::state::{RequestKind, Run};

/// Tokens that expire within this many seconds are renewed before they are used.
const EXPIRY_MARGIN: i64 = 10;

impl Flow {
    /// Returns whether tokens that were rejected or are about to expire can be replaced without a browser.
    pub(crate) fn can_renew(&self, run: &Run) -> bool {
        let Some(sign_in) = self.sign_in() else { return false };
        self.can_refresh(sign_in, run) || (!sign_in.steps.is_empty() && !run.fresh)
    }

    /// Returns whether the tokens have expired or are about to expire, and can be renewed without a browser. They must
    /// then be renewed before they are used. `now` is the current time in Unix seconds.
    ///
    /// Tokens that cannot be renewed are used until the provider rejects them: the lifetime that it reported may not
    /// apply.
    pub fn must_renew_tokens(&self, now: i64) -> bool {
        expires_soon(self.tokens_expire_at, now)
            && self.can_renew(&Run { tokens: self.tokens.clone(), ..Run::default() })
    }

    /// Returns whether the tokens can be refreshed: the guide has a refresh request, and the provider has returned the
    /// tokens that the request sends. If the request cannot be built for another reason, the flow signs in again; if
    /// that requires a browser, it attempts the refresh, which fails with the reason.
    fn can_refresh(&self, sign_in: &SignIn, run: &Run) -> bool {
        sign_in.refresh.as_ref().is_some_and(|step| {
            let request = &step.check.request;
            let references = request.templates().into_iter().flat_map(Template::references);
            let mut tokens = references.filter_map(|reference| {
                if let Target::Token(key) = &reference.target { Some(key) } else { None }
            });
            tokens.all(|key| run.tokens.contains_key(key))
                && (!self.can_sign_in()
                    || probe::request(self.method(), request, &self.inputs_of(run)).is_ok())
        })
    }

    /// Refreshes the tokens if possible; otherwise, signs in again. Then repeats the current check.
    pub(crate) fn renew(&mut self, mut run: Run) {
        // The report is added again when the check is repeated.
        run.reports.pop();
        let next_check = match run.request {
            RequestKind::Check(check) => check,
            RequestKind::SignIn(_) | RequestKind::Exchange | RequestKind::Refresh => 0,
        };
        let can_refresh = self.sign_in().is_some_and(|sign_in| self.can_refresh(sign_in, &run));
        let run = Run { next_check, renewed: true, ..run };
        if can_refresh {
            self.start_request(run.with_request(RequestKind::Refresh));
        } else {
            self.sign_in_again(run);
        }
    }

    /// Starts sign-in again from its first step, without the current tokens.
    pub(crate) fn sign_in_again(&mut self, run: Run) {
        let run = Run { tokens: Values::new(), ..run };
        self.start_request(run.with_request(RequestKind::SignIn(0)));
    }

    /// Discards the tokens from sign-in, because they were obtained with different credentials or for a different host.
    pub(crate) fn discard_tokens(&mut self) {
        self.tokens.clear();
        self.tokens_expire_at = None;
    }

    /// Returns whether the flow can sign in on its own, without a browser.
    pub(crate) fn can_sign_in(&self) -> bool {
        self.sign_in().is_some_and(|sign_in| !sign_in.steps.is_empty())
    }

    /// Returns the verdict for a method whose sign-in needs a browser when no browser is available.
    pub(crate) fn browser_needed(&self) -> Verdict {
        let name = &self.guide().provider.name;
        let refused = Answer::Failed { fault: guide::Fault::Refused, detail: "no browser".to_owned() };
        let mut verdict = match self.method().checks.first() {
            Some(check) => probe::judge(&self.case(check, self.inputs(self.environment())), &refused, 0),
            None => Verdict::standard(OutcomeKind::Misconfigured, name, &self.product),
        };
        verdict.outcome = OutcomeKind::Misconfigured;
        let (provider, method) = (name.clone(), self.method().label.clone());
        verdict.says = Ours::BrowserNeeded { provider, method }.into();
        verdict.fix = Ours::OnLinkingPages.into();
        verdict
    }
}

/// Returns the sign-in step that makes the request, or `None` for a check.
pub(crate) fn token_step(sign_in: &SignIn, request: RequestKind) -> Option<&TokenStep> {
    match request {
        RequestKind::SignIn(step) => sign_in.steps.get(step),
        RequestKind::Exchange => sign_in.redirect.as_ref().map(|redirect| &redirect.exchange),
        RequestKind::Refresh => sign_in.refresh.as_ref(),
        RequestKind::Check(_) => None,
    }
}

/// Returns whether tokens have expired or are about to expire. `expiry` is `None` if the expiry time is unknown.
pub(crate) fn expires_soon(expiry: Option<i64>, now: i64) -> bool {
    expiry.is_some_and(|expiry| expiry <= now.saturating_add(EXPIRY_MARGIN))
}
