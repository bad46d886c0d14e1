//! The pages for the account that the checks found: one asks the person to confirm it, and the other is shown after it
//! has been stored.
//!
//! **Invariant:** when an account is linked again, the page shows the previous account next to the new one.

use std::collections::BTreeSet;

use link::{CheckReport, CheckState, Flow, Purpose, Stage};
use minijinja::context;
use probe::Identity;
use serde::Serialize;

use super::shell::{Event, Frame, Head, PageProvider, data, render_page};

/// An previously linked account.
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
    /// What the account cannot do: the labels of the optional checks that failed.
    pub missed: &'a [String],
    /// Whether the account was previously linked.
    pub is_again: bool,
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
    let head = Head { stage: Some(3), provider: Some(provider), ..Head::new(title, lead) };
    let mut seen = BTreeSet::new();
    let missed = reports.iter().filter(|one| one.state == CheckState::Missed && seen.insert(&one.check));
    let missed: Vec<String> = missed.map(missing_access).collect();
    let environment = flow.environment().filter(|_| flow.method().environments.len() > 1);
    let page = context! {
        base => page.base,
        identity => data(identity),
        environment => environment.map(|environment| &environment.label),
        host => flow.host(),
        limited,
        missed => data(missed),
        previous => data(page.previous.filter(|_| is_other)),
        is_other,
    };
    render_page(frame, &head, "confirm.html", page)
}

/// Describes missing access: the check's label, followed by the advice of the guide's rule that matched, if any.
fn missing_access(report: &CheckReport) -> String {
    let Some(advice) = &report.advice else { return report.label.clone() };
    format!("{}: {} {}", report.label, advice.says, advice.fix).trim_end().to_owned()
}

/// Renders the page that is shown after the account has been stored.
pub fn done(frame: &Frame<'_>, page: &DonePage<'_>) -> String {
    let texts = frame.texts();
    let name = page.identity.map_or(page.provider.name, |identity| identity.name.as_str());
    let title = if page.is_again { texts.done_title_again } else { texts.done_title };
    let title = frame.fill(title, &[("account", name)]);
    let head = Head {
        stage: Some(4),
        provider: Some(page.provider),
        event: Some(Event { name: "linked", detail: page.account, provider: page.provider.key }),
        ..Head::new(title, frame.fill(texts.done_lead, &[]))
    };
    let page = context! { identity => data(page.identity), missed => data(page.missed) };
    render_page(frame, &head, "done.html", page)
}
