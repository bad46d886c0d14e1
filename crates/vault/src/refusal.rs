//! Counts unknown keys, tokens and links, and records them in the audit trail.
//!
//! **Invariant:** nobody can fill the audit trail by guessing: an address adds at most a few entries within a span, and
//! all addresses together add at most [`MAX_ENTRIES`].

use jiff::Timestamp;

use crate::audit::{self, Subject};
use crate::by::By;
use crate::counter::{Limit, hit};
use crate::error::StoreError;
use crate::writer::Writer;

/// The maximum number of entries about all addresses within a span. One more entry says that the others are left out.
const MAX_ENTRIES: i64 = 100;

/// The number of refusals from an address after which another entry is added. The last entry is added when the limit is
/// reached.
const RECORDED: [i64; 2] = [1, 10];

/// An unknown key, token or link that a client sent.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// What was sent, such as `API key`.
    pub what: &'a str,
    /// The client's address.
    pub address: &'a str,
}

impl Writer {
    /// Counts a refusal toward a limit, and adds an entry to the audit trail for the first one, the tenth one, and the one
    /// that reaches the limit. Returns the number of refusals in the current span so far and the span's end in Unix
    /// seconds.
    pub async fn count_refusal(
        &self,
        refusal: Refusal<'_>,
        limit: &Limit,
        now: Timestamp,
    ) -> Result<(i64, i64), StoreError> {
        let mut work = self.begin_unsynced().await?;
        let (hits, ends) = hit(work.tx(), &limit.bucket, limit.seconds, now).await?;
        let is_limit = hits == limit.most;
        if is_limit || RECORDED.contains(&hits) {
            let (entries, _) = hit(work.tx(), "refusals", limit.seconds, now).await?;
            let Refusal { what, address } = refusal;
            let minutes = limit.seconds / 60;
            let action = if is_limit { "access.limited" } else { "access.refused" };
            let (actor, detail) = if entries <= MAX_ENTRIES {
                let times =
                    if hits == 1 { String::new() } else { format!("; {hits} within {minutes} minutes") };
                (format!("address:{address}"), format!("unknown {what}{times}"))
            } else {
                let detail = format!(
                    "more than {MAX_ENTRIES} entries within {minutes} minutes; the others are left out"
                );
                ("hub".to_owned(), detail)
            };
            if entries <= MAX_ENTRIES + 1 {
                audit::write(work.tx(), action, Subject::Vault, Some(&detail), By::new(&actor, now)).await?;
            }
        }
        work.commit().await?;
        Ok((hits, ends))
    }
}
