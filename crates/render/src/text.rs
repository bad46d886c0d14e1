//! Resolves the references in text.
//!
//! **Invariant:** a reference becomes text, code or the name of an unknown value, never markup; an address is checked
//! after its references are resolved.

use guide::{
    Block as ProseBlock, Brand, Button, Environment, Guide, Inline as ProseInline, Method, Part, Prose,
    Target, Template,
};

use crate::clean;
use crate::href::{Anchor, Anchors, Href, Picture, encoded_component};
use crate::page::{Block, Break, Inline};
use crate::wording;

/// The values that references resolve to. They come from the guide, the brand and, if there is one, the current attempt
/// to connect an account.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    guide: &'a Guide,
    method: &'a Method,
    brand: &'a Brand,
    environment: Option<&'a Environment>,
    redirect_uri: Option<&'a str>,
    button: &'a str,
    anchors: Option<&'a Anchors>,
}

/// The value of a reference.
enum Word {
    Known(String),
    /// A value that differs between readers.
    Unknown {
        /// The value's name in a sentence.
        label: String,
        /// The name of the value when it appears in code.
        name: String,
    },
}

impl<'a> Context<'a> {
    /// Creates a context without an attempt: the environment and the redirect URI are unknown, and the button has its
    /// English label.
    pub fn new(guide: &'a Guide, method: &'a Method, brand: &'a Brand) -> Self {
        let button = method.button().text();
        Self { guide, method, brand, environment: None, redirect_uri: None, button, anchors: None }
    }

    /// Returns the same context for this environment.
    #[must_use]
    pub fn in_environment(self, environment: &'a Environment) -> Self {
        Self { environment: Some(environment), ..self }
    }

    /// Returns the same context with the address to which the provider redirects the browser after sign-in.
    #[must_use]
    pub fn with_redirect_uri(self, address: &'a str) -> Self {
        Self { redirect_uri: Some(address), ..self }
    }

    /// Returns the same context for a page whose form has a button with this label, in which `{provider}` stands for the
    /// provider's name.
    #[must_use]
    pub fn with_button(self, label: &'a str) -> Self {
        Self { button: label, ..self }
    }

    /// Returns the same context for a page with these anchors.
    pub(crate) fn on_page(self, anchors: &'a Anchors) -> Self {
        Self { anchors: Some(anchors), ..self }
    }

    /// Returns the anchor with this name, or `None` if it is not on the page.
    pub(crate) fn anchor(&self, name: &str) -> Option<Anchor> {
        self.anchors.and_then(|anchors| anchors.find(name))
    }

    /// Resolves a template within a sentence, on one line. Names of unknown values appear in angle quotes.
    pub fn sentence(&self, template: &Template) -> String {
        plain(&self.message(template))
    }

