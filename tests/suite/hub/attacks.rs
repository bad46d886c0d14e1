//! Attacks on a Hub: requests with missing, wrong or expired keys, with other people's ids, forms, links and cookies,
//! and with malformed headers and bodies. The tests run on both databases, because SQLite and PostgreSQL accept
//! different strings.
//!
//! **Invariant:** each request is rejected with its documented error, in the usual JSON envelope or on a page. No
//! response and no log repeats a secret, even at the most verbose log level.

mod bodies;
mod headers;
mod keys;
mod links;
mod pages;
mod rights;
mod sessions;
mod sign_ins;
mod target;

use self::target::Target;
use super::world::Database;

fn attack(database: Database) {
    let mut target = Target::start(database);
    keys::wrong_keys_are_rejected(&target);
    keys::ids_of_other_projects_are_not_found(&mut target);
    rights::keys_grant_no_more_than_they_have(&mut target);
    rights::responses_are_replayed_only_for_the_key_that_got_them(&mut target);
    rights::test_keys_change_nothing_in_production(&mut target);
    rights::refused_keys_are_recorded_without_filling_the_trail(&mut target);
    sessions::wrong_sessions_are_rejected(&mut target);
    pages::wrong_browsers_are_rejected(&mut target);
    pages::incomplete_and_cookieless_navigations_are_explained(&mut target);
    links::single_use_sessions_are_entered_once(&mut target);
    links::handed_off_steps_are_completed_once(&mut target);
    sign_ins::only_a_confirmed_form_starts_a_sign_in(&mut target);
    pages::forged_forms_are_rejected(&mut target);
    pages::only_allowed_origins_can_frame_the_pages(&mut target);
    bodies::malformed_bodies_are_rejected(&mut target);
    bodies::invalid_sessions_and_accounts_are_rejected(&mut target);
    bodies::unchangeable_members_and_other_urls_are_rejected(&target);
    bodies::invalid_identifiers_and_credentials_are_rejected(&mut target);
    headers::injected_headers_have_no_effect(&mut target);
    headers::redirects_to_other_origins_are_rejected(&mut target);
    headers::unknown_paths_and_methods_are_rejected(&target);
    headers::guessing_is_limited(&mut target);
    headers::changes_in_a_session_are_limited(&mut target);
    target.finish();
}

/// A known key is not a guess, so other projects do not learn about it.
#[test]
fn a_revoked_key_is_recorded_only_in_its_own_projects_trail() {
    let target = Target::start(Database::Sqlite);
    rights::a_revoked_key_is_recorded_only_in_its_own_projects_trail(&target);
    target.finish();
}

#[test]
fn attacks_are_rejected_on_sqlite() {
    attack(Database::Sqlite);
}

#[test]
fn attacks_are_rejected_on_postgresql() {
    attack(Database::Postgres);
}
