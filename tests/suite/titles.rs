//! A guide whose titles and labels contain references, everywhere that people or programs read it.
//!
//! **Invariant:** nobody ever sees the braces, and the product's names come from the brand that the program uses.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::corpus::folder;
use crate::guides::CORPUS;
use crate::hub::browser::{Browser, between};
use crate::hub::client::Request;
use crate::hub::process::Installation;
use crate::hub::world::Database;
use crate::linking::world::World;
use crate::waystone;

/// The guide, which has a reference in every kind of title and label.
const KEY: &str = "references-in-titles-and-labels";

/// Writes a brand file for the product "Shop" with the area "Shop Hub".
fn brand() -> (TempDir, PathBuf) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides/brand.yaml");
    let text = fs::read_to_string(shipped).expect("the built-in brand");
    let text = text.replace("\nname: Waystone\n", "\nname: Shop\n");
    let text = text.replace("\nhub: Waystone Hub\n", "\nhub: Shop Hub\n");
    let into = tempfile::tempdir().expect("cannot create a temporary folder");
    let file = into.path().join("brand.yaml");
    fs::write(&file, text).expect("cannot write the brand");
    (into, file)
}

/// Asserts that the text contains all of these words, and no reference.
#[track_caller]
fn assert_named(what: &str, text: &str, words: &[&str]) {
    assert!(!text.contains("{{") && !text.contains("your product"), "{what}: {text}");
    for word in words {
        assert!(text.contains(word), "{what} does not contain {word}: {text}");
    }
}

#[test]
fn every_format_names_the_brand_that_it_is_rendered_for() {
    let (_folder, file) = brand();
    let file = file.to_str().expect("a UTF-8 path");
    let formats = [
        ("html", "semantic"),
        ("mdx", "semantic"),
        ("mdx", "published"),
        ("md", "semantic"),
        ("text", "semantic"),
        ("json", "semantic"),
    ];
    for (to, style) in formats {
        for (more, product) in [(&["--brand", file][..], "Shop"), (&[], "Waystone")] {
            for (method, words) in [
                (
                    "api-key",
                    [
                        "Enter the Acme API Key in PRODUCT Hub",
                        "Get the Acme Token for PRODUCT",
                        "Acme Token for PRODUCT",
                    ],
                ),
                (
                    "login",
                    ["Choose a user for PRODUCT", "Enter the Acme Password in PRODUCT Hub", "Acme Password"],
                ),
            ] {
                let arguments =
                    ["render", KEY, "--method", method, "--to", to, "--style", style, "--color", "never"];
                let run = waystone::run(&folder(CORPUS), &[&arguments[..], more].concat());
                assert_eq!(run.code, 0, "{to}: {}", run.err);
                let words = words.map(|text| text.replace("PRODUCT", product));
                let what = format!("{to} ({style}) of {method}");
                assert_named(&what, &run.out, &words.each_ref().map(String::as_str));
            }
        }
    }
    // Links point to keys, so they are the same for every brand.
    let html = waystone::run(&folder(CORPUS), &["render", KEY, "--to", "html", "--brand", file]).out;
    assert!(html.contains("id=\"enter\"") && html.contains("id=\"token\""), "{html}");
}