    /// Resolves a template within code. Names of unknown values appear in braces.
    pub fn code(&self, template: &Template) -> String {
        let pieces = template.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Reference(reference) => match self.word(&reference.target) {
                Word::Known(text) => text,
                Word::Unknown { name, .. } => format!("{{{name}}}"),
            },
        });
        clean::inline(&pieces.collect::<String>())
    }

    /// Resolves a template to running text.
    pub(crate) fn message(&self, template: &Template) -> Vec<Inline> {
        let pieces = template.parts.iter().map(|part| match part {
            Part::Text(text) => Inline::Text(clean::inline(text)),
            Part::Reference(reference) => self.reference(&reference.target),
        });
        joined(pieces.collect())
    }

    /// Resolves prose to the blocks of a page.
    pub fn blocks(&self, prose: &Prose) -> Vec<Block> {
        prose.blocks.iter().map(|block| self.block(block)).collect()
    }

    fn inlines(&self, list: &[ProseInline]) -> Vec<Inline> {
        joined(list.iter().flat_map(|inline| self.inline(inline)).collect())
    }

    fn block(&self, block: &ProseBlock) -> Block {
        match block {
            ProseBlock::Paragraph(content) => Block::Paragraph(unbroken_at_ends(self.inlines(content))),
            ProseBlock::List { first, items } => Block::List {
                first: *first,
                items: items
                    .iter()
                    .map(|item| item.iter().map(|block| self.block(block)).collect())
                    .collect(),
            },
            ProseBlock::Code { language, text } => Block::Code {
                language: language.as_deref().map(language_name).filter(|name| !name.is_empty()),
                text: clean::lines(text),
            },
        }
    }

    fn inline(&self, inline: &ProseInline) -> Vec<Inline> {
        let resolved = match inline {
            ProseInline::Text(text) => Inline::Text(clean::inline(text)),
            ProseInline::Reference(reference) => self.reference(&reference.target),
            ProseInline::Code(template) => self.inline_code(template),
            ProseInline::Strong(content) => {
                let content = once(self.inlines(content), true);
                menu_path(&content).map_or(Inline::Strong(content), Inline::Path)
            }
            ProseInline::Emphasis(content) => Inline::Emphasis(once(self.inlines(content), false)),
            ProseInline::Link { href, content } => {
                let content = self.inlines(content);
                match self.href(href) {
                    Some(href) => Inline::Link { href, content },
                    // If the address is not usable, only the link's text remains.
                    None => return content,
                }
            }
            ProseInline::Image { source, text } => {
                let text = clean::line(text);
                match Picture::parse(source) {
                    Some(source) => Inline::Image { source, text },
                    None => Inline::Text(text),
                }
            }
            ProseInline::SoftBreak => Inline::Break(Break::Soft),
            ProseInline::HardBreak => Inline::Break(Break::Hard),
        };
        vec![resolved]
    }

    /// Resolves inline code. The callback URL usually appears as code of its own. While it is unknown, words say where to
    /// find it, because people would type the name of the value into the provider's form.
    fn inline_code(&self, template: &Template) -> Inline {
        match template.parts.as_slice() {
            [Part::Reference(reference)] if reference.target == Target::RedirectUri => {
                match self.word(&reference.target) {
                    Word::Known(address) => Inline::Code(clean::inline(&address)),
                    Word::Unknown { label, .. } => Inline::Placeholder(clean::line(&label)),
                }
            }
            _ => Inline::Code(self.code(template)),
        }
    }

    fn reference(&self, target: &Target) -> Inline {
        match self.word(target) {
            Word::Known(text) => Inline::Text(clean::line(&text)),
            Word::Unknown { label, .. } => Inline::Placeholder(clean::line(&label)),
        }
    }

    /// Resolves an address. The value of every reference is percent-encoded, except for a reference at the beginning of
    /// the address.
    ///
    /// Returns `None` if a reference is unknown, if the address is not safe to follow, or if its anchor is not on the
    /// page.
    fn href(&self, template: &Template) -> Option<Href> {
        let mut address = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Reference(reference) => match self.word(&reference.target) {
                    Word::Known(text) if address.is_empty() => address = text,
                    Word::Known(text) => address.push_str(&encoded_component(&text)),
                    Word::Unknown { .. } => return None,
                },
            }
        }
        let href = Href::parse(&address)?;
        match (href.fragment(), self.anchors) {
            (None, _) => Some(href),
            (Some(name), Some(anchors)) => anchors.find(name).map(|anchor| Href::to(&anchor)),
            (Some(_), None) => None,
        }
    }

    fn word(&self, target: &Target) -> Word {
        let label = |key: &guide::Key| {
            let field = self.method.field(key.as_str());
            let field = field.or_else(|| Some(&self.method.derived(key.as_str())?.field));
            field.map_or_else(|| key.to_string(), |field| field.label.clone())
        };
        let unknown = |label: String, name: &str| Word::Unknown { label, name: name.to_owned() };
        let only = match self.method.environments.as_slice() {
            [one] => Some(one),
            _ => None,
        };
        let environment = self.environment.or(only);
        Word::Known(match target {
            Target::Value(key) => return unknown(label(key), key.as_str()),
            Target::Label(key) => label(key),
            Target::Step(key) => {
                self.method.step(key.as_str()).map_or_else(|| key.to_string(), |(_, step)| step.title.clone())
            }
            Target::EnvironmentHost => match environment {
                Some(environment) => environment.host.clone(),
                None => {
                    let label = &self.method.environment_label;
                    let name = format!("{}_host", label.to_lowercase().replace(' ', "_"));
                    return unknown(wording::environment_host(label), &name);
                }
            },
            Target::EnvironmentLabel => environment.map_or_else(
                || wording::chosen_environment(&self.method.environment_label),
                |one| one.label.clone(),
            ),
            Target::EnvironmentValue(name) => {
                match environment.and_then(|environment| environment.value(name.as_str())) {
                    Some(text) => text.to_owned(),
                    None => return unknown(name.as_str().replace(['_', '-'], " "), name.as_str()),
                }
            }
            Target::ProviderName => self.guide.provider.name.clone(),
            Target::ProviderKey => self.guide.provider.key.to_string(),
            Target::MethodLabel => self.method.label.clone(),
            Target::BrandName => self.brand.name.clone(),
            Target::BrandHub => self.brand.hub.clone(),
            Target::BrandSupportUrl => self.brand.support_url.clone().unwrap_or_default(),
            Target::BrandSiteUrl => self.brand.site_url.clone().unwrap_or_default(),
            Target::BrandEgressAddresses => self.brand.egress_addresses.phrase(&self.brand.name),
            Target::Json(path) => return unknown(path.to_string(), &path.to_string()),
            Target::Capture(key) | Target::Token(key) => return unknown(key.to_string(), key.as_str()),
            Target::Assertion => return unknown("assertion".to_owned(), "assertion"),
            Target::Request(_) | Target::Now(_) | Target::Random(_) => return unknown("…".to_owned(), "…"),
            Target::HubButton => Button::label(self.button, &self.guide.provider.name),
            Target::RedirectUri => match (self.redirect_uri, &self.brand.redirect_uri) {
                (Some(address), _) => address.to_owned(),
                (None, Some(address)) => self.sentence(address),
                (None, None) => return unknown(wording::redirect_uri(&self.brand.hub), "callback_url"),
            },
        })
    }
}

