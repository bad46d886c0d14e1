//! Recognizes StackOne's SDKs by their `User-Agent`, because their versions expect different shapes.
//!
//! **Invariant:** a client that is not recognized gets the current shape of StackOne's API, and a provider's response
//! unchanged.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

/// A version of an SDK: its major, minor and patch numbers.
type Version = (u32, u32, u32);

/// For the SDK in each language: the first version that expects a provider's response in an envelope, and the first
/// version that expects the organization's id as a string. The SDKs are generated from StackOne's API description, which
/// changed in 2025-11 and in 2026-02.
const CHANGES: [(&str, Version, Version); 5] = [
    ("typescript", (4, 32, 0), (4, 34, 0)),
    ("ruby", (0, 39, 0), (0, 39, 5)),
    ("java", (0, 17, 0), (0, 19, 1)),
    ("csharp", (0, 8, 1), (0, 9, 1)),
    ("php", (0, 28, 1), (0, 28, 5)),
];

/// The shapes that a client expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shapes {
    /// Whether `/unified/proxy` returns the provider's response in an envelope (`{status, headers, data}`), instead of
    /// unchanged.
    pub(crate) enveloped: bool,
    /// Whether `organization_id` is a number, instead of a string.
    pub(crate) numeric_organization: bool,
}

impl Shapes {
    /// Returns the shapes that the sender of a request expects.
    pub(crate) fn expected_by(headers: &HeaderMap) -> Self {
        Self::of_agent(headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default())
    }

    fn of_agent(agent: &str) -> Self {
        let Some((language, version)) = sdk(agent) else {
            return Self { enveloped: false, numeric_organization: false };
        };
        match CHANGES.iter().find(|(name, ..)| *name == language) {
            Some((_, envelope, string)) => {
                Self { enveloped: *envelope <= version, numeric_organization: version < *string }
            }
            None => Self { enveloped: true, numeric_organization: false },
        }
    }
}

/// Returns the language and the version of the SDK that sends a `User-Agent` such as `speakeasy-sdk/java 0.19.2 …`.
fn sdk(agent: &str) -> Option<(&str, Version)> {
    let (_, rest) = agent.split_once("speakeasy-sdk/")?;
    let mut words = rest.split_ascii_whitespace();
    let (language, version) = (words.next()?, words.next()?);
    let mut numbers = version.split(['.', '-', '+']).map_while(|number| number.parse().ok());
    Some((language, (numbers.next()?, numbers.next()?, numbers.next().unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_of_an_sdk_gets_the_shapes_that_it_expects() {
        for (agent, enveloped, numeric_organization) in [
            ("", false, false),
            ("curl/8.14", false, false),
            ("speakeasy-sdk/typescript", false, false),
            ("speakeasy-sdk/typescript 4.28.0 2.721.3 1.0.0 @stackone/stackone-client-ts", false, true),
            ("speakeasy-sdk/typescript 4.31.0 2.733.1 1.0.0 @stackone/stackone-client-ts", false, true),
            ("speakeasy-sdk/typescript 4.32.0 2.743.2 1.0.0 @stackone/stackone-client-ts", true, true),
            ("speakeasy-sdk/typescript 4.33.2 2.801.0 1.0.0 @stackone/stackone-client-ts", true, true),
            ("speakeasy-sdk/typescript 4.34.1 2.836.4 1.0.0 @stackone/stackone-client-ts", true, false),
            ("speakeasy-sdk/typescript 10.0.0 3.0.0 1.0.0 @stackone/stackone-client-ts", true, false),
            ("app/1 speakeasy-sdk/typescript 4.28.0", false, true),
            ("speakeasy-sdk/ruby 0.38.1 2.730.5 1.0.0 stackone_client", false, true),
            ("speakeasy-sdk/ruby 0.39.4 2.779.2 1.0.0 stackone_client", true, true),
            ("speakeasy-sdk/ruby 0.40.0 2.836.4 1.0.0 stackone_client", true, false),
            ("speakeasy-sdk/java 0.19.2 2.811.4 1.0.0 com.stackone.stackone_client_java", true, false),
            ("speakeasy-sdk/csharp 0.8.0 2.735.1 1.0.0 StackOneHQ.Client", false, true),
            ("speakeasy-sdk/php 0.28.4 2.767.2 1.0.0 stackone/client-sdk", true, true),
            ("speakeasy-sdk/go 1.2.3 2.836.4 1.0.0 client", true, false),
        ] {
            assert_eq!(Shapes::of_agent(agent), Shapes { enveloped, numeric_organization }, "{agent}");
        }
    }
}
