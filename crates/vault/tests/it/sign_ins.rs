//! Tests that a sign-in can be completed only once, by the first browser that returns, on SQLite and PostgreSQL.

use secret::Secret;
use vault::{Digest, GuideText, SignInState, Vault};

use crate::both::vaults;
use crate::hub::{futures_join, project, session};
use crate::{at, by};

#[tokio::test]
async fn a_sign_in_can_be_taken_once_before_it_expires() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let mut attempt = crate::attempts::attempt(&project.id, created.seq);
        vault.save_attempt(&mut attempt, &Secret::new("typed"), &[]).await.unwrap();
        let (state, verifier) = (Digest::of("state"), Secret::new("verifier"));

        let sign_in = vault.add_sign_in(created.seq, at(0), at(10)).await.unwrap();
        // If a person goes back and continues again, the new state replaces the first one.
        let (first, first_verifier) = (Digest::of("first"), Secret::new("first verifier"));
        assert!(vault.send_sign_in(&sign_in, &attempt, &first, &first_verifier).await.unwrap(), "{name}");
        assert!(vault.is_sign_in_sent(&first).await.unwrap(), "{name}");
        assert!(vault.send_sign_in(&sign_in, &attempt, &state, &verifier).await.unwrap(), "{name}");
        assert!(!vault.is_sign_in_sent(&first).await.unwrap(), "{name}");
        assert!(vault.take_sign_in(&first, at(1)).await.unwrap().is_none(), "{name}");
        assert!(vault.is_sign_in_sent(&state).await.unwrap(), "{name}");
        assert!(vault.take_sign_in(&Digest::of("other"), at(1)).await.unwrap().is_none(), "{name}");
        let taken = futures_join((0..4).map(|_| vault.take_sign_in(&state, at(1)))).await;
        let taken: Vec<_> = taken.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken.len(), 1, "{name}");
        assert!(!vault.is_sign_in_sent(&state).await.unwrap(), "{name}");
        let (found, secret) = &taken[0];
        assert_eq!((found.id.as_str(), secret.expose()), (sign_in.id.as_str(), "verifier"), "{name}");
        assert_eq!(found.attempt.as_deref(), Some(attempt.id.as_str()), "{name}");

        let account = Some("acc_a");
        let end = async || vault.end_sign_in(&sign_in.id, SignInState::Authenticated, account, None).await;
        assert!(end().await.unwrap(), "{name}");
        assert!(!end().await.unwrap(), "{name}: the sign-in ended twice");
        let again = vault.send_sign_in(&sign_in, &attempt, &state, &verifier).await;
        assert!(!again.unwrap(), "{name}: an ended sign-in was sent");
        let ended = vault.sign_in(created.seq, &sign_in.id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.account.as_deref()), (SignInState::Authenticated, account), "{name}");
        assert!(vault.sign_in(created.seq + 1, &sign_in.id).await.unwrap().is_none(), "{name}");

        let late = vault.add_sign_in(created.seq, at(0), at(10)).await.unwrap();
        assert!(vault.send_sign_in(&late, &attempt, &state, &verifier).await.unwrap(), "{name}");
        assert!(
            vault.take_sign_in(&state, at(10)).await.unwrap().is_none(),
            "{name}: an expired sign-in was taken"
        );
    }
}

#[tokio::test]
async fn a_canceled_sign_in_ends_its_attempt() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let begun = async |state: &Digest| {
            let mut attempt = crate::attempts::attempt(&project.id, created.seq);
            attempt.id = Vault::attempt_id().unwrap();
            vault.save_attempt(&mut attempt, &Secret::new("typed"), &[]).await.unwrap();
            let sign_in = vault.add_sign_in(created.seq, at(0), at(10)).await.unwrap();
            assert!(
                vault.send_sign_in(&sign_in, &attempt, state, &Secret::new("v")).await.unwrap(),
                "{name}"
            );
            (attempt, sign_in.id)
        };
        let (canceled, sign_in) = begun(&Digest::of("a")).await;
        let (other, _) = begun(&Digest::of("b")).await;
        vault.cancel_sign_in(&sign_in, at(1)).await.unwrap();
        assert!(!vault.attempt_may_continue(&canceled, at(1)).await.unwrap(), "{name}");
        assert!(vault.attempt_snapshot(&canceled, at(1)).await.unwrap().is_none(), "{name}");
        assert!(vault.attempt_may_continue(&other, at(1)).await.unwrap(), "{name}: another attempt ended");
        let ended = vault.sign_in(created.seq, &sign_in).await.unwrap().unwrap();
        assert_eq!(ended.state, SignInState::Cancelled, "{name}");
    }
}

#[tokio::test]
async fn a_session_keeps_the_first_guide_that_it_was_pinned_to() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (created, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let digests = ["d0", "d1", "d2", "d3"];
        let pins = digests.iter().map(|digest| {
            let guide = GuideText { digest, provider: "gladly", source: "the text" };
            vault.pin_guide(created.seq, guide, at(0))
        });
        let pinned: Vec<String> = futures_join(pins).await.into_iter().map(Result::unwrap).collect();
        assert!(pinned.iter().all(|digest| *digest == pinned[0]), "{name}: {pinned:?}");
        assert_eq!(vault.guide_text(&pinned[0]).await.unwrap().as_deref(), Some("the text"), "{name}");
        let later = GuideText { digest: "d9", provider: "gladly", source: "a later text" };
        assert_eq!(vault.pin_guide(created.seq, later, at(1)).await.unwrap(), pinned[0], "{name}");
        assert_eq!(vault.guide_text("d9").await.unwrap(), None, "{name}");
    }
}
