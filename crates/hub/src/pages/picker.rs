//! Choosing a provider, and a method where there are several.
//!
//! **Invariant:** what is found does not depend on whether a script runs: `script/picker.js` compares as `search` does.

use minijinja::{Value, context};
use serde::Serialize;

use super::shell::{Frame, Head, data, draw};

/// A provider to choose.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProviderCard {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What kind of product it is.
    pub categories: Vec<String>,
    /// Its icon.
    pub icon: Option<String>,
    /// Where it is chosen.
    pub url: String,
}

/// What the page of providers is made from.
#[derive(Clone, Copy)]
pub struct ProvidersPage<'a> {
    /// Where the page is: `/session/{session}`.
    pub base: &'a str,
    /// Every provider of the session.
    pub all: &'a [ProviderCard],
    /// What is searched for.
    pub query: &'a str,
    /// The category chosen.
    pub category: &'a str,
}

/// A way to link.
#[derive(Clone, Debug, Serialize)]
pub struct MethodCard {
    /// What it is called.
    pub label: String,
    /// One sentence, in the guide's language.
    pub description: Option<String>,
    /// Whether people sign in at the provider.
    pub in_browser: bool,
    /// Where it is chosen.
    pub url: String,
}

/// What the page of methods is made from.
#[derive(Clone, Copy)]
pub struct MethodsPage<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// Where another provider is chosen, if there are several.
    pub providers: Option<&'a str>,
    /// The ways to link.
    pub methods: &'a [MethodCard],
}

/// The page on which a provider is chosen.
pub fn providers(frame: &Frame<'_>, page: &ProvidersPage<'_>) -> String {
    let texts = frame.texts();
    let found: Vec<&ProviderCard> = search(page.all, page.query, page.category);
    let mut categories: Vec<&str> =
        page.all.iter().flat_map(|card| card.categories.iter().map(String::as_str)).collect();
    categories.sort_unstable();
    categories.dedup();
    let cards: Vec<Value> = page
        .all
        .iter()
        .map(|card| {
            let place = found.iter().position(|one| one.key == card.key);
            context! { card => data(card), hidden => place.is_none() }
        })
        .collect();
    // What was found best comes first; what was not found stays for the script, which searches anew.
    let mut order: Vec<usize> = (0..page.all.len()).collect();
    order.sort_by_key(|at| found.iter().position(|one| one.key == page.all[*at].key).unwrap_or(usize::MAX));
    let cards: Vec<Value> = order.into_iter().map(|at| cards[at].clone()).collect();
    let title = frame.say(texts.pick_title, &[]);
    let count = match found.len() {
        1 => texts.pick_count_one.to_owned(),
        many => frame.say(texts.pick_count, &[("count", &many.to_string())]),
    };
    draw(
        frame,
        &Head::new(&title, Some(1)),
        "providers.html",
        context! {
            lead => texts.pick_lead,
            base => page.base,
            query => page.query,
            category => page.category,
            categories => data(categories.iter().map(|one| (*one, named(one))).collect::<Vec<_>>()),
            cards,
            count,
            is_nothing => found.is_empty(),
            none_says => frame.say(texts.pick_none, &[("query", page.query)]),
        },
    )
}

/// The page on which a method is chosen.
pub fn methods(frame: &Frame<'_>, page: &MethodsPage<'_>) -> String {
    let texts = frame.texts();
    let title = frame.say(texts.method_title, &[("provider", page.provider)]);
    draw(
        frame,
        &Head::new(&title, Some(1)),
        "methods.html",
        context! {
            lead => texts.method_lead,
            provider => page.provider,
            icon => page.icon,
            providers => page.providers,
            methods => data(page.methods),
        },
    )
}

/// The providers that a query may mean, the likeliest first; of a category, if one is chosen.
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

/// How far a provider is from a query, or none where it is not meant.
fn distance(card: &ProviderCard, query: &str) -> Option<u32> {
    if query.is_empty() {
        return Some(0);
    }
    let names = [&card.name, &card.key].into_iter().chain(&card.aliases);
    names.filter_map(|name| distance_of(&plain(name), query)).min()
}

/// 0: begins so; 1: a word begins so; 2: holds it; from 3: so many letters differ.
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
    // A letter may be wrong in a short word, two in a longer one; in two letters nothing can be recognized.
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

/// Lower-case letters and digits, with single spaces between words.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The name of a category: `ticketing` is `Ticketing`; what is short is an abbreviation.
fn named(category: &str) -> String {
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
    fn typos_are_forgiven_and_nothing_else() {
        assert_eq!(names("", ""), "Acme Force, Help Desk, Mailer");
        assert_eq!(names("ACME", ""), "Acme Force");
        assert_eq!(names("froce", ""), "", "a typo is forgiven from the beginning of a name");
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
