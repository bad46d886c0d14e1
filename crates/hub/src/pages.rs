//! The linking pages, as views: from a flow, a guide and a brand to a text of HTML.
//!
//! | noun | meaning |
//! |---|---|
//! | [`Frame`] | what every page has around it: brand, language, style sheet and script, token |
//! | [`FormPage`], [`CheckingPage`], [`AccountPage`] … | what one page is made from |
//! | [`Trouble`] | why there is no page |
//!
//! **Invariant:** a view reads what it is given and nothing else: no clock, socket, disk, storage or randomness. No
//! value of a secret field reaches a page, a text from outside is escaped, and no page has code or style in it.

mod account;
mod assets;
mod checking;
mod form;
mod handoff;
mod opening;
mod picker;
mod preview;
mod shell;
mod sign_in;
mod trouble;

pub use self::account::{AccountPage, Before, DonePage, confirm, done, storing};
pub use self::assets::{Assets, icon_path};
pub use self::checking::{CheckingPage, Progress, Report, checking, progress};
pub use self::form::{FormLinks, FormPage, HandedStep, Handing, SentForm, field_name, field_of, form};
pub use self::handoff::{HandoffPage, HelpPage, handoff_made, help, help_thanks};
pub use self::opening::opening;
pub use self::picker::{MethodCard, MethodsPage, ProviderCard, ProvidersPage, methods, providers, search};
pub use self::preview::{Preview, PreviewedField, preview};
pub use self::shell::{Frame, Look, Mode, Scheme};
pub use self::sign_in::{SignInPage, sign_in, sign_in_failed, signed_in};
pub use self::trouble::{Trouble, trouble};
