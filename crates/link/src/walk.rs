//! Following the guide: steps, fields, and what is typed.

use guide::{Field, FieldType, Key, Mistake, Ours, Purpose, Saying, Section, Step};
use secret::Secret;

use crate::flow::Flow;
use crate::state::{FieldProblem, State};

impl Flow {
    /// The person chose an environment. Values that came from a store and are secret are asked for again: they
    /// would go to another host.
    pub fn choose_environment(&mut self, key: &str) {
        let Some(environment) = self.method().environment(key).map(|one| one.key.clone()) else { return };
        if self.environment.as_ref() != Some(&environment) {
            self.drop_stored_secrets();
        }
        self.environment = Some(environment);
        match &mut self.state {
            State::Choosing => self.begin(),
            State::Walking { problems, .. } => problems.retain(|problem| problem.belongs_to.is_none()),
            State::Failed { .. } => self.go_to_first(),
            _ => {}
        }
    }

    /// Back to the choice of an environment.
    pub fn choose_again(&mut self) {
        if self.method().environments.len() > 1
            && !self.method().tells_environment()
            && matches!(self.state, State::Walking { .. } | State::Failed { .. })
        {
            self.state = State::Choosing;
        }
    }

    /// What was typed at the step that is shown. If all of it can be kept the flow goes on; if not the problems
    /// are shown, and what can be kept is.
    pub fn submit(&mut self, typed: &[(Key, Secret)]) {
        let State::Walking { step, .. } = &self.state else { return };
        let step = step.clone();
        let mut problems = Vec::new();
        for (key, text) in typed {
            problems.extend(self.keep(key, text));
        }
        let steps = self.steps();
        let Some(at) = steps.iter().position(|(_, one)| one.key == step) else { return };
        if problems.is_empty() {
            problems.extend(self.fields_of(steps[at].1).into_iter().filter_map(|field| self.lacks(field)));
        }
        if !problems.is_empty() {
            self.state = State::Walking { step, problems, after: None };
            return;
        }
        match steps.get(at + 1) {
            Some((_, next)) => self.walk_to(next.key.clone()),
            None => self.check_all(),
        }
    }

    /// A form of every field. Fields that are not asked, as things stand once those before them are kept, are left
    /// alone, and so is a secret that is kept and was left empty: no form shows it. While the environment is not
    /// chosen the flow waits for that, and keeps what it can.
    pub fn submit_form(&mut self, environment: Option<&str>, typed: &[(Key, Secret)]) -> Vec<FieldProblem> {
        let may = matches!(self.state, State::Choosing | State::Walking { .. } | State::Failed { .. });
        if !may {
            return Vec::new();
        }
        if let Some(environment) = environment {
            self.choose_environment(environment);
        }
        let order: Vec<Key> = self.method().fields.iter().map(|field| field.key.clone()).collect();
        let mut problems = Vec::new();
        for key in order {
            let Some(field) = self.method().field(key.as_str()) else { continue };
            let Some((_, text)) = typed.iter().find(|(of, _)| *of == key) else { continue };
            let left_as_it_is = text.is_empty() && field.secret && self.values.contains_key(&key);
            if left_as_it_is || !self.asks(field) {
                continue;
            }
            problems.extend(self.keep(&key, text));
        }
        let told: Vec<Key> = problems.iter().map(|problem| problem.field.clone()).collect();
        problems.extend(self.lacking(&told));
        if matches!(self.state, State::Choosing) {
            return problems;
        }
        self.judge_all(problems);
        Vec::new()
    }

    /// Everything at once: a form, or a program. The flow goes on to the checks if nothing is missing.
    pub fn submit_all(&mut self, typed: &[(Key, Secret)]) {
        let may = matches!(self.state, State::Walking { .. } | State::Failed { .. });
        if !may {
            return;
        }
        let mut problems = Vec::new();
        for (key, text) in typed {
            problems.extend(self.keep(key, text));
        }
        let told: Vec<Key> = problems.iter().map(|problem: &FieldProblem| problem.field.clone()).collect();
        problems.extend(self.lacking(&told));
        self.judge_all(problems);
    }

    /// What is missing, but for fields of which something was told already.
    fn lacking(&self, told: &[Key]) -> Vec<FieldProblem> {
        let fields = self.method().fields.iter();
        let asked = fields.filter(|field| self.asks(field) && !told.contains(&field.key));
        asked.filter_map(|field| self.lacks(field)).collect()
    }

