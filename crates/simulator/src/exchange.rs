//! A request to the simulator, and the log line for its response.

use guide::Reply;
use percent_encoding::percent_decode_str;
use secret::Secret;

/// A request that the simulator received.
#[derive(Debug)]
pub struct Incoming {
    /// The HTTP method.
    pub verb: String,
    /// The requested host, without a port.
    pub host: String,
    /// The path, as sent.
    pub path: String,
    /// The headers, with names in lowercase.
    pub headers: Vec<(String, Secret)>,
    /// The query parameters, decoded.
    pub query: Vec<(String, Secret)>,
    /// The body. Empty if there is none.
    pub body: Secret,
}

/// The log line for a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The request: method, host and path.
    pub request: String,
    /// The response's status, or the fault that makes the request fail.
    pub answer: String,
    /// The reason for this response, such as the scenario that specifies it.
    pub reason: String,
    /// The parts of the request that differ from what the scenario says it sends.
    pub differences: Vec<String>,
}

impl LogLine {
    pub(crate) fn new(incoming: &Incoming, reply: &Reply, reason: String, differences: Vec<String>) -> Self {
        let answer = match reply {
            Reply::Response { status, .. } => status.to_string(),
            Reply::Fails(fault) => format!("fails: {fault}"),
        };
        Self {
            request: format!("{} {}{}", incoming.verb, incoming.host, incoming.path),
            answer,
            reason,
            differences,
        }
    }
}

/// Decodes percent-encoded text.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Creates a reply with a body and its media type.
pub(crate) fn reply(status: u16, content_type: &str, body: impl Into<String>) -> Reply {
    let headers = vec![("content-type".to_owned(), content_type.to_owned())];
    Reply::Response { status, headers, body: body.into() }
}
