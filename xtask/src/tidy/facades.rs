//! Only some files may name certain types, and some crates may import only a few items of another crate.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::paths::{Paths, find};
use crate::floors::{FACADES, NAMED_IN};
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

/// Reports the files that name a type without permission.
fn named(source: &Path, name: &str, allowed: &[&str]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (file, paths) in paths(source)? {
        let shown = file.strip_prefix(source).unwrap_or(&file).display().to_string();
        let may =
            allowed.iter().any(|path| *path == shown || (path.ends_with('/') && shown.starts_with(path)));
        if !may && paths.iter().flatten().any(|segment| segment == name) {
            problems.push(format!(
                "{}: may not name `{name}`: see NAMED_IN in xtask/src/floors.rs",
                file.display()
            ));
        }
    }
    Ok(problems)
}

/// Reports imports from the crate `other` that the facade does not allow.
fn imported(source: &Path, other: &str, allowed: &[&str]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (file, paths) in paths(source)? {
        for path in paths {
            if path[0] == other && !path.get(1).is_some_and(|item| allowed.contains(&item.as_str())) {
                problems.push(format!(
                    "{}: may not import `{}`: see FACADES in xtask/src/floors.rs",
                    file.display(),
                    path.join("::")
                ));
            }
        }
    }
    Ok(problems)
}

/// Every path in each source file in a folder.
fn paths(source: &Path) -> Result<Vec<(PathBuf, Vec<Vec<String>>)>> {
    let paths = |file: PathBuf| {
        let tokens = read(&file)?.parse().map_err(|error| anyhow!("{}: {error}", file.display()))?;
        let Paths { imports, mentions } = find(tokens);
        let mentions = mentions.into_iter().map(|mention| mention.path);
        Ok((file, imports.into_iter().map(|import| import.path).chain(mentions).collect()))
    };
    files(source, ".rs")?.into_iter().map(paths).collect()
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
        let problems = named(tree.path(), "App", &["app.rs", "api/"]).expect("files are read");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("limits.rs: may not name `App`"), "{problems:?}");
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
