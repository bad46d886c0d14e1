//! The headers that pass between a caller and a provider.
//!
//! **Invariant:** a provider's response header reaches the caller only if an API client needs it. A response is served
//! from the Hub's own origin, so its headers must not instruct a browser, a cache or a proxy in front of the Hub.

use std::borrow::Cow;

/// Request headers that are not forwarded, because they are meant for the connection or the Hub, or because the Hub
/// sets them.
const NOT_FORWARDED: [&str; 33] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-account-id",
    "x-hub-session-token",
    "x-real-ip",
    // Some servers use these instead of the request's method and path, which the Hub has checked and recorded.
    "proxy",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-uri",
    "x-original-url",
    "x-rewrite-url",
];

/// Response headers that are returned under their own name.
const RETURNED: [&str; 37] = [
    // The content.
    "accept-ranges",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
    // The version, for conditional requests.
    "etag",
    "last-modified",
    // What to do next.
    "allow",
    "deprecation",
    "link",
    "retry-after",
    "sunset",
    "warning",
    // Paging.
    "x-count",
    "x-cursor",
    "x-has-more",
    "x-limit",
    "x-next-cursor",
    "x-next-page",
    "x-offset",
    "x-page",
    "x-page-count",
    "x-page-size",
    "x-pagination",
    "x-per-page",
    "x-prev-page",
    "x-total",
    "x-total-count",
    "x-total-pages",
    // The API's version and permissions.
    "api-supported-versions",
    "api-version",
    "odata-version",
    "x-accepted-oauth-scopes",
    "x-api-version",
    "x-oauth-scopes",
];

/// Parts of names that identify response headers about rate limits, request ids, versions and repeated requests, which
/// each provider names differently. No header that a browser, a cache or a proxy obeys has such a name.
const RETURNED_PARTS: [&str; 15] = [
    "call-limit",
    "correlation-id",
    "correlationid",
    "idempotency-key",
    "idempotent-replayed",
    "limit-info",
    "quota",
    "rate-limit",
    "ratelimit",
    "request-id",
    "requestid",
    "should-retry",
    "trace-id",
    "traceid",
    "transaction-id",
];

/// The prefix added to the names of headers that would otherwise have a meaning at the Hub's own origin.
const PREFIX: &str = "x-provider-";

/// Returns the caller's headers that are forwarded to the provider. Names must be in lowercase.
pub(super) fn forwarded(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    // A `Connection` header lists headers that apply only to the connection between the caller and the Hub.
    let listed = headers.iter().filter(|(name, _)| name == "connection");
    let listed = listed.flat_map(|(_, value)| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let listed: Vec<String> = listed.collect();
    let is_forwarded = |name: &str| {
        // Many servers treat `_` like `-`.
        let name = name.replace('_', "-");
        !NOT_FORWARDED.contains(&&*name)
            && !["sec-", "x-forwarded-"].iter().any(|prefix| name.starts_with(prefix))
            && !listed.contains(&name)
    };
    headers.into_iter().filter(|(name, _)| is_forwarded(name)).collect()
}

/// Returns the name under which a provider's response header is returned, or `None` if the header is dropped. `name`
/// must be in lowercase.
pub(super) fn returned_as(name: &str, status: u16) -> Option<Cow<'_, str>> {
    match name {
        // HTTP clients follow redirects automatically, and send the API key if one leads back to the Hub.
        "location" if (300..400).contains(&status) => Some(prefixed(name)),
        "location" => Some(name.into()),
        // The Hub returns its own request id under this name.
        "x-request-id" => Some(format!("{PREFIX}request-id").into()),
        // The body of such a response is empty, and a length would suggest otherwise.
        "content-length" if status == 204 => None,
        _ if RETURNED.contains(&name) => Some(name.into()),
        _ if ["x-waystone-", "x-accel-", PREFIX].iter().any(|prefix| name.starts_with(prefix)) => None,
        _ => RETURNED_PARTS.iter().any(|part| name.contains(part)).then(|| name.into()),
    }
}

/// A response whose length is unknown, because it has several lengths or one that is not a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownLength;

