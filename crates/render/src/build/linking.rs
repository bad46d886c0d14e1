//! Builds the part about the product itself, where people fill in the form.
//!
//! **Invariant:** the wording comes from the brand, and the fields come from the method, in the same order as in the
//! form.

use guide::{FieldType, Inline, Prose, Purpose, Target, Template};

use super::builder::PageBuilder;
use super::prose::Chosen;
use crate::clean;
use crate::page::{Audience, Block, Content, FormField, Part, Section, Step};

/// Where a page says how to start the connection, which it must say only once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connecting {
    /// In the brand's wording.
    InBrand,
    /// In a section of the guide.
    InGuide,
}

impl<'a> PageBuilder<'a> {
    /// Returns the index of the section in which people click the Hub's button to sign in through a browser. `None` if
    /// the guide leaves that to the brand's wording.
    pub(super) fn signing_in(&self, sections: &[Chosen<'_>]) -> Option<usize> {
        let is_about_signing_in = |chosen: &Chosen<'_>| {
            chosen.section.purpose == Purpose::Obtain
                && chosen.steps.iter().any(|step| names_button(&step.body))
        };
        let in_browser = self.audience == Audience::Link && self.method.auth.needs_browser();
        sections.iter().position(is_about_signing_in).filter(|_| in_browser)
    }

    /// Returns the brand's closing sentence about linking.
    pub(super) fn closing(&self) -> Vec<Block> {
        self.context.blocks(&self.brand.link.closing)
    }

    pub(super) fn linking(&mut self, connecting: Connecting) -> Part {
        let mut section = Section {
            purpose: Purpose::Obtain,
            scopes: Vec::new(),
            intro: Vec::new(),
            steps: Vec::new(),
            closing: Vec::new(),
        };
        let (name, heading) = match self.audience {
            Audience::Link => {
                section.steps = self.link_steps(connecting);
                if connecting == Connecting::InBrand {
                    section.closing = self.closing();
                }
                ("link", &self.brand.link.heading)
            }
            Audience::Setup => {
                section.intro = self.context.blocks(&self.brand.setup.intro);
                section.steps = self.setup_steps();
                ("create-configuration", &self.brand.setup.heading)
            }
        };
        self.part(name, &self.context.sentence(heading), Content::Linking(section))
    }

    fn link_steps(&mut self, connecting: Connecting) -> Vec<Step> {
        let words = &self.brand.link;
        let form = self.form();
        let open = self.context.blocks(&words.open.text);
        let mut steps = vec![self.own_step("open-hub", &words.open.title, open)];
        if !form.is_empty() {
            let mut fill = self.context.blocks(&words.fill.text);
            fill.push(Block::Form(form));
            steps.push(self.own_step("enter-details", &words.fill.title, fill));
        }
        if connecting == Connecting::InGuide {
            return steps;
        }
        let connect = match words.connect_in_browser.as_slice() {
            own if self.method.auth.needs_browser() && !own.is_empty() => own,
            _ => &words.connect,
        };
        let connect = Block::List { first: None, items: self.items(connect).collect() };
        steps.push(self.own_step("connect", &words.connect_title, vec![connect]));
        steps
    }

    fn setup_steps(&mut self) -> Vec<Step> {
        let words = &self.brand.setup;
        let form = self.form();
        let open = self.context.blocks(&words.open.text);
        let mut items: Vec<Vec<Block>> = self.items(&words.before_fields).collect();
        if !form.is_empty() {
            let mut fill = self.context.blocks(&words.fields);
            fill.push(Block::Form(form));
            items.push(fill);
        }
        items.extend(self.items(&words.after_fields));
        vec![
            self.own_step("open-configurations", &words.open.title, open),
            self.own_step("create", &words.create_title, vec![Block::List { first: None, items }]),
        ]
    }

    fn items<'p>(&'p self, list: &'p [Prose]) -> impl Iterator<Item = Vec<Block>> + 'p {
        list.iter().map(|prose| self.context.blocks(prose))
    }

    fn own_step(&mut self, name: &str, title: &Template, body: Vec<Block>) -> Step {
        let title = clean::line(&self.context.sentence(title));
        Step { anchor: self.anchors.take(name), title, scopes: Vec::new(), body }
    }

    /// Returns the fields that this audience fills in: the administrator fills in the fields that appear only in the
    /// setup guide, and the person who connects an account fills in all other fields.
    pub(super) fn own_fields(&self) -> Vec<&'a guide::Field> {
        let by_admin = |field: &&guide::Field| {
            let mut steps = self.method.setup.iter().flat_map(guide::Walkthrough::steps);
            let in_setup = steps.any(|(_, step)| step.collects.contains(&field.key));
            in_setup && self.method.collected_at(field.key.as_str()).is_none()
        };
        let fields = self.method.fields.iter();
        fields.filter(|field| by_admin(field) == (self.audience == Audience::Setup)).collect()
    }

    /// Returns the field for choosing the environment, or `None` if the reader does not choose one.
    fn environment_choice(&self) -> Option<FormField> {
        let method = self.method;
        let chosen = method.environments.len() > 1 && !method.tells_environment();
        (chosen && self.audience == Audience::Link).then(|| FormField {
            key: "environment".to_owned(),
            label: clean::line(&method.environment_label),
            suffix: None,
            field_type: FieldType::Select,
            secret: false,
            placeholder: None,
            options: method.environments.iter().map(|one| clean::line(&one.label)).collect(),
            environment: true,
        })
    }

    fn form(&self) -> Vec<FormField> {
        let optional = match self.audience {
            Audience::Link => None,
            Audience::Setup => Some(clean::line(&self.brand.setup.optional)),
        };
        let one = |field: &guide::Field| FormField {
            key: field.key.to_string(),
            label: clean::line(&field.label),
            suffix: optional.clone().filter(|_| !field.required),
            field_type: field.kind,
            secret: field.secret,
            placeholder: field.placeholder.as_deref().map(clean::line),
            options: field.options.iter().map(|option| clean::line(&option.label)).collect(),
            environment: false,
        };
        let fields: Vec<FormField> = self.own_fields().into_iter().map(one).collect();
        // If the environment is the only field, there is no form, and the guide's steps explain how to choose the
        // environment.
        let environment = self.environment_choice().filter(|_| !fields.is_empty());
        environment.into_iter().chain(fields).collect()
    }
}

/// Returns whether prose refers to the button that submits the form on a linking page.
fn names_button(prose: &Prose) -> bool {
    prose
        .inlines()
        .into_iter()
        .any(|inline| matches!(inline, Inline::Reference(reference) if reference.target == Target::HubButton))
}