    /// On to the checks, or back to the step of the first problem.
    fn judge_all(&mut self, problems: Vec<FieldProblem>) {
        match problems.first() {
            Some(first) => {
                let step = self.method().collected_at(first.field.as_str()).map(|step| step.key.clone());
                let step = step.or_else(|| self.steps().first().map(|(_, step)| step.key.clone()));
                if let Some(step) = step {
                    self.state = State::Walking { step, problems, after: None };
                }
            }
            None => self.check_all(),
        }
    }

    /// Values that are known before the guide is followed. What cannot be kept is told; the flow stays where it is.
    pub fn prefill(&mut self, typed: &[(Key, Secret)]) -> Vec<FieldProblem> {
        typed.iter().filter_map(|(key, text)| self.keep(key, text)).collect()
    }

    /// Whether nothing is missing, so that the checks could begin.
    pub fn is_complete(&self) -> bool {
        self.method().fields.iter().filter(|field| self.asks(field)).all(|field| self.lacks(field).is_none())
    }

    /// Back one step; from the first, to the choice of an environment.
    pub fn back(&mut self) {
        let State::Walking { step, .. } = &self.state else { return };
        let steps = self.steps();
        let at = steps.iter().position(|(_, one)| one.key == *step).unwrap_or(0);
        match at.checked_sub(1) {
            Some(before) => {
                let key = steps[before].1.key.clone();
                self.walk_to(key);
            }
            None => self.choose_again(),
        }
    }

    /// To a step, whatever is shown now, unless checks are under way. A failure goes along, so that it can be
    /// shown where it is mended.
    pub fn go_to(&mut self, step: &str) {
        let Some(key) = self.steps().iter().find(|(_, one)| one.key == *step).map(|(_, one)| one.key.clone())
        else {
            return;
        };
        match &self.state {
            State::Failed { verdict, .. } => {
                let verdict = verdict.clone();
                // The value at fault is asked for again; everything else stays.
                if let Some(field) = &verdict.at_field {
                    let secret = self.method().field(field.as_str()).is_some_and(|field| field.secret);
                    if secret {
                        self.values.remove(field);
                        if self.can_sign_in() {
                            self.forget_tokens();
                        }
                    }
                }
                self.state = State::Walking { step: key, problems: Vec::new(), after: Some(verdict) };
            }
            State::Walking { .. } | State::Confirming(_) => self.walk_to(key),
            _ => {}
        }
    }

    /// The steps that apply, in order, each with its section.
    pub fn steps(&self) -> Vec<(&Section, &Step)> {
        let value = |key: &Key| self.values.get(key).map(Secret::expose);
        self.steps_where(|when| when.holds(self.environment.as_ref(), value))
    }

    fn steps_where(&self, holds: impl Fn(&guide::Condition) -> bool) -> Vec<(&Section, &Step)> {
        let holds = |when: &Option<guide::Condition>| when.as_ref().is_none_or(&holds);
        let wanted = |scopes: &[String]| match &self.scopes {
            Some(wanted) => scopes.is_empty() || scopes.iter().any(|scope| wanted.contains(scope)),
            None => true,
        };
        self.method()
            .steps()
            .filter(|(section, step)| {
                section.purpose == Purpose::Obtain
                    && holds(&section.when)
                    && holds(&step.when)
                    && wanted(&section.scopes)
                    && wanted(&step.scopes)
            })
            .collect()
    }

    /// Every step that may have to be followed, whatever the environment and the values turn out to be: what a page
    /// shows that changes while somebody fills it in.
    pub fn all_steps(&self) -> Vec<(&Section, &Step)> {
        self.steps_where(|_| true)
    }

    /// The fields typed in at a step, as far as they apply.
    pub fn fields_of(&self, step: &Step) -> Vec<&Field> {
        let fields = step.collects.iter().filter_map(|key| self.method().field(key.as_str()));
        fields.filter(|field| self.asks(field)).collect()
    }

    /// Whether a field is asked for, as things stand.
    pub fn asks(&self, field: &Field) -> bool {
        let value = |key: &Key| self.values.get(key).map(Secret::expose);
        field.when.as_ref().is_none_or(|when| when.holds(self.environment.as_ref(), value))
    }

    pub(crate) fn begin(&mut self) {
        self.go_to_first();
    }

    pub(crate) fn go_to_first(&mut self) {
        if let Some(key) = self.steps().first().map(|(_, step)| step.key.clone()) {
            self.walk_to(key);
        }
    }

