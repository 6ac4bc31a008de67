//! The page of a note points out what should not be in it, keeps what was typed, and lets the adviser mend it or say why.

use axum::http::Method;
use serde_json::json;

use crate::ways::house::{How, each, fields};

const NOTE: &str = "/staff/cases/{case}";

fn note(pairs: &[(&str, &str)]) -> How {
    How::Post(NOTE, fields(&[&[("do", "note"), ("q", "Can they cut me off?")][..], pairs].concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_looked_over_before_it_is_kept() {
    each("advice-network", async |house| {
        let page = house.send("ada", &How::Get(NOTE)).await;
        assert!(
            page.body.contains("legal claims, courts and tribunals (Art 9(2)(f) UK GDPR)"),
            "the condition of the issue is shown"
        );
        assert!(!page.body.contains("name=\"kept\""), "nothing is asked while nothing is found");
        let advice = ("advice", "Her card is 4000 0566 5566 5556, she says");
        let refused = house.send("ada", &note(&[advice])).await;
        assert_eq!(refused.status, 422);
        for says in ["bank card", "advice never needs it", "name=\"kept\"", "Can they cut me off?", advice.1]
        {
            assert!(refused.body.contains(says), "{says}: {}", refused.body);
        }
        let kept = house.send("ada", &note(&[advice, ("kept", "the bank writes under this number")])).await;
        assert_eq!(kept.status, 303, "{}", kept.body);
        let mended = house.send("ada", &note(&[("advice", "Her card ends in 5556")])).await;
        assert_eq!(mended.status, 303, "{}", mended.body);
        let marked = house.send("ada", &note(&[("advice", "She is ill"), ("special", "health")])).await;
        assert_eq!(marked.status, 303, "{}", marked.body);
        let page = house.send("ada", &How::Get(NOTE)).await;
        assert!(page.body.contains("govuk-tag--purple"), "the note bears its mark");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_without_a_condition_takes_nothing_special_by_page_or_interface() {
    each("council", async |house| {
        house.acting("ada", |desk| {
            let text = counterfoil_service::casebook::CaseText { title: "x".into(), ..Default::default() };
            let case = counterfoil_service::casebook::open_case(
                desk.store,
                desk.who,
                house.person(),
                "gossip.x",
                &text,
            );
            house.name("gossip", &case.unwrap());
        });
        let typed = [("do", "note"), ("advice", "She prays daily"), ("special", "religion")];
        let refused = house.send("ada", &How::Post("/staff/cases/{gossip}", fields(&typed))).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("She prays daily") && refused.body.contains("no area of advice"));
        let body = json!({ "text": "She prays daily", "special": ["religion"] });
        let call = How::Call(Method::POST, "/api/v1/cases/{gossip}/notes", body);
        assert_eq!(house.send("ada", &call).await.status, 422);
        let open = json!({ "issue": "gossip", "title": "x", "special": ["religion"] });
        let call = How::Call(Method::POST, "/api/v1/people/{person}/cases", open);
        assert_eq!(house.send("ada", &call).await.status, 422);
        let pin = json!({ "text": "PIN: 4821" });
        let call = How::Call(Method::POST, "/api/v1/cases/{case}/notes", pin);
        assert_eq!(house.send("ada", &call).await.status, 422, "the interface is looked over too");
    })
    .await;
}
