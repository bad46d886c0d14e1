//! The meaning of authentication.

use crate::code::{BAD_CHECK, NOT_RUNNABLE};
use crate::finding::{Finding, quoted};
use crate::lower::{Lowering, Names};
use crate::model::{Auth, Carrier, CarrierUse};
use crate::shape::{AuthShape, CarrierShape, Text};
use crate::source::Span;
use crate::spanned::Spanned;
use crate::template::{Template, Where, parse};

impl Lowering<'_> {
    pub(crate) fn auth(&mut self, shape: &Spanned<AuthShape>, names: &Names<'_>) -> Auth {
        match &shape.value {
            AuthShape::Basic(basic) => Auth::Basic {
                username: self.request_text(&basic.username, names),
                password: self.request_text(&basic.password, names),
            },
            AuthShape::Bearer(bearer) => Auth::Bearer { token: self.request_text(&bearer.token, names) },
            AuthShape::ApiKey(carriers) => {
                Auth::Carriers(carriers.iter().filter_map(|carrier| self.carrier(carrier, names)).collect())
            }
            AuthShape::Oauth2(_) => self.not_runnable("oauth2", shape.span),
            AuthShape::Exchange(_) => self.not_runnable("exchange", shape.span),
            AuthShape::Jwt(_) => self.not_runnable("jwt", shape.span),
            AuthShape::Signature(_) => self.not_runnable("signature", shape.span),
            AuthShape::MutualTls(_) => self.not_runnable("mutual_tls", shape.span),
        }
    }

    /// A text that becomes part of a request.
    pub(crate) fn request_text(&mut self, text: &Text, names: &Names<'_>) -> Template {
        parse(&text.value, text.span, Where::Request, names, self.source, self.findings)
    }

    fn carrier(&mut self, shape: &CarrierShape, names: &Names<'_>) -> Option<CarrierUse> {
        let carrier = shape.r#in.value;
        if matches!(carrier, Carrier::Cookie | Carrier::Body) {
            self.not_runnable("api_key in a cookie or body", shape.r#in.span);
            return None;
        }
        let name = self.parameter_name(&shape.name, carrier == Carrier::Header)?;
        Some(CarrierUse { carrier, name, value: self.request_text(&shape.value, names) })
    }

    /// The name of a header, in lower case, or of a parameter.
    pub(crate) fn parameter_name(&mut self, text: &Text, header: bool) -> Option<String> {
        // The characters of a token: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let sound = !text.value.is_empty()
            && if header { text.value.bytes().all(token) } else { !text.value.contains(char::is_control) };
        if !sound {
            let kind = if header { "header" } else { "parameter" };
            let message = format!("{} cannot be the name of a {kind}", quoted(&text.value));
            let found = Finding::new(&BAD_CHECK, text.span, message);
            self.say(found.mend("use letters, digits and hyphens, such as `X-API-Key`"));
            return None;
        }
        Some(if header { text.value.to_ascii_lowercase() } else { text.value.clone() })
    }

    fn not_runnable(&mut self, scheme: &'static str, span: Span) -> Auth {
        let message = format!("`{scheme}` is part of the format, and cannot be run yet");
        let found = Finding::new(&NOT_RUNNABLE, span, message);
        self.say(found.mend("use `basic`, `bearer` or `api_key` for now, or follow the changelog"));
        Auth::NotRunnable { scheme }
    }
}
