//! Creates guides and brands with hostile text wherever text is allowed.
//!
//! The `hostile` example, which writes pages from these guides, also uses this module.
//!
//! **Invariant:** the same choices produce the same guide, and the guide language accepts every such guide, because
//! text that it rejects never reaches a writer.

use std::fmt::Write as _;

use guide::{Brand, Guide};

/// A source of choices: a seed or a property test.
pub(crate) trait Choices {
    /// Returns the next choice: a number less than `n`.
    fn below(&mut self, n: usize) -> usize;
}

/// Choices from a seed (`SplitMix64`).
pub(crate) struct Seeded(u64);

impl Seeded {
    /// Creates the choices from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0xd134_2543_de82_ef95))
    }
}

impl Choices for Seeded {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % n as u64).unwrap_or_default()
    }
}

/// Strings that have broken renderers before. They contain no invisible characters, because the guide language rejects
/// such characters.
const HOSTILE_TEXTS: &[&str] = &[
    "<script>alert(1)</script>",
    "</p></div></Step></section>",
    "<img src=x onerror=alert(1)>",
    "{process.exit(1)}",
    "{/* */}",
    "${x}",
    "$a$ and $$b$$",
    "{{{{ x }}",
    "}",
    "{",
    "<",
    ">",
    "&lt;",
    "&#x3c;b&#62;",
    "&amp",
    "& friends; x",
    "\"",
    "' onclick='x",
    "\" onclick=\"x",
    "`",
    "``",
    "`x",
    "\\",
    "\\\\",
    "\\n \\_",
    "*",
    "**",
    "***a** b*",
    "_",
    "__init__",
    "a_b_c",
    "~",
    "~~x~~",
    "[",
    "]",
    "[x](javascript:alert)",
    "![x](y)",
    "](https://evil.example)",
    "[x]: /y",
    "[^1]",
    "# h",
    "##",
    "C #",
    "- x",
    "+ x",
    "1. x",
    "1) x",
    "> q",
    "---",
    "===",
    "```",
    "~~~",
    "| a | b |",
    ":::note",
    "import x from 'y'",
    "export default 1",
    "import",
    "<!-- c -->",
    "<!doctype html>",
    "<![CDATA[x]]>",
    "<?php ?>",
    "<https://evil.example>",
    "https://evil.example/x_y_z",
    "a\nb",
    "a\n\n# b",
    "a\r\n- b",
    "\tx",
    "    four",
    "x  ",
    "\u{a0}",
    "Ünïcode – “q”",
    "日本語",
    "🎉",
    "e\u{301}",
    "plain words",
    "Settings > Users",
    "A & B",
    "it's",
    "100%",
    "--",
    "...",
    "(x)",
    "!",
    "%7B",
    "{{",
];

/// Characters that are syntax in some medium, for random combinations.
const NOISE: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ab1 *_`<\\[&";

/// Returns a string made from a few hostile pieces, with and without white space between them.
fn text(choices: &mut impl Choices) -> String {
    let mut out = String::new();
    for _ in 0..=choices.below(4) {
        match choices.below(4) {
            0 => out.extend((0..=choices.below(7)).map(|_| char::from(NOISE[choices.below(NOISE.len())]))),
            _ => out.push_str(HOSTILE_TEXTS[choices.below(HOSTILE_TEXTS.len())]),
        }
        out.push_str(["", " ", " word ", "x"][choices.below(4)]);
    }
    out
}

/// Returns the text with a space after each `{`, so that the text does not contain references.
fn without_references(text: &str) -> String {
    text.replace('{', "{ ")
}

/// Returns a hostile template, which can contain references.
fn template(choices: &mut impl Choices) -> String {
    let mut out = without_references(&text(choices));
    out.push_str(["", " {{ provider.name }}", "{{ brand.name }}", "{{ method.label }}x"][choices.below(4)]);
    out
}

/// Returns prose in which hostile text is escaped, as an author would have to write it, or inserted by a reference.
fn prose(choices: &mut impl Choices, wording: bool) -> String {
    let mut out = String::new();
    for block in 0..=choices.below(3) {
        if block > 0 {
            out.push_str("\n\n");
        }
        match choices.below(6) {
            0 => {
                let fence = "`".repeat(3 + choices.below(3));
                let code = without_references(&text(choices)).replace('`', "'").replace(['\n', '\r'], " ");
                let _ = write!(out, "{fence}js\n{code}\n{fence}");
            }
            1 => {
                let mark = ["-", "1.", "7)", "*"][choices.below(4)];
                for _ in 0..=choices.below(3) {
                    let _ = writeln!(out, "{mark} {}", inlines(choices, wording));
                }
            }
            2 => {
                let _ = write!(
                    out,
                    "- {}\n  1. {}\n  2. {}\n",
                    inlines(choices, wording),
                    inlines(choices, wording),
                    inlines(choices, wording)
                );
            }
            _ => out.push_str(&inlines(choices, wording)),
        }
    }
    out
}

