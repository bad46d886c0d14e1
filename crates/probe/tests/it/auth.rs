//! Tests how credentials are added to requests, for every authentication scheme. Uses published test vectors where they
//! exist.

use guide::{Guide, Key, Method};
use jsonwebtoken::{Algorithm, DecodingKey, crypto::verify};
use probe::{Inputs, Moment, Problem, Request, Values};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData as _, SignatureAlgorithm};
use secret::Secret;

/// 2015-08-30T12:36:00Z.
const MOMENT: Moment = Moment { unix_ms: 1_440_938_160_000, nonce: [7; 16] };

/// Reads a guide with the given fields, authentication and request.
fn guide(fields: &str, auth: &str, request: &str) -> Guide {
    let text = format!(
        "
waystone: 1
provider: {{ key: acme, name: Acme }}
methods:
  - key: main
    label: Main
    fields: {fields}
    auth: {auth}
    base_url: https://example.amazonaws.com
    hosts: [example.amazonaws.com]
    checks:
      - {{ key: me, role: identity, request: {request}, account: {{ id: '{{{{ json.id }}}}', name: x }} }}
    link:
      sections:
        - key: one
          title: One
          steps:
            - {{ key: enter, title: Enter, body: Enter it. }}
"
    );
    let reading = guide::read("acme.yaml", text.as_bytes());
    reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings))
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, value)| (Key::parse(key).expect("a key"), Secret::from(*value))).collect()
}

fn build(method: &Method, values: &Values) -> Result<Request, Problem> {
    let inputs = Inputs { moment: MOMENT, ..Inputs::new(method, None, values) };
    probe::request(method, &method.checks[0].request, &inputs).map_err(|error| error.problem)
}

fn header(request: &Request, name: &str) -> String {
    let header = request.headers.iter().find(|header| header.name == name);
    header.map(|header| header.value.expose().to_owned()).unwrap_or_default()
}

