//! Proving that the credentials work: signing in where that is needed, then one check after the other.

use guide::{Check, Environment, Key, Ours, OutcomeKind, Role, SignIn};
use probe::{Answer, FillError, Inputs, Moment, Problem, Values, Verdict};

use crate::effect::{Due, Effect};
use crate::flow::Flow;
use crate::renew::token_step;
use crate::state::{At, CheckReport, CheckState, Elsewhere, Proved, Run, State};

/// A request is sent so often at the most.
const ATTEMPTS: u32 = 3;

/// A provider that asks for more patience than this, in seconds, is not waited for.
const PATIENCE: i64 = 30;

/// A token that ends within so many seconds is renewed before it is used.
const MARGIN: i64 = 10;

impl Flow {
    /// Begins the checks, if every field has what it needs.
    pub(crate) fn check_all(&mut self) {
        let run = Run {
            tokens: self.tokens.clone(),
            tokens_end: self.tokens_end,
            ..self.new_run(Vec::new(), None)
        };
        if self.method().auth.needs_browser() && run.tokens.is_empty() {
            self.fail(self.needs_browser(), None, Vec::new());
            return;
        }
        let at = if run.tokens.is_empty() { self.first_at() } else { At::Check(0) };
        self.go(Run { at, ..run });
    }

    /// The answer to a request came, or a failure in its place. `now` is in seconds since 1970.
    pub fn answered(&mut self, id: u64, answer: &Answer, now: i64) {
        let mut run = match &self.state {
            State::Checking(run) if run.asked == Some(id) => run.clone(),
            // An answer that comes late is an answer to a question no one is asking.
            _ => return,
        };
        run.asked = None;
        let Some(check) = self.ask_at(run.at) else { return };
        let verdict = probe::judge(&self.case(check, self.inputs_of(&run)), answer, now);
        if verdict.outcome.is_good()
            && let Some(step) = self.sign_in().and_then(|sign_in| token_step(sign_in, run.at))
        {
            run.tokens_end = probe::holds_for(step, answer).map(|seconds| now.saturating_add(seconds.into()));
        }
        self.judged(run, verdict, now);
    }

    /// Time passed. `now` is in seconds since 1970.
    pub fn elapsed(&mut self, now: i64) {
        let State::Checking(run) = &self.state else { return };
        let due = run
            .reports
            .last()
            .is_some_and(|report| matches!(report.state, CheckState::WaitingUntil(at) if at <= now));
        if due {
            let run = run.clone();
            self.go(run);
        }
    }

    /// Asks again, with nothing changed.
    pub fn retry(&mut self) {
        if matches!(self.state, State::Failed { .. }) {
            self.check_all();
        }
    }

    /// The person agreed that the same credentials are tried in the other environments.
    pub fn ask_elsewhere(&mut self) {
        let State::Failed { verdict, reports, .. } = &self.state else { return };
        if !verdict.ask_elsewhere {
            return;
        }
        let others = self.method().environments.iter().map(|one| one.key.clone());
        let mut others = others.filter(|key| Some(key) != self.environment.as_ref());
        let Some(first) = others.next() else { return };
        let elsewhere = Elsewhere { environment: first, rest: others.collect(), verdict: verdict.clone() };
        self.go(self.new_run(reports.clone(), Some(elsewhere)));
    }

    /// Goes on in the environment that accepted the credentials. They have been there, so they stay; tokens of the
    /// other one do not.
    pub fn switch_environment(&mut self) {
        let State::Failed { belongs_to: Some(environment), .. } = &self.state else { return };
        self.environment = Some(environment.clone());
        self.forget_tokens();
        self.check_all();
    }

    /// Whether what signing in gave has ended, or nearly: it would be renewed before it is used. `now` is in seconds since
    /// 1970.
    pub fn tokens_end_soon(&self, now: i64) -> bool {
        soon(self.tokens_end, now)
    }

    /// The request that is due, or none: where it cannot be made, the flow fails.
    pub(crate) fn request(&mut self, moment: Moment) -> Option<Effect> {
        let State::Checking(run) = &self.state else { return None };
        let mut run = run.clone();
        let ends_soon = soon(run.tokens_end, moment.unix());
        if matches!(run.at, At::Check(_)) && ends_soon && !run.renewed && !run.fresh && self.can_renew(&run) {
            self.renew(run);
            return None;
        }
        let check = self.ask_at(run.at)?;
        let inputs = Inputs { moment, ..self.inputs_of(&run) };
        match probe::request(self.method(), &check.request, &inputs) {
            Ok(request) => {
                let id = self.id();
                run.asked = Some(id);
                run.attempts += 1;
                self.state = State::Checking(run);
                Some(Effect::Send { id, request: Box::new(request) })
            }
            Err(error) => {
                let verdict = self.unaskable(check, &inputs, error);
                set(&mut run, CheckState::Failed);
                self.fail(verdict, None, run.reports);
                None
            }
        }
    }

