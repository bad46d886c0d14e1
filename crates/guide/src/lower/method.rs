//! Lowers a method.

use crate::code::BAD_CHECK;
use crate::finding::Finding;
use crate::http::Verb;
use crate::key::Key;
use crate::lower::lowering::Lowering;
use crate::model::{Assertion, Auth, BaseUrl, Carrier, CarrierUse, Carries, Check, Method};
use crate::names::Names;
use crate::shape::{
    CheckShape, DerivedShape, EnvironmentShape, FieldShape, MethodShape, OutcomeShape, OwnHostShape,
    PartShape, ShortOr, StepShape,
};
use crate::source::Span;
use crate::template::{Context, Template, TextReader};

impl Lowering<'_> {
    pub(crate) fn method(&mut self, shape: &MethodShape, scopes: &[&str]) -> Option<Method> {
        let mut names = names(shape, scopes);
        self.keys(shape);
        let key = self.key(&shape.key);
        names.method_label = self.label(&shape.label);
        let environments: Vec<_> =
            shape.environments.iter().filter_map(|one| self.environment(one, &names)).collect();
        self.columns(&environments);
        let mut auth = self.auth(&shape.auth, &mut names);
        names.redirects = auth.needs_browser();
        let used = self.with_sources(used_by(&auth), &shape.derived, &names);
        let mut fields = Vec::new();
        for one in &shape.fields {
            if let Some(field) = self.field(one, &used, &names) {
                self.default_of(&field, one);
                // An invalid pattern has been reported, and examples that are tried without it can have other results.
                if field.pattern.is_some() == one.pattern.is_some() {
                    self.examples(&field, &environments);
                }
                names.secrets.extend(field.secret.then(|| field.key.clone()));
                names.labels.push((field.key.clone(), field.label.clone()));
                fields.push(field);
            }
        }
        let all_values = std::mem::replace(&mut names.values, names.fields.clone());
        names.captures.clone_from(&names.later_captures);
        let derived = self.derived(&shape.derived, &fields, &auth, &mut names);
        names.values = all_values;
        self.sign_in_outcomes(&shape.auth.value, &mut auth, &names);
        // The hosts in a URL can be checked only if all parts of the URL are valid.
        let before = self.findings.len();
        let hosts = self.hosts(shape);
        let base_url = self.base_url(&shape.base_url, &names);
        let hosts_span = shape.hosts.first().map_or(shape.base_url.span, host_span);
        if let Some(base_url) = base_url.as_ref().filter(|_| self.findings.len() == before) {
            self.bound(base_url, &environments, &hosts, hosts_span);
        }
        names.captures.clear();
        let mut checks = Vec::new();
        for check in &shape.checks {
            checks.extend(self.check(check, &names));
            names.captures.extend(captured(check));
        }
        self.bodies(&auth, &checks);
        let asked: Vec<&Check> = auth.token_steps().map(|step| &step.check).chain(&checks).collect();
        for check in &asked {
            self.sendable(&check.request, &environments);
        }
        self.carried(&auth.carries, &environments);
        let bases: Vec<BaseUrl> = asked.into_iter().filter_map(|check| check.request.base.clone()).collect();
        let redirect = auth.sign_in.as_ref().and_then(|one| one.redirect.as_ref()).map(|one| one.url.clone());
        for base in bases.iter().chain(&redirect).filter(|_| !hosts.is_empty()) {
            self.bound(base, &environments, &hosts, hosts_span);
        }
        let outcomes = shape.outcomes.iter().filter_map(|rule| self.outcome(rule, &names)).collect();
        let link = self.walkthrough(&shape.link, &names);
        let setup = shape.setup.as_ref().map(|part| self.walkthrough(part, &names));
        let scenarios = shape.scenarios.iter().map(|one| self.scenario(one, &names)).collect();
        let lifecycle = self.lifecycle(&shape.lifecycle);
        self.allowed(&shape.allow);
        Some(Method {
            key: key?,
            label: names.method_label,
            description: shape.description.clone(),
            environments,
            environment_label: shape.environment_label.clone().unwrap_or_else(|| "Environment".to_owned()),
            fields,
            derived,
            auth,
            base_url: base_url?,
            hosts,
            hosts_span,
            credential: shape.credential.clone(),
            limits: shape.limits.clone(),
            wait: shape
                .wait
                .as_ref()
                .and_then(|wait| Some((self.parameter_name(&wait.header, true)?, wait.r#as))),
            checks,
            outcomes,
            link,
            setup,
            scenarios,
            lifecycle,
            span: shape.key.span,
        })
    }
}

impl Lowering<'_> {
    /// Reports keys that are used more than once in a method.
    fn keys(&mut self, shape: &MethodShape) {
        self.unique("environment", shape.environments.iter().map(|one| &one.key));
        let computed = shape.derived.iter().map(|one| &one.key);
        self.unique("field", shape.fields.iter().map(|field| &field.key).chain(computed));
        self.unique("step", steps(shape).map(|step| &step.key));
        let parts = [Some(&shape.link), shape.setup.as_ref()];
        self.unique(
            "section",
            parts.into_iter().flatten().flat_map(|part| &part.sections).map(|one| &one.key),
        );
        self.unique("check", shape.checks.iter().map(|check| &check.key));
        self.unique("outcome rule", rules(shape).map(|rule| &rule.key));
        self.unique("scenario", shape.scenarios.iter().map(|scenario| &scenario.name));
    }

    /// Adds to `used` the keys of all values from which its derived values are computed.
    fn with_sources(&self, mut used: Vec<Key>, derived: &[DerivedShape], names: &Names<'_>) -> Vec<Key> {
        let mut at = 0;
        while let Some(key) = used.get(at).cloned() {
            at += 1;
            let Some(shape) = derived.iter().find(|shape| key == shape.key.value.as_str()) else { continue };
            // Mistakes in this string are reported later, when the derived value is lowered.
            let mut reported_later = Vec::new();
            let context = Context::Request;
            let mut reader =
                TextReader { context, names, source: self.source, findings: &mut reported_later };
            let from = reader.template(&shape.from.value, shape.from.span);
            for source in from.values() {
                if !used.contains(source) {
                    used.push(source.clone());
                }
            }
        }
        used
    }

    /// Reports requests that have no body although their authentication requires one.
    fn bodies(&mut self, auth: &Auth, checks: &[Check]) {
        let in_body =
            auth.carries.iter().any(|one| matches!(one, CarrierUse::Named { carrier: Carrier::Body, .. }));
        let bare = |check: &&Check| matches!(check.request.verb, Verb::Get | Verb::Head | Verb::Delete);
        let as_method = |check: &&Check| matches!(check.request.carries, Carries::AsMethod);
        for check in checks.iter().filter(|_| in_body).filter(bare).filter(as_method) {
            let message = format!("a `{}` request has no body to carry the credential", check.request.verb);
            let found = Finding::new(&BAD_CHECK, check.request.span, message);
            self.report(found.help("use `POST`, or send the credential in another part of the request"));
        }
    }
}

/// Returns the names that strings in a method can refer to before any request is made.
fn names<'n>(shape: &'n MethodShape, scopes: &[&'n str]) -> Names<'n> {
    let fields = || shape.fields.iter().map(|field| field.key.value.as_str());
    let derived = || shape.derived.iter().map(|one| one.key.value.as_str());
    Names {
        fields: fields().collect(),
        // Authentication is lowered first and can use all fields and derived values.
        values: fields().chain(derived()).collect(),
        steps: steps(shape).map(|step| step.key.value.as_str()).collect(),
        environment_keys: shape.environments.iter().map(|one| one.key.value.as_str()).collect(),
        captures: Vec::new(),
        later_captures: shape.checks.iter().flat_map(captured).collect(),
        rules: rules(shape).map(|rule| rule.key.value.as_str()).collect(),
        choices: shape.fields.iter().flat_map(choices).collect(),
        scopes: scopes.to_vec(),
        tokens: Vec::new(),
        later_tokens: Vec::new(),
        assertion: false,
        redirect_uri: false,
        redirects: false,
        environment_values: columns(&shape.environments),
        checks: shape.checks.iter().map(|check| check.key.value.as_str()).collect(),
        secrets: Vec::new(),
        method_label: String::new(),
        labels: Vec::new(),
    }
}

/// Returns the steps of both walkthroughs.
fn steps(shape: &MethodShape) -> impl Iterator<Item = &StepShape> {
    let parts: [Option<&PartShape>; 2] = [Some(&shape.link), shape.setup.as_ref()];
    parts.into_iter().flatten().flat_map(|part| &part.sections).flat_map(|section| &section.steps)
}

/// Returns the outcome rules for sign-in, for each check and for the method.
fn rules(shape: &MethodShape) -> impl Iterator<Item = &OutcomeShape> {
    let of_checks = shape.checks.iter().flat_map(|check| &check.outcomes);
    shape.auth.value.outcomes().into_iter().chain(of_checks).chain(&shape.outcomes)
}

/// Returns the keys of the values that authentication uses.
fn used_by(auth: &Auth) -> Vec<Key> {
    let sent = auth.token_steps().flat_map(|step| step.check.request.contents());
    let own = auth.carries.iter().flat_map(CarrierUse::templates);
    let signed = auth.assertion.iter().flat_map(Assertion::templates);
    let keys = auth.signature.iter().flat_map(|signature| &signature.key);
    let certificate = auth.certificate.iter().flat_map(|one| [&one.certificate, &one.key]);
    let all = own.chain(sent).chain(signed).chain(keys).chain(certificate);
    all.flat_map(Template::values).cloned().collect()
}

/// Returns the names of the environments' additional values.
fn columns(environments: &[EnvironmentShape]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in environments.iter().flat_map(|one| &one.values.0) {
        if !columns.contains(&name.value.as_str()) {
            columns.push(&name.value);
        }
    }
    columns
}

fn captured(check: &CheckShape) -> impl Iterator<Item = &str> {
    check.captures.0.iter().map(|(name, _)| name.value.as_str())
}

fn choices(field: &FieldShape) -> impl Iterator<Item = (&str, &str)> {
    field.options.iter().map(|option| (field.key.value.as_str(), option.value.value.as_str()))
}

fn host_span(host: &ShortOr<OwnHostShape>) -> Span {
    match host {
        ShortOr::Short(text) => text.span,
        ShortOr::Long(own) => own.field.span,
    }
}
