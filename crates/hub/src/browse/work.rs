//! What the pages of one connector work with: the attempt of a session, begun or taken up again.

use axum::response::Response;

use super::context::{SessionContext, go};
use crate::connectors::{self, Connector};
use crate::linking::Linking;
use crate::pages::Before;
use crate::wire::error::ApiError;

/// The attempt of a session with a connector, and where its pages are.
pub(super) struct Work {
    pub(super) linking: Linking,
    /// The path of the form: `/session/{session}/{connector}`.
    pub(super) base: String,
    pub(super) icon: String,
}

/// The attempt with a connector: the one that was begun, or a new one.
pub(super) async fn work(context: &SessionContext, id: &str, may_begin: bool) -> Result<Work, Response> {
    let (app, home) = (&context.app, context.base());
    let found = app.connectors.in_session(&context.session, id).await;
    let connector = found.map_err(context.failed(&home))?;
    let icon = connectors::icon_path(connector.provider());
    let base = format!("{home}/{}", connector.id);
    let resumed = Linking::resume(app, &context.session, connector.clone()).await;
    let linking = match resumed.map_err(context.failed(&home))? {
        Some(linking) => linking,
        None if may_begin => begun(context, connector).await.map_err(context.failed(&home))?,
        None => return Err(go(&base)),
    };
    Ok(Work { linking, base, icon })
}

/// A new attempt; in the place of the account that the session edits, or that its owner has.
async fn begun(context: &SessionContext, connector: Connector) -> Result<Linking, ApiError> {
    let (app, session) = (&context.app, &context.session);
    let own = app.session_accounts.at(session, connector.provider()).await?;
    let replaces = own.into_iter().find(|account| account.method == connector.method);
    let mut linking = Linking::begin(app, session, connector, replaces).await?;
    linking.save(app).await?;
    Ok(linking)
}

impl Work {
    /// The account that is linked again, as people know it.
    pub(super) fn before(&self) -> Option<Before> {
        let account = self.linking.replaces()?;
        let name = account.name.clone().or_else(|| account.label.clone());
        let name = name.unwrap_or_else(|| account.id.to_string());
        Some(Before { id: account.external_id.clone(), name })
    }
}
