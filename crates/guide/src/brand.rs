//! A brand: everything that white-labeling changes.

use crate::prose::Prose;
use crate::template::Template;

/// The product's name and links, the theme, and the fixed wording of pages.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The product's name.
    pub name: String,
    /// The name of the place where accounts are linked.
    pub hub: String,
    /// The URL at which people get help.
    pub support_url: Option<String>,
    /// The URL of the product's site, without a trailing slash.
    pub site_url: Option<String>,
    /// The colors of pages.
    pub theme: Theme,
    /// The lines at the top of a page's Markdown version.
    pub twin_head: Vec<Template>,
    /// The wording of pages for people who link an account.
    pub link: LinkWording,
    /// The wording of pages for administrators who set up a method.
    pub setup: SetupWording,
}

/// The colors of pages, as `#rrggbb`.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// The color of links and buttons on light pages. `None` for the default color.
    pub accent: Option<String>,
    /// The color of links and buttons on dark pages. `None` for the default color.
    pub accent_dark: Option<String>,
}

/// The fixed wording of pages for people who link an account.
#[derive(Clone, Debug)]
pub struct LinkWording {
    /// The page's title.
    pub title: Template,
    /// The page's description.
    pub description: Template,
    /// The heading of the section about linking.
    pub heading: Template,
    /// The step in which people open the hub.
    pub open: Titled,
    /// The step in which people fill in the fields.
    pub fill: Titled,
    /// The title of the step in which people connect.
    pub connect_title: Template,
    /// What happens when people connect, one line each.
    pub connect: Vec<Prose>,
    /// What happens if people sign in with the provider in a browser. If empty, `connect` applies.
    pub connect_in_browser: Vec<Prose>,
    /// The closing sentence.
    pub closing: Prose,
}

/// The fixed wording of pages for administrators who set up a method.
#[derive(Clone, Debug)]
pub struct SetupWording {
    /// The page's title.
    pub title: Template,
    /// The page's description.
    pub description: Template,
    /// The heading of the section about the connector profile.
    pub heading: Template,
    /// The text below the heading.
    pub intro: Prose,
    /// The step in which administrators open the connector profiles.
    pub open: Titled,
    /// The title of the step in which they create a profile.
    pub create_title: Template,
    /// What to do before filling in the fields, one line each.
    pub before_fields: Vec<Prose>,
    /// The text that introduces the list of fields.
    pub fields: Prose,
    /// The text after the label of an optional field.
    pub optional: String,
    /// What to do after filling in the fields, one line each.
    pub after_fields: Vec<Prose>,
}

/// A step's title and text.
#[derive(Clone, Debug)]
pub struct Titled {
    /// The title.
    pub title: Template,
    /// The text.
    pub text: Prose,
}