#[test]
fn the_terminal_names_the_built_in_brand() {
    let folder = folder(CORPUS);
    let demo = waystone::run(&folder, &["demo", KEY, "--guides", ".", "--play"]);
    let words = [
        "── Get the Acme Token for Waystone ─",
        "· Enter the Acme API Key in Waystone Hub",
        "> Region of Acme: eu",
        "✗ Acme no longer accepts the Acme Token for Waystone.",
        "Repeat the step “Create an API key in Acme” in Waystone Hub.",
        "✓ Reading your Acme account",
    ];
    assert_named("the demo", &format!("{}{}", demo.out, demo.err), &words);
    for arguments in [
        &["test", KEY, "--verbose"][..],
        &["test", KEY, "--json"],
        &["check", "--test", "--format", "json", KEY],
    ] {
        let run = waystone::run(&folder, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        assert_named(&arguments.join(" "), &format!("{}{}", run.out, run.err), &[]);
    }
    let other = tempfile::tempdir().expect("cannot create a temporary folder");
    let text = fs::read_to_string(folder.join(KEY).join("guide.yaml")).expect("the guide");
    let text =
        text.replace("'{{ provider.name }} Token for {{ brand.name }}'", "'Token of {{ brand.name }}'");
    fs::write(other.path().join("guide.yaml"), text).expect("cannot write the guide");
    let other = other.path().to_str().expect("a UTF-8 path");
    let diff = waystone::run(&folder, &["diff", &format!("./{KEY}/guide.yaml"), other]);
    assert_named("the diff", &diff.out, &["- Acme Token for Waystone", "+ Token of Waystone"]);
}

#[test]
fn the_hub_names_its_own_brand() {
    let (_folder, file) = brand();
    let guides = folder(CORPUS).to_str().expect("a UTF-8 path").to_owned();
    let provider = World::simulating(&[KEY, "--guides", &guides]);
    let upstream = format!("*.acme.example={}", provider.origin);
    let brand = file.to_str().expect("a UTF-8 path");
    let installation = Installation::new(Database::Sqlite, "http://127.0.0.1:1").with(&[
        "--guides",
        &guides,
        "--brand",
        brand,
        "--upstream",
        &upstream,
    ]);
    let hub = installation.start();
    let key = hub.key.clone().expect("a first key");
    let send = |request: Request| request.key(&key).send_to(hub.address).expect("no response");
    let session = json!({ "origin_owner_id": "mine", "origin_owner_name": "Mine", "provider": KEY });
    let session = send(Request::post("/connect_sessions").json(&session));

    let mut browser = Browser::new(&session.link(), &[]);
    let choice = browser.open(|| hub.address).expect("no response");
    assert_named("the choice of a method", &choice.body, &["Acme API Key", "Shop Login"]);
    browser.path.push_str(&format!("/{KEY}.api-key"));
    let form = browser.open(|| hub.address).expect("no response");
    let steps = [
        "Get the Acme Token for Shop",
        "Enter the Acme API Key in Shop Hub",
        "Acme Europe",
        "Region of Acme",
    ];
    assert_named("the form", &form.body, &steps);

    // A missing value, and a refused one.
    let csrf = between(&form.body, "name=\"csrf\" value=\"", "\"").to_owned();
    let empty = [("csrf", csrf.as_str()), ("do", "connect")];
    let missing = browser.send(hub.address, Request::post(&browser.path).form(&empty)).expect("no response");
    assert_named("the form without values", &missing.body, &["Acme Token for Shop"]);
    let filled = [&empty[..], &[("field.region", "eu"), ("field.api_token", "old-token")]].concat();
    let sent = browser.send(hub.address, Request::post(&browser.path).form(&filled)).expect("no response");
    assert_eq!(sent.status, 303, "{}", sent.body);
    let progress = format!("{}/progress", browser.path);
    let began = Instant::now();
    while browser.send(hub.address, Request::get(&progress)).expect("no response").text("next").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the checks take too long");
        std::thread::sleep(Duration::from_millis(20));
    }
    let refused = browser.open(|| hub.address).expect("no response").body;
    let words =
        ["Acme no longer accepts the", "Acme Token for Shop", "Create an API key in Acme", "in Shop Hub"];
    assert_named("the refusal", &refused, &words);

    // Someone else does one step.
    let hand_off = [("csrf", csrf.as_str()), ("do", "handoff"), ("step", "enter")];
    let request = Request::post(&format!("{}/handoff", browser.path)).form(&hand_off);
    let created = browser.send(hub.address, request).expect("no response");
    assert_eq!(created.status, 303, "{}", created.body);
    let page = created.header("location").unwrap_or_default();
    let created = browser.send(hub.address, Request::get(page)).expect("no response");
    assert_named("the hand-off", &created.body, &["Enter the Acme API Key in Shop Hub"]);
    let link = format!("/help/{}", between(&created.body, "/help/", "\""));
    let step = Browser::new(&link, &[]).open(|| hub.address).expect("no response");
    assert_named("the step", &step.body, &["Enter the Acme API Key in Shop Hub", "Acme Token for Shop"]);

    // Programs get the same names.
    let token = session.text("token");
    for (path, words) in [
        (format!("/connectors/meta/{KEY}"), &["Acme API Key", "Shop Login"][..]),
        (format!("/actions?filter%5Bconnectors%5D={KEY}"), &["Copy contacts to Shop"]),
        (
            format!("/guides/{KEY}/api-key"),
            &["Enter the Acme API Key in Shop Hub", "Reading your Acme account"],
        ),
        (format!("/hub/connectors/{KEY}.api-key"), &["Acme Token for Shop", "Acme Europe"]),
    ] {
        let request = Request::get(&path);
        let request = if path.starts_with("/hub") { request.session(&token) } else { request.key(&key) };
        let response = request.send_to(hub.address).expect("no response");
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        assert_named(&path, &response.body, words);
    }
    let credentials = json!({ "region": "eu", "api_token": "old-token" });
    let body = json!({ "integration_id": format!("{KEY}.api-key"), "credentials": credentials });
    let refused = Request::post("/hub/accounts").session(&token).json(&body).send_to(hub.address);
    let refused = refused.expect("no response");
    assert_named(
        "the API",
        &refused.body,
        &["Acme Token for Shop", "“Create an API key in Acme” in Shop Hub"],
    );
    let id = between(&refused.body, "\"att_", "\"");
    let attempt = send(Request::get(&format!("/link_attempts/att_{id}")));
    assert_named("the link attempt", &attempt.body, &["revoked"]);
    assert_named("the log", &installation.log(), &[]);
}
