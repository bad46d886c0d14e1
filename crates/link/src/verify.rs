//! Verifies the credentials: signs in if the method requires it, then runs the checks one after another.

use guide::{Check, Key, Ours, OutcomeKind, Role, SignIn};
use probe::{Answer, FillError, Inputs, Moment, Problem, Verdict};
use secret::Redactor;

use crate::effect::{Due, Effect};
use crate::flow::Flow;
use crate::renew::{expires_soon, token_step};
use crate::state::{Advice, CheckReport, CheckState, Elsewhere, Proof, RequestKind, Run, State};

/// The maximum number of attempts at a request, including the first.
const MAX_ATTEMPTS: u32 = 3;

/// The maximum wait before a retry, in seconds. If a provider asks for a longer wait, the check fails.
const MAX_WAIT: i64 = 30;

impl Flow {
    /// Starts the checks. The caller must ensure that every required field has a value.
    pub(crate) fn check_all(&mut self) {
        let run =
            Run { tokens: self.tokens.clone(), tokens_expire_at: self.tokens_expire_at, ..Run::default() };
        if self.method().auth.needs_browser() && run.tokens.is_empty() {
            return self.fail(self.browser_needed(), None, Vec::new());
        }
        let request = if run.tokens.is_empty() { self.first_request() } else { RequestKind::Check(0) };
        self.start_request(Run { request, ..run });
    }

    /// Handles the response to a request, or its failure. `now` is the current time in Unix seconds.
    pub fn answered(&mut self, id: u64, answer: &Answer, now: i64) {
        let mut run = match &self.state {
            State::Checking(run) if run.sent == Some(id) => run.clone(),
            // The response is too late: the flow is no longer waiting for it.
            _ => return,
        };
        run.sent = None;
        let Some(check) = self.check_for(run.request) else { return };
        let verdict = probe::judge(&self.case(check, self.inputs_of(&run)), answer, now);
        if verdict.outcome.is_good()
            && let Some(step) = self.sign_in().and_then(|sign_in| token_step(sign_in, run.request))
        {
            run.tokens_expire_at =
                probe::token_lifetime(step, answer).map(|seconds| now.saturating_add(seconds.into()));
        }
        let is_rejected = match verdict.outcome {
            OutcomeKind::WrongSecret | OutcomeKind::Expired => true,
            // A 401 with a web page blames nobody, but new tokens can still help.
            OutcomeKind::ProtocolMismatch => {
                verdict.rule.is_none()
                    && matches!(answer, Answer::Response(response) if response.status == 401)
            }
            _ => false,
        };
        let is_check = matches!(run.request, RequestKind::Check(_));
        if is_rejected && is_check && !run.renewed && self.can_renew(&run) {
            return self.renew(run);
        }
        self.handle_verdict(run, verdict, now);
    }

    /// Repeats the current request if its wait is over. `now` is the current time in Unix seconds.
    pub fn elapsed(&mut self, now: i64) {
        let State::Checking(run) = &self.state else { return };
        let is_due = |report: &CheckReport| matches!(report.state, CheckState::WaitingUntil(at) if at <= now);
        if run.reports.last().is_some_and(is_due) {
            self.start_request(run.clone());
        }
    }

    /// Repeats the checks with the same values.
    pub fn retry(&mut self) {
        if matches!(self.state, State::Failed { .. }) {
            self.check_all();
        }
    }

    /// Builds the current request. Returns `None` if the tokens must be renewed first, or if the request cannot be
    /// built, in which case the flow fails.
    pub(crate) fn request(&mut self, moment: Moment) -> Option<Effect> {
        let State::Checking(run) = &self.state else { return None };
        let mut run = run.clone();
        let expires_soon = expires_soon(run.tokens_expire_at, moment.unix());
        let is_check = matches!(run.request, RequestKind::Check(_));
        if is_check && expires_soon && !run.renewed && !run.fresh && self.can_renew(&run) {
            self.renew(run);
            return None;
        }
        let check = self.check_for(run.request)?;
        let inputs = Inputs { moment, ..self.inputs_of(&run) };
        match probe::request(self.method(), &check.request, &inputs) {
            Ok(request) => {
                let id = self.new_id();
                run.sent = Some(id);
                run.attempts += 1;
                self.state = State::Checking(run);
                Some(Effect::Send { id, request: Box::new(request) })
            }
            Err(error) => {
                let verdict = self.verdict_on_fill_error(check, &inputs, error);
                set_state(&mut run, CheckState::Failed);
                self.fail(verdict, None, run.reports);
                None
            }
        }
    }

