//! Tests the conditions of a guide on JSON values: their kind, their text, and numbers that 64 bits cannot hold.

use super::{GUIDE, judge_first_check, read, response, user};

/// Returns the verdict on a response whose `n` is this JSON, from a guide that accepts it only if `test` holds.
fn passes(test: &str, n: &str) -> bool {
    let guide = GUIDE.replace("kind: { one_of: [user, bot] }", &format!("n: {{ {test} }}"));
    let body = format!(r#"{{"id":7,"name":"Ann","n":{n}}}"#);
    match judge_first_check(&read(&guide), &response(200, &[], &body)).as_str() {
        "ok - - -" => true,
        "protocol_mismatch - - -" => false,
        other => panic!("{other}"),
    }
}

#[test]
fn a_large_number_is_a_number() {
    for n in ["18446744073709551616", "-9223372036854775809", "12345678901234567891.5", "1e400", "7", "0.5"] {
        assert!(passes("type: number", n), "{n}");
        assert!(!passes("type: string", n), "{n}");
    }
    assert!(!passes("type: number", "\"18446744073709551616\""));
    assert!(!passes("type: number", "NaN"));
}

#[test]
fn numbers_are_compared_by_their_digits() {
    assert!(passes("equals: '18446744073709551617'", "18446744073709551617"));
    assert!(!passes("equals: '18446744073709551616'", "18446744073709551617"));
    assert!(passes("one_of: [1, '18446744073709551617']", "18446744073709551617"));
    assert!(passes("equals: 5", "5.0"));
    assert!(passes("equals: 0.1", "0.10"));
    assert!(passes("equals: 100", "1e2"));
    assert!(!passes("equals: '5'", "5"));
    assert!(!passes("equals: 5", "\"5\""));
}

#[test]
fn a_user_whose_id_is_a_string_is_found_as_before() {
    assert_eq!(judge_first_check(&super::guide(), &user("18446744073709551616", "Ann")), "ok - - -");
}

#[test]
fn each_kind_of_value_is_recognized() {
    let values = [
        ("string", "\"7\""),
        ("number", "7"),
        ("boolean", "false"),
        ("array", "[7]"),
        ("object", "{\"a\":7}"),
        ("'null'", "null"),
    ];
    for (kind, _) in values {
        for (of, value) in values {
            assert_eq!(passes(&format!("type: {kind}"), value), kind == of, "{kind} {value}");
        }
    }
}

#[test]
fn a_string_contains_a_part_and_a_list_contains_an_item() {
    for (value, expected) in [
        (r#""an ADMIN of""#, true),
        (r#""an adm""#, false),
        (r#"["user","admin"]"#, true),
        (r#"["admins","ADMIN"]"#, false),
        (r#"{"admin":"admin"}"#, false),
        ("null", false),
    ] {
        assert_eq!(passes("contains: admin", value), expected, "{value}");
    }
}

#[test]
fn a_missing_value_meets_only_the_condition_that_it_is_missing() {
    let passes = |test: &str| {
        let guide = GUIDE.replace("kind: { one_of: [user, bot] }", &format!("n: {{ {test} }}"));
        judge_first_check(&read(&guide), &response(200, &[], r#"{"id":7,"name":"Ann"}"#)) == "ok - - -"
    };
    assert!(passes("exists: false"));
    for test in ["exists: true", "type: 'null'", "one_of: [user]", "contains: user"] {
        assert!(!passes(test), "{test}");
    }
}
