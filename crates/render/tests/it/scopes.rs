//! Tests that choosing scopes hides the steps that only other scopes need, and that the published page marks blocks
//! with their scopes.

use guide::{Brand, Guide};
use render::{Options, Page, Style};

use crate::media::steps;

const GUIDE: &str = "
waystone: 1
provider: { key: acme, name: Acme }
scopes:
  - { name: 'users:read' }
  - { name: 'users:write', includes: ['users:read'] }
  - { name: 'files:read' }
actions:
  - { key: list_users, label: List users, scopes: ['users:read'] }
  - { key: add_user, label: 'Add \"a\" user', scopes: ['users:write'] }
  - { key: whoami, label: Who am I }
methods:
  - key: token
    label: Token
    fields: [{ key: api_token, label: API Token, type: secret }]
    auth: { bearer: { token: '{{ value.api_token }}' } }
    base_url: https://api.example.com
    hosts: [api.example.com]
    link:
      warning: 'Ask **first**; see [the rules](https://example.com/rules).'
      sections:
        - key: users
          title: Users
          steps:
            - { key: read, title: Read, scopes: ['users:read', 'users:write'], body: Allow it. }
            - { key: always, title: Always, body: Do it. }
        - key: files
          title: Files
          scopes: 'files:read'
          intro: Only words.
        - key: empty
          title: Empty
          steps: [{ key: hidden, title: Hidden, scopes: 'files:read', body: See `<b>` and \\#1. }]
";

fn read(guide: &str) -> (Guide, Brand) {
    let guide = guide::read("acme.yaml", guide.as_bytes());
    let guide = guide.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings));
    (guide, catalog::shipped_brand())
}

fn page(scopes: Option<&[&str]>) -> Page {
    let (guide, brand) = read(GUIDE);
    let scopes = scopes.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    render::page(&guide, &guide.methods[0], &brand, &Options { scopes, ..Options::default() })
}

fn check(scopes: Option<&[&str]>, expected: &[&str]) {
    let page = page(scopes);
    let titles: Vec<&str> = steps(&page).map(|step| step.title.as_str()).collect();
    let own = titles.len() - 3;
    assert_eq!(&titles[..own], expected, "{scopes:?}");
}

#[test]
fn steps_that_no_chosen_scope_needs_are_omitted() {
    check(None, &["Read", "Always", "Hidden"]);
    check(Some(&[]), &["Always"]);
    check(Some(&["users:write"]), &["Read", "Always"]);
    check(Some(&["files:read"]), &["Always", "Hidden"]);
}

#[test]
fn the_published_page_has_selector_scopes_and_actions() {
    let text = render::markdown(&page(None), Style::Published);
    let has = |part: &str| assert!(text.contains(part), "missing: {part}\n{text}");
    has(
        "<Warning>Ask <strong>first</strong>; see <a href=\"https://example.com/rules\" target=\"_blank\" rel=\"noopener noreferrer\">the rules</a>.</Warning>\n\n<Panel>\n",
    );
    has(
        "<div className=\"not-prose guides-scope-selector\" data-guides-scope-selector data-guide-actions-json=\"[{&#x22;id&#x22;:&#x22;acme_list_users&#x22;,&#x22;label&#x22;:&#x22;List users&#x22;,&#x22;scopes&#x22;:[&#x22;users:read&#x22;]},",
    );
    has(
        "<div data-guide-step data-guide-scopes=\"users:read users:write\" data-guide-display-scopes-list=\"\">\n        <p>Enables actions: Add \"a\" user, List users</p>\n\n        <p>Allow it.</p>\n",
    );
    has(
        "<section data-guide-section data-guide-scopes=\"files:read\">\n  <h2>Files</h2>\n\n  <p>Only words.</p>\n</section>\n",
    );
    has("<p>See <code>&lt;b></code> and #1.</p>");
}

#[test]
fn a_warning_of_several_blocks_has_a_line_for_each() {
    let (guide, brand) = read(&GUIDE.replace("'Ask **first**", "\"Read this.\\n\\n- One\\n- Two\" # "));
    let page = render::page(&guide, &guide.methods[0], &brand, &Options::default());
    let text = render::markdown(&page, Style::Published);
    let expected =
        "<Warning>\n  Read this.\n\n  <ul>\n    <li>One</li>\n    <li>Two</li>\n  </ul>\n</Warning>\n";
    assert!(text.contains(expected), "{text}");
}
