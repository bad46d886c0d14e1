//! Handles browsers that return from a provider.
//!
//! **Invariant:** only the browser that was sent to the provider can finish the sign-in, so forwarding the provider's
//! URL or the callback URL links no account. A sign-in is finished at most once.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use link::Stage;
use vault::{AttemptState, SignIn, SignInState};

use super::away;
use super::context::{PageContext, redirect_to};
use super::failure::Failure;
use super::sign_in::sign_in_data;
use crate::access::AppState;
use crate::app::App;
use crate::linking::Linking;
use crate::pages::{NotSignedIn, SignInPage, Trouble, sign_in_failed, signed_in};
use crate::sign_ins::{Back, Returned, Via};
use crate::wire::error::{ApiError, CONFLICT, GONE};
use crate::wire::{Query, Segments};

/// Handles the provider's redirect back to the Hub.
pub(super) async fn callback(
    State(app): AppState,
    context: PageContext,
    headers: HeaderMap,
    Segments(provider): Segments<String>,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let state = back.state.as_deref().ok_or(Trouble::NotFound)?;
    if !away::is_of_browser(&headers, app.is_secure(), state) {
        let is_expected = app.sign_ins.is_expected(state).await?;
        let why = if is_expected { Trouble::OtherBrowser } else { Trouble::SignInOver };
        return Err(context.wrong_guess(why).await);
    }
    let returned = app.sign_ins.take(state).await?.ok_or(Trouble::SignInOver)?;
    let Returned { sign_in, via, verifier, session, attempt } = returned;
    let linking = app.links.open(&session, attempt).await?;
    let linking = linking.filter(|linking| linking.connector.provider() == provider);
    let mut linking = linking.ok_or(Trouble::SignInOver)?;
    let is_checking = linking.is_checking();
    // If an earlier sign-in found an account that nobody has confirmed yet, this sign-in replaces it.
    linking.flow.confirm(false);
    app.sign_ins.resume_flow(&mut linking.flow, verifier, &back);
    linking.record_denial();
    let mut response = match via {
        Via::Widget => Box::pin(for_widget(&context, &sign_in, linking)).await?,
        // The checks of a sign-in in another window are still running.
        Via::Page | Via::Window if is_checking => {
            app.vault.end_sign_in(&sign_in.id, SignInState::Cancelled, None, None).await?;
            match via {
                // This window has no access to the session's pages, which the frame shows.
                Via::Window if back.code.is_some() => context.page(last_page(&context, &linking)),
                Via::Window => context.page(failed_page(&context, &linking)),
                Via::Page | Via::Widget => redirect_to(&format!("{}/checking", base(&linking))),
            }
        }
        Via::Page => {
            let base = base(&linking);
            let checked = Box::pin(check(&context, &sign_in, linking)).await;
            checked.map_err(|error| changed(error, base.clone()))?;
            redirect_to(&format!("{base}/checking"))
        }
        Via::Window => {
            let (page, failed) = (last_page(&context, &linking), failed_page(&context, &linking));
            let (base, attempt) = (base(&linking), linking.attempt.id.clone());
            match Box::pin(check(&context, &sign_in, linking)).await {
                Ok(()) => context.page(page),
                // Another window returned at the same moment, or the form was submitted again.
                Err(error) if *error.code == CONFLICT => {
                    context.page(if has_moved_on(&app, &attempt).await? { page } else { failed })
                }
                Err(error) => return Err(changed(error, base)),
            }
        }
    };
    away::forget(state, app.is_secure(), &mut response);
    Ok(response)
}

/// Returns the path of the attempt's form.
fn base(linking: &Linking) -> String {
    format!("/session/{}/{}", linking.session.seq, linking.connector.id)
}

/// Runs the checks and stores the account, because the widget polls for the result and shows no further pages.
async fn for_widget(
    context: &PageContext,
    sign_in: &SignIn,
    mut linking: Linking,
) -> Result<Response, Failure> {
    let app = &context.app;
    let finished = app.links.finish(&context.client, &mut linking).await;
    let message;
    let (state, account, reason) = match &finished {
        Ok(account) => (SignInState::Authenticated, Some(account.id.as_str()), None),
        Err(error) => {
            // The reason is not sealed, so it contains neither entered values nor the provider's response.
            message = linking.flow.redactor().redact(&error.message);
            (SignInState::Error, None, Some((message.as_str(), "")))
        }
    };
    if !app.vault.end_sign_in(&sign_in.id, state, account, reason).await? {
        return Err(Trouble::SignInOver.into());
    }
    Ok(context.page(match finished {
        Ok(_) => last_page(context, &linking),
        Err(_) => failed_page(context, &linking),
    }))
}

/// Starts the checks, which the linking pages show as they run.
async fn check(context: &PageContext, sign_in: &SignIn, mut linking: Linking) -> Result<(), ApiError> {
    let app = &context.app;
    app.vault.end_sign_in(&sign_in.id, SignInState::Authenticated, None, None).await?;
    if linking.is_checking() {
        app.links.check(&context.client, linking).await.map(|_| ())
    } else {
        app.links.save(&mut linking).await
    }
}

/// Returns whether an attempt has got past its form and its sign-in.
async fn has_moved_on(app: &App, attempt: &str) -> Result<bool, ApiError> {
    let attempt = app.vault.attempt(attempt).await?;
    let is_before =
        |state| matches!(state, AttemptState::Open | AttemptState::Away | AttemptState::Cancelled);
    Ok(attempt.is_some_and(|attempt| !is_before(attempt.state)))
}

/// Returns the failure for an attempt that another window changed or ended. `back` is the path of the form.
fn changed(error: ApiError, back: String) -> Failure {
    if [&CONFLICT, &GONE].contains(&error.code) { Trouble::StaleForm { back }.into() } else { error.into() }
}

/// Renders the last page in a separate window.
fn last_page(context: &PageContext, linking: &Linking) -> String {
    match linking.flow.stage() {
        Stage::Failed { .. } => failed_page(context, linking),
        _ => signed_in(&context.frame(), &page(linking)),
    }
}

fn failed_page(context: &PageContext, linking: &Linking) -> String {
    let why = match linking.flow.stage() {
        Stage::Failed { verdict, .. } => Some(NotSignedIn::Refused(verdict)),
        _ => None,
    };
    sign_in_failed(&context.frame(), &page(linking), why)
}

fn page(linking: &Linking) -> SignInPage<'_> {
    sign_in_data(&linking.session, linking.flow.guide())
}
