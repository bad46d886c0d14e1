//! Lowers sign-in: turns OAuth grants and assertions into requests that obtain tokens.

use crate::choice::{ClientAuth, Grant, TokenBody};
use crate::code::{BAD_AUTH, NOT_RUNNABLE};
use crate::finding::Finding;
use crate::http::Verb;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::lower::auth::{bearer_header, of_target};
use crate::lower::exchange::sign_in_check;
use crate::lower::lowering::Lowering;
use crate::model::{
    Auth, BodyTemplate, Capture, CarrierUse, Carries, JsonTemplate, Redirect, RequestTemplate, SignIn,
    TokenStep,
};
use crate::names::{Names, unknown};
use crate::shape::{
    AuthShape, CaptureShape, CarrierShape, Entries, JwtShape, Oauth2Shape, OutcomeShape, RefreshShape,
    ShortOr, Text,
};
use crate::source::Span;
use crate::template::{Context, Target, Template};

// Parameter values for token requests ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523)).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The standard scope for refresh tokens ([OIDC Core,
/// 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)).
const OFFLINE_ACCESS: &str = "offline_access";

/// The name and value of a parameter in a token request.
type Parameter = (String, Template);

/// A request to a token endpoint.
struct TokenCall<'a> {
    /// The key of the step that makes the request.
    key: &'static str,
    url: &'a Text,
    parameters: Vec<Parameter>,
}

