//! Tests the time that the driver reads, and how it waits.

use driver::{Transport, moment};
use egress::{Egress, Policy};
use jiff::Timestamp;

#[test]
fn each_moment_has_the_current_time_and_a_new_nonce() {
    let before = Timestamp::now().as_millisecond();
    let (first, second) = (moment(), moment());
    let after = Timestamp::now().as_millisecond();
    assert!((before..=after).contains(&first.unix_ms), "{first:?}");
    assert_ne!(first.nonce, second.nonce);
}

#[tokio::test]
async fn a_wait_ends_at_its_time_and_not_before() {
    let policy = Policy { system_roots: false, ..Policy::default() };
    let egress = Egress::new(policy).expect("the clients");
    let mut transport = &egress;
    let start = Timestamp::now().as_second();
    assert!(start <= transport.moment().unix());
    // A time in the past needs no wait.
    assert!(start <= transport.wait_until(start - 100).await);
    let until = Timestamp::now().as_second() + 1;
    let end = transport.wait_until(until).await;
    assert!(until <= end && end <= until + 30, "{end}");
    assert!(until - 1 <= Timestamp::now().as_second());
}
