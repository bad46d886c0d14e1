//! The parts of HTTP that guides refer to: request methods and faults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use url::{Position, Url};

/// An HTTP request method.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum Verb {
    /// Reads a resource.
    Get,
    /// Reads only the headers.
    Head,
    /// Creates a resource or runs an operation.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes part of a resource.
    Patch,
    /// Deletes a resource.
    Delete,
}

impl Verb {
    /// All methods, in the order in which messages list them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name used in requests, such as `GET`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether sending a request with this method twice has the same effect as sending it once ([RFC 9110,
    /// 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)).
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

/// The headers that guides cannot set, because they frame the message, apply only to one connection, or are the same for
/// every request. The names are in lowercase.
pub const RESERVED_HEADERS: [&str; 14] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Why there is no usable response.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// The host name could not be resolved.
    Dns,
    /// The connection could not be established.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// No response arrived in time.
    Timeout,
    /// The connection was closed before the response was complete.
    Reset,
    /// The response was larger than the limit.
    TooLarge,
    /// The response was not HTTP or could not be decoded.
    Malformed,
    /// Waystone blocked the request, because the address is private or the guide does not list the host.
    Refused,
}

impl Fault {
    /// All faults, in declaration order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name used in guides.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether the request reaches the provider although there is no usable response.
    pub const fn reaches_provider(self) -> bool {
        !matches!(self, Self::Dns | Self::Connect | Self::Tls | Self::Refused)
    }
}

/// Returns whether a string can be the path of a request, and is sent unchanged. The URL parser would encode some
/// characters, and resolve the segments `.` and `..`.
pub fn is_path(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte));
    text.starts_with('/')
        && is_plain
        && Url::parse(&format!("https://host.example{text}"))
            .is_ok_and(|url| &url[Position::BeforePath..] == text)
}

/// Returns whether a string can be a header value: it has only visible characters, spaces and tabs, and no line breaks
/// ([RFC 9110, 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5)).
pub fn is_header_value(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b == b'\t' || b.is_ascii_graphic() || b >= 0x80)
}

/// Returns whether a string can be a cookie value
/// ([RFC 6265, 4.1.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)).
pub fn is_cookie_value(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b))
}

/// Returns whether a string from a guide can be part of a path: one or more segments, separated by slashes. A segment
/// cannot be `.` or `..`, because servers resolve them even when they are encoded.
pub fn is_path_part(text: &str) -> bool {
    text.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}
