//! A brand: everything that white-labelling changes.

use crate::prose::Prose;
use crate::template::Template;

/// Product name, links, theme and the fixed wording of pages.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The product's name.
    pub name: String,
    /// What the place is called in which accounts are linked.
    pub hub: String,
    /// Where to go for help.
    pub support_url: Option<String>,
    /// The site's address.
    pub site_url: Option<String>,
    /// Colors.
    pub theme: Theme,
    /// The lines above the `.md` twin of a page.
    pub twin_head: Vec<Template>,
    /// The wording of the page that tells how to link.
    pub link: LinkWording,
    /// The wording of the page that tells how to set up.
    pub setup: SetupWording,
}

/// Colors, as `#rrggbb`.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// Links and buttons on a light page.
    pub accent: Option<String>,
    /// Links and buttons on a dark page.
    pub accent_dark: Option<String>,
}

/// The fixed wording of the page that tells how to link an account.
#[derive(Clone, Debug)]
pub struct LinkWording {
    /// The page's title.
    pub title: Template,
    /// The page's description.
    pub description: Template,
    /// The heading of the block about linking.
    pub heading: Template,
    /// The step that leads to the hub.
    pub open: Titled,
    /// The step in which the fields are filled.
    pub fill: Titled,
    /// The title of the step that connects …
    pub connect_title: Template,
    /// … and what happens.
    pub connect: Vec<Prose>,
    /// What happens where people sign in at the provider in a browser; nothing of its own, if empty.
    pub connect_in_browser: Vec<Prose>,
    /// The last sentence.
    pub closing: Prose,
}

/// The fixed wording of the page that tells how to set a method up.
#[derive(Clone, Debug)]
pub struct SetupWording {
    /// The page's title.
    pub title: Template,
    /// The page's description.
    pub description: Template,
    /// The heading of the block about the configuration.
    pub heading: Template,
    /// What stands below it.
    pub intro: Prose,
    /// The step that leads there.
    pub open: Titled,
    /// The title of the step that creates it …
    pub create_title: Template,
    /// … what is done before the fields …
    pub before_fields: Vec<Prose>,
    /// … what introduces the fields …
    pub fields: Prose,
    /// … what follows an optional field's label …
    pub optional: String,
    /// … and what is done after them.
    pub after_fields: Vec<Prose>,
}

/// A title and a text.
#[derive(Clone, Debug)]
pub struct Titled {
    /// The title.
    pub title: Template,
    /// The text.
    pub text: Prose,
}
