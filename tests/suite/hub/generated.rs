//! Clients that third-party generators create from the API's description: they contain every operation, compile, and
//! need no workarounds.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::process::Installation;
use super::world::Database;
use crate::hub::client::Request;

/// Starts a Hub and saves the description that it serves in a folder. Returns the ids of the description's operations.
fn saved_description(folder: &Path) -> Vec<String> {
    let hub = Installation::new(Database::Sqlite, "http://127.0.0.1:9").start();
    let served = Request::get("/openapi.json").send_to(hub.address).expect("no response");
    fs::write(folder.join("openapi.json"), &served.body).expect("cannot write the description");
    let document = served.value();
    let paths = document["paths"].as_object().expect("the description has no paths");
    let operations = paths.values().flat_map(|path| path.as_object().into_iter().flatten());
    let id = |operation: &Value| operation["operationId"].as_str().expect("an id").to_owned();
    let ids: Vec<String> = operations.map(|(_, operation)| id(operation)).collect();
    assert!(30 < ids.len(), "operations are missing: {ids:?}");
    ids
}

/// Runs a tool and returns its output. The tool must succeed without warnings.
fn run(folder: &Path, program: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    // A tool can start another tool, which is installed next to it.
    let own = program.parent().expect("a folder").as_os_str().to_owned();
    let path = [own, std::env::var_os("PATH").unwrap_or_default()].join(":".as_ref());
    let output = command.args(arguments).current_dir(folder).env("PATH", path).env("NO_COLOR", "1").output();
    let output = output.unwrap_or_else(|error| {
        panic!("cannot start {}, which `cargo xtask test` installs: {error}", program.display())
    });
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{}: {text}", program.display());
    assert!(!text.to_lowercase().contains("warning"), "{}: {text}", program.display());
    text
}

#[test]
fn a_python_client_has_every_operation() {
    let folder = tempfile::tempdir().expect("a folder");
    let ids = saved_description(folder.path());
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/venv/bin");
    let generate = [
        "generate",
        "--path",
        "openapi.json",
        "--meta",
        "none",
        "--output-path",
        "client",
        "--fail-on-warning",
    ];
    run(folder.path(), &programs.join("openapi-python-client"), &generate);
    let program = "import importlib, pkgutil, client\n\
                   for module in pkgutil.walk_packages(client.__path__, 'client.'):\n    \
                   found = importlib.import_module(module.name)\n    \
                   if hasattr(found, 'sync_detailed'): print(module.name.rpartition('.')[2])";
    let text = run(folder.path(), &programs.join("python"), &["-c", program]);
    assert_same_operations(ids, text.lines().map(str::to_owned).collect());
}

#[test]
fn typescript_types_describe_every_operation() {
    let folder = tempfile::tempdir().expect("a folder");
    let ids = saved_description(folder.path());
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/node_modules/.bin");
    run(folder.path(), &programs.join("openapi-typescript"), &["openapi.json", "--output", "api.d.ts"]);
    // An operation that is missing, or whose response has no type, is an error.
    let uses: Vec<String> = ids
        .iter()
        .map(|id| format!("export type {id} = operations[\"{id}\"][\"responses\"][\"default\"];\n"))
        .collect();
    let program = format!("import type {{ operations }} from \"./api\";\n{}", uses.concat());
    fs::write(folder.path().join("use.ts"), program).expect("cannot write the program");
    run(folder.path(), &programs.join("tsc"), &["--noEmit", "--strict", "use.ts", "api.d.ts"]);
    let types = fs::read_to_string(folder.path().join("api.d.ts")).expect("there are no types");
    let declared = types.split_once("export interface operations {").expect("no operations").1;
    let names = declared.lines().filter_map(|line| line.strip_prefix("    ")?.strip_suffix(": {"));
    let names = names.filter(|name| !name.starts_with(' ')).map(str::to_owned);
    assert_same_operations(ids, names.collect());
}

#[track_caller]
fn assert_same_operations(mut described: Vec<String>, mut generated: Vec<String>) {
    described.sort_unstable();
    generated.sort_unstable();
    assert_eq!(described, generated);
}