/// Returns running text without its markup, for a title or an attribute.
pub fn plain(list: &[Inline]) -> String {
    let mut out = String::new();
    for inline in list {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Image { text, .. } => out.push_str(text),
            Inline::Strong(content) | Inline::Emphasis(content) | Inline::Link { content, .. } => {
                out.push_str(&plain(content));
            }
            Inline::Path(names) => out.push_str(&names.join(" > ")),
            Inline::Placeholder(name) => out.push_str(&wording::placeholder(name)),
            Inline::Break(_) => out.push(' '),
        }
    }
    out
}

/// Returns the names in a path through menus, such as `Settings > Users`, or `None` if the content is not such a path.
fn menu_path(content: &[Inline]) -> Option<Vec<String>> {
    let [Inline::Text(text)] = content else { return None };
    let names: Vec<String> = text.split(" > ").map(|name| name.trim().to_owned()).collect();
    (names.len() > 1 && names.iter().all(|name| !name.is_empty())).then_some(names)
}

/// Removes the line breaks at the beginning and end of a paragraph, where a reference with an empty value can leave
/// one behind.
fn unbroken_at_ends(mut content: Vec<Inline>) -> Vec<Inline> {
    let is_break = |inline: &Inline| matches!(inline, Inline::Break(_));
    let start = content.iter().take_while(|inline| is_break(inline)).count();
    content.drain(..start);
    while content.pop_if(|inline| is_break(inline)).is_some() {}
    content
}

/// Unwraps strong text within strong text, or emphasis within emphasis. Nesting would have no visible effect, and the
/// Markdown marks would merge.
fn once(content: Vec<Inline>, strong: bool) -> Vec<Inline> {
    let pieces = content.into_iter().flat_map(|inline| match inline {
        Inline::Strong(inner) if strong => once(inner, strong),
        Inline::Emphasis(inner) if !strong => once(inner, strong),
        Inline::Path(names) if strong => vec![Inline::Text(names.join(" > "))],
        Inline::Strong(inner) => vec![Inline::Strong(once(inner, strong))],
        Inline::Emphasis(inner) => vec![Inline::Emphasis(once(inner, strong))],
        Inline::Link { href, content } => vec![Inline::Link { href, content: once(content, strong) }],
        other => vec![other],
    });
    joined(pieces.collect())
}

/// Joins adjacent pieces of the same kind, whose marks would otherwise merge in Markdown.
fn joined(list: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(list.len());
    for inline in list {
        match (out.last_mut(), inline) {
            (_, Inline::Text(text)) if text.is_empty() => {}
            (Some(Inline::Text(before)), Inline::Text(text))
            | (Some(Inline::Code(before)), Inline::Code(text)) => {
                before.push_str(&text);
            }
            (Some(Inline::Strong(before)), Inline::Strong(content))
            | (Some(Inline::Emphasis(before)), Inline::Emphasis(content)) => {
                before.extend(content);
                *before = joined(std::mem::take(before));
            }
            (_, inline) => out.push(inline),
        }
    }
    out
}

/// Returns the language's name: the first word after a code fence, without characters that a name cannot contain.
fn language_name(info: &str) -> String {
    let word = info.split_whitespace().next().unwrap_or_default();
    word.chars().filter(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '+')).take(30).collect()
}