impl Lowering<'_> {
    pub(crate) fn oauth2<'n>(&mut self, shape: &'n Oauth2Shape, span: Span, names: &mut Names<'n>) -> Auth {
        let assertion = shape.client_assertion.as_ref().map(|one| self.assertion(one, names));
        names.assertion = assertion.is_some();
        // The requests for the first tokens cannot refer to a token.
        names.later_tokens = vec!["access_token", "refresh_token"];
        names.later_tokens.extend(shape.captures.0.iter().map(|(name, _)| name.value.as_str()));
        self.fits_grant(shape);
        let grant = shape.grant.value;
        let mut parameters = vec![literal("grant_type", grant_type(grant))];
        let separator = shape.scope_separator.as_deref().unwrap_or(" ");
        if !shape.scopes.is_empty() {
            parameters.push(literal("scope", &shape.scopes.join(separator)));
        }
        for (name, text) in [("username", &shape.username), ("password", &shape.password)] {
            parameters.extend(text.as_ref().map(|text| (name.to_owned(), self.request_text(text, names))));
        }
        let steps: Vec<TokenStep> = match grant {
            Grant::AuthorizationCode | Grant::DeviceCode => Vec::new(),
            Grant::ClientCredentials | Grant::Password => {
                let call = TokenCall { key: "sign-in", url: &shape.token_url, parameters };
                self.token_step(call, shape, names).into_iter().collect()
            }
        };
        let redirect = shape
            .authorize_url
            .as_ref()
            .filter(|_| grant == Grant::AuthorizationCode)
            .and_then(|url| self.redirect(url, shape, names));
        names.tokens.clone_from(&names.later_tokens);
        let refresh = self.refresh_step(shape, span, names);
        let rotates = shape.refresh.as_ref().is_some_and(|refresh| refresh.rotates);
        let sign_in = Some(SignIn { steps, refresh, rotates, redirect });
        let carries = self.carries_token(&shape.carries, span, names);
        Auth { sign_in, assertion, ..Auth::new("oauth2", carries, span) }
    }

    /// Creates the redirect to the sign-in page, and the request that exchanges the returned code for tokens.
    fn redirect(&mut self, url: &Text, shape: &Oauth2Shape, names: &Names<'_>) -> Option<Redirect> {
        let span = shape.grant.span;
        let token = |name: &str| Some((name.to_owned(), of_target(Target::Token(Key::parse(name)?), span)));
        let mut parameters =
            vec![literal("grant_type", "authorization_code"), token("code")?, token("redirect_uri")?];
        parameters.extend(token("code_verifier").filter(|_| shape.no_pkce.is_none()));
        let call = TokenCall { key: "sign-in", url: &shape.token_url, parameters };
        Some(Redirect {
            client_id: shape.client_id.as_ref().map(|id| self.request_text(id, names)),
            exchange: self.token_step(call, shape, names)?,
            url: self.base_url(url, names)?,
            scopes: shape.scopes.clone(),
            separator: shape.scope_separator.clone().unwrap_or_else(|| " ".to_owned()),
            renewal_scopes: self.renewal_scopes(shape),
            pkce: shape.no_pkce.is_none(),
            parameters: self.pairs(&shape.authorize_parameters, false, &with_redirect_uri(shape, names)),
        })
    }

    /// Creates the request that sends a refresh token. After a sign-in with a browser, a refresh token that the provider
    /// returns is used even if the guide does not say how ([RFC 6749,
    /// 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)), because otherwise the person would have to sign in again.
    fn refresh_step(&mut self, shape: &Oauth2Shape, span: Span, names: &Names<'_>) -> Option<TokenStep> {
        let default = RefreshShape::default();
        let is_default = shape.grant.value == Grant::AuthorizationCode;
        let refresh = shape.refresh.as_ref().or(is_default.then_some(&default))?;
        let token = of_target(Target::Token(Key::parse("refresh_token")?), span);
        let mut parameters =
            vec![literal("grant_type", "refresh_token"), ("refresh_token".to_owned(), token)];
        let url = refresh.url.as_ref().unwrap_or(&shape.token_url);
        parameters.extend(self.pairs(&refresh.parameters, false, &with_redirect_uri(shape, names)));
        self.token_step(TokenCall { key: "refresh-token", url, parameters }, shape, names)
    }

    /// Returns the scopes without which the provider returns no refresh token, and reports those that are not requested.
    fn renewal_scopes(&mut self, shape: &Oauth2Shape) -> Vec<String> {
        let own = shape.refresh.iter().flat_map(|refresh| &refresh.scopes.0);
        let requested: Vec<&str> = shape.scopes.iter().map(String::as_str).collect();
        for scope in own.clone().filter(|scope| !shape.scopes.contains(&scope.value)) {
            self.report(unknown(scope.span, &scope.value, "scope", &requested));
        }
        own.map(|scope| scope.value.clone()).chain([OFFLINE_ACCESS.to_owned()]).collect()
    }

    /// Reports missing keys that the grant or the client authentication requires.
    fn fits_grant(&mut self, shape: &Oauth2Shape) {
        let at = shape.grant.span;
        let require = |it: &mut Self, is_set: bool, name: &str| {
            if !is_set {
                let found = Finding::new(&BAD_AUTH, at, format!("this grant needs `{name}`"));
                it.report(found.help(format!("add `{name}`")));
            }
        };
        match shape.grant.value {
            Grant::AuthorizationCode => require(self, shape.authorize_url.is_some(), "authorize_url"),
            Grant::Password => {
                require(self, shape.username.is_some(), "username");
                require(self, shape.password.is_some(), "password");
            }
            Grant::DeviceCode => {
                let found = Finding::new(
                    &NOT_RUNNABLE,
                    at,
                    "`device_code` is part of the format, but Waystone does not support it yet",
                );
                self.report(found.help("use another grant for now, or watch the changelog"));
            }
            Grant::ClientCredentials => {}
        }
        let client = shape.client_auth.as_ref().map_or(ClientAuth::Basic, |one| one.value);
        let at = shape.client_auth.as_ref().map_or(at, |one| one.span);
        let require = |it: &mut Self, is_set: bool, name: &str| {
            if !is_set {
                let found =
                    Finding::new(&BAD_AUTH, at, format!("the client cannot authenticate without `{name}`"));
                it.report(found.help(format!("add `{name}`, or correct `client_auth`")));
            }
        };
        let is_public = client == ClientAuth::None;
        require(self, is_public || shape.client_id.is_some(), "client_id");
        let signs = client == ClientAuth::PrivateKeyJwt;
        require(self, is_public || signs || shape.client_secret.is_some(), "client_secret");
        require(self, !signs || shape.client_assertion.is_some(), "client_assertion");
    }

    /// Creates a step that sends a request with the client's authentication to a token endpoint.
    fn token_step(
        &mut self,
        mut call: TokenCall<'_>,
        shape: &Oauth2Shape,
        names: &Names<'_>,
    ) -> Option<TokenStep> {
        let (key, parameters) = (call.key, &mut call.parameters);
        let text =
            |it: &mut Self, text: &Option<Text>| text.as_ref().map(|text| it.request_text(text, names));
        let (id, secret) = (text(self, &shape.client_id), text(self, &shape.client_secret));
        let mut carries = Vec::new();
        match (shape.client_auth.as_ref().map_or(ClientAuth::Basic, |one| one.value), id, secret) {
            (ClientAuth::Basic, Some(username), Some(password)) => {
                carries.push(CarrierUse::Basic { username, password, encoded: true });
            }
            (ClientAuth::PrivateKeyJwt, id, _) => {
                parameters.push(literal("client_assertion_type", ASSERTION_TYPE));
                let assertion = of_target(Target::Assertion, shape.grant.span);
                parameters.push(("client_assertion".to_owned(), assertion));
                parameters.extend(id.map(|id| ("client_id".to_owned(), id)));
            }
            (_, id, secret) => {
                parameters.extend(id.map(|id| ("client_id".to_owned(), id)));
                parameters.extend(secret.map(|secret| ("client_secret".to_owned(), secret)));
            }
        }
        let own = with_redirect_uri(shape, names);
        self.override_parameters(parameters, &shape.token_parameters, &own);
        let mut request = self.token_request(call, shape.token_body, names)?;
        request.carries = Carries::Only(carries);
        request.headers = self.pairs(&shape.token_headers, true, &own);
        let captures = self.token_captures(shape, key == "sign-in");
        let lifetime = captures.iter().find(|capture| capture.name == *"expires_in");
        let expires_in = lifetime.map_or_else(|| JsonPath::parse("expires_in"), |one| Some(one.path.clone()));
        Some(TokenStep {
            check: sign_in_check(key, request, captures, true),
            expires_in,
            lifetime: shape.lifetime_seconds,
        })
    }

    /// Returns the values to keep from a token response. The guide can specify another location for the standard values.
    fn token_captures(&mut self, shape: &Oauth2Shape, is_first: bool) -> Vec<Capture> {
        let own = self.captures(&shape.captures);
        let is_optional_access = |(name, capture): &&(Text, ShortOr<CaptureShape>)| {
            name.value == "access_token" && matches!(capture, ShortOr::Long(long) if !long.required)
        };
        if let Some((name, _)) = shape.captures.0.iter().find(is_optional_access).filter(|_| is_first) {
            let found = Finding::new(&BAD_AUTH, name.span, "the access token cannot be optional");
            self.report(
                found.help("remove `required: false`; requests are authenticated with the access token"),
            );
        }
        let standard = [capture("access_token", true), capture("refresh_token", false)];
        let is_replaced = |one: &Capture| own.iter().any(|other| other.name == one.name);
        let mut all: Vec<Capture> = standard.into_iter().filter(|one| !is_replaced(one)).collect();
        // Further values are required only in the first response, because refresh responses do not necessarily repeat
        // them. No response has to contain a refresh token or a lifetime.
        all.extend(own.into_iter().map(|one| {
            let required = match one.name.as_str() {
                "access_token" => true,
                "refresh_token" | "expires_in" => false,
                _ => one.required && is_first,
            };
            Capture { required, ..one }
        }));
        all
    }

    /// Adds the guide's parameters, which replace existing parameters with the same name.
    fn override_parameters(&mut self, all: &mut Vec<Parameter>, own: &Entries<Text>, names: &Names<'_>) {
        for (name, value) in self.pairs(own, false, names) {
            all.retain(|(other, _)| *other != name);
            all.push((name, value));
        }
    }

    fn token_request(
        &mut self,
        call: TokenCall<'_>,
        body: TokenBody,
        names: &Names<'_>,
    ) -> Option<RequestTemplate> {
        let mut request = self.token_url(call.url, names)?;
        match body {
            TokenBody::Form => request.body = Some(BodyTemplate::Form(call.parameters)),
            TokenBody::Json => {
                let members =
                    call.parameters.into_iter().map(|(name, value)| (name, JsonTemplate::Text(value)));
                request.body = Some(BodyTemplate::Json(JsonTemplate::Object(members.collect())));
            }
            TokenBody::Query => request.query = call.parameters,
        }
        request.carries = Carries::Only(Vec::new());
        Some(request)
    }

    /// Creates a `POST` request to an absolute URL, which does not use the method's base URL.
    fn token_url(&mut self, url: &Text, names: &Names<'_>) -> Option<RequestTemplate> {
        let mut base = self.base_url(url, names)?;
        let path = std::mem::replace(&mut base.path, Template::literal(""));
        Some(RequestTemplate {
            base: Some(base),
            path,
            span: url.span,
            ..RequestTemplate::literal(Verb::Post, "")
        })
    }

    pub(crate) fn jwt<'n>(&mut self, shape: &'n JwtShape, span: Span, names: &mut Names<'n>) -> Auth {
        let assertion = Some(self.assertion(&shape.assertion, names));
        names.assertion = true;
        let signed = of_target(Target::Assertion, span);
        let Some(url) = &shape.token_url else {
            let given = self.carriers(&shape.carries, Context::Request, names);
            let carries = if given.is_empty() { vec![bearer_header(signed)] } else { given };
            return Auth { assertion, ..Auth::new("jwt", carries, span) };
        };
        names.tokens = vec!["access_token"];
        let mut parameters = vec![literal("grant_type", JWT_BEARER), ("assertion".to_owned(), signed)];
        self.override_parameters(&mut parameters, &shape.token_parameters, names);
        let call = TokenCall { key: "sign-in", url, parameters };
        let request = self.token_request(call, TokenBody::Form, names);
        let steps = request.map(|request| TokenStep {
            check: sign_in_check("sign-in", request, vec![capture("access_token", true)], true),
            expires_in: JsonPath::parse("expires_in"),
            lifetime: None,
        });
        let steps = steps.into_iter().collect();
        let sign_in = Some(SignIn { steps, refresh: None, rotates: false, redirect: None });
        let carries = self.carries_token(&shape.carries, span, names);
        Auth { sign_in, assertion, ..Auth::new("jwt", carries, span) }
    }

    fn carries_token(&mut self, shapes: &[CarrierShape], span: Span, names: &Names<'_>) -> Vec<CarrierUse> {
        let given = self.carriers(shapes, Context::Request, names);
        match Key::parse("access_token") {
            Some(key) if given.is_empty() => vec![bearer_header(of_target(Target::Token(key), span))],
            _ => given,
        }
    }

    /// Lowers the outcome rules for the sign-in requests. The rules are lowered after the fields, because messages can
    /// show field values.
    pub(crate) fn sign_in_outcomes(&mut self, shape: &AuthShape, auth: &mut Auth, names: &Names<'_>) {
        let Some(sign_in) = &mut auth.sign_in else { return };
        let set = |it: &mut Self, step: Option<&mut TokenStep>, rules: &[OutcomeShape]| {
            let rules: Vec<_> = rules.iter().filter_map(|rule| it.outcome(rule, names)).collect();
            if let Some(step) = step {
                step.check.outcomes = rules;
            }
        };
        match shape {
            AuthShape::Oauth2(oauth) => {
                let rules: Vec<_> =
                    oauth.outcomes.iter().filter_map(|rule| self.outcome(rule, names)).collect();
                // A token endpoint reports errors in the same way for every grant.
                let exchange = sign_in.redirect.as_mut().map(|redirect| &mut redirect.exchange);
                for step in sign_in.steps.iter_mut().chain(exchange).chain(&mut sign_in.refresh) {
                    step.check.outcomes.clone_from(&rules);
                }
            }
            AuthShape::Jwt(jwt) => set(self, sign_in.steps.first_mut(), &jwt.outcomes),
            AuthShape::Exchange(exchange) => {
                for step in &exchange.steps {
                    let read = sign_in.steps.iter_mut().find(|one| one.check.key == step.key.value.as_str());
                    set(self, read, &step.outcomes);
                }
                if let Some(step) = &exchange.refresh {
                    set(self, sign_in.refresh.as_mut(), &step.outcomes);
                }
            }
            AuthShape::MutualTls(tls) => {
                if let Some(other) = &tls.beside {
                    self.sign_in_outcomes(&other.value, auth, names);
                }
            }
            AuthShape::Basic(_) | AuthShape::Bearer(_) | AuthShape::ApiKey(_) | AuthShape::Signature(_) => {}
        }
    }
}

