//! Validators of JSON Schema, with guides and the schema that ships.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::{Setting, install};
use crate::bench::corpus::Corpus;
use crate::bench::process::{Cost, best, cost};
use crate::tree::root;

/// The version of check-jsonschema.
const CHECK_JSONSCHEMA: &str = "0.39.0";

/// The version of ajv-cli.
const AJV_CLI: &str = "5.0.0";

/// The version of ajv-formats, which ajv needs to know what a `uri` is.
const AJV_FORMATS: &str = "3.0.1";

/// `check-jsonschema`, in Python. It takes long, so it is run once.
pub(super) fn check_jsonschema(setting: &Setting<'_>, guides: &Corpus) -> Result<(String, u32, Cost)> {
    let folder = setting.tools.join("python");
    let program = folder.join("bin/check-jsonschema");
    if !program.exists() {
        println!("installing check-jsonschema");
        install(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let package = format!("check-jsonschema=={CHECK_JSONSCHEMA}");
        install(Command::new(folder.join("bin/pip")).args(["install", "--quiet", &package]))?;
    }
    let mut command = Command::new(program);
    command.arg("--schemafile").arg(root().join("schemas/guide.schema.json")).args(guides.files());
    Ok((format!("check-jsonschema {CHECK_JSONSCHEMA}"), guides.guides, cost(&mut command, 1)?))
}

/// `ajv-cli`, in JavaScript. It reads YAML itself, and formats by a module of its own.
pub(super) fn ajv(setting: &Setting<'_>, guides: &Corpus) -> Result<(String, u32, Cost)> {
    let folder = setting.tools.join("node");
    let program = folder.join("node_modules/ajv-cli/dist/index.js");
    if !program.exists() {
        println!("installing ajv-cli");
        fs::create_dir_all(&folder)?;
        let packages = [format!("ajv-cli@{AJV_CLI}"), format!("ajv-formats@{AJV_FORMATS}")];
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&folder);
        install(command.args(packages))?;
    }
    let cost = best(setting.times, || {
        let mut command = Command::new("node");
        command.current_dir(&folder).arg(&program).args(["validate", "--spec=draft2020", "--strict=false"]);
        command.args(["-c", "ajv-formats", "-s"]).arg(root().join("schemas/guide.schema.json"));
        cost(command.arg("-d").arg(guides.folder.join("*/guide.yaml")), 1)
    })?;
    Ok((format!("ajv-cli {AJV_CLI}"), guides.guides, cost))
}
