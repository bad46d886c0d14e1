//! Reports constant text that cannot be sent: in paths, headers, cookies and user names, and in the values of
//! environments that they refer to. A person who links an account could not correct it.

use crate::code::{BAD_ADDRESS, BAD_CHECK};
use crate::finding::{Finding, quoted};
use crate::http::{is_cookie_value, is_header_value, is_path};
use crate::lower::lowering::Lowering;
use crate::model::{Carrier, CarrierUse, Carries, Environment, RequestTemplate};
use crate::source::Span;
use crate::template::{Clock, Filter, Part, Reference, Target, Template};

/// The maximum length of a request's constant path and query, in bytes. Servers are only expected to accept 8,000
/// ([RFC 9110, 4.1](https://www.rfc-editor.org/rfc/rfc9110#section-4.1)).
const MAX_ADDRESS: usize = 8_000;

/// The part of a request that a string becomes.
struct Slot {
    name: &'static str,
    /// What is wrong with literal text that the part cannot contain.
    problem: &'static str,
    /// Whether the part can contain a string.
    accepts: fn(&str) -> bool,
    help: &'static str,
}

const HEADER: Slot = Slot {
    name: "a header value",
    problem: "a header value must be a single line",
    accepts: is_header_value,
    help: "write the value in quotes on a single line, without `\\n` or tabs",
};

const COOKIE: Slot = Slot {
    name: "a cookie",
    problem: "a cookie cannot contain this text",
    accepts: is_cookie_value,
    help: "remove spaces, quotation marks, commas, semicolons and backslashes, or encode the value",
};

const USER_NAME: Slot = Slot {
    name: "a user name for Basic authentication",
    problem: "a user name cannot contain a colon",
    accepts: |text| !text.contains(':') && !text.contains(char::is_control),
    help: "remove the colons, which end the user name",
};

impl Lowering<'_> {
    /// Checks the constant text of a request.
    pub(crate) fn sendable(&mut self, request: &RequestTemplate, environments: &[Environment]) {
        self.literal_path(&request.path);
        self.path_values(&request.path, environments);
        self.address_length(request);
        for (_, value) in &request.headers {
            self.constant(value, &HEADER, true, environments);
        }
        if let Carries::Only(carriers) = &request.carries {
            self.carried(carriers, environments);
        }
    }

    /// Checks the constant text of credentials.
    pub(crate) fn carried(&mut self, carriers: &[CarrierUse], environments: &[Environment]) {
        for carrier in carriers {
            match carrier {
                CarrierUse::Named { carrier: Carrier::Header, value, .. } => {
                    self.constant(value, &HEADER, true, environments);
                }
                CarrierUse::Named { carrier: Carrier::Cookie, value, .. } => {
                    self.constant(value, &COOKIE, true, environments);
                }
                // The pair is encoded. Only an inserted value can be mistaken for two.
                CarrierUse::Basic { username, encoded: false, .. } => {
                    self.constant(username, &USER_NAME, false, environments);
                }
                CarrierUse::Basic { .. } | CarrierUse::Named { .. } => {}
            }
        }
    }

    /// Checks the literal parts of a path, which are sent unchanged.
    pub(crate) fn literal_path(&mut self, path: &Template) {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Reference(_) => "a".to_owned(),
        };
        let shown: String = path.parts.iter().map(part).collect();
        if shown.is_empty() || shown.len() <= MAX_ADDRESS && is_path(&shown) {
            return;
        }
        let span = self.source.first_line(path.span);
        if MAX_ADDRESS < shown.len() {
            return self.too_long(span);
        }
        let strange = shown.chars().find(|ch| !is_path(&format!("/{ch}")) && *ch != '.');
        self.report(match strange {
            Some(ch) => {
                let message = format!("a path cannot contain {}", quoted(&ch.to_string()));
                let mut bytes = [0; 4];
                let encoded = ch.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}"));
                let help = format!("write `{}`", encoded.collect::<String>());
                Finding::new(&BAD_ADDRESS, span, message).help(help)
            }
            None => Finding::new(&BAD_ADDRESS, span, "a path cannot contain the segments `.` and `..`")
                .help("remove the segment, because clients and servers resolve it"),
        });
    }

    fn address_length(&mut self, request: &RequestTemplate) {
        let literal = |template: &Template| -> usize {
            let parts = template.parts.iter();
            parts.map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum()
        };
        let query: usize = request.query.iter().map(|(name, value)| name.len() + literal(value)).sum();
        let path = literal(&request.path);
        if path <= MAX_ADDRESS && MAX_ADDRESS < path + query {
            self.too_long(self.source.first_line(request.span));
        }
    }

    fn too_long(&mut self, span: Span) {
        let message = format!("the path and query are longer than {MAX_ADDRESS} bytes");
        self.report(Finding::new(&BAD_ADDRESS, span, message).help("send long values in the body"));
    }

    /// Checks the values of environments that become part of a string and, if `literal` is true, its literal text.
    fn constant(&mut self, template: &Template, slot: &Slot, literal: bool, environments: &[Environment]) {
        let is_bad = |part: &Part| matches!(part, Part::Text(text) if !(slot.accepts)(text));
        if literal && template.parts.iter().any(is_bad) {
            let span = self.source.first_line(template.span);
            self.report(Finding::new(&BAD_CHECK, span, slot.problem).help(slot.help));
        }
        for reference in template.references().filter(|reference| is_inserted_as_is(reference)) {
            let text = |one: &Environment| match &reference.target {
                Target::EnvironmentLabel => Some(one.label.clone()),
                Target::EnvironmentValue(name) => one.value(name.as_str()).map(str::to_owned),
                _ => None,
            };
            if clock_example(&reference.target).is_some_and(|text| !(slot.accepts)(text)) {
                let message = format!("`{}` cannot be part of {}", reference.target, slot.name);
                self.report(
                    Finding::new(&BAD_CHECK, reference.span, message)
                        .help("use `now.unix` or an encoding filter"),
                );
            }
            let bad = environments.iter().find(|one| text(one).is_some_and(|text| !(slot.accepts)(&text)));
            if let Some(environment) = bad {
                let message = format!(
                    "`{}` of the environment `{}` cannot be part of {}",
                    reference.target, environment.key, slot.name
                );
                let found = Finding::new(&BAD_CHECK, environment.span, message);
                self.report(found.also(reference.span, "is used here").help(slot.help));
            }
        }
    }
}

/// Returns an example of a time in a format that has punctuation.
fn clock_example(target: &Target) -> Option<&'static str> {
    match target {
        Target::Now(Clock::Http) => Some("Sun, 30 Aug 2015 12:36:00 GMT"),
        Target::Now(Clock::Iso) => Some("2015-08-30T12:36:00Z"),
        _ => None,
    }
}

/// Whether a reference's filters keep the characters of the value.
fn is_inserted_as_is(reference: &Reference) -> bool {
    reference.filters.iter().all(|filter| matches!(filter, Filter::Lowercase | Filter::Uppercase))
}
