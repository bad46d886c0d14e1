//! `GET /actions`: connectors with their actions and, on request, their guides as data, in the format that StackOne's
//! clients expect.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::RawQuery;
use guide::{Guide, Method, Purpose, Role, Section, Step, Walkthrough};
use render::{Context, markdown_prose};
use utoipa::IntoParams;
use vault::{Query, Scope};

use crate::access::AppState;
use crate::app::App;
use crate::caller::Caller;
use crate::connectors;
use crate::wire::actions::{
    ActionMetaItem, ActionsMeta, ActionsMetaPaginated, AuthenticationGuide, AuthenticationGuideSection,
    AuthenticationGuideStep, AuthenticationGuides, AuthenticationMetaItem, AuthenticationSupport,
    ScopeDefinition,
};
use crate::wire::error::{ApiError, INVALID_VALUE};
use crate::wire::{Reply, number, parameters};

/// The default number of connectors per page.
const PAGE: u32 = 25;
/// The maximum number of connectors per page, and the maximum number of accounts in a filter.
const MOST: u32 = 200;

/// Filters and options for a list of connectors.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only describes the query, which `Filters::parse` parses")]
pub(super) struct ListActions {
    /// Returns only the connectors for these providers (comma-separated keys).
    #[param(rename = "filter[connectors]")]
    connectors: Option<String>,
    /// Returns only the connectors for these accounts (at most 200 comma-separated ids).
    #[param(rename = "filter[account_ids]")]
    account_ids: Option<String>,
    /// Returns only the connector that has the action with this id, and only that action.
    #[param(rename = "filter[action_key]")]
    action_key: Option<String>,
    /// Returns only connectors whose name, key or action labels contain this text. Case is ignored.
    search: Option<String>,
    /// Set to `authentication_guides` to include the guides as data. May be repeated; unknown values are ignored.
    include: Option<String>,
    /// Set to `actions` to omit the actions.
    exclude: Option<String>,
    /// The cursor of the page to return: the previous page's `next`.
    next: Option<String>,
    /// The number of connectors per page. Defaults to 25.
    #[param(minimum = 1, maximum = 200)]
    page_size: Option<u32>,
}

/// Lists connectors with their actions and, on request, their guides as data.
#[utoipa::path(
    get, path = "/actions", operation_id = "list_actions", tag = "connectors", params(ListActions),
    responses((status = 200, body = ActionsMetaPaginated, description = "A page of connectors"))
)]
pub(super) async fn list(
    app: AppState,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Reply<ActionsMetaPaginated> {
    caller.needs(Scope::ConnectorsRead)?;
    let mut filters = Filters::parse(query.as_deref())?;
    if let Some(ids) = filters.accounts.take() {
        caller.needs(Scope::PlatformRead)?;
        filters.only(providers_of(&app, &caller, ids).await?);
    }
    let editions = app.guides.snapshot();
    let mut found = editions.values().map(|edition| &edition.guide).filter(|guide| filters.fits(guide));
    let page: Vec<&Arc<Guide>> = found.by_ref().take(filters.size as usize).collect();
    let next = found.next().and(page.last()).map(|last| last.provider.key.to_string());
    let data = page.into_iter().map(|guide| described(&app, guide, &filters)).collect();
    Ok(axum::Json(ActionsMetaPaginated { data, next }))
}

/// The parsed query.
#[derive(Debug, Default)]
struct Filters {
    providers: Option<BTreeSet<String>>,
    accounts: Option<Vec<String>>,
    action: Option<String>,
    search: Option<String>,
    after: Option<String>,
    size: u32,
    guides: bool,
    no_actions: bool,
}

impl Filters {
    /// Parses the query. Some parameters contain a comma-separated list of values.
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut filters = Self { size: PAGE, ..Self::default() };
        let parts = |value: &str| -> Vec<String> {
            value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        for (name, value) in parameters(query)? {
            match name.as_str() {
                _ if value.is_empty() => {}
                "filter[connectors]" => filters.only(parts(&value).into_iter().collect()),
                "filter[account_ids]" => filters.accounts = Some(parts(&value)),
                "filter[action_key]" => filters.action = Some(value),
                "search" => filters.search = Some(value.to_lowercase()),
                "next" => filters.after = Some(value),
                "include" => filters.guides |= parts(&value).iter().any(|one| one == "authentication_guides"),
                "exclude" => filters.no_actions |= parts(&value).iter().any(|one| one == "actions"),
                "page_size" => filters.size = number("page_size", &value, MOST)?,
                // Unknown parameters, which newer clients may send, are ignored.
                _ => {}
            }
        }
        if filters.accounts.as_ref().is_some_and(|ids| ids.len() > MOST as usize) {
            let message = format!("`filter[account_ids]` must not contain more than {MOST} values");
            return Err(ApiError::new(&INVALID_VALUE, message));
        }
        Ok(filters)
    }

    /// Limits the list to these providers. If the list is already limited, only the providers that are in both sets
    /// remain.
    fn only(&mut self, these: BTreeSet<String>) {
        self.providers = Some(match self.providers.take() {
            Some(before) => before.intersection(&these).cloned().collect(),
            None => these,
        });
    }

    fn fits(&self, guide: &Guide) -> bool {
        let provider = &guide.provider;
        let has = |text: &str, part: &str| text.to_lowercase().contains(part);
        self.after.as_deref().is_none_or(|after| after < provider.key.as_str())
            && self.providers.as_ref().is_none_or(|only| only.contains(provider.key.as_str()))
            && self.action.as_ref().is_none_or(|id| action_ids(guide).any(|one| one == *id))
            && self.search.as_ref().is_none_or(|part| {
                has(&provider.name, part)
                    || has(provider.key.as_str(), part)
                    || guide.actions.iter().any(|action| has(&action.label, part))
            })
    }
}

/// Returns these accounts' providers, ignoring accounts that the caller is not allowed to see.
async fn providers_of(app: &App, caller: &Caller, ids: Vec<String>) -> Result<BTreeSet<String>, ApiError> {
    let query = Query { project: caller.project().to_owned(), ids, limit: MOST.into(), ..Query::default() };
    let mut found = app.vault.query(&query).await?;
    found.retain(|account| account.home.as_ref().is_some_and(|home| caller.may(home.kind)));
    Ok(found.into_iter().map(|account| account.provider).collect())
}

fn action_ids(guide: &Guide) -> impl Iterator<Item = String> + '_ {
    guide.actions.iter().map(|action| format!("{}_{}", guide.provider.key, action.key))
}