impl AuthShape {
    /// Returns the outcome rules that the scheme declares.
    pub(crate) fn outcomes(&self) -> Vec<&OutcomeShape> {
        match self {
            Self::Oauth2(oauth) => oauth.outcomes.iter().collect(),
            Self::Jwt(jwt) => jwt.outcomes.iter().collect(),
            Self::Exchange(exchange) => {
                exchange.steps.iter().chain(&exchange.refresh).flat_map(|step| &step.outcomes).collect()
            }
            Self::MutualTls(tls) => tls.beside.iter().flat_map(|other| other.value.outcomes()).collect(),
            Self::Basic(_) | Self::Bearer(_) | Self::ApiKey(_) | Self::Signature(_) => Vec::new(),
        }
    }
}

/// Returns the names that the guide's own parameters and headers can use. Only a sign-in with a browser has a callback
/// URL.
fn with_redirect_uri<'n>(shape: &Oauth2Shape, names: &Names<'n>) -> Names<'n> {
    Names { redirect_uri: shape.grant.value == Grant::AuthorizationCode, ..names.clone() }
}

fn literal(name: &str, value: &str) -> Parameter {
    (name.to_owned(), Template::literal(value))
}

fn grant_type(grant: Grant) -> &'static str {
    match grant {
        Grant::AuthorizationCode => "authorization_code",
        Grant::ClientCredentials => "client_credentials",
        Grant::Password => "password",
        Grant::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
    }
}

fn capture(name: &str, required: bool) -> Capture {
    let path = JsonPath::parse(name).expect("a name is a path");
    Capture { name: Key::parse(name).expect("a name is a key"), path, required }
}
