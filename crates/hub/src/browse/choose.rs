//! The pages for choosing a provider and a method.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Deserialize;

use super::context::{SessionContext, go};
use crate::connectors::{self, Connector};
use crate::pages::{
    MethodCard, MethodsPage, ProviderCard, ProvidersPage, Trouble, methods, providers as page,
};
use crate::wire::Query;

/// The query of the page of providers.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    /// The provider whose methods are shown.
    provider: Option<String>,
}

pub(super) async fn providers(
    context: SessionContext,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    let base = context.base();
    let all = context.app.connectors.of_session(&context.session).await.map_err(context.failed(&base))?;
    let mut by_provider: BTreeMap<&str, Vec<&Connector>> = BTreeMap::new();
    for one in &all {
        by_provider.entry(one.provider()).or_default().push(one);
    }
    let only = match by_provider.len() {
        1 => by_provider.keys().next().copied(),
        _ => wanted.provider.as_deref(),
    };
    if let Some(provider) = only {
        let Some(own) = by_provider.get(provider) else { return Err(context.trouble(Trouble::NotFound)) };
        return Ok(match own.as_slice() {
            [one] => go(&format!("{base}/{}", one.id)),
            several => context.page(choose_method(&context, several, 1 < by_provider.len())),
        });
    }
    let cards: Vec<ProviderCard> =
        by_provider.iter().map(|(provider, own)| card(&base, provider, own)).collect();
    let shown = ProvidersPage { base: &base, all: &cards, query: &wanted.q, category: &wanted.category };
    Ok(context.page(page(&context.frame(), &shown)))
}

fn card(base: &str, provider: &str, own: &[&Connector]) -> ProviderCard {
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

fn choose_method(context: &SessionContext, several: &[&Connector], may_go_back: bool) -> String {
    let base = context.base();
    let cards: Vec<MethodCard> = several
        .iter()
        .filter_map(|one| {
            let method = one.guide().method(&one.method)?;
            Some(MethodCard {
                label: match &one.profile {
                    Some(profile) => profile.name.clone(),
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
    methods(&context.frame(), &page)
}