    pub(crate) fn walk_to(&mut self, step: Key) {
        self.state = State::Walking { step, problems: Vec::new(), after: None };
    }

    /// Keeps what was typed into a field, or says why not.
    fn keep(&mut self, key: &Key, typed: &Secret) -> Option<FieldProblem> {
        let field = self.method().field(key.as_str())?;
        let kept = match field.keep(typed.expose(), &self.method().environments) {
            Ok(kept) => kept,
            Err(refused) => {
                return Some(FieldProblem { field: key.clone(), says: refused.says, belongs_to: None });
            }
        };
        let tells = self.method().tells_environment();
        if tells && self.tells(key) && kept.environment.is_none() && !kept.value.is_empty() {
            let called = self.method().environment_label.clone();
            let says = Mistake::NoEnvironment(called).in_field(&field.label);
            return Some(FieldProblem { field: key.clone(), says, belongs_to: None });
        }
        if let (Some(shown), Some(chosen), false) = (&kept.environment, self.environment(), tells)
            && *shown != chosen.key
        {
            let other = self.method().environment(shown.as_str()).map_or(shown.as_str(), |one| &one.label);
            let says = Ours::AddressOf { shown: other.to_owned(), chosen: chosen.label.clone() }.into();
            return Some(FieldProblem { field: key.clone(), says, belongs_to: kept.environment });
        }
        let value = Secret::new(kept.value);
        if let Some(says) = self.spoils(key, &value) {
            return Some(FieldProblem { field: key.clone(), says, belongs_to: None });
        }
        let decides_host = probe::host_fields(self.method()).contains(&key);
        let changes = self.values.get(key).is_some_and(|before| *before != value);
        if changes && decides_host {
            self.drop_stored_secrets();
        }
        // Nothing is stored that was not seen to work: with tokens of other credentials these would not be tried.
        if changes && self.can_sign_in() {
            self.forget_tokens();
        }
        if tells && let Some(shown) = kept.environment {
            if self.environment.as_ref().is_some_and(|before| *before != shown) {
                self.drop_stored_secrets();
            }
            self.environment = Some(shown);
        }
        self.from_store.remove(key);
        if value.is_empty() {
            self.values.remove(key);
        } else {
            self.values.insert(key.clone(), value);
        }
        None
    }

    /// Whether a field's value tells the environment.
    fn tells(&self, field: &Key) -> bool {
        self.method().environments.iter().any(|one| one.told_by.as_ref().is_some_and(|(key, _)| key == field))
    }

    /// What is wrong with what is computed from a value, where the field is at fault.
    fn spoils(&self, field: &Key, value: &Secret) -> Option<Saying> {
        if value.is_empty() || !self.method().derived.iter().any(|one| one.source.as_ref() == Some(field)) {
            return None;
        }
        let mut values = self.values.clone();
        values.insert(field.clone(), value.clone());
        let inputs = probe::Inputs::new(self.method(), self.environment(), &values);
        let (_, problem) = probe::computed(self.method(), &inputs);
        problem.filter(|(at, _)| at.as_ref() == Some(field)).map(|(_, says)| says)
    }

    fn lacks(&self, field: &Field) -> Option<FieldProblem> {
        if !field.required || self.values.contains_key(&field.key) {
            return None;
        }
        if let Some(default) = field.default.as_ref().filter(|default| !default.is_empty()) {
            return match field.keep(default, &self.method().environments) {
                Ok(_) => None,
                Err(refused) => {
                    Some(FieldProblem { field: field.key.clone(), says: refused.says, belongs_to: None })
                }
            };
        }
        let mistake = if field.kind == FieldType::Boolean { Mistake::Unanswered } else { Mistake::Missing };
        Some(FieldProblem {
            field: field.key.clone(),
            says: mistake.in_field(&field.label),
            belongs_to: None,
        })
    }

    /// A secret that came from a store never follows to another host: whoever changes the host may not know it. Nor
    /// does a token, for nobody types one.
    fn drop_stored_secrets(&mut self) {
        self.forget_tokens();
        // What was computed of a secret, or came with an answer, is kept like it.
        let computed = self.method().derived.iter().map(|one| &one.field);
        let fields = self.method().fields.iter().chain(computed);
        let secrets: Vec<Key> = fields.filter(|field| field.secret).map(|field| field.key.clone()).collect();
        for key in secrets {
            if self.from_store.remove(&key) {
                self.values.remove(&key);
            }
        }
    }
}
