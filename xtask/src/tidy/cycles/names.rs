//! Name resolution: finds the item that a path refers to, and the file that defines it.
//!
//! Resolution follows re-exports and globs as the compiler does. A name that does not resolve comes from another crate,
//! or is a local variable or a type parameter.

use std::collections::BTreeMap;

use super::modules::{Crate, Definition, Space};
use crate::tidy::paths::{GLOB, Import};

/// The module or item to which a path resolves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// The index of a module.
    Module(usize),
    Item(&'a Definition),
}

/// The names in each module of a crate.
pub(super) struct Names<'a> {
    tree: &'a Crate,
    /// The scope of each module.
    scopes: Vec<Scope<'a>>,
}

type Scope<'a> = BTreeMap<(String, Space), Binding<'a>>;

#[derive(Clone, Copy, PartialEq)]
struct Binding<'a> {
    found: Found<'a>,
    is_private: bool,
}

impl<'a> Names<'a> {
    /// Resolves imports repeatedly until no scope changes, because an import may depend on other imports.
    pub(super) fn new(tree: &'a Crate) -> Self {
        let mut names = Self { tree, scopes: vec![Scope::new(); tree.modules.len()] };
        loop {
            let scopes: Vec<Scope<'_>> = (0..tree.modules.len()).map(|module| names.scope(module)).collect();
            if scopes == names.scopes {
                return names;
            }
            names.scopes = scopes;
        }
    }

    /// Returns the names in a module, including the imported names that resolve with the current scopes.
    fn scope(&self, module: usize) -> Scope<'a> {
        let own = &self.tree.modules[module];
        let mut scope = Scope::new();
        // A later binding replaces an earlier one: names take precedence over globs, and `pub use` over `use`.
        let mut imports: Vec<&Import> =
            own.paths.imports.iter().filter(|import| import.name != "_").collect();
        imports.sort_by_key(|import| (import.name != GLOB, !import.is_private));
        for import in imports {
            for (key, found) in self.imported(module, import) {
                scope.insert(key, Binding { found, is_private: import.is_private });
            }
        }
        for (index, child) in self.tree.modules.iter().enumerate() {
            if child.parent == Some(module) {
                let binding = Binding { found: Found::Module(index), is_private: child.is_private };
                scope.insert((child.name.clone(), Space::Type), binding);
            }
        }
        for item in &own.definitions {
            for space in item.spaces {
                let binding = Binding { found: Found::Item(item), is_private: item.is_private };
                scope.insert((item.name.clone(), *space), binding);
            }
        }
        scope
    }

    /// Returns the names that an import brings into a module.
    pub(super) fn imported(&self, module: usize, import: &Import) -> Vec<((String, Space), Found<'a>)> {
        if import.name != GLOB {
            let found =
                |space| Some(((import.name.clone(), space), self.resolve(module, &import.path, space)?));
            return Space::ALL.into_iter().filter_map(found).collect();
        }
        match self.resolve(module, &import.path, Space::Type) {
            Some(Found::Module(other)) => self.scopes[other]
                .iter()
                .filter(|(_, binding)| !binding.is_private || self.tree.is_within(module, other))
                .map(|(key, binding)| (key.clone(), binding.found))
                .collect(),
            Some(found @ Found::Item(item)) => {
                item.variants.iter().map(|name| ((name.clone(), Space::Value), found)).collect()
            }
            None => Vec::new(),
        }
    }

    /// Resolves a path in a module. A path that continues after a type resolves to the type itself.
    pub(super) fn resolve(&self, module: usize, path: &[String], space: Space) -> Option<Found<'a>> {
        let mut found = Found::Module(module);
        for (n, name) in path.iter().enumerate() {
            let Found::Module(module) = found else { break };
            found = match name.as_str() {
                "crate" => Found::Module(0),
                "super" => Found::Module(self.tree.modules[module].parent?),
                "self" => found,
                _ => {
                    let space = if n + 1 == path.len() { space } else { Space::Type };
                    self.scopes[module].get(&(name.clone(), space))?.found
                }
            };
        }
        Some(found)
    }

    /// Resolves the path of an invoked macro. If the path is a single name, the macro may be defined in an enclosing
    /// module.
    pub(super) fn resolve_macro(&self, module: usize, path: &[String]) -> Option<Found<'a>> {
        let modules = self.tree.ancestors(module).take(if path.len() == 1 { usize::MAX } else { 1 });
        modules.into_iter().find_map(|module| self.resolve(module, path, Space::Macro))
    }
}
