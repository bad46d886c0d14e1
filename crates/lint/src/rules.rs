//! The list of all rules, in the order of their codes.

mod auth_without_field;
mod bare_address;
mod collected_too_early;
mod collected_twice;
mod dead_anchor;
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
mod long_step;
mod long_title;
mod missing_asset;
mod near_sunset;
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
mod unasked_turn;
mod uncollected_field;
mod unexplained_field;
mod unmarked_once;
mod unproved_secret;
mod unreachable_part;
mod unreached_outcome;
mod unsourced_evidence;
mod untried_environment;
mod untried_field;
mod unused_field;
mod unused_scope;
mod wordless_pattern;
mod wordless_scope;

use guide::{CodePage, Finding, Guide, Severity};

use crate::rule::Rule;

/// All rules, in the order of their codes.
pub const RULES: &[&Rule] = &[
    &folder_is_key::RULE,
    &uncollected_field::RULE,
    &collected_twice::RULE,
    &obtained_and_lost::RULE,
    &collected_too_early::RULE,
    &unproved_secret::RULE,
    &unused_field::RULE,
    &auth_without_field::RULE,
    &unreached_outcome::RULE,
    &shadowed_outcome::RULE,
    &no_identity_check::RULE,
    &optional_identity::RULE,
    &no_good_scenario::RULE,
    &twin_scenarios::RULE,
    &incomplete_scenario::RULE,
    &refused_given::RULE,
    &unasked_turn::RULE,
    &secret_in_url::RULE,
    &real_looking_value::RULE,
    &retyped_label::RULE,
    &twin_labels::RULE,
    &empty_link_text::RULE,
    &bare_address::RULE,
    &long_title::RULE,
    &long_step::RULE,
    &missing_asset::RULE,
    &dead_anchor::RULE,
    &wordless_pattern::RULE,
    &untried_field::RULE,
    &stale_evidence::RULE,
    &no_evidence::RULE,
    &past_sunset::RULE,
    &no_way_back::RULE,
    &unused_scope::RULE,
    &idle_allow::RULE,
    &optional_in_request::RULE,
    &unreachable_part::RULE,
    &early_condition::RULE,
    &passive_step::RULE,
    &empty_image_text::RULE,
    &sensory_direction::RULE,
    &filler_word::RULE,
    &refused_placeholder::RULE,
    &twin_titles::RULE,
    &unexplained_field::RULE,
    &near_sunset::RULE,
    &untried_environment::RULE,
    &only_good_scenarios::RULE,
    &no_refusal_rule::RULE,
    &permission_without_step::RULE,
    &fault_without_field::RULE,
    &wordless_scope::RULE,
    &scopeless_capability::RULE,
    &unsourced_evidence::RULE,
    &sequence_in_bullets::RULE,
    &says_without_fix::RULE,
    &twin_says::RULE,
    &late_prerequisite::RULE,
    &return_after_linking::RULE,
    &unmarked_once::RULE,
    &echoing_description::RULE,
];

/// The pages of all findings in the order of their codes: first the parser's, then the rules'.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    guide::pages().chain(RULES.iter().map(|rule| rule.page))
}

/// Removes the warnings that the guide allows, and adds findings about each `allow` that is invalid or has no effect.
pub(crate) fn without_allowed(guide: &Guide, found: Vec<Finding>) -> Vec<Finding> {
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