    /// Makes a request due, with its report.
    pub(crate) fn go(&mut self, mut run: Run) {
        let Some(check) = self.ask_at(run.at) else {
            self.proved(run);
            return;
        };
        if self.is_unwanted(check) {
            self.next(run);
            return;
        }
        let mut label = check.label.clone();
        if let Some(elsewhere) = &run.elsewhere {
            let name = self.method().environment(elsewhere.environment.as_str()).map_or("", |one| &one.label);
            label = format!("{label} in {name}");
        }
        let report = CheckReport { check: check.key.clone(), label, state: CheckState::Running };
        match run.reports.last_mut() {
            Some(last) if last.check == report.check && last.label == report.label => *last = report,
            _ => run.reports.push(report),
        }
        if let Some(is_there) = answered_by(check, run.granted.as_deref()) {
            self.told(run, is_there);
            return;
        }
        self.state = State::Checking(run);
        self.effects.push_back(Due::Ask);
    }

    /// Whether a check proves only what nobody wants.
    fn is_unwanted(&self, check: &Check) -> bool {
        let Some(wanted) = &self.scopes else { return false };
        check.role == Role::Capability
            && !check.scopes.is_empty()
            && !check.scopes.iter().any(|scope| wanted.contains(scope))
    }

    /// What a check asks for was told by an earlier answer.
    fn told(&mut self, mut run: Run, is_there: bool) {
        if is_there {
            set(&mut run, CheckState::Passed);
        } else {
            set(&mut run, CheckState::Missed);
            run.limited = true;
        }
        self.next(run);
    }

