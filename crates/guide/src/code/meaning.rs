//! Findings about meaning: are the parts of the guide consistent?

use crate::page::CodePage;
use crate::page::Severity::Error;

/// The pages in this file, ordered by code.
pub(super) const PAGES: &[&CodePage] = &[
    &BAD_KEY,
    &TAKEN_KEY,
    &UNKNOWN_NAME,
    &BAD_REFERENCE,
    &MISPLACED_REFERENCE,
    &BAD_FILTER,
    &PROSE_MARKUP,
    &BAD_LINK,
    &IMAGE_WITHOUT_TEXT,
    &BAD_PATTERN,
    &BAD_HOST,
    &BAD_ADDRESS,
    &BAD_PATH,
    &NOT_RUNNABLE,
    &BAD_DATE,
    &SECRET_CASE,
    &PUBLIC_SECRET,
    &BAD_FIELD,
    &FALSE_EXAMPLE,
    &BAD_CHECK,
    &BAD_SCENARIO,
    &UNBOUND_HOST,
    &UNUSED_ALLOW,
    &BAD_CONDITION,
    &BAD_AUTH,
    &BAD_EGRESS_ADDRESS,
];

pub(crate) static BAD_KEY: CodePage = CodePage {
    code: "W0201",
    name: "bad-key",
    severity: Error,
    summary: "A key is invalid",
    why: "keys are used in anchors, URLs and variable names",
    help: "use lowercase letters and digits, with single hyphens or underscores between words",
    bad: "key: API Token",
    good: "key: api_token",
};

pub(crate) static TAKEN_KEY: CodePage = CodePage {
    code: "W0202",
    name: "taken-key",
    severity: Error,
    summary: "Two items of the same kind have the same key",
    why: "a reference to the key would be ambiguous",
    help: "give one of the two items a different key",
    bad: r"- key: token
- key: token",
    good: r"- key: token
- key: refresh_token",
};

pub(crate) static UNKNOWN_NAME: CodePage = CodePage {
    code: "W0203",
    name: "unknown-name",
    severity: Error,
    summary: "A name refers to something that does not exist",
    why: "the value would be missing from the page, the form or the request",
    help: "use a name that this method declares",
    bad: "collects: [api_tokn]",
    good: "collects: [api_token]",
};

pub(crate) static BAD_REFERENCE: CodePage = CodePage {
    code: "W0204",
    name: "bad-reference",
    severity: Error,
    summary: "A `{{ … }}` is not a reference",
    why: "a reference has the form `{{ path }}` or `{{ path | filter }}`; `{{{{` produces two literal braces",
    help: "write a path such as `label.api_token`",
    bad: "body: Enter {{ the token }}.",
    good: "body: Enter {{ label.api_token }}.",
};

pub(crate) static MISPLACED_REFERENCE: CodePage = CodePage {
    code: "W0205",
    name: "misplaced-reference",
    severity: Error,
    summary: "A reference cannot be used here",
    why: "a reference is replaced only where its value is available and may be shown",
    help: "use a reference that is available here",
    bad: "body: Your slug is {{ value.slug }}.",
    good: "body: Find {{ label.slug }}.",
};

pub(crate) static BAD_FILTER: CodePage = CodePage {
    code: "W0206",
    name: "bad-filter",
    severity: Error,
    summary: "A filter is unknown or cannot be used here",
    why: "an unknown filter would leave the value unchanged",
    help: "use a filter from the reference, such as `lowercase`, or remove it",
    bad: "'{{ value.slug | downcase }}'",
    good: "'{{ value.slug | lowercase }}'",
};

pub(crate) static PROSE_MARKUP: CodePage = CodePage {
    code: "W0207",
    name: "prose-markup",
    severity: Error,
    summary: "The prose uses markup that guides do not support",
    why: "guides appear on pages, in forms and in terminals, not all of which can show raw HTML, headings or tables",
    help: "use only paragraphs, lists, bold, italics, code, links and images",
    bad: "body: <b>Save</b>",
    good: "body: '**Save**'",
};

