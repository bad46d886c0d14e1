//! What to show: enough for a form, a page and a terminal alike.

use guide::{Environment, Field, Key, Section, Step};
use probe::{Identity, Verdict};

use crate::flow::Flow;
use crate::state::{CheckReport, FieldProblem, State};

/// What to show.
#[derive(Debug)]
pub enum Stage<'f> {
    /// The environments, one of which is to be chosen.
    Choose(&'f [Environment]),
    /// A step of the guide.
    Step(StepView<'f>),
    /// Checks under way.
    Checking(&'f [CheckReport]),
    /// Checks that failed.
    Failed {
        /// Why.
        verdict: &'f Verdict,
        /// What can be done.
        offers: Vec<Offer>,
        /// How the checks went.
        reports: &'f [CheckReport],
    },
    /// The account found, to be confirmed.
    Confirm {
        /// Who was found, if a check says so.
        identity: Option<&'f Identity>,
        /// How the checks went.
        reports: &'f [CheckReport],
        /// Whether fewer permissions than could be used are there.
        limited: bool,
    },
    /// The account is being stored.
    Storing,
    /// The account is stored.
    Linked,
    /// The flow was given up.
    Closed,
}

/// A step of the guide, with the fields that are typed in at it.
#[derive(Debug)]
pub struct StepView<'f> {
    /// The section.
    pub section: &'f Section,
    /// The step.
    pub step: &'f Step,
    /// Whether the section begins with this step.
    pub opens_section: bool,
    /// Which step this is, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// The fields typed in here.
    pub fields: Vec<&'f Field>,
    /// What is wrong with what was typed.
    pub problems: &'f [FieldProblem],
    /// The failure that led back here, if one did.
    pub after: Option<&'f Verdict>,
}

/// What can be done about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Go back to this step.
    GoTo(Key),
    /// Ask again without changing anything.
    Retry,
    /// Try the same credentials in the other environments.
    AskElsewhere,
    /// Go on in this environment.
    SwitchTo(Key),
}

impl Flow {
    /// What to show now.
    pub fn stage(&self) -> Stage<'_> {
        match self.state() {
            State::Choosing => Stage::Choose(&self.method().environments),
            State::Walking { step, problems, after } => {
                match self.step_view(step, problems, after.as_deref()) {
                    Some(view) => Stage::Step(view),
                    None => Stage::Closed,
                }
            }
            State::Checking(run) => Stage::Checking(&run.reports),
            State::Failed { verdict, belongs_to, reports } => {
                Stage::Failed { verdict, offers: self.offers(verdict, belongs_to.as_ref()), reports }
            }
            State::Confirming(proved) => Stage::Confirm {
                identity: proved.identity.as_ref(),
                reports: &proved.reports,
                limited: proved.limited,
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
        after: Option<&'f Verdict>,
    ) -> Option<StepView<'f>> {
        let steps = self.steps();
        let at = steps.iter().position(|(_, step)| step.key == *key)?;
        let (section, step) = steps[at];
        Some(StepView {
            section,
            step,
            opens_section: at == 0 || steps[at - 1].0.key != section.key,
            number: at + 1,
            of: steps.len(),
            fields: self.fields_of(step),
            problems,
            after,
        })
    }

    fn offers(&self, verdict: &Verdict, belongs_to: Option<&Key>) -> Vec<Offer> {
        let mut offers = Vec::new();
        offers.extend(belongs_to.cloned().map(Offer::SwitchTo));
        if verdict.outcome.is_transient() || verdict.at_field.is_none() && verdict.return_to.is_none() {
            offers.push(Offer::Retry);
        }
        if verdict.ask_elsewhere && self.method().environments.len() > 1 {
            offers.push(Offer::AskElsewhere);
        }
        let back = verdict.return_to.clone().or_else(|| {
            let field = verdict.at_field.as_ref()?;
            self.method().collected_at(field.as_str()).map(|step| step.key.clone())
        });
        let steps = self.steps();
        let back = back.filter(|key| steps.iter().any(|(_, step)| step.key == *key));
        offers.extend(back.or_else(|| steps.first().map(|(_, step)| step.key.clone())).map(Offer::GoTo));
        offers
    }
}
