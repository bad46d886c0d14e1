//! Proving that the credentials work.

use guide::{Environment, Key};
use probe::{Answer, Values, Verdict};

use crate::effect::Effect;
use crate::flow::Flow;
use crate::state::{CheckReport, CheckState, Elsewhere, Proved, Run, State};

/// A check is asked so often at the most.
const ATTEMPTS: u32 = 3;

/// A provider that asks for more patience than this, in seconds, is not waited for.
const PATIENCE: i64 = 30;

impl Flow {
    /// Begins the checks, if every field has what it needs.
    pub(crate) fn check_all(&mut self) {
        let run = Run {
            asked: None,
            check: 0,
            attempts: 0,
            captures: Values::new(),
            reports: Vec::new(),
            identity: None,
            limited: false,
            elsewhere: None,
        };
        self.ask(run);
    }

    /// The answer to a request came, or a failure in its place. `now` is in seconds since 1970.
    pub fn answered(&mut self, id: u64, answer: &Answer, now: i64) {
        let run = match &self.state {
            State::Checking(run) if run.asked == Some(id) => run.clone(),
            // An answer that comes late is an answer to a question no one is asking.
            _ => return,
        };
        let environment = self.environment_of(&run);
        let verdict =
            probe::judge(&self.case(run.check, self.inputs(&run.captures, environment)), answer, now);
        self.judged(Run { asked: None, ..run }, verdict, now);
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
            self.ask(run);
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
        let run = Run {
            asked: None,
            check: 0,
            attempts: 0,
            captures: Values::new(),
            reports: reports.clone(),
            identity: None,
            limited: false,
            elsewhere: Some(elsewhere),
        };
        self.ask(run);
    }

    /// Goes on in the environment that accepted the credentials. They have been there, so they stay.
    pub fn switch_environment(&mut self) {
        let State::Failed { belongs_to: Some(environment), .. } = &self.state else { return };
        self.environment = Some(environment.clone());
        self.check_all();
    }

    fn environment_of(&self, run: &Run) -> Option<&Environment> {
        match &run.elsewhere {
            Some(elsewhere) => self.method().environment(elsewhere.environment.as_str()),
            None => self.environment(),
        }
    }

    /// Sends the request of the check that is due.
    fn ask(&mut self, mut run: Run) {
        let Some(check) = self.method().checks.get(run.check) else {
            self.proved(run);
            return;
        };
        let (key, mut label) = (check.key.clone(), check.label.clone());
        if let Some(elsewhere) = &run.elsewhere {
            let name = self.method().environment(elsewhere.environment.as_str()).map_or("", |one| &one.label);
            label = format!("{label} in {name}");
        }
        let inputs = self.inputs(&run.captures, self.environment_of(&run));
        match probe::request(self.method(), &check.request, &inputs) {
            Ok(request) => {
                let id = self.id();
                self.effects.push_back(Effect::Send { id, request: Box::new(request) });
                run.asked = Some(id);
                run.attempts += 1;
                let report = CheckReport { check: key, label, state: CheckState::Running };
                match run.reports.last_mut() {
                    Some(last) if last.check == report.check && last.label == report.label => *last = report,
                    _ => run.reports.push(report),
                }
                self.state = State::Checking(run);
            }
            Err(error) => {
                let case = self.case(run.check, inputs);
                let mut verdict = probe::judge(&case, &refused(&error), 0);
                verdict.says =
                    match error.field.as_ref().and_then(|field| self.method().field(field.as_str())) {
                        Some(field) => {
                            format!("{} does not lead to an address of this provider.", field.label)
                        }
                        None => verdict.says,
                    };
                verdict.return_to = error
                    .field
                    .as_ref()
                    .and_then(|field| self.method().collected_at(field.as_str()))
                    .map(|step| step.key.clone());
                verdict.at_field = error.field;
                self.fail(verdict, None, run.reports);
            }
        }
    }

    fn judged(&mut self, mut run: Run, verdict: Verdict, now: i64) {
        let check = &self.method().checks[run.check];
        let required = check.required;
        if verdict.outcome.is_good() {
            set(&mut run, CheckState::Passed);
            if let Some(elsewhere) = run.elsewhere.take() {
                self.belongs_to(&run, &elsewhere);
                return;
            }
            run.captures.extend(verdict.captures);
            if let Some(found) = verdict.identity {
                if !self.is_same(Some(&found)) {
                    set(&mut run, CheckState::Failed);
                    let case = self.case(run.check, self.inputs(&run.captures, self.environment()));
                    let verdict = probe::different_account(&case, found);
                    self.fail(verdict, None, run.reports);
                    return;
                }
                run.identity = Some(found);
            }
            run.limited |= verdict.outcome == guide::OutcomeKind::OkLimited;
            self.next_check(run);
            return;
        }
        let again =
            verdict.outcome.is_transient() && check.request.verb.is_idempotent() && run.attempts < ATTEMPTS;
        if again {
            let asked_for =
                verdict.retry_after.map_or(0, |wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX));
            let wait = asked_for.max(1 << run.attempts.saturating_sub(1));
            if wait <= PATIENCE {
                let until = now.saturating_add(wait);
                set(&mut run, CheckState::WaitingUntil(until));
                self.effects.push_back(Effect::WaitUntil(until));
                self.state = State::Checking(run);
                return;
            }
        }
        if let Some(elsewhere) = run.elsewhere.take() {
            set(&mut run, CheckState::Failed);
            self.not_there(run, elsewhere);
            return;
        }
        // A check that may fail is missed only for a lasting reason; a broken network proves nothing.
        if !required && !verdict.outcome.is_transient() {
            set(&mut run, CheckState::Missed);
            run.limited = true;
            self.next_check(run);
            return;
        }
        set(&mut run, CheckState::Failed);
        self.fail(verdict, None, run.reports);
    }

    fn next_check(&mut self, run: Run) {
        self.ask(Run { check: run.check + 1, attempts: 0, ..run });
    }

    fn proved(&mut self, run: Run) {
        self.state =
            State::Confirming(Proved { identity: run.identity, reports: run.reports, limited: run.limited });
    }

    /// Another environment accepted the credentials.
    fn belongs_to(&mut self, run: &Run, elsewhere: &Elsewhere) {
        let Some(environment) = self.method().environment(elsewhere.environment.as_str()) else { return };
        let case = self.case(run.check, self.inputs(&run.captures, self.environment()));
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
        self.ask(Run { check: 0, attempts: 0, elsewhere: Some(elsewhere), ..run });
    }

    fn fail(&mut self, verdict: Verdict, belongs_to: Option<Key>, reports: Vec<CheckReport>) {
        self.state = State::Failed { verdict: Box::new(verdict), belongs_to, reports };
    }
}

fn set(run: &mut Run, state: CheckState) {
    if let Some(last) = run.reports.last_mut() {
        last.state = state;
    }
}

/// The answer that stands for a request that could not even be made.
fn refused(error: &probe::FillError) -> Answer {
    Answer::Failed { fault: guide::Fault::Refused, detail: error.to_string() }
}
