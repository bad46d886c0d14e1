//! `CommonMark`, plain or within MDX.
//!
//! **Invariant:** a [CommonMark 0.31](https://spec.commonmark.org/0.31.2/) parser reads exactly the text that the tree
//! contains, and an MDX parser never reads text as a tag, an expression or code.

mod blocks;
mod dialect;
mod parts;

pub(crate) use self::blocks::Blocks;
pub(crate) use self::dialect::{CommonMark, Mdx, Plain, code_block, heading, starts_reference};
pub(crate) use self::parts::Components;

#[cfg(test)]
mod tests;
