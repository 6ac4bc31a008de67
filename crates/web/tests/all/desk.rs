//! The officer's desk: what is recorded, refused and kept on a request's page, and the calculator.

use axum::http::StatusCode;

use crate::support::World;

const PAGE: &str = "/staff/requests/AR-2026-0041";

fn event<'a>(token: &'a str, kind: &'a str, day: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form_token", token),
        ("kind", kind),
        ("on-day", day),
        ("on-month", "11"),
        ("on-year", "2026"),
        ("note", "by telephone"),
    ]
}

#[tokio::test]
async fn an_event_is_recorded_or_comes_back_with_what_was_typed() {
    let world = World::new();
    let cookies = world.sign_in().await;
    let page = world.get(PAGE, &cookies).await;
    let (token, at) = (page.token(), format!("{PAGE}/events"));
    let done = world.post(&at, &cookies, &event(&token, "clarification-asked", "12")).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, PAGE));
    for (kind, day, says) in [
        ("clarification-asked", "31", "Enter a real date"),
        ("nonsense", "12", "Choose what happened"),
        ("extended", "12", "it was told too late"),
    ] {
        let again = world.post(&at, &cookies, &event(&token, kind, day)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {day}");
        assert!(again.body.contains(says), "{says}: {}", again.body);
        assert!(again.body.contains("value=\"by telephone\""), "the note is kept");
    }
    let stale = world.post(&at, &cookies, &event("old", "clarification-asked", "12")).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("value=\"by telephone\""), "a stale form keeps the note");
}

#[tokio::test]
async fn nobody_acts_without_signing_in_or_from_another_site() {
    let world = World::new();
    for at in ["events", "search", "approve"] {
        let path = format!("{PAGE}/{at}");
        let shut = world.post(&path, "", &event("x", "clarification-asked", "12")).await;
        assert_eq!(shut.status, StatusCode::UNAUTHORIZED, "{at}");
        let cookies = world.sign_in().await;
        let stale = world.post(&path, &cookies, &[("form_token", "x")]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        world.pass(60);
    }
}

#[tokio::test]
async fn the_calculator_answers_refuses_and_keeps() {
    let world = World::new();
    let asked = "/deadline?about=access&division=northern-ireland&received-day=31&received-month=1&received-year=2026";
    let answered = world.get(asked, "").await;
    assert_eq!(answered.status, StatusCode::OK);
    // One month from 31 January ends on 28 February, a Saturday: Monday 2 March.
    assert!(answered.body.contains("By Monday 2 March 2026"), "{}", answered.body);
    assert!(answered.body.contains("UK GDPR"), "the working names its provisions: {}", answered.body);
    let wrong = world.get(&asked.replace("received-day=31", "received-day=32"), "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Enter a real date") && wrong.body.contains("value=\"32\""));
    let beyond = world.get(&asked.replace("year=2026", "year=2031"), "").await;
    assert!(beyond.body.contains("There is no answer to that"), "beyond the holidays nothing is guessed");
}