pub(crate) static BAD_LINK: CodePage = CodePage {
    code: "W0208",
    name: "bad-link",
    severity: Error,
    summary: "A link is unsafe or does not work everywhere",
    why: "`javascript:` links run code, and relative links do not work in a terminal",
    help: "use an `https://` or `mailto:` link, or a path from the site's root",
    bad: "body: '[here](javascript:x)'",
    good: "body: '[Settings](https://example.com/settings)'",
};

pub(crate) static IMAGE_WITHOUT_TEXT: CodePage = CodePage {
    code: "W0209",
    name: "image-without-text",
    severity: Error,
    summary: "An image has no alternative text",
    why: "people who cannot see the image, or who read the guide in a terminal, need a description of it",
    help: "describe the image inside the square brackets",
    bad: "body: '![](menu.png)'",
    good: "body: '![The Settings menu](menu.png)'",
};

pub(crate) static BAD_PATTERN: CodePage = CodePage {
    code: "W0210",
    name: "bad-pattern",
    severity: Error,
    summary: "A pattern is not a portable regular expression",
    why: "patterns must match the same values in Waystone and in browsers, in linear time",
    help: "use literals, classes, groups, `|`, `*`, `+`, `?` and `{n,m}`, but no anchors, look-around or backreferences",
    bad: r"pattern: '(?=x)\w+'",
    good: "pattern: '[a-z0-9]+'",
};

pub(crate) static BAD_HOST: CodePage = CodePage {
    code: "W0211",
    name: "bad-host",
    severity: Error,
    summary: "A host or host pattern is invalid",
    why: "`hosts` ensures that secrets are sent only to the listed hosts",
    help: "write `api.example.com`, `*.example.com` or `**.example.com`",
    bad: "hosts: ['*.com']",
    good: "hosts: ['*.example.com']",
};

pub(crate) static BAD_ADDRESS: CodePage = CodePage {
    code: "W0212",
    name: "bad-address",
    severity: Error,
    summary: "An address or request line is invalid",
    why: "Waystone cannot send a request to an invalid address",
    help: "write an address as `https://host/path` and a request as `GET /path`",
    bad: "request: organization",
    good: "request: GET /api/v1/organization",
};

pub(crate) static BAD_PATH: CodePage = CodePage {
    code: "W0213",
    name: "bad-json-path",
    severity: Error,
    summary: "A JSON path is invalid",
    why: "an invalid path never matches",
    help: "write a path such as `name`, `user.name` or `items[0].id`",
    bad: "json: { '$..id': { exists: true } }",
    good: "json: { id: { exists: true } }",
};

pub(crate) static NOT_RUNNABLE: CodePage = CodePage {
    code: "W0214",
    name: "not-runnable-yet",
    severity: Error,
    summary: "Waystone does not support this part of the format yet",
    why: "people must be able to link accounts with every guide that passes `check`",
    help: "use an alternative for now, or watch the changelog",
    bad: "auth: { oauth2: { grant: device_code, … } }",
    good: "auth: { oauth2: { grant: client_credentials, … } }",
};

pub(crate) static BAD_DATE: CodePage = CodePage {
    code: "W0215",
    name: "bad-date",
    severity: Error,
    summary: "A date is invalid",
    why: "warnings about outdated facts and upcoming sunsets depend on valid dates",
    help: "write a valid date as `YYYY-MM-DD`",
    bad: "checked_on: '2026-02-30'",
    good: "checked_on: '2026-02-28'",
};

pub(crate) static SECRET_CASE: CodePage = CodePage {
    code: "W0216",
    name: "secret-case",
    severity: Error,
    summary: "`accept` would change the case of a secret",
    why: "secrets are case-sensitive, so the provider would reject the changed secret",
    help: "remove the step from `accept`",
    bad: r"type: secret
accept: [lowercase]",
    good: r"type: secret
accept: [trim]",
};

pub(crate) static PUBLIC_SECRET: CodePage = CodePage {
    code: "W0217",
    name: "public-secret",
    severity: Error,
    summary: "A field is marked as public, but its type or key makes it secret",
    why: "public values are shown and logged",
    help: "remove `public: true`",
    bad: r"key: api_token
public: true",
    good: "key: api_token",
};

