//! Giving data to somebody else.

use std::collections::BTreeMap;

use counterfoil_domain::place::Division;
use counterfoil_domain::questions::{Kind, Response};
use counterfoil_domain::rights::exemptions::exemption;
use counterfoil_domain::sharing::grounds::GROUNDS;
use counterfoil_domain::sharing::{
    Authoriser, Disclosure, GATEWAYS, Ground, GroundRule, Promise, Telling, TellingDuty, check, gateway,
    ground_rule,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

/// The grounds of each promise, as the notices name them.
const PROMISED: &[(Promise, &str)] = &[
    (
        Promise::N19,
        "permission agreement immediate-harm best-interests compelled-by-law public-interest defend-claim reputation",
    ),
    (Promise::C17, "permission agreement compelled-by-law serious-crime fraud safety protect-vulnerable"),
];

#[test]
fn each_promise_names_its_grounds_and_no_other() {
    for (promise, wanted) in PROMISED {
        let got: Vec<_> =
            GROUNDS.iter().filter(|r| r.promises.contains(promise)).map(|r| r.ground.code()).collect();
        assert_eq!(got.join(" "), *wanted, "{promise}");
    }
}

#[test]
fn there_is_no_ground_for_sale() {
    for word in ["sale", "sell", "purchase", "payment", "commercial"] {
        assert!(word.parse::<Ground>().is_err());
        assert!(Ground::ALL.iter().all(|g| !g.code().contains(word) && !g.label().contains(word)));
    }
}

#[test]
fn every_ground_has_one_rule_and_serious_ones_ask_how_serious() {
    for ground in Ground::ALL {
        let rule = ground_rule(*ground).expect("a rule");
        assert_eq!(GROUNDS.iter().filter(|r| r.ground == *ground).count(), 1);
        assert_eq!(rule.evidence.iter().any(|f| f.key == "serious"), rule.seriousness, "{ground}");
        assert!(!rule.evidence.is_empty() && !rule.plain.is_empty() && !rule.provision.is_empty());
    }
    for code in
        ["immediate-harm", "public-interest", "serious-crime", "fraud", "safety", "protect-vulnerable"]
    {
        assert!(ground_rule(code.parse().unwrap()).unwrap().seriousness, "{code}");
    }
}

#[test]
fn gateways_state_what_is_needed_and_name_real_exemptions() {
    let codes: Vec<_> = GATEWAYS.iter().map(|g| g.code).collect();
    for needed in [
        "police",
        "tax",
        "fraud-initiative-ni",
        "child-maintenance",
        "court-order",
        "safety-executive-ni",
        "safeguarding-child",
    ] {
        assert!(codes.contains(&needed), "{needed}");
    }
    for g in GATEWAYS {
        assert!(!g.must_state.is_empty() && !g.grounds.is_empty(), "{}", g.code);
        assert_eq!(g.compels, g.grounds.contains(&Ground::CompelledByLaw), "{}", g.code);
        assert!(g.exemption.is_none_or(|code| exemption(code).is_some()), "{}", g.code);
        assert_eq!(gateway(g.code), Some(g));
    }
}

fn standing(kind: Kind) -> Response {
    match kind {
        Kind::MustBe(wanted) => Response::YesNo(wanted),
        Kind::YesNo => Response::YesNo(false),
        Kind::Text => Response::Text("recorded".to_owned()),
        Kind::Date | Kind::OpinionDate => Response::Date(date(2026, 11, 1)),
        Kind::Choice(codes) => Response::Choice(codes[0].to_owned()),
    }
}

fn good(rule: &GroundRule) -> Disclosure {
    Disclosure {
        ground: rule.ground,
        promise: rule.promises[0],
        division: Division::NorthernIreland,
        recipient: "a housing association".to_owned(),
        fields: vec!["name".to_owned()],
        purpose: "to repair the home".to_owned(),
        gateway: None,
        stated: Vec::new(),
        consideration: false,
        authoriser: Some(rule.authoriser),
        evidence: rule
            .evidence
            .iter()
            .map(|f| (f.key.to_owned(), standing(f.kind)))
            .collect::<BTreeMap<_, _>>(),
        telling: (rule.telling == TellingDuty::Tell)
            .then_some(Telling::DiscussedFirst { on: date(2026, 11, 20) }),
        on: NOW,
    }
}

fn codes(disclosure: Disclosure) -> Vec<&'static str> {
    check(disclosure).map_or_else(|m| m.iter().map(|m| m.code).collect(), |_| Vec::new())
}

fn changed(ground: Ground, change: impl FnOnce(&mut Disclosure)) -> Vec<&'static str> {
    let mut d = good(ground_rule(ground).unwrap());
    change(&mut d);
    codes(d)
}

