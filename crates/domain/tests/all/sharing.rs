//! Permissions, recipients, fields, marketing, special data, nudges: each refusal once, in tables.

use std::collections::BTreeMap;

use counterfoil_domain::place::Division;
use counterfoil_domain::questions::Response;
use counterfoil_domain::register::special::Art9;
use counterfoil_domain::register::transfer::{Adequate, Mechanism};
use counterfoil_domain::sharing::fields::{Declared, bulk_fields, field_gaps, undeclared};
use counterfoil_domain::sharing::marketing::{MarketingChannel, may_market};
use counterfoil_domain::sharing::nudge::{NudgeKind, nudges};
use counterfoil_domain::sharing::permission::{
    ConsentPurpose, Permission, PermissionKind, Stand, Wording, gaps, incomplete, stand,
};
use counterfoil_domain::sharing::recipient::{
    AgreementState, Recipient, RecipientKind, TransferState, recipient_gaps,
};
use counterfoil_domain::sharing::special::{Footing, condition_for};
use counterfoil_domain::sharing::{Authoriser, Disclosure, Ground, Missing, Plan, Promise, clear};
use jiff::civil::{Date, date};

const NOW: Date = date(2026, 11, 22);
const WORDING: Wording = Wording { version: 3, oldest: 2, months: 6 };

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

fn consent() -> Permission {
    Permission {
        kind: PermissionKind::Consent,
        purpose: Some(ConsentPurpose::Referral),
        parties: words(&["food-bank"]),
        fields: words(&["name", "phone"]),
        version: 3,
        given_on: date(2026, 10, 1),
        until: Some(date(2027, 3, 31)),
        withdrawn: false,
    }
}

type Change = fn(&mut Permission);

#[test]
fn a_permission_covers_only_what_it_says_while_it_counts() {
    let cases: [(&str, Change); 10] = [
        ("", |_| ()),
        ("", |p| p.until = Some(NOW)),
        ("", |p| p.version = 2),
        ("permission-expired", |p| p.until = Some(date(2026, 11, 21))),
        ("permission-withdrawn", |p| p.withdrawn = true),
        ("permission-old-wording", |p| p.version = 1),
        ("permission-not-begun", |p| p.given_on = date(2026, 11, 23)),
        ("permission-other-purpose", |p| p.purpose = Some(ConsentPurpose::Feedback)),
        ("permission-other-recipient", |p| p.parties = words(&["another"])),
        ("permission-other-fields", |p| p.fields = words(&["name"])),
    ];
    for (expected, change) in cases {
        let mut permission = consent();
        change(&mut permission);
        let found = gaps(&permission, &WORDING, "food-bank", &words(&["name", "phone"]), NOW);
        assert_eq!(codes(&found), expected.split(' ').filter(|c| !c.is_empty()).collect::<Vec<_>>());
        assert!(found.iter().all(|g| g.reason.len() > 20), "{found:?}");
    }
    let authority = Permission { kind: PermissionKind::Authority, purpose: None, ..consent() };
    assert!(gaps(&authority, &WORDING, "food-bank", &words(&["name"]), NOW).is_empty());
}

fn codes(gaps: &[Missing]) -> Vec<&'static str> {
    gaps.iter().map(|g| g.code).collect()
}

#[test]
fn a_permission_stands_by_its_dates() {
    let until = |day| Permission { until: Some(day), ..consent() };
    for (permission, expected) in [
        (consent(), Stand::Current),
        (until(date(2026, 12, 21)), Stand::Expiring(date(2026, 12, 21))),
        (until(date(2026, 12, 22)), Stand::Current),
        (until(NOW), Stand::Expiring(NOW)),
        (until(date(2026, 11, 21)), Stand::Expired(date(2026, 11, 21))),
        (Permission { until: None, ..consent() }, Stand::Current),
        (Permission { withdrawn: true, ..until(date(2026, 1, 1)) }, Stand::Withdrawn),
    ] {
        let found = stand(&permission, &WORDING, NOW);
        assert_eq!(found, expected);
        assert_eq!(found.counts(), matches!(expected, Stand::Current | Stand::Expiring(_)));
    }
    assert_eq!(WORDING.last_day(date(2026, 8, 31)), Some(date(2027, 2, 27)));
}

