//! Tests sessions, and the browsers and frames that enter them, on SQLite and PostgreSQL.

use vault::{NewSession, Presentation, Stale};

use crate::both::vaults;
use crate::hub::{project, session};
use crate::{at, by};

#[tokio::test]
async fn a_session_can_be_entered_by_token_and_browser_until_it_ends() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (made, token) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let found = vault.session_by_token(&token.digest()).await.unwrap().unwrap();
        assert_eq!((found.seq, &found.parameters.owner), (made.seq, &made.parameters.owner), "{name}");
        assert_eq!(found.parameters.categories, ["support"], "{name}");
        assert!(found.is_open(at(29)) && !found.is_open(at(30)), "{name}");

        let alone = Presentation::default();
        let browser = vault.open_session(&found, &alone, at(1)).await.unwrap().unwrap();
        assert!(browser.frame.is_none(), "{name}: a window needs no frame token");
        let browser = browser.secret;
        let (_, shown) = vault.session_by_browser(made.seq, &browser.digest()).await.unwrap().unwrap();
        assert_eq!(shown, alone, "{name}");
        assert!(vault.session_by_browser(made.seq + 1, &browser.digest()).await.unwrap().is_none(), "{name}");
        assert!(vault.session_by_browser(made.seq, &token.digest()).await.unwrap().is_none(), "{name}");
        assert!(
            vault.open_session(&found, &alone, at(2)).await.unwrap().is_some(),
            "{name}: another browser could not open the link"
        );

        let (once, _) = vault
            .add_session(&NewSession { once: true, ..session(&project.id) }, by("ada", 0))
            .await
            .unwrap();
        let (one, other) =
            tokio::join!(vault.open_session(&once, &alone, at(1)), vault.open_session(&once, &alone, at(1)));
        let browsers = [one.unwrap(), other.unwrap()].into_iter().flatten().count();
        assert_eq!(browsers, 1, "{name}: exactly one browser must open the link");
        assert!(!vault.enter_with_widget(once.seq, at(2)).await.unwrap(), "{name}: the widget entered, too");
        let new = NewSession { once: true, ..session(&project.id) };
        let (once, single) = vault.add_session(&new, by("ada", 0)).await.unwrap();
        let (widget, browser) =
            tokio::join!(vault.enter_with_widget(once.seq, at(1)), vault.open_session(&once, &alone, at(1)),);
        let (widget, browser) = (widget.unwrap(), browser.unwrap().is_some());
        assert!(widget != browser, "{name}: the widget or a browser must enter, but not both");
        assert_eq!(vault.enter_with_widget(once.seq, at(2)).await.unwrap(), widget, "{name}");
        let entered = vault.session_by_token(&single.digest()).await.unwrap().unwrap();
        assert_eq!((entered.widget_at.is_some(), entered.opened_at.is_some()), (widget, browser), "{name}");

        assert!(!vault.revoke_session("prj_other", made.seq, by("ada", 3)).await.unwrap(), "{name}");
        assert!(vault.revoke_session(&project.id, made.seq, by("ada", 3)).await.unwrap(), "{name}");
        assert!(!vault.session_by_token(&token.digest()).await.unwrap().unwrap().is_open(at(4)), "{name}");
        assert_eq!(vault.prune(Stale::Sessions, at(31), 9).await.unwrap(), 3, "{name}");
        assert!(vault.session_by_token(&token.digest()).await.unwrap().is_none(), "{name}");
    }
}

#[tokio::test]
async fn a_frame_token_can_be_exchanged_once_within_a_short_time() {
    for (name, vault, _folder) in vaults().await {
        let project = project(&vault).await;
        let (made, _) = vault.add_session(&session(&project.id), by("ada", 0)).await.unwrap();
        let shown = Presentation {
            parent: Some("https://shop.example".to_owned()),
            scheme: Some("dark".to_owned()),
            language: Some("de".to_owned()),
            footer: true,
        };
        let seq = made.seq;
        let opened = vault.open_session(&made, &shown, at(1)).await.unwrap().unwrap();
        let frame = opened.frame.expect("there is no frame token").digest();
        let (_, found) = vault.session_by_browser(seq, &opened.secret.digest()).await.unwrap().unwrap();
        assert_eq!(found, shown, "{name}");
        assert!(
            vault.session_by_browser(seq, &frame).await.unwrap().is_none(),
            "{name}: the frame token opened the session"
        );
        let (_, found) = vault.session_by_frame(seq, &frame).await.unwrap().unwrap();
        assert_eq!(found, shown, "{name}");

        assert!(
            vault.exchange_frame_token(seq, &frame, at(2)).await.unwrap().is_none(),
            "{name}: the expired token was accepted"
        );
        assert!(
            vault.exchange_frame_token(seq + 1, &frame, at(0)).await.unwrap().is_none(),
            "{name}: another session's token was accepted"
        );
        let window = vault
            .exchange_frame_token(seq, &frame, at(0))
            .await
            .unwrap()
            .expect("the token was not accepted");
        let (_, found) = vault.session_by_browser(seq, &window.digest()).await.unwrap().unwrap();
        assert_eq!(found, Presentation { parent: None, ..shown.clone() }, "{name}: the presentation changed");
        assert!(vault.session_by_browser(seq, &opened.secret.digest()).await.unwrap().is_none(), "{name}");
        assert!(
            vault.exchange_frame_token(seq, &frame, at(0)).await.unwrap().is_none(),
            "{name}: the token was accepted twice"
        );

        let other = vault.open_session(&made, &shown, at(1)).await.unwrap().unwrap();
        vault.delete_frame_token(seq, &other.secret.digest()).await.unwrap();
        let frame = other.frame.unwrap().digest();
        assert!(
            vault.exchange_frame_token(seq, &frame, at(0)).await.unwrap().is_none(),
            "{name}: the deleted token was accepted"
        );
        assert!(vault.session_by_browser(seq, &other.secret.digest()).await.unwrap().is_some(), "{name}");

        let light = Presentation { scheme: Some("light".to_owned()), ..Presentation::default() };
        vault.update_presentation(seq, &window.digest(), &light).await.unwrap();
        let (_, found) = vault.session_by_browser(seq, &window.digest()).await.unwrap().unwrap();
        assert_eq!(found, light, "{name}");
    }
}
