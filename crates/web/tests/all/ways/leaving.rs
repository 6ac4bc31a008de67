//! N13, N19, C17, C19, C31: what leaves the organisation, and what does not.

use axum::http::Method;
use counterfoil_domain::sharing::grounds::GROUNDS;
use counterfoil_domain::sharing::grounds::Promise;
use counterfoil_service::register::{built_in_files, keep};
use counterfoil_service::sharing::{permissions, recipients};
use jiff::SignedDuration;
use serde_json::json;

use super::house::{House, How, Try, each, fields};

/// What an immediate risk of harm asks for.
pub const HARM: &[(&str, &str)] = &[
    ("risk", "said that he will not see tomorrow"),
    ("immediate", "yes"),
    ("serious", "yes"),
    ("why_serious", "his life; he has tried before"),
    ("proportionate", "yes"),
];

type Pairs = Vec<(String, String)>;

/// The form of a disclosure, with every answer of its ground as the ground wants it.
fn disclosure(house: &House, ground: &str, recipient: &str) -> Pairs {
    let told = [("told-day", "28"), ("told-month", "11"), ("told-year", "2026")];
    let base = [
        ("ground", ground),
        ("recipient", recipient),
        ("purpose", "to keep somebody safe"),
        ("telling", "after"),
        ("because", "there was no time"),
    ];
    let mut form = fields(&[&base[..], &told].concat());
    form.push((format!("give-{}", house.field_number("name")), "yes".into()));
    let rule = GROUNDS.iter().find(|r| r.ground.code() == ground);
    for field in rule.map(|r| r.evidence).unwrap_or_default() {
        use counterfoil_domain::questions::Kind;
        let good = match field.kind {
            Kind::MustBe(true) | Kind::YesNo => "yes",
            Kind::MustBe(false) => "no",
            Kind::Choice(codes) => codes.first().copied().unwrap_or_default(),
            Kind::Date | Kind::OpinionDate => "2026-11-19",
            Kind::Text => "as recorded in the file",
        };
        form.push((format!("answer-{}", field.key), good.into()));
    }
    form
}

fn but(form: &Pairs, name: &str, value: &str) -> Pairs {
    let mut form: Pairs = form.iter().filter(|(n, _)| n != name).cloned().collect();
    form.push((name.to_owned(), value.to_owned()));
    form
}

const FORM: &str = "/staff/people/{person}/disclosures";

fn post(form: Pairs) -> How {
    How::Post(FORM, form)
}

