//! Decides from a request's headers what caused it: a person who navigates, a browser that fetches ahead, or a form on
//! one of the Hub's pages.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use url::Url;

/// Whether the headers show that a person is navigating to the page. They do not if the request comes from a link
/// scanner in a mail or chat app, from a browser that prefetches the page, or from a browser that reaches the Hub
/// without TLS. A page can be opened in a frame only if it is embedded, because the embedding page's origin was checked.
pub(super) fn is_navigation(headers: &HeaderMap, is_embedded: bool) -> bool {
    let is = |name: &str, words: &[&str]| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| words.contains(&text))
    };
    let destinations: &[&str] = if is_embedded { &["document", "iframe", "frame"] } else { &["document"] };
    is("sec-fetch-mode", &["navigate"]) && is("sec-fetch-dest", destinations) && !is_ahead(headers)
}

/// Whether a browser or an app fetches the page before anyone asks for it: to prefetch it, or to show a preview.
pub(super) fn is_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .flat_map(|name| headers.get_all(name))
        .filter_map(|value| value.to_str().ok())
        .map(str::to_ascii_lowercase)
        .any(|text| text.contains("prefetch") || text.contains("prerender") || text.contains("preview"))
}

/// Whether a form was submitted from one of the Hub's pages. `Sec-Fetch-Site` decides; browsers that do not send it, for
/// example because the Hub is reached without TLS, send `Origin`. If both are missing, the browser is too old to tell,
/// and only the form's own token protects the form.
pub(super) fn is_same_origin(headers: &HeaderMap, public_url: &Url) -> bool {
    let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    if headers.contains_key("sec-fetch-site") {
        return all("sec-fetch-site").all(|site| site == "same-origin");
    }
    let own = public_url.origin().ascii_serialization();
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    all(ORIGIN.as_str()).all(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        origin == own || (authority.is_some() && authority == host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_navigations_of_a_person_count() {
        let navigates = |pairs: &[(&'static str, &str)], is_embedded| {
            let pairs = pairs.iter().map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().expect("a value"))
            });
            is_navigation(&pairs.collect(), is_embedded)
        };
        let (navigate, document) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
        let iframe = ("sec-fetch-dest", "iframe");
        assert!(navigates(&[navigate, document], false));
        assert!(navigates(&[navigate, iframe], true));
        assert!(!navigates(&[navigate, iframe], false), "a page that is not embedded was opened in a frame");
        for pairs in [
            &[][..],
            &[navigate],
            &[document],
            &[navigate, ("sec-fetch-dest", "image")],
            &[("sec-fetch-mode", "no-cors"), document],
            &[navigate, document, ("sec-purpose", "prefetch")],
            &[navigate, document, ("sec-purpose", "prefetch;prerender")],
            &[navigate, document, ("purpose", "Prefetch")],
            &[navigate, document, ("x-moz", "prefetch")],
            &[navigate, document, ("x-purpose", "preview")],
        ] {
            assert!(!navigates(pairs, true), "{pairs:?}");
        }
    }

    #[test]
    fn a_form_of_another_origin_is_recognized() {
        let public: Url = "https://hub.example.com/".parse().expect("a URL");
        let own = ("origin", "https://hub.example.com");
        let evil = ("origin", "https://evil.example");
        for (pairs, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-origin"), evil], true),
            (&[("sec-fetch-site", "cross-site"), own], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false),
            (&[own], true),
            (&[("origin", "http://10.0.0.5:8080"), ("host", "10.0.0.5:8080")], true),
            (&[evil, ("host", "hub.example.com")], false),
            (&[own, evil], false),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
            (&[("origin", "http://hub.example.com")], false),
            (&[("origin", "https://hub.example.com:8443")], false),
            (&[("origin", "https://hub.example.com.evil.example")], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().expect("a value"));
            }
            assert_eq!(is_same_origin(&headers, &public), expected, "{pairs:?}");
        }
    }
}
