//! Measures how fast the redactor searches common and hostile texts.
//!
//! `redactor` prints the time per kilobyte on one thread, in nanoseconds, as JSON. `cargo xtask bench` runs it.
#![expect(clippy::print_stdout, reason = "a program that prints its measurements")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret::{Redactor, Secret};
use serde_json::{Value, json};

/// The length of each text, in bytes.
const LENGTH: u32 = 256 * 1024;

/// How long each text is searched again and again.
const TIME: Duration = Duration::from_millis(200);

fn main() {
    let secrets = ["glpat-aB3dE6gH9jK2mN5pQ8sT", "user@example.com", "p\\a\"ss'w%rd+x"].map(Secret::from);
    let redactor = Redactor::new(&secrets);
    let person = json!({
        "id": "3f2b8a51-6a0e-4d0c-9a55-0b7a3c1d9e42",
        "name": "Ann Example",
        "email": "ann@example.org",
        "url": "https://api.example.com/v1/people/7?page=2&size=10",
        "note": "Said \"hello\" to the team,\nthen left early.",
    });
    let length = LENGTH as usize;
    let bytes: Vec<u8> = (0..LENGTH.into()).map(scrambled).collect();
    let repeated = |part: &str| part.repeat(length / part.len() + 1).into_bytes();
    let texts = [
        ("JSON", repeated(&person.to_string())),
        ("Base64", STANDARD.encode(&bytes).into_bytes()),
        ("Base64 of Base64", STANDARD.encode(STANDARD.encode(&bytes)).into_bytes()),
        ("hexadecimal", hex::encode(&bytes).into_bytes()),
        ("UTF-16", bytes.iter().flat_map(|byte| [b'a' + byte % 26, 0]).collect()),
        ("backslashes", repeated("\\")),
        ("quotation marks", repeated("'")),
        ("escaped quotation marks", repeated("\\\"")),
        ("ampersands", repeated("&")),
        ("escaped backslashes", repeated("\\u005c")),
        ("binary", bytes),
    ];
    let measured = texts.map(|(name, text)| {
        let text = &text[..length];
        let start = Instant::now();
        let mut searched = 0_u32;
        while start.elapsed() < TIME {
            black_box(redactor.places(black_box(text)));
            searched += 1;
        }
        let kilobytes = f64::from(searched) * f64::from(LENGTH) / 1e3;
        (name.to_owned(), json!(start.elapsed().as_secs_f64() * 1e9 / kilobytes))
    });
    println!("{}", Value::Object(measured.into_iter().collect()));
}

/// Returns a byte that looks random.
fn scrambled(seed: u64) -> u8 {
    ((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56)
        as u8
}