/// The grounds of one of the two promises, without those that rest on a permission or an agreement.
fn grounds(promise: Promise) -> Vec<&'static str> {
    let own = GROUNDS.iter().filter(|r| r.promises.contains(&promise)).map(|r| r.ground.code());
    own.filter(|g| !["permission", "agreement"].contains(g)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ground_of_the_network_needs_its_evidence_its_authoriser_and_its_telling() {
    each("advice-network", async |house| {
        let all = grounds(Promise::N19);
        assert_eq!(all.len(), 6, "six besides permission: {all:?}");
        ground_by_ground(house, &all, ["N19-01", "N19-02", "N19-03", "N19-04"]).await;
        let council: Vec<_> = ["serious-crime", "fraud", "safety", "protect-vulnerable"].into();
        for ground in council {
            house
                .changes_nothing(vec![Try("N19-05", "ig", post(disclosure(house, ground, "council")))])
                .await;
        }
        for none in ["", "sale", "money", "because-i-say-so"] {
            house.changes_nothing(vec![Try("N19-06", "sup", post(disclosure(house, none, "council")))]).await;
        }
        let paid = but(&disclosure(house, "immediate-harm", "council"), "consideration", "yes");
        house.changes_nothing(vec![Try("N19-07", "sup", post(paid))]).await;
    })
    .await;
}

/// Each answer left out, each answered wrongly, nobody told, by somebody who may not sign.
async fn ground_by_ground(house: &House, all: &[&str], numbers: [&'static str; 4]) {
    let [left_out, untold, unsigned, elsewhere] = numbers;
    for ground in all {
        let whole = disclosure(house, ground, "council");
        let answers: Vec<String> =
            whole.iter().map(|(n, _)| n.clone()).filter(|n| n.starts_with("answer-")).collect();
        assert!(!answers.is_empty(), "{ground}");
        let silent = but(&but(&whole, "telling", ""), "because", "");
        let mut tries = vec![Try(untold, "sup", post(silent))];
        for answer in &answers {
            let must = whole.iter().any(|(n, v)| n == answer && (v == "yes" || v == "no"));
            let wrong = if must { &["", "maybe"][..] } else { &["", " "] };
            tries.extend(wrong.iter().map(|w| Try(left_out, "sup", post(but(&whole, answer, w)))));
        }
        house.changes_nothing(tries).await;
        // What an adviser proposes waits; it is not sent, and the adviser cannot sign it.
        let done = house.send("ada", &post(whole.clone())).await;
        assert_eq!(done.status, 303, "{unsigned} {ground}: {}", done.body);
        let waiting = house.acting("ada", |desk| {
            let all = counterfoil_service::sharing::disclose::list(desk, house.person()).unwrap();
            all.into_iter().find(|(d, _)| d.state == "proposed").expect("it waits").0.id
        });
        house.name("disclosure", &waiting);
        let send = "/staff/people/{person}/disclosures/{disclosure}/send";
        let sign = "/staff/disclosures/{disclosure}";
        house
            .changes_nothing(vec![
                Try(unsigned, "ada", How::Post(send, Vec::new())),
                Try(unsigned, "ada", How::Post(sign, Vec::new())),
            ])
            .await;
        house
            .refuses(vec![
                Try(elsewhere, "tom", How::Post(send, Vec::new())),
                Try(elsewhere, "vsup", How::Post(sign, Vec::new())),
                Try(elsewhere, "vman", How::Post(sign, Vec::new())),
                Try(elsewhere, "dpo", How::Post(sign, Vec::new())),
                Try(elsewhere, "net", How::Post(sign, Vec::new())),
                Try(elsewhere, "vsup", post(whole.clone())),
                Try(elsewhere, "vsup", How::Get("/staff/people/{person}/disclosures")),
            ])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_by_the_interface_and_a_senior_ground_needs_a_senior_name() {
    each("advice-network", async |house| {
        for path in ["disclosures", "referrals", "consents", "export"] {
            let path: &'static str = format!("/api/v1/people/{{person}}/{path}").leak();
            house
                .refuses(vec![Try(
                    "N19-08",
                    "ada",
                    How::Call(Method::POST, path, json!({ "ground": "permission" })),
                )])
                .await;
        }
        // A supervisor signs for immediate harm, and for nothing that asks for somebody more senior.
        for ground in ["best-interests", "compelled-by-law", "public-interest", "defend-claim", "reputation"]
        {
            let waiting = house.send("ada", &post(disclosure(house, ground, "council"))).await;
            assert_eq!(waiting.status, 303, "{ground}: {}", waiting.body);
            let id = house.acting("ada", |desk| {
                let all = counterfoil_service::sharing::disclose::list(desk, house.person()).unwrap();
                all.into_iter().find(|(d, _)| d.state == "proposed" && d.text.ground == ground).unwrap().0.id
            });
            house.name("disclosure", &id);
            let sign = How::Post("/staff/disclosures/{disclosure}", Vec::new());
            house.changes_nothing(vec![Try("N19-09", "sup", sign)]).await;
        }
        // Two sign and two send at the same moment: it leaves once.
        let waiting = house.proposed("ada", "immediate-harm", HARM, "council");
        house.name("disclosure", &waiting);
        let sign = How::Post("/staff/disclosures/{disclosure}", Vec::new());
        let _ = tokio::join!(house.send("sup", &sign), house.send("ig", &sign));
        let send = How::Post("/staff/people/{person}/disclosures/{disclosure}/send", Vec::new());
        let _ = tokio::join!(house.send("ada", &send), house.send("sup", &send));
        let sent = house.acting("sup", |desk| {
            let all = counterfoil_service::sharing::disclose::list(desk, house.person()).unwrap();
            all.iter().filter(|(d, _)| d.state == "sent").count()
        });
        assert_eq!(sent, 1, "N19-10");
        house.changes_nothing(vec![Try("N19-10", "sup", send)]).await;
    })
    .await;
}

const SEND: &str = "/staff/people/{person}/referrals/{referral}/send";

fn referral(house: &House, recipient: &str, extra: &[&str]) -> Pairs {
    let mut form = fields(&[("recipient", recipient), ("reason", "a food parcel"), ("go", "send")]);
    for name in ["name"].iter().chain(extra) {
        form.push((format!("give-{}", house.field_number(name)), "yes".into()));
        form.push((format!("field-{}", house.field_number(name)), "words of it".into()));
    }
    form
}

/// No referral of the person was sent, whatever came of the form.
async fn stays(house: &House, number: &str, by: &str, how: How) {
    house.send(by, &how).await;
    let sent = house.acting("sup", |desk| {
        let all = counterfoil_service::sharing::refer::list(desk, house.person()).unwrap();
        let given = counterfoil_service::sharing::disclose::list(desk, house.person()).unwrap();
        all.iter().filter(|r| r.sent_at.is_some()).count()
            + given.iter().filter(|(d, _)| d.state == "sent").count()
    });
    assert_eq!(sent, 0, "{number} by {by}: something left");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_referral_without_a_consent_that_covers_it() {
    each("advice-network", async |house| {
        let to = "referral-partners";
        let send = || How::Post("/staff/people/{person}/referrals", referral(house, to, &[]));
        stays(house, "N13-01", "ada", send()).await;
        house.name("referral", &house.draft("ada", house.person(), to));
        stays(house, "N13-01", "ada", How::Post(SEND, Vec::new())).await;
        stays(house, "N13-02", "sup", How::Post(SEND, Vec::new())).await;
        // Somebody else's consent; a consent for another recipient.
        let own = house.named("own").parse().unwrap();
        let theirs = house.consent("tom", own, to);
        stays(house, "N13-03", "ada", send()).await;
        house.consent("ada", house.person(), "council");
        stays(house, "N13-04", "ada", send()).await;
        // The same as a disclosure: with no permission named, and with somebody else's.
        let mut form = disclosure(house, "permission", to);
        stays(house, "N13-05", "ada", post(form.clone())).await;
        form.push(("permission".into(), theirs.id.to_string()));
        stays(house, "N13-05", "ada", post(form)).await;
        // A consent to be given by a worker with nothing said of how, in the future, or for undeclared fields.
        let consent = |pairs: &[(&str, &str)]| {
            let base = [("purpose", "referral"), ("parties", to), ("language", "en")];
            How::Post("/staff/people/{person}/consents", fields(&[&base[..], pairs].concat()))
        };
        let later = [
            ("given", "in-person"),
            ("fields", "name"),
            ("given-day", "1"),
            ("given-month", "1"),
            ("given-year", "2027"),
        ];
        house
            .changes_nothing(vec![
                Try("N13-06", "ada", consent(&[("fields", "name")])),
                Try("N13-06", "ada", consent(&later)),
                Try("N13-06", "ada", consent(&[("given", "in-person"), ("fields", "shoe size")])),
            ])
            .await;
        house
            .refuses(vec![
                Try("N13-07", "tom", consent(&[("given", "in-person"), ("fields", "name")])),
                Try("N13-07", "tom", send()),
                Try("N13-07", "tom", How::Post(SEND, Vec::new())),
                Try("N13-07", "vrec", How::Post(SEND, Vec::new())),
                Try("N13-08", "tom", How::Post("/staff/people/{own}/referrals/{referral}/send", Vec::new())),
            ])
            .await;
        // Now one that covers name and telephone: another field stays, and after its time nothing goes.
        let receipt = house.consent("ada", house.person(), to);
        let more = referral(house, to, &["situation"]);
        stays(house, "N13-09", "ada", How::Post("/staff/people/{person}/referrals", more)).await;
        house.pass(SignedDuration::from_hours(24 * 400)).await;
        stays(house, "N13-10", "ada", send()).await;
        stays(house, "N13-10", "ada", How::Post(SEND, Vec::new())).await;
        house.acting("ada", |desk| permissions::withdraw(desk, house.person(), receipt.id, "")).unwrap();
        house.name("permission", &receipt.id);
        stays(house, "N13-11", "ada", send()).await;
        let renew = How::Post(
            "/staff/people/{person}/permissions/{permission}/renew",
            fields(&[("given", "in-person")]),
        );
        house.changes_nothing(vec![Try("N13-12", "ada", renew)]).await;
        stays(house, "N13-12", "ada", How::Post(SEND, Vec::new())).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_beats_a_referral_that_is_on_its_way() {
    each("advice-network", async |house| {
        for _ in 0..6 {
            let receipt = house.consent("ada", house.person(), "referral-partners");
            house.name("permission", &receipt.id);
            house.name("referral", &house.draft("ada", house.person(), "referral-partners"));
            let (send, stop) = (
                How::Post(SEND, Vec::new()),
                How::Post("/staff/people/{person}/permissions/{permission}/withdraw", Vec::new()),
            );
            let (_, stopped) = tokio::join!(house.send("ada", &send), house.send("sup", &stop));
            assert_eq!(stopped.status, 303, "{}", stopped.body);
            let line = house.acting("sup", |desk| {
                let all = permissions::list(desk, house.person()).unwrap();
                all.into_iter().find(|l| l.permission.id == receipt.id).unwrap().permission
            });
            assert!(line.relied_on_at <= line.withdrawn_at, "N13-13: sent after it was withdrawn");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_council_gives_nothing_without_agreement_duty_or_serious_reason() {
    each("council", async |house| {
        let all = grounds(Promise::C17);
        let needing: Vec<&str> = all.iter().copied().filter(|g| *g != "compelled-by-law").collect();
        for ground in &needing {
            let whole = disclosure(house, ground, "psni");
            let gone = house.send("iga", &post(whole.clone())).await;
            assert_eq!(gone.status, 303, "with everything it goes: {ground} {}", gone.body);
            for key in ["answer-serious", "answer-why_serious", "answer-proportionate"] {
                house.changes_nothing(vec![Try("C17-01", "iga", post(but(&whole, key, "")))]).await;
                if key != "answer-why_serious" {
                    house.changes_nothing(vec![Try("C17-02", "iga", post(but(&whole, key, "no")))]).await;
                }
            }
            let silent = but(&but(&whole, "telling", "not"), "because", "");
            house.changes_nothing(vec![Try("C17-03", "iga", post(silent))]).await;
        }
        let agreement = |recipient| disclosure(house, "agreement", recipient);
        house.changes_nothing(vec![Try("C17-04", "ada", post(agreement("courts")))]).await;
        let nobody = but(&agreement(""), "recipient_name", "a firm in the town");
        let nobody = but(&nobody, "unlisted_why", "it is not in any list");
        house.changes_nothing(vec![Try("C17-05", "ada", post(nobody))]).await;
        let nothing: Pairs =
            agreement("pcsp-partners").into_iter().filter(|(n, _)| !n.starts_with("give-")).collect();
        house.changes_nothing(vec![Try("C17-06", "ada", post(nothing))]).await;
        // The agreement runs out while the form is open.
        block(house);
        house.changes_nothing(vec![Try("C17-07", "ada", post(agreement("pcsp-partners")))]).await;
        let consent = house.consent("ada", house.person(), "pcsp-partners");
        let mut permitted = disclosure(house, "permission", "pcsp-partners");
        permitted.push(("permission".into(), consent.id.to_string()));
        house.changes_nothing(vec![Try("C17-08", "ada", post(permitted))]).await;
        house.refuses(vec![Try("C17-09", "tom", post(agreement("psni")))]).await;
    })
    .await;
}

/// The agreement with the community safety partners ended yesterday.
fn block(house: &House) {
    house.acting("ig", |desk| {
        let office = counterfoil_service::casebook::office_of(desk.who).unwrap();
        let all = recipients::directory(desk).unwrap();
        let name = all.into_iter().find(|r| r.id == "pcsp-partners").unwrap().agreement;
        let mut files = built_in_files("council").unwrap();
        let text = files.get_mut("recipients.toml").unwrap();
        let old = format!("reference = \"{name}\"\nfrom = \"2025-04-01\"");
        assert!(text.contains(&old), "{old}");
        *text = text.replacen(&old, &format!("{old}\nuntil = \"2026-11-19\""), 1);
        keep::save(desk.store, desk.who, office, &files, jiff::civil::date(2026, 11, 20)).unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_abroad_without_a_mechanism_and_advice() {
    each("council", async |house| {
        let abroad = |country: &str, pairs: &[(&str, &str)]| {
            let base =
                but(&disclosure(house, "serious-crime", ""), "recipient_name", "a police force abroad");
            let base = but(&base, "unlisted_why", "we never met them before");
            let mut form = but(&base, "country", country);
            form.extend(fields(pairs));
            post(form)
        };
        let fine = house.send("iga", &abroad("IE", &[("mechanism", "adequacy")])).await;
        assert_eq!(fine.status, 303, "to Ireland it goes: {}", fine.body);
        let future = [
            ("mechanism", "public-interest"),
            ("advice-day", "1"),
            ("advice-month", "1"),
            ("advice-year", "2027"),
        ];
        house
            .changes_nothing(vec![
                Try("C19-01", "iga", abroad("BR", &[])),
                Try("C19-01", "iga", abroad("br", &[])),
                Try("C19-02", "iga", abroad("BR", &[("mechanism", "adequacy")])),
                Try("C19-03", "iga", abroad("BR", &[("mechanism", "public-interest")])),
                Try("C19-03", "iga", abroad("BR", &future)),
                Try("C19-04", "iga", abroad("ZZ", &[("mechanism", "adequacy")])),
                Try("C19-04", "iga", abroad("Brazil", &[])),
                Try("C19-04", "iga", abroad("BR", &[("mechanism", "my-word")])),
                Try("C19-05", "iga", abroad("", &[])),
            ])
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailing_abroad_carries_name_and_address_and_only_of_those_who_said_yes() {
    use counterfoil_service::sharing::market;
    each("council", async |house| {
        // No page and no call of the interface makes the list: the command alone does, through the use-case.
        for path in ["/staff/people/export", "/staff/mailing", "/staff/people.csv"] {
            house.refuses(vec![Try("C31-01", "sup", How::Get(path))]).await;
        }
        for path in ["/api/v1/people", "/api/v1/mailing", "/api/v1/people/export"] {
            let answer = house.send("sup", &How::Call(Method::GET, path, json!(null))).await;
            assert!(answer.status.is_client_error(), "C31-01: {path} {}", answer.status);
        }
        let to_mailer = but(&disclosure(house, "agreement", "bulk-mailer"), "recipient", "bulk-mailer");
        let mut more = to_mailer.clone();
        more.push((format!("give-{}", house.field_number("telephone")), "yes".into()));
        house.changes_nothing(vec![Try("C31-02", "ada", post(more))]).await;
        let list = |fields: &[&str]| house.acting("sup", |desk| market::mailing(desk, "bulk-mailer", fields));
        for fields in [&["name", "email", "telephone"][..], &["name", "address"], &["health"]] {
            assert!(list(fields).is_err(), "C31-03: {fields:?}");
        }
        assert_eq!(list(&["name", "email"]).unwrap().people, 0, "C31-04: nobody consented");
        let yes = fields(&[
            ("purpose", "marketing"),
            ("given", "in-person"),
            ("channels", "email"),
            ("language", "en"),
        ]);
        let consent = || How::Post("/staff/people/{person}/consents", yes.clone());
        assert_eq!(house.send("ada", &consent()).await.status, 303);
        assert_eq!(list(&["name", "email"]).unwrap().people, 1);
        let elsewhere = house.acting("tom", |desk| market::mailing(desk, "bulk-mailer", &["name", "email"]));
        assert_eq!(elsewhere.map_or(0, |list| list.people), 0, "C31-05: nobody of another office is on it");
        house.refuses(vec![Try("C31-05", "tom", consent())]).await;
        // A stop, on the page of another channel, ends every channel; the list is empty in the same moment.
        assert_eq!(
            house.send("ada", &How::Post("/staff/people/{person}/stop-marketing", Vec::new())).await.status,
            303
        );
        assert_eq!(list(&["name", "email"]).unwrap().people, 0, "C31-06");
    })
    .await;
}
