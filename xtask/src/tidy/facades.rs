//! Types that only some files name, and crates of which another one imports only a few items.

use std::path::Path;

use anyhow::{Context as _, Result};
use proc_macro2::{TokenStream, TokenTree};

use super::paths::collect;
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

/// Files that name a type and may not.
fn named(source: &Path, name: &str, allowed: &[&str]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files(source, ".rs")? {
        let shown = file.strip_prefix(source).unwrap_or(&file).display().to_string();
        let may =
            allowed.iter().any(|path| *path == shown || (path.ends_with('/') && shown.starts_with(path)));
        let tokens: TokenStream =
            read(&file)?.parse().map_err(|error| anyhow::anyhow!("{shown}: {error}"))?;
        if !may && contains(tokens, name) {
            problems.push(format!(
                "{}: may not name `{name}`: see NAMED_IN in xtask/src/floors.rs",
                file.display()
            ));
        }
    }
    Ok(problems)
}

fn contains(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => contains(group.stream(), name),
        _ => false,
    })
}

/// Imports from a crate of what another may not import from it.
fn imported(source: &Path, other: &str, allowed: &[&str]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files(source, ".rs")? {
        let parsed = syn::parse_file(&read(&file)?).with_context(|| file.display().to_string())?;
        let paths = collect(&parsed.items);
        let imports = paths.imports.iter().map(|import| &import.path);
        for path in imports.chain(paths.mentions.iter().map(|mention| &mention.path)) {
            let [head, rest @ ..] = path.as_slice() else { continue };
            if head == other && !rest.first().is_some_and(|item| allowed.contains(&item.as_str())) {
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