#[test]
fn a_permission_is_not_recorded_without_what_makes_it_one() {
    let cases: [(&str, Change); 7] = [
        ("", |_| ()),
        ("date-in-future", |p| p.given_on = date(2026, 11, 23)),
        ("ends-before", |p| p.until = Some(date(2026, 9, 30))),
        ("no-party", |p| p.parties.clear()),
        ("no-fields", |p| p.fields.clear()),
        ("no-end", |p| (p.kind, p.purpose, p.until) = (PermissionKind::Authority, None, None)),
        ("", |p| {
            (p.purpose, p.parties, p.fields) = (Some(ConsentPurpose::Feedback), Vec::new(), Vec::new());
        }),
    ];
    for (expected, change) in cases {
        let mut permission = consent();
        change(&mut permission);
        let found = incomplete(&permission, NOW);
        assert_eq!(codes(&found).join(" "), expected);
    }
}

fn adequate() -> Vec<Adequate> {
    vec![
        Adequate { country: "IE".into(), from: date(2021, 1, 1), limited_to: String::new() },
        Adequate { country: "US".into(), from: date(2023, 10, 12), limited_to: "certified".into() },
    ]
}

fn partner() -> Recipient {
    let agreement = AgreementState { reference: "DSA-11".into(), in_force: true, assessed: Some(true) };
    Recipient {
        id: "food-bank".into(),
        name: "the food bank".into(),
        kind: RecipientKind::Controller,
        country: "GB".into(),
        agreement: Some(agreement),
        transfer: None,
        may_get: Some(words(&["identity"])),
        only_fields: Vec::new(),
    }
}

fn transfer(mechanism: Mechanism) -> TransferState {
    TransferState { mechanism, within: String::new(), assessed: false, advice: None }
}

type Alter = fn(&mut Recipient);

#[test]
fn nothing_is_sent_without_an_agreement_in_force_where_one_is_promised() {
    use Ground as G;
    use Promise::{C17, N19};
    let none: Alter = |r| r.agreement = None;
    let lapsed: Alter = |r| {
        if let Some(a) = &mut r.agreement {
            a.in_force = false;
        }
    };
    let unassessed: Alter = |r| {
        if let Some(a) = &mut r.agreement {
            a.assessed = Some(false);
        }
    };
    let processor: Alter = |r| (r.kind, r.agreement) = (RecipientKind::Processor, None);
    let joint: Alter = |r| (r.kind, r.agreement) = (RecipientKind::JointController, None);
    let chosen: Alter = |r| (r.kind, r.agreement) = (RecipientKind::Representative, None);
    for (ground, promise, alter, expected) in [
        (G::Agreement, C17, (|_| ()) as Alter, ""),
        (G::Permission, C17, (|_| ()) as Alter, ""),
        (G::Agreement, C17, none, "no-agreement"),
        (G::Agreement, N19, none, "no-agreement"),
        (G::Permission, C17, none, "no-agreement"),
        // The network promises permission, and names recipients without agreements (N7).
        (G::Permission, N19, none, ""),
        (G::Permission, C17, chosen, ""),
        (G::Permission, N19, processor, "no-agreement"),
        (G::CompelledByLaw, C17, processor, "no-agreement"),
        (G::ImmediateHarm, N19, joint, "no-agreement"),
        (G::Agreement, C17, lapsed, "agreement-not-in-force"),
        (G::Permission, N19, lapsed, "agreement-not-in-force"),
        (G::Agreement, C17, unassessed, "not-assessed"),
        (G::Permission, C17, unassessed, "not-assessed"),
        // The serious grounds need none.
        (G::SeriousCrime, C17, none, ""),
        (G::CompelledByLaw, C17, lapsed, ""),
        (G::ImmediateHarm, N19, none, ""),
    ] {
        let mut recipient = partner();
        alter(&mut recipient);
        let found = recipient_gaps(&recipient, ground, promise, &adequate(), NOW);
        assert_eq!(codes(&found).join(" "), expected, "{ground} {promise} {recipient:?}");
    }
}