#[test]
fn full_evidence_permits_and_each_piece_is_needed() {
    for rule in GROUNDS {
        assert!(check(good(rule)).is_ok(), "{}", rule.ground);
        for field in rule.evidence {
            let lacking = changed(rule.ground, |d| {
                d.evidence.remove(field.key);
            });
            assert_eq!(lacking, ["unanswered"], "{} without {}", rule.ground, field.key);
            if let Kind::MustBe(wanted) = field.kind {
                let failing = changed(rule.ground, |d| {
                    d.evidence.insert(field.key.to_owned(), Response::YesNo(!wanted));
                });
                assert_eq!(failing, ["test-not-met"], "{} with {} reversed", rule.ground, field.key);
            }
        }
    }
}

#[test]
fn a_disclosure_is_refused_for_each_thing_that_is_missing() {
    assert_eq!(changed(Ground::Reputation, |d| d.promise = Promise::C17), ["ground-not-promised"]);
    assert_eq!(changed(Ground::Fraud, |d| d.promise = Promise::N19), ["ground-not-promised"]);
    assert_eq!(changed(Ground::Permission, |d| d.recipient.clear()), ["unanswered"]);
    assert_eq!(changed(Ground::Permission, |d| d.purpose.clear()), ["unanswered"]);
    assert_eq!(changed(Ground::Permission, |d| d.fields = vec![" ".to_owned()]), ["unanswered"]);
    let strange = |d: &mut Disclosure| {
        d.evidence.insert("mood".to_owned(), Response::YesNo(true));
    };
    assert_eq!(changed(Ground::Permission, strange), ["unknown-field"]);
    assert_eq!(changed(Ground::Permission, |d| d.authoriser = None), ["no-authoriser"]);
    assert_eq!(
        changed(Ground::Reputation, |d| d.authoriser = Some(Authoriser::InformationOfficer)),
        ["no-authoriser"]
    );
    assert!(changed(Ground::Permission, |d| d.authoriser = Some(Authoriser::ChiefOfficer)).is_empty());
    assert_eq!(changed(Ground::Permission, |d| d.gateway = Some("gossip".to_owned())), ["unknown-gateway"]);
}

#[test]
fn the_person_is_told_unless_a_reason_is_recorded() {
    let tell = |telling| changed(Ground::SeriousCrime, |d| d.telling = telling);
    let not_told = |because: &str| Some(Telling::NotTold { because: because.to_owned() });
    let afterwards = |on, because: &str| Some(Telling::Afterwards { on, because: because.to_owned() });
    assert_eq!(tell(None), ["not-told"]);
    assert_eq!(tell(not_told(" ")), ["not-told"]);
    assert!(tell(not_told("it would warn the suspect")).is_empty());
    assert_eq!(tell(Some(Telling::DiscussedFirst { on: date(2026, 11, 23) })), ["discussed-later"]);
    assert!(tell(afterwards(date(2026, 11, 25), "no time")).is_empty());
    assert_eq!(tell(afterwards(date(2026, 11, 25), "")), ["not-told"]);
    assert_eq!(tell(afterwards(date(2026, 11, 20), "no time")), ["told-before"]);
    assert!(
        changed(Ground::Permission, |d| d.telling = None).is_empty(),
        "they know: it is their permission"
    );
}

#[test]
fn a_gateway_must_fit_the_ground_the_place_and_be_fully_stated() {
    let police = gateway("police").unwrap();
    let with = |stated: Vec<usize>| {
        changed(Ground::SeriousCrime, |d| {
            d.gateway = Some("police".to_owned());
            d.stated = stated;
        })
    };
    assert!(with((0..police.must_state.len()).collect()).is_empty());
    assert_eq!(with(vec![0]).len(), police.must_state.len() - 1);
    assert!(with(Vec::new()).iter().all(|c| *c == "not-stated"));
    let other = |code: &str, ground| {
        changed(ground, |d| {
            d.gateway = Some(code.to_owned());
            d.stated = (0..9).collect();
        })
    };
    assert_eq!(other("police", Ground::Fraud), ["gateway-for-another-ground"]);
    assert_eq!(other("safety-executive", Ground::CompelledByLaw), ["gateway-elsewhere"]);
    assert!(other("safety-executive-ni", Ground::CompelledByLaw).is_empty());
}

proptest! {
    /// Whatever is proposed, what is permitted names a ground that was promised, its authoriser and its fields.
    #[test]
    fn nothing_leaves_without_ground_authoriser_and_fields(
        ground in proptest::sample::select(Ground::ALL),
        promise in proptest::sample::select(Promise::ALL),
        authoriser in proptest::option::of(proptest::sample::select(Authoriser::ALL)),
        no_fields in any::<bool>(),
        no_telling in any::<bool>(),
    ) {
        let rule = ground_rule(ground).unwrap();
        let mut d = good(rule);
        d.promise = promise;
        d.authoriser = authoriser;
        if no_fields { d.fields.clear(); }
        if no_telling { d.telling = None; }
        let good = rule.promises.contains(&promise)
            && authoriser.is_some_and(|a| a >= rule.authoriser)
            && !no_fields
            && !(no_telling && rule.telling == TellingDuty::Tell);
        prop_assert_eq!(check(d).is_ok(), good);
    }
}
