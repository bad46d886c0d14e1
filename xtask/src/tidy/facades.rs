//! Checks that certain types are named only by the modules that may name them, and that certain crates import only a
//! few items from another crate.

use std::path::Path;

use anyhow::{Result, anyhow};

use super::paths::{Paths, find};
use crate::layers::{FACADES, NAMED_IN};
use crate::tree::{files, read};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (name, of, allowed) in NAMED_IN {
        problems.extend(named(&root.join("crates").join(name).join("src"), of, allowed)?);
    }
    for (name, other, allowed) in FACADES {
        problems.extend(imported(&root.join("crates").join(name).join("src"), other, allowed)?);
    }
    Ok(problems)
}

/// Reports the paths that name a type in modules that may not name it.
fn named(source: &Path, name: &str, allowed: &[&str]) -> Result<Vec<String>> {
    rejected(source, "NAMED_IN", |module, path| {
        path.iter().any(|segment| segment == name) && !allowed.contains(&module)
    })
}

/// Reports imports from the crate `other` that the facade does not allow.
fn imported(source: &Path, other: &str, allowed: &[&str]) -> Result<Vec<String>> {
    rejected(source, "FACADES", |_, path| {
        path[0] == other && !path.get(1).is_some_and(|item| allowed.contains(&item.as_str()))
    })
}

/// Reports every path in a crate's source files for which `breaks` returns `true`. `breaks` receives the name of the
/// file's top-level module and the path. The error message refers to `table`.
fn rejected(source: &Path, table: &str, breaks: impl Fn(&str, &[String]) -> bool) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files(source, ".rs")? {
        let tokens = read(&file)?.parse().map_err(|error| anyhow!("{}: {error}", file.display()))?;
        let Paths { imports, mentions } = find(tokens);
        let mentions = mentions.into_iter().map(|mention| mention.path);
        let paths = imports.into_iter().map(|import| import.path).chain(mentions);
        let shown = file.strip_prefix(source).unwrap_or(&file).to_string_lossy();
        let module = shown.split(['/', '.']).next().unwrap_or_default();
        problems.extend(paths.filter(|path| breaks(module, path)).map(|path| {
            let (file, path) = (file.display(), path.join("::"));
            format!("{file}: may not name `{path}`: see {table} in xtask/src/layers.rs")
        }));
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{imported, named};

    fn source(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
            fs::write(path, text).expect("a file is written");
        }
        folder
    }

    #[test]
    fn a_type_is_named_in_its_files_only() {
        let tree = source(&[
            ("app.rs", "pub struct App;"),
            ("api/keys.rs", "use crate::app::App;"),
            ("limits.rs", "// App\nfn f(app: &crate::app::App) {}"),
            ("apparel.rs", "struct Apparel;"),
        ]);
        let problems = named(tree.path(), "App", &["app", "api"]).expect("files are read");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("limits.rs: may not name `crate::app::App`"), "{problems:?}");
    }

    #[test]
    fn only_the_facade_is_imported() {
        let tree = source(&[(
            "main.rs",
            "use hub::{serve, moment};\nfn f() { hub::settings::read(); let _ = hub::new_account(1); println!(\"{}\", hub::Scope::All); }",
        )]);
        let problems = imported(tree.path(), "hub", &["serve", "settings"]).expect("files are read");
        let items: Vec<&str> = problems.iter().filter_map(|problem| problem.split('`').nth(1)).collect();
        assert_eq!(items, ["hub::moment", "hub::new_account", "hub::Scope::All"]);
    }
}
