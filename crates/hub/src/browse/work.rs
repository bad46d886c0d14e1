//! The link attempt that a connector's pages operate on, either new or resumed.

use vault::AttemptState;

use super::context::SessionContext;
use super::failure::Failure;
use crate::linking::Linking;
use crate::pages::PreviousAccount;

/// A session's attempt with a connector, and the base path of the attempt's pages.
pub(super) struct Work {
    pub(super) linking: Linking,
    /// The path of the form: `/session/{session}/{connector}`.
    pub(super) base: String,
}

/// Resumes the session's attempt with a connector. If there is none, begins one if `may_begin` is set; otherwise,
/// redirects to the form.
pub(super) async fn work(context: &SessionContext, id: &str, may_begin: bool) -> Result<Work, Failure> {
    let app = &context.app;
    let connector = app.connectors.in_session(&context.session, id).await?;
    let base = format!("{}/{}", context.base(), connector.id);
    let linking = match app.links.resume(&context.session, connector.clone()).await? {
        Some(linking) => linking,
        None if may_begin => app.links.begin_form(&context.session, connector).await?,
        None => return Err(Failure::Redirect(base)),
    };
    Ok(Work { linking, base })
}

impl Work {
    /// Returns the path of the page for the attempt's state.
    pub(super) fn path(&self) -> String {
        let base = &self.base;
        match self.linking.attempt.state {
            AttemptState::Checking => format!("{base}/checking"),
            AttemptState::Confirming => format!("{base}/confirm"),
            AttemptState::Linked => format!("{base}/done"),
            _ => base.clone(),
        }
    }

    /// Returns the account that is being linked again, with its display name; `None` if no account was chosen.
    pub(super) fn previous(&self) -> Option<PreviousAccount> {
        let account = self.linking.replaces.as_ref()?;
        let name = account.name.clone().filter(|name| !name.trim().is_empty());
        let name = name.or_else(|| account.label.clone());
        let name = name.unwrap_or_else(|| account.id.to_string());
        Some(PreviousAccount { id: account.external_id.clone(), name })
    }
}
