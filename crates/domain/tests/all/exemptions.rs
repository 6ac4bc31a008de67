//! Exemptions: the table, and decisions to withhold.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::place::Division;
use counterfoil_domain::questions::{Kind, Response, opinion_expires};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::exemptions::{
    Article, Decision, Exemption, Mention, Missing, Organisation, all, check, exemption, exemption_in_force,
    lifts_right, may_claim, parental_age_limit, professional_disclosable,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

/// code, the name of the set of provisions it lifts, mention. From the table of exemptions of the statute.
const TABLE: &[(&str, &str, &str)] = &[
    ("S2-2", "S2P1+34", "may-omit"),
    ("S2-2(2)", "listed", "may-omit"),
    ("S2-3", "listed", "may-omit"),
    ("S2-5(1)", "S2P1", "tell"),
    ("S2-5(2)", "S2P1", "sometimes"),
    ("S2-5(3)", "S2P1", "sometimes"),
    ("S2-7", "S2P2", "may-omit"),
    ("S2-8", "S2P2", "may-omit"),
    ("S2-10", "S2P2", "may-omit"),
    ("S2-11", "S2P2", "may-omit"),
    ("S2-13", "S2P2+34", "may-omit"),
    ("S2-14", "S2P2", "may-omit"),
    ("S2-14(3)", "S2P2", "may-omit"),
    ("S2-16", "listed", "may-omit"),
    ("S2-19", "S2P4", "sometimes"),
    ("S2-20", "S2P4", "may-omit"),
    ("S2-21", "S2P4", "may-omit"),
    ("S2-22", "S2P4", "may-omit"),
    ("S2-23", "S2P4", "may-omit"),
    ("S2-24", "S2P4", "tell"),
    ("S2-25(1)", "S2P4", "tell"),
    ("S2-25(2)", "listed", "tell"),
    ("S2-26", "listed", "sometimes"),
    ("S2-27", "listed", "tell"),
    ("S2-28", "listed", "tell"),
    ("S3-3", "S3", "sometimes"),
    ("S3-4", "S3", "may-omit"),
    ("S3-5", "listed", "may-omit"),
    ("S3-6", "listed", "not-applicable"),
    ("S3-9", "S3", "sometimes"),
    ("S3-10", "S3", "may-omit"),
    ("S3-11", "listed", "may-omit"),
    ("S3-12", "listed", "not-applicable"),
    ("S3-18", "S3", "sometimes"),
    ("S3-19", "listed", "may-omit"),
    ("S3-20", "listed", "not-applicable"),
    ("S3-21", "listed", "may-omit"),
    ("S4-2", "S4", "may-omit"),
    ("S4-3", "S4", "may-omit"),
    ("S4-4", "S4", "may-omit"),
    ("S4-5", "S4", "may-omit"),
    ("S4-6", "S4", "may-omit"),
    ("S26", "listed", "may-omit"),
    ("A15(4)", "listed", "tell"),
    ("A12(5)", "listed", "tell"),
    ("A15(1A)", "listed", "tell"),
];

#[test]
fn the_table_is_complete_and_in_order() {
    let got: Vec<_> = all().map(|e| (e.code, e.lifts.name(), e.mention.code())).collect();
    assert_eq!(got, TABLE);
}

#[test]
fn every_row_can_be_understood_and_answered() {
    for e in all() {
        assert!(!e.test.is_empty() && !e.name.is_empty() && !e.provision.is_empty(), "{}", e.code);
        assert!(e.plain.ends_with('.') && !e.plain.contains("Sch "), "{}: {}", e.code, e.plain);
        let keys: BTreeSet<_> = e.test.iter().map(|f| f.key).collect();
        assert_eq!(keys.len(), e.test.len(), "{}: a key twice", e.code);
        for field in e.test {
            assert!(field.ask.ends_with('?') || field.ask.contains('?'), "{}: {}", e.code, field.ask);
        }
    }
}

/// The rights that each set of listed provisions reaches.
const REACH: &[(&str, &str)] = &[
    ("S2-5(1)", "access rectification erasure restriction notify-recipients portability objection"),
    ("S2-7", "access rectification erasure restriction notify-recipients portability objection"),
    ("S2-19", "access"),
    ("S3-4", "access rectification erasure restriction portability objection"),
    ("S4-3", "access"),
    ("S2-16", "access"),
    ("S2-27", "access rectification restriction objection"),
    ("S2-28", "access rectification restriction notify-recipients portability objection"),
    ("S2-25(2)", ""),
];

#[test]
fn the_listed_provisions_reach_these_rights_and_no_more() {
    for (code, wanted) in REACH {
        let row = exemption(code).unwrap();
        let got: Vec<_> =
            Right::ALL.iter().filter(|r| lifts_right(row.lifts, **r)).map(|r| r.code()).collect();
        assert_eq!(got.join(" "), *wanted, "{code}");
    }
}

#[test]
fn schedule_3_does_not_lift_article_19_and_only_paragraph_1_lifts_fairness() {
    assert!(!exemption("S3-4").unwrap().lifts.articles().contains(&Article::A19));
    for e in all() {
        let fairness = e.lifts.articles().contains(&Article::A5Fairness);
        assert_eq!(fairness, e.lifts.name().starts_with("S2P1"), "{}", e.code);
    }
}

#[test]
fn no_exemption_lifts_marketing_security_or_telling_the_regulator() {
    for e in all() {
        assert!(!lifts_right(e.lifts, Right::MarketingObjection), "{}", e.code);
        for article in e.lifts.articles() {
            let code = article.code();
            assert!(!code.contains("21(2)") && !code.contains("32") && !code.starts_with("33"), "{}", e.code);
        }
    }
}

#[test]
fn a_northern_ireland_council_and_an_advice_charity_cannot_claim_the_social_work_exemption() {
    let row = exemption("S3-11").unwrap();
    for (organisation, division, wanted) in [
        (Organisation::Council, Division::NorthernIreland, false),
        (Organisation::Council, Division::EnglandAndWales, true),
        (Organisation::Council, Division::Scotland, true),
        (Organisation::AdviceCharity, Division::EnglandAndWales, false),
        (Organisation::AdviceCharity, Division::NorthernIreland, false),
        (Organisation::HealthBody, Division::NorthernIreland, true),
        (Organisation::DesignatedVoluntary, Division::EnglandAndWales, true),
    ] {
        assert_eq!(may_claim(row, organisation, division), wanted, "{organisation} {division}");
    }
    for (code, charity, council) in [
        ("S2-3", false, true),
        ("S2-8", false, false),
        ("S2-11", false, true),
        ("S2-14", false, false),
        ("S2-16", true, true),
        ("S3-5", true, true),
    ] {
        let row = exemption(code).unwrap();
        assert_eq!(may_claim(row, Organisation::AdviceCharity, Division::EnglandAndWales), charity, "{code}");
        assert_eq!(may_claim(row, Organisation::Council, Division::NorthernIreland), council, "{code}");
    }
}

/// An answer that lets the field stand on `NOW`.
fn standing(kind: Kind) -> Response {
    match kind {
        Kind::MustBe(wanted) => Response::YesNo(wanted),
        Kind::YesNo => Response::YesNo(true),
        Kind::Text => Response::Text("recorded".to_owned()),
        Kind::Date | Kind::OpinionDate => Response::Date(date(2026, 11, 1)),
        Kind::Choice(codes) => Response::Choice(codes[0].to_owned()),
    }
}

/// The first kind of body and place that may claim the exemption, and a right that it lifts.
fn good(e: &Exemption) -> Option<Decision> {
    let mut places = Organisation::ALL.iter().flat_map(|o| Division::ALL.iter().map(move |d| (*o, *d)));
    let scottish = e.code == "S4-6" || e.code == "S3-12" || e.code == "S3-20";
    let (organisation, division) =
        places.find(|(o, d)| may_claim(e, *o, *d) && (*d == Division::Scotland) == scottish).expect(e.code);
    let right = *Right::ALL.iter().find(|r| lifts_right(e.lifts, **r))?;
    Some(Decision {
        code: e.code.to_owned(),
        right,
        organisation,
        division,
        on: NOW,
        part: "the second paragraph".to_owned(),
        answers: e.test.iter().map(|f| (f.key.to_owned(), standing(f.kind))).collect(),
        unmentioned_because: None,
    })
}

fn codes(decision: Decision) -> Vec<&'static str> {
    check(decision).map_or_else(|m| m.iter().map(|m| m.code).collect(), |_| Vec::new())
}