fn described(app: &App, guide: &Guide, filters: &Filters) -> ActionsMeta {
    let key = guide.provider.key.as_str();
    let action = |(id, action): (String, &guide::Action)| ActionMetaItem {
        id,
        label: action.label.clone(),
        description: action.description.clone(),
        schema_type: None,
        tags: Vec::new(),
        required_scopes: action.scopes.clone(),
    };
    let scope = |scope: &guide::Scope| ScopeDefinition {
        name: scope.name.clone(),
        description: scope.description.clone(),
        includes: scope.includes.clone(),
    };
    let actions = action_ids(guide).zip(&guide.actions);
    let actions = actions.filter(|(id, _)| filters.action.as_ref().is_none_or(|only| only == id)).map(action);
    ActionsMeta {
        key: key.to_owned(),
        name: guide.provider.name.clone(),
        description: None,
        icon: connectors::icon_url(&app.public_url, key),
        version: guide.digest.chars().take(12).collect(),
        release_stage: "ga",
        actions: (!filters.no_actions).then(|| actions.collect()),
        authentication: guide.methods.iter().map(|method| way(app, guide, method, filters.guides)).collect(),
        scope_definitions: guide.scopes.iter().map(scope).collect(),
    }
}

fn way(app: &App, guide: &Guide, method: &Method, with_guides: bool) -> AuthenticationMetaItem {
    let redirect_uri = app.sign_ins.redirect_uri(guide.provider.key.as_str());
    let context = Context::new(guide, method, &app.brand).with_redirect_uri(&redirect_uri);
    let needed = method.checks.iter().filter(|check| check.required && check.role != Role::Capability);
    let needed: BTreeSet<&String> = needed.flat_map(|check| &check.scopes).collect();
    AuthenticationMetaItem {
        key: method.key.to_string(),
        label: method.label.clone(),
        kind: if method.auth.needs_browser() { "oauth2" } else { "custom" },
        required_scopes: needed.into_iter().cloned().collect(),
        support: AuthenticationSupport {
            link: format!("{}guides/{}/{}", app.public_url, guide.provider.key, method.key),
            description: None,
            guides: with_guides.then(|| AuthenticationGuides {
                config: as_data(&method.link, &context),
                setup: method.setup.as_ref().map(|setup| as_data(setup, &context)),
            }),
        },
    }
}

/// Converts a guide to titles and Markdown. Sections about renewing or revoking a credential are omitted; the guide's
/// web page contains them.
fn as_data(walkthrough: &Walkthrough, context: &Context<'_>) -> AuthenticationGuide {
    let step = |step: &Step| AuthenticationGuideStep {
        title: step.title.clone(),
        content: markdown_prose(&step.body, context),
    };
    let section = |section: &Section| AuthenticationGuideSection {
        title: section.title.clone(),
        content: section.intro.as_ref().map(|prose| markdown_prose(prose, context)).unwrap_or_default(),
        list: None,
        steps: Some(section.steps.iter().map(step).collect()),
    };
    let needs = (!walkthrough.needs.is_empty()).then(|| AuthenticationGuideSection {
        title: "Before you begin".to_owned(),
        content: String::new(),
        list: Some(walkthrough.needs.iter().map(|prose| markdown_prose(prose, context)).collect()),
        steps: None,
    });
    let obtain = walkthrough.sections.iter().filter(|section| section.purpose == Purpose::Obtain);
    AuthenticationGuide {
        warning: walkthrough.warning.as_ref().map(|prose| markdown_prose(prose, context)),
        sections: needs.into_iter().chain(obtain.map(section)).collect(),
    }
}
