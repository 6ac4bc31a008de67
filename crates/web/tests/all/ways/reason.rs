//! N3: another office sees a record only with a good reason.

use axum::http::Method;
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook::{Identity, Protection};
use counterfoil_service::network;
use counterfoil_service::rights::{self, Desk, PublicRequest, RequestText};
use counterfoil_service::store::Actor;
use jiff::SignedDuration;
use serde_json::json;
use tokio::task::block_in_place;

use super::house::{House, How, Try, each, fields};

/// A rights request of the person that waits at the home office; gives its reference.
pub fn asked(house: &House) -> String {
    of_public(house, Right::Access)
}

fn of_public(house: &House, right: Right) -> String {
    block_in_place(|| {
        let who = Actor::Automation { controller: house.live.controller };
        let desk = Desk {
            store: &house.live.store,
            who: &who,
            calendar: &house.live.calendar,
            law: &house.live.law,
        };
        let text = RequestText {
            requester: "Beatrix Thornquist".into(),
            capacity: "self".into(),
            wording: "Quillfeather".into(),
            ..RequestText::default()
        };
        rights::ask(&desk, &PublicRequest { token: "7".repeat(64), right, text }).unwrap().reference
    })
}

const OPEN: How = How::Get("/staff/people/{person}");

fn asking(reason: &str, evidence: &str, words: &str, hours: &str) -> How {
    let fields =
        [("do", "ask"), ("reason", reason), ("evidence", evidence), ("words", words), ("hours", hours)];
    How::Post("/staff/people/{person}/ask", super::house::fields(&fields))
}

fn calling(reason: &str, evidence: &str, words: &str, hours: i64) -> How {
    let body = json!({ "reason": reason, "evidence": evidence, "words": words, "hours": hours });
    How::Call(Method::POST, "/api/v1/people/{person}/grants", body)
}

const WORDS: &str = "she is at our desk with a letter";

