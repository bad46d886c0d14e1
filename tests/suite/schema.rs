//! The JSON Schemas against the reader: an editor that knows the schema says what `waystone check` says.

use std::fs;
use std::path::{Path, PathBuf};

use guide::{Reading, read};
use serde_json::Value;

use crate::corpus::cases;
use crate::guides::files;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root")
}

fn is_current(name: &str, schema: &Value) {
    let file = root().join("schemas").join(format!("{name}.schema.json"));
    let stored = fs::read_to_string(&file).unwrap_or_default();
    let stored: Value = serde_json::from_str(&stored).unwrap_or_default();
    assert!(
        stored == *schema,
        "schemas/{name}.schema.json is not what the reader is made from: cargo xtask codegen"
    );
}

#[test]
fn the_schemas_in_the_tree_are_those_of_the_reader() {
    is_current("guide", &guide::guide_schema());
    is_current("brand", &guide::brand_schema());
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
            // Not a document of our part of YAML; what other readers make of it is theirs.
            continue;
        }
        let text = String::from_utf8(bytes).expect("a text");
        let value: Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let complains = has(&reading, "W01");
        assert_eq!(
            validator.is_valid(&value),
            !complains,
            "{}: the schema and the reader disagree",
            file.display()
        );
        compared += 1;
    }
    assert!(compared > 100, "only {compared} guides were compared");
}

#[test]
fn the_brand_that_ships_is_of_its_schema() {
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
