//! Follows the guide: its steps, its fields, and the values that the person enters.

use guide::{Condition, Field, FieldType, Key, Mistake, Ours, Purpose, Saying, Section, Step};
use secret::Secret;

use crate::flow::Flow;
use crate::state::{FieldProblem, State};

impl Flow {
    /// Sets the environment that the person chose. If it differs from the previous environment, discards the tokens and
    /// the secrets that someone else entered, because they would otherwise be sent to a different host.
    pub fn choose_environment(&mut self, key: &str) {
        let Some(environment) = self.method().environment(key).map(|one| one.key.clone()) else { return };
        if self.environment.as_ref() != Some(&environment) {
            self.discard_tokens();
            self.drop_secrets_of_others();
        }
        self.environment = Some(environment);
        match &mut self.state {
            State::Walking { problems, .. } => problems.retain(|problem| problem.belongs_to.is_none()),
            State::Choosing | State::Failed { .. } => self.go_to_first(),
            _ => {}
        }
    }

    /// Lets the person choose an environment again, if there is a choice.
    fn choose_environment_again(&mut self) {
        if self.method().environments.len() > 1
            && !self.method().tells_environment()
            && matches!(self.state, State::Walking { .. } | State::Failed { .. })
        {
            self.state = State::Choosing;
        }
    }

    /// Completes the current step with the entered values. If every value is valid, moves to the next step, or starts
    /// the checks after the last step. Otherwise, stays at the current step, keeps the valid values and shows the
    /// problems.
    pub fn submit(&mut self, typed: &[(Key, Secret)]) {
        let State::Walking { step, .. } = &self.state else { return };
        let step = step.clone();
        let mut problems = self.prefill(typed);
        let steps = self.steps();
        let Some(at) = steps.iter().position(|(_, one)| one.key == step) else { return };
        if problems.is_empty() {
            problems.extend(self.fields_of(steps[at].1).into_iter().filter_map(|field| self.missing(field)));
        }
        if !problems.is_empty() {
            self.state = State::Walking { step, problems, failure: None };
            return;
        }
        match steps.get(at + 1) {
            Some((_, next)) => self.walk_to(next.key.clone()),
            None => self.check_all(),
        }
    }

    /// Submits a form that contains all fields. Starts the checks if every value is valid and no required value is
    /// missing.
    ///
    /// Earlier fields can determine whether a later field applies. Fields that do not apply are ignored. An empty
    /// secret keeps its current value, because forms never show secrets. If no environment has been chosen, keeps the
    /// valid values and returns the problems.
    pub fn submit_form(&mut self, environment: Option<&str>, typed: &[(Key, Secret)]) -> Vec<FieldProblem> {
        if !matches!(self.state, State::Choosing | State::Walking { .. } | State::Failed { .. }) {
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
            let keeps_current = text.is_empty() && field.secret && self.has_value(&key);
            if keeps_current || !self.applies(field) {
                continue;
            }
            problems.extend(self.set_value(&key, text));
        }
        let problems = self.with_missing(problems);
        if matches!(self.state, State::Choosing) {
            return problems;
        }
        self.check_or_show(problems);
        Vec::new()
    }

    /// Submits the values that a program supplied for all fields at once. Starts the checks if every value is valid and
    /// no required value is missing.
    pub fn submit_all(&mut self, typed: &[(Key, Secret)]) {
        if !matches!(self.state, State::Walking { .. } | State::Failed { .. }) {
            return;
        }
        let problems = self.prefill(typed);
        self.check_or_show(self.with_missing(problems));
    }

    /// Adds a problem for each field that lacks a required value, unless the field already has a problem.
    fn with_missing(&self, mut problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
        let missing = self.method().fields.iter().filter(|field| self.applies(field));
        let missing = missing.filter_map(|field| self.missing(field));
        let is_new = |new: &FieldProblem| problems.iter().all(|problem| problem.field != new.field);
        let missing: Vec<_> = missing.filter(is_new).collect();
        problems.extend(missing);
        problems
    }

    /// Returns the step at which a field is filled in.
    pub(crate) fn step_for(&self, field: &Key) -> Option<&Step> {
        self.method().collected_at(field.as_str())
    }

    /// Starts the checks if there are no problems. Otherwise, goes to the step with the first problem.
    fn check_or_show(&mut self, problems: Vec<FieldProblem>) {
        let Some(first) = problems.first() else { return self.check_all() };
        let step = self.step_for(&first.field).or_else(|| self.steps().first().map(|(_, step)| *step));
        if let Some(step) = step.map(|step| step.key.clone()) {
            self.state = State::Walking { step, problems, failure: None };
        }
    }