    /// Queues the run's current request and adds a report for it. Skips checks that are not needed, and finishes the
    /// run after the last check.
    pub(crate) fn start_request(&mut self, mut run: Run) {
        let Some(check) = self.check_for(run.request) else { return self.finish(run) };
        if self.is_out_of_scope(check) {
            return self.next(run);
        }
        let mut label = check.label.clone();
        if let Some(elsewhere) = &run.elsewhere {
            let name = self.method().environment(elsewhere.environment.as_str()).map_or("", |one| &one.label);
            label = format!("{label} in {name}");
        }
        let report =
            CheckReport { check: check.key.clone(), label, state: CheckState::Running, advice: None };
        match run.reports.last_mut() {
            Some(last) if last.check == report.check && last.label == report.label => *last = report,
            _ => run.reports.push(report),
        }
        match decided_by_scopes(check, run.granted.as_deref()) {
            Some(true) => {
                set_state(&mut run, CheckState::Passed);
                self.next(run);
            }
            Some(false) => self.miss(run, None),
            None => {
                self.state = State::Checking(run);
                self.effects.push_back(Due::Send);
            }
        }
    }

    /// Returns whether a check only tests access to scopes that are not selected.
    fn is_out_of_scope(&self, check: &Check) -> bool {
        let Some(selected) = &self.scopes else { return false };
        check.role == Role::Capability
            && !check.scopes.is_empty()
            && !check.scopes.iter().any(|scope| selected.contains(scope))
    }

    /// Marks an optional check as missed, with the advice of the rule that matched, and continues with the next check.
    fn miss(&mut self, mut run: Run, advice: Option<Box<Advice>>) {
        set_state(&mut run, CheckState::Missed);
        if let Some(last) = run.reports.last_mut() {
            last.advice = advice;
        }
        run.limited = true;
        self.next(run);
    }

    /// Acts on the verdict for the current request: starts the next request, retries or fails.
    fn handle_verdict(&mut self, mut run: Run, verdict: Verdict, now: i64) {
        let Some(check) = self.check_for(run.request) else { return };
        let (is_required, is_repeatable) = (check.required, check.request.repeatable);
        if verdict.outcome.is_good() {
            set_state(&mut run, CheckState::Passed);
            return self.handle_success(run, verdict);
        }
        // Token requests can be repeated regardless of their HTTP method, except for an exchange, because its code is
        // single-use.
        let may_repeat = match run.request {
            RequestKind::Check(_) => is_repeatable,
            RequestKind::Exchange => false,
            RequestKind::SignIn(_) | RequestKind::Refresh => true,
        };
        if verdict.outcome.is_transient() && may_repeat && run.attempts < MAX_ATTEMPTS {
            let requested = verdict.retry_after.map_or(0, |wait| wait.as_secs().cast_signed());
            let wait = requested.max(1 << run.attempts.saturating_sub(1));
            if wait <= MAX_WAIT {
                let until = now.saturating_add(wait);
                set_state(&mut run, CheckState::WaitingUntil(until));
                self.effects.push_back(Due::WaitUntil(until));
                run.last_verdict = Some(Box::new(verdict));
                self.state = State::Checking(run);
                return;
            }
        }
        if let Some(elsewhere) = run.elsewhere.take() {
            set_state(&mut run, CheckState::Failed);
            return self.try_next_environment(run, elsewhere);
        }
        // Signing in again often works even if the provider rejects the refresh token.
        if run.request == RequestKind::Refresh && self.can_sign_in() && !verdict.outcome.is_transient() {
            run.reports.pop();
            return self.sign_in_again(run);
        }
        // A transient failure does not show that access is missing, so only a permanent failure marks the check as
        // missed.
        if !is_required && !verdict.outcome.is_transient() {
            return self.miss(run, Advice::of(&verdict));
        }
        set_state(&mut run, CheckState::Failed);
        self.fail(verdict, None, run.reports);
    }

    fn handle_success(&mut self, mut run: Run, verdict: Verdict) {
        if let Some(elsewhere) = run.elsewhere.take() {
            return self.fail_wrong_environment(&run, &elsewhere);
        }
        if !matches!(run.request, RequestKind::Check(_)) {
            // At this point, `tokens` contains the code and the verifier, which cannot be used again.
            if run.request == RequestKind::Exchange {
                run.tokens.clear();
            }
            run.tokens.extend(verdict.captures);
            run.fresh = true;
            // The refresh may have invalidated the previous tokens, so the new tokens are kept even if a later check
            // fails.
            if run.request == RequestKind::Refresh {
                self.tokens.clone_from(&run.tokens);
                self.tokens_expire_at = run.tokens_expire_at;
            }
            return self.next(run);
        }
        if verdict.outcome == OutcomeKind::OkLimited {
            run.limited = true;
            if let Some(last) = run.reports.last_mut() {
                last.advice = Advice::of(&verdict);
            }
        }
        run.captures.extend(verdict.captures);
        run.granted = verdict.granted.or(run.granted);
        if let Some(found) = verdict.identity {
            if !self.is_same(Some(&found)) {
                set_state(&mut run, CheckState::Failed);
                let Some(check) = self.check_for(run.request) else { return };
                let verdict = probe::different_account(&self.case(check, self.inputs_of(&run)), found);
                return self.fail(verdict, None, run.reports);
            }
            run.identity = Some(found);
        }
        self.next(run);
    }

