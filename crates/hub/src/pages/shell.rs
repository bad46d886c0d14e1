//! The parts that all pages share: head, landmarks and the stages of linking.
//!
//! **Invariant:** every inserted value is escaped and stripped of invisible and direction-changing characters, except
//! for markup from `render`. An unknown name in a template is an error; tests exclude it by rendering every page.

use std::sync::LazyLock;

use guide::Brand;
use link::Flow;
use minijinja::value::{Kwargs, Serde};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use serde::Serialize;
use url::form_urlencoded::byte_serialize;

use super::assets::Assets;
use crate::texts::{Language, Texts, fill};

/// The parts that all pages share.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The brand of the product that accounts are linked to.
    pub brand: &'a Brand,
    /// The reader's language.
    pub language: Language,
    /// The style sheet and the script.
    pub assets: &'a Assets,
    /// The CSRF token, which proves that a form came from one of the Hub's pages.
    pub csrf: &'a str,
    /// Whether the page is embedded.
    pub mode: Mode<'a>,
    /// The display options of the link.
    pub look: Look,
    /// The URL of the product's page to return to.
    pub return_to: Option<&'a str>,
}

/// Whether a page is embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// The page has a window of its own.
    Standalone,
    /// The page is in a frame. Heights and events are sent only to pages of this origin.
    Embedded {
        /// The origin of the embedding page.
        parent: &'a str,
    },
}

/// The display options of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The color scheme.
    pub scheme: Scheme,
    /// Whether an embedded page has a footer.
    pub footer: bool,
}

/// The color scheme of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// The reader's preference.
    #[default]
    Auto,
    /// Light, whatever the reader prefers.
    Light,
    /// Dark, whatever the reader prefers.
    Dark,
}

impl Scheme {
    /// Parses a scheme's name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|one| one.name() == name)
    }

    /// The scheme's name, which is also a class in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl<'a> Frame<'a> {
    /// The context that resolves the references in the guide's texts.
    pub(super) fn context(&self, flow: &'a Flow) -> render::Context<'a> {
        let context = render::Context::new(flow.guide(), flow.method(), self.brand);
        match flow.environment() {
            Some(environment) => context.in_environment(environment),
            None => context,
        }
    }

    pub(super) fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    /// A message about the product.
    pub(super) fn say(&self, message: &str, values: &[(&str, &str)]) -> String {
        let mut all = vec![("product", self.brand.name.as_str())];
        all.extend_from_slice(values);
        fill(message, &all)
    }
}

/// The parts outside the content that differ from page to page.
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    /// The stage of linking, from 1 to 4; `None` if the page does not belong to a stage.
    pub(super) stage: Option<u8>,
    /// The event sent to the embedding page.
    pub(super) event: Option<Event<'a>>,
    /// The page to reload after a moment if scripts are disabled.
    pub(super) refresh: Option<u32>,
    /// Whether the page shows a problem.
    pub(super) is_problem: bool,
}

impl<'a> Head<'a> {
    pub(super) const fn new(title: &'a str, stage: Option<u8>) -> Self {
        Self { title, stage, event: None, refresh: None, is_problem: false }
    }
}

/// An event sent to the embedding page.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) name: &'static str,
    pub(super) detail: Option<&'a str>,
    /// The key of the provider that the event is about.
    pub(super) provider: Option<&'a str>,
}

impl<'a> Event<'a> {
    pub(super) const fn new(name: &'static str, detail: Option<&'a str>) -> Self {
        Self { name, detail, provider: None }
    }
}

