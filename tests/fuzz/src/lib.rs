//! The small guide into which every target inserts random text, and the invariants that every reading must satisfy.

use guide::{Finding, Guide, Reading, Source};
use serde_json::Value;

/// A guide with placeholders in capitals.
const GUIDE: &str = r"waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: api-key
    label: API Key
    environments:
      - { key: live, label: Live, host: acme.example }
      - { key: test, label: Test, host: acme.test }
    fields:
      - { key: site, label: Site, type: text, public: true, accept: ACCEPT, pattern: PATTERN, max_length: 100 }
      - { key: token, label: Token, type: secret }
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: BASE
    hosts: ['**.acme.example', '**.acme.test']
    checks:
      - key: me
        role: identity
        request: { line: LINE, query: { q: QUERY }, headers: { X-Site: HEADER }, json: { text: TEXT } }
        expect: { status: 200, json: JSON }
        account: { id: ID, name: '{{ json.name }}', details: { Site: '{{ value.site }}' } }
        captures: { kept: json.kept }
    outcomes: OUTCOMES
    link:
      sections:
        - key: one
          title: TITLE
          intro: INTRO
          steps:
            - { key: make, title: Make it, obtains: token, body: BODY }
            - { key: enter, title: Enter it, collects: [site, token], body: 'Enter it, as at {{ step.make }}.' }
evidence:
  - { claim: CLAIM, checked_on: '2026-06-01' }
";

/// The default text of each placeholder.
const PLAIN: &[(&str, &str)] = &[
    ("ACCEPT", "[]"),
    ("PATTERN", "'[a-z.]+'"),
    ("BASE", "'https://{{ value.site | host_labels(2) }}.{{ environment.host }}/api'"),
    ("LINE", "GET /me"),
    ("QUERY", "one"),
    ("HEADER", "one"),
    ("TEXT", "one"),
    ("JSON", "{ id: { exists: true } }"),
    ("ID", "'{{ json.id }}'"),
    (
        "OUTCOMES",
        "[{ key: refused, when: { status: 401 }, is: wrong_secret, says: 'No: {{ label.token }} of {{ value.site }}.' }]",
    ),
    ("TITLE", "One"),
    ("INTRO", "Read this."),
    ("BODY", "Make it."),
    ("CLAIM", "It is so."),
];

/// Returns the guide with YAML in place of some placeholders.
pub fn yaml(places: &[(&str, String)]) -> String {
    let mut text = GUIDE.to_owned();
    for (place, plain) in PLAIN {
        let inserted =
            places.iter().find(|(name, _)| name == place).map_or(*plain, |(_, yaml)| yaml.as_str());
        // Only the first occurrence is the placeholder: inserted text may contain another placeholder's name.
        let at = text.find(&format!(": {place}")).expect("the guide lacks a placeholder") + 2;
        text.replace_range(at..at + place.len(), inserted);
    }
    text
}

/// Quotes a string as JSON, which is also valid YAML.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Reads a guide and checks the invariants that hold for every input.
pub fn read(text: &str) -> Reading<Guide> {
    let reading = guide::read("fuzz.yaml", text.as_bytes());
    assert_sound(&reading.source, &reading.findings);
    assert!(reading.value.is_some() || !reading.findings.is_empty(), "no guide and no finding");
    reading
}

/// Asserts that every span of every finding is inside the text, and that messages are short.
pub fn assert_sound(source: &Source, findings: &[Finding]) {
    assert!(findings.len() <= 120, "{} findings", findings.len());
    for finding in findings {
        let also = finding.also.iter().map(|(span, _)| *span);
        let fix = finding.fix.iter().map(|fix| fix.span);
        for span in std::iter::once(finding.span).chain(also).chain(fix) {
            assert!(source.text.get(span.range()).is_some(), "a span is outside the text: {finding:?}");
        }
        assert!(!finding.message.contains('\n') && finding.message.len() < 1000, "{finding:?}");
    }
}

/// Splits the bytes at the first NUL. Returns the longest valid UTF-8 prefix before it, and the bytes after it.
pub fn text(data: &[u8]) -> (&str, &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let rest = data.get(end + 1..).unwrap_or_default();
    let valid = match std::str::from_utf8(&data[..end]) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&data[..error.valid_up_to()]).unwrap_or_default(),
    };
    (valid, rest)
}
