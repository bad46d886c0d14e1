//! How often something was tried.
//!
//! **Invariant:** the count is in the database, so that it holds for all processes and across restarts.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::work::Work;

/// How many hits of something there may be in a span of time.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Of what.
    pub bucket: String,
    /// How long a span is.
    pub seconds: i64,
    /// How many.
    pub most: i64,
}

impl Vault {
    /// Counts one more hit of a bucket in the present span of so many seconds; says how many there are now, and when
    /// the span ends, in seconds since 1970.
    pub async fn count(&self, bucket: &str, seconds: i64, now: Timestamp) -> Result<(i64, i64), StoreError> {
        let mut work = self.begin_unsynced().await?;
        let counted = hit(&mut work, bucket, seconds, now).await?;
        work.commit().await?;
        Ok(counted)
    }

    /// Counts one more hit of each bucket, in one transaction; stops behind the first that has more than it may. Says
    /// which that is, and when its span ends, in seconds since 1970.
    pub async fn count_within(
        &self,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<(usize, i64)>, StoreError> {
        let mut work = self.begin_unsynced().await?;
        let mut full = None;
        for (at, limit) in limits.iter().enumerate() {
            let (hits, ends) = hit(&mut work, &limit.bucket, limit.seconds, now).await?;
            if limit.most < hits {
                full = Some((at, ends));
                break;
            }
        }
        work.commit().await?;
        Ok(full)
    }

    /// How many hits there are in the present span, without counting one more; and when the span ends.
    pub async fn counted(
        &self,
        bucket: &str,
        seconds: i64,
        now: Timestamp,
    ) -> Result<(i64, i64), StoreError> {
        let (span, ends) = span(seconds, now);
        let hits: Option<i64> =
            sqlx::query_scalar("select hits from counters where bucket = $1 and span = $2")
                .bind(bucket)
                .bind(span)
                .fetch_optional(&self.readers)
                .await?;
        Ok((hits.unwrap_or(0), ends))
    }

    /// Forgets spans that are over.
    pub async fn forget_counts(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done =
            sqlx::query("delete from counters where ends <= $1").bind(stamp(now)).execute(work.tx()).await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }
}

async fn hit(work: &mut Work, bucket: &str, seconds: i64, now: Timestamp) -> Result<(i64, i64), StoreError> {
    let (span, ends) = span(seconds, now);
    let hits: i64 = sqlx::query_scalar(
        "insert into counters (bucket, span, hits, ends) values ($1, $2, 1, $3) \
         on conflict (bucket, span) do update set hits = counters.hits + 1 returning hits",
    )
    .bind(bucket)
    .bind(span)
    .bind(stamp(Timestamp::from_second(ends).unwrap_or(now)))
    .fetch_one(work.tx())
    .await?;
    Ok((hits, ends))
}

/// The present span, by name, and when it ends, in seconds since 1970.
fn span(seconds: i64, now: Timestamp) -> (String, i64) {
    let seconds = seconds.max(1);
    let start = now.as_second() - now.as_second().rem_euclid(seconds);
    (format!("{start}+{seconds}"), start + seconds)
}