    fn judged(&mut self, mut run: Run, verdict: Verdict, now: i64) {
        let Some(check) = self.ask_at(run.at) else { return };
        let (required, idempotent) = (check.required, check.request.repeatable);
        if verdict.outcome.is_good() {
            set(&mut run, CheckState::Passed);
            self.passed(run, verdict);
            return;
        }
        let is_refused = matches!(verdict.outcome, OutcomeKind::WrongSecret | OutcomeKind::Expired);
        if is_refused && matches!(run.at, At::Check(_)) && !run.renewed && self.can_renew(&run) {
            self.renew(run);
            return;
        }
        // To ask for a token twice does no harm, whatever the method of the request is called.
        // A code is good once.
        let may_repeat = match run.at {
            At::Check(_) => idempotent,
            At::Exchange => false,
            At::SignIn(_) | At::Refresh => true,
        };
        if verdict.outcome.is_transient() && may_repeat && run.attempts < ATTEMPTS {
            let asked_for =
                verdict.retry_after.map_or(0, |wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX));
            let wait = asked_for.max(1 << run.attempts.saturating_sub(1));
            if wait <= PATIENCE {
                let until = now.saturating_add(wait);
                set(&mut run, CheckState::WaitingUntil(until));
                self.effects.push_back(Due::WaitUntil(until));
                self.state = State::Checking(run);
                return;
            }
        }
        if let Some(elsewhere) = run.elsewhere.take() {
            set(&mut run, CheckState::Failed);
            self.not_there(run, elsewhere);
            return;
        }
        // Tokens that cannot be renewed any more can often be got anew.
        if run.at == At::Refresh && self.can_sign_in() && !verdict.outcome.is_transient() {
            run.reports.pop();
            self.go(Run { at: At::SignIn(0), attempts: 0, tokens: Values::new(), tokens_end: None, ..run });
            return;
        }
        // A check that may fail is missed only for a lasting reason; a broken network proves nothing.
        if !required && !verdict.outcome.is_transient() {
            set(&mut run, CheckState::Missed);
            run.limited = true;
            self.next(run);
            return;
        }
        set(&mut run, CheckState::Failed);
        self.fail(verdict, None, run.reports);
    }

    fn passed(&mut self, mut run: Run, verdict: Verdict) {
        if let Some(elsewhere) = run.elsewhere.take() {
            self.belongs_to(&run, &elsewhere);
            return;
        }
        if !matches!(run.at, At::Check(_)) {
            // What was given for the exchange is of no use any more.
            if run.at == At::Exchange {
                run.tokens.clear();
            }
            run.tokens.extend(verdict.captures);
            run.fresh = true;
            // Those before may hold no more: whatever becomes of the checks, these are the ones to keep.
            if run.at == At::Refresh {
                self.tokens.clone_from(&run.tokens);
                self.tokens_end = run.tokens_end;
            }
            self.next(run);
            return;
        }
        run.captures.extend(verdict.captures);
        run.granted = verdict.granted.or(run.granted);
        if let Some(found) = verdict.identity {
            if !self.is_same(Some(&found)) {
                set(&mut run, CheckState::Failed);
                let Some(check) = self.ask_at(run.at) else { return };
                let verdict = probe::different_account(&self.case(check, self.inputs_of(&run)), found);
                self.fail(verdict, None, run.reports);
                return;
            }
            run.identity = Some(found);
        }
        run.limited |= verdict.outcome == OutcomeKind::OkLimited;
        self.next(run);
    }

    /// On to what comes after the request that is done.
    fn next(&mut self, run: Run) {
        let steps = self.sign_in().map_or(0, |sign_in| sign_in.steps.len());
        let (at, renewed) = match run.at {
            At::SignIn(step) if step + 1 < steps => (At::SignIn(step + 1), run.renewed),
            At::SignIn(_) | At::Exchange | At::Refresh => (At::Check(run.then), run.renewed),
            At::Check(check) => (At::Check(check + 1), false),
        };
        self.go(Run { at, attempts: 0, renewed, ..run });
    }

    fn proved(&mut self, run: Run) {
        let (computed, _) = probe::computed(self.method(), &self.inputs_of(&run));
        let Run { identity, reports, limited, tokens, tokens_end, .. } = run;
        self.tokens = tokens;
        self.tokens_end = tokens_end;
        self.state = State::Confirming(Proved { identity, reports, limited, computed });
    }

    /// Another environment accepted the credentials.
    fn belongs_to(&mut self, run: &Run, elsewhere: &Elsewhere) {
        let Some(environment) = self.method().environment(elsewhere.environment.as_str()) else { return };
        let Some(check) = self.ask_at(run.at) else { return };
        let case = self.case(check, self.inputs(self.environment()));
        let mut verdict = probe::wrong_environment(&case, environment);
        verdict.at_field.clone_from(&elsewhere.verdict.at_field);
        verdict.return_to.clone_from(&elsewhere.verdict.return_to);
        let key = environment.key.clone();
        self.fail(verdict, Some(key), run.reports.clone());
    }

    /// Another environment did not accept them either: on to the next, or back to what the chosen one said.
    fn not_there(&mut self, run: Run, mut elsewhere: Elsewhere) {
        if elsewhere.rest.is_empty() {
            let verdict = Verdict { ask_elsewhere: false, ..*elsewhere.verdict };
            self.fail(verdict, None, run.reports);
            return;
        }
        elsewhere.environment = elsewhere.rest.remove(0);
        self.go(self.new_run(run.reports, Some(elsewhere)));
    }

    pub(crate) fn fail(&mut self, verdict: Verdict, belongs_to: Option<Key>, reports: Vec<CheckReport>) {
        self.state = State::Failed { verdict: Box::new(verdict), belongs_to, reports };
    }

    pub(crate) fn new_run(&self, reports: Vec<CheckReport>, elsewhere: Option<Elsewhere>) -> Run {
        Run {
            asked: None,
            at: self.first_at(),
            attempts: 0,
            captures: Values::new(),
            tokens: Values::new(),
            tokens_end: None,
            fresh: false,
            renewed: false,
            then: 0,
            granted: None,
            reports,
            identity: None,
            limited: false,
            elsewhere,
        }
    }

    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.method().auth.sign_in.as_ref()
    }

    fn first_at(&self) -> At {
        match self.sign_in() {
            Some(sign_in) if !sign_in.steps.is_empty() => At::SignIn(0),
            _ => At::Check(0),
        }
    }

    /// The request at a place, if there is one.
    pub(crate) fn ask_at(&self, at: At) -> Option<&Check> {
        match at {
            At::Check(check) => self.method().checks.get(check),
            At::SignIn(_) | At::Exchange | At::Refresh => Some(&token_step(self.sign_in()?, at)?.check),
        }
    }

    pub(crate) fn inputs_of<'a>(&'a self, run: &'a Run) -> Inputs<'a> {
        let environment: Option<&Environment> = match &run.elsewhere {
            Some(elsewhere) => self.method().environment(elsewhere.environment.as_str()),
            None => self.environment(),
        };
        Inputs { captures: &run.captures, tokens: &run.tokens, ..self.inputs(environment) }
    }

    /// The verdict on values from which no request can be made.
    fn unaskable(&self, check: &Check, inputs: &Inputs<'_>, error: FillError) -> Verdict {
        let refused = Answer::Failed { fault: guide::Fault::Refused, detail: error.to_string() };
        let mut verdict = probe::judge(&self.case(check, *inputs), &refused, 0);
        if let Some(says) = error.says(self.method()) {
            verdict.says = says;
        }
        if error.problem == Problem::NotAKey {
            verdict.outcome = OutcomeKind::WrongSecret;
            verdict.fix = Ours::AnotherKey.into();
        }
        let step = error.field.as_ref().and_then(|field| self.method().collected_at(field.as_str()));
        verdict.return_to = step.map(|step| step.key.clone());
        verdict.at_field = error.field;
        verdict
    }
}

fn soon(end: Option<i64>, now: i64) -> bool {
    end.is_some_and(|end| end <= now.saturating_add(MARGIN))
}

/// Whether a check's scopes are among those that an answer listed; none, where that answers nothing. A check that
/// must not fail is asked all the same, so that a failure has the provider's own words.
fn answered_by(check: &Check, granted: Option<&[String]>) -> Option<bool> {
    let granted = granted.filter(|_| check.role == Role::Capability && !check.scopes.is_empty())?;
    let is_there = check.scopes.iter().all(|scope| granted.contains(scope));
    (is_there || !check.required).then_some(is_there)
}

fn set(run: &mut Run, state: CheckState) {
    if let Some(last) = run.reports.last_mut() {
        last.state = state;
    }
}
