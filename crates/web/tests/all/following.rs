//! Following a request on a site with data: the door, its lock, forms that come too late, leaving; and the look that
//! the site takes at itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::rights::Right;
use counterfoil_service::follow::{self, Secrets};
use counterfoil_service::installation::{self, NewOrganisation};
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::letters::{self, LetterKind, Points};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::{Desk, PublicRequest, RequestText, ask};
use counterfoil_service::store::{Actor, Hardness, Place};
use counterfoil_web::use_cases::Live;
use counterfoil_web::{Means, Settings, Site, check};
use jiff::Timestamp;

use crate::support::{self, Answer, World};

const NOW: i64 = 1_795_340_000;

/// A site over a new organisation, with a clock that the test moves.
struct Lived {
    world: World,
    site: Site,
    live: Live,
    _folder: tempfile::TempDir,
}

impl Lived {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let hand = Arc::clone(&clock);
        let now = move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap();
        let key_file = folder.path().join("keys");
        installation::make_keys(&key_file, "three plain words", Hardness::Test).unwrap();
        let place = Place::Folder(folder.path().join("data"));
        let at = installation::Site { place, key_file, policies: None };
        let (store, _) =
            installation::open(&at, "three plain words", installation::clock(now.clone())).unwrap();
        let new = NewOrganisation {
            settings: Organisation::template("council").unwrap().0.to_owned(),
            offices: vec!["Information Rights".to_owned()],
            adherent_until: Timestamp::from_second(NOW + 400 * 86_400).ok(),
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let calendar = counterfoil_service::calendar::load(None).unwrap();
        let live =
            Live { store, controller, calendar, law: ClockConfig::default(), channels: Channels::default() };
        let means =
            Means { live: Some(live.clone()), use_cases: Arc::new(live.clone()), ..support::means(now) };
        let site = support::site_with(Settings::default(), means);
        let world = World { app: counterfoil_web::app(&site), clock };
        Self { world, site, live, _folder: folder }
    }

    fn system(&self) -> Actor {
        Actor::Automation { controller: self.live.controller }
    }

    fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.live.store, who, calendar: &self.live.calendar, law: &self.live.law }
    }

    fn ask(&self) -> (String, Secrets) {
        let text =
            RequestText { requester: "Gethin".into(), wording: "All".into(), ..RequestText::default() };
        let asked = PublicRequest { token: "5".repeat(64), right: Right::Access, text };
        let received = ask(&self.desk(&self.system()), &asked).unwrap();
        (received.reference, follow::of_form(&asked))
    }

    /// A new browser at the door: its cookies, and the token of its forms.
    async fn arrive(&self) -> (String, String) {
        let page = self.world.get("/follow", "").await;
        (page.cookies(), page.token())
    }

    async fn enter(
        &self,
        browser: &(String, String),
        key: &str,
        code: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let mut fields = vec![("form_token", &*browser.1), ("key", key), ("code", code)];
        fields.extend(more);
        self.world.post("/follow", &browser.0, &fields).await
    }

    /// Sends a form with files, as a browser would.
    async fn send(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body: String = fields.iter().map(part).collect::<String>() + "--B--\r\n";
        let request = Request::post(path)
            .header(header::COOKIE, cookies)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
        self.world.send(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn the_door_keeps_what_was_typed_says_what_to_do_and_locks() {
    let lived = Lived::new();
    let (reference, secrets) = lived.ask();
    let browser = lived.arrive().await;
    let stale = lived.enter(&(browser.0.clone(), "old".into()), "KEY", &secrets.code, &[]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("value=\"KEY\""), "the key is kept");
    assert!(!stale.body.contains(&secrets.code), "a code is never shown again");
    for (key, code, says) in [
        ("", "1", "Enter your key"),
        ("K", "", "Enter your code"),
        ("NOSUCHKEY", "12345678", "do not belong together"),
        (&*secrets.shown_key(), "12345678", "do not belong together"),
    ] {
        let page = lived.enter(&browser, key, code, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        assert!(page.body.contains(says) && page.cookies().is_empty(), "{key}: {says}");
    }
    for _ in 0..4 {
        lived.enter(&browser, &secrets.key, "12345678", &[]).await;
    }
    let locked = lived.enter(&browser, &secrets.key, &secrets.code, &[]).await;
    assert!(locked.body.contains("Wait an hour"), "the right code waits as well");
    lived.world.pass(3700);
    let opened = lived.enter(&browser, &secrets.shown_key(), &secrets.shown_code(), &[]).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/follow/request"));
    let page = lived.world.get("/follow/request", &opened.cookies()).await;
    assert!(page.status == StatusCode::OK && page.body.contains(&reference));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!page.body.contains(&secrets.key), "neither key nor code is on the page");
    let forged = format!("follow={}", "a".repeat(64));
    for cookies in ["", &*forged] {
        let page = lived.world.get("/follow/request", cookies).await;
        assert_eq!(page.header("location"), "/follow?ended=yes", "{cookies}");
    }
}

#[tokio::test]
async fn an_answer_sent_too_late_goes_through_the_door_with_its_writer() {
    let lived = Lived::new();
    let (_, secrets) = lived.ask();
    let browser = lived.arrive().await;
    let opened = lived.enter(&browser, &secrets.key, &secrets.code, &[]).await;
    let cookies = format!("{}; {}", browser.0, opened.cookies());
    lived.world.pass(31 * 60);
    let fields = [("form_token", &*browser.1), ("answer", "The years 2019 & <2020>")];
    let late = lived.send("/follow/question", &cookies, &fields).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert!(late.body.contains("The years 2019 &amp; &lt;2020&gt;"), "kept: {}", late.body);
    let more = [("kept_page", "question"), ("kept", "The years 2019 & <2020>")];
    let again = lived.enter(&browser, &secrets.key, &secrets.code, &more).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.body.contains("The years 2019 &amp; &lt;2020&gt;</textarea>"), "{}", again.body);
    // Nothing is asked, so that nothing is to be answered; the page says how it stands.
    let cookies = format!("{}; {}", browser.0, again.cookies());
    let done = lived.send("/follow/question", &cookies, &fields).await;
    assert_eq!(done.header("location"), "/follow/request");
    let stale = lived.send("/follow/papers/identity", &cookies, &[("form_token", "old")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(lived.send("/follow/papers/passport", &cookies, &fields).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn leaving_ends_the_visit_here_and_at_once() {
    let lived = Lived::new();
    let (_, secrets) = lived.ask();
    let browser = lived.arrive().await;
    let opened = lived.enter(&browser, &secrets.key, &secrets.code, &[]).await;
    let cookies = opened.cookies();
    assert_eq!(lived.world.get("/follow/request", &cookies).await.status, StatusCode::OK);
    let left = lived.world.get("/leave", &cookies).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert!(left.header("location").starts_with("https://www.bbc.co.uk/"));
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    // Whoever kept the cookie sees nothing either.
    assert_eq!(lived.world.get("/follow/request", &cookies).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        lived.world.get("/cy/leave", "").await.status,
        StatusCode::SEE_OTHER,
        "for whoever has no visit too"
    );
}

#[tokio::test]
async fn what_is_withdrawn_twice_is_withdrawn_once() {
    let lived = Lived::new();
    let (_, secrets) = lived.ask();
    let browser = lived.arrive().await;
    let opened = lived.enter(&browser, &secrets.key, &secrets.code, &[]).await;
    let cookies = format!("{}; {}", browser.0, opened.cookies());
    let fields = [("form_token", &*browser.1), ("why", "It is settled")];
    for _ in 0..2 {
        let done = lived.world.post("/follow/withdraw", &cookies, &fields).await;
        assert_eq!(done.header("location"), "/follow/request");
    }
    let page = lived.world.get("/follow/request", &cookies).await;
    assert!(page.body.contains("You have withdrawn it"));
    assert_eq!(lived.world.get("/follow/withdraw", &cookies).await.status, StatusCode::SEE_OTHER);
    let receipt = lived.world.get("/follow/receipt/receipt.json", &cookies).await;
    assert!(receipt.header("content-disposition").starts_with("attachment"));
    assert!(receipt.body.contains("counterfoil-receipt/1"));
    assert_eq!(lived.world.get("/follow/receipt/other", &cookies).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_saved_form_comes_back_where_something_is_missing() {
    let lived = Lived::new();
    let page = lived.world.get("/ask", "").await;
    let (cookies, token) = (page.cookies(), page.token());
    let fields = [
        ("form_token", &*token),
        ("step", "words"),
        ("go", "save"),
        ("right", "erasure"),
        ("whom", "self"),
        ("wording", "My <old> case"),
    ];
    let saved = lived.world.post("/ask", &cookies, &fields).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    let body = saved.body.replace("&#x2f;", "/");
    let link = body.split_once("href=\"/ask/return/").unwrap().1.split('"').next().unwrap().to_owned();
    let back = lived.world.get(&format!("/ask/return/{link}"), "").await;
    assert!(
        back.body.contains("value=\"name\"") && back.body.contains("My &lt;old&gt; case"),
        "{}",
        back.body
    );
    let wrong = lived.world.get("/ask/return/AAAAAAAAAAAAAAAAAAAA", "").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    lived.world.pass(29 * 86_400);
    assert_eq!(lived.world.get(&format!("/ask/return/{link}"), "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_public_page_sets_only_needed_cookies_and_names_officer_and_regulator() {
    let lived = Lived::new();
    let look = check::look(&lived.site).await;
    assert!(look.pages >= 50, "{look:?}");
    assert_eq!((look.unknown_cookies, look.foreign_files, look.without_contacts), (0, 0, 0), "{look:?}");
    assert_eq!(look.cookies, 1, "before anyone has typed anything, a form's secret at most");
    let bare = support::site(Settings::default()).0;
    assert!(check::look(&bare).await.without_contacts > 0, "a site that names nobody is seen");
}

#[tokio::test]
async fn a_letter_is_nobodys_but_an_officers() {
    let lived = Lived::new();
    let (reference, _) = lived.ask();
    let who = lived.system();
    let desk = lived.desk(&who);
    let points = Points { said: "Which years?".into(), ..Points::default() };
    assert!(letters::draft(&desk, &reference, LetterKind::Clarification, &points).is_err());
    for path in [
        format!("/staff/requests/{reference}/letters"),
        format!("/staff/requests/{reference}/asker"),
        "/staff/requests/new".to_owned(),
        "/staff/mail".to_owned(),
    ] {
        let page = lived.world.get(&path, "").await;
        assert!(page.header("location").contains("/staff/sign-in"), "{path}");
    }
}
