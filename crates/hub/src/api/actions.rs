//! `GET /actions`: connectors with their actions and, on request, their guides as data, in the form that StackOne's
//! clients expect.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use guide::{Guide, Method, Purpose, Role, Section, Walkthrough};
use render::{Context, markdown_prose};
use utoipa::IntoParams;
use vault::Query as Wanted;

use vault::Scope;

use crate::app::App;
use crate::caller::Caller;
use crate::connectors;
use crate::wire::actions::{
    ActionMetaItem, ActionsMeta, ActionsMetaPaginated, AuthenticationGuide, AuthenticationGuideSection,
    AuthenticationGuideStep, AuthenticationGuides, AuthenticationMetaItem, AuthenticationSupport,
    ScopeDefinition,
};
use crate::wire::error::{ApiError, INVALID_VALUE};
use crate::wire::has_nul;

/// The default number of connectors per page.
const PAGE: usize = 25;
/// The maximum number of connectors per page.
const MOST: usize = 200;

/// Filters and options for a list of connectors.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only describes the query, which `asked` parses")]
pub(super) struct ListActions {
    /// Returns only the connectors of these providers (comma-separated keys).
    #[param(rename = "filter[connectors]")]
    connectors: Option<String>,
    /// Returns only the connectors of these accounts (comma-separated ids). At most 200.
    #[param(rename = "filter[account_ids]")]
    account_ids: Option<String>,
    /// Returns only the connector that has the action with this id, with this action alone.
    #[param(rename = "filter[action_key]")]
    action_key: Option<String>,
    /// Returns only connectors whose name, key or action labels contain this text. Case is ignored.
    search: Option<String>,
    /// `authentication_guides` to include the guides as data. May be repeated; unknown values are ignored.
    include: Option<String>,
    /// `actions` to leave the actions out.
    exclude: Option<String>,
    /// The cursor of the page to return: `next` of the page before.
    next: Option<String>,
    /// The number of connectors per page. Defaults to 25.
    #[param(minimum = 1, maximum = 200)]
    page_size: Option<u32>,
}

/// Lists connectors with their actions and, on request, their guides as data.
#[utoipa::path(
    get, path = "/actions", tag = "connectors", params(ListActions),
    responses((status = 200, body = ActionsMetaPaginated, description = "A page of connectors"))
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<axum::Json<ActionsMetaPaginated>, ApiError> {
    caller.needs(Scope::ConnectorsRead)?;
    let mut asked = asked(query.as_deref().unwrap_or_default())?;
    if let Some(ids) = asked.accounts.take() {
        caller.needs(Scope::PlatformRead)?;
        asked.only(providers_of(&app, &caller, ids).await?);
    }
    let editions = app.guides.snapshot();
    let mut found = editions.values().map(|edition| &edition.guide).filter(|guide| asked.fits(guide));
    let page: Vec<&Arc<Guide>> = found.by_ref().take(asked.size).collect();
    let next = found.next().and(page.last()).map(|last| last.provider.key.to_string());
    let data = page.into_iter().map(|guide| described(&app, guide, &asked)).collect();
    Ok(axum::Json(ActionsMetaPaginated { data, next }))
}

/// The parsed query.
#[derive(Debug, Default)]
struct Asked {
    providers: Option<BTreeSet<String>>,
    accounts: Option<Vec<String>>,
    action: Option<String>,
    search: Option<String>,
    after: Option<String>,
    size: usize,
    guides: bool,
    no_actions: bool,
}

