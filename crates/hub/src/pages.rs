//! The views for the linking pages. A view renders HTML from a flow, a guide and a brand.
//!
//! | noun | meaning |
//! |---|---|
//! | [`Frame`] | the parts that all pages share: brand, language, style sheet and script, CSRF token |
//! | [`FormPage`], [`CheckingPage`], [`AccountPage`] … | the data for one page |
//! | [`Trouble`] | why a page cannot be shown |
//!
//! **Invariant:** a view depends only on its arguments: it uses no clock, network, disk, storage or randomness. No page
//! contains the value of a secret field, unescaped external text, inline scripts or inline styles.

mod account;
mod assets;
mod checking;
mod form;
mod handoff;
mod picker;
mod preview;
mod shell;
mod sign_in;
mod trouble;

pub use self::account::{AccountPage, DonePage, PreviousAccount, account_mark, confirm, done};
pub use self::assets::Assets;
pub use self::checking::{CheckingPage, Progress, Report, checking, progress};
pub use self::form::{FormPage, HandedStep, HandoffState, SentForm, field_name, field_of, form};
pub use self::handoff::{HandoffPage, HelpPage, handoff_created, help, help_thanks, help_too_late};
pub use self::picker::{MethodCard, MethodsPage, ProviderCard, ProvidersPage, methods, providers, search};
pub use self::preview::{Preview, PreviewedField, preview};
pub use self::shell::{Frame, Look, Mode, PageProvider, Scheme};
pub use self::sign_in::{NotSignedIn, SignInPage, sign_in, sign_in_ask, sign_in_failed, signed_in};
pub use self::trouble::{Trouble, opening, trouble};
