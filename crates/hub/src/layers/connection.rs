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
use axum::response::Response;
use axum_server::ConnectionShutdown;
use http_body::{Frame, SizeHint};

use crate::connection::{Activity, Peer, Work};

/// A request in progress on a connection.
pub(super) struct InProgress {
    activity: Arc<Activity>,
    work: Work,
    /// Whether the connection must close after the response.
    must_close: bool,
}

impl InProgress {
    /// Records that the Hub works on a request. `None` if the request did not arrive on a connection.
    pub(super) fn begin(request: &mut Request) -> Option<Self> {
        let shutdown = request.extensions_mut().remove::<ConnectionShutdown>();
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<Peer>>().cloned()?;
        let activity = peer.activity;
        let is_last = activity.request(shutdown);
        // HTTP/2 has a frame for this purpose, which the server sends.
        let must_close = is_last && request.version() <= Version::HTTP_11;
        let work = activity.work();
        Some(Self { activity, work, must_close })
    }

    /// Records that the response is complete except for its body, which is observed from now on.
    pub(super) fn end(self, mut response: Response) -> Response {
        let Self { activity, work, must_close } = self;
        drop(work);
        if must_close {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| Body::new(Observed { body, activity, waiting: None }))
    }
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
