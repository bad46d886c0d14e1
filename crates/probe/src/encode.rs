//! Encodes values for their context, so that a value cannot change the structure of a request.

/// Encodes a form body
/// ([application/x-www-form-urlencoded](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)).
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Parses a form body into decoded pairs.
pub(crate) fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// Whether the string can be used as a header value: it has only visible characters, spaces and tabs, and no line
/// breaks ([RFC 9110, 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5)).
pub(crate) fn is_header_value(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b == b'\t' || b.is_ascii_graphic() || b >= 0x80)
}

/// Whether the string can be used as a cookie value
/// ([RFC 6265, 4.1.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)).
pub(crate) fn is_cookie_value(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b))
}
