//! The JSON Schemas compared with the reader: an editor that uses the schema reports the same mistakes as `waystone
//! check`.

use std::fs;
use std::path::{Path, PathBuf};

use guide::{Reading, read};
use serde_json::Value;

use crate::corpus::cases;
use crate::guides::files;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root")
}

fn assert_current(name: &str, schema: &Value) {
    let file = root().join("schemas").join(format!("{name}.schema.json"));
    let stored = fs::read_to_string(&file).unwrap_or_default();
    let stored: Value = serde_json::from_str(&stored).unwrap_or_default();
    assert!(stored == *schema, "schemas/{name}.schema.json is out of date: run cargo xtask codegen");
}

#[test]
fn the_stored_schemas_are_current() {
    assert_current("guide", &guide::guide_schema());
    assert_current("brand", &guide::brand_schema());
}

#[test]
fn schema_and_reader_agree_on_every_guide() {
    let schema = guide::guide_schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let bad = cases("findings", "guide.yaml").into_iter().map(|case| case.folder.join("guide.yaml"));
    let mut compared = 0;
    for file in files().into_iter().chain(bad) {
        let bytes = fs::read(&file).expect("a file");
        let reading = read("guide.yaml", &bytes);
        if has(&reading, "W00") {
            // The file is outside our subset of YAML, so other parsers can read it differently.
            continue;
        }
        let text = String::from_utf8(bytes).expect("the guide is not UTF-8");
        let value: Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let has_errors = has(&reading, "W01");
        assert_eq!(
            validator.is_valid(&value),
            !has_errors,
            "{}: the schema and the reader disagree",
            file.display()
        );
        compared += 1;
    }
    assert!(compared > 100, "only {compared} guides were compared");
}

#[test]
fn the_built_in_brand_is_valid() {
    let file: PathBuf = root().join("guides").join("brand.yaml");
    let text = fs::read_to_string(file).expect("the brand");
    let value: Value = serde_saphyr::from_str(&text).expect("YAML");
    let schema = guide::brand_schema();
    assert!(jsonschema::is_valid(&schema, &value));
    assert!(guide::read_brand("brand.yaml", text.as_bytes()).usable().is_some());
}

fn has(reading: &Reading<guide::Guide>, codes: &str) -> bool {
    reading.findings.iter().any(|finding| finding.code.code.starts_with(codes))
}