    /// Sets values without leaving the current step. Returns a problem for each invalid value. If the person has to
    /// confirm an account and a value changes, returns to the first step, because the new value has not been checked.
    pub fn prefill(&mut self, typed: &[(Key, Secret)]) -> Vec<FieldProblem> {
        let before = self.values.clone();
        let problems = typed.iter().filter_map(|(key, text)| self.set_value(key, text)).collect();
        if matches!(self.state, State::Confirming(_)) && self.values != before {
            self.go_to_first();
        }
        problems
    }

    /// Returns whether every required field has a value, so that the checks can start.
    pub fn is_complete(&self) -> bool {
        let mut fields = self.method().fields.iter().filter(|field| self.applies(field));
        fields.all(|field| self.missing(field).is_none())
    }

    /// Goes back to the previous step, or from the first step to the choice of environment.
    pub fn back(&mut self) {
        let State::Walking { step, .. } = &self.state else { return };
        let steps = self.steps();
        let at = steps.iter().position(|(_, one)| one.key == *step).unwrap_or(0);
        match at.checked_sub(1).map(|before| steps[before].1.key.clone()) {
            Some(key) => self.walk_to(key),
            None => self.choose_environment_again(),
        }
    }

    /// Moves to a step, unless checks are running. After a failure, the step also shows the failure, so that the person
    /// can fix it there.
    pub fn go_to(&mut self, step: &str) {
        let steps = self.steps();
        let Some((_, step)) = steps.iter().find(|(_, one)| one.key == *step) else { return };
        let key = step.key.clone();
        match &self.state {
            State::Failed { verdict, .. } => {
                let verdict = verdict.clone();
                // If a secret caused the failure, the person must enter it again. All other values are kept.
                if let Some(field) = &verdict.at_field
                    && self.method().field(field.as_str()).is_some_and(|field| field.secret)
                {
                    self.forget(field);
                    if self.can_sign_in() {
                        self.discard_tokens();
                    }
                }
                self.state = State::Walking { step: key, problems: Vec::new(), failure: Some(verdict) };
            }
            State::Walking { .. } | State::Confirming(_) => self.walk_to(key),
            _ => {}
        }
    }

    /// Returns the steps that apply given the current environment and values, in order, each with its section.
    pub fn steps(&self) -> Vec<(&Section, &Step)> {
        self.steps_where(|when| self.holds(when))
    }

    fn steps_where(&self, holds: impl Fn(Option<&Condition>) -> bool) -> Vec<(&Section, &Step)> {
        let is_selected = |scopes: &[String]| match &self.scopes {
            Some(selected) => scopes.is_empty() || scopes.iter().any(|scope| selected.contains(scope)),
            None => true,
        };
        self.method()
            .steps()
            .filter(|(section, step)| {
                section.purpose == Purpose::Obtain
                    && holds(section.when.as_ref())
                    && holds(step.when.as_ref())
                    && is_selected(&section.scopes)
                    && is_selected(&step.scopes)
            })
            .collect()
    }

    /// Returns all steps for the selected scopes, including steps that do not apply given the current environment and
    /// values. Pages use this list to show and hide steps while the person types.
    pub fn all_steps(&self) -> Vec<(&Section, &Step)> {
        self.steps_where(|_| true)
    }

    /// Returns the fields to fill in at a step. Omits fields that do not apply.
    pub fn fields_of(&self, step: &Step) -> Vec<&Field> {
        let fields = step.collects.iter().filter_map(|key| self.method().field(key.as_str()));
        fields.filter(|field| self.applies(field)).collect()
    }

    /// Returns whether a field applies given the current environment and values.
    pub fn applies(&self, field: &Field) -> bool {
        self.holds(field.when.as_ref())
    }

    /// Returns whether a condition holds given the current environment and values. No condition always holds.
    fn holds(&self, when: Option<&Condition>) -> bool {
        let value = |key: &Key| self.values.get(key).map(Secret::expose);
        self.method().meets(when, self.environment.as_ref(), value)
    }

    pub(crate) fn go_to_first(&mut self) {
        if let Some(key) = self.steps().first().map(|(_, step)| step.key.clone()) {
            self.walk_to(key);
        }
    }

    pub(crate) fn walk_to(&mut self, step: Key) {
        self.state = State::Walking { step, problems: Vec::new(), failure: None };
    }

