//! The list of all rules, ordered by code.

mod auth_without_field;
mod bare_address;
mod blamed_setup;
mod collected_too_early;
mod collected_twice;
mod dead_anchor;
mod doubled_scheme;
mod early_condition;
mod echoing_description;
mod empty_image_text;
mod empty_link_text;
mod fault_without_field;
mod filler_word;
mod folder_is_key;
mod idle_allow;
mod incomplete_scenario;
mod late_prerequisite;
mod literal_account;
mod long_step;
mod long_title;
mod markup_in_text;
mod missing_asset;
mod near_sunset;
mod no_callback_url;
mod no_evidence;
mod no_good_scenario;
mod no_identity_check;
mod no_refusal_rule;
mod no_way_back;
mod obtained_and_lost;
mod only_good_scenarios;
mod optional_identity;
mod optional_in_request;
mod passive_step;
mod past_sunset;
mod permission_without_step;
mod real_looking_value;
mod refused_given;
mod refused_placeholder;
mod return_after_linking;
mod retyped_label;
mod says_without_fix;
mod scopeless_capability;
mod secret_in_url;
mod sensory_direction;
mod sequence_in_bullets;
mod shadowed_outcome;
mod stale_evidence;
mod twin_labels;
mod twin_says;
mod twin_scenarios;
mod twin_titles;
mod typed_button;
mod unasked_turn;
mod uncollected_field;
mod unexplained_field;
mod unmarked_once;
mod unproved_secret;
mod unreachable_part;
mod unreached_outcome;
mod unseen_path;
mod unsourced_evidence;
mod untried_environment;
mod untried_field;
mod unused_field;
mod unused_scope;
mod wide_host_pattern;
mod wordless_pattern;
mod wordless_scope;

use guide::{CodePage, Finding, Severity};

use crate::failing;
use crate::rule::Check::{Field, Guide, Method, Outcome, Prose};
use crate::rule::Rule;

/// All rules, ordered by code.
pub static RULES: &[Rule] = &[
    Rule { page: &folder_is_key::PAGE, check: Guide(folder_is_key::check) },
    Rule { page: &uncollected_field::PAGE, check: Field(uncollected_field::check) },
    Rule { page: &collected_twice::PAGE, check: Field(collected_twice::check) },
    Rule { page: &obtained_and_lost::PAGE, check: Field(obtained_and_lost::check) },
    Rule { page: &collected_too_early::PAGE, check: Field(collected_too_early::check) },
    Rule { page: &unproved_secret::PAGE, check: Method(unproved_secret::check) },
    Rule { page: &unused_field::PAGE, check: Method(unused_field::check) },
    Rule { page: &auth_without_field::PAGE, check: Method(auth_without_field::check) },
    Rule { page: &unreached_outcome::PAGE, check: Method(unreached_outcome::check) },
    Rule { page: &shadowed_outcome::PAGE, check: Method(shadowed_outcome::check) },
    Rule { page: &no_identity_check::PAGE, check: Method(no_identity_check::check) },
    Rule { page: &optional_identity::PAGE, check: Method(optional_identity::check) },
    Rule { page: &no_good_scenario::PAGE, check: Method(no_good_scenario::check) },
    Rule { page: &twin_scenarios::PAGE, check: Method(twin_scenarios::check) },
    Rule { page: &incomplete_scenario::PAGE, check: Method(incomplete_scenario::check) },
    Rule { page: &refused_given::PAGE, check: Method(refused_given::check) },
    Rule { page: &unasked_turn::PAGE, check: Method(unasked_turn::check) },
    Rule { page: &secret_in_url::PAGE, check: Method(secret_in_url::check) },
    Rule { page: &real_looking_value::PAGE, check: Method(real_looking_value::check) },
    Rule { page: &retyped_label::PAGE, check: Prose(retyped_label::check) },
    Rule { page: &twin_labels::PAGE, check: Method(twin_labels::check) },
    Rule { page: &empty_link_text::PAGE, check: Prose(empty_link_text::check) },
    Rule { page: &bare_address::PAGE, check: Prose(bare_address::check) },
    Rule { page: &long_title::PAGE, check: Guide(long_title::check) },
    Rule { page: &long_step::PAGE, check: Method(long_step::check) },
    Rule { page: &missing_asset::PAGE, check: Guide(missing_asset::check) },
    Rule { page: &dead_anchor::PAGE, check: Prose(dead_anchor::check) },
    Rule { page: &wordless_pattern::PAGE, check: Field(wordless_pattern::check) },
    Rule { page: &untried_field::PAGE, check: Field(untried_field::check) },
    Rule { page: &stale_evidence::PAGE, check: Guide(stale_evidence::check) },
    Rule { page: &no_evidence::PAGE, check: Guide(no_evidence::check) },
    Rule { page: &past_sunset::PAGE, check: Guide(past_sunset::check) },
    Rule { page: &no_way_back::PAGE, check: Method(no_way_back::check) },
    Rule { page: &unused_scope::PAGE, check: Guide(unused_scope::check) },
    Rule { page: &idle_allow::PAGE, check: Guide(idle_allow::check) },
    Rule { page: &optional_in_request::PAGE, check: Method(optional_in_request::check) },
    Rule { page: &unreachable_part::PAGE, check: Method(unreachable_part::check) },
    Rule { page: &early_condition::PAGE, check: Method(early_condition::check) },
    Rule { page: &passive_step::PAGE, check: Method(passive_step::check) },
    Rule { page: &empty_image_text::PAGE, check: Prose(empty_image_text::check) },
    Rule { page: &sensory_direction::PAGE, check: Prose(sensory_direction::check) },
    Rule { page: &filler_word::PAGE, check: Guide(filler_word::check) },
    Rule { page: &refused_placeholder::PAGE, check: Field(refused_placeholder::check) },
    Rule { page: &twin_titles::PAGE, check: Method(twin_titles::check) },
    Rule { page: &unexplained_field::PAGE, check: Field(unexplained_field::check) },
    Rule { page: &near_sunset::PAGE, check: Guide(near_sunset::check) },
    Rule { page: &untried_environment::PAGE, check: Method(untried_environment::check) },
    Rule { page: &only_good_scenarios::PAGE, check: Method(only_good_scenarios::check) },
    Rule { page: &no_refusal_rule::PAGE, check: Method(no_refusal_rule::check) },
    Rule { page: &permission_without_step::PAGE, check: Outcome(permission_without_step::check) },
    Rule { page: &fault_without_field::PAGE, check: Outcome(fault_without_field::check) },
    Rule { page: &wordless_scope::PAGE, check: Guide(wordless_scope::check) },
    Rule { page: &scopeless_capability::PAGE, check: Method(scopeless_capability::check) },
    Rule { page: &unsourced_evidence::PAGE, check: Guide(unsourced_evidence::check) },
    Rule { page: &sequence_in_bullets::PAGE, check: Method(sequence_in_bullets::check) },
    Rule { page: &says_without_fix::PAGE, check: Outcome(says_without_fix::check) },
    Rule { page: &twin_says::PAGE, check: Method(twin_says::check) },
    Rule { page: &late_prerequisite::PAGE, check: Method(late_prerequisite::check) },
    Rule { page: &return_after_linking::PAGE, check: Outcome(return_after_linking::check) },
    Rule { page: &unmarked_once::PAGE, check: Method(unmarked_once::check) },
    Rule { page: &echoing_description::PAGE, check: Guide(echoing_description::check) },
    Rule { page: &literal_account::PAGE, check: Method(literal_account::check) },
    Rule { page: &markup_in_text::PAGE, check: Method(markup_in_text::check) },
    Rule { page: &doubled_scheme::PAGE, check: Method(doubled_scheme::check) },
    Rule { page: &unseen_path::PAGE, check: Method(unseen_path::check) },
    Rule { page: &blamed_setup::PAGE, check: Outcome(blamed_setup::check) },
    Rule { page: &wide_host_pattern::PAGE, check: Method(wide_host_pattern::check) },
    Rule { page: &typed_button::PAGE, check: Prose(typed_button::check) },
    Rule { page: &no_callback_url::PAGE, check: Method(no_callback_url::check) },
];