/// A guide's template for AWS Signature Version 4 produces the signatures that AWS publishes:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>, with the key and the
/// cases `get-vanilla`, `get-vanilla-query-order-key-case` and `post-vanilla` from the test suite.
#[test]
fn a_canonical_template_matches_published_signatures() {
    let fields = "[{ key: access_id, label: ID, type: text, public: true }, { key: secret_key, label: Key, type: secret }]";
    let auth = r#"
      signature:
        algorithm: HS256
        key: ['AWS4{{ value.secret_key }}', '{{ now.date }}', us-east-1, service, aws4_request]
        canonical: "{{ request.method }}\n{{ request.path }}\n{{ request.sorted_query }}\nhost:{{ request.host }}\nx-amz-date:{{ now.compact }}\n\nhost;x-amz-date\n{{ request.body | sha256_hex }}"
        signs: "AWS4-HMAC-SHA256\n{{ now.compact }}\n{{ now.date }}/us-east-1/service/aws4_request\n{{ request.canonical | sha256_hex }}"
        carries:
          - { in: header, name: X-Amz-Date, value: '{{ now.compact }}' }
          - in: header
            name: Authorization
            value: 'AWS4-HMAC-SHA256 Credential={{ value.access_id }}/{{ now.date }}/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={{ request.signature }}'
"#;
    let credentials =
        [("access_id", "AKIDEXAMPLE"), ("secret_key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")];
    for (request, signature) in [
        ("GET /", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "{ line: GET /, query: { Param2: value2, Param1: value1 } }",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        ("POST /", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ] {
        let guide = guide(fields, auth, request);
        let built = build(&guide.methods[0], &values(&credentials)).expect("a request");
        let authorization = header(&built, "authorization");
        let expected = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                        SignedHeaders=host;x-amz-date, Signature=";
        assert_eq!(authorization, format!("{expected}{signature}"), "{request}");
        assert_eq!(header(&built, "x-amz-date"), "20150830T123600Z");
    }
}

/// The key is from <https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1>.
#[test]
fn an_assertion_has_the_guides_claims_and_a_valid_signature() {
    let fields = "[{ key: key, label: Key, type: secret }]";
    let auth = "
      jwt:
        assertion:
          algorithm: HS256
          key: '{{ value.key }}'
          key_encoding: base64
          header: { kid: k1 }
          claims: { iss: joe, admin: true, jti: '{{ random.uuid }}', nested: { at: ['{{ now.unix }}'] } }
          lifetime_seconds: 60
";
    let guide = guide(fields, auth, "GET /me");
    let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let built = build(&guide.methods[0], &values(&[("key", key)])).expect("a request");
    let token = header(&built, "authorization").strip_prefix("Bearer ").expect("a bearer token").to_owned();
    let (text, signature) = token.rsplit_once('.').expect("three parts");
    let key = DecodingKey::from_secret(&decoded(key)).expect("a key");
    assert!(verify(signature, text.as_bytes(), &key, Algorithm::HS256).expect("a signature"));
    let claims = claims(&token);
    assert_eq!(
        claims,
        serde_json::json!({
            "iss": "joe", "admin": true, "jti": "07070707-0707-4707-8707-070707070707",
            "nested": { "at": ["1440938160"] }, "iat": 1_440_938_160, "exp": 1_440_938_220,
        })
    );
}

fn claims(token: &str) -> serde_json::Value {
    serde_json::from_slice(&decoded(token.split('.').nth(1).expect("claims"))).expect("JSON")
}

fn decoded(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("Base64")
}

/// Each algorithm signs with a generated key pair, and the public key verifies the signature.
#[test]
fn assertions_verify_with_the_public_key() {
    let cases: [(&str, Algorithm, &SignatureAlgorithm); 2] =
        [("ES256", Algorithm::ES256, &PKCS_ECDSA_P256_SHA256), ("EdDSA", Algorithm::EdDSA, &PKCS_ED25519)];
    for (name, algorithm, kind) in cases {
        let pair = KeyPair::generate_for(kind).expect("a key pair");
        let token = signed_assertion(name, &pair.serialize_pem());
        let (text, signature) = token.rsplit_once('.').expect("three parts");
        let public = match algorithm {
            Algorithm::ES256 => DecodingKey::from_ec_der(pair.der_bytes()),
            _ => DecodingKey::from_ed_der(pair.der_bytes()),
        };
        assert!(verify(signature, text.as_bytes(), &public, algorithm).expect("a signature"), "{name}");
    }
    for (name, algorithm) in
        [("RS256", Algorithm::RS256), ("RS512", Algorithm::RS512), ("PS256", Algorithm::PS256)]
    {
        let pair =
            KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).expect("a key pair");
        let token = signed_assertion(name, &pair.serialize_pem());
        let (text, signature) = token.rsplit_once('.').expect("three parts");
        let public = DecodingKey::from_rsa_der(pair.der_bytes());
        assert!(verify(signature, text.as_bytes(), &public, algorithm).expect("a signature"), "{name}");
    }
}

fn signed_assertion(algorithm: &str, pem: &str) -> String {
    let fields = "[{ key: key, label: Key, type: file, holds: pem }]";
    let auth = format!(
        "{{ jwt: {{ assertion: {{ algorithm: {algorithm}, key: '{{{{ value.key }}}}', claims: {{ iss: me }} }} }} }}"
    );
    let guide = guide(fields, &auth, "GET /me");
    let built = build(&guide.methods[0], &values(&[("key", pem)])).expect("a request");
    header(&built, "authorization").strip_prefix("Bearer ").expect("a bearer token").to_owned()
}

/// An invalid key is attributed to its field, not to the guide.
#[test]
fn an_invalid_key_is_attributed_to_its_field() {
    let fields = "[{ key: key, label: Key, type: secret }]";
    let guide =
        guide(fields, "{ jwt: { assertion: { algorithm: RS256, key: '{{ value.key }}' } } }", "GET /me");
    let method = &guide.methods[0];
    assert_eq!(build(method, &values(&[("key", "canary-no-key")])).map(|_| ()), Err(Problem::NotAKey));
    let inputs_values = values(&[("key", "canary-no-key")]);
    let error = probe::request(method, &method.checks[0].request, &Inputs::new(method, None, &inputs_values))
        .expect_err("an error");
    assert_eq!(error.field.as_ref().map(Key::as_str), Some("key"));
    assert!(!format!("{error} {error:?} {:?}", error.says(method)).contains("canary"));
}

/// Whether or not the guide says that the field holds PEM.
#[test]
fn a_key_with_a_passphrase_has_its_own_advice() {
    let auth = "{ jwt: { assertion: { algorithm: RS256, key: '{{ value.key }}' } } }";
    for (label, text) in [
        ("ENCRYPTED PRIVATE KEY", "MII="),
        ("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMII="),
    ] {
        let key = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        let sent = guide("[{ key: key, label: Key, type: multiline }]", auth, "GET /me");
        assert_eq!(
            build(&sent.methods[0], &values(&[("key", &key)])).map(|_| ()),
            Err(Problem::ProtectedKey)
        );
        let checked = guide("[{ key: key, label: Key, type: multiline, holds: pem }]", auth, "GET /me");
        let refused = checked.methods[0].fields[0].keep(&key, &[]).expect_err("a key that cannot be used");
        assert!(refused.says.starts_with("Key is protected by a passphrase."), "{}", &*refused.says);
    }
}

#[test]
fn credentials_go_into_cookies_bodies_and_queries() {
    let fields = "[{ key: a, label: A, type: secret }, { key: b, label: B, type: secret }]";
    let auth = "
      api_key:
        - { in: cookie, name: one, value: '{{ value.a }}' }
        - { in: cookie, name: two, value: '{{ value.b }}' }
        - { in: body, name: key, value: 'Key {{ value.a }}' }
        - { in: query, name: q, value: '{{ value.b }}' }
";
    let build_with = |request: &str, a: &str| {
        let guide = guide(fields, auth, request);
        build(&guide.methods[0], &values(&[("a", a), ("b", "b&=c")]))
    };
    let json = build_with("{ line: POST /, json: { x: 1 } }", "a").expect("a request");
    assert_eq!(header(&json, "cookie"), "one=a; two=b&=c");
    let body = |request: &Request| {
        let bytes = request.body.as_ref().expect("a body").bytes.expose().to_vec();
        String::from_utf8(bytes).expect("text")
    };
    assert_eq!(body(&json), r#"{"x":1,"key":"Key a"}"#);
    assert_eq!(json.path_and_query().expose(), "/?q=b%26%3Dc");
    assert_eq!(
        body(&build_with("{ line: POST /, form: { x: '1' } }", "a").expect("a request")),
        "x=1&key=Key+a"
    );
    assert_eq!(body(&build_with("POST /", "a").expect("a request")), "key=Key+a");
    assert_eq!(build_with("POST /", "a;b").map(|_| ()), Err(Problem::NotACookieValue));
}

#[test]
fn a_signature_covers_the_credentials_that_do_not_depend_on_it() {
    let fields =
        "[{ key: id, label: ID, type: text, public: true }, { key: pass, label: Pass, type: secret }]";
    let auth = "
      signature:
        algorithm: HS256
        key: ['{{ value.pass }}']
        canonical: '{{ request.path_and_query }}'
        carries:
          - { in: header, name: X-Signed, value: '{{ request.canonical }}' }
          - { in: query, name: id, value: '{{ value.id }}' }
          - { in: query, name: signature, value: '{{ request.signature }}' }
";
    let guide = guide(fields, auth, "{ line: GET /me, query: { page: '2' } }");
    let built = build(&guide.methods[0], &values(&[("id", "a b"), ("pass", "key")])).expect("a request");
    assert_eq!(header(&built, "x-signed"), "/me?page=2&id=a%20b");
    let names: Vec<&str> = built.query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["page", "id", "signature"]);
}

#[test]
fn a_user_name_for_basic_authentication_contains_no_colon_and_no_control_character() {
    let fields =
        "[{ key: user, label: User, type: text, public: true }, { key: pass, label: Pass, type: secret }]";
    let guide =
        guide(fields, "{ basic: { username: '{{ value.user }}', password: '{{ value.pass }}' } }", "GET /me");
    let sent = |user: &str| build(&guide.methods[0], &values(&[("user", user), ("pass", "a:b")]));
    // The Base64 encoding of `ann:a:b`.
    assert_eq!(
        sent("ann").map(|request| header(&request, "authorization")).as_deref(),
        Ok("Basic YW5uOmE6Yg==")
    );
    for user in ["a:nn", "an\nn"] {
        assert_eq!(sent(user).map(drop), Err(Problem::NotAHeaderValue), "{user:?}");
    }
}

/// `+` and `:` in a client secret are encoded correctly with every client authentication method.
#[test]
fn oauth_clients_authenticate_with_each_method() {
    let fields =
        "[{ key: id, label: ID, type: text, public: true }, { key: pass, label: Secret, type: secret }]";
    let step = |auth: &str| {
        let auth = format!(
            "{{ oauth2: {{ grant: client_credentials, token_url: 'https://example.amazonaws.com/t', scopes: [a, b], client_id: '{{{{ value.id }}}}', {auth} }} }}"
        );
        let guide = guide(fields, &auth, "GET /me");
        let method = &guide.methods[0];
        let values = values(&[("id", "i:d"), ("pass", "p+ s")]);
        let inputs = Inputs { moment: MOMENT, ..Inputs::new(method, None, &values) };
        let step = &method.auth.sign_in.as_ref().expect("a sign-in").steps[0];
        let request = probe::request(method, &step.check.request, &inputs).expect("a request");
        let body =
            request.body.as_ref().map(|body| String::from_utf8_lossy(body.bytes.expose()).into_owned());
        (
            header(&request, "authorization"),
            body.unwrap_or_default(),
            request.path_and_query().expose().to_owned(),
        )
    };
    let secret = "client_secret: '{{ value.pass }}'";
    // The Base64 encoding of `i%3Ad:p%2B%20s`.
    let (authorization, body, _) = step(secret);
    assert_eq!(
        (authorization.as_str(), body.as_str()),
        ("Basic aSUzQWQ6cCUyQiUyMHM=", "grant_type=client_credentials&scope=a+b")
    );
    let (authorization, body, _) = step(&format!("{secret}, client_auth: post, token_body: json"));
    assert_eq!(authorization, "");
    assert_eq!(
        body,
        r#"{"grant_type":"client_credentials","scope":"a b","client_id":"i:d","client_secret":"p+ s"}"#
    );
    let (_, body, path) =
        step(&format!("{secret}, client_auth: post, token_body: query, scope_separator: ','"));
    assert_eq!(body, "");
    assert_eq!(path, "/t?grant_type=client_credentials&scope=a%2Cb&client_id=i%3Ad&client_secret=p%2B%20s");
    let (_, body, _) = step(
        "client_auth: private_key_jwt, client_assertion: { algorithm: HS256, key: '{{ value.pass }}', claims: { aud: x } }",
    );
    assert!(body.contains("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=ey"), "{body}");
}

#[test]
fn a_value_that_was_not_entered_is_the_fields_default() {
    let check = |field: &str, entered: &[(&str, &str)], expected: Result<&str, Problem>| {
        let fields = format!(
            "[{{ key: account, label: Account, type: text, public: true, {field} }}, {{ key: pass, label: Pass, type: secret }}]"
        );
        let guide = guide(
            &fields,
            "{ api_key: [{ in: header, name: X-Key, value: '{{ value.account }}/{{ value.pass }}' }] }",
            "GET /me",
        );
        let values = values(&[&[("pass", "word")], entered].concat());
        let sent = build(&guide.methods[0], &values).map(|request| header(&request, "x-key"));
        assert_eq!(sent, expected.map(str::to_owned), "{field} {entered:?}");
    };
    check("default: main", &[], Ok("main/word"));
    check("default: main", &[("account", "own")], Ok("own/word"));
    check("default: ' Main ', accept: [trim, lowercase]", &[], Ok("main/word"));
    check("required: false, default: ''", &[], Ok("/word"));
    check("required: true", &[], Err(Problem::Missing));
}