#[test]
fn nothing_goes_abroad_without_a_mechanism_nor_to_an_unlisted_country_without_advice() {
    let advised = |day| TransferState { assessed: true, advice: Some(day), ..transfer(Mechanism::Idta) };
    for (country, transfer, expected) in [
        ("GB", None, ""),
        ("IE", None, "no-mechanism"),
        ("IE", Some(transfer(Mechanism::Adequacy)), ""),
        ("IE", Some(transfer(Mechanism::ExplicitConsent)), ""),
        ("US", Some(transfer(Mechanism::Adequacy)), "no-transfer"),
        (
            "US",
            Some(TransferState {
                within: "certified, seen 6 January".into(),
                ..transfer(Mechanism::Adequacy)
            }),
            "",
        ),
        ("BR", None, "no-mechanism"),
        ("BR", Some(transfer(Mechanism::Adequacy)), "no-transfer"),
        ("BR", Some(transfer(Mechanism::Idta)), "no-transfer"),
        ("BR", Some(TransferState { assessed: true, ..transfer(Mechanism::Idta) }), "no-advice"),
        ("BR", Some(transfer(Mechanism::ExplicitConsent)), "no-advice"),
        ("BR", Some(advised(date(2026, 11, 23))), "no-advice"),
        ("BR", Some(advised(NOW)), ""),
    ] {
        let recipient = Recipient { country: country.into(), transfer, ..partner() };
        let found = recipient_gaps(&recipient, Ground::Agreement, Promise::C17, &adequate(), NOW);
        assert_eq!(codes(&found).join(" "), expected, "{recipient:?}");
    }
}

fn declared() -> Vec<Declared> {
    let field = |name: &str, data: &str, special| Declared {
        name: name.into(),
        data: data.into(),
        need: "so that they can reach you".into(),
        special,
    };
    vec![field("name", "identity", false), field("phone", "identity", false), field("health", "health", true)]
}

#[test]
fn only_declared_fields_and_only_those_that_the_recipient_gets() {
    for (given, kinds, expected) in [
        (&["name", "phone"][..], Some(&["identity"][..]), ""),
        (&["name", "blood group"], Some(&["identity"]), "undeclared-field"),
        (&["name", "health"], Some(&["identity"]), "field-not-for-recipient"),
        (&["name", "health"], Some(&["identity", "health"]), ""),
        (&["name", "health"], None, ""),
        (&["name"], Some(&[]), "field-not-for-recipient"),
    ] {
        let kinds = kinds.map(words);
        let found = field_gaps(&declared(), kinds.as_deref(), &words(given));
        assert_eq!(codes(&found).join(" "), expected, "{given:?}");
    }
    assert_eq!(undeclared(&declared(), &words(&["name", "shoe size"])), ["shoe size"]);
}

#[test]
fn a_bulk_mailing_carries_name_and_email_only() {
    assert!(bulk_fields(&["name", "email"]).is_ok() && bulk_fields(&["email"]).is_ok());
    for field in ["phone", "address", "date of birth", "health", "Name", ""] {
        assert_eq!(bulk_fields(&["name", field]).unwrap_err().code, "bulk-field", "{field}");
    }
}

fn disclosure() -> Disclosure {
    let evidence = BTreeMap::from([
        ("record".to_owned(), Response::Text("prm_1".into())),
        ("given_on".to_owned(), Response::Date(date(2026, 10, 1))),
        ("covers".to_owned(), Response::YesNo(true)),
        ("in_force".to_owned(), Response::YesNo(true)),
    ]);
    Disclosure {
        ground: Ground::Permission,
        promise: Promise::N19,
        division: Division::EnglandAndWales,
        recipient: "food-bank".into(),
        fields: words(&["name", "phone"]),
        purpose: "a food parcel".into(),
        gateway: None,
        stated: Vec::new(),
        consideration: false,
        authoriser: Some(Authoriser::Caseworker),
        evidence,
        telling: None,
        on: NOW,
    }
}

