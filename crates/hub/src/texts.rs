//! Everything the linking pages say by themselves, in the reader's language.
//!
//! A guide's prose, and the messages in it, stay in the guide's language and are marked as such.
//! **Invariant:** a language is a value of [`Texts`] and an answer for every [`OutcomeKind`] and everything in [`Ours`]:
//! one that lacks a message does not compile. A name in braces stands for something to be put in, and is the same in every language.

mod de;
mod en;

use guide::{Ours, OutcomeKind, Saying};
use serde::Serialize;

/// The language of guides, for `lang` attributes.
pub const GUIDE_LANGUAGE: &str = "en";

/// A language the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The messages.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::De => &de::TEXTS,
        }
    }

    /// Its tag.
    pub const fn tag(self) -> &'static str {
        self.texts().lang
    }

    /// The headline over an outcome.
    pub const fn outcome(self, kind: OutcomeKind) -> &'static str {
        match self {
            Self::En => en::outcome(kind),
            Self::De => de::outcome(kind),
        }
    }

    /// What a person is told, in this language where the words are ours, and otherwise in the guide's.
    pub fn say(self, saying: &Saying) -> Said {
        match saying.ours() {
            Some(ours) => Said { text: self.ours(ours), lang: self.tag() },
            None => Said { text: saying.to_string(), lang: GUIDE_LANGUAGE },
        }
    }

    fn ours(self, ours: &Ours) -> String {
        match self {
            Self::En => ours.to_string(),
            Self::De => de::said(ours),
        }
    }

    /// The language with this tag, such as `de` or `de-AT`.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|one| one.texts().lang == primary)
    }

    /// The language of an `Accept-Language` header that suits best; English, if none does.
    pub fn negotiate(header: &str) -> Self {
        let mut best = None;
        for one in header.split(',') {
            let mut parts = one.split(';');
            let tag = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
            let quality = quality.unwrap_or(1.0);
            let Some(language) = Self::parse(tag).filter(|_| quality > 0.0) else { continue };
            if best.is_none_or(|(_, before)| quality > before) {
                best = Some((language, quality));
            }
        }
        best.map_or(Self::default(), |(language, _)| language)
    }
}

/// What a person is told, and in which language that is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The language's tag.
    pub lang: &'static str,
}

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

#[cfg(test)]
mod tests;
