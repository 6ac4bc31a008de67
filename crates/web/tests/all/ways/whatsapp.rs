//! N14: the warning about WhatsApp comes before the first answer.

use axum::body::Body;
use axum::http::Request;
use counterfoil_service::intake::inbox;
use counterfoil_service::intake::work::{ChannelRound, Works};
use jiff::SignedDuration;

use super::house::{House, How, Try, each, fields};

/// Somebody writes on WhatsApp; gives the item's identifier.
pub async fn arrived(house: &House, words: &str) -> String {
    let call = house.fake.whatsapp_arrives("447700900461", "Siân", words, house.world.now());
    let mut request = Request::post("/hooks/whatsapp");
    for (name, value) in &call.headers {
        request = request.header(name.as_str(), value.as_str());
    }
    let taken = house.world.send(request.body(Body::from(call.body.clone())).unwrap()).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    house.acting("ada", |desk| inbox::queue(desk, true).unwrap()[0].line.id.to_string())
}

fn errands(house: &House) {
    tokio::task::block_in_place(|| {
        let live = &house.live;
        let works = Works {
            store: &live.store,
            controller: live.controller,
            calendar: &live.calendar,
            channels: &live.channels,
        };
        works.errands(&mut ChannelRound::default());
    });
}

fn answer(words: &str) -> How {
    How::Post("/staff/inbox/items/{item}", fields(&[("do", "answer"), ("words", words)]))
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_answered_before_they_are_warned() {
    each("advice-network", async |house| {
        house.name("item", &arrived(house, "Can you help?").await);
        // Two workers answer at the same moment: one warning, before both.
        let (first, second) = (answer("We can help."), answer("Bring the letter."));
        let (a, b) = tokio::join!(house.send("ada", &first), house.send("sup", &second));
        assert!(a.status.is_redirection() && b.status.is_redirection(), "N14-01: {} {}", a.status, b.status);
        // The provider fails at first: what waits for the warning waits on.
        house.fake.trouble(503);
        errands(house);
        assert!(house.fake.words_sent().is_empty(), "N14-02");
        for _ in 0..8 {
            house.pass(SignedDuration::from_mins(10)).await;
            errands(house);
        }
        let sent = house.fake.words_sent();
        assert_eq!(sent.len(), 3, "N14-01: {sent:?}");
        assert!(sent[0].contains("cannot make WhatsApp safe"), "N14-01: {sent:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_ways_to_write_are_warned_about_or_shut() {
    each("advice-network", async |house| {
        // Written to from their case, without ever having asked by WhatsApp: warned too.
        let write = [("channel", "whatsapp"), ("words", "Bring the letter.")];
        let done = house.send("ada", &How::Post("/staff/inbox/send/{case}", fields(&write))).await;
        assert_eq!(done.status, 303, "{}", done.body);
        house.pass(SignedDuration::from_mins(1)).await;
        for _ in 0..3 {
            errands(house);
            house.pass(SignedDuration::from_mins(10)).await;
        }
        let sent = house.fake.words_sent();
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[0].contains("cannot make WhatsApp safe"), "N14-03: {sent:?}");
        house.name("item", &arrived(house, "Can you help?").await);
        let log = |channel| {
            fields(&[("channel", channel), ("from", "x"), ("address", "+447700900461"), ("words", "x")])
        };
        house
            .refuses(vec![
                // Another office's worker, and templates that are not there to choose.
                Try("N14-04", "tom", answer("Hello from Vale.")),
                Try(
                    "N14-05",
                    "ada",
                    How::Post(
                        "/staff/inbox/items/{item}",
                        fields(&[("do", "answer"), ("template", "nothing")]),
                    ),
                ),
                // Logged by hand as if it had come by WhatsApp, so that it could be answered.
                Try("N14-06", "ada", How::Post("/staff/inbox/log", log("whatsapp"))),
                Try("N14-06", "ada", How::Post("/staff/inbox/log", log("sms"))),
                Try("N14-06", "ada", How::Post("/staff/inbox/log", log("email"))),
            ])
            .await;
        assert_eq!(house.fake.words_sent().len(), 2, "nothing more was sent");
    })
    .await;
}