#[test]
fn a_fully_answered_test_is_valid_and_each_answer_is_needed() {
    for e in all() {
        let Some(decision) = good(e) else {
            assert_eq!(e.code, "S2-25(2)", "only the exam clock withholds nothing");
            continue;
        };
        assert_eq!(codes(decision.clone()), Vec::<&str>::new(), "{}", e.code);
        for field in e.test {
            let mut lacking = decision.clone();
            lacking.answers.remove(field.key);
            assert_eq!(codes(lacking), ["unanswered"], "{} without {}", e.code, field.key);
            if let Kind::MustBe(wanted) = field.kind {
                let mut failing = decision.clone();
                failing.answers.insert(field.key.to_owned(), Response::YesNo(!wanted));
                assert_eq!(codes(failing), ["test-not-met"], "{} with {} reversed", e.code, field.key);
            }
            if field.kind == Kind::Text {
                let mut blank = decision.clone();
                blank.answers.insert(field.key.to_owned(), Response::Text(" \t".to_owned()));
                assert_eq!(codes(blank), ["unanswered"], "{} with {} blank", e.code, field.key);
            }
        }
    }
}

fn changed(code: &str, change: impl FnOnce(&mut Decision)) -> Vec<&'static str> {
    let mut decision = good(exemption(code).unwrap()).unwrap();
    change(&mut decision);
    codes(decision)
}

