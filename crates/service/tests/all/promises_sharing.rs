//! The promises of sharing: each is kept once it is exercised, and its breaking shows.

use counterfoil_domain::access::Role;
use counterfoil_domain::clock::ClockConfig;
use counterfoil_service::sharing::disclose::{self, Attempt, Proposal, TellingChoice};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::refer::{self, Drafting, Sending};
use counterfoil_service::sharing::research::{self, ResearchText};
use counterfoil_service::sharing::statistics::{self, Cut};
use counterfoil_service::sharing::{ConsentPurpose, DisclosureText, market};
use counterfoil_service::{calendar, promises};
use jiff::civil::date;

use crate::sharing::house::{House, content, fields, referral_consent};
use counterfoil_store::Place;

pub fn house(template: &str) -> (House, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    (House::new(template, &Place::Folder(data.clone()), folder), data.join("counterfoil.db"))
}

pub fn state(house: &House, id: &str) -> &'static str {
    let calendar = calendar::load(None).unwrap();
    let ledger =
        promises::ledger(&house.store, house.controller, &calendar, &ClockConfig::default()).unwrap();
    ledger.promises.iter().find(|p| p.id == id).expect("the promise").state
}

pub fn tamper(file: &std::path::Path, sql: &str) {
    let raw = rusqlite::Connection::open(file).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0, "`{sql}` changed nothing");
}

/// Refers somebody, discloses under an authority and to save a life, stops marketing, releases figures, extracts.
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn live(house: &House, recipient: &str, creditor: &str, ground: &str, authority: &str) {
    house.at("2026-09-10T09:00:00Z");
    let adviser = house.adviser();
    let desk = house.desk(&adviser);
    for n in 0..9 {
        let person = house.person(&adviser, &format!("Person {n}"), &format!("p{n}@mail.example"));
        house.case(&adviser, person, "debt.rent");
    }
    house.at("2026-11-22T09:00:00Z");
    let person = house.person(&adviser, "Ada", "ada@mail.example");
    permissions::give(&desk, person, &referral_consent(recipient)).unwrap();
    let drafting = Drafting {
        recipient: recipient.into(),
        reason: "further help".into(),
        fields: content(&[("name", "Ada Brook")]),
        case: None,
    };
    let referral = refer::draft(&desk, person, &drafting).unwrap();
    assert_eq!(refer::send(&desk, person, referral).unwrap(), Sending::Sent);
    let act = Giving { purpose: None, fields: fields(&["name"]), ..referral_consent(creditor) };
    let act = permissions::give(&desk, person, &act).unwrap();
    let under = |text: DisclosureText, permission, telling| Proposal {
        text,
        content: content(&[("name", "Ada Brook")]),
        permission,
        telling,
        ..Proposal::default()
    };
    let offer = DisclosureText {
        ground: "permission".into(),
        recipient: creditor.into(),
        purpose: "to make an offer".into(),
        ..DisclosureText::default()
    };
    let made = disclose::make(&desk, person, &under(offer, Some(act.id), TellingChoice::default())).unwrap();
    assert!(matches!(made, Attempt::Sent(_)), "{made:?}");
    let supervisor = house.staff("Moor", &[Role::Supervisor]);
    let evidence: &[(&str, &str)] = if ground == "safety" {
        &[
            ("whose", "public"),
            ("risk", "fire"),
            ("serious", "yes"),
            ("why_serious", "lives"),
            ("proportionate", "yes"),
        ]
    } else {
        &[
            ("risk", "fire"),
            ("immediate", "yes"),
            ("serious", "yes"),
            ("why_serious", "lives"),
            ("proportionate", "yes"),
        ]
    };
    let danger = DisclosureText {
        ground: ground.into(),
        recipient: authority.into(),
        purpose: "to save a life".into(),
        evidence: content(evidence),
        ..DisclosureText::default()
    };
    let telling =
        TellingChoice { how: "after".into(), on: Some(date(2026, 11, 25)), because: "no time".into() };
    let made = disclose::make(&house.desk(&supervisor), person, &under(danger, None, telling)).unwrap();
    assert!(matches!(made, Attempt::Sent(_)), "{made:?}");
    let news = Giving {
        purpose: Some(ConsentPurpose::Marketing),
        fields: fields(&["email"]),
        ..referral_consent(recipient)
    };
    permissions::give(&desk, person, &news).unwrap();
    market::stop(&desk, person).unwrap();
    let officer = house.staff("Moor", &[Role::IgOfficer]);
    let governance = house.desk(&officer);
    let cut = Cut { first: date(2026, 9, 1), last: date(2026, 9, 1), by: Vec::new() };
    statistics::release(&governance, &cut, Default::default()).unwrap();
    let text = ResearchText {
        title: "Rent".into(),
        researcher: "University".into(),
        purpose: "to learn".into(),
        agreed: "1 October".into(),
    };
    let project = research::open(&governance, &fields(&["issue"]), 5, date(2027, 6, 1), &text).unwrap();
    research::extract(&governance, project).unwrap();
}

/// The promises that these tests keep and break.
pub const WHOLE: [&str; 9] = ["N7", "N13", "N19", "N26", "C6", "C8", "C17", "C22", "C31"];

/// Promise, what breaks it behind the store's back, and the state that follows.
const BREAKS: [(&str, &str, &str); 13] = [
    ("N7", "UPDATE permission SET withdrawn_at = relied_on_at - 1 WHERE kind = 'authority'", "broken"),
    ("N7", "UPDATE disclosure SET authorised_by = NULL", "broken"),
    ("N13", "UPDATE referral SET disclosure_id = NULL", "broken"),
    ("N13", "UPDATE permission SET withdrawn_at = relied_on_at - 1 WHERE purpose = 'referral'", "broken"),
    ("N19", "UPDATE disclosure SET telling = 'unknown'", "broken"),
    ("N19", "UPDATE disclosure SET content_hash = NULL", "broken"),
    ("N19", "UPDATE disclosure SET tell_by = '2026-11-01' WHERE telling = 'to-tell'", "at-risk"),
    ("N26", "UPDATE statistics_release SET threshold = 1", "broken"),
    ("N26", "UPDATE research_extract SET smallest_group = 1", "broken"),
    ("C6", "UPDATE permission SET withdrawn_at = relied_on_at - 1 WHERE purpose = 'referral'", "broken"),
    ("C8", "UPDATE research_extract SET smallest_group = 2", "broken"),
    ("C17", "UPDATE disclosure SET authorised_by = NULL", "broken"),
    ("C31", "UPDATE disclosure SET content_sealed = NULL", "broken"),
];

#[test]
fn each_promise_of_sharing_is_kept_when_it_is_exercised_and_breaks_when_its_control_does() {
    for (template, ids) in
        [("advice-network", &["N7", "N13", "N19", "N26"][..]), ("council", &["C6", "C8", "C17", "C31"])]
    {
        let exercised = || {
            let (house, file) = house(template);
            for id in ids {
                assert_eq!(state(&house, id), "not-exercised", "{id}");
            }
            if template == "council" {
                live(&house, "trusts", "pcsp-partners", "safety", "psni");
            } else {
                live(&house, "referral-partners", "creditors", "immediate-harm", "safeguarding");
            }
            (house, file)
        };
        let (kept, _) = exercised();
        for id in ids {
            assert_eq!(state(&kept, id), "kept", "{id}");
        }
        for (id, sql, expected) in BREAKS.iter().filter(|(id, ..)| ids.contains(id)) {
            let (house, file) = exercised();
            tamper(&file, sql);
            assert_eq!(state(&house, id), *expected, "{id} after `{sql}`");
        }
    }
}
