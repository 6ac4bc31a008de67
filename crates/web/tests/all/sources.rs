//! The search plan's pages for the officer, and the page on which a colleague answers by a link.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use counterfoil_domain::access::Role;
use counterfoil_service::rights::sources::{self, NewQuestion, PlannedSource};
use counterfoil_service::rights::{self, figures};
use jiff::civil::date;

use crate::live::House;
use crate::support::Answer;

/// A request whose one asked source has an open question: the reference, the source, the secret.
fn asked(house: &House) -> (String, PlannedSource, String) {
    let (person, ..) = house.own.person(0);
    let reference = house.own.request(0, person);
    let (source, secret) = house.own.act(0, Role::IgOfficer, |desk| {
        let plan = sources::plan(desk, &reference).unwrap();
        let source = plan.sources.into_iter().find(|s| s.kind == "system").unwrap();
        let secret = sources::ask_colleague(desk, &reference, &question(&source.source)).unwrap();
        (source, secret)
    });
    (reference, source, secret)
}

fn question(source: &str) -> NewQuestion {
    NewQuestion {
        source: source.to_owned(),
        name: "Dewi Rees".into(),
        email: "dewi@mail.example".into(),
        question: "What do you hold & since when?".into(),
        whom: "Wilfred Ashgrove".into(),
        known_by: "member 4471".into(),
        period: String::new(),
        due_on: date(2026, 12, 1),
    }
}

fn state(house: &House, reference: &str, key: &str) -> PlannedSource {
    let plan = house.own.act(0, Role::IgOfficer, |desk| sources::plan(desk, reference)).unwrap();
    plan.sources.into_iter().find(|s| s.key == key).unwrap()
}

