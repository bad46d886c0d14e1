//! Name resolution: which item, defined in which file, a path means.
//!
//! It follows re-exports and globs as the compiler does. What it does not resolve belongs to another crate, or is a
//! local variable or a type parameter.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, Item, Visibility};

use super::modules::Crate;
use crate::tidy::paths::{Import, Paths, collect, is_private};

/// The namespaces of Rust, in one of which a name is looked up.
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
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) file: usize,
    pub(super) is_trait: bool,
    spaces: Vec<Space>,
    /// The variants of an enum.
    variants: BTreeSet<String>,
}

/// The meaning of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Module(usize),
    /// The index of a definition.
    Item(usize),
}

/// The names of a crate's modules.
pub(super) struct Names<'a> {
    tree: &'a Crate,
    pub(super) definitions: Vec<Definition>,
    /// What each module contains.
    pub(super) paths: Vec<Paths<'a>>,
    scopes: Vec<Scope>,
}

#[derive(Default)]
struct Scope {
    names: BTreeMap<String, Vec<Binding>>,
    globs: Vec<Import>,
}

struct Binding {
    target: Target,
    is_private: bool,
}

enum Target {
    Found(Found),
    Import(Vec<String>),
}

/// A name that is looked up in a module.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    module: usize,
    name: String,
    space: Space,
    /// The module that asks: private names are visible inside their own module only.
    viewer: usize,
}

/// The queries that are being answered, so that globs that import each other come to an end.
type Pending = Vec<Query>;

impl<'a> Names<'a> {
    pub(super) fn new(tree: &'a Crate) -> Self {
        let mut names = Self {
            tree,
            definitions: Vec::new(),
            paths: tree.modules.iter().map(|module| collect(&module.items)).collect(),
            scopes: tree.modules.iter().map(|_| Scope::default()).collect(),
        };
        for (index, module) in tree.modules.iter().enumerate() {
            if let Some(parent) = module.parent {
                names.bind(parent, &module.name, Target::Found(Found::Module(index)), module.is_private);
            }
            let items: Vec<&Item> = module.items.iter().chain(names.paths[index].locals.clone()).collect();
            for item in items {
                names.define(index, item);
            }
            for import in names.paths[index].imports.clone() {
                match &import.name {
                    Some(name) if name != "_" => {
                        names.bind(index, name, Target::Import(import.path), import.is_private);
                    }
                    Some(_) => {}
                    None => names.scopes[index].globs.push(import),
                }
            }
        }
        names
    }

    fn bind(&mut self, module: usize, name: &str, target: Target, is_private: bool) {
        self.scopes[module].names.entry(name.to_owned()).or_default().push(Binding { target, is_private });
    }

