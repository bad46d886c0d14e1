//! The id of the request in progress, stored per task so that logs and errors can include it anywhere.

tokio::task_local! {
    static CURRENT: String;
}

/// Returns the id of the request in progress; `None` outside a request.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Runs work as part of the request with this id.
pub(crate) async fn with_id<T>(id: Option<String>, work: impl Future<Output = T>) -> T {
    match id {
        Some(id) => CURRENT.scope(id, work).await,
        None => work.await,
    }
}
