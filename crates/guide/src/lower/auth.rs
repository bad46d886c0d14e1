//! Lowers authentication: reduces every scheme to the same set of request parts.

use crate::choice::Algorithm;
use crate::code::{BAD_AUTH, BAD_CHECK};
use crate::finding::{Finding, quoted};
use crate::http::RESERVED_HEADERS;
use crate::lower::lowering::Lowering;
use crate::model::{Assertion, Auth, Carrier, CarrierUse, Certificate, JsonTemplate, Signature};
use crate::names::Names;
use crate::shape::{AssertionShape, AuthShape, CarrierShape, MutualTlsShape, SignatureShape, Text};
use crate::source::{Braces, Span};
use crate::spanned::Spanned;
use crate::template::{Context, Part, Reference, RequestPart, Target, Template};

/// The maximum length of a header's or parameter's name, in bytes.
const MAX_NAME: usize = 1_000;

/// The default lifetime of an assertion, in seconds.
const LIFETIME: u32 = 300;

impl Lowering<'_> {
    pub(crate) fn auth<'n>(&mut self, shape: &'n Spanned<AuthShape>, names: &mut Names<'n>) -> Auth {
        let span = shape.span;
        match &shape.value {
            AuthShape::Basic(basic) => {
                let username = self.request_text(&basic.username, names);
                let password = self.request_text(&basic.password, names);
                Auth::new("basic", vec![CarrierUse::Basic { username, password, encoded: false }], span)
            }
            AuthShape::Bearer(bearer) => {
                let token = self.request_text(&bearer.token, names);
                Auth::new("bearer", vec![bearer_header(token)], span)
            }
            AuthShape::ApiKey(carriers) => {
                Auth::new("api_key", self.carriers(carriers, Context::Request, names), span)
            }
            AuthShape::Oauth2(oauth) => self.oauth2(oauth, span, names),
            AuthShape::Exchange(exchange) => self.exchange(exchange, span, names),
            AuthShape::Jwt(jwt) => self.jwt(jwt, span, names),
            AuthShape::Signature(signature) => self.signature(signature, span, names),
            AuthShape::MutualTls(tls) => self.mutual_tls(tls, span, names),
        }
    }

    /// Parses a string that becomes part of a request.
    pub(crate) fn request_text(&mut self, text: &Text, names: &Names<'_>) -> Template {
        self.template(text, Context::Request, names)
    }

    pub(crate) fn carriers(
        &mut self,
        shapes: &[CarrierShape],
        context: Context,
        names: &Names<'_>,
    ) -> Vec<CarrierUse> {
        shapes.iter().filter_map(|shape| self.carrier(shape, context, names)).collect()
    }

    fn carrier(&mut self, shape: &CarrierShape, context: Context, names: &Names<'_>) -> Option<CarrierUse> {
        let carrier = shape.r#in.value;
        let name = self.sent_name(&shape.name, carrier == Carrier::Header)?;
        let value = self.template(&shape.value, context, names);
        Some(CarrierUse::Named { carrier, name, value })
    }

    /// Checks the name of a header or parameter. Returns a header name in lowercase.
    pub(crate) fn parameter_name(&mut self, text: &Text, header: bool) -> Option<String> {
        // The characters allowed in an HTTP token: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let sound = !text.value.is_empty()
            && text.value.len() <= MAX_NAME
            && if header { text.value.bytes().all(token) } else { !text.value.contains(char::is_control) };
        if !sound {
            let kind = if header { "header" } else { "parameter" };
            let message = format!("{} is not a valid {kind} name", quoted(&text.value));
            let found = Finding::new(&BAD_CHECK, text.span, message);
            self.report(found.help("use letters, digits and hyphens, such as `X-API-Key`"));
            return None;
        }
        Some(if header { text.value.to_ascii_lowercase() } else { text.value.clone() })
    }

    /// Checks the name of a header or parameter of a request. Guides cannot set the headers in [`RESERVED_HEADERS`].
    pub(crate) fn sent_name(&mut self, text: &Text, header: bool) -> Option<String> {
        let name = self.parameter_name(text, header)?;
        if header && RESERVED_HEADERS.contains(&name.as_str()) {
            let message = format!("a guide cannot set the header {}", quoted(&text.value));
            let found = Finding::new(&BAD_CHECK, text.span, message)
                .label("Waystone sets this header itself, or never sends it");
            self.report(found.help("remove the header"));
            return None;
        }
        Some(name)
    }

    /// Lowers an assertion.
    pub(crate) fn assertion(&mut self, shape: &AssertionShape, names: &Names<'_>) -> Assertion {
        if shape.algorithm.value == Algorithm::Hs1 {
            let found = Finding::new(&BAD_AUTH, shape.algorithm.span, "a JWT cannot be signed with SHA-1");
            self.report(found.help("write `HS256`, or the algorithm that the provider documents"));
        }
        let mut claims = Vec::new();
        if let Some(shape) = &shape.claims {
            let mut places = Braces::new(self.source, shape.span);
            match self.json_template(&shape.value, shape.span, &mut places, names) {
                JsonTemplate::Object(members) => claims = members,
                _ => {
                    let found = Finding::new(
                        &BAD_AUTH,
                        self.source.first_line(shape.span),
                        "`claims` must be a mapping",
                    );
                    self.report(found.help("write `claims: { iss: …, aud: … }`"));
                }
            }
        }
        Assertion {
            algorithm: shape.algorithm.value,
            key: self.request_text(&shape.key, names),
            key_encoding: shape.key_encoding,
            header: self.pairs(&shape.header, false, names),
            claims,
            lifetime: shape.lifetime_seconds.unwrap_or(LIFETIME),
        }
    }

    fn signature(&mut self, shape: &SignatureShape, span: Span, names: &Names<'_>) -> Auth {
        let algorithm = shape.algorithm.value;
        if 1 < shape.key.0.len() && !algorithm.is_hmac() {
            let found = Finding::new(&BAD_AUTH, shape.algorithm.span, "only an HMAC key can be derived");
            self.report(found.help("write a single `key`, or use an algorithm that begins with `HS`"));
        }
        let signed = |it: &mut Self, text: &Text| it.template(text, Context::Signed, names);
        let canonical = signed(self, &shape.canonical);
        let signs = match &shape.signs {
            Some(text) => signed(self, text),
            None => request_part(RequestPart::Canonical, shape.canonical.span),
        };
        let carries = self.carriers(&shape.carries, Context::Signed, names);
        let is_carried = carries.iter().flat_map(CarrierUse::templates).any(|template| {
            template.references().any(|one| one.target == Target::Request(RequestPart::Signature))
        });
        if !is_carried {
            let found =
                Finding::new(&BAD_AUTH, shape.algorithm.span, "the signature is computed but not sent");
            self.report(found.help("add `{{ request.signature }}` to a value in `carries`"));
        }
        let early = [
            (&canonical, RequestPart::Canonical),
            (&canonical, RequestPart::Signature),
            (&signs, RequestPart::Signature),
        ];
        for (template, part) in early {
            if let Some(found) = template.references().find(|one| one.target == Target::Request(part)) {
                let message = "this value is not available until the request is signed";
                self.report(Finding::new(&BAD_AUTH, found.span, message).help("remove it here"));
            }
        }
        let signature = Signature {
            algorithm,
            key: shape.key.0.iter().map(|text| self.request_text(text, names)).collect(),
            key_encoding: shape.key_encoding,
            canonical,
            signs,
            encoding: shape.encoding,
        };
        Auth { signature: Some(signature), ..Auth::new("signature", carries, span) }
    }

    fn mutual_tls<'n>(&mut self, shape: &'n MutualTlsShape, span: Span, names: &mut Names<'n>) -> Auth {
        let certificate = Some(Certificate {
            certificate: self.request_text(&shape.certificate, names),
            key: self.request_text(&shape.key, names),
        });
        let auth = match &shape.beside {
            Some(other) => self.auth(other, names),
            None => Auth::new("mutual_tls", Vec::new(), span),
        };
        Auth { certificate, ..auth }
    }
}

/// Creates the header `Authorization: Bearer …`.
pub(crate) fn bearer_header(token: Template) -> CarrierUse {
    let mut parts = vec![Part::Text("Bearer ".to_owned())];
    parts.extend(token.parts);
    let value = Template { parts, span: token.span };
    CarrierUse::Named { carrier: Carrier::Header, name: "authorization".to_owned(), value }
}

/// Creates a template that consists of a single reference.
pub(crate) fn of_target(target: Target, span: Span) -> Template {
    Template { parts: vec![Part::Reference(Reference { target, filters: Vec::new(), span })], span }
}

fn request_part(part: RequestPart, span: Span) -> Template {
    of_target(Target::Request(part), span)
}
