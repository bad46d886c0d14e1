//! The SARIF that `waystone check` writes, compared with the parts of [SARIF
//! 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) that it uses.

use std::fs;

use serde_json::{Value, json};

use crate::{corpus, waystone};

/// The parts of the SARIF schema that the output uses. A member that SARIF does not define is an error.
fn schema() -> Value {
    let object = |required: &[&str], properties: Value| {
        json!({
            "type": "object", "required": required, "properties": properties, "additionalProperties": false,
        })
    };
    let line = json!({ "type": "integer", "minimum": 1 });
    let level = json!({ "enum": ["error", "warning"] });
    let text = json!({ "type": "string", "minLength": 1 });
    let message = object(&["text"], json!({ "text": text, "markdown": text }));
    let region = object(
        &["startLine", "startColumn", "endLine", "endColumn"],
        json!({ "startLine": line, "startColumn": line, "endLine": line, "endColumn": line }),
    );
    let artifact =
        object(&["uri"], json!({ "uri": { "type": "string", "pattern": "^[A-Za-z0-9._~/%-]+$" } }));
    let physical =
        object(&["artifactLocation", "region"], json!({ "artifactLocation": artifact, "region": region }));
    let replacement = object(
        &["deletedRegion", "insertedContent"],
        json!({
            "deletedRegion": region,
            "insertedContent": object(&["text"], json!({ "text": { "type": "string" } })),
        }),
    );
    let change = object(
        &["artifactLocation", "replacements"],
        json!({
            "artifactLocation": artifact,
            "replacements": { "type": "array", "minItems": 1, "items": replacement },
        }),
    );
    let fix = object(
        &["description", "artifactChanges"],
        json!({
            "description": message,
            "artifactChanges": { "type": "array", "minItems": 1, "items": change },
            "properties": { "type": "object" },
        }),
    );
    let location = object(&["physicalLocation"], json!({ "physicalLocation": physical }));
    let result = object(
        &["ruleId", "ruleIndex", "level", "message", "locations"],
        json!({
            "ruleId": text, "ruleIndex": { "type": "integer", "minimum": 0 }, "level": level, "message": message,
            "locations": { "type": "array", "minItems": 1, "maxItems": 1, "items": location },
            "fixes": { "type": "array", "minItems": 1, "items": fix },
        }),
    );
    let rule = object(
        &["id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
        json!({
            "id": text, "name": text, "shortDescription": message, "fullDescription": message, "help": message,
            "defaultConfiguration": object(&["level"], json!({ "level": level })),
        }),
    );
    let driver = object(
        &["name", "semanticVersion", "rules"],
        json!({ "name": text, "semanticVersion": text, "rules": { "type": "array", "items": rule } }),
    );
    let run = object(
        &["tool", "columnKind", "results"],
        json!({
            "tool": object(&["driver"], json!({ "driver": driver })),
            "columnKind": { "const": "unicodeCodePoints" },
            "results": { "type": "array", "items": result },
        }),
    );
    object(
        &["version", "runs"],
        json!({
            "$schema": { "type": "string" },
            "version": { "const": "2.1.0" },
            "runs": { "type": "array", "minItems": 1, "maxItems": 1, "items": run },
        }),
    )
}

/// Checks guides, and returns the SARIF run after comparing the document with the schema.
fn check(folder: &std::path::Path, paths: &[String]) -> Value {
    let options = ["check", "--test", "--format", "sarif", "--today", waystone::TODAY];
    let arguments: Vec<&str> = options.into_iter().chain(paths.iter().map(String::as_str)).collect();
    let document: Value = serde_json::from_str(&waystone::run(folder, &arguments).out).expect("JSON");
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document["runs"][0].clone()
}

#[test]
fn every_finding_is_valid_sarif_with_its_rule_and_its_advice() {
    let cases = corpus::cases("findings", "guide.yaml");
    let run =
        check(&corpus::folder("findings"), &cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>());
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    let results = run["results"].as_array().expect("a list");
    let mut fixes = 0;
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small index");
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let message = result["message"]["text"].as_str().expect("a message");
        assert!(message.contains("\nhelp: "), "{message}");
        fixes += usize::from(result["fixes"].is_array());
    }
    for rule in rules {
        let help = rule["help"]["markdown"].as_str().expect("the explanation");
        assert!(help.contains("Why: ") && help.contains("To fix it: "), "{help}");
    }
    assert!(cases.len() <= results.len() && 20 < fixes, "{} results, {fixes} fixes", results.len());
}

#[test]
fn a_location_is_a_uri_even_if_the_path_has_spaces() {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let inside = folder.path().join("my guides/acme");
    fs::create_dir_all(&inside).expect("cannot create the folder");
    fs::write(inside.join("guide.yaml"), "waystone: 2\n").expect("cannot write the file");
    let run = check(folder.path(), &["my guides".to_owned()]);
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "my%20guides/acme/guide.yaml");
}