/// The name of the finding about an outcome rule that no scenario reaches.
pub const UNREACHED_OUTCOME: &str = unreached_outcome::NAME;

/// The pages of all findings, ordered by code: first the parser's, then the rules', then the page about scenarios that
/// fail.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    guide::pages().chain(RULES.iter().map(|rule| rule.page)).chain([&failing::PAGE])
}

/// Removes the warnings that the guide allows, and adds findings about each `allow` that is invalid or has no effect.
pub(crate) fn without_allowed(guide: &guide::Guide, found: Vec<Finding>) -> Vec<Finding> {
    let page = |allow: &guide::Allow| pages().find(|page| page.code == allow.code);
    let idle: Vec<Finding> =
        guide.allow.iter().filter_map(|allow| idle_allow::judge(allow, page(allow), &found)).collect();
    let is_allowed = |finding: &Finding| {
        let covers = |allow: &guide::Allow| allow.covers(finding.code, finding.span);
        finding.severity() == Severity::Warning && guide.allow.iter().any(covers)
    };
    found.into_iter().filter(|finding| !is_allowed(finding)).chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_consecutive_and_follow_those_of_the_parser() {
        for (n, rule) in RULES.iter().enumerate() {
            assert_eq!(rule.page.code, format!("W{:04}", 301 + n), "{}", rule.page.name);
        }
        assert!(guide::pages().all(|page| page.code < RULES[0].page.code));
    }

    #[test]
    fn pages_are_complete_and_consistent() {
        for page in pages() {
            for text in [page.summary, page.why, page.help] {
                assert!(!text.is_empty() && !text.ends_with(['.', '!']), "{}: `{text}`", page.code);
            }
            assert!(page.summary.starts_with(|ch: char| ch.is_uppercase() || ch == '`'), "{}", page.code);
        }
        let mut names: Vec<_> = pages().map(|page| page.name).collect();
        names.sort_unstable();
        names.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
    }
}
