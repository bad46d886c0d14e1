//! The pages of the account that the checks found: to be confirmed, being stored, and stored.
//!
//! **Invariant:** when an account is linked again, the page shows the previous account next to the new one.

use guide::Key;
use link::{CheckReport, CheckState, Flow, Purpose, Stage};
use minijinja::context;
use probe::Identity;
use serde::Serialize;

use super::shell::{Event, Frame, Head, data, draw};

/// An account that was linked before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    /// The account's id at the provider, if known.
    pub id: Option<String>,
    /// The account's name, as people know it.
    pub name: String,
}

/// The data of an account's page.
#[derive(Clone, Copy)]
pub struct AccountPage<'a> {
    /// The flow, with an account to confirm.
    pub flow: &'a Flow,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// The account that is linked again.
    pub before: Option<&'a Before>,
}

/// The data of the last page.
#[derive(Clone, Copy)]
pub struct DonePage<'a> {
    /// The provider's key, for the embedding page.
    pub key: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// The linked account's id, for the embedding page.
    pub account: &'a str,
    /// The account's name, if a check found one.
    pub identity: Option<&'a Identity>,
    /// The labels of the optional checks that failed: what the account cannot do.
    pub missed: &'a [String],
    /// Whether the account had been linked before.
    pub is_again: bool,
}

/// Renders the page that asks to confirm the account.
pub fn confirm(frame: &Frame<'_>, page: &AccountPage<'_>) -> String {
    let (flow, texts) = (page.flow, frame.texts());
    let provider = flow.guide().provider.name.as_str();
    let (identity, reports, limited) = match flow.stage() {
        Stage::Confirm { identity, reports, limited } => (identity, reports, limited),
        _ => (None, &[][..], false),
    };
    let is_other = is_another(flow, page.before, identity);
    let (title, lead) = match identity {
        _ if is_other => (texts.other_title, texts.other_lead),
        Some(_) => (texts.confirm_title, texts.confirm_lead),
        None => (texts.confirm_title_nameless, texts.confirm_lead_nameless),
    };
    let head = Head::new(title, Some(3));
    draw(
        frame,
        &head,
        "confirm.html",
        context! {
            lead => frame.say(lead, &[("provider", provider)]),
            provider,
            icon => page.icon,
            base => page.base,
            identity => data(identity),
            environment => flow.environment().filter(|_| flow.method().environments.len() > 1).map(|one| one.label.as_str()),
            host => flow.host(),
            limited,
            missed => data(missed(reports)),
            before => data(page.before.filter(|_| is_other)),
            is_other,
        },
    )
}

/// Renders the page shown while the account is stored.
pub fn storing(frame: &Frame<'_>, page: &AccountPage<'_>) -> String {
    let texts = frame.texts();
    let head = Head { refresh: Some(1), ..Head::new(texts.saving_title, Some(3)) };
    draw(
        frame,
        &head,
        "notice.html",
        context! {
            lead => texts.saving_lead,
            mark => "wait",
            poll => format!("{}/progress", page.base),
            ..super::trouble::nothing_more()
        },
    )
}

/// Renders the page shown when the account is stored.
pub fn done(frame: &Frame<'_>, page: &DonePage<'_>) -> String {
    let texts = frame.texts();
    let name = page.identity.map_or(page.provider, |identity| identity.name.as_str());
    let title = if page.is_again { texts.done_title_again } else { texts.done_title };
    let title = frame.say(title, &[("account", name)]);
    let event = Event { provider: Some(page.key), ..Event::new("linked", Some(page.account)) };
    let head = Head { event: Some(event), ..Head::new(&title, Some(4)) };
    draw(
        frame,
        &head,
        "done.html",
        context! {
            lead => frame.say(texts.done_lead, &[]),
            provider => page.provider,
            icon => page.icon,
            identity => data(page.identity),
            missed => data(page.missed),
            back => frame.say(texts.back_to_product, &[]),
        },
    )
}

/// Whether the found account differs from the one linked before.
fn is_another(flow: &Flow, before: Option<&Before>, found: Option<&Identity>) -> bool {
    let known = match flow.purpose() {
        Purpose::Link => None,
        Purpose::Relink { external_id, .. } => external_id.as_deref(),
    };
    let known = known.or_else(|| before.and_then(|before| before.id.as_deref()));
    matches!((known, found), (Some(known), Some(found)) if known != found.id)
}

/// The optional checks that failed.
fn missed(reports: &[CheckReport]) -> Vec<&str> {
    let missed = reports.iter().filter(|report| report.state == CheckState::Missed);
    let mut seen: Vec<&Key> = Vec::new();
    let mut out = Vec::new();
    for report in missed {
        if !seen.contains(&&report.check) {
            seen.push(&report.check);
            out.push(report.label.as_str());
        }
    }
    out
}