    fn define(&mut self, module: usize, item: &Item) {
        use Space::{Macro, Type, Value};
        let mut variants = BTreeSet::new();
        let (ident, visibility, spaces): (_, &Visibility, &[Space]) = match item {
            Item::Const(item) => (&item.ident, &item.vis, &[Value]),
            Item::Static(item) => (&item.ident, &item.vis, &[Value]),
            Item::Fn(item) => (&item.sig.ident, &item.vis, &[Value]),
            Item::Enum(item) => {
                variants.extend(item.variants.iter().map(|variant| variant.ident.to_string()));
                (&item.ident, &item.vis, &[Type])
            }
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                (&item.ident, &item.vis, &[Type])
            }
            Item::Struct(item) => (&item.ident, &item.vis, &[Type, Value]),
            Item::Trait(item) => (&item.ident, &item.vis, &[Type]),
            Item::Type(item) => (&item.ident, &item.vis, &[Type]),
            Item::Union(item) => (&item.ident, &item.vis, &[Type]),
            Item::Macro(item) => match &item.ident {
                Some(ident) => (ident, &Visibility::Inherited, &[Macro]),
                None => return,
            },
            _ => return,
        };
        let definition = Definition {
            name: ident.to_string(),
            file: self.tree.modules[module].file,
            is_trait: matches!(item, Item::Trait(_)),
            spaces: spaces.to_vec(),
            variants,
        };
        let found = Found::Item(self.definitions.len());
        // A macro has no visibility: modules below see it by its place in the text, others where it is re-exported.
        let is_private = is_private(visibility) && !matches!(item, Item::Macro(_));
        self.bind(module, &definition.name, Target::Found(found), is_private);
        if matches!(item, Item::Macro(item) if item.attrs.iter().any(|it| it.path().is_ident("macro_export")))
        {
            self.bind(0, &definition.name, Target::Found(found), false);
        }
        self.definitions.push(definition);
    }

    /// The meaning of a path in a module.
    pub(super) fn resolve(&self, module: usize, path: &[String], space: Space) -> Option<Found> {
        self.resolve_in(module, path, space, &mut Pending::new())
    }

    /// The macro of a name that has no path: one of the module, or of a module around it.
    pub(super) fn resolve_macro(&self, module: usize, path: &[String]) -> Option<Found> {
        let mut at = Some(module);
        while let Some(module) = at {
            if let Some(found) = self.resolve(module, path, Space::Macro) {
                return Some(found);
            }
            at = self.tree.modules[module].parent.filter(|_| path.len() == 1);
        }
        None
    }

    /// The traits that a glob import of a module brings.
    pub(super) fn traits(&self, module: usize, viewer: usize) -> BTreeSet<usize> {
        let found = self.scopes[module].names.keys().filter_map(|name| {
            let query = Query { module, name: name.clone(), space: Space::Type, viewer };
            match self.look_up(&query, &mut Pending::new())? {
                Found::Item(item) if self.definitions[item].is_trait => Some(item),
                _ => None,
            }
        });
        found.collect()
    }

    fn resolve_in(&self, from: usize, path: &[String], space: Space, pending: &mut Pending) -> Option<Found> {
        let (mut module, mut rest) = (from, path);
        while let [head, tail @ ..] = rest {
            match head.as_str() {
                "crate" => module = 0,
                "super" => module = self.tree.modules[module].parent?,
                "self" => {}
                _ => break,
            }
            rest = tail;
        }
        let mut found = Found::Module(module);
        for (n, name) in rest.iter().enumerate() {
            let Found::Module(module) = found else { break };
            let space = if n + 1 == rest.len() { space } else { Space::Type };
            found = self.look_up(&Query { module, name: name.clone(), space, viewer: from }, pending)?;
        }
        Some(found)
    }

    fn look_up(&self, query: &Query, pending: &mut Pending) -> Option<Found> {
        let is_pending = |other: &Query| {
            (other.module, &other.name, other.space) == (query.module, &query.name, query.space)
        };
        if pending.iter().any(is_pending) {
            return None;
        }
        pending.push(query.clone());
        let found = self.named(query, pending).or_else(|| self.in_globs(query, pending));
        pending.pop();
        found
    }

    /// The meaning of a name that a module declares or imports by name.
    fn named(&self, query: &Query, pending: &mut Pending) -> Option<Found> {
        let bindings = self.scopes[query.module].names.get(&query.name)?.iter();
        bindings.filter(|binding| self.is_visible(binding.is_private, query)).find_map(|binding| {
            match &binding.target {
                Target::Found(Found::Module(_)) if query.space != Space::Type => None,
                Target::Found(Found::Item(item))
                    if !self.definitions[*item].spaces.contains(&query.space) =>
                {
                    None
                }
                Target::Found(found) => Some(*found),
                Target::Import(path) => self.resolve_in(query.module, path, query.space, pending),
            }
        })
    }

    /// The meaning of a name that a module imports by a glob, of a module or of an enum.
    fn in_globs(&self, query: &Query, pending: &mut Pending) -> Option<Found> {
        let globs = self.scopes[query.module].globs.iter();
        globs.filter(|glob| self.is_visible(glob.is_private, query)).find_map(|glob| {
            match self.resolve_in(query.module, &glob.path, Space::Type, pending)? {
                Found::Module(module) => {
                    self.look_up(&Query { module, viewer: query.module, ..query.clone() }, pending)
                }
                found @ Found::Item(item) => {
                    self.definitions[item].variants.contains(&query.name).then_some(found)
                }
            }
        })
    }

    fn is_visible(&self, is_private: bool, query: &Query) -> bool {
        !is_private || self.tree.is_within(query.viewer, query.module)
    }
}
