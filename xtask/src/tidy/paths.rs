//! Finds the imports and paths in Rust code.
//!
//! The code is read as tokens, so paths in macros and attributes are found too. Fields, methods and names followed by a
//! colon are not paths.

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::{Ident, ItemUse, UseTree};

/// The name of a glob import.
pub(crate) const GLOB: &str = "*";

/// The imports and paths in a piece of code.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
}

/// One name that a `use` declaration imports.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// The imported item's local name, or [`GLOB`].
    pub(crate) name: String,
    /// Whether the declaration has no `pub`.
    pub(crate) is_private: bool,
}

/// A path outside `use` declarations.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) kind: MentionKind,
}

/// How a path is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MentionKind {
    /// A type, value, trait or pattern.
    Item,
    /// The name of an invoked macro.
    Macro,
    /// A string in an attribute, such as `with = "path"`, which may name a module.
    Attribute,
}

/// Finds all imports and paths in code.
pub(crate) fn find(tokens: TokenStream) -> Paths {
    let mut paths = Paths::default();
    paths.scan(tokens);
    paths
}

impl Paths {
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let before = &tokens[..at];
            at += 1;
            match &tokens[at - 1] {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Literal(literal) => self.argument(before, literal),
                TokenTree::Ident(word) if word == "use" => at += self.declaration(before, &tokens[at - 1..]),
                TokenTree::Ident(word) if !is_part(before) => at += self.path(word, &tokens[at..]),
                _ => {}
            }
        }
    }

    /// Reads the `use` declaration at the start of `tokens`. Returns the number of tokens after `use`.
    fn declaration(&mut self, before: &[TokenTree], tokens: &[TokenTree]) -> usize {
        let Some(end) = tokens.iter().position(|token| is_punct(Some(token), ';')) else { return 0 };
        let Ok(item) = syn::parse2::<ItemUse>(tokens[..=end].iter().cloned().collect()) else { return 0 };
        let is_public = match before {
            [.., TokenTree::Ident(word), TokenTree::Group(_)] | [.., TokenTree::Ident(word)] => word == "pub",
            _ => false,
        };
        if item.leading_colon.is_none() {
            self.import(&item.tree, &[], !is_public);
        }
        end
    }

    fn import(&mut self, tree: &UseTree, prefix: &[String], is_private: bool) {
        let with = |ident: &Ident| [prefix, &[ident.to_string()]].concat();
        let (path, name) = match tree {
            UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident), is_private),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, prefix, is_private));
            }
            UseTree::Name(name) if name.ident == "self" => {
                (prefix.to_vec(), prefix.last().cloned().unwrap_or_default())
            }
            UseTree::Name(name) => (with(&name.ident), name.ident.to_string()),
            UseTree::Rename(rename) => (with(&rename.ident), rename.rename.to_string()),
            UseTree::Glob(_) => (prefix.to_vec(), GLOB.to_owned()),
        };
        self.imports.push(Import { path, name, is_private });
    }

    /// Reads the path that begins with `first`. Returns the number of tokens in the rest of the path.
    fn path(&mut self, first: &Ident, tokens: &[TokenTree]) -> usize {
        let mut path = vec![first.to_string()];
        let mut end = 0;
        while is_separator(&tokens[end..])
            && let Some(TokenTree::Ident(name)) = tokens.get(end + 2)
        {
            path.push(name.to_string());
            end += 3;
        }
        // `a != b` invokes no macro.
        let is_macro = is_punct(tokens.get(end), '!') && !is_punct(tokens.get(end + 1), '=');
        let is_label = end == 0 && is_punct(tokens.first(), ':') && !is_separator(tokens);
        if !is_label {
            let kind = if is_macro { MentionKind::Macro } else { MentionKind::Item };
            self.mentions.push(Mention { path, kind });
        }
        end
    }

    /// Reads a literal. After `with =` and similar keys, the literal is a path.
    fn argument(&mut self, before: &[TokenTree], literal: &Literal) {
        let [.., TokenTree::Ident(key), TokenTree::Punct(equals)] = before else { return };
        let text = literal.to_string();
        if equals.as_char() == '='
            && takes_path(&key.to_string())
            && let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"'))
        {
            let path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.mentions.push(Mention { path, kind: MentionKind::Attribute });
        }
    }
}

/// Returns whether an attribute's argument with this key is a path, written as a string.
fn takes_path(key: &str) -> bool {
    key.ends_with("with")
        || matches!(
            key,
            "default" | "from" | "getter" | "into" | "remote" | "skip_serializing_if" | "try_from"
        )
}

/// Returns whether the token after `before` does not start a path. This is the case if it is a field or method, a
/// function's own name, a lifetime, a macro variable, or part of a global path.
fn is_part(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => word == "fn",
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] if last.as_char() == first.as_char() => {
            last.as_char() == ':'
        }
        [.., TokenTree::Punct(last)] => ['.', '\'', '$'].contains(&last.as_char()),
        _ => false,
    }
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':')
}

fn is_punct(token: Option<&TokenTree>, ch: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ch)
}