const TEMPLATES: &[(&str, &str)] = &[
    ("shell.html", include_str!("templates/shell.html")),
    ("field.html", include_str!("templates/field.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("form.html", include_str!("templates/form.html")),
    ("checking.html", include_str!("templates/checking.html")),
    ("confirm.html", include_str!("templates/confirm.html")),
    ("done.html", include_str!("templates/done.html")),
    ("providers.html", include_str!("templates/providers.html")),
    ("methods.html", include_str!("templates/methods.html")),
    ("handoff.html", include_str!("templates/handoff.html")),
    ("help.html", include_str!("templates/help.html")),
    ("notice.html", include_str!("templates/notice.html")),
];

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    pages.set_auto_escape_callback(|_| AutoEscape::Html);
    pages.add_filter("fill", |message: &str, values: Kwargs| -> Result<String, minijinja::Error> {
        let names: Vec<&str> = values.args().collect();
        let texts: Vec<Value> = names.iter().map(|name| values.get(name)).collect::<Result<_, _>>()?;
        let texts: Vec<String> = texts.iter().map(Value::to_string).collect();
        let pairs: Vec<(&str, &str)> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
        Ok(fill(message, &pairs))
    });
    // Line breaks in preformatted text become character references, because the page's own line breaks are removed.
    pages.add_filter("lines", |text: &str| {
        let lines: Vec<String> = text.split('\n').map(escaped).collect();
        Value::from_safe_string(lines.join("&#10;"))
    });
    pages.add_filter("urlencode", |text: &str| byte_serialize(text.as_bytes()).collect::<String>());
    pages.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    for (name, text) in TEMPLATES {
        pages.add_template(name, text).expect("every page is a template, as tests show");
    }
    pages
});

/// Whether a character is invisible and changes how other text is displayed.
fn is_unseen(ch: char) -> bool {
    let is_break = matches!(ch, '\n' | '\t');
    (ch.is_control() && !is_break)
        || matches!(ch, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Escapes a text for HTML content and double-quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ch if is_unseen(ch) => {}
            ch => out.push(ch),
        }
    }
    out
}

/// Converts a value for templates.
pub(super) fn data<T: Serialize>(value: T) -> Value {
    Value::from(Serde(value))
}

/// Marks markup from `render` as safe.
pub(super) fn markup(html: String) -> Value {
    Value::from_safe_string(html)
}

/// Renders a page.
pub(super) fn draw(frame: &Frame<'_>, head: &Head<'_>, template: &str, page: Value) -> String {
    let texts = frame.texts();
    let title = if head.is_problem {
        fill(texts.title_error, &[("title", head.title)])
    } else {
        head.title.to_owned()
    };
    let stages = [texts.stage_choose, texts.stage_enter, texts.stage_check, texts.stage_done];
    let monogram: String = frame.brand.name.chars().take(1).flat_map(char::to_uppercase).collect();
    let around = context! {
        t => data(texts),
        heading => head.title,
        title => format!("{title} – {}", frame.brand.hub),
        product => frame.brand.name.as_str(),
        monogram,
        support => frame.brand.support_url.as_deref().filter(|url| url.starts_with("https://")),
        css => frame.assets.css_path.as_str(),
        js => frame.assets.js_path.as_str(),
        csrf => frame.csrf,
        parent => match frame.mode { Mode::Standalone => None, Mode::Embedded { parent } => Some(parent) },
        scheme => (frame.look.scheme != Scheme::Auto).then_some(frame.look.scheme.name()),
        footer => frame.mode == Mode::Standalone || frame.look.footer,
        return_to => frame.return_to.filter(|url| is_web(url)),
        stages => if head.stage.is_some() { stages.to_vec() } else { Vec::new() },
        stage => head.stage.unwrap_or(0),
        event => head.event.map(|event| event.name),
        event_detail => head.event.and_then(|event| event.detail),
        event_provider => head.event.and_then(|event| event.provider),
        refresh => head.refresh,
        guide_lang => crate::texts::GUIDE_LANGUAGE,
    };
    let text = PAGES
        .get_template(template)
        .and_then(|shell| shell.render(context! { ..page, ..around }))
        .unwrap_or_else(|error| panic!("{template} lacks something: {error:#}"));
    tidy(&text)
}

/// Whether a URL is safe to navigate to, so not `javascript:` or the like.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://")
        || url.starts_with("http://")
        || (url.starts_with('/') && !url.starts_with("//"))
}

/// Removes the empty lines and indentation that template tags leave behind. Line breaks in `pre` and `textarea` are
/// character references, so they are kept.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_pages_only() {
        assert!(is_web("https://app.example/x") && is_web("/x"));
        assert!(!is_web("javascript:alert(1)") && !is_web("//evil.example") && !is_web("data:text/html,x"));
    }

    #[test]
    fn what_cannot_be_seen_is_dropped() {
        assert_eq!(escaped("a\u{202e}b\u{2066}c\u{0}\nd<'"), "abc\nd&lt;&#39;");
    }
}