    /// Starts the next request.
    fn next(&mut self, run: Run) {
        let steps = self.sign_in().map_or(0, |sign_in| sign_in.steps.len());
        let (request, renewed) = match run.request {
            RequestKind::SignIn(step) if step + 1 < steps => (RequestKind::SignIn(step + 1), run.renewed),
            RequestKind::SignIn(_) | RequestKind::Exchange | RequestKind::Refresh => {
                (RequestKind::Check(run.next_check), run.renewed)
            }
            RequestKind::Check(check) => (RequestKind::Check(check + 1), false),
        };
        self.start_request(Run { renewed, ..run }.with_request(request));
    }

    /// Asks the person to confirm the account after all checks have run.
    fn finish(&mut self, run: Run) {
        let (derived, _) = probe::derived_values(self.method(), &self.inputs_of(&run));
        let Run { identity, reports, limited, tokens, tokens_expire_at, .. } = run;
        self.tokens = tokens;
        self.tokens_expire_at = tokens_expire_at;
        self.state = State::Confirming(Proof { identity, reports, limited, derived });
    }

    pub(crate) fn fail(&mut self, verdict: Verdict, belongs_to: Option<Key>, reports: Vec<CheckReport>) {
        self.state = State::Failed { verdict: Box::new(verdict), belongs_to, reports };
    }

    /// Creates a run that starts with the first request, without the flow's tokens.
    pub(crate) fn new_run(&self, reports: Vec<CheckReport>, elsewhere: Option<Elsewhere>) -> Run {
        Run { request: self.first_request(), reports, elsewhere, ..Run::default() }
    }

    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.method().auth.sign_in.as_ref()
    }

    fn first_request(&self) -> RequestKind {
        match self.sign_in() {
            Some(sign_in) if !sign_in.steps.is_empty() => RequestKind::SignIn(0),
            _ => RequestKind::Check(0),
        }
    }

    /// Returns the check or sign-in step that makes the request, or `None` after the last check.
    pub(crate) fn check_for(&self, request: RequestKind) -> Option<&Check> {
        match request {
            RequestKind::Check(check) => self.method().checks.get(check),
            RequestKind::SignIn(_) | RequestKind::Exchange | RequestKind::Refresh => {
                Some(&token_step(self.sign_in()?, request)?.check)
            }
        }
    }

    pub(crate) fn inputs_of<'a>(&'a self, run: &'a Run) -> Inputs<'a> {
        let environment = match &run.elsewhere {
            Some(elsewhere) => self.method().environment(elsewhere.environment.as_str()),
            None => self.environment(),
        };
        Inputs { captures: &run.captures, tokens: &run.tokens, ..self.inputs(environment) }
    }

    /// Returns the redactor for the provider's responses. It hides the flow's values, tokens and captures.
    pub fn redactor(&self) -> Redactor {
        let inputs = match &self.state {
            State::Checking(run) => self.inputs_of(run),
            _ => self.inputs(self.environment()),
        };
        probe::redactor(self.method(), &inputs)
    }

    /// Returns the verdict for a request that cannot be built from the values.
    fn verdict_on_fill_error(&self, check: &Check, inputs: &Inputs<'_>, error: FillError) -> Verdict {
        let failed = Answer::Failed { fault: guide::Fault::Refused, detail: error.to_string() };
        let mut verdict = probe::judge(&self.case(check, *inputs), &failed, 0);
        if let Some(says) = error.says(self.method()) {
            verdict.says = says;
        }
        let entered = error.field.as_ref().and_then(|field| self.method().collected_at(field.as_str()));
        match error.problem {
            Problem::NotAKey => {
                verdict.outcome = OutcomeKind::WrongSecret;
                verdict.fix = Ours::AnotherKey.into();
            }
            Problem::ProtectedKey => {
                verdict.outcome = OutcomeKind::WrongSecret;
                verdict.fix = Ours::KeyWithoutPassphrase.into();
            }
            // The person entered a value that does not lead to one of the provider's addresses.
            Problem::NotAHostLabel | Problem::NotAPathSegment | Problem::HostNotAllowed
                if entered.is_some() && verdict.rule.is_none() =>
            {
                let (outcome, provider) = (OutcomeKind::WrongTenant, self.guide().provider.name.clone());
                verdict.outcome = outcome;
                verdict.fix = Ours::Fix { outcome, provider, product: self.product.clone() }.into();
            }
            _ => {}
        }
        let field = error.field.as_ref();
        verdict.return_to = field.and_then(|field| self.step_for(field)).map(|step| step.key.clone());
        verdict.at_field = error.field;
        verdict
    }
}

/// Returns whether the granted scopes include all of the check's scopes, or `None` if the check must run. A mandatory
/// check runs even if its scopes were not granted, so that the failure contains the provider's own message.
fn decided_by_scopes(check: &Check, granted: Option<&[String]>) -> Option<bool> {
    let granted = granted.filter(|_| check.role == Role::Capability && !check.scopes.is_empty())?;
    let is_granted = check.scopes.iter().all(|scope| granted.contains(scope));
    (is_granted || !check.required).then_some(is_granted)
}

/// Sets the state of the current request's report.
fn set_state(run: &mut Run, state: CheckState) {
    if let Some(last) = run.reports.last_mut() {
        last.state = state;
    }
}