/// Sends a form with files, as a browser does.
async fn send(
    house: &House,
    at: &str,
    cookies: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        write!(body, "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    for (name, content) in files {
        let head = format!("content-disposition: form-data; name=\"files\"; filename=\"{name}\"");
        write!(body, "--x\r\n{head}\r\ncontent-type: text/plain\r\n\r\n{content}\r\n").unwrap();
    }
    body.push_str("--x--\r\n");
    let request = Request::post(at)
        .header(header::COOKIE, cookies)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    house.world.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_answers_once_and_a_second_sending_is_thanked_too() {
    let house = House::new();
    let (reference, source, secret) = asked(&house);
    let at = format!("/answer/{secret}");
    let page = house.world.get(&at, "").await;
    assert_eq!(page.status, StatusCode::OK);
    for says in
        ["Dewi Rees", "What do you hold &amp; since when?", "Wilfred Ashgrove", "member 4471", "Any time"]
    {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains("Everything, please"), "the request's own words are not the colleague's");
    let welsh = house.world.get(&format!("/cy{at}"), "").await;
    assert!(welsh.body.contains("Beth sydd gennych?") && welsh.body.contains("1 Rhagfyr 2026"));
    let (token, cookies) = (page.token(), page.cookies());
    for (fields, files, says) in [
        (&[("answer", "none-held"), ("said", "looked")][..], &[][..], "Say in a sentence"),
        (&[("answer", "held"), ("said", "looked")], &[], "Add the files"),
        (&[("answer", "none-held"), ("said", "looked everywhere")], &[("a.txt", "a")], "something is held"),
        (&[("answer", "not-mine"), ("said", "looked")], &[], "whom we should ask"),
        (&[("answer", "waived"), ("said", "looked everywhere")], &[], "Choose one"),
    ] {
        let fields: Vec<_> = fields.iter().copied().chain([("form_token", &*token)]).collect();
        let again = send(&house, &at, &cookies, &fields, files).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(again.body.contains(says) && again.body.contains(">\nlooked"), "{says}, and it is kept");
        assert_eq!(again.body.contains("choose your files again"), !files.is_empty());
    }
    let stale = [("answer", "none-held"), ("said", "the index by name"), ("form_token", "old")];
    let again = send(&house, &at, &cookies, &stale, &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("the index by name"), "a stale form keeps what was typed");

    let whole = [("answer", "held"), ("said", "the index by name"), ("form_token", &*token)];
    let files = [("card.txt", "Wilfred Ashgrove, member 4471")];
    for _ in 0..2 {
        let done = send(&house, &at, &cookies, &whole, &files).await;
        assert!(matches!(done.status, StatusCode::SEE_OTHER | StatusCode::OK), "{}", done.status);
    }
    let held = state(&house, &reference, &source.key);
    assert_eq!((held.result.as_str(), held.items), ("held", 1));
    let thanks = house.world.get(&at, &cookies).await;
    assert_eq!(thanks.status, StatusCode::OK);
    assert!(thanks.body.contains("Thank you: we have your answer") && !thanks.body.contains("Ashgrove"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_opens_nothing_keeps_what_was_typed_and_says_what_to_do() {
    let house = House::new();
    let (reference, source, secret) = asked(&house);
    let page = house.world.get(&format!("/answer/{secret}"), "").await;
    let (token, cookies) = (page.token(), page.cookies());
    let typed = [("answer", "none-held"), ("said", "the index by name"), ("form_token", &*token)];
    let tampered = format!("/answer/{}", secret.replace(|c: char| c.is_ascii_digit(), "f"));
    let withdrawn = format!("/answer/{secret}");
    house.own.act(0, Role::IgOfficer, |desk| sources::withdraw(desk, &reference, &source.source)).unwrap();
    for (at, status, says) in [
        (&tampered, StatusCode::NOT_FOUND, "Copy the whole link"),
        (&withdrawn, StatusCode::GONE, "taken it back"),
    ] {
        let shown = house.world.get(at, &cookies).await;
        assert_eq!(shown.status, status, "{at}");
        assert!(!shown.body.contains("Ashgrove"), "nothing of the question");
        let again = send(&house, at, &cookies, &typed, &[]).await;
        assert_eq!(again.status, status);
        for part in [says, "the index by name", "It was not sent", "mailto:"] {
            assert!(again.body.contains(part), "{at}: {part}: {}", again.body);
        }
    }
    assert_eq!(state(&house, &reference, &source.key).result, "pending");
    // Guessing has a limit, and what was typed survives it.
    let mut last = house.world.get(&tampered, "").await;
    for _ in 0..40 {
        last = send(&house, &tampered, &cookies, &typed, &[]).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.body.contains("the index by name") && !last.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn an_officer_asks_records_and_waives_and_a_refused_form_keeps_what_was_typed() {
    let house = House::new();
    let (reference, source, first) = asked(&house);
    let cookie = house.cookie(Role::IgOfficer);
    let base = format!("/staff/requests/{reference}/sources");
    let request = house.world.get(&format!("/staff/requests/{reference}"), &cookie).await;
    assert!(request.body.contains(&base), "the request's page leads to the plan");
    let plan = house.world.get(&base, &cookie).await;
    assert!(
        plan.body.contains("The answer cannot go out yet.")
            && plan.body.contains("1 source has not answered")
    );
    let at = format!("{base}/{}", source.key);
    let page = house.world.get(&at, &cookie).await;
    let token = page.token();
    assert!(page.body.contains("Dewi Rees") && !page.body.contains(&first), "the link is nowhere");

    let ask = |due: &'static str| {
        let fields =
            [("do", "ask"), ("name", "Mair Vaughan"), ("email", "mair@mail.example"), ("whom", "W. A.")];
        let more = [
            ("question", "Any call recordings?"),
            ("due-day", due),
            ("due-month", "12"),
            ("due-year", "2026"),
        ];
        fields.into_iter().chain(more).chain([("send", "yes"), ("language", "cy")]).collect::<Vec<_>>()
    };
    for (due, stale) in [("32", false), ("4", true)] {
        let token = if stale { "old" } else { &*token };
        let fields: Vec<_> = ask(due).into_iter().chain([("form_token", token)]).collect();
        let again = house.world.post(&at, &cookie, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{due}");
        assert!(again.body.contains("Any call recordings?") && again.body.contains("value=\"Mair Vaughan\""));
    }
    let fields: Vec<_> = ask("4").into_iter().chain([("form_token", &*token)]).collect();
    let shown = house.world.post(&at, &cookie, &fields).await;
    assert_eq!(shown.status, StatusCode::OK);
    let body = shown.body.replace("&#x2f;", "/");
    let (_, link) = body.split_once("http://site.example/answer/").expect("the link is shown once");
    let second = &link[..40];
    let opened = house.world.get(&format!("/cy/answer/{second}"), "").await;
    assert!(opened.body.contains("Mair Vaughan") && opened.body.contains("Any call recordings?"));
    assert_eq!(house.world.get(&format!("/answer/{first}"), "").await.status, StatusCode::GONE, "asked anew");
    let letters = house.world.get(&format!("/staff/requests/{reference}/letters"), &cookie).await;
    assert!(letters.body.contains("Ask a colleague what a source holds"), "it goes by e-mail");

    let record =
        [("do", "record"), ("result", "failed"), ("said", "the archive is offline"), ("form_token", &*token)];
    let done = send(&house, &at, &cookie, &record, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(
        house.world.get(&format!("/answer/{second}"), "").await.status,
        StatusCode::GONE,
        "recorded instead"
    );
    let waive = |why| [("do", "waive"), ("why", why), ("form_token", &*token)];
    let no = house.world.post(&at, &cookie, &waive("no")).await;
    assert!(no.status == StatusCode::UNPROCESSABLE_ENTITY && no.body.contains("the letter will state it"));
    house.world.post(&at, &cookie, &waive("the archive was lost in the flood of 2019")).await;
    assert_eq!(state(&house, &reference, &source.key).result, "waived");
    let body = house.world.get(&base, &cookie).await.body;
    assert!(
        body.contains("cannot go out yet") && body.contains("not in the plan"),
        "the other systems are not asked"
    );

    // The plan: what is left out needs a reason, and what was ticked comes back.
    let no =
        house.world.post(&base, &cookie, &[("do", "plan"), ("system", "x"), ("form_token", &*token)]).await;
    assert!(no.status == StatusCode::UNPROCESSABLE_ENTITY && no.body.contains("say why the systems"));
    let why = ("why", "never had anything to do with them");
    let done = house.world.post(&base, &cookie, &[("do", "plan"), why, ("form_token", &*token)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!house.world.get(&base, &cookie).await.body.contains("cannot go out yet"));
    assert_eq!(
        house.world.get(&format!("{base}/0000000000000000"), &cookie).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn time_and_service_are_noted_on_their_page() {
    let house = House::new();
    let (reference, ..) = asked(&house);
    let cookie = house.cookie(Role::IgOfficer);
    let at = format!("/staff/requests/{reference}/time");
    let page = house.world.get(&at, &cookie).await;
    assert!(page.body.contains("Nothing is noted yet"));
    let token = page.token();
    for (hours, minutes) in [("", ""), ("x", "5"), ("61", ""), ("-1", "")] {
        let fields = [("do", "time"), ("hours", hours), ("minutes", minutes), ("form_token", &*token)];
        let again = house.world.post(&at, &cookie, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{hours} {minutes}");
        assert!(again.body.contains(&format!("value=\"{hours}\"")), "kept");
    }
    let fields = [("do", "time"), ("hours", "1"), ("minutes", "25"), ("form_token", &*token)];
    assert_eq!(house.world.post(&at, &cookie, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(house.world.get(&at, &cookie).await.body.contains("1 h 25 min"));
    let noted = house.own.act(0, Role::IgOfficer, |desk| figures::noted(desk, &reference)).unwrap();
    let service = noted.services[0].0.clone();
    let fields = [("do", "service"), ("service", &*service), ("form_token", &*token)];
    assert_eq!(house.world.post(&at, &cookie, &fields).await.status, StatusCode::SEE_OTHER);
    let noted = house.own.act(0, Role::IgOfficer, |desk| figures::noted(desk, &reference)).unwrap();
    assert_eq!((noted.service, noted.minutes), (service, 85));
    assert!(house.own.act(0, Role::IgOfficer, |desk| rights::show(desk, &reference)).is_ok());
}
