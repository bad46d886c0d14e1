//! The modules of a crate, with their files and definitions.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta, Visibility};

use crate::tidy::paths::{self, Paths};
use crate::tree::read;

/// A crate. The root module comes first, and every parent comes before its children.
#[derive(Default)]
pub(super) struct Crate {
    pub(super) modules: Vec<Module>,
}

/// A module. A file contains one module and its inline modules.
#[derive(Default)]
pub(super) struct Module {
    pub(super) name: String,
    pub(super) file: PathBuf,
    /// The index of the parent module. `None` for the root.
    pub(super) parent: Option<usize>,
    /// Whether the module is declared without `pub`.
    pub(super) is_private: bool,
    /// If this module is a `mod tests`, the file that it tests.
    pub(super) tests_of: Option<PathBuf>,
    /// The module's own items, without nested modules.
    pub(super) definitions: Vec<Definition>,
    /// The imports and paths in the module's own items.
    pub(super) paths: Paths,
}

/// Rust's namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Type,
    Value,
    Macro,
}

impl Space {
    pub(super) const ALL: [Self; 3] = [Self::Type, Self::Value, Self::Macro];
}

/// An item that a file defines.
#[derive(Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) file: PathBuf,
    pub(super) is_private: bool,
    pub(super) is_trait: bool,
    /// The namespaces that may contain the name.
    pub(super) spaces: &'static [Space],
    /// The names of an enum's variants; empty for any other item.
    pub(super) variants: Vec<String>,
}

impl Crate {
    /// Reads a crate from its root file.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        let module = Module { name: "crate".to_owned(), file: root.to_owned(), ..Module::default() };
        tree.add_file(module, root.parent().unwrap_or(root))?;
        Ok(tree)
    }

    /// Returns whether a module is `outer` or inside `outer`.
    pub(super) fn is_within(&self, module: usize, outer: usize) -> bool {
        self.ancestors(module).any(|ancestor| ancestor == outer)
    }

    /// Returns the module and its enclosing modules, innermost first.
    pub(super) fn ancestors(&self, module: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(module), |module| self.modules[*module].parent)
    }

    /// Adds the module in a file. The files of its child modules are in `folder`.
    fn add_file(&mut self, module: Module, folder: &Path) -> Result<()> {
        let file = syn::parse_file(&read(&module.file)?)
            .with_context(|| format!("cannot parse {}", module.file.display()))?;
        self.add(module, file.items, folder)
    }

    fn add(&mut self, mut module: Module, items: Vec<Item>, folder: &Path) -> Result<()> {
        let (mut children, mut code) = (Vec::new(), TokenStream::new());
        for item in items {
            module.definitions.extend(definition(&item, &module.file));
            match item {
                Item::Mod(child) => children.push(child),
                item => item.to_tokens(&mut code),
            }
        }
        module.paths = paths::find(code);
        let (parent, file, tests_of) = (self.modules.len(), module.file.clone(), module.tests_of.clone());
        self.modules.push(module);
        for child in children {
            let folder = folder.join(child.ident.to_string());
            let mut module = Module {
                name: child.ident.to_string(),
                parent: Some(parent),
                is_private: is_private(&child.vis),
                ..Module::default()
            };
            if let Some((_, items)) = child.content {
                (module.file, module.tests_of) = (file.clone(), tests_of.clone());
                self.add(module, items, &folder)?;
                continue;
            }
            let is_tests = child.ident == "tests" && child.attrs.iter().any(is_test_only);
            module.tests_of = is_tests.then(|| file.clone());
            if let Some(path) = child.attrs.iter().find_map(path_attribute) {
                module.file = file.with_file_name(path);
                self.add_file(module, file.parent().unwrap_or(&file))?;
            } else {
                module.file = folder.with_extension("rs");
                self.add_file(module, &folder)?;
            }
        }
        Ok(())
    }
}

fn definition(item: &Item, file: &Path) -> Option<Definition> {
    use Space::{Macro, Type, Value};
    let (ident, is_private, spaces): (_, _, &[Space]) = match item {
        Item::Const(item) => (&item.ident, is_private(&item.vis), &[Value]),
        Item::Enum(item) => (&item.ident, is_private(&item.vis), &[Type]),
        Item::Fn(item) => (&item.sig.ident, is_private(&item.vis), &[Value]),
        // A macro definition has no visibility of its own. Modules nested in its module can use the macro directly, and
        // all other modules use its re-export.
        Item::Macro(item) => (item.ident.as_ref()?, false, &[Macro]),
        Item::Static(item) => (&item.ident, is_private(&item.vis), &[Value]),
        Item::Struct(item) => (&item.ident, is_private(&item.vis), &[Type, Value]),
        Item::Trait(item) => (&item.ident, is_private(&item.vis), &[Type]),
        Item::Type(item) => (&item.ident, is_private(&item.vis), &[Type]),
        Item::Union(item) => (&item.ident, is_private(&item.vis), &[Type]),
        _ => return None,
    };
    let variants = match item {
        Item::Enum(item) => item.variants.iter().map(|variant| variant.ident.to_string()).collect(),
        _ => Vec::new(),
    };
    let (name, file, is_trait) = (ident.to_string(), file.to_owned(), matches!(item, Item::Trait(_)));
    Some(Definition { name, file, is_private, is_trait, spaces, variants })
}

fn is_private(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Inherited)
}

/// Returns whether an attribute is `#[cfg(test)]`.
fn is_test_only(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

/// Returns the path in `#[path = "…"]`.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    let pair = attribute.meta.require_name_value().ok().filter(|pair| pair.path.is_ident("path"))?;
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { return None };
    Some(text.value())
}
