//! The modules of a crate and the files that hold them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use syn::{Attribute, Expr, Item, Lit, Meta};

use crate::tidy::paths::is_private;
use crate::tree::read;

/// A crate, from its root file on.
#[derive(Default)]
pub(super) struct Crate {
    pub(super) files: Vec<PathBuf>,
    /// The root module comes first, and a parent before its children.
    pub(super) modules: Vec<Module>,
}

/// A module. A file holds one module and the inline modules in it.
pub(super) struct Module {
    pub(super) name: String,
    /// The index of its file.
    pub(super) file: usize,
    /// `None` for the root.
    pub(super) parent: Option<usize>,
    /// Whether it has no `pub`.
    pub(super) is_private: bool,
    /// Whether it, or a module around it, is compiled for tests only.
    pub(super) is_test: bool,
    /// Its items, without nested modules.
    pub(super) items: Vec<Item>,
    /// The folder of its children's files.
    folder: PathBuf,
}

impl Crate {
    /// Reads a crate from its root file.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut read = Self::default();
        let folder = root.parent().unwrap_or(root).to_owned();
        read.add_file(
            root,
            Module {
                name: "crate".to_owned(),
                file: 0,
                parent: None,
                is_private: false,
                is_test: false,
                items: Vec::new(),
                folder,
            },
        )?;
        Ok(read)
    }

    /// The module of a file, around inline modules.
    pub(super) fn file_module(&self, mut module: usize) -> usize {
        while let Some(parent) = self.modules[module].parent
            && self.modules[parent].file == self.modules[module].file
        {
            module = parent;
        }
        module
    }

    /// The file that declares a module's file; `None` for the root's.
    pub(super) fn parent_file(&self, module: usize) -> Option<usize> {
        self.modules[self.file_module(module)].parent.map(|parent| self.modules[parent].file)
    }

    /// Whether a module is another one, or is inside it.
    pub(super) fn is_within(&self, module: usize, outer: usize) -> bool {
        let mut at = Some(module);
        while let Some(module) = at {
            if module == outer {
                return true;
            }
            at = self.modules[module].parent;
        }
        false
    }

    fn add_file(&mut self, path: &Path, mut module: Module) -> Result<()> {
        let file =
            syn::parse_file(&read(path)?).with_context(|| format!("cannot parse {}", path.display()))?;
        module.file = self.files.iter().position(|known| known == path).unwrap_or(self.files.len());
        if module.file == self.files.len() {
            self.files.push(path.to_owned());
        }
        module.items = file.items;
        self.add(module)
    }

    fn add(&mut self, mut module: Module) -> Result<()> {
        let (mut children, mut items) = (Vec::new(), Vec::new());
        for item in module.items {
            match item {
                Item::Mod(child) => children.push(child),
                item => items.push(item),
            }
        }
        module.items = items;
        let index = self.modules.len();
        let (file, folder, is_test) = (module.file, module.folder.clone(), module.is_test);
        self.modules.push(module);
        for mut child in children {
            let name = child.ident.to_string();
            let mut module = Module {
                file,
                parent: Some(index),
                is_private: is_private(&child.vis),
                is_test: is_test || child.attrs.iter().any(is_test_only),
                items: Vec::new(),
                folder: folder.join(&name),
                name: name.clone(),
            };
            if let Some((_, items)) = child.content.take() {
                module.items = items;
                self.add(module)?;
                continue;
            }
            if let Some(path) = child.attrs.iter().find_map(path_attribute) {
                let path = self.files[file].with_file_name(path);
                path.parent().unwrap_or(&path).clone_into(&mut module.folder);
                self.add_file(&path, module)?;
                continue;
            }
            let flat = folder.join(format!("{name}.rs"));
            let nested = folder.join(&name).join("mod.rs");
            self.add_file(if flat.is_file() { &flat } else { &nested }, module)?;
        }
        Ok(())
    }
}

/// `#[cfg(test)]`.
fn is_test_only(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

/// The file in `#[path = "…"]`.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("path") => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
