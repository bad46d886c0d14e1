//! Findings about the meaning: do the parts of the guide fit together?

use crate::page::CodePage;
use crate::page::Severity::Error;

/// The pages of this file, by code.
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
];

pub(crate) static BAD_KEY: CodePage = CodePage {
    code: "W0201",
    name: "bad-key",
    severity: Error,
    summary: "A key is not spelled as keys are",
    why: "keys become anchors, addresses and names of variables, so they are plain and never change",
    mend: "use lower-case letters, digits, and single hyphens or underscores",
    bad: "key: API Token",
    good: "key: api_token",
};

pub(crate) static TAKEN_KEY: CodePage = CodePage {
    code: "W0202",
    name: "taken-key",
    severity: Error,
    summary: "Two things of one kind have the same key",
    why: "a reference to the key could mean either",
    mend: "give one of them another key",
    bad: r"- key: token
- key: token",
    good: r"- key: token
- key: refresh_token",
};

pub(crate) static UNKNOWN_NAME: CodePage = CodePage {
    code: "W0203",
    name: "unknown-name",
    severity: Error,
    summary: "A name refers to something that is not there",
    why: "what it stands for would be missing from the page, the form or the request",
    mend: "use a name that is declared in this method",
    bad: "collects: [api_tokn]",
    good: "collects: [api_token]",
};

pub(crate) static BAD_REFERENCE: CodePage = CodePage {
    code: "W0204",
    name: "bad-reference",
    severity: Error,
    summary: "A `{{ … }}` is not a reference",
    why: "only `{{ path }}` and `{{ path | filter }}` mean something; four braces `{{{{` are two literal ones",
    mend: "write a path such as `label.api_token`",
    bad: "body: Enter {{ the token }}.",
    good: "body: Enter {{ label.api_token }}.",
};

pub(crate) static MISPLACED_REFERENCE: CodePage = CodePage {
    code: "W0205",
    name: "misplaced-reference",
    severity: Error,
    summary: "A reference stands where it means nothing",
    why: "a documentation page has no typed values, and a request has no labels",
    mend: "use a reference that has a value in this place",
    bad: "body: Your slug is {{ value.slug }}.",
    good: "body: Find {{ label.slug }}.",
};

pub(crate) static BAD_FILTER: CodePage = CodePage {
    code: "W0206",
    name: "bad-filter",
    severity: Error,
    summary: "A filter is unknown or used where it means nothing",
    why: "a filter that is not understood would pass the value on unchanged",
    mend: "use one of the filters: `host_labels(n)`, `lowercase`, `uppercase`, `base64`",
    bad: "'{{ value.slug | downcase }}'",
    good: "'{{ value.slug | lowercase }}'",
};

pub(crate) static PROSE_MARKUP: CodePage = CodePage {
    code: "W0207",
    name: "prose-markup",
    severity: Error,
    summary: "The prose uses markup that a guide does not have",
    why: "a guide is shown in pages, forms and terminals; raw HTML, headings and tables do not survive that",
    mend: "use paragraphs, lists, bold, code, links and images",
    bad: "body: <b>Save</b>",
    good: "body: '**Save**'",
};

pub(crate) static BAD_LINK: CodePage = CodePage {
    code: "W0208",
    name: "bad-link",
    severity: Error,
    summary: "A link's target is not one that readers can follow safely",
    why: "`javascript:` runs code, and a bare path leads nowhere from a terminal",
    mend: "use an `https://` or `mailto:` address, or a path from the site's root",
    bad: "body: '[here](javascript:x)'",
    good: "body: '[Settings](https://example.com/settings)'",
};

pub(crate) static IMAGE_WITHOUT_TEXT: CodePage = CodePage {
    code: "W0209",
    name: "image-without-text",
    severity: Error,
    summary: "An image has no text in its place",
    why: "people who do not see it, and people in a terminal, get nothing",
    mend: "say in the brackets what the image shows",
    bad: "body: '![](menu.png)'",
    good: "body: '![The Settings menu](menu.png)'",
};

pub(crate) static BAD_PATTERN: CodePage = CodePage {
    code: "W0210",
    name: "bad-pattern",
    severity: Error,
    summary: "A pattern is not a portable regular expression",
    why: "patterns run in Rust and in browsers, in linear time, and must mean the same in both",
    mend: "use literals, classes, groups, `|`, `*`, `+`, `?` and `{n,m}`; no anchors, look-around or back-references",
    bad: r"pattern: '(?=x)\w+'",
    good: "pattern: '[a-z0-9]+'",
};

pub(crate) static BAD_HOST: CodePage = CodePage {
    code: "W0211",
    name: "bad-host",
    severity: Error,
    summary: "A host or host pattern is not sound",
    why: "hosts are the only thing that keeps a secret from going elsewhere",
    mend: "write `api.example.com`, `*.example.com` or `**.example.com`",
    bad: "hosts: ['*.com']",
    good: "hosts: ['*.example.com']",
};

pub(crate) static BAD_ADDRESS: CodePage = CodePage {
    code: "W0212",
    name: "bad-address",
    severity: Error,
    summary: "An address or request line is not sound",
    why: "what cannot be asked or followed safely proves nothing",
    mend: "write `https://host/path` for an address and `GET /path` for a request",
    bad: "request: organization",
    good: "request: GET /api/v1/organization",
};

