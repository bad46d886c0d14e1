//! Tests requests that a caller sends through a linked account.

use std::collections::BTreeSet;

use guide::{Guide, Key, Verb};
use probe::{Body, Inputs, Problem, ProxiedRequest, ProxyRequest, Values, proxy_request};
use secret::{Secret, SecretBytes};

use super::read;

/// Reads a guide with the given authentication.
fn guide(auth: &str) -> Guide {
    read(&format!(
        r"
waystone: 1
provider: {{ key: acme, name: Acme }}
methods:
  - key: main
    label: Main
    fields:
      - {{ key: user, label: User, type: text, public: true }}
      - {{ key: token, label: Token, type: secret }}
    derived:
      - {{ key: public_part, from: '{{{{ value.user }}}}' }}
      - {{ key: secret_part, from: '{{{{ value.token }}}}', accept: [{{ after_last: '-' }}] }}
    auth: {auth}
    base_url: 'https://{{{{ value.user }}}}.acme.example:8443/base/{{{{ value.user }}}}'
    hosts: ['*.acme.example']
    checks: [{{ key: me, role: identity, request: POST /me, account: {{ id: '{{{{ json.id }}}}', name: x }} }}]
    link:
      sections:
        - key: one
          title: One
          steps: [{{ key: enter, title: Enter, collects: [user, token], body: Do it. }}]
"
    ))
}

fn body(content_type: &str, text: &str) -> Body {
    Body { content_type: content_type.to_owned(), bytes: SecretBytes::new(text.as_bytes()) }
}

/// Sends a request that already contains other credentials, in every location.
fn send(auth: &str, body: Option<Body>) -> Result<ProxiedRequest, Problem> {
    let guide = guide(auth);
    let method = &guide.methods[0];
    let key = |text| Key::parse(text).expect("a key");
    let values = Values::from([(key("user"), "ann".into()), (key("token"), "canary-part".into())]);
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let request = ProxyRequest {
        verb: Verb::Post,
        path: "/users/a%20b".parse().expect("a path"),
        query: pairs(&[("page", "2"), ("KEY", "theirs"), ("key[0]", "theirs")]),
        headers: pairs(&[("x-page", "2"), ("authorization", "theirs"), ("x_key", "theirs")]),
        body,
    };
    let tokens = Values::from([(key("access_token"), "canary-access".into())]);
    let inputs = Inputs { tokens: &tokens, ..Inputs::new(method, None, &values) };
    proxy_request(method, request, &inputs).map_err(|error| error.problem)
}

/// Returns the request's address and headers.
fn shown(sent: &ProxiedRequest) -> String {
    let request = &sent.request;
    let headers: Vec<String> =
        request.headers.iter().map(|header| format!("{}={}", header.name, header.value.expose())).collect();
    let port = request.port.unwrap_or(443);
    format!("{}:{port}{} {}", request.host, request.path_and_query().expose(), headers.join(" "))
}

fn sent_body(sent: &ProxiedRequest) -> String {
    let body = sent.request.body.as_ref().expect("a body");
    format!("{} {}", body.content_type, String::from_utf8_lossy(body.bytes.expose()))
}

fn masked(sent: &ProxiedRequest) -> BTreeSet<&str> {
    sent.secrets.iter().map(Secret::expose).collect()
}

#[test]
fn the_accounts_credentials_replace_the_callers() {
    let basic = send("{ basic: { username: '{{ value.user }}', password: '{{ value.token }}' } }", None);
    let basic = basic.expect("a request");
    assert_eq!(
        shown(&basic),
        "ann.acme.example:8443/base/ann/users/a%20b?page=2&KEY=theirs&key%5B0%5D=theirs \
         x-page=2 x_key=theirs authorization=Basic YW5uOmNhbmFyeS1wYXJ0"
    );
    assert_eq!(
        basic.request.to_string(),
        "POST https://ann.acme.example:8443/base/ann/users/a%20b?page=…&KEY=…&key[0]=…"
    );
    let header = send("{ api_key: [{ in: header, name: X-Key, value: '{{ value.token }}' }] }", None);
    assert_eq!(
        shown(&header.expect("a request")),
        "ann.acme.example:8443/base/ann/users/a%20b?page=2&KEY=theirs&key%5B0%5D=theirs \
         x-page=2 authorization=theirs x-key=canary-part"
    );
    let query = send("{ api_key: [{ in: query, name: key, value: '{{ value.token }}' }] }", None);
    assert_eq!(
        shown(&query.expect("a request")),
        "ann.acme.example:8443/base/ann/users/a%20b?page=2&key=canary-part x-page=2 authorization=theirs x_key=theirs"
    );
}