    /// Normalizes and sets a field's value, or returns the problem with it.
    pub(crate) fn set_value(&mut self, key: &Key, typed: &Secret) -> Option<FieldProblem> {
        let field = self.method().field(key.as_str())?;
        let normalized = match field.keep(typed.expose(), &self.method().environments) {
            Ok(normalized) => normalized,
            Err(refused) => return Some(FieldProblem::new(key, refused.says)),
        };
        let from_value = self.method().tells_environment();
        if from_value
            && self.determines_environment(key)
            && normalized.environment.is_none()
            && !normalized.value.is_empty()
        {
            let called = self.method().environment_label.clone();
            return Some(FieldProblem::new(key, Mistake::NoEnvironment(called).in_field(&field.label)));
        }
        if let (Some(shown), Some(chosen), false) = (&normalized.environment, self.environment(), from_value)
            && *shown != chosen.key
        {
            let other = self.method().environment(shown.as_str()).map_or(shown.as_str(), |one| &one.label);
            let says = Ours::AddressOf { shown: other.to_owned(), chosen: chosen.label.clone() }.into();
            return Some(FieldProblem { belongs_to: normalized.environment, ..FieldProblem::new(key, says) });
        }
        let value = Secret::new(normalized.value);
        if let Some(says) = self.derived_problem(key, &value) {
            return Some(FieldProblem::new(key, says));
        }
        let decides_host = probe::host_fields(self.method()).contains(&key);
        let changes = self.changes(key, &value);
        if changes && decides_host {
            self.drop_secrets_of_others();
        }
        // With the existing tokens, the checks could pass without ever using the new credentials. A first value changes
        // nothing that the tokens were obtained with.
        let had_value = self.has_value(key) || self.default_of(key).is_some();
        if changes && had_value && (decides_host || self.can_sign_in()) {
            self.discard_tokens();
        }
        if from_value && let Some(shown) = normalized.environment {
            if self.environment.as_ref() != Some(&shown) {
                self.drop_secrets_of_others();
            }
            if self.environment.as_ref().is_some_and(|before| *before != shown) {
                self.discard_tokens();
            }
            self.environment = Some(shown);
        }
        self.forget(key);
        if !value.is_empty() {
            self.values.insert(key.clone(), value);
        }
        None
    }

    /// Returns whether requests will use a different value. A field without a value has its default.
    fn changes(&self, key: &Key, value: &Secret) -> bool {
        if !self.values.contains_key(key) {
            // A stored secret that is not open cannot be compared.
            if self.from_store.contains(key) {
                return true;
            }
            // An admin's values are set each time a flow is restored.
            if self.from_setup.contains(key) {
                return false;
            }
        }
        let after = if value.is_empty() { self.default_of(key) } else { Some(value.clone()) };
        self.used_value(key) != after
    }

    /// Returns the value that requests use: the entered value or, if there is none, the default.
    pub(crate) fn used_value(&self, key: &Key) -> Option<Secret> {
        self.values.get(key).cloned().or_else(|| self.default_of(key))
    }

    fn default_of(&self, key: &Key) -> Option<Secret> {
        self.method().default_of(key).map(Secret::new)
    }

    /// Returns whether a field's value determines the environment.
    pub(crate) fn determines_environment(&self, field: &Key) -> bool {
        self.method().environments.iter().any(|one| one.told_by.as_ref().is_some_and(|(key, _)| key == field))
    }

    /// Returns the problem that a field's new value would cause in a value derived from it, if any.
    fn derived_problem(&self, field: &Key, value: &Secret) -> Option<Saying> {
        if value.is_empty() || !self.method().derived.iter().any(|one| one.source.as_ref() == Some(field)) {
            return None;
        }
        let mut values = self.values.clone();
        values.insert(field.clone(), value.clone());
        let inputs = probe::Inputs::new(self.method(), self.environment(), &values);
        let (_, problem) = probe::derived_values(self.method(), &inputs);
        problem.filter(|(at, _)| at.as_ref() == Some(field)).map(|(_, says)| says)
    }

    /// Returns the problem to show if a required field has no value.
    pub(crate) fn missing(&self, field: &Field) -> Option<FieldProblem> {
        if !field.required || self.has_value(&field.key) {
            return None;
        }
        if let Some(default) = field.default.as_ref().filter(|default| !default.is_empty()) {
            let refused = field.keep(default, &self.method().environments).err();
            return refused.map(|refused| FieldProblem::new(&field.key, refused.says));
        }
        let mistake = if field.kind == FieldType::Boolean { Mistake::Unanswered } else { Mistake::Missing };
        Some(FieldProblem::new(&field.key, mistake.in_field(&field.label)))
    }
}
