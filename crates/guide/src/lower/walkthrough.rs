//! Lowers walkthroughs: sections and steps.

use crate::lower::lowering::Lowering;
use crate::model::{Section, Step, Walkthrough};
use crate::names::Names;
use crate::shape::{PartShape, SectionShape, StepShape};
use crate::source::Span;
use crate::template::Context;

impl Lowering<'_> {
    pub(crate) fn walkthrough(&mut self, shape: &PartShape, names: &Names<'_>) -> Walkthrough {
        let span = shape.sections.first().map_or(Span::default(), |section| section.key.span);
        self.allowed(&shape.allow);
        Walkthrough {
            warning: shape.warning.as_ref().map(|text| self.prose(text, Context::Prose, names)),
            needs: shape.needs.iter().map(|text| self.prose(text, Context::Prose, names)).collect(),
            sections: shape.sections.iter().filter_map(|section| self.section(section, names)).collect(),
            span,
        }
    }

    fn section(&mut self, shape: &SectionShape, names: &Names<'_>) -> Option<Section> {
        let key = self.key(&shape.key);
        let end = shape.steps.last().map_or(shape.title.span.end, |step| step.body.span.end);
        let span = Span::new(shape.key.span.start, end);
        self.allowed(&shape.allow);
        Some(Section {
            key: key?,
            title: self.title(&shape.title, names),
            title_span: shape.title.span,
            purpose: shape.purpose,
            intro: shape.intro.as_ref().map(|text| self.prose(text, Context::Prose, names)),
            steps: shape.steps.iter().filter_map(|step| self.step(step, names)).collect(),
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            when: shape.when.as_ref().map(|when| self.condition(when, names, shape.key.span)),
            span,
        })
    }

    fn step(&mut self, shape: &StepShape, names: &Names<'_>) -> Option<Step> {
        let key = self.key(&shape.key);
        let start = shape.key.span.start.min(shape.body.span.start);
        let span = Span::new(start, shape.body.span.end.max(shape.key.span.end));
        self.allowed(&shape.allow);
        let body = self.prose(&shape.body, Context::Prose, names);
        Some(Step {
            key: key?,
            title: self.title(&shape.title, names),
            title_span: shape.title.span,
            body,
            collects: self.known_all(&shape.collects.0, "field", &names.fields),
            obtains: self.known_all(&shape.obtains.0, "field", &names.fields),
            scopes: self.scopes(&shape.scopes.0, &names.scopes),
            when: shape.when.as_ref().map(|when| self.condition(when, names, shape.key.span)),
            span,
        })
    }
}
