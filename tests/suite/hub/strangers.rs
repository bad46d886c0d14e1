//! Strangers: with no key, somebody else's, an old one; with forms, links, cookies and bodies that are not theirs or not
//! what they should be. On both databases, for these differ in what they take.
//!
//! **Invariant:** each is refused with its documented error, in the one envelope or on a page, and nothing that lets in
//! is ever said again: neither in an answer nor in the log, at its most talkative.

mod bodies;
mod headers;
mod keys;
mod pages;
mod sessions;
mod siege;

use self::siege::Siege;
use super::world::Database;

fn beset(database: Database) {
    let mut siege = Siege::lay(database);
    keys::without_the_right_key(&siege);
    keys::with_somebody_elses_ids(&mut siege);
    sessions::without_the_right_session(&mut siege);
    pages::without_the_right_browser(&mut siege);
    pages::with_forms_that_are_not_theirs(&mut siege);
    pages::in_frames(&mut siege);
    bodies::that_are_none(&mut siege);
    bodies::with_texts_that_are_none(&mut siege);
    headers::injected(&mut siege);
    headers::led_astray(&mut siege);
    headers::paths_and_methods(&siege);
    headers::guessing(&siege);
    siege.lift();
}

#[test]
fn strangers_get_nowhere_on_sqlite() {
    beset(Database::Sqlite);
}

#[test]
fn strangers_get_nowhere_on_postgresql() {
    beset(Database::Postgres);
}