async fn attends(house: &House, by: &str) {
    let done = house.send(by, &asking("client-attends", "", WORDS, "1")).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

/// What is shut, wherever the worker comes from.
async fn shut(house: &House, number: &'static str, by: &'static str) {
    // That a record exists, and where, is stage one; nothing of it is on the page.
    house.tells_nothing(vec![Try(number, by, OPEN)]).await;
    house
        .refuses(vec![
            Try(number, by, How::Get("/staff/people/{person}/looked")),
            Try(number, by, How::Get("/staff/cases/{case}")),
            Try(number, by, How::Get("/staff/documents/{document}")),
            Try(number, by, How::Call(Method::GET, "/api/v1/people/{person}", json!(null))),
            Try(number, by, How::Call(Method::GET, "/api/v1/cases/{case}", json!(null))),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn a_reason_that_is_none_makes_no_grant() {
    each("advice-network", async |house| {
        let complaint = of_public(house, Right::Complaint);
        house.name("complaint", &complaint);
        house.acting("net", |desk| {
            let offices = desk.store.offices(desk.controller()).unwrap();
            let office = |name: &str| offices.iter().find(|o| o.name == name).unwrap().id;
            let new = |offices, reference: &str, until| network::NewPartnership {
                offices,
                reference: reference.into(),
                about: "debt".into(),
                from: jiff::civil::date(2026, 1, 1),
                until,
            };
            let long = jiff::civil::date(2027, 1, 1);
            network::add_partnership(desk, &new((office("Moor"), office("Glen")), "P-01", long)).unwrap();
            let over = jiff::civil::date(2026, 11, 19);
            network::add_partnership(desk, &new((office("Moor"), office("Vale")), "P-02", over)).unwrap();
        });
        house.acting("vig", |desk| {
            let office = counterfoil_service::casebook::office_of(desk.who).unwrap();
            network::open_incident(desk, office, "I-01").unwrap();
        });
        let both = |number, by, reason: &str, evidence: &str, words: &str, hours: i64| {
            let page = asking(reason, evidence, words, &hours.to_string());
            [Try(number, by, page), Try(number, by, calling(reason, evidence, words, hours))]
        };
        let tries = [
            both("N3-10", "tom", "client-attends", "", "hi", 1),
            both("N3-11", "tom", "client-attends", "", WORDS, 9),
            both("N3-11", "tom", "client-attends", "", WORDS, 0),
            both("N3-11", "tom", "client-attends", "", WORDS, -1),
            both("N3-12", "tom", "partnership", "P-01", WORDS, 1),
            both("N3-13", "tom", "partnership", "P-02", WORDS, 1),
            both("N3-14", "tom", "partnership", "P-99", WORDS, 1),
            both("N3-14", "tom", "partnership", "", WORDS, 1),
            both("N3-15", "tom", "complaint", "{complaint}", WORDS, 1),
            both("N3-15", "vcom", "complaint", "{complaint}", WORDS, 1),
            both("N3-16", "vcom", "client-attends", "", WORDS, 1),
            both("N3-17", "vig", "incident", "I-01", WORDS, 1),
            both("N3-17", "tom", "incident", "I-01", WORDS, 1),
            both("N3-18", "tom", "configured", "", WORDS, 1),
            both("N3-18", "tom", "curiosity", "", WORDS, 1),
            both("N3-19", "vrec", "client-attends", "", WORDS, 1),
            both("N3-19", "net", "client-attends", "", WORDS, 1),
            both("N3-20", "lapsed", "client-attends", "", WORDS, 1),
        ];
        for pair in tries {
            house.refuses(pair.into()).await;
        }
        for by in ["tom", "vrec", "net", "lapsed"] {
            shut(house, "N3-21", by).await;
        }
        // Vig may ask, and has asked: what is made after a refused reason opens nothing.
        house.tells_nothing(vec![Try("N3-21", "vig", OPEN), Try("N3-21", "vcom", OPEN)]).await;
        // A booking of one's own is no evidence: the grant rests on the worker's word and waits for review.
        let booked = fields(&[
            ("do", "book"),
            ("who", "B"),
            ("on-day", "20"),
            ("on-month", "11"),
            ("on-year", "2026"),
            ("at", "10:30"),
        ]);
        let done = house.send("tom", &How::Post("/staff/people/{person}/appointment", booked)).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let asked = house.send("tom", &calling("client-attends", "", WORDS, 1)).await;
        assert!(asked.body.contains("\"checked\":false"), "N3-22: {}", asked.body);
        let number = "N3-22";
        assert!(house.state().contains("None"), "{number}: it waits for the home office");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn a_grant_ends_and_reaches_no_further_than_it_says() {
    each("advice-network", async |house| {
        let second = house.record("ada", "Quillfeather", |new| new.shares_contact = true);
        house.name("second", &second);
        attends(house, "tom").await;
        assert_eq!(house.send("tom", &OPEN).await.status, 200, "with the reason it opens");
        shut(house, "N3-23", "una").await;
        house.tells_nothing(vec![Try("N3-24", "tom", How::Get("/staff/people/{second}"))]).await;
        house
            .refuses(vec![
                Try("N3-24", "tom", How::Call(Method::GET, "/api/v1/people/{second}", json!(null))),
                Try("N3-27", "tom", How::For("quality", "/api/v1/people/{person}")),
                Try("N3-27", "tom", How::For("complaint", "/api/v1/people/{person}")),
            ])
            .await;
        let edit = fields(&[("do", "save"), ("version", "1"), ("surname", "Changed")]);
        let changed = json!({ "version": 1, "profile": { "surname": "Changed" } });
        let consent = [
            ("purpose", "referral"),
            ("given", "in-person"),
            ("parties", "referral-partners"),
            ("fields", "name"),
        ];
        let offered =
            [("do", "offer"), ("to_office", "{vale}"), ("why", "we want her here"), ("person_says", "yes")];
        let merged = |other| fields(&[("do", "merge"), ("other", other), ("why", "the same person twice")]);
        house
            .changes_nothing(vec![
                Try("N3-25", "tom", How::Post("/staff/people/{person}/edit", edit)),
                Try("N3-25", "tom", How::Call(Method::PUT, "/api/v1/people/{person}", changed)),
                Try("N3-26", "tom", How::Post("/staff/people/{person}/consents", fields(&consent))),
                Try("N3-28", "tom", How::Post("/staff/people/{person}", fields(&offered))),
                Try("N3-28", "tom", How::Post("/staff/people/{person}", fields(&[("do", "watch")]))),
                Try("N3-28", "tom", How::Post("/staff/people/{person}", fields(&[("do", "protect")]))),
                Try("N3-29", "tom", How::Post("/staff/people/{own}/merge", merged("{person}"))),
                Try("N3-29", "vsup", How::Post("/staff/people/{own}/merge", merged("{person}"))),
                Try("N3-29", "vsup", How::Post("/staff/people/{person}/merge", merged("{own}"))),
            ])
            .await;
        // An hour later it is over, on every way in.
        house.pass(SignedDuration::from_secs(3600)).await;
        shut(house, "N3-30", "tom").await;
        house
            .refuses(vec![
                Try(
                    "N3-31",
                    "tom",
                    How::Post("/staff/cases/{case}", fields(&[("do", "note"), ("advice", "late")])),
                ),
                Try("N3-31", "tom", How::Post("/staff/cases/{case}/draft", fields(&[("advice", "late")]))),
                Try(
                    "N3-31",
                    "tom",
                    How::Call(Method::POST, "/api/v1/cases/{case}/notes", json!({ "text": "late" })),
                ),
            ])
            .await;
        // Given back, or found without a reason by the home office: over at once.
        attends(house, "tom").await;
        let grant = house
            .acting("tom", |desk| counterfoil_service::casebook::work::my_desk(desk).unwrap().grants[0].id);
        house.name("grant", &grant);
        house
            .refuses(vec![Try(
                "N3-32",
                "vsup",
                How::Post("/staff/access", fields(&[("do", "justified"), ("grant", "{grant}")])),
            )])
            .await;
        let done = house
            .send("sup", &How::Post("/staff/access", fields(&[("do", "unjustified"), ("grant", "{grant}")])))
            .await;
        assert_eq!(done.status, 303, "{}", done.body);
        shut(house, "N3-33", "tom").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_doors_of_search_figures_and_other_peoples_identifiers() {
    each("advice-network", async |house| {
        let search = |pairs: &[(&str, &str)]| {
            How::Post("/staff/people", fields(&[&[("do", "search")][..], pairs].concat()))
        };
        let sought = |body| How::Call(Method::POST, "/api/v1/people/search", body);
        let by_email = json!({ "kind": "email", "value": "b.thornquist@mail.example" });
        house
            .tells_nothing(vec![
                Try("N3-40", "tom", search(&[("name", "Beatrix")])),
                Try("N3-40", "tom", search(&[("name", "Beat")])),
                Try("N3-40", "tom", sought(json!({ "name": "Beatrix" }))),
                Try("N3-41", "tom", search(&[("email", "b.thornquist@mail.example")])),
                Try("N3-41", "tom", sought(json!({ "email": "b.thornquist@mail.example" }))),
                Try("N3-41", "tom", How::Call(Method::POST, "/api/v1/people/find", by_email)),
                Try("N3-42", "net", search(&[("email", "b.thornquist@mail.example")])),
                Try("N3-42", "dpo", search(&[("email", "b.thornquist@mail.example")])),
                Try("N3-43", "tom", How::Get("/staff/work")),
                Try("N3-43", "vsup", How::Get("/staff/access")),
                Try("N3-43", "vsup", How::Get("/staff/disclosures")),
                Try("N3-43", "vsup", How::Get("/staff/inbox")),
                Try("N3-43", "vman", How::Get("/staff/retention")),
                Try("N3-44", "vsup", How::Get("/staff/statistics?first-month=10&first-year=2026&last-month=10&last-year=2026&by=issue&and=office")),
                Try("N3-44", "net", How::Get("/staff/statistics?first-month=10&first-year=2026&last-month=10&last-year=2026&by=issue&and=office")),
                Try("N3-45", "vsup", How::Get("/staff/figures.csv")),
            ])
            .await;
        house
            .refuses(vec![
                // One's own case in the address, somebody else's note, task or document in it.
                Try("N3-46", "tom", How::Get("/staff/cases/{owncase}/notes/{note}")),
                Try("N3-46", "tom", How::Post("/staff/cases/{owncase}/notes/{note}", fields(&[("do", "save"), ("version", "1"), ("advice", "mine")]))),
                Try("N3-46", "tom", How::Post("/staff/cases/{owncase}", fields(&[("do", "move"), ("entry", "{entry}"), ("to", "done")]))),
                Try("N3-46", "tom", How::Post("/staff/work", fields(&[("do", "move"), ("entry", "{entry}"), ("to", "done")]))),
                Try("N3-46", "tom", How::Post("/staff/work", fields(&[("do", "take"), ("case", "{case}")]))),
                Try("N3-47", "tom", How::Post("/staff/people/{own}", fields(&[("do", "relate"), ("other", "{person}"), ("relation", "partner")]))),
                Try("N3-48", "vsup", How::Post("/staff/cases/{case}", fields(&[("do", "share"), ("to_office", "x")]))),
                Try("N3-49", "tom", How::Post("/staff/documents/{document}/about", fields(&[("do", "save")]))),
            ])
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn nobody_learns_that_a_hidden_person_is_known() {
    each("advice-network", async |house| {
        let hidden = house.record("sup", "Marrowstone", |new| {
            new.protection = Protection::Extra;
            new.profile.emails = vec!["hidden@mail.example".into()];
        });
        let other_name = house.record("ada", "Marrowstone", |new| {
            new.identity = Identity::Pseudonymous;
            new.profile.emails = vec!["othername@mail.example".into()];
        });
        house.name("hidden", &hidden);
        house.name("othername", &other_name);
        for (email, id) in [("hidden@mail.example", hidden), ("othername@mail.example", other_name)] {
            let fresh =
                json!({ "forenames": "Someone", "surname": "New", "emails": [email], "source": "you" });
            let form = fields(&[
                ("do", "record"),
                ("known_as", "named"),
                ("surname", "New"),
                ("email", email),
                ("details_source", "you"),
            ]);
            let ways = [
                ("N3-50", How::Call(Method::POST, "/api/v1/people/search", json!({ "email": email }))),
                (
                    "N3-50",
                    How::Call(
                        Method::POST,
                        "/api/v1/people/find",
                        json!({ "kind": "email", "value": email }),
                    ),
                ),
                ("N3-50", How::Post("/staff/people", fields(&[("do", "search"), ("email", email)]))),
                // Recording somebody with the address must not tell that it is taken.
                ("N3-51", How::Call(Method::POST, "/api/v1/people", fresh)),
                ("N3-51", How::Post("/staff/people/new", form)),
            ];
            for (number, how) in ways {
                let answer = house.send("tom", &how).await;
                assert!(!answer.status.is_server_error(), "{number}: {}", answer.body);
                let to = answer.header("location").to_owned();
                let said = format!("{to} {}", answer.body);
                assert!(!said.contains(&id.to_string()), "{number} {email}: {said}");
                assert!(
                    !said.contains("\"known\":true") && !said.contains("Moor"),
                    "{number} {email}: {said}"
                );
            }
        }
        house
            .refuses(vec![
                Try("N3-52", "tom", How::Get("/staff/people/{hidden}")),
                Try("N3-52", "tom", How::Get("/staff/people/{othername}")),
                Try("N3-52", "tom", How::Call(Method::GET, "/api/v1/people/{hidden}", json!(null))),
                Try(
                    "N3-52",
                    "tom",
                    How::Post(
                        "/staff/people/{hidden}/appointment",
                        fields(&[
                            ("do", "book"),
                            ("who", "B"),
                            ("on-day", "20"),
                            ("on-month", "11"),
                            ("on-year", "2026"),
                            ("at", "10:30"),
                        ]),
                    ),
                ),
            ])
            .await;
        // Even with a reason an uncleared worker does not open a person under extra protection.
        let body = json!({ "reason": "client-attends", "words": WORDS, "hours": 1 });
        house.send("tom", &How::Call(Method::POST, "/api/v1/people/{hidden}/grants", body)).await;
        house.refuses(vec![Try("N3-53", "tom", How::Get("/staff/people/{hidden}"))]).await;
        // At the home office too, an adviser who is not cleared.
        house.refuses(vec![Try("N3-54", "ada", How::Get("/staff/people/{hidden}"))]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_not_adherent_reaches_no_further() {
    each("advice-network", async |house| {
        attends(house, "tom").await;
        assert_eq!(house.send("tom", &OPEN).await.status, 200);
        house.acting("net", |desk| {
            let offices = desk.store.offices(desk.controller()).unwrap();
            let vale = offices.iter().find(|o| o.name == "Vale").unwrap().id;
            let day = |year| jiff::civil::date(year, 11, 1);
            let dates = counterfoil_domain::casebook::adherence::Adherence {
                agreement: "2019".into(),
                signed_on: day(2019),
                training_on: day(2019),
                reviewed_on: day(2019),
                next_review: day(2020),
            };
            network::record_adherence(desk, vale, &dates).unwrap();
        });
        shut(house, "N3-55", "tom").await;
        house.refuses(vec![Try("N3-55", "tom", calling("client-attends", "", WORDS, 1))]).await;
        assert_eq!(
            house.send("tom", &How::Get("/staff/people/{own}")).await.status,
            200,
            "its own people it serves"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn races_are_won_by_the_refusal_or_lost_before_it() {
    each("advice-network", async |house| {
        for _ in 0..6 {
            attends(house, "tom").await;
            let grant = house.acting("tom", |desk| {
                counterfoil_service::casebook::work::my_desk(desk).unwrap().grants[0].id
            });
            house.name("grant", &grant);
            let taken = How::Post("/staff/access", fields(&[("do", "unjustified"), ("grant", "{grant}")]));
            let note = How::Call(Method::POST, "/api/v1/cases/{case}/notes", json!({ "text": "in between" }));
            let (taken, read, written) =
                tokio::join!(house.send("sup", &taken), house.send("tom", &OPEN), house.send("tom", &note));
            assert_eq!(taken.status, 303, "{}", taken.body);
            assert!([200, 403].contains(&read.status.as_u16()), "{}", read.status);
            assert!([201, 403].contains(&written.status.as_u16()), "{}", written.status);
            // Whichever came first: afterwards nothing opens.
            shut(house, "N3-60", "tom").await;
        }
        // Two writers of one note: the second is told, and what the first wrote stays.
        let change = |text: &str| {
            How::Post(
                "/staff/cases/{case}/notes/{note}",
                fields(&[("do", "save"), ("version", "1"), ("advice", text)]),
            )
        };
        let (first, second) = (change("from the first"), change("from the second"));
        let (first, second) = tokio::join!(house.send("ada", &first), house.send("sup", &second));
        let mut both = [first.status.as_u16(), second.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [303, 422], "N3-61: one of them is asked to look again");
        let number = "N3-61";
        assert!(house.state().contains(", 2)"), "{number}: one change, one version");
    })
    .await;
}