fn inlines(choices: &mut impl Choices, wording: bool) -> String {
    let mut out = String::new();
    for _ in 0..=choices.below(4) {
        let inner = match choices.below(3) {
            0 => escaped(&text(choices)),
            1 => reference(choices, wording).to_owned(),
            _ => format!("{}{}", escaped(&text(choices)), reference(choices, wording)),
        };
        // Emphasis around nothing but spaces is a horizontal rule to Markdown, which guides may not use.
        let inner = if inner.trim().is_empty() { "blank".to_owned() } else { inner };
        let piece = match choices.below(9) {
            0 => format!("**{inner}**"),
            1 => format!("*{inner}*"),
            2 => format!(
                "`{}`",
                without_references(&text(choices)).replace('`', "'").replace(['\n', '\r'], " ")
            ),
            3 => format!("[{inner}](https://example.com/a_(b)?c=d&e)"),
            4 => format!("[{inner}](#create)"),
            5 => format!("![Menu {inner}](menu.png)"),
            6 => format!("{inner}\\\n{inner}"),
            7 => format!("{inner}\n{inner}"),
            _ => inner,
        };
        out.push_str(&piece);
        out.push_str(["", " "][choices.below(2)]);
    }
    out
}

fn reference(choices: &mut impl Choices, wording: bool) -> &'static str {
    let all = [
        "{{ provider.name }}",
        "{{ brand.name }}",
        "{{ method.label }}",
        "{{ brand.egress_addresses }}",
        "{{ label.api_token }}",
        "{{ step.create }}",
    ];
    all[choices.below(if wording { 4 } else { all.len() })]
}

/// Returns the text with its Markdown syntax escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for ch in without_references(text).replace(['\n', '\r', '\t'], " ").chars() {
        if ch.is_ascii_punctuation() && ch != '{' && ch != '}' {
            out.push('\\');
        }
        out.push(ch);
    }
    out
}

/// Returns the text as a double-quoted YAML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ch if ch.is_control() || u32::from(ch) > 0x7e => {
                let _ = write!(out, "\\U{:08x}", u32::from(ch));
            }
            ch => out.push(ch),
        }
    }
    out.push('"');
    out
}

