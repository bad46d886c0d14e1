//! The pages for choosing a provider and a method.

use std::collections::BTreeMap;

use axum::response::Response;
use guide::Method;
use serde::Deserialize;

use super::context::{SessionContext, redirect_to};
use super::failure::Failure;
use crate::connectors::Connector;
use crate::pages::{
    MethodCard, MethodsPage, PageProvider, ProviderCard, ProvidersPage, Trouble, methods,
    providers as providers_page,
};
use crate::wire::Query;

/// The query parameters of the provider list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    /// The provider whose methods are shown.
    provider: Option<String>,
}

pub(super) async fn providers(
    context: SessionContext,
    Query(choice): Query<Choice>,
) -> Result<Response, Failure> {
    let base = context.base();
    let connectors = context.app.connectors.of_session(&context.session).await?;
    // The account to edit was linked with one connector, so there is nothing to choose.
    if let Some(account) = context.app.session_accounts.named(&context.session).await?
        && let Some(home) = &account.home
        && connectors.iter().any(|connector| connector.id == home.connector_profile)
    {
        return Ok(redirect_to(&format!("{base}/{}", home.connector_profile)));
    }
    let mut by_provider: BTreeMap<&str, Vec<&Connector>> = BTreeMap::new();
    for connector in &connectors {
        by_provider.entry(connector.provider()).or_default().push(connector);
    }
    let chosen = match by_provider.len() {
        1 => by_provider.keys().next().copied(),
        _ => choice.provider.as_deref(),
    };
    if let Some(provider) = chosen {
        let own = by_provider.get(provider).ok_or(Trouble::NotFound)?;
        return Ok(match own.as_slice() {
            [only] => redirect_to(&format!("{base}/{}", only.id)),
            several => context.page(choose_method(&context, several, 1 < by_provider.len())),
        });
    }
    let cards: Vec<ProviderCard> =
        by_provider.iter().map(|(provider, own)| card(&base, provider, own)).collect();
    let page = ProvidersPage { base: &base, all: &cards, query: &choice.q, category: &choice.category };
    Ok(context.page(providers_page(&context.frame(), &page)))
}

fn card(base: &str, key: &str, own: &[&Connector]) -> ProviderCard {
    let url = match own {
        [only] => format!("{base}/{}", only.id),
        _ => format!("{base}?provider={key}"),
    };
    let provider = &own[0].guide().provider;
    ProviderCard {
        key: key.to_owned(),
        name: provider.name.clone(),
        aliases: provider.aliases.clone(),
        categories: provider.categories.clone(),
        url,
    }
}

fn choose_method(context: &SessionContext, several: &[&Connector], may_go_back: bool) -> String {
    let base = context.base();
    let offered = several.iter().filter_map(|connector| {
        let method = connector.guide().method(&connector.method)?;
        Some((*connector, method))
    });
    let offered: Vec<(&Connector, &Method)> = offered.collect();
    let names = offered.iter().map(|(connector, method)| Names {
        method: &method.label,
        profile: connector.profile.as_ref().map(|profile| profile.name.as_str()),
    });
    let labels = labels(&names.collect::<Vec<_>>());
    let cards = offered.iter().zip(labels).map(|((connector, method), label)| MethodCard {
        label,
        description: method.description.clone(),
        in_browser: method.auth.needs_browser(),
        url: format!("{base}/{}", connector.id),
    });
    let cards: Vec<MethodCard> = cards.collect();
    let page = MethodsPage {
        provider: PageProvider::from(several[0].guide()),
        providers: may_go_back.then_some(base.as_str()),
        methods: &cards,
    };
    methods(&context.frame(), &page)
}

/// The names that distinguish one provider's connectors.
struct Names<'a> {
    /// The method's label.
    method: &'a str,
    /// The connector profile's name. `None` for a built-in connector.
    profile: Option<&'a str>,
}

/// Returns a distinct label for each connector. The name of a connector profile is internal, so it is added to the
/// method's label only if several connectors have that label. Labels that are then still the same are numbered.
fn labels(all: &[Names<'_>]) -> Vec<String> {
    let is_shared = |one: &Names<'_>| 1 < all.iter().filter(|other| other.method == one.method).count();
    let label = |one: &Names<'_>| match one.profile.filter(|_| is_shared(one)) {
        Some(profile) => format!("{} – {profile}", one.method),
        None => one.method.to_owned(),
    };
    let plain: Vec<String> = all.iter().map(label).collect();
    let numbered = |(at, text): (usize, &String)| {
        let same = |texts: &[String]| texts.iter().filter(|other| *other == text).count();
        if same(&plain) == 1 { text.clone() } else { format!("{text} ({})", same(&plain[..=at])) }
    };
    plain.iter().enumerate().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_distinct_and_show_profile_names_only_if_needed() {
        let of = |all: &[(&'static str, Option<&'static str>)]| {
            labels(&all.iter().map(|&(method, profile)| Names { method, profile }).collect::<Vec<_>>())
        };
        assert_eq!(of(&[("OAuth", Some("SF")), ("API Key", None)]), ["OAuth", "API Key"]);
        assert_eq!(of(&[("OAuth", Some("EU")), ("OAuth", Some("US"))]), ["OAuth – EU", "OAuth – US"]);
        assert_eq!(of(&[("OAuth", Some("SF")), ("OAuth", Some("SF"))]), ["OAuth – SF (1)", "OAuth – SF (2)"]);
    }
}
