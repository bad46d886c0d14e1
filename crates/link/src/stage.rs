//! The current view of a flow, for a form, a page or a terminal.

use guide::{Environment, Field, Key, Section, Step};
use probe::{Identity, Verdict};

use crate::flow::Flow;
use crate::state::{CheckReport, FieldProblem, State};

/// The view to show to the person.
#[derive(Debug)]
pub enum Stage<'f> {
    /// The person has to choose one of these environments.
    Choose(&'f [Environment]),
    /// A step in the guide.
    Step(StepView<'f>),
    /// The checks are running.
    Checking(&'f [CheckReport]),
    /// The checks failed.
    Failed {
        /// The reason for the failure, and what the person can do about it.
        verdict: &'f Verdict,
        /// The actions to offer, most useful first.
        offers: Vec<Offer>,
        /// The results of the checks.
        reports: &'f [CheckReport],
    },
    /// The person has to confirm the account that was found.
    Confirm {
        /// The account, or `None` if no check identifies it.
        identity: Option<&'f Identity>,
        /// The results of the checks.
        reports: &'f [CheckReport],
        /// Whether some access is missing.
        limited: bool,
    },
    /// The account is being stored.
    Storing,
    /// The account is stored.
    Linked,
    /// The person abandoned the flow.
    Closed,
}

/// A step in the guide, with the fields to fill in at this step.
#[derive(Debug)]
pub struct StepView<'f> {
    /// The section that contains the step.
    pub section: &'f Section,
    /// The step.
    pub step: &'f Step,
    /// Whether this is the first step of its section.
    pub opens_section: bool,
    /// The step's number. Numbering starts at 1 and continues across sections.
    pub number: usize,
    /// The total number of steps.
    pub total: usize,
    /// The fields to fill in at this step.
    pub fields: Vec<&'f Field>,
    /// Problems with the entered values.
    pub problems: &'f [FieldProblem],
    /// The failure that led back to this step, if any.
    pub failure: Option<&'f Verdict>,
}

/// An action to offer after a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Return to this step.
    GoTo(Key),
    /// Repeat the checks with the same values.
    Retry,
    /// Try the same credentials in the other environments.
    AskElsewhere,
    /// Switch to this environment, where the credentials work.
    SwitchTo(Key),
}

impl Flow {
    /// Returns the view to show to the person.
    pub fn stage(&self) -> Stage<'_> {
        match &self.state {
            State::Choosing => Stage::Choose(&self.method().environments),
            State::Walking { step, problems, failure } => {
                self.step_view(step, problems, failure.as_deref()).map_or(Stage::Closed, Stage::Step)
            }
            State::Checking(run) => Stage::Checking(&run.reports),
            State::Failed { verdict, belongs_to, reports } => {
                Stage::Failed { verdict, offers: self.offers(verdict, belongs_to.as_ref()), reports }
            }
            State::Confirming(proof) => Stage::Confirm {
                identity: proof.identity.as_ref(),
                reports: &proof.reports,
                limited: proof.limited,
            },
            State::Storing(_) => Stage::Storing,
            State::Linked => Stage::Linked,
            State::Closed => Stage::Closed,
        }
    }

    fn step_view<'f>(
        &'f self,
        key: &Key,
        problems: &'f [FieldProblem],
        failure: Option<&'f Verdict>,
    ) -> Option<StepView<'f>> {
        let steps = self.steps();
        let at = steps.iter().position(|(_, step)| step.key == *key)?;
        let (section, step) = steps[at];
        Some(StepView {
            section,
            step,
            opens_section: at == 0 || steps[at - 1].0.key != section.key,
            number: at + 1,
            total: steps.len(),
            fields: self.fields_of(step),
            problems,
            failure,
        })
    }

    fn offers(&self, verdict: &Verdict, belongs_to: Option<&Key>) -> Vec<Offer> {
        let mut offers = Vec::new();
        offers.extend(belongs_to.cloned().map(Offer::SwitchTo));
        if verdict.outcome.is_transient() || verdict.at_field.is_none() && verdict.return_to.is_none() {
            offers.push(Offer::Retry);
        }
        if self.may_ask_elsewhere(verdict) {
            offers.push(Offer::AskElsewhere);
        }
        let back = verdict.return_to.clone().or_else(|| {
            let step = self.step_for(verdict.at_field.as_ref()?)?;
            Some(step.key.clone())
        });
        let steps = self.steps();
        let back = back.filter(|key| steps.iter().any(|(_, step)| step.key == *key));
        offers.extend(back.or_else(|| steps.first().map(|(_, step)| step.key.clone())).map(Offer::GoTo));
        offers
    }
}
