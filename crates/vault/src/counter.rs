//! Counters for rate limits.
//!
//! **Invariant:** counts are stored in the database, so they are shared by all processes and survive restarts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::database::DbConnection;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

/// The maximum number of hits on a bucket per time span.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The bucket, such as an address or a session.
    pub bucket: String,
    /// The length of a span, in seconds.
    pub seconds: i64,
    /// The maximum number of hits per span.
    pub most: i64,
}

impl Vault {
    /// Returns the number of hits on a bucket in the current span, and the span's end in Unix seconds, without counting
    /// a new hit.
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
}

impl Writer {
    /// Counts a hit on a bucket in the current span, which is `seconds` long. Returns the number of hits in the span so
    /// far and the span's end in Unix seconds.
    pub async fn count(&self, bucket: &str, seconds: i64, now: Timestamp) -> Result<(i64, i64), StoreError> {
        let mut work = self.begin_plain().await?;
        let counted = hit(work.tx(), bucket, seconds, now).await?;
        work.commit().await?;
        Ok(counted)
    }

    /// Counts a hit on each bucket in one transaction, except on those after the first bucket whose limit is exceeded.
    /// Returns that bucket's index in `limits` and its span's end in Unix seconds, or `None` if no limit is exceeded.
    /// The buckets must differ.
    pub async fn count_within(
        &self,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<(usize, i64)>, StoreError> {
        let mut work = self.begin_plain().await?;
        let hits = hit_all(work.tx(), limits, now).await?;
        let is_exceeded = |limit: &Limit| hits.get(&limit.bucket).is_some_and(|hits| limit.most < *hits);
        let exceeded = limits.iter().position(is_exceeded);
        for limit in limits.iter().skip(exceeded.map_or(limits.len(), |index| index + 1)) {
            sqlx::query("update counters set hits = hits - 1 where bucket = $1 and span = $2")
                .bind(&limit.bucket)
                .bind(span(limit.seconds, now).0)
                .execute(work.tx())
                .await?;
        }
        work.commit().await?;
        Ok(exceeded.map(|index| (index, span(limits[index].seconds, now).1)))
    }
}

/// Counts a hit on each bucket with one statement, which locks the rows in the order of `limits`. Returns the number of
/// hits by bucket.
async fn hit_all(
    connection: &mut DbConnection,
    limits: &[Limit],
    now: Timestamp,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let row = |index: usize| format!("(${}, ${}, 1, ${})", 3 * index + 1, 3 * index + 2, 3 * index + 3);
    let rows: Vec<String> = (0..limits.len()).map(row).collect();
    let sql = format!(
        "insert into counters (bucket, span, hits, ends) values {} \
         on conflict (bucket, span) do update set hits = counters.hits + 1 returning bucket, hits",
        rows.join(", "),
    );
    let mut statement = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for limit in limits {
        let (span, ends) = span(limit.seconds, now);
        let ends = stamp(Timestamp::from_second(ends).unwrap_or(now));
        statement = statement.bind(&limit.bucket).bind(span).bind(ends);
    }
    Ok(statement.fetch_all(connection).await?.into_iter().collect())
}

/// Counts a hit in a transaction, like [`Writer::count`].
pub(crate) async fn hit(
    connection: &mut DbConnection,
    bucket: &str,
    seconds: i64,
    now: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let (span, ends) = span(seconds, now);
    let hits: i64 = sqlx::query_scalar(
        "insert into counters (bucket, span, hits, ends) values ($1, $2, 1, $3) \
         on conflict (bucket, span) do update set hits = counters.hits + 1 returning hits",
    )
    .bind(bucket)
    .bind(span)
    .bind(stamp(Timestamp::from_second(ends).unwrap_or(now)))
    .fetch_one(connection)
    .await?;
    Ok((hits, ends))
}

/// Returns the current span's name, and its end in Unix seconds.
fn span(seconds: i64, now: Timestamp) -> (String, i64) {
    let seconds = seconds.max(1);
    let start = now.as_second() - now.as_second().rem_euclid(seconds);
    (format!("{start}+{seconds}"), start + seconds)
}