pub(crate) static BAD_FIELD: CodePage = CodePage {
    code: "W0218",
    name: "bad-field",
    severity: Error,
    summary: "A field's settings contradict each other",
    why: "people could not fill in the resulting form",
    help: "correct one of the conflicting settings",
    bad: "type: select",
    good: r"type: select
options:
  - { value: eu, label: Europe }",
};

pub(crate) static FALSE_EXAMPLE: CodePage = CodePage {
    code: "W0219",
    name: "false-example",
    severity: Error,
    summary: "An example does not produce its expected result",
    why: "the example or the rule that it tests is wrong",
    help: "correct the example, or the rule that it tests",
    bad: r"typed: Acme
becomes: Acme",
    good: r"typed: Acme
becomes: acme",
};

pub(crate) static BAD_CHECK: CodePage = CodePage {
    code: "W0220",
    name: "bad-check",
    severity: Error,
    summary: "A check, an outcome rule or a header has invalid or conflicting settings",
    why: "the check could not be sent, or the rule would never match",
    help: "correct the setting, or remove one of the conflicting settings",
    bad: "role: identity",
    good: r"role: identity
account: { id: '{{ json.id }}', name: '{{ json.name }}' }",
};

pub(crate) static BAD_SCENARIO: CodePage = CodePage {
    code: "W0221",
    name: "bad-scenario",
    severity: Error,
    summary: "A turn in a scenario is incomplete or contradictory",
    why: "a scenario is a test, so its result must be unambiguous",
    help: "give the turn either `fails` or a `response` with at most one body",
    bad: "- { request: GET /me }",
    good: "- { request: GET /me, response: { status: 200 } }",
};

pub(crate) static UNBOUND_HOST: CodePage = CodePage {
    code: "W0222",
    name: "unbound-host",
    severity: Error,
    summary: "The base URL can point to a host that `hosts` does not allow",
    why: "requests would be refused, or an entered value could determine the host",
    help: "end the host with literal labels that match a pattern in `hosts`",
    bad: "base_url: 'https://{{ value.domain }}'",
    good: "base_url: 'https://{{ value.slug | host_labels(1) }}.example.com'",
};

pub(crate) static UNUSED_ALLOW: CodePage = CodePage {
    code: "W0223",
    name: "bad-allow",
    severity: Error,
    summary: "`allow` names a code that is not a warning",
    why: "errors cannot be allowed, and an unknown code allows nothing",
    help: "use the code of a warning, or remove the entry",
    bad: "allow: [{ code: W0101, reason: we know }]",
    good: "allow: [{ code: W0325, reason: the step is read by admins only }]",
};

pub(crate) static BAD_CONDITION: CodePage = CodePage {
    code: "W0224",
    name: "bad-condition",
    severity: Error,
    summary: "A condition is always true or never true",
    why: "the section, step or field with this condition would be shown to everyone or to no one",
    help: "specify an `environment`, or a `field` together with `is`",
    bad: "when: { field: region }",
    good: "when: { field: region, is: eu }",
};

pub(crate) static BAD_AUTH: CodePage = CodePage {
    code: "W0225",
    name: "bad-auth",
    severity: Error,
    summary: "The parts of `auth` are inconsistent",
    why: "requests could not be authenticated, so no account could be linked",
    help: "specify all the keys that the scheme needs, and no other keys",
    bad: "auth:
  oauth2: { grant: client_credentials, token_url: 'https://acme.example/token', client_id: '{{ value.client_id }}' }",
    good: "auth:
  oauth2:
    grant: client_credentials
    token_url: 'https://acme.example/token'
    client_id: '{{ value.client_id }}'
    client_secret: '{{ value.client_secret }}'",
};

pub(crate) static BAD_EGRESS_ADDRESS: CodePage = CodePage {
    code: "W0226",
    name: "bad-egress-address",
    severity: Error,
    summary: "An entry in `egress_addresses` is not a public IP address or network",
    why: "people add these addresses to their provider's allow-list, and a provider never sees a private address",
    help: "write an address such as `203.0.113.7`, or a network such as `198.51.100.0/24`",
    bad: "egress_addresses: [10.0.0.7]",
    good: "egress_addresses: [203.0.113.7, 198.51.100.0/24]",
};
