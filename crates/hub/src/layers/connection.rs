//! Records each request's activity on its connection, until the client has taken the whole response.
//!
//! **Invariant:** a response counts as work only while it waits for the Hub. A client that does not take a response
//! leaves its connection idle, even if HTTP/2's flow control hides that from the socket.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::extract::connect_info::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Version};
use axum::middleware::Next;
use axum::response::Response;
use axum_server::ConnectionShutdown;
use http_body::{Frame, SizeHint};

use crate::connection::{Activity, Peer, Work};

pub(super) async fn connection(mut request: Request, next: Next) -> Response {
    let shutdown = request.extensions_mut().remove::<ConnectionShutdown>();
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().cloned() else {
        return next.run(request).await;
    };
    let activity = peer.activity;
    let is_last = activity.request(shutdown);
    let is_http1 = request.version() <= Version::HTTP_11;
    let work = activity.work();
    let mut response = next.run(request).await;
    drop(work);
    if is_last && is_http1 {
        // HTTP/2 has a frame for this purpose, which the server sends.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| Body::new(Observed { body, activity, waiting: None }))
}

/// A response body that records when the client takes a part of it.
struct Observed {
    body: Body,
    activity: Arc<Activity>,
    /// Present while the body waits for more data.
    waiting: Option<Work>,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if polled.is_ready() {
            this.waiting = None;
            this.activity.progress();
        } else if this.waiting.is_none() {
            this.waiting = Some(this.activity.work());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