#[test]
fn what_leaves_passes_every_rule_at_once() {
    let (recipient, declared, adequate, permission) = (partner(), declared(), adequate(), consent());
    let plan = |disclosure, permission| Plan {
        disclosure,
        recipient: &recipient,
        permission,
        declared: &declared,
        adequate: &adequate,
    };
    let cleared = clear(plan(disclosure(), Some((&permission, &WORDING)))).unwrap();
    assert_eq!(cleared.disclosure(), &disclosure());
    assert_eq!(codes(&clear(plan(disclosure(), None)).unwrap_err()), ["no-permission"]);
    let sale = Disclosure { consideration: true, ..disclosure() };
    assert_eq!(codes(&clear(plan(sale, Some((&permission, &WORDING)))).unwrap_err()), ["sale"]);
    let more = Disclosure { fields: words(&["name", "health"]), ..disclosure() };
    let found = clear(plan(more, Some((&permission, &WORDING)))).unwrap_err();
    assert_eq!(codes(&found), ["field-not-for-recipient", "permission-other-fields"]);
}

#[test]
fn marketing_needs_consent_by_channel_and_stops_at_once() {
    let news = Permission {
        purpose: Some(ConsentPurpose::Marketing),
        parties: Vec::new(),
        fields: words(&["email"]),
        ..consent()
    };
    let ask = |consents: &[Permission], stopped: &[MarketingChannel], channel| {
        may_market(consents, &WORDING, stopped, channel, NOW).map_err(|g| g.code)
    };
    use MarketingChannel::{Email, Post};
    assert_eq!(ask(std::slice::from_ref(&news), &[], Email), Ok(()));
    assert_eq!(ask(std::slice::from_ref(&news), &[], Post), Err("no-marketing-consent"));
    assert_eq!(ask(std::slice::from_ref(&news), &[Email], Email), Err("marketing-stopped"));
    assert_eq!(ask(&[], &[], Email), Err("no-marketing-consent"));
    for gone in [
        Permission { withdrawn: true, ..news.clone() },
        Permission { until: Some(date(2026, 11, 21)), ..news.clone() },
        Permission { version: 1, ..news.clone() },
        Permission { purpose: Some(ConsentPurpose::Feedback), ..news.clone() },
    ] {
        assert_eq!(ask(&[gone], &[], Email), Err("no-marketing-consent"));
    }
}

#[test]
fn special_data_are_recorded_only_under_a_condition() {
    let claims = Footing { art9: vec![Art9::LegalClaims], schedule1: Vec::new() };
    let counselling = |document| Footing {
        art9: vec![Art9::SubstantialPublicInterest],
        schedule1: vec![("17".to_owned(), document)],
    };
    for (issue, activities, expected) in [
        ("housing.disrepair", vec![claims.clone()], Ok(Art9::LegalClaims)),
        ("debt", vec![claims.clone()], Ok(Art9::LegalClaims)),
        ("wellbeing.loneliness", vec![counselling(true)], Ok(Art9::SubstantialPublicInterest)),
        ("wellbeing.loneliness", vec![counselling(false)], Err("no-condition")),
        ("wellbeing.loneliness", vec![claims.clone()], Err("no-condition")),
        ("housing.disrepair", vec![counselling(true)], Err("no-condition")),
        ("housing.disrepair", vec![], Err("no-condition")),
        ("gossip.neighbours", vec![claims], Err("no-area")),
    ] {
        let found = condition_for(issue, &activities).map(|c| c.art9).map_err(|g| g.code);
        assert_eq!(found, expected, "{issue}");
    }
}

