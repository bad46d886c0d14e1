//! A setup guide that does not give the callback URL.

use guide::{CodePage, Finding, Inline, Method, Prose, Severity, Target, Template};

use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0369",
    name: "no-callback-url",
    severity: Severity::Warning,
    summary: "A method signs people in through a browser, but its setup guide does not give the callback URL",
    why: "the provider redirects people only to a URL that the app allows, so every sign-in would fail",
    help: "tell the admin where to enter `{{ hub.redirect_uri }}`",
    bad: "body: Create an app and copy its ID.",
    good: "body: Create an app, enter `{{ hub.redirect_uri }}` as the callback URL, and copy its ID.",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let Some(setup) = method.setup.as_ref().filter(|_| method.auth.needs_browser()) else { return };
    if !texts::of_walkthrough(setup).any(gives_callback_url) {
        let message = format!("the setup guide of `{}` does not give the callback URL", method.key);
        findings.push(Finding::new(&PAGE, setup.span, message));
    }
}

fn gives_callback_url(prose: &Prose) -> bool {
    let in_template =
        |template: &Template| template.references().any(|one| one.target == Target::RedirectUri);
    prose.inlines().into_iter().any(|inline| match inline {
        Inline::Reference(reference) => reference.target == Target::RedirectUri,
        Inline::Code(template) => in_template(template),
        _ => false,
    })
}