#[test]
fn a_decision_is_refused_for_each_thing_that_is_wrong() {
    let answer = |d: &mut Decision, key: &str, r: Response| {
        d.answers.insert(key.to_owned(), r);
    };
    let choice = |s: &str| Response::Choice(s.to_owned());
    assert_eq!(changed("S3-5", |d| d.code = "S9-9".to_owned()), ["unknown-exemption"]);
    assert_eq!(changed("S3-5", |d| d.part.clear()), ["part-missing"]);
    assert_eq!(changed("S2-19", |d| d.right = Right::Erasure), ["right-not-lifted"]);
    assert_eq!(changed("S2-2", |d| d.right = Right::MarketingObjection), ["right-not-lifted"]);
    assert_eq!(changed("S3-11", |d| d.organisation = Organisation::AdviceCharity), ["not-claimable"]);
    assert_eq!(changed("S3-21", |d| d.division = Division::Scotland), ["not-here"]);
    assert_eq!(changed("S4-6", |d| d.division = Division::NorthernIreland), ["not-here"]);
    assert_eq!(changed("A15(1A)", |d| d.on = date(2023, 12, 31)), ["not-in-force"]);
    assert_eq!(changed("S2-2", |d| answer(d, "purpose", choice("gossip"))), ["wrong-kind"]);
    assert_eq!(changed("S2-2", |d| answer(d, "how", Response::YesNo(true))), ["wrong-kind"]);
    assert_eq!(changed("S2-2", |d| answer(d, "mood", Response::YesNo(true))), ["unknown-field"]);
    assert_eq!(
        changed("S3-6", |d| answer(d, "asked_on", Response::Date(date(2026, 11, 23)))),
        ["date-in-future"]
    );
    for professional in ["health-professional", "social-worker", "education-worker"] {
        assert!(professional_disclosable(professional));
        assert_eq!(changed("S2-16", |d| answer(d, "other", choice(professional))), ["deemed-reasonable"]);
    }
    assert!(!professional_disclosable("ordinary"));
}

#[test]
fn the_five_factors_are_each_recorded() {
    let keys: Vec<_> = exemption("S2-16").unwrap().test.iter().map(|f| f.key).collect();
    for factor in ["information", "confidentiality", "steps", "capable", "refusal"] {
        assert!(keys.contains(&factor));
    }
}

#[test]
fn parental_responsibility_counts_below_the_age_of_the_place() {
    assert_eq!(
        (parental_age_limit(Division::Scotland), parental_age_limit(Division::NorthernIreland)),
        (16, 18)
    );
    for code in ["S3-4", "S3-21"] {
        let over = |d: &mut Decision| {
            d.answers.insert("under_age".to_owned(), Response::YesNo(false));
        };
        assert_eq!(changed(code, over), ["over-age"], "{code}");
        let appointee = |d: &mut Decision| {
            over(d);
            d.answers.insert("requester".to_owned(), Response::Choice("court-appointee".to_owned()));
        };
        assert_eq!(changed(code, appointee), Vec::<&str>::new(), "{code}: an appointee has no age limit");
    }
}

#[test]
fn mention_follows_the_row_and_silence_needs_a_reason() {
    let silent = |words: &str| {
        let words = words.to_owned();
        move |d: &mut Decision| d.unmentioned_because = Some(words)
    };
    assert_eq!(changed("S2-2", silent("saying so would warn the suspect")), Vec::<&str>::new());
    assert_eq!(changed("S2-2", silent(" ")), ["unmentioned-without-reason"]);
    assert_eq!(changed("S2-24", silent("we prefer not to")), ["must-be-mentioned"]);
    assert_eq!(changed("S3-6", silent("we prefer not to")), ["must-be-mentioned"]);
    let valid = check(good(exemption("S2-24").unwrap()).unwrap()).unwrap();
    assert!(valid.mentioned());
    assert_eq!(valid.exemption().mention, Mention::Tell);
}

