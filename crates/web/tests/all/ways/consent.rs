//! C6: what was consented to is withdrawn by naming it, at once, wherever it is relied on.

use counterfoil_domain::sharing::marketing::MarketingChannel;
use counterfoil_service::sharing::{disclose, market, permissions, refer};

use super::house::{House, How, Try, each, fields};

/// The public page, as a person at home uses it; gives the status and the address it leads to.
async fn choose(house: &House, path: &str, code: &str) -> (u16, String) {
    let page = house.world.get("/choices", "").await;
    let token = page.token();
    let sent = house.world.post(path, &page.cookies(), &[("form_token", &token), ("code", code)]).await;
    (sent.status.as_u16(), sent.header("location").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_by_the_person_stops_all_that_rests_on_it() {
    each("advice-network", async |house| {
        let receipt = house.consent("ada", house.person(), "referral-partners");
        house.name("permission", &receipt.id);
        house.name("referral", &house.draft("ada", house.person(), "referral-partners"));
        // Codes that are none change nothing, and say nothing of whose they might be.
        for wrong in ["", "0000-0000-0000", &receipt.code[1..], &receipt.id.to_string()] {
            let (status, _) = choose(house, "/choices/withdraw", wrong).await;
            assert_eq!(status, 422, "C6-01: {wrong}");
        }
        let listed = |house: &House| {
            house.acting("ada", |desk| permissions::list(desk, house.person()).unwrap()[0].stand.counts())
        };
        assert!(listed(house), "C6-01: it stands");
        let (status, to) = choose(house, "/choices/withdraw", &receipt.code).await;
        assert_eq!((status, &*to), (303, "/choices?done=withdrawn"));
        assert!(!listed(house), "C6-02: at once");
        let state = house.acting("ada", |desk| refer::list(desk, house.person()).unwrap()[0].state.clone());
        assert_eq!(state, "stopped", "C6-03: what waited on it");
        house.send("ada", &How::Post("/staff/people/{person}/referrals/{referral}/send", Vec::new())).await;
        let sent = house.acting("ada", |desk| disclose::list(desk, house.person()).unwrap());
        assert!(sent.iter().all(|(d, _)| d.state != "sent"), "C6-03");
        let renew = fields(&[("given", "in-person")]);
        house
            .changes_nothing(vec![Try(
                "C6-04",
                "ada",
                How::Post("/staff/people/{person}/permissions/{permission}/renew", renew),
            )])
            .await;
        let (again, _) = choose(house, "/choices/withdraw", &receipt.code).await;
        assert_eq!(again, 422, "C6-05: once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_needs_no_right_to_see_the_record_and_gives_none() {
    each("advice-network", async |house| {
        let receipt = house.consent("ada", house.person(), "referral-partners");
        house.name("permission", &receipt.id);
        // One's own person in the address, another's consent.
        let wrong = How::Post("/staff/people/{own}/permissions/{permission}/withdraw", Vec::new());
        house.refuses(vec![Try("C6-06", "tom", wrong)]).await;
        house
            .refuses(vec![
                Try("C6-07", "tom", How::Get("/staff/people/{person}/permissions/{permission}")),
                Try("C6-07", "tom", How::Get("/staff/people/{person}/consents")),
                Try(
                    "C6-08",
                    "net",
                    How::Post("/staff/people/{person}/permissions/{permission}/withdraw", Vec::new()),
                ),
            ])
            .await;
        let how = How::Post("/staff/people/{person}/permissions/{permission}/withdraw", Vec::new());
        let done = house.send("vrec", &how).await;
        assert_eq!(done.status, 303, "at any office, by reception: {}", done.body);
        house.keeps_quiet("C6-09", "vrec", &how, &done);
        assert!(done.body.is_empty(), "C6-09: nothing of the record");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_of_marketing_outlives_a_new_record() {
    each("council", async |house| {
        let yes = fields(&[
            ("purpose", "marketing"),
            ("given", "in-person"),
            ("channels", "email"),
            ("channels", "text"),
            ("language", "en"),
        ]);
        let done = house.send("ada", &How::Post("/staff/people/{person}/consents", yes)).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let code = house.acting("ada", |desk| {
            permissions::list(desk, house.person()).unwrap()[0].permission.text.code.clone()
        });
        let page = house.world.get("/choices", "").await;
        let token = page.token();
        let fields = [("form_token", &*token), ("code", &*code), ("what", "stop")];
        let stopped = house.world.post("/choices/withdraw", &page.cookies(), &fields).await;
        assert_eq!(stopped.header("location"), "/choices?done=stopped");
        for channel in MarketingChannel::ALL {
            let may = house.acting("ada", |desk| market::may_market(desk, house.person(), *channel).unwrap());
            assert!(may.is_err(), "C6-10: {channel:?}");
        }
        // The same address recorded again, as somebody else, is still stopped for it.
        let twin = house.record("ada", "Twin", |new| {
            new.shares_contact = true;
            new.profile.emails = vec!["b.thornquist@mail.example".into()];
        });
        let may =
            house.acting("ada", |desk| market::may_market(desk, twin, MarketingChannel::Email).unwrap());
        assert!(may.is_err(), "C6-11");
    })
    .await;
}
