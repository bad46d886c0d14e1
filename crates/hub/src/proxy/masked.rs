//! Streams a response's body with the credentials masked.
//!
//! **Invariant:** a search does not keep other requests waiting. It covers a limited number of bytes, a longer one runs
//! on a thread for blocking work, and there are at most as many of those as cores. Bytes that could be the start of a
//! credential wait at most [`PAUSE`] for more bytes before they are searched again.

use std::pin::Pin;
use std::sync::LazyLock;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::mask::Mask;

/// The maximum number of new bytes in one search, which limits its time and memory.
const MOST_NEW: usize = 64 * 1024;

/// The maximum number of bytes that are searched on the request's own thread. Handing them over would take as long.
const MOST_INLINE: usize = 4 * 1024;

/// How long new bytes wait if there are too few of them to search. Nobody notices such a delay in a stream of events.
const PAUSE: Duration = Duration::from_millis(20);

/// Limits the longer searches that run at the same time.
static SEARCHES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// A body that is being passed on.
struct Passing<E> {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, E>> + Send>>,
    mask: Mask,
    /// The rest of the last chunk.
    rest: Bytes,
    /// When the waiting bytes are searched even if no more arrive; `None` if they have been searched.
    due: Option<Instant>,
}

/// Returns the chunks of a body with the credentials masked. After an error, the stream ends.
pub(super) fn masked<E: Send + 'static>(
    chunks: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    mask: Mask,
) -> impl Stream<Item = Result<Bytes, E>> + Send {
    let passing = Passing { chunks: chunks.boxed(), mask, rest: Bytes::new(), due: None };
    // A body may be polled after its end.
    stream::unfold(Some(passing), |passing| async { next(passing?).await }).fuse()
}

/// Returns the next chunk to pass on, and the rest of the body unless it has ended.
async fn next<E>(mut passing: Passing<E>) -> Option<(Result<Bytes, E>, Option<Passing<E>>)> {
    loop {
        let mut has_paused = false;
        if passing.rest.is_empty() {
            let arrived = match passing.due {
                Some(due) => timeout_at(due, passing.chunks.next()).await,
                None => Ok(passing.chunks.next().await),
            };
            match arrived {
                Ok(Some(Ok(chunk))) => passing.rest = chunk,
                Ok(Some(Err(broken))) => return Some((Err(broken), None)),
                Ok(None) => {
                    let rest = searched(passing.mask.waiting(), move || passing.mask.finish()).await;
                    return (!rest.is_empty()).then_some((Ok(rest), None));
                }
                Err(_) => has_paused = true,
            }
        }
        let new = passing.rest.split_to(passing.rest.len().min(MOST_NEW));
        passing.mask.push(&new);
        if !has_paused && !passing.mask.is_due() {
            passing.due.get_or_insert_with(|| Instant::now() + PAUSE);
            continue;
        }
        passing.due = None;
        let mut mask = passing.mask;
        let (passed, mask) = searched(mask.waiting(), move || (mask.search(), mask)).await;
        passing.mask = mask;
        // The whole chunk may have to wait for the next one.
        if !passed.is_empty() {
            return Some((Ok(passed), Some(passing)));
        }
    }
}

/// Carries out a search of this many bytes.
async fn searched<T: Send + 'static>(bytes: usize, search: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes <= MOST_INLINE {
        return search();
    }
    let permit = SEARCHES.acquire().await;
    let search = move || {
        // Until the end of the search, even if the caller disconnects.
        let _permit = permit;
        search()
    };
    match tokio::task::spawn_blocking(search).await {
        Ok(found) => found,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use secret::Secret;

    use super::*;

    const SECRET: &str = "glpat-aB3dE6gH9";

    fn mask() -> Mask {
        Mask::new(&[Secret::from(SECRET)])
    }

    #[tokio::test]
    async fn a_large_chunk_is_masked_in_pieces() {
        let filler = "word ".repeat(MOST_NEW / 5);
        let body = format!("{filler}.{SECRET}{filler}{SECRET}");
        let chunk = Ok::<_, Infallible>(Bytes::from(body.clone()));
        let passed: Vec<_> = masked(stream::iter([chunk]), mask()).collect().await;
        assert!(passed.iter().flatten().all(|chunk| chunk.len() <= MOST_NEW));
        let passed = passed.into_iter().flatten().collect::<Vec<_>>().concat();
        assert_eq!(String::from_utf8(passed).unwrap(), body.replace(SECRET, &"*".repeat(SECRET.len())));
    }

    #[tokio::test]
    async fn bytes_that_wait_pass_when_the_provider_pauses() {
        let chunks = ["event: glpat-aB3", "d", "!"].map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        // The provider sends no more, but does not end the body.
        let mut passed = std::pin::pin!(masked(stream::iter(chunks).chain(stream::pending()), mask()));
        assert_eq!(passed.next().await, Some(Ok(Bytes::from("event: "))));
        assert_eq!(passed.next().await, Some(Ok(Bytes::from("glpat-aB3d!"))));
    }

    #[tokio::test]
    async fn an_error_ends_the_body() {
        let chunks = [Ok(Bytes::from("event: ")), Err("broken"), Ok(Bytes::from("more"))];
        let passed: Vec<_> = masked(stream::iter(chunks), mask()).collect().await;
        assert_eq!(passed, [Ok(Bytes::from("event: ")), Err("broken")]);
    }
}
