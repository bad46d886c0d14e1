//! The parts that all pages share: the document head, the landmarks and the stages of linking.
//!
//! **Invariant:** every inserted value is escaped and stripped of invisible and direction-changing characters, except
//! for markup from `render`. An unknown name in a template is an error. Tests rule out such errors by rendering every
//! page.

use std::sync::LazyLock;

use guide::{Brand, Button, Guide};
use link::{Flow, Purpose};
use minijinja::value::{Kwargs, Serde};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;
use url::form_urlencoded::byte_serialize;

use super::assets::Assets;
use crate::texts::{GUIDE_LANGUAGE, Language, Texts, fill};

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
    /// The URL of the product page to return to.
    pub return_to: Option<&'a str>,
}

/// Whether a page is embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// The page is shown in its own window.
    Standalone,
    /// The page is in a frame. Its height and events are sent only to the `parent` origin.
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

/// The color scheme of a page. Its name is also a class in the style sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Scheme {
    /// The reader's preferred scheme.
    #[default]
    Auto,
    /// Light, regardless of the reader's preference.
    Light,
    /// Dark, regardless of the reader's preference.
    Dark,
}

/// The provider that a page is about.
#[derive(Clone, Copy, Debug)]
pub struct PageProvider<'a> {
    /// The provider's key, from which the icon's path is derived.
    pub key: &'a str,
    /// The provider's name.
    pub name: &'a str,
}

impl<'a> From<&'a Guide> for PageProvider<'a> {
    fn from(guide: &'a Guide) -> Self {
        Self { key: guide.provider.key.as_str(), name: &guide.provider.name }
    }
}

impl<'a> Frame<'a> {
    /// Returns the context that resolves references in the guide's prose.
    pub(super) fn context(&self, flow: &'a Flow) -> render::Context<'a> {
        let context = render::Context::new(flow.guide(), flow.method(), self.brand);
        let context = context.with_button(self.button(flow));
        match flow.environment() {
            Some(environment) => context.in_environment(environment),
            None => context,
        }
    }

    /// Returns the message on the button that submits the flow's form.
    pub(super) fn button(&self, flow: &Flow) -> &'static str {
        let texts = self.texts();
        match (flow.method().button(), flow.purpose()) {
            (Button::ContinueTo, _) => texts.continue_to,
            (Button::Connect, Purpose::Relink { .. }) => texts.connect_again,
            (Button::Connect, _) => texts.connect,
        }
    }

    pub(super) fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    /// Inserts the product's name and the given values into a message.
    pub(super) fn fill(&self, message: &str, values: &[(&str, &str)]) -> String {
        fill(message, &[&[("product", self.brand.name.as_str())], values].concat())
    }
}

/// The parts of a page that do not depend on its template.
#[derive(Default)]
pub(super) struct Head<'a> {
    /// The heading, which is also the document title.
    pub(super) title: String,
    /// The paragraph below the heading.
    pub(super) lead: String,
    /// The stage of linking, from 1 to 4; `None` if the page is not part of a stage.
    pub(super) stage: Option<u8>,
    /// The provider whose icon is shown; `None` if the page is not about a provider.
    pub(super) provider: Option<PageProvider<'a>>,
    /// The event sent to the embedding page.
    pub(super) event: Option<Event<'a>>,
    /// The number of seconds after which the page is reloaded if scripts are disabled.
    pub(super) refresh: Option<u32>,
    /// Whether the page shows a problem.
    pub(super) is_problem: bool,
    /// Whether the page replaces another one without the person's doing, such as the page with the running checks. Its
    /// heading gets the focus, so that screen readers read it.
    pub(super) is_result: bool,
}

impl Head<'_> {
    pub(super) fn new(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self { title: title.into(), lead: lead.into(), ..Self::default() }
    }
}

/// An event sent to the embedding page.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Event<'a> {
    pub(super) name: &'a str,
    /// The code of a problem, or the id of a linked account.
    pub(super) detail: &'a str,
    /// The key of the provider that the event is about.
    pub(super) provider: &'a str,
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
        let values: Result<Vec<(&str, &str)>, minijinja::Error> =
            values.args().map(|name| Ok((name, values.get(name)?))).collect();
        Ok(fill(message, &values?))
    });
    // Line breaks in preformatted text become character references, because `render_page` removes empty lines and
    // indentation.
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
        pages.add_template(name, text).expect("tests render every template");
    }
    pages
});

/// Returns whether a character is invisible or changes the text direction. Line breaks and tabs do not count.
fn is_invisible(ch: char) -> bool {
    let is_break = matches!(ch, '\n' | '\t');
    (ch.is_control() && !is_break)
        || matches!(ch, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Escapes a string for HTML content and quoted attributes, and removes invisible characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ch if is_invisible(ch) => {}
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
pub(super) fn render_page(frame: &Frame<'_>, head: &Head<'_>, template: &str, page: Value) -> String {
    let around = context! {
        t => data(frame.texts()),
        heading => &head.title,
        lead => &head.lead,
        is_problem => head.is_problem,
        is_result => head.is_result,
        hub => &frame.brand.hub,
        product => &frame.brand.name,
        provider => head.provider.map(|provider| provider.name),
        icon => head.provider.map(|provider| icon(provider.key)),
        support => frame.brand.support_url.as_deref().filter(|url| url.starts_with("https://")),
        css => &frame.assets.css_path,
        js => &frame.assets.js_path,
        csrf => frame.csrf,
        parent => match frame.mode { Mode::Standalone => None, Mode::Embedded { parent } => Some(parent) },
        scheme => <&str>::from(frame.look.scheme),
        footer => frame.mode == Mode::Standalone || frame.look.footer,
        return_to => frame.return_to.filter(|url| is_web(url)),
        stage => head.stage,
        event => data(head.event),
        refresh => head.refresh,
        guide_lang => GUIDE_LANGUAGE,
    };
    let html = PAGES
        .get_template(template)
        .and_then(|shell| shell.render(context! { ..page, ..around }))
        .unwrap_or_else(|error| panic!("{template} cannot be rendered: {error:#}"));
    // Removes the empty lines and indentation that template tags leave behind. Line breaks in `pre` and `textarea` are
    // character references, so they are kept.
    html.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// Returns the path of a provider's icon.
pub(super) fn icon(provider: &str) -> String {
    format!("/connectors/{provider}/icon")
}

/// Returns whether a URL is safe to navigate to. For example, a `javascript:` URL is not.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://")
        || url.starts_with("http://")
        || (url.starts_with('/') && !url.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_urls_and_paths_are_safe() {
        assert!(is_web("https://app.example/x") && is_web("/x"));
        assert!(!is_web("javascript:alert(1)") && !is_web("//evil.example") && !is_web("data:text/html,x"));
    }

    #[test]
    fn invisible_characters_are_removed() {
        assert_eq!(escaped("a\u{202e}b\u{2066}c\u{0}\nd<'"), "abc\nd&lt;&#39;");
    }
}
