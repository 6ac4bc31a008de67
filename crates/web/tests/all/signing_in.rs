//! Signing in through the pages: nothing typed is lost, nothing is learned by guessing.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use counterfoil_service::sign_in::code_at;
use counterfoil_web::{Settings, forms::Posted};

use crate::support::{self, NAME, PASSWORD, SECRET, World};

#[tokio::test]
async fn mistakes_are_named_at_the_field_and_what_was_typed_stays() {
    let world = World::new();
    let page = world.get("/staff/sign-in", "").await;
    let (token, cookies) = (page.token(), page.cookies());
    for (name, password, says) in [
        ("", "x", "Enter your e-mail address"),
        (NAME, "", "Enter your password"),
        (NAME, "wrong", "is not right"),
        ("nobody@example.org", "wrong", "is not right"),
    ] {
        let fields = [("form_token", &*token), ("name", name), ("password", password)];
        let again = world.post("/staff/sign-in", &cookies, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(again.body.matches(says).count(), 2, "in the summary and at the field: {says}");
        assert!(again.body.contains("<title>Error: Sign in"), "{}", again.body);
        assert!(again.body.contains(&format!("value=\"{name}\"")), "{name} is kept");
        assert!(!again.body.contains("value=\"wrong\""), "a password is never shown again");
    }
}

#[tokio::test]
async fn a_stale_form_comes_back_with_everything_in_it() {
    let world = World::new();
    let page = world.get("/cy/staff/sign-in", "").await;
    for cookies in [String::new(), page.cookies()] {
        let fields = [("form_token", "old"), ("name", NAME), ("password", PASSWORD)];
        let again = world.post("/cy/staff/sign-in", &cookies, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains(NAME) && again.body.contains("ar agor am rhy hir"));
        let cookies = if cookies.is_empty() { again.cookies() } else { cookies };
        let fields = [("form_token", &*again.token()), ("name", NAME), ("password", PASSWORD)];
        assert_eq!(
            world.post("/cy/staff/sign-in", &cookies, &fields).await.status,
            StatusCode::OK,
            "and works"
        );
    }
}

#[tokio::test]
async fn signing_in_leads_to_the_page_that_was_asked_for_and_out_again() {
    let world = World::new();
    let path = "/staff/requests/AR-2026-0041".to_owned();
    let turned = world.get(&path, "").await;
    let page = world.get(turned.header("location"), "").await;
    let fields = [("form_token", &*page.token()), ("name", NAME), ("password", PASSWORD), ("next", &path)];
    let page = world.post("/staff/sign-in", &page.cookies(), &fields).await;
    let waiting = page.cookies();
    assert_eq!(world.get("/staff", &waiting).await.status, StatusCode::SEE_OTHER, "a password is not enough");
    let code = code_at(&SECRET, world.now()).unwrap();
    let fields = [("form_token", &*page.token()), ("code", &*code), ("next", &path)];
    let done = world.post("/staff/sign-in/code", &waiting, &fields).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*path));
    let session = done.cookies();
    assert_ne!(session, waiting);
    assert_eq!(world.get(&path, &session).await.status, StatusCode::OK);

    let out = world.post("/staff/sign-out", &session, &[]).await;
    assert_eq!(out.header("location"), "/staff/signed-out");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        world.get(&path, &session).await.status,
        StatusCode::SEE_OTHER,
        "the session is gone on our side too"
    );
}

#[tokio::test]
async fn guessing_is_slowed_by_account_whoever_asks() {
    let world = World::new();
    let page = world.get("/staff/sign-in", "").await;
    let fields = |name| {
        [("form_token".to_owned(), page.token()), ("name".into(), name), ("password".into(), "x".into())]
    };
    let mut last = StatusCode::OK;
    for _ in 0..11 {
        let fields = fields("guess@example.org".to_owned());
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = world.post("/staff/sign-in", &page.cookies(), &fields).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.header("retry-after"), "61");
            assert!(answer.body.contains("guess@example.org") && answer.body.contains("too many tries"));
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let other = [("form_token", &*page.token()), ("name", NAME), ("password", PASSWORD)];
    assert_eq!(
        world.post("/staff/sign-in", &page.cookies(), &other).await.status,
        StatusCode::OK,
        "others are not hurt"
    );
}

/// A form that was sent when the session had ended travels through the sign-in and can be sent again.
#[tokio::test]
async fn a_form_sent_too_late_is_not_lost() {
    async fn note(Posted { fields, fresh }: Posted) -> String {
        format!("{} {fresh}", fields.get("note"))
    }
    let (site, clock) = support::site(Settings::default());
    let app = counterfoil_web::with_routes(&site, Router::new().route("/staff/note", post(note)));
    let world = World { app, clock };
    let session = world.sign_in().await;
    let token = world.get("/staff", &session).await.token();
    let sent = [("form_token", &*token), ("note", "Dear \"all\" & <some>"), ("next", "https://evil.example")];
    assert_eq!(world.post("/staff/note", &session, &sent).await.body, "Dear \"all\" & <some> true");

    world.pass(31 * 60);
    let page = world.post("/staff/note", &session, &sent).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(
        page.body.contains("it is not lost") && page.body.contains("Dear &quot;all&quot; &amp; &lt;some&gt;")
    );
    let kept = [
        ("next", "/staff/note"),
        ("kept.note", "Dear \"all\" & <some>"),
        ("kept.next", "https://evil.example"),
    ];
    let mut fields = vec![("name", NAME), ("password", PASSWORD)];
    fields.extend(kept);
    let token = page.token();
    fields.push(("form_token", &token));
    let page = world.post("/staff/sign-in", &session, &fields).await;
    assert!(page.body.contains("name=\"kept.note\""), "{}", page.body);
    let (token, code) = (page.token(), code_at(&SECRET, world.now()).unwrap());
    let mut fields = vec![("form_token", &*token), ("code", &*code)];
    fields.extend(kept);
    let offer = world.post("/staff/sign-in/code", &page.cookies(), &fields).await;
    assert_eq!(offer.status, StatusCode::OK);
    assert!(
        offer.body.contains("action=\"/staff/note\"") && offer.body.contains("name=\"note\""),
        "{}",
        offer.body
    );
    let sent = [("form_token", &*offer.token()), ("note", "Dear \"all\" & <some>")];
    assert_eq!(world.post("/staff/note", &offer.cookies(), &sent).await.body, "Dear \"all\" & <some> true");
}
