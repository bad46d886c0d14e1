//! Records each request's activity on its connection, until the client has taken the whole response.
//!
//! **Invariant:** a response counts as work only while it waits for the Hub. A client that does not take a response
//! leaves its connection idle, even if HTTP/2's flow control hides that from the socket.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::extract::connect_info::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Version};
use axum::response::Response;
use axum_server::ConnectionShutdown;
use http_body::{Frame, SizeHint};

use crate::connection::{self, Peer, Work};

/// The maximum size of the pieces in which the server receives a response. The server requests the next piece only when
/// the client has taken most of the previous ones, so each piece is progress. It buffers up to 16 pieces for HTTP/1; the
/// limit for HTTP/2 is set where the server is started.
const PIECE: usize = 8 << 10;

/// A request in progress on a connection.
pub(super) struct InProgress {
    request: connection::Request,
    work: Work,
    /// Whether the response must announce that the connection closes.
    must_close: bool,
}

impl InProgress {
    /// Records that the Hub works on a request. `None` if the request does not keep a connection open.
    pub(super) fn begin(request: &mut Request) -> Option<Self> {
        let shutdown = request.extensions_mut().remove::<ConnectionShutdown>();
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<Peer>>()?;
        let in_progress = peer.activity.request(shutdown)?;
        // HTTP/2 has a frame for this purpose, which the server sends.
        let must_close = in_progress.is_last && request.version() <= Version::HTTP_11;
        let work = in_progress.work();
        Some(Self { request: in_progress, work, must_close })
    }

    /// Records that the response is complete except for its body, which is observed from now on.
    pub(super) fn end(self, mut response: Response) -> Response {
        let Self { request, work, must_close } = self;
        drop(work);
        if must_close {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| Body::new(Observed { body, rest: Bytes::new(), waiting: None, request }))
    }
}

/// A response body that records when the client takes a part of it.
struct Observed {
    body: Body,
    /// Data from `body` that the server has not requested yet.
    rest: Bytes,
    /// Present while the body waits for more data.
    waiting: Option<Work>,
    request: connection::Request,
}

impl Observed {
    fn next_piece(&mut self) -> Frame<Bytes> {
        self.request.progress();
        Frame::data(self.rest.split_to(self.rest.len().min(PIECE)))
    }
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(this.next_piece())));
        }
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if polled.is_pending() {
            this.waiting.get_or_insert_with(|| this.request.work());
            return Poll::Pending;
        }
        this.waiting = None;
        polled.map_ok(|frame| match frame.into_data() {
            Ok(data) => {
                this.rest = data;
                this.next_piece()
            }
            Err(trailers) => trailers,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (u64::try_from(self.rest.len()).unwrap_or(u64::MAX), self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