#[test]
fn opinions_last_six_months_taken_literally() {
    for (given, last) in [
        (date(2026, 2, 15), date(2026, 8, 14)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 2, 28), date(2026, 8, 27)),
        (date(2026, 3, 1), date(2026, 8, 31)),
        // A Saturday and a bank holiday are not moved.
        (date(2025, 6, 27), date(2025, 12, 26)),
    ] {
        assert_eq!(opinion_expires(given), Some(last), "{given}");
    }
    let dated = |given: Date, on: Date| {
        changed("S3-5", |d| {
            d.on = on;
            d.answers.insert("opinion_on".to_owned(), Response::Date(given));
        })
    };
    assert_eq!(dated(date(2026, 2, 15), date(2026, 8, 14)), Vec::<&str>::new());
    assert_eq!(dated(date(2026, 2, 15), date(2026, 8, 15)), ["opinion-expired"]);
    assert_eq!(dated(date(2026, 8, 15), date(2026, 8, 15)), Vec::<&str>::new(), "of the same day");
    let valid = check(good(exemption("S3-5").unwrap()).unwrap()).unwrap();
    assert_eq!(valid.expires(), opinion_expires(date(2026, 11, 1)));
    assert_eq!(check(good(exemption("S2-2").unwrap()).unwrap()).unwrap().expires(), None);
}

#[test]
fn answers_are_read_by_the_kind_of_the_field() {
    let row = exemption("S3-5").unwrap();
    let read = |key: &str, text: &str| Response::read(row.field(key).unwrap(), text);
    assert_eq!(read("serious_harm", "yes"), Ok(Response::YesNo(true)));
    assert_eq!(read("opinion_on", "2026-11-01"), Ok(Response::Date(date(2026, 11, 1))));
    assert_eq!(read("serious_harm", "perhaps").unwrap_err().code, "wrong-kind");
    assert_eq!(read("opinion_on", "1/11/2026").unwrap_err().code, "wrong-kind");
    assert!(exemption_in_force(row, date(2018, 5, 25)) && !exemption_in_force(row, date(2018, 5, 24)));
}

proptest! {
    /// Whatever is left out or added, what comes back as valid answers every field of its test.
    #[test]
    fn valid_means_answered(
        index in 0..TABLE.len(),
        drop in proptest::collection::vec(any::<bool>(), 14),
        flip in proptest::collection::vec(any::<bool>(), 14),
        right in proptest::sample::select(Right::ALL),
        organisation in proptest::sample::select(Organisation::ALL),
        division in proptest::sample::select(Division::ALL),
    ) {
        let e = all().nth(index).unwrap();
        let mut answers: BTreeMap<String, Response> = BTreeMap::new();
        for (i, field) in e.test.iter().enumerate() {
            let response = match (standing(field.kind), flip[i] && drop[(i + 3) % 14]) {
                (Response::YesNo(b), true) => Response::YesNo(!b),
                (other, _) => other,
            };
            if !(drop[i] && flip[(i + 5) % 14]) {
                answers.insert(field.key.to_owned(), response);
            }
        }
        let decision = Decision {
            code: e.code.to_owned(), right, organisation, division, on: NOW,
            part: "a line".to_owned(), answers: answers.clone(), unmentioned_because: None,
        };
        match check(decision) {
            Ok(valid) => {
                prop_assert!(lifts_right(e.lifts, right) && may_claim(e, organisation, division));
                prop_assert_eq!(valid.decision().answers.len(), e.test.len());
                for field in e.test {
                    if let Kind::MustBe(wanted) = field.kind {
                        prop_assert_eq!(&answers[field.key], &Response::YesNo(wanted));
                    }
                }
            }
            Err(missing) => {
                prop_assert!(!missing.is_empty());
                prop_assert!(missing.iter().all(|m: &Missing| !m.reason.is_empty() && !m.code.is_empty()));
            }
        }
    }

    /// An opinion never outlives six months and a day, nor dies before five months and 27 days.
    #[test]
    fn opinions_age_evenly(days in 0i32..5000) {
        let given = date(2018, 5, 25).checked_add(jiff::Span::new().days(days)).unwrap();
        let last = opinion_expires(given).unwrap();
        let length = given.until(last).unwrap().get_days();
        prop_assert!((178..=184).contains(&length), "{given} to {last} is {length}");
    }
}
