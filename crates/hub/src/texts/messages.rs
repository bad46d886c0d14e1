//! The messages of a language, by name, and how names in braces are filled in.

use serde::Serialize;

/// A message with its names filled in.
pub(crate) fn fill(message: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(message.len() + 32);
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            out.push_str(value);
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// The messages of one language.
        #[derive(Debug, Serialize)]
        pub struct Texts {
            $($(#[$about])* pub(crate) $name: &'static str,)*
        }

        impl Texts {
            /// Every message with its name.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

texts! {
    /// The tag of the language.
    lang,
    /// `ltr` or `rtl`.
    dir,
    /// The link past everything before the content.
    skip,
    /// Names the support link.
    help,
    /// In front of the title of a page that shows a problem.
    title_error,
    /// Says what is never done.
    promise,
    /// The four stages of linking.
    stage_choose,
    stage_enter,
    stage_check,
    stage_done,
    /// Heading where a window that was opened for signing in can be closed.
    browser_done_title,
    /// Names the list of the stages.
    stages,
    back_to_product,
    back_to_providers,

    pick_title,
    pick_lead,
    pick_search,
    pick_button,
    pick_all,
    pick_categories,
    pick_none,
    pick_none_fix,
    pick_count_one,
    pick_count,
    method_title,
    method_lead,
    method_browser,
    method_typed,

    form_title,
    form_lead,
    form_lead_browser,
    form_fields,
    edit_title,
    edit_lead,
    optional,
    choose,
    yes,
    no,
    where_found,
    goes_into,
    show,
    hide,
    kept_secret,
    kept_replace,
    kept_at_fault,
    kept_as,
    again_because_host,
    host_hint,
    connects_to,
    connect,
    connect_again,
    continue_to,
    choose_file,
    only_where,
    environment_needed,
    belongs_elsewhere,
    switch_to,
    guide_title,
    guide_lead,
    needs,
    needs_warning,
    step_done,
    may_be_cause,
    fault,

    problems_title,
    problems_lead,
    look_at,
    go_to_step,
    retry,
    ask_elsewhere,
    ask_elsewhere_hint,
    switch_environment,
    attempt,
    attempt_hint,
    before_account,
    now_account,

    checking_title,
    checking_lead,
    state_pending,
    state_running,
    state_waiting_seconds,
    state_passed,
    state_missed,
    state_failed,
    checking_slow,
    reload,

    confirm_title,
    confirm_title_nameless,
    confirm_lead,
    confirm_lead_nameless,
    confirm_yes,
    confirm_no,
    confirm_environment,
    limited_title,
    limited_lead,
    limited_done,
    other_title,
    other_lead,
    other_yes,
    saving_title,
    saving_lead,

    done_title,
    done_title_again,
    done_lead,
    done_close,
    done_button,

    hand_title,
    hand_lead,
    hand_step,
    hand_make,
    hand_made_title,
    hand_made_lead,
    hand_link,
    hand_copy,
    hand_copied,
    hand_message,
    hand_message_text,
    hand_until,
    hand_back,
    hand_waiting,
    hand_self,
    hand_received,
    hand_expired,
    help_title,
    help_lead,
    help_send,
    help_promise,
    help_thanks_title,
    help_thanks_lead,
    help_close,

    browser_title,
    browser_lead,
    browser_open,
    browser_failed_title,
    browser_failed_fix,
    browser_again,

    /// Before a link that opens once is opened.
    open_title,
    open_lead,
    open_button,

    /// What went wrong on the way to a page, and what to do.
    expired_title,
    expired_fix,
    used_title,
    used_fix,
    revoked_title,
    revoked_fix,
    no_session_title,
    no_session_fix,
    other_browser_title,
    other_browser_fix,
    too_many_title,
    too_many_fix,
    no_cookie_title,
    no_cookie_fix,
    no_cookie_window,
    wrong_origin_title,
    wrong_origin_fix,
    not_found_title,
    not_found_fix,
    stale_title,
    stale_fix,
    hub_error_title,
    hub_error_fix,
    request_id,
}
