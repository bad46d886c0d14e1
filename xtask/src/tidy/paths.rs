//! Collects the imports and paths that a list of Rust items contains.
//!
//! Paths are found in expressions, types, patterns and attributes, and as token sequences inside macros. Method
//! calls contain no path, so they are not seen.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Macro, Meta, UseTree, Visibility};

/// Arguments of attributes whose string value is a path.
const PATH_ARGUMENTS: &[&str] = &[
    "default",
    "deserialize_with",
    "from",
    "getter",
    "into",
    "remote",
    "schema_with",
    "serialize_with",
    "skip_serializing_if",
    "try_from",
    "with",
];

/// What a list of items refers to.
#[derive(Default)]
pub(crate) struct Paths<'a> {
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
    /// Items declared inside function bodies.
    pub(crate) locals: Vec<&'a Item>,
}

/// One name that a `use` declaration imports.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// The name it has here; `None` for a glob.
    pub(crate) name: Option<String>,
    /// Whether the declaration has no `pub`.
    pub(crate) is_private: bool,
}

/// A path outside `use` declarations.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) kind: MentionKind,
}

/// How a path is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MentionKind {
    /// A type, value, trait or pattern.
    Item,
    /// The name of a macro that is invoked.
    Macro,
    /// The string value of an attribute's argument, such as `with = "path"`, which may name a module.
    Attribute,
}

/// Collects from the items of one module. Nested modules are left out.
pub(crate) fn collect(items: &[Item]) -> Paths<'_> {
    let mut paths = Paths::default();
    for item in items {
        if !matches!(item, Item::Mod(_)) {
            visit::visit_item(&mut paths, item);
        }
    }
    paths
}

/// Whether an item has no `pub`.
pub(crate) fn is_private(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Inherited)
}

impl Paths<'_> {
    fn mention(&mut self, path: Vec<String>, kind: MentionKind) {
        self.mentions.push(Mention { path, kind });
    }

    fn import(&mut self, tree: &UseTree, mut prefix: Vec<String>, is_private: bool) {
        let (path, name) = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                return self.import(&path.tree, prefix, is_private);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix.clone(), is_private);
                }
                return;
            }
            UseTree::Name(name) if name.ident == "self" => {
                let name = prefix.last().cloned();
                (prefix, name)
            }
            UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                (prefix, Some(name.ident.to_string()))
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    prefix.push(rename.ident.to_string());
                }
                (prefix, Some(rename.rename.to_string()))
            }
            UseTree::Glob(_) => (prefix, None),
        };
        self.imports.push(Import { path, name, is_private });
    }

    /// Finds paths in tokens that are not parsed: `a::b::C`, `Type`, `function(…)` and `name!`.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Literal(literal) => self.argument(&tokens[..at], literal),
                TokenTree::Ident(_) if !is_part(&tokens[..at]) => {
                    at = self.path(&tokens, at);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads the path that begins at a token. Returns the position after it.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        let mut path = vec![tokens[at].to_string()];
        at += 1;
        while is_separator(&tokens[at..]) {
            match tokens.get(at + 2) {
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.branches(&path, group.stream());
                    return at + 3;
                }
                _ => break,
            }
            at += 3;
        }
        let (is_macro, is_call) = (is_punct(tokens.get(at), '!'), is_parenthesis(tokens.get(at)));
        // `a != b` and `!=` are no macro.
        if is_macro && !is_punct(tokens.get(at + 1), '=') {
            self.mention(path, MentionKind::Macro);
        } else if path.len() > 1 || is_call || path[0].starts_with(|first: char| first.is_ascii_uppercase()) {
            self.mention(path, MentionKind::Item);
        }
        at
    }

    /// The branches of a `use` declaration inside a macro.
    fn branches(&mut self, prefix: &[String], tokens: TokenStream) {
        let mut path = prefix.to_vec();
        for token in tokens {
            match token {
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) => self.branches(&path, group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == ',' => {
                    self.mention(std::mem::replace(&mut path, prefix.to_vec()), MentionKind::Item);
                }
                _ => {}
            }
        }
        self.mention(path, MentionKind::Item);
    }

    /// A literal after `with =` and the like is a path.
    fn argument(&mut self, before: &[TokenTree], literal: &Literal) {
        let [.., TokenTree::Ident(key), TokenTree::Punct(equals)] = before else { return };
        if equals.as_char() != '=' || !PATH_ARGUMENTS.contains(&key.to_string().as_str()) {
            return;
        }
        let text = literal.to_string();
        if let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"')) {
            self.mention(names(&path), MentionKind::Attribute);
        }
    }
}

impl<'a> Visit<'a> for Paths<'a> {
    fn visit_item(&mut self, item: &'a Item) {
        self.locals.push(item);
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&item.tree, Vec::new(), is_private(&item.vis));
        }
    }

    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() {
            self.mention(names(path), MentionKind::Item);
        }
        visit::visit_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'a syn::PatIdent) {
        let name = pattern.ident.to_string();
        // A name in capitals is a constant or a variant, not a variable.
        if pattern.subpat.is_none() && name.starts_with(|first: char| first.is_ascii_uppercase()) {
            self.mention(vec![name], MentionKind::Item);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, invocation: &'a Macro) {
        self.mention(names(&invocation.path), MentionKind::Macro);
        self.scan(invocation.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'a Attribute) {
        let path = names(attribute.path());
        if path.len() > 1 {
            self.mention(path, MentionKind::Item);
        }
        if let Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone());
        }
    }
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// Whether the next token continues something: a field or method, a lifetime, a macro variable, a global path.
fn is_part(before: &[TokenTree]) -> bool {
    let Some(TokenTree::Punct(last)) = before.last() else { return false };
    match last.as_char() {
        '.' => !is_punct(before.len().checked_sub(2).and_then(|at| before.get(at)), '.'),
        '\'' => true,
        _ => is_separator(before.len().checked_sub(2).map_or(&[], |at| &before[at..])),
    }
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':')
}

fn is_punct(token: Option<&TokenTree>, ch: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ch)
}

fn is_parenthesis(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}