#[test]
fn a_body_changes_only_if_it_carries_a_credential() {
    let in_body = "{ api_key: [{ in: body, name: key, value: '{{ value.token }}' }] }";
    let json = r#"{ "n": 1.0, "KEY": "theirs" }"#;
    let sent = send(in_body, Some(body("application/json", json))).expect("a request");
    assert_eq!(sent_body(&sent), r#"application/json {"n":1.0,"key":"canary-part"}"#);
    let sent = send(in_body, None).expect("a request");
    assert_eq!(sent_body(&sent), "application/x-www-form-urlencoded key=canary-part");
    assert_eq!(send(in_body, Some(body("text/plain", "{}"))).map(drop), Err(Problem::NoBody));
    let in_header = "{ bearer: { token: '{{ value.token }}' } }";
    let sent = send(in_header, Some(body("application/json", json))).expect("a request");
    assert_eq!(sent_body(&sent), format!("application/json {json}"));
    assert!(send(in_header, None).expect("a request").request.body.is_none());
}

#[test]
fn the_secrets_that_a_request_carries_are_known_in_each_form() {
    let basic = "{ basic: { username: '{{ value.user }}', password: '{{ value.token }}' } }";
    let encoded = "{ api_key: [{ in: header, name: x, value: '{{ value.token | base64 }}' }] }";
    let parts =
        "{ api_key: [{ in: header, name: x, value: '{{ value.public_part }} {{ value.secret_part }}' }] }";
    let oauth = "{ oauth2: { grant: client_credentials, token_url: 'https://a.acme.example/token', client_id: x, client_secret: '{{ value.token }}' } }";
    for (auth, expected) in [
        (basic, &["canary-part", "YW5uOmNhbmFyeS1wYXJ0"][..]),
        (encoded, &["canary-part", "Y2FuYXJ5LXBhcnQ="]),
        (parts, &["part"]),
        (oauth, &["canary-access"]),
    ] {
        let sent = send(auth, None).expect("a request");
        let masked = masked(&sent);
        assert!(expected.iter().all(|secret| masked.contains(secret)), "{auth}: {masked:?}");
        assert!(!masked.contains("ann"), "a user name is not secret");
    }
    let jwt = "{ jwt: { assertion: { algorithm: HS256, key: '{{ value.token }}', claims: { iss: me } } } }";
    let sent = send(jwt, None).expect("a request");
    let shown = shown(&sent);
    let (_, assertion) = shown.rsplit_once("authorization=Bearer ").expect("an assertion");
    assert!(masked(&sent).is_superset(&BTreeSet::from([assertion, "canary-part"])));
}

#[test]
fn a_client_certificate_is_part_of_the_connection() {
    let auth = "{ mutual_tls: { certificate: '{{ value.user }}', key: '{{ value.token }}' } }";
    let sent = send(auth, None).expect("a request");
    let certificate = sent.request.certificate.as_ref().expect("a certificate");
    assert_eq!((certificate.certificate.expose(), certificate.key.expose()), ("ann", "canary-part"));
    assert!(!shown(&sent).contains("canary"), "{}", shown(&sent));
}

#[test]
fn only_the_guides_hosts_and_a_permitted_own_host_are_allowed() {
    let sent = send("{ bearer: { token: '{{ value.token }}' } }", None).expect("a request");
    let mut permit = sent.request.permit;
    for (host, expected) in [("ann.acme.example", true), ("acme.example", false), ("own.example", false)] {
        assert_eq!(permit.allows(host), expected, "{host}");
    }
    permit.own_host = Some("own.example".to_owned());
    for (host, expected) in [("ann.acme.example", true), ("own.example", true), ("other.example", false)] {
        assert_eq!(permit.allows(host), expected, "{host}");
    }
}
