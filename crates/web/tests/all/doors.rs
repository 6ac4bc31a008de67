//! What every answer carries, who may come in, and what a refusal looks like.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use counterfoil_web::{Settings, Site, SiteError, theme::Theme};

use crate::support::{self, FAULT, PANICS, World};

fn request_path(reference: &str) -> String {
    format!("/staff/requests/{reference}")
}

#[tokio::test]
async fn every_answer_is_protected() {
    let world = World::new();
    for path in ["/", "/cy", "/staff/sign-in", "/health", "/nowhere", "/assets/app.css", "/staff"] {
        let answer = world.get(path, "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("x-request-id").len(), 16);
        let caching = answer.header("cache-control");
        assert_eq!(
            caching,
            if path.starts_with("/assets") { "public, max-age=86400" } else { "no-store" },
            "{path}"
        );
    }
}

#[tokio::test]
async fn plain_http_does_not_promise_https() {
    let world = World::with(Settings::default());
    let page = world.get("/staff/sign-in", "").await;
    assert_eq!(page.header("strict-transport-security"), "");
    assert!(page.cookies().starts_with("form="), "{}", page.cookies());
}

#[tokio::test]
async fn cookies_are_host_only_secure_and_unread_by_scripts_and_set_only_where_needed() {
    let world = World::new();
    assert_eq!(world.get("/", "").await.cookies(), "", "no form, no cookie");
    let page = world.get("/staff/sign-in", "").await;
    let line = page.header("set-cookie");
    assert!(
        line.starts_with("__Host-form=") && line.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{line}"
    );
    assert_eq!(world.get("/staff/sign-in", &page.cookies()).await.cookies(), "", "it is kept");
}

#[tokio::test]
async fn nobody_comes_in_without_signing_in() {
    let world = World::new();
    for path in ["/staff", &request_path("AR-2026-0041"), "/cy/staff", "/staff/requests/anything"] {
        let answer = world.get(path, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        let to = answer.header("location");
        assert!(
            to.contains("/staff/sign-in") && to.starts_with("/cy") == path.starts_with("/cy"),
            "{path}: {to}"
        );
        let forged = format!("__Host-session={}", "a".repeat(64));
        assert_eq!(world.get(path, &forged).await.status, StatusCode::SEE_OTHER, "{path}");
    }
}

#[tokio::test]
async fn another_sites_form_is_refused_before_anything_else() {
    let world = World::new();
    let session = world.sign_in().await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("x-none", "1")]
    {
        let request = Request::post("/staff/sign-out").header(name, value).header(header::COOKIE, &session);
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(answer.body.contains("You cannot do this"));
    }
    assert_eq!(world.get("/staff", &session).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn refusals_are_pages_in_the_visitors_language() {
    let world = World::new();
    let session = world.sign_in().await;
    for (path, status, english, welsh) in [
        ("/nowhere".to_owned(), 404, "Page not found", "Heb ddod o hyd"),
        ("/assets/nothing.css".to_owned(), 404, "Page not found", "Heb ddod o hyd"),
        (request_path("AR-1999-0001"), 404, "Page not found", "Heb ddod o hyd"),
        ("/staff/requests/a%20b".to_owned(), 404, "Page not found", "Heb ddod o hyd"),
        ("/staff/sign-out".to_owned(), 405, "does not work that way", "gweithio felly"),
        (request_path(FAULT), 500, "something went wrong", "aeth rhywbeth"),
        (request_path(PANICS), 500, "something went wrong", "aeth rhywbeth"),
    ] {
        for (prefix, says) in [("", english), ("/cy", welsh)] {
            let answer = world.get(&format!("{prefix}{path}"), &session).await;
            assert_eq!(answer.status.as_u16(), status, "{prefix}{path}");
            assert!(answer.body.contains(says), "{prefix}{path}: {}", answer.body);
            assert!(answer.body.contains("govuk-template"), "in the layout");
        }
    }
    let fault = world.get(&request_path(PANICS), &session).await;
    assert!(!fault.body.contains("Gethin"), "nothing of the inside");
    assert!(fault.body.contains(fault.header("x-request-id")), "a reference to quote");
    assert_eq!(world.get("/staff/sign-out", "").await.header("allow"), "POST");
}

#[tokio::test]
async fn a_form_that_is_too_large_is_a_page_and_not_a_fault() {
    let world = World::with(Settings { largest_form: 1000, ..Settings::default() });
    let page = world.get("/staff/sign-in", "").await;
    let long = "a".repeat(2000);
    let answer = world.post("/staff/sign-in", &page.cookies(), &[("name", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("That is too large"));
    let request = Request::post("/cy/staff/sign-in")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "text/csv");
    let answer = world.send(request.body(Body::from("a,b")).unwrap()).await;
    assert!(answer.status.is_client_error() && answer.body.contains("Ni allem ddeall"), "{}", answer.status);
}

#[tokio::test]
async fn health_says_only_ok_and_figures_are_not_here() {
    let world = World::new();
    let health = world.get("/health", "").await;
    assert_eq!((health.status, health.body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(world.get("/metrics", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_are_served_under_names_that_follow_their_content() {
    let world = World::new();
    let home = world.get("/", "").await;
    let (_, rest) = home.body.split_once("href=\"/assets/theme-").unwrap();
    let name = format!("/assets/theme-{}", rest.split('"').next().unwrap());
    let theme = world.get(&name, "").await;
    assert_eq!(theme.header("content-type"), "text/css; charset=utf-8");
    assert!(theme.header("cache-control").contains("immutable"));
    assert!(theme.body.contains("--cf-brand:#4a2545"), "{}", theme.body);
}

#[tokio::test]
async fn a_signed_in_officer_sees_the_list_and_a_request_in_both_languages() {
    let world = World::new();
    let session = world.sign_in().await;
    let list = world.get("/staff", &session).await;
    for says in [
        "AR-2026-0041",
        "10 days late",
        "due today",
        "79 days left",
        "no due date yet",
        "12 Nov 2026",
        "Ada Officer",
    ] {
        assert!(list.body.contains(says), "{says}");
    }
    let page = world.get(&format!("/cy{}", request_path("AR-2026-0041")), &session).await;
    for says in [
        "dydd Iau 12 Tachwedd 2026",
        "10 diwrnod yn hwyr",
        "Archived mailboxes",
        "Ni ellid ei chwilio",
        "14 eitem arall",
    ] {
        assert!(page.body.contains(says), "{says}");
    }
}

#[test]
fn a_site_with_a_wrong_address_does_not_start() {
    let theme = || Theme::parse(include_str!("../../../../organisations/council/theme.toml")).unwrap();
    for bad in ["site.example", "https://", "https://a.example/path", "ftp://a.example"] {
        let settings = Settings { public_address: Some(bad.into()), ..Settings::default() };
        let refused = Site::new(theme(), settings, support::means(Default::default)).unwrap_err();
        assert!(matches!(refused, SiteError::Address(_)), "{bad}");
    }
}

/// Signing in is let off the limit, so that a busy machine cannot fail the test.
#[tokio::test]
async fn a_request_that_takes_too_long_is_told_so() {
    let now = jiff::Timestamp::from_second(1_795_340_000).unwrap();
    let means = support::means(move || now);
    let clock = std::sync::Arc::new(now.as_second().into());
    let patient =
        World { app: counterfoil_web::app(&support::site_with(Settings::default(), means.clone())), clock };
    let session = patient.sign_in().await;
    let limited = Settings { time_limit: Duration::from_secs(1), ..Settings::default() };
    let slow = Router::new().route("/staff/slow", get(std::future::pending::<()>));
    let app = counterfoil_web::with_routes(&support::site_with(limited, means), slow);
    let answer = World { app, clock: patient.clock }.get("/staff/slow", &session).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("not available now"));
}

#[tokio::test]
async fn the_privacy_notices_are_open_to_everyone_and_an_unknown_service_is_not_found() {
    let world = World::new();
    for path in ["/privacy", "/privacy/child", "/privacy/office/bangor", "/privacy/licensing", "/cy/privacy"]
    {
        let page = world.get(path, "").await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.cookies(), "", "{path} sets no cookie");
        assert!(page.body.contains("<h2 class=\"govuk-heading-m\" id=\"who\"><span lang=\"cy\">"), "{path}");
    }
    let welsh = world.get("/cy/privacy", "").await;
    assert!(welsh.body.contains("href=\"/cy/privacy/child\""), "links keep the language");
    assert_eq!(world.get("/privacy/trams", "").await.status, StatusCode::NOT_FOUND);
}
