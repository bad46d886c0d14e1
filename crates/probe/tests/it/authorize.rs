//! Tests the address of the provider's sign-in page.

use guide::Guide;
use probe::{AuthorizationRequest, Inputs, Problem, Values, authorization_url};

use super::read;

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    fields:
      - { key: region, label: Region, type: text, public: true, pattern: '[a-z.]+', pattern_says: letters }
      - { key: client_id, label: Client ID, type: text, public: true }
    auth:
      oauth2:
        grant: authorization_code
        authorize_url: 'https://{{ value.region }}.acme.example:8443/{{ value.region }}/authorize'
        token_url: https://acme.example/token
        client_auth: none
        client_id: '{{ value.client_id }}'
        {more}
    base_url: https://acme.example
    hosts: ['*.acme.example', acme.example]
    checks: [{ key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }]
    link:
      sections:
        - key: one
          title: One
          steps: [{ key: enter, title: Enter, collects: [region, client_id], body: Do it. }]
";

fn guide(more: &str) -> Guide {
    read(&GUIDE.replace("{more}", more))
}

/// Returns the address for these scopes and this region. The verifier is that of
/// <https://www.rfc-editor.org/rfc/rfc7636#appendix-B>.
fn address(guide: &Guide, scopes: &[&str], region: &str) -> Result<String, Problem> {
    let method = &guide.methods[0];
    let key = |text| guide::Key::parse(text).expect("a key");
    let values = Values::from([(key("region"), region.into()), (key("client_id"), "id/1".into())]);
    let sign_in = method.auth.sign_in.as_ref().expect("a sign-in");
    let request = AuthorizationRequest {
        redirect: sign_in.redirect.as_ref().expect("a redirect"),
        scopes,
        redirect_uri: "https://hub.example/back",
        state: "s t",
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    };
    let url = authorization_url(method, &request, &Inputs::new(method, None, &values));
    url.map(|url| format!("{} {:?} {}", url.host, url.port, url.path_and_query))
        .map_err(|error| error.problem)
}

#[test]
fn the_address_has_the_parameters_of_the_standards() {
    assert_eq!(
        address(&guide(""), &["read", "write:all"], "eu").as_deref(),
        Ok("eu.acme.example Some(8443) /eu/authorize?response_type=code&client_id=id%2F1\
            &redirect_uri=https%3A%2F%2Fhub.example%2Fback&scope=read%20write%3Aall&state=s%20t\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
    );
}

#[test]
fn scopes_and_pkce_are_left_out_if_they_are_not_used() {
    let guide = guide("no_pkce: Acme refuses it.\n        scope_separator: ','");
    assert_eq!(
        address(&guide, &[], "eu").as_deref(),
        Ok("eu.acme.example Some(8443) /eu/authorize?response_type=code&client_id=id%2F1\
            &redirect_uri=https%3A%2F%2Fhub.example%2Fback&state=s%20t")
    );
    let scoped = address(&guide, &["a", "b"], "eu").expect("an address");
    assert!(scoped.contains("&scope=a%2Cb&"), "{scoped}");
}

#[test]
fn the_guides_parameters_replace_the_standard_ones() {
    let more = "no_pkce: Acme refuses it.\n        \
                authorize_parameters: { response_type: code token, back: '{{ hub.redirect_uri }}' }";
    assert_eq!(
        address(&guide(more), &[], "eu").as_deref(),
        Ok("eu.acme.example Some(8443) /eu/authorize?client_id=id%2F1\
            &redirect_uri=https%3A%2F%2Fhub.example%2Fback&state=s%20t\
            &response_type=code%20token&back=https%3A%2F%2Fhub.example%2Fback")
    );
}

#[test]
fn a_browser_is_sent_only_to_hosts_that_the_guide_allows() {
    assert_eq!(address(&guide(""), &[], "evil.example"), Err(Problem::NotAHostLabel));
    assert_eq!(address(&guide(""), &[], "-"), Err(Problem::NotAHostLabel));
}
