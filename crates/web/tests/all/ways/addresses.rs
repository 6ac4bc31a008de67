//! Every address of the staff site, asked for and sent to by those who may not see the record.

use super::house::{How, Try, addresses, each};

/// What stands in an address for the home office's person, by the address and the place.
fn aimed(address: &str) -> String {
    let id = match address {
        a if a.starts_with("/staff/cases/") => "{case}",
        a if a.starts_with("/staff/documents/") => "{document}",
        a if a.starts_with("/staff/requests/") => "{request}",
        a if a.starts_with("/staff/inbox/items/") => "{item}",
        _ => "{person}",
    };
    address
        .replace("{id}", id)
        .replace("{number}", "1")
        .replace("{name}", "activities.toml")
        .replace("{file}", "record.csv")
        .replace("{kind}", "access")
        .replace("{deed}", "identify")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_opens_another_offices_record() {
    each("advice-network", async |house| {
        let receipt = house.consent("ada", house.person(), "referral-partners");
        house.name("permission", &receipt.id);
        house.name("referral", &house.draft("ada", house.person(), "referral-partners"));
        house.name("disclosure", &house.proposed("ada", "immediate-harm", super::leaving::HARM, "council"));
        house.name("request", &super::reason::asked(house));
        house.name("item", &super::whatsapp::arrived(house, "Quillfeather").await);
        for unknown in ["letter", "paper", "reference"] {
            house.name(unknown, "x");
        }
        let all: Vec<String> = addresses().iter().map(|a| aimed(a)).collect();
        assert!(all.len() > 70, "{}: {all:?}", all.len());
        assert!(all.iter().any(|a| a == "/staff/people/{person}/referrals/{referral}/send"), "{all:?}");
        for by in ["tom", "vsup", "vrec", "vman", "net", "lapsed"] {
            let before = house.state();
            for address in &all {
                let address: &'static str = address.clone().leak();
                let get = How::Get(address);
                let answer = house.send(by, &get).await;
                assert!(!answer.status.is_server_error(), "{address} by {by}: {}", answer.body);
                house.keeps_quiet("N3-01", by, &get, &answer);
                // Whoever meets the public takes a withdrawal, at any office (access rule 74).
                if address.ends_with("/withdraw") || address.ends_with("stop-marketing") {
                    continue;
                }
                let post = How::Post(address, Vec::new());
                let answer = house.send(by, &post).await;
                assert!(!answer.status.is_server_error(), "{address} by {by}: {}", answer.body);
                house.keeps_quiet("N3-02", by, &post, &answer);
            }
            assert_eq!(before, house.state(), "{by} changed something by sending empty forms");
        }
        // A colleague at home opens what they may, so that the silence above is not that of a broken site.
        for address in ["/staff/people/{person}", "/staff/cases/{case}", "/staff/documents/{document}"] {
            assert_eq!(house.send("ada", &How::Get(address)).await.status, 200, "{address}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_of_the_interface_does_either() {
    use axum::http::Method;
    use serde_json::json;
    each("advice-network", async |house| {
        let profile = json!({ "forenames": "Bea", "surname": "Else" });
        let call = |method: Method, path, body: &serde_json::Value| How::Call(method, path, body.clone());
        for by in ["tom", "vsup", "vrec", "vman", "net", "lapsed", "dpo"] {
            let none = json!(null);
            house
                .refuses(vec![
                    Try("N3-03", by, call(Method::GET, "/api/v1/people/{person}", &none)),
                    Try("N3-04", by, call(Method::GET, "/api/v1/people/{person}/audit", &none)),
                    Try("N3-04", by, call(Method::GET, "/api/v1/people/{person}/looked", &none)),
                    Try("N3-05", by, call(Method::GET, "/api/v1/cases/{case}", &none)),
                    Try(
                        "N3-06",
                        by,
                        call(
                            Method::PUT,
                            "/api/v1/people/{person}",
                            &json!({ "version": 1, "profile": profile }),
                        ),
                    ),
                    Try("N3-06", by, call(Method::DELETE, "/api/v1/people/{person}", &none)),
                    Try(
                        "N3-07",
                        by,
                        call(Method::POST, "/api/v1/cases/{case}/notes", &json!({ "text": "mine now" })),
                    ),
                    Try(
                        "N3-07",
                        by,
                        call(
                            Method::POST,
                            "/api/v1/people/{person}/cases",
                            &json!({ "issue": "debt.rent", "title": "x" }),
                        ),
                    ),
                ])
                .await;
            for purpose in [
                "research",
                "planning",
                "workforce",
                "rights-request",
                "incident",
                "complaint",
                "quality",
                "assurance",
                "nonsense",
            ] {
                house.refuses(vec![Try("N3-08", by, How::For(purpose, "/api/v1/people/{person}"))]).await;
            }
        }
        let own = How::Call(Method::GET, "/api/v1/people/{person}", json!(null));
        assert_eq!(house.send("ada", &own).await.status, 200);
    })
    .await;
}
