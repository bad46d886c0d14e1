//! Choosing a provider, and a method.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Deserialize;

use super::desk::{Desk, go};
use crate::connectors::{self, Integration};
use crate::pages::{
    MethodCard, MethodsPage, ProviderCard, ProvidersPage, Trouble, methods, providers as page,
};
use crate::wire::Query;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    /// The provider whose methods are shown.
    provider: Option<String>,
}

pub(super) async fn providers(desk: Desk, Query(wanted): Query<Wanted>) -> Result<Response, Response> {
    let base = desk.base();
    let all = connectors::of_session(&desk.app, &desk.session).await.map_err(desk.failed(&base))?;
    let mut by_provider: BTreeMap<&str, Vec<&Integration>> = BTreeMap::new();
    for one in &all {
        by_provider.entry(one.provider()).or_default().push(one);
    }
    let only = match by_provider.len() {
        1 => by_provider.keys().next().copied(),
        _ => wanted.provider.as_deref(),
    };
    if let Some(provider) = only {
        let Some(own) = by_provider.get(provider) else { return Err(desk.trouble(Trouble::NotFound)) };
        return Ok(match own.as_slice() {
            [one] => go(&format!("{base}/{}", one.id)),
            several => desk.page(choose_method(&desk, several, 1 < by_provider.len())),
        });
    }
    let cards: Vec<ProviderCard> =
        by_provider.iter().map(|(provider, own)| card(&base, provider, own)).collect();
    let shown = ProvidersPage { base: &base, all: &cards, query: &wanted.q, category: &wanted.category };
    Ok(desk.page(page(&desk.frame(), &shown)))
}

fn card(base: &str, provider: &str, own: &[&Integration]) -> ProviderCard {
    let url = match own {
        [one] => format!("{base}/{}", one.id),
        _ => format!("{base}?provider={provider}"),
    };
    let shown = &own[0].guide().provider;
    ProviderCard {
        key: provider.to_owned(),
        name: shown.name.clone(),
        aliases: shown.aliases.clone(),
        categories: shown.categories.clone(),
        icon: Some(connectors::icon_path(provider)),
        url,
    }
}

fn choose_method(desk: &Desk, several: &[&Integration], may_go_back: bool) -> String {
    let base = desk.base();
    let cards: Vec<MethodCard> = several
        .iter()
        .filter_map(|one| {
            let method = one.guide().method(&one.method)?;
            Some(MethodCard {
                label: match &one.config {
                    Some(config) => config.name.clone(),
                    None => method.label.clone(),
                },
                description: method.description.clone(),
                in_browser: method.auth.needs_browser(),
                url: format!("{base}/{}", one.id),
            })
        })
        .collect();
    let icon = connectors::icon_path(several[0].provider());
    let page = MethodsPage {
        provider: &several[0].guide().provider.name,
        icon: Some(&icon),
        providers: may_go_back.then_some(base.as_str()),
        methods: &cards,
    };
    methods(&desk.frame(), &page)
}
