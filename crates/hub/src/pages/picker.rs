//! The pages for choosing a provider, and for choosing a method if there are several.
//!
//! **Invariant:** search results are the same with and without scripts, because `script/picker.js` uses the same
//! comparison as `search`.

use std::collections::BTreeSet;

use minijinja::{Value, context};
use serde::Serialize;

use super::shell::{Frame, Head, PageProvider, data, icon, render_page};

/// A provider to choose.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProviderCard {
    /// The provider's key.
    pub key: String,
    /// The provider's name.
    pub name: String,
    /// Alternative names that the search also matches.
    pub aliases: Vec<String>,
    /// The provider's categories.
    pub categories: Vec<String>,
    /// The path for choosing the provider.
    pub url: String,
}

/// The data for the provider list.
#[derive(Clone, Copy)]
pub struct ProvidersPage<'a> {
    /// The page's path: `/session/{session}`.
    pub base: &'a str,
    /// All providers available in the session.
    pub all: &'a [ProviderCard],
    /// The search query.
    pub query: &'a str,
    /// The selected category.
    pub category: &'a str,
}

/// A method to choose.
#[derive(Clone, Debug, Serialize)]
pub struct MethodCard {
    /// The method's label.
    pub label: String,
    /// A description in one sentence, in the guide's language.
    pub description: Option<String>,
    /// Whether people sign in to the provider in the browser.
    pub in_browser: bool,
    /// The path for choosing the method.
    pub url: String,
}

/// The data for the method list.
#[derive(Clone, Copy)]
pub struct MethodsPage<'a> {
    /// The provider.
    pub provider: PageProvider<'a>,
    /// The path for choosing another provider, if there are several providers.
    pub providers: Option<&'a str>,
    /// The methods to choose from.
    pub methods: &'a [MethodCard],
}

/// Renders the page for choosing a provider.
pub fn providers(frame: &Frame<'_>, page: &ProvidersPage<'_>) -> String {
    let texts = frame.texts();
    let found = search(page.all, page.query, page.category);
    let is_found = |card: &ProviderCard| found.iter().any(|one| one.key == card.key);
    // The best matches come first. The other providers stay on the page, hidden, because the script searches all
    // providers.
    let others = page.all.iter().filter(|card| !is_found(card));
    let cards = found.iter().copied().chain(others).map(|card| {
        context! { card => data(card), icon => icon(&card.key), hidden => !is_found(card) }
    });
    let categories: BTreeSet<&str> =
        page.all.iter().flat_map(|card| card.categories.iter().map(String::as_str)).collect();
    let categories: Vec<(&str, String)> =
        categories.into_iter().map(|one| (one, category_name(one))).collect();
    let count = match found.len() {
        1 => texts.pick_count_one.to_owned(),
        many => frame.fill(texts.pick_count, &[("count", &many.to_string())]),
    };
    let head = Head { stage: Some(1), ..Head::new(frame.fill(texts.pick_title, &[]), texts.pick_lead) };
    let page = context! {
        base => page.base,
        query => page.query,
        category => page.category,
        categories => data(categories),
        cards => cards.collect::<Value>(),
        count,
        is_nothing => found.is_empty(),
    };
    render_page(frame, &head, "providers.html", page)
}

/// Renders the page for choosing a method.
pub fn methods(frame: &Frame<'_>, page: &MethodsPage<'_>) -> String {
    let texts = frame.texts();
    let title = frame.fill(texts.method_title, &[("provider", page.provider.name)]);
    let head = Head { stage: Some(1), provider: Some(page.provider), ..Head::new(title, texts.method_lead) };
    let page = context! { providers => page.providers, methods => data(page.methods) };
    render_page(frame, &head, "methods.html", page)
}

/// Returns the providers that match a query and the selected category, best match first.
pub fn search<'a>(all: &'a [ProviderCard], query: &str, category: &str) -> Vec<&'a ProviderCard> {
    let query = plain(query);
    let mut found: Vec<(u32, &ProviderCard)> = all
        .iter()
        .filter(|card| category.is_empty() || card.categories.iter().any(|one| one == category))
        .filter_map(|card| Some((distance(card, &query)?, card)))
        .collect();
    found.sort_by_key(|(distance, card)| (*distance, card.name.to_lowercase()));
    found.into_iter().map(|(_, card)| card).collect()
}

/// Returns a provider's distance from a query; `None` if the provider does not match.
fn distance(card: &ProviderCard, query: &str) -> Option<u32> {
    if query.is_empty() {
        return Some(0);
    }
    let names = [&card.name, &card.key].into_iter().chain(&card.aliases);
    names.filter_map(|name| distance_of(&plain(name), query)).min()
}

/// Rates a match: 0 if the name starts with the query, 1 if another word in the name does, 2 if the name contains the
/// query, and otherwise 3 plus the edit distance. `None` if the name does not match.
fn distance_of(name: &str, query: &str) -> Option<u32> {
    if name.starts_with(query) {
        return Some(0);
    }
    if name.split(' ').any(|word| word.starts_with(query)) {
        return Some(1);
    }
    if name.replace(' ', "").contains(&query.replace(' ', "")) {
        return Some(2);
    }
    let length = query.chars().count();
    // A query of three to five letters may have one typo, a longer query two, and a shorter query none.
    let allowed = match length {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let begin = |extra: usize| name.chars().take(length + extra).collect::<String>();
    let candidates = [begin(0), begin(1), name.chars().take(length - 1).collect()];
    let least = candidates.iter().map(|one| strsim::osa_distance(one, query)).min()?;
    (least <= allowed).then(|| 3 + u32::try_from(least).unwrap_or(u32::MAX - 3))
}

/// Normalizes a string to lowercase letters and digits, with single spaces between words.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|ch: char| !ch.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns the display name of a category: `ticketing` becomes `Ticketing`. Names of up to four letters are treated as
/// abbreviations.
fn category_name(category: &str) -> String {
    if category.len() <= 4 {
        return category.to_uppercase();
    }
    let words = category.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str, category: &str) -> String {
        let card = |name: &str, alias: &str, category: &str| ProviderCard {
            key: name.to_lowercase().replace(' ', "-"),
            name: name.to_owned(),
            aliases: vec![alias.to_owned()],
            categories: vec![category.to_owned()],
            ..ProviderCard::default()
        };
        let all = [
            card("Acme Force", "AF", "crm"),
            card("Help Desk", "Deskworks Support", "ticketing"),
            card("Mailer", "Post", "marketing"),
        ];
        search(&all, query, category).iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_search_tolerates_only_typos() {
        assert_eq!(names("", ""), "Acme Force, Help Desk, Mailer");
        assert_eq!(names("ACME", ""), "Acme Force");
        assert_eq!(
            names("froce", ""),
            "",
            "a typo is tolerated only if the query matches from the start of the name"
        );
        assert_eq!(names("acem force", ""), "Acme Force");
        assert_eq!(names("helpdesk", ""), "Help Desk");
        assert_eq!(names("hlepdesk", ""), "Help Desk");
        assert_eq!(names("deskwroks", ""), "Help Desk");
        assert_eq!(names("maler", ""), "Mailer");
        assert_eq!(names("support", ""), "Help Desk");
        assert_eq!(names("zz", ""), "");
        assert_eq!(names("", "crm"), "Acme Force");
        assert_eq!(names("mailer", "crm"), "");
    }
}