pub(crate) static BAD_PATH: CodePage = CodePage {
    code: "W0213",
    name: "bad-json-path",
    severity: Error,
    summary: "A JSON path is not sound",
    why: "a path that means nothing matches nothing",
    mend: "write `name`, `user.name` or `items[0].id`",
    bad: "json: { '$..id': { exists: true } }",
    good: "json: { id: { exists: true } }",
};

pub(crate) static NOT_RUNNABLE: CodePage = CodePage {
    code: "W0214",
    name: "not-runnable-yet",
    severity: Error,
    summary: "The format has this, and waystone cannot run it yet",
    why: "a guide that passes `check` must also link accounts",
    mend: "do without it for now, or follow the changelog",
    bad: "auth: { jwt: { … } }",
    good: "auth: { bearer: { token: '{{ value.token }}' } }",
};

pub(crate) static BAD_DATE: CodePage = CodePage {
    code: "W0215",
    name: "bad-date",
    severity: Error,
    summary: "A date is not a day of the calendar",
    why: "dates decide when a fact is stale and when a sunset is near",
    mend: "write `YYYY-MM-DD`",
    bad: "checked_on: '2026-02-30'",
    good: "checked_on: '2026-02-28'",
};

pub(crate) static SECRET_CASE: CodePage = CodePage {
    code: "W0216",
    name: "secret-case",
    severity: Error,
    summary: "The case of a secret would be changed",
    why: "tokens are case-sensitive; the changed one would be refused",
    mend: "remove the step from `accept`",
    bad: r"type: secret
accept: [lowercase]",
    good: r"type: secret
accept: [trim]",
};

pub(crate) static PUBLIC_SECRET: CodePage = CodePage {
    code: "W0217",
    name: "public-secret",
    severity: Error,
    summary: "A field that is plainly a secret is made public",
    why: "what is public is shown, logged and sent to webhooks",
    mend: "remove `public: true`",
    bad: r"key: api_token
public: true",
    good: "key: api_token",
};

pub(crate) static BAD_FIELD: CodePage = CodePage {
    code: "W0218",
    name: "bad-field",
    severity: Error,
    summary: "The parts of a field contradict each other",
    why: "a form made from it could not be filled in",
    mend: "make them agree",
    bad: "type: select",
    good: r"type: select
options:
  - { value: eu, label: Europe }",
};

pub(crate) static FALSE_EXAMPLE: CodePage = CodePage {
    code: "W0219",
    name: "false-example",
    severity: Error,
    summary: "An example does not turn out as it says",
    why: "either the example or the rule it tests is wrong, and people would meet the rule",
    mend: "correct the example, or the rule that it tries",
    bad: r"typed: Acme
becomes: Acme",
    good: r"typed: Acme
becomes: acme",
};

pub(crate) static BAD_CHECK: CodePage = CodePage {
    code: "W0220",
    name: "bad-check",
    severity: Error,
    summary: "The parts of a check or outcome contradict each other",
    why: "it could never be sent or match, or would conclude nothing",
    mend: "make them agree",
    bad: "role: identity",
    good: r"role: identity
account: { id: '{{ json.id }}', name: '{{ json.name }}' }",
};

pub(crate) static BAD_SCENARIO: CodePage = CodePage {
    code: "W0221",
    name: "bad-scenario",
    severity: Error,
    summary: "A turn of a scenario has no answer, or two",
    why: "it is a test, and a test needs one answer",
    mend: "give the turn a `response` or a `fails`",
    bad: "- { request: GET /me }",
    good: "- { request: GET /me, response: { status: 200 } }",
};

pub(crate) static UNBOUND_HOST: CodePage = CodePage {
    code: "W0222",
    name: "unbound-host",
    severity: Error,
    summary: "The base address can lead to a host that `hosts` does not allow",
    why: "every request would be refused, or a value could choose its own host",
    mend: "let the address end in a literal part that a pattern of `hosts` covers",
    bad: "base_url: 'https://{{ value.domain }}'",
    good: "base_url: 'https://{{ value.slug | host_labels(1) }}.example.com'",
};

pub(crate) static UNUSED_ALLOW: CodePage = CodePage {
    code: "W0223",
    name: "bad-allow",
    severity: Error,
    summary: "A finding is allowed that is not a warning",
    why: "errors cannot be allowed, and a code that does not exist allows nothing",
    mend: "allow the code of a warning, or remove the line",
    bad: "allow: [{ code: W0101, reason: we know }]",
    good: "allow: [{ code: W0325, reason: the step is read by admins only }]",
};

pub(crate) static BAD_CONDITION: CodePage = CodePage {
    code: "W0224",
    name: "bad-condition",
    severity: Error,
    summary: "A condition can never be true, or asks nothing",
    why: "what hangs on it would be shown to nobody, or to everybody",
    mend: "name a `field` and the value that it `is`, or an `environment`",
    bad: "when: { field: region }",
    good: "when: { field: region, is: eu }",
};

pub(crate) static BAD_AUTH: CodePage = CodePage {
    code: "W0225",
    name: "bad-auth",
    severity: Error,
    summary: "The parts of `auth` do not fit together",
    why: "no request could show who asks, and every link would fail",
    mend: "give the scheme the parts it needs, and no others",
    bad: "auth:
  oauth2: { grant: client_credentials, token_url: 'https://acme.example/token', client_id: '{{ value.client_id }}' }",
    good: "auth:
  oauth2:
    grant: client_credentials
    token_url: 'https://acme.example/token'
    client_id: '{{ value.client_id }}'
    client_secret: '{{ value.client_secret }}'",
};