/// Returns the length of the body that the response's headers declare, or `None` if they declare none. The same length
/// may be repeated ([RFC 9110, 8.6](https://www.rfc-editor.org/rfc/rfc9110#section-8.6)). Names must be in lowercase.
pub(super) fn length(headers: &[(String, Vec<u8>)]) -> Result<Option<u64>, UnknownLength> {
    let values = headers.iter().filter(|(name, _)| name == "content-length");
    let mut lengths = values.flat_map(|(_, value)| value.split(|byte| *byte == b',')).map(|text| {
        let text = text.trim_ascii();
        let digits = std::str::from_utf8(text).ok().filter(|_| text.iter().all(u8::is_ascii_digit));
        digits.and_then(|digits| digits.parse().ok()).ok_or(UnknownLength)
    });
    let Some(first) = lengths.next().transpose()? else { return Ok(None) };
    if lengths.all(|length| length == Ok(first)) { Ok(Some(first)) } else { Err(UnknownLength) }
}

/// Returns the name of a header that would have another meaning in the Hub's own response.
pub(super) fn prefixed(name: &str) -> Cow<'static, str> {
    format!("{PREFIX}{name}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_for_the_connection_are_not_forwarded() {
        let sent =
            [("accept", "a/b"), ("connection", "close, X-Hop"), ("x-hop", "1"), ("sec-fetch-mode", "cors")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(forwarded(sent.to_vec()), [("accept".to_owned(), "a/b".to_owned())]);
    }

    #[test]
    fn a_length_may_be_repeated() {
        let declared = |values: &[&str]| {
            let header = |value: &&str| ("content-length".to_owned(), value.as_bytes().to_vec());
            length(&values.iter().map(header).collect::<Vec<_>>())
        };
        assert_eq!(declared(&[]), Ok(None));
        for same in [&["5"][..], &["5, 5"], &["5", "5"], &["5,5", " 05 "]] {
            assert_eq!(declared(same), Ok(Some(5)), "{same:?}");
        }
        for wrong in
            [&["5, 6"][..], &["5", "6"], &[""], &["5,"], &["-5"], &["+5"], &["x"], &["99999999999999999999"]]
        {
            assert_eq!(declared(wrong), Err(UnknownLength), "{wrong:?}");
        }
    }

    #[test]
    fn headers_that_replace_the_method_or_the_path_are_not_forwarded() {
        for name in [
            "x-http-method-override",
            "x_http_method_override",
            "x-original-url",
            "x-rewrite-url",
            "x-hub-session-token",
            "x-forwarded-prefix",
            "x_forwarded_for",
            "x-real-ip",
            "transfer_encoding",
            "proxy",
        ] {
            assert_eq!(forwarded(vec![(name.to_owned(), "/admin".to_owned())]), [], "{name}");
        }
    }

    #[test]
    fn headers_that_clients_need_are_returned() {
        for name in [
            "content-type",
            "content-length",
            "etag",
            "link",
            "retry-after",
            "ratelimit",
            "ratelimit-remaining",
            "x-ratelimit-limit",
            "x-rate-limit-reset",
            "x-shopify-shop-api-call-limit",
            "sforce-limit-info",
            "request-id",
            "x-amzn-requestid",
            "x-amz-request-id",
            "acme-should-retry",
            "x-total-count",
        ] {
            assert_eq!(returned_as(name, 200).as_deref(), Some(name));
        }
        assert_eq!(returned_as("x-request-id", 200).as_deref(), Some("x-provider-request-id"));
        assert_eq!(returned_as("location", 201).as_deref(), Some("location"));
        assert_eq!(returned_as("location", 307).as_deref(), Some("x-provider-location"));
        assert_eq!(returned_as("content-length", 204), None);
    }

    #[test]
    fn headers_that_browsers_caches_and_proxies_obey_are_dropped() {
        for name in [
            "access-control-allow-credentials",
            "access-control-allow-origin",
            "alt-svc",
            "cache-control",
            "cdn-cache-control",
            "clear-site-data",
            "connection",
            "content-location",
            "content-security-policy",
            "cross-origin-resource-policy",
            "expires",
            "nel",
            "permissions-policy",
            "proxy-authenticate",
            "referrer-policy",
            "refresh",
            "report-to",
            "reporting-endpoints",
            "server",
            "service-worker-allowed",
            "set-cookie",
            "set-cookie2",
            "set-login",
            "sourcemap",
            "strict-transport-security",
            "surrogate-control",
            "trailer",
            "transfer-encoding",
            "vary",
            "www-authenticate",
            "x-accel-buffering",
            "x-accel-expires",
            "x-accel-limit-rate",
            "x-accel-redirect",
            "x-content-type-options",
            "x-dns-prefetch-control",
            "x-frame-options",
            "x-lighttpd-send-file",
            "x-litespeed-cache-control",
            "x-reproxy-url",
            "x-sendfile",
            "x-waystone-answered-by",
            "x-waystone-request-id",
        ] {
            assert_eq!(returned_as(name, 200), None, "{name}");
        }
    }
}
