//! Reads random bytes as a guide and as a brand: reading terminates, and the findings are inside the text.
#![no_main]

use catalog::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let entry = Entry::new("acme", "acme/guide.yaml", data);
    let source = &entry.reading.source;
    let findings = lint::check(&entry, Some("2026-11-24"));
    fuzz::assert_sound(source, &findings);
    assert!(entry.reading.value.is_some() || !findings.is_empty());
    if let Some(report) = lint::grade(&entry, &findings, Some("2026-11-24")) {
        assert!(!report.to_string().contains('\n'));
    }
    let brand = guide::read_brand("brand.yaml", data);
    fuzz::assert_sound(&brand.source, &brand.findings);
});