/// Returns the source of a guide in which every string is hostile.
pub(crate) fn guide_text(choices: &mut impl Choices) -> String {
    let mut t = || quoted(&text(choices));
    let (name, environment, host_says, placeholder, pattern_says) = (t(), t(), t(), t(), t());
    let (acts_as, counted, claim, event) = (t(), t(), t(), t());
    // Titles and labels can contain references, so braces in them are doubled.
    let mut named = || quoted(&text(choices).replace("{{", "{{{{"));
    let (method, label, second, option) = (named(), named(), named(), named());
    let (section, step, other, check, action) = (named(), named(), named(), named(), named());
    let (message, fix) = (quoted(&template(choices)), quoted(&template(choices)));
    let mut p = || quoted(&prose(choices, false));
    let (warning, need, intro, body, again, about) = (p(), p(), p(), p(), p(), p());
    format!(
        "waystone: 1
provider: {{ key: hostile, name: {name}, lifecycle: [{{ event: changed, on: '2026-01-02', says: {event}, source: 'https://example.com/?a=<b>' }}] }}
scopes: [{{ name: {action} }}]
actions: [{{ key: act, label: {action}, scopes: [{action}] }}]
methods:
  - key: api-key
    label: {method}
    environments:
      - {{ key: production, label: {environment}, host: example.com, description: {host_says} }}
      - {{ key: sandbox, label: {environment}, host: example.net }}
    fields:
      - {{ key: api_token, label: {label}, type: secret, description: {about}, pattern: '[a-z]+', pattern_says: {pattern_says} }}
      - {{ key: region, label: {second}, type: select, required: false, options: [{{ value: {option}, label: {option} }}] }}
      - {{ key: slug, label: {second}, type: text, placeholder: {placeholder}, public: true, when: {{ field: region, is: {option} }} }}
    auth: {{ bearer: {{ token: '{{{{ value.api_token }}}}' }} }}
    base_url: 'https://api.{{{{ environment.host }}}}'
    hosts: ['*.example.com', '*.example.net']
    credential: {{ expires: {{ days: 30 }}, acts_as: {acts_as}, shown_once: true }}
    limits: {{ requests: 1, per_seconds: 7, counted_per: {counted} }}
    checks:
      - {{ key: me, label: {check}, role: identity, request: GET /me, account: {{ id: '{{{{ json.id }}}}', name: '{{{{ json.name }}}}' }} }}
    outcomes:
      - {{ key: refused, when: {{ status: 401 }}, is: wrong_secret, at_field: api_token, says: {message}, fix: {fix} }}
      - {{ key: strange, when: {{ json: {{ error: {{ equals: {option} }} }} }}, is: unknown }}
    link:
      warning: {warning}
      needs: [{need}, {need}]
      sections:
        - key: fields
          title: {section}
          intro: {intro}
          steps:
            - {{ key: create, title: {step}, obtains: api_token, scopes: [{action}], body: {body} }}
            - {{ key: enter, title: {other}, collects: [api_token, region, slug], when: {{ environment: sandbox }}, body: {again} }}
        - {{ key: revoke, purpose: revoke, title: {section}, intro: {intro} }}
    setup:
      sections:
        - {{ key: app, title: {section}, steps: [{{ key: register, title: {step}, body: {body} }}] }}
evidence:
  - {{ claim: {claim}, source: 'https://example.com/\"x\"/(y)', checked_on: '2026-11-23' }}
  - {{ claim: {claim}, checked_on: '2026-11-23', standing: assumed }}
"
    )
}

/// Returns the source of a brand file in which every string is hostile.
pub(crate) fn brand_text(choices: &mut impl Choices) -> String {
    let (name, hub, optional) = (quoted(&text(choices)), quoted(&text(choices)), quoted(&text(choices)));
    let mut t = || quoted(&template(choices));
    let (head, title, description, heading, step) = (t(), t(), t(), t(), t());
    let mut p = || quoted(&prose(choices, true));
    let (words, item, closing) = (p(), p(), p());
    let titled = format!("{{ title: {step}, text: {words} }}");
    format!(
        "waystone_brand: 1
name: {name}
hub: {hub}
support_url: 'https://example.com/help?a=1&b=2'
wording:
  twin_head: ['## Index', {head}]
  link:
    title: {title}
    description: {description}
    heading: {heading}
    open: {titled}
    fill: {titled}
    connect_title: {step}
    connect: [{item}, {item}]
    closing: {closing}
  setup:
    title: {title}
    description: {description}
    heading: {heading}
    intro: {words}
    open: {titled}
    create_title: {step}
    before_fields: [{item}]
    fields: {words}
    optional: {optional}
    after_fields: [{item}]
"
    )
}

/// Returns a guide and a brand with hostile strings.
pub(crate) fn guide_and_brand(choices: &mut impl Choices) -> (Guide, Brand) {
    let (guide_text, brand_text) = (guide_text(choices), brand_text(choices));
    let guide = guide::read("hostile.yaml", guide_text.as_bytes());
    let brand = guide::read_brand("hostile-brand.yaml", brand_text.as_bytes());
    let guide = guide.into_usable().unwrap_or_else(|reading| panic!("{:#?}\n{guide_text}", reading.findings));
    let brand = brand.into_usable().unwrap_or_else(|reading| panic!("{:#?}\n{brand_text}", reading.findings));
    (guide, brand)
}
