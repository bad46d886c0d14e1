//! Tests compression and body limits.

use std::time::Duration;

use egress::{Egress, Policy};
use guide::Verb;

use crate::deflate::{EMPTY_BLOCK, HEADER, bomb, gzip};
use crate::world::{self, Act, Server, answer, text};

const MAX_BODY: usize = 256 * 1024;

async fn check(case: &str, acts: Vec<Act>, expected: &str) {
    let server = Server::start(acts).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
    let answer = world::send(&egress, &world::request()).await;
    let shown = match &answer {
        probe::Answer::Response(response) if response.body.len() < 100 => {
            String::from_utf8_lossy(&response.body).into_owned()
        }
        probe::Answer::Response(response) => format!("{} bytes", response.body.len()),
        probe::Answer::Failed { fault, .. } => fault.to_string(),
    };
    assert_eq!(shown, expected, "{case}: {:?}", world::outcome(&answer));
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit() {
    let sized = |n: usize| vec![answer(&format!("content-length: {n}\r\n"), &vec![b'a'; n])];
    check("empty", sized(0), "").await;
    check("at the limit", sized(MAX_BODY), "262144 bytes").await;
    check("one byte over the limit", sized(MAX_BODY + 1), "too_large").await;
    check("endless", vec![answer("", b""), Act::Forever(vec![b'a'; 4096])], "too_large").await;
    let length = "content-length: 18446744073709551000\r\n";
    check(
        "endless, with a matching length",
        vec![answer(length, b""), Act::Forever(vec![b'a'; 4096])],
        "too_large",
    )
    .await;
    let chunked = answer("transfer-encoding: chunked\r\n", b"");
    check("endless tiny chunks", vec![chunked, Act::Forever(b"1\r\na\r\n".repeat(500))], "too_large").await;
}

#[tokio::test]
async fn trailers_are_bounded_and_dropped() {
    let last = |trailers: &str| {
        answer("transfer-encoding: chunked\r\n", format!("2\r\nok\r\n0\r\n{trailers}").as_bytes())
    };
    check("a trailer", vec![last("x-a: b\r\n\r\n")], "ok").await;
    check("endless trailers", vec![last(""), Act::Forever(b"x-a: b\r\n".to_vec())], "malformed").await;
}

#[tokio::test]
async fn gzip_is_decoded() {
    check("gzip", vec![answer("content-encoding: gzip\r\n", &gzip(b"hello"))], "hello").await;
    let members = [gzip(b"hel"), gzip(b"lo")].concat();
    check("two members", vec![answer("content-encoding: gzip\r\n", &members)], "hello").await;
    let garbage = [gzip(b"hello"), b"more".to_vec()].concat();
    check("more than gzip", vec![answer("content-encoding: gzip\r\n", &garbage)], "malformed").await;
    check("identity", vec![answer("content-encoding: identity\r\n", b"hello")], "hello").await;
    for coding in ["GZIP", "x-gzip", "X-Gzip", "identity, gzip"] {
        let head = format!("content-encoding: {coding}\r\n");
        check(coding, vec![answer(&head, &gzip(b"hello"))], "hello").await;
    }
    let chunked = |body: &[u8]| [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
    let transferred = answer("transfer-encoding: gzip, chunked\r\n", &chunked(&gzip(b"hello")));
    check("encoded for the transfer", vec![transferred], "hello").await;
    for head in ["content-encoding: gzip, X-GZIP\r\n", "content-encoding: gzip\r\ncontent-encoding: gzip\r\n"]
    {
        check("encoded twice", vec![answer(head, &gzip(&gzip(b"hello")))], "hello").await;
    }
}

#[tokio::test]
async fn the_limit_counts_decompressed_bytes() {
    let small = bomb(1000);
    assert!(small.len() < 2000);
    // The compressed data has no checksum, so even a body within the limit counts as truncated.
    check("258 kB from 2 kB, truncated", vec![answer("content-encoding: gzip\r\n", &small)], "malformed")
        .await;
    check("260 kB", vec![answer("content-encoding: gzip\r\n", &bomb(1020))], "too_large").await;
    check(
        "a quarter of a gigabyte",
        vec![answer("content-encoding: gzip\r\n", &bomb(1_000_000))],
        "too_large",
    )
    .await;
    let endless = vec![answer("content-encoding: gzip\r\n", b""), Act::Forever(gzip(&[b'a'; 1000]))];
    check("endless members", endless, "too_large").await;
}

#[tokio::test]
async fn endless_data_that_decodes_to_nothing_times_out() {
    let nothing = Act::Forever(EMPTY_BLOCK.repeat(1000));
    let server = Server::start(vec![answer("content-encoding: gzip\r\n", &HEADER), nothing]).await;
    let egress = Egress::new(world::impatient(world::mapped("http", server.port))).expect("an egress");
    let answer = world::send(&egress, &world::request()).await;
    world::assert_fault(&answer, guide::Fault::Timeout, "endless empty blocks");
}

#[tokio::test]
async fn undecodable_bodies_are_malformed() {
    let encoded =
        |encoding: &str, body: &[u8]| vec![answer(&format!("content-encoding: {encoding}\r\n"), body)];
    let valid = gzip(b"hello");
    let mut wrong_sum = valid.clone();
    wrong_sum[20] ^= 1;
    check("not gzip", encoded("gzip", b"hello"), "malformed").await;
    check("cut off", encoded("gzip", &valid[..valid.len() - 3]), "malformed").await;
    check("an incorrect checksum", encoded("gzip", &wrong_sum), "malformed").await;
    check("encoded once, not twice", encoded("gzip, gzip", &valid), "malformed").await;
    check("encoded three times", encoded("gzip, gzip, gzip", &gzip(&gzip(&valid))), "malformed").await;
    check("gzip and brotli", encoded("gzip, br", &valid), "malformed").await;
    check("brotli, which was not requested", encoded("br", b"\x0b\x02\x80hello\x03"), "malformed").await;
    check("an unknown encoding", encoded("rot13", b"uryyb"), "malformed").await;
    let cut = format!("content-encoding: gzip\r\ncontent-length: {}\r\n", valid.len());
    check("closed within the gzip data", vec![answer(&cut, &valid[..12])], "reset").await;
    check("reset within the gzip data", vec![answer(&cut, &valid[..12]), Act::Reset], "reset").await;
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let server =
        Server::start(vec![answer("content-length: 99999999\r\ncontent-encoding: gzip\r\n", b"")]).await;
    let egress = Egress::new(world::mapped("http", server.port)).expect("an egress");
    let mut request = world::request();
    request.verb = Verb::Head;
    let response = world::response(world::send(&egress, &request).await);
    assert!(response.status == 200 && response.body.is_empty());
}

#[tokio::test]
async fn the_operator_sets_the_limits() {
    let server = Server::start(vec![text("HTTP/1.1 200 OK\r\nx-a: b\r\nx-b: c\r\n\r\nhello")]).await;
    let check = async |policy: Policy, expected: &str| {
        let answer = world::send(&Egress::new(policy).expect("an egress"), &world::request()).await;
        assert_eq!(world::outcome(&answer), expected);
    };
    let policy = || world::mapped("http", server.port);
    check(Policy { max_body: 5, ..policy() }, "200").await;
    check(Policy { max_body: 4, ..policy() }, "too_large").await;
    check(Policy { max_body: 0, ..policy() }, "too_large").await;
    check(Policy { max_headers: 2, ..policy() }, "200").await;
    check(Policy { max_headers: 1, ..policy() }, "too_large").await;
    check(Policy { max_header_bytes: 8, ..policy() }, "200").await;
    check(Policy { max_header_bytes: 7, ..policy() }, "too_large").await;
}

/// Opens a response as a stream, and returns its body or the fault.
async fn streamed(policy: Policy) -> String {
    let egress = Egress::new(policy).expect("an egress");
    let mut response = match egress.open(&world::request(), 1 << 20).await {
        Ok(response) => response,
        Err(failure) => return format!("not opened: {}", failure.fault),
    };
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return String::from_utf8_lossy(&body).into_owned(),
            Err(failure) => return failure.fault.to_string(),
        }
    }
}

#[tokio::test]
async fn a_streamed_body_is_decoded_or_not_opened() {
    for (coding, body, expected) in [
        ("GZIP", gzip(b"hello"), "hello"),
        ("gzip, x-gzip", gzip(&gzip(b"hello")), "hello"),
        ("gzip", b"hello".to_vec(), "not opened: malformed"),
        ("br", b"hello".to_vec(), "not opened: malformed"),
        ("gzip, zstd", gzip(b"hello"), "not opened: malformed"),
        ("br", Vec::new(), ""),
    ] {
        let server = Server::start(vec![answer(&format!("content-encoding: {coding}\r\n"), &body)]).await;
        assert_eq!(streamed(world::mapped("http", server.port)).await, expected, "{coding}");
    }
}

#[tokio::test]
async fn a_streamed_body_that_drips_ends() {
    let server = Server::start(vec![answer("", b""), Act::Dribble(b'a')]).await;
    let policy = Policy { stream_timeout: Duration::from_millis(400), ..world::mapped("http", server.port) };
    assert_eq!(streamed(policy).await, "timeout");
}
