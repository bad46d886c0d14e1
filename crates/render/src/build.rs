//! Builds the page tree from a guide, a method and a brand.
//!
//! **Invariant:** only this file determines the order of the parts.

mod builder;
mod details;
mod fields;
mod linking;
mod prose;
mod troubles;

use guide::{Brand, Guide, Method, Purpose, Walkthrough};

use self::builder::PageBuilder;
use self::linking::Connecting;
use crate::clean;
use crate::color::Color;
use crate::href::{Anchor, Anchors, Href};
use crate::page::{Action, Audience, Content, HeadLine, Page, Part, Provider, Publisher};
use crate::text::Context;
use crate::wording;

/// The reader of a page, and the scopes that the page covers.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The reader the page is written for.
    pub audience: Audience,
    /// The scopes to cover, or `None` for all. The page omits sections and steps that only other scopes need.
    pub scopes: Option<Vec<String>>,
    /// The address to which the provider redirects the browser after sign-in, or `None` if it is unknown.
    pub redirect_uri: Option<String>,
}

/// Builds a method's page.
///
/// If the method has no setup guide, its setup page has no sections.
pub fn page(guide: &Guide, method: &Method, brand: &Brand, options: &Options) -> Page {
    // The guide may have been read for another product, whose names its titles would contain.
    let guide = &*guide.for_product(&brand.product());
    let method = guide.method(method.key.as_str()).unwrap_or(method);
    let empty =
        Walkthrough { warning: None, needs: Vec::new(), sections: Vec::new(), span: guide::Span::default() };
    let walkthrough = match options.audience {
        Audience::Link => &method.link,
        Audience::Setup => method.setup.as_ref().unwrap_or(&empty),
    };
    let scopes = options.scopes.as_ref().map(|chosen| guide.with_included(chosen));
    let sections = prose::chosen(walkthrough, scopes.as_deref());
    let mut anchors = Anchors::default();
    // Steps get their anchors first, so that a step's anchor is its key.
    let step_anchors: Vec<Vec<Anchor>> = sections
        .iter()
        .map(|section| section.steps.iter().map(|step| anchors.take(step.key.as_str())).collect())
        .collect();
    let section_anchors: Vec<Anchor> =
        sections.iter().map(|section| anchors.take(section.section.key.as_str())).collect();
    let known = anchors.clone();
    let context = Context::new(guide, method, brand).on_page(&known);
    let context = match &options.redirect_uri {
        Some(address) => context.with_redirect_uri(address),
        None => context,
    };
    let mut build = PageBuilder { guide, method, brand, audience: options.audience, context, anchors };

    let (title, description) = match options.audience {
        Audience::Link => (&brand.link.title, &brand.link.description),
        Audience::Setup => (&brand.setup.title, &brand.setup.description),
    };
    let mut parts = Vec::new();
    if !walkthrough.needs.is_empty() {
        let needs = walkthrough.needs.iter().map(|need| context.blocks(need)).collect();
        parts.push(build.part("before-you-begin", wording::NEEDS, Content::Needs(needs)));
    }
    // A section in which people click the Hub's button for signing in is the last part of linking. The other sections
    // come before linking, except those about an existing credential, such as how to revoke it.
    let signing_in = build.signing_in(&sections);
    let mut later = Vec::new();
    for (n, ((section, anchor), steps)) in sections.iter().zip(section_anchors).zip(step_anchors).enumerate()
    {
        let mut content = build.section(section, steps);
        if signing_in == Some(n) {
            parts.push(build.linking(Connecting::InGuide));
            content.closing = build.closing();
        }
        let content = Content::Section(content);
        let part = Part { anchor, title: clean::line(&section.section.title), content };
        if section.section.purpose == Purpose::Obtain { parts.push(part) } else { later.push(part) }
    }
    if signing_in.is_none() {
        parts.push(build.linking(Connecting::InBrand));
    }
    parts.extend(build.fields());
    parts.extend(build.environments());
    parts.extend(build.permissions(scopes.as_deref()));
    if options.audience == Audience::Link {
        parts.extend(build.checks());
        parts.extend(build.troubles());
        parts.extend(build.credential());
    }
    parts.extend(later);
    if options.audience == Audience::Link {
        parts.extend(build.limits());
    }
    parts.extend(build.events());
    parts.extend(build.sources());
    Page {
        provider: Provider { key: guide.provider.key.to_string(), name: clean::line(&guide.provider.name) },
        method: crate::page::Method { key: method.key.to_string(), label: clean::line(&method.label) },
        audience: options.audience,
        publisher: publisher(brand),
        twin_head: brand.twin_head.iter().map(|line| head_line(&context.sentence(line))).collect(),
        title: clean::line(&context.sentence(title)),
        description: clean::line(&context.sentence(description)),
        warning: walkthrough.warning.as_ref().map(|prose| context.blocks(prose)).unwrap_or_default(),
        actions: actions(guide),
        parts,
    }
}

fn publisher(brand: &Brand) -> Publisher {
    let color = |text: &Option<String>| text.as_deref().and_then(Color::parse);
    let address = |text: &Option<String>| text.as_deref().and_then(Href::parse);
    Publisher {
        name: clean::line(&brand.name),
        hub: clean::line(&brand.hub),
        site: address(&brand.site_url),
        support: address(&brand.support_url),
        accent: color(&brand.theme.accent),
        accent_dark: color(&brand.theme.accent_dark),
    }
}

/// Parses a head line. The only Markdown syntax that such a line can contain is a heading marker.
fn head_line(text: &str) -> HeadLine {
    let rest = text.trim_start_matches('#');
    match u8::try_from(text.len() - rest.len()) {
        Ok(level @ 1..=6) if rest.starts_with(' ') => {
            HeadLine { level: Some(level), text: clean::line(rest) }
        }
        _ => HeadLine { level: None, text: clean::line(text) },
    }
}

fn actions(guide: &Guide) -> Vec<Action> {
    if guide.actions.iter().all(|action| action.scopes.is_empty()) {
        return Vec::new();
    }
    let one = |action: &guide::Action| Action {
        id: format!("{}_{}", guide.provider.key, action.key),
        label: clean::line(&action.label),
        scopes: action.scopes.iter().map(|scope| clean::line(scope)).collect(),
    };
    guide.actions.iter().map(one).collect()
}
