//! The values that requests are built from.

use std::collections::BTreeMap;

use guide::{Environment, Key, Method, RequestPart};
use secret::Secret;

use crate::moment::Moment;

/// Field values, captures or tokens, by key. Every value is treated as a secret.
pub type Values = BTreeMap<Key, Secret>;

/// The values that templates can refer to and that are known before the request is built.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The chosen environment, or `None` if the method has no environments or the person has not chosen an environment
    /// yet.
    pub environment: Option<&'a Environment>,
    /// The normalized values of fields.
    pub values: &'a Values,
    /// The method. It defines the defaults for values that were not entered, and the derived values, which are computed
    /// when a template refers to them.
    pub method: &'a Method,
    /// Values captured from earlier responses.
    pub captures: &'a Values,
    /// The tokens from sign-in.
    pub tokens: &'a Values,
    /// The callback URL, or `None` if the method does not sign people in with a browser.
    pub redirect_uri: Option<&'a str>,
    /// The time at which the request is sent, and the nonce.
    pub moment: Moment,
    /// Secrets that no request carries, but that a response can repeat: those that the account had before it was edited.
    pub former: &'a [Secret],
}

static NO_VALUES: Values = Values::new();

impl<'a> Inputs<'a> {
    /// The inputs for a method before sign-in, when no values have been captured.
    pub fn new(method: &'a Method, environment: Option<&'a Environment>, values: &'a Values) -> Self {
        Self {
            environment,
            values,
            method,
            captures: &NO_VALUES,
            tokens: &NO_VALUES,
            redirect_uri: None,
            moment: Moment::default(),
            former: &[],
        }
    }

    /// Returns a field's value or, if no value was entered, its default, normalized as if it had been entered.
    pub(crate) fn value(&self, key: &Key) -> Option<Secret> {
        self.values.get(key).cloned().or_else(|| self.method.default_of(key).map(Secret::new))
    }
}

/// The values that templates are filled with: the inputs, and values that are specific to one request.
#[derive(Clone, Copy)]
pub(crate) struct Filling<'a> {
    pub(crate) inputs: &'a Inputs<'a>,
    /// The signed assertion, or `None` if the request does not refer to an assertion.
    pub(crate) assertion: Option<&'a Secret>,
    /// The request's parts, for its signature and for the carriers that refer to them. Empty before the request is
    /// signed.
    pub(crate) parts: &'a [(RequestPart, Secret)],
}

impl<'a> Filling<'a> {
    /// Returns a filling with only the inputs.
    pub(crate) fn plain(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, assertion: None, parts: &[] }
    }
}
