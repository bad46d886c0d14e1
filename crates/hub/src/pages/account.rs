//! The pages for the account that the checks found: one asks the person to confirm it, and the other is shown after it
//! has been stored.
//!
//! **Invariant:** when an account is linked again, the page shows the previous account next to the new one.

use link::{CheckReport, CheckState, Flow, Purpose, Stage};
use minijinja::context;
use probe::Identity;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::shell::{Event, Frame, Head, PageProvider, data, render_page};
use crate::texts::Localized;

/// A previously linked account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviousAccount {
    /// The account's id at the provider, if known.
    pub id: Option<String>,
    /// The account's display name.
    pub name: String,
}

/// The data for the page that asks the person to confirm the account.
#[derive(Clone, Copy)]
pub struct AccountPage<'a> {
    /// The flow, which is waiting for the person to confirm the account.
    pub flow: &'a Flow,
    /// The path of the form: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The account that is being linked again; `None` if no account was chosen.
    pub previous: Option<&'a PreviousAccount>,
}

/// The data for the last page, which shows the linked account.
#[derive(Clone, Copy)]
pub struct DonePage<'a> {
    /// The provider.
    pub provider: PageProvider<'a>,
    /// The linked account's id, for the embedding page.
    pub account: &'a str,
    /// The account at the provider, if a check identified it.
    pub identity: Option<&'a Identity>,
    /// Whether the account lacks some access.
    pub is_limited: bool,
    /// What the account cannot do: the labels of the optional checks that failed.
    pub missed: &'a [String],
    /// Whether the account was previously linked.
    pub is_again: bool,
}

/// Returns a digest of the account that the flow found. The form that confirms the account contains it, so that the
/// person confirms exactly the account that the page shows.
pub fn account_mark(flow: &Flow) -> String {
    let identity = match flow.stage() {
        Stage::Confirm { identity, .. } => identity,
        _ => None,
    };
    let (id, name) = identity.map_or(("", ""), |found| (&found.id, &found.name));
    let digest = Sha256::new().chain_update(id).chain_update("\0").chain_update(name).finalize();
    hex::encode(&digest[..8])
}

/// Renders the page that asks the person to confirm the account.
pub fn confirm(frame: &Frame<'_>, page: &AccountPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = PageProvider::from(flow.guide());
    let (identity, reports, limited) = match flow.stage() {
        Stage::Confirm { identity, reports, limited } => (identity, reports, limited),
        _ => (None, &[][..], false),
    };
    let is_other = match (flow.purpose(), identity) {
        (Purpose::Relink { external_id: Some(known), .. }, Some(found)) => *known != found.id,
        _ => false,
    };
    let (title, lead) = match identity {
        _ if is_other => (texts.other_title, texts.other_lead),
        Some(_) => (texts.confirm_title, texts.confirm_lead),
        None => (texts.confirm_title_nameless, texts.confirm_lead_nameless),
    };
    let lead = frame.fill(lead, &[("provider", provider.name)]);
    let head = Head { stage: Some(3), provider: Some(provider), is_result: true, ..Head::new(title, lead) };
    let environment = flow.environment().filter(|_| flow.method().environments.len() > 1);
    // The account's own details may already name the environment.
    let is_shown = |label: &str| {
        let details = identity.into_iter().flat_map(|identity| &identity.details);
        !is_other && details.into_iter().any(|(_, value)| value.eq_ignore_ascii_case(label))
    };
    let environment = environment.filter(|environment| !is_shown(&environment.label));
    let page = context! {
        base => page.base,
        mark => account_mark(flow),
        identity => data(identity.map(Person::from)),
        environment => environment.map(|environment| &environment.label),
        environment_label => &flow.method().environment_label,
        host => flow.host(),
        limited,
        missed => data(missing_access(frame, reports)),
        previous => data(page.previous.filter(|_| is_other)),
        is_other,
    };
    render_page(frame, &head, "confirm.html", page)
}

/// Renders the page that is shown after the account has been stored.
pub fn done(frame: &Frame<'_>, page: &DonePage<'_>) -> String {
    let texts = frame.texts();
    let name = page.identity.map(|identity| identity.name.as_str()).filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or(page.provider.name);
    let title = if page.is_again { texts.done_title_again } else { texts.done_title };
    let title = frame.fill(title, &[("account", name)]);
    let head = Head {
        stage: Some(4),
        provider: Some(page.provider),
        is_result: true,
        event: Some(Event { name: "linked", detail: page.account, provider: page.provider.key }),
        ..Head::new(title, frame.fill(texts.done_lead, &[]))
    };
    let missed: Vec<Missing<'_>> = page.missed.iter().map(|label| Missing::new(label)).collect();
    let page = context! {
        identity => data(page.identity.map(Person::from)),
        limited => page.is_limited,
        missed => data(missed),
    };
    render_page(frame, &head, "done.html", page)
}

/// An account at the provider, for the template.
#[derive(Serialize)]
struct Person<'a> {
    /// The account's id. `None` if the provider returned no name.
    id: Option<&'a str>,
    /// The account's name, or its id if the provider returned no name.
    name: &'a str,
    details: &'a [(String, String)],
}

impl<'a> From<&'a Identity> for Person<'a> {
    fn from(identity: &'a Identity) -> Self {
        let details = identity.details.as_slice();
        match identity.name.trim() {
            "" => Self { id: None, name: &identity.id, details },
            name => Self { id: Some(&identity.id), name, details },
        }
    }
}

/// Access that the account lacks.
#[derive(Serialize)]
struct Missing<'a> {
    /// The label of the check that found that access is missing.
    label: &'a str,
    /// The guide's explanations and advice. Empty if the guide has none.
    says: Vec<Localized>,
}

impl<'a> Missing<'a> {
    fn new(label: &'a str) -> Self {
        Self { label, says: Vec::new() }
    }
}

/// Returns the access that the account lacks, according to the failed optional checks and the guide's rules. Each check
/// appears once. A message that applies to several checks is shown only with the first.
fn missing_access<'a>(frame: &Frame<'_>, reports: &'a [CheckReport]) -> Vec<Missing<'a>> {
    let mut found: Vec<(&guide::Key, Missing<'a>)> = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    let limits =
        reports.iter().filter(|report| report.state == CheckState::Missed || report.advice.is_some());
    for report in limits {
        let place = found.iter().position(|(known, _)| **known == report.check).unwrap_or(found.len());
        if place == found.len() {
            found.push((&report.check, Missing::new(&report.label)));
        }
        let advice = report.advice.iter().flat_map(|advice| [&advice.says, &advice.fix]);
        for saying in advice {
            if !saying.is_empty() && !shown.contains(&&**saying) {
                shown.push(saying);
                found[place].1.says.push(frame.language.localize(saying));
            }
        }
    }
    found.into_iter().map(|(_, missing)| missing).collect()
}
