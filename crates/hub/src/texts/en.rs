//! The English messages, by name. Every other language has the same messages.

use guide::{Button, OutcomeKind};
use serde::Serialize;

/// Declares the messages together with their English wording.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident: $text:expr,)*) => {
        /// The messages of one language. A name in braces is a placeholder for a value, and is the same in every
        /// language.
        #[derive(Debug, Serialize)]
        pub struct Texts {
            $($(#[$doc])* pub(crate) $name: &'static str,)*
        }

        impl Texts {
            /// Returns every message with its name.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }

        pub(super) const TEXTS: Texts = Texts { $($name: $text,)* };
    };
}

messages! {
    /// The language's tag.
    lang: "en",
    /// The writing direction: `ltr` or `rtl`.
    dir: "ltr",
    skip: "Skip to content",
    help: "Help",
    /// The title of a page that shows a problem.
    title_error: "Problem: {title}",
    /// The footer of every page.
    promise: "We test your details before saving them, and encrypt what we save.",
    /// The stages of linking.
    stage_choose: "Choose",
    stage_enter: "Enter",
    stage_check: "Check",
    stage_done: "Done",
    /// The accessible name of the list of stages.
    stages: "Steps",
    back_to_product: "Back to {product}",
    back_to_providers: "Choose a different app",

    pick_title: "Connect an app to {product}",
    pick_lead: "Pick the app you use.",
    pick_search: "Search apps",
    pick_button: "Search",
    pick_all: "All",
    pick_categories: "Categories",
    pick_none: "No results for “{query}”",
    pick_none_fix: "Try a shorter word, or browse all apps.",
    pick_count_one: "1 app",
    pick_count: "{count} apps",
    method_title: "How do you want to connect {provider}?",
    method_lead: "They all work equally well. Pick the one you can set up.",
    method_browser: "Sign in to {provider}",
    method_typed: "Enter credentials from {provider}",

    form_title: "Connect {provider} to {product}",
    form_lead: "Enter your details. The guide shows where to find each one.",
    form_lead_browser: "You'll sign in to {provider} and approve access. The guide shows what to look for.",
    form_fields: "Your details",
    edit_title: "Edit your {provider} connection",
    edit_lead: "You're editing {account}. Saved secrets are kept unless you replace them.",
    optional: "optional",
    choose: "Choose",
    yes: "Yes",
    no: "No",
    where_found: "Where to find it",
    goes_into: "Paste into",
    show: "Show {field}",
    hide: "Hide {field}",
    kept_secret: "Saved",
    kept_replace: "Replace",
    kept_at_fault: "Leave this empty to try the saved value again.",
    kept_as: "We'll use {value}",
    again_because_host: "The address has changed, so please enter this again.",
    host_hint: "If you change this, you'll need to enter your secrets again.",
    connects_to: "Connects to",
    connect: Button::Connect.text(),
    connect_again: "Check and save",
    continue_to: Button::ContinueTo.text(),
    choose_file: "Choose a file",
    only_where: "Only for {where}",
    environment_needed: "Choose one of these first.",
    belongs_elsewhere: "This address belongs to {environment}.",
    switch_to: "Switch to {environment}",
    guide_title: "Guide",
    guide_lead: "How to find what {product} needs.",
    needs: "Before you begin",
    needs_warning: "Important",
    step_done: "entered",
    may_be_cause: "This could also be the problem.",
    fault: "This value was rejected.",

    problems_title: "Check these fields",
    problems_lead: "Nothing has been sent yet. Fix these fields, then connect again.",
    look_at: "Check",
    go_to_step: "Where to find it:",
    retry: "Try again",
    ask_elsewhere: "Try in {environments}",
    ask_elsewhere_many: "Try all the others",
    ask_elsewhere_hint: "Your details will also be sent to {environments}.",
    switch_environment: "Continue in {environment}",
    /// The id that support needs.
    reference: "Reference",
    reference_hint: "Include this when you contact support.",
    copy: "Copy",
    copied: "Copied",
    before_account: "Current account",
    now_account: "Account we found",

    checking_title: "Checking your {provider} connection",
    checking_lead: "This usually takes a few seconds.",
    state_pending: "waiting",
    state_running: "checking",
    state_waiting_seconds: "{provider} is busy. Trying again in {seconds} s.",
    state_passed: "done",
    state_missed: "skipped (not allowed)",
    state_failed: "failed",
    checking_patience: "{provider} is taking longer than usual. We'll wait for up to a minute.",
    checking_slow: "This is taking longer than usual.",
    reload: "Reload the page",

    confirm_title: "Is this the right account?",
    confirm_title_nameless: "Your details work",
    confirm_lead: "{provider} accepted your details. Nothing is saved until you confirm.",
    confirm_lead_nameless: "{provider} accepted your details but doesn't share the account's name. Nothing is saved until you confirm.",
    confirm_yes: "Yes, connect this account",
    confirm_no: "No, use a different account",
    /// The same button if the account's name is unknown.
    confirm_no_nameless: "No, change my details",
    limited_title: "Some access is missing",
    limited_lead: "Everything else works. You can connect now and add the missing access later.",
    limited_done: "Everything else works. To use every feature, add the missing access and connect the account again.",
    other_title: "This is a different account",
    other_lead: "If you continue, this account replaces the one that is connected now.",
    other_yes: "Yes, replace the account",

    done_title: "{account} is connected",
    done_title_again: "{account} is connected again",
    done_lead: "{product} can use this account now. You're all set.",
    done_close: "You can close this window.",
    done_button: "Close",

    hand_title: "Need an admin's help? Send them a step",
    hand_lead: "Create a link for the person who manages {provider}. They'll see only that step and its fields. You won't see what they enter.",
    hand_step: "Step to send",
    hand_create: "Create link",
    hand_created_title: "Send this link",
    hand_created_lead: "Anyone with this link can complete one step: {step}. What they enter goes straight to {product}.",
    hand_link: "Link",
    hand_message: "Message to send with the link",
    hand_message_text: "Hello, I'm connecting {provider} to {product} and need your help with one step: {step}. It takes a few minutes, and this page explains how: {link}",
    hand_until: "The link works once and expires on {until}.",
    hand_back: "Back to the form",
    hand_waiting: "Waiting for someone else",
    hand_self: "Enter it yourself",
    hand_received: "Received",
    hand_expired: "The link has expired",
    help_title: "{product} needs your help with {provider}",
    help_lead: "Someone who is connecting {provider} to {product} for {customer} has asked you to complete this step.",
    help_lead_named: "{person} is connecting {provider} to {product} for {customer}, and has asked you to complete this step.",
    help_send: "Send",
    help_host_title: "The address has changed",
    help_host_changed: "Nothing was saved. Check the address below, then enter your values again.",
    help_promise: "What you enter is encrypted. The person who sent you the link can't see what you enter.",
    help_thanks_title: "Thanks, you're done",
    help_thanks_lead: "The person who sent you the link can continue now.",
    help_late_title: "Someone else has already completed this step",
    help_late_lead: "Nothing that you entered was saved. If you didn't expect this, ask the person who sent you the link.",
    help_close: "You can close this window.",

    /// Names the customer for whom the account is connected. Shown on the pages that lead to a provider.
    browser_for: "You're connecting {provider} to {product} for {customer}.",
    browser_title: "Sign in to {provider}",
    browser_lead: "{provider} opens in a new window. Sign in there and approve access. This page continues automatically.",
    browser_open: "Open {provider}",
    browser_failed_title: "Signing in to {provider} didn't work",
    browser_failed_fix: "Nothing was saved. Close this window and start again.",
    /// Advice if the reason is unknown.
    browser_approve_fix: "Approve access when {provider} asks.",
    /// The first page in the window that was opened for the sign-in.
    browser_ask_title: "Connect {provider} to {product}",
    browser_ask_lead: "This gives {product} access to your {provider} account on behalf of {customer}.",
    browser_ask_fix: "Continue only if you started this yourself. If someone sent you here, close this window.",
    /// The last page in the window that was opened for the sign-in.
    browser_done_title: "You're signed in",
    browser_done_lead: "You signed in to {provider} to connect it to {product} for {customer}. You can close this window.",

    /// The page that is shown before a single-use link is opened.
    open_title: "Connect an account to {product}",
    open_lead: "Once you continue, this link works only in this browser.",
    open_button: "Continue",

    /// Why a page cannot be shown, and what to do.
    expired_title: "This link has expired",
    expired_fix: "Ask for a new link, or start again in {product}.",
    used_title: "This link has already been used",
    used_fix: "The link works only once. If you didn't use it, tell the person who sent it. Otherwise, there's nothing left to do.",
    revoked_title: "This link is no longer valid",
    revoked_fix: "Ask the person who sent the link for a new one.",
    no_session_title: "There's nothing to connect here",
    no_session_fix: "The link is incomplete or too old. Start again in {product}.",
    other_browser_title: "You started this in another browser",
    other_browser_fix: "For security, you can finish only in that browser. Go back to that browser, or start again in {product}.",
    sign_in_over_title: "This sign-in is over",
    sign_in_over_fix: "It has finished, was canceled, or took longer than 15 minutes. Check {product} first. If the account isn't connected there, start again.",
    cookies_off_title: "Turn on cookies to continue",
    cookies_off_fix: "Your browser blocks cookies from this site. We need one to make sure that nobody else can continue in your place. Allow cookies for this site, then open the link again. If the link works only once, ask for a new one.",
    too_many_title: "Too many attempts",
    too_many_fix: "Try again in {minutes} min. We've kept what you entered.",
    no_cookie_title: "Continue in a new window",
    no_cookie_fix: "Your browser blocks cookies here. To stay secure, continue in a new window. You won't lose anything.",
    no_cookie_window: "Open a new window",
    wrong_origin_title: "This page can't be embedded on that site",
    wrong_origin_fix: "The session's `allowed_origins` doesn't include the embedding page's origin. Add the origin in the code that creates the session.",
    not_found_title: "Page not found",
    not_found_fix: "Check the address, or start again in {product}.",
    stale_title: "This page has expired",
    stale_fix: "Nothing was lost. Reload the page and try again.",
    unavailable_title: "We can't do this right now",
    unavailable_fix: "Try again in a few minutes.",
    hub_error_title: "Something went wrong on our side",
    hub_error_fix: "Nothing was lost. Try again in a moment. If it keeps happening, give this reference to support.",

    /// Shown next to the button of a form that could not be sent, because this device or the Hub is offline.
    offline: "You are offline. Nothing was sent. Check your connection, then try again.",
    unreachable: "We couldn't reach {hub}. Nothing was sent. Try again in a moment.",
}

pub(super) const fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Ok => "It works",
        OutcomeKind::OkLimited => "It works, but some permissions are missing",
        OutcomeKind::WrongSecret => "These credentials were rejected",
        OutcomeKind::WrongUser => "These credentials belong to a different user",
        OutcomeKind::WrongTenant => "We couldn't find that {provider} account",
        OutcomeKind::WrongEnvironment => "These credentials belong to a different environment",
        OutcomeKind::DifferentAccount => "This is a different account",
        OutcomeKind::MissingPermission => "A permission is missing",
        OutcomeKind::NotInPlan => "Your plan doesn't include this",
        OutcomeKind::Declined => "Access to {provider} wasn't approved",
        OutcomeKind::Misconfigured => "The connection to {provider} isn't set up correctly",
        OutcomeKind::Disabled => "The user or key is disabled",
        OutcomeKind::Expired => "The credentials have expired",
        OutcomeKind::IpBlocked => "{provider} blocks requests from our servers",
        OutcomeKind::Throttled => "Too many requests right now",
        OutcomeKind::ProviderDown => "{provider} is having problems",
        OutcomeKind::Unreachable => "We couldn't reach {provider}",
        OutcomeKind::Tls => "We couldn't make a secure connection to {provider}",
        OutcomeKind::ProtocolMismatch => "That address isn't the {provider} API",
        OutcomeKind::Unknown => "{provider} sent a reply we didn't expect",
    }
}