impl Asked {
    /// Narrows the filter to these providers.
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

/// Parses the query. A parameter may be repeated, and its value may be a comma-separated list.
fn asked(query: &str) -> Result<Asked, ApiError> {
    if has_nul(query) {
        return Err(ApiError::new(&INVALID_VALUE, "The query contains a NUL character (`%00`)"));
    }
    let mut asked = Asked { size: PAGE, ..Asked::default() };
    let parts = |value: &str| -> Vec<String> {
        value.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() {
            continue;
        }
        match name.strip_suffix("[]").unwrap_or(&name) {
            "filter[connectors]" => asked.only(parts(&value).into_iter().collect()),
            "filter[account_ids]" => asked.accounts = Some(parts(&value)),
            "filter[action_key]" => asked.action = Some(value.into_owned()),
            "search" => asked.search = Some(value.to_lowercase()),
            "next" => asked.after = Some(value.into_owned()),
            "include" => asked.guides |= parts(&value).iter().any(|one| one == "authentication_guides"),
            "exclude" => asked.no_actions |= parts(&value).iter().any(|one| one == "actions"),
            "page_size" => {
                let size = value.parse().ok().filter(|size| (1..=MOST).contains(size));
                asked.size = size.ok_or_else(|| {
                    ApiError::new(&INVALID_VALUE, format!("`page_size` must be a number from 1 to {MOST}"))
                })?;
            }
            // Newer clients send parameters that the Hub does not know. They are ignored.
            _ => {}
        }
    }
    if asked.accounts.as_ref().is_some_and(|ids| MOST < ids.len()) {
        let message = format!("`filter[account_ids]` must not have more than {MOST} values");
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    Ok(asked)
}

/// Returns the providers of these accounts, as far as the caller may see the accounts.
async fn providers_of(app: &App, caller: &Caller, ids: Vec<String>) -> Result<BTreeSet<String>, ApiError> {
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let wanted = Wanted { project: caller.project().to_owned(), ids, limit, ..Wanted::default() };
    let found = app.vault.query(&wanted).await?;
    let seen =
        found.into_iter().filter(|account| account.home.as_ref().is_some_and(|home| caller.may(home.kind)));
    Ok(seen.map(|account| account.provider).collect())
}

fn action_ids(guide: &Guide) -> impl Iterator<Item = String> + '_ {
    guide.actions.iter().map(|action| format!("{}_{}", guide.provider.key, action.key))
}

fn described(app: &App, guide: &Guide, asked: &Asked) -> ActionsMeta {
    let key = guide.provider.key.as_str();
    let action = |(id, action): (String, &guide::Action)| ActionMetaItem {
        id,
        label: action.label.clone(),
        description: action.description.clone(),
        schema_type: None,
        tags: Vec::new(),
        required_scopes: action.scopes.clone(),
    };
    let actions = action_ids(guide).zip(&guide.actions);
    let actions = actions.filter(|(id, _)| asked.action.as_ref().is_none_or(|only| only == id)).map(action);
    ActionsMeta {
        key: key.to_owned(),
        name: guide.provider.name.clone(),
        description: None,
        icon: connectors::icon_url(&app.public_url, key),
        version: guide.digest.chars().take(12).collect(),
        release_stage: "ga",
        actions: (!asked.no_actions).then(|| actions.collect()),
        authentication: guide.methods.iter().map(|method| way(app, guide, method, asked.guides)).collect(),
        scope_definitions: guide
            .scopes
            .iter()
            .map(|scope| ScopeDefinition {
                name: scope.name.clone(),
                description: scope.description.clone(),
                includes: scope.includes.clone(),
            })
            .collect(),
    }
}

fn way(app: &App, guide: &Guide, method: &Method, with_guides: bool) -> AuthenticationMetaItem {
    let context = Context::new(guide, method, &app.brand);
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

/// Converts a guide to titles and Markdown. Sections about renewing or revoking a credential are left out; they are on
/// the guide's web page.
fn as_data(walkthrough: &Walkthrough, context: &Context<'_>) -> AuthenticationGuide {
    let section = |section: &Section| AuthenticationGuideSection {
        title: section.title.clone(),
        content: section.intro.as_ref().map(|prose| markdown_prose(prose, context)).unwrap_or_default(),
        list: None,
        steps: Some(
            section
                .steps
                .iter()
                .map(|step| AuthenticationGuideStep {
                    title: step.title.clone(),
                    content: markdown_prose(&step.body, context),
                })
                .collect(),
        ),
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
