//! What the pages of one connector work with: the attempt of a session, begun or taken up again.

use axum::response::Response;

use super::context::{SessionContext, go};
use crate::connectors;
use crate::linking::Linking;
use crate::pages::Before;

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
    let resumed = app.links.resume(&context.session, connector.clone()).await;
    let linking = match resumed.map_err(context.failed(&home))? {
        Some(linking) => linking,
        None if may_begin => {
            let begun = app.links.begin_form(&context.session, connector).await;
            begun.map_err(context.failed(&home))?
        }
        None => return Err(go(&base)),
    };
    Ok(Work { linking, base, icon })
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
