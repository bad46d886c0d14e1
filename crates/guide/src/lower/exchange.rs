//! Lowers a custom login, which consists of one or more requests.

use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::model::{Auth, Capture, Carries, Check, Expect, RequestTemplate, Role, SignIn, TokenStep};
use crate::names::Names;
use crate::shape::{ExchangeShape, ExchangeStepShape, ShortOr};
use crate::source::Span;
use crate::template::Context;

impl Lowering<'_> {
    pub(crate) fn exchange<'n>(
        &mut self,
        shape: &'n ExchangeShape,
        span: Span,
        names: &mut Names<'n>,
    ) -> Auth {
        let assertion = shape.assertion.as_ref().map(|one| self.assertion(one, names));
        names.assertion = assertion.is_some();
        names.later_tokens = shape.steps.iter().flat_map(captured).collect();
        let mut steps = Vec::new();
        for step in &shape.steps {
            steps.extend(self.exchange_step(step, names));
            names.tokens.extend(captured(step));
        }
        self.unique("step", shape.steps.iter().chain(&shape.refresh).map(|step| &step.key));
        let refresh = shape.refresh.as_ref().and_then(|step| self.exchange_step(step, names));
        names.tokens.extend(shape.refresh.iter().flat_map(captured));
        let sign_in = Some(SignIn { steps, refresh, rotates: false, redirect: None });
        let carries = self.carriers(&shape.carries, Context::Request, names);
        Auth { sign_in, assertion, ..Auth::new("exchange", carries, span) }
    }

    fn exchange_step(&mut self, shape: &ExchangeStepShape, names: &Names<'_>) -> Option<TokenStep> {
        let key = self.key(&shape.key)?;
        let mut request = match &shape.request {
            ShortOr::Short(line) => self.request_line(line, names)?,
            ShortOr::Long(long) => self.request(long, names)?,
        };
        // A login request cannot carry the token, because it obtains the token. Its query, headers or body contain the
        // credentials.
        if matches!(request.carries, Carries::AsMethod) {
            request.carries = Carries::Only(Vec::new());
        }
        let captures = self.captures(&shape.captures);
        let expires_in = shape.expires_in.as_ref().and_then(|path| self.path(&path.value, path.span));
        let mut check = sign_in_check(key.as_str(), request, captures, false);
        if let Some(label) = &shape.label {
            check.label = self.label(label);
        }
        check.expect = self.expect(&shape.expect, names);
        Some(TokenStep { check, expires_in, lifetime: shape.lifetime_seconds })
    }
}

fn captured(step: &ExchangeStepShape) -> impl Iterator<Item = &str> {
    step.captures.0.iter().map(|(name, _)| name.value.as_str())
}

/// Creates a check from a sign-in request. If the check succeeds, the provider accepts the credentials.
pub(crate) fn sign_in_check(
    key: &str,
    request: RequestTemplate,
    captures: Vec<Capture>,
    speaks_oauth: bool,
) -> Check {
    let label = if key == "refresh-token" { "Renewing the sign-in" } else { "Signing in" };
    Check {
        key: Key::parse(key).unwrap_or_else(|| Key::parse("sign-in").expect("a key")),
        role: Role::Authenticate,
        label: label.to_owned(),
        span: request.span,
        request,
        expect: Expect::default(),
        account: None,
        captures,
        outcomes: Vec::new(),
        scopes: Vec::new(),
        required: true,
        granted: None,
        speaks_oauth,
    }
}