#[test]
fn a_nudge_points_at_what_free_text_should_not_hold() {
    use NudgeKind as K;
    for (text, issue, expected) in [
        ("Card 4000 0566 5566 5556, expires 09/28.", "debt", vec![(K::BankCard, "4000 0566 5566 5556")]),
        ("Card 4000-0566-5566-5556", "debt", vec![(K::BankCard, "4000-0566-5566-5556")]),
        ("Card 4000056655665556", "debt", vec![(K::BankCard, "4000056655665556")]),
        ("Reference 4000056655665557", "debt", vec![]),
        ("Sort code 20-32-06 55779911", "debt", vec![(K::BankAccount, "20-32-06 55779911")]),
        ("Rang 01632 960331 twice", "debt", vec![]),
        ("NI number QQ 12 34 56 C", "benefits", vec![]),
        ("NI number AB 12 34 56 C.", "benefits", vec![(K::NationalInsurance, "AB 12 34 56 C")]),
        ("nino ab123456d ok", "debt", vec![(K::NationalInsurance, "ab123456d")]),
        ("Her PIN is 4821", "debt", vec![(K::Secret, "PIN is 4821")]),
        ("password: swordfish", "debt", vec![(K::Secret, "password: swordfish")]),
        ("He forgot the password again", "debt", vec![]),
        ("Has asthma and diabetes", "debt", vec![(K::Health, "asthma"), (K::Health, "diabetes")]),
        ("Has asthma and diabetes", "benefits.pip", vec![]),
        ("Café £20 — ŵyr", "debt", vec![]),
        ("", "debt", vec![]),
    ] {
        let found: Vec<_> =
            nudges(text, issue).into_iter().map(|n| (n.kind, &text[n.start..n.end])).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_reason_or_a_mark_answers_what_was_pointed_out() {
    use counterfoil_domain::sharing::nudge::{NudgeKind, nudges, unanswered};
    let found = nudges("PIN: 4821; she was in hospital", "debt.energy");
    let kinds = |says_health, because: &str| {
        unanswered(&found, says_health, because).iter().map(|n| n.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(false, ""), [NudgeKind::Secret, NudgeKind::Health]);
    assert_eq!(kinds(true, ""), [NudgeKind::Secret], "the mark answers for health alone");
    assert_eq!(
        kinds(false, "just so"),
        [NudgeKind::Secret, NudgeKind::Health],
        "seven letters are no reason"
    );
    assert_eq!(kinds(false, "the bank quotes it in its letters"), []);
}

#[test]
fn a_survey_takes_nothing_that_says_who_somebody_is() {
    use counterfoil_domain::sharing::nudge::says_who;
    for (text, found) in [
        ("write to ada@mail.example", true),
        ("ring 01632 960331", true),
        ("at LA1 9ZA", true),
        ("AB 12 34 56 C", true),
        ("We waited 40 minutes in district LA1.", false),
        ("@ the counter", false),
    ] {
        assert_eq!(says_who(text), found, "{text}");
    }
}

#[test]
fn a_recipient_gets_the_fields_of_the_notice_alone() {
    use counterfoil_domain::sharing::fields::beyond_the_notice;
    let given = words(&["name", "email", "telephone"]);
    let gaps = beyond_the_notice(&words(&["name", "email"]), &given);
    assert_eq!(gaps.iter().map(|g| g.code).collect::<Vec<_>>(), ["field-not-for-recipient"]);
    assert!(gaps[0].reason.contains("`telephone`"), "{}", gaps[0].reason);
    assert!(
        beyond_the_notice(&[], &given).is_empty(),
        "where the notice names none, the kinds of data say enough"
    );
}

#[test]
fn a_recipient_is_an_entry_of_the_directory_or_named_with_the_reason() {
    use counterfoil_domain::sharing::recipient::{Naming, naming};
    let entries: Vec<(String, String)> =
        [("dwp", "the Department for Work and Pensions"), ("housing", "your landlord")]
            .map(|(id, name)| (id.to_owned(), name.to_owned()))
            .into();
    let entry = |id: &str| Ok(Naming::Entry(id.to_owned()));
    let other = || Ok(Naming::Unlisted { name: "Harbour Trust".into(), why: "it is new here".into() });
    for (id, name, why, expected) in [
        ("dwp", "", "", entry("dwp")),
        ("housing", "Harbour Homes", "", entry("housing")),
        ("", "The department for work  and pensions", "", entry("dwp")),
        ("", "DWP", "it is new here", entry("dwp")),
        ("", " Harbour Trust ", " it is new here ", other()),
        ("", "Harbour Trust", "new", Err("no-reason")),
        ("", "Harbour Trust", "", Err("no-reason")),
        ("", "", "it is new here", Err("no-recipient")),
        ("police", "", "it is new here", Err("not-an-entry")),
    ] {
        let got = naming(id, name, why, &entries).map_err(|gap| gap.code);
        assert_eq!(got, expected, "`{id}` `{name}` `{why}`");
    }
}
