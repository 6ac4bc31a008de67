//! Referrals: never without a consent that covers recipient and fields, and the attempt is on record (N13).

use counterfoil_domain::access::Role;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::refer::{self, Answer, Circumstances, Drafting, Sending, should_refer};
use counterfoil_service::sharing::{ConsentPurpose, disclose};

use super::house::{House, content, fields, on_both, referral_consent};

fn drafting(pairs: &[(&str, &str)]) -> Drafting {
    Drafting {
        case: None,
        recipient: "referral-partners".into(),
        reason: "a food parcel".into(),
        fields: content(pairs),
    }
}

const NAMED: &[(&str, &str)] = &[("name", "Ada Brook"), ("telephone", "01632 960331")];

fn refused(
    house: &House,
    who: &counterfoil_service::store::Actor,
    person: PersonId,
    pairs: &[(&str, &str)],
) -> Vec<&'static str> {
    let desk = house.desk(who);
    let referral = refer::draft(&desk, person, &drafting(pairs)).unwrap();
    match refer::send(&desk, person, referral).unwrap() {
        Sending::Sent => Vec::new(),
        Sending::Refused(gaps) => {
            let kept = refer::list(&desk, person).unwrap();
            let kept = kept.iter().find(|r| r.id == referral).unwrap();
            assert_eq!(kept.state, "draft", "nothing left");
            assert_eq!(kept.text.refused.len(), gaps.len(), "the reasons are kept with the draft");
            for gap in &gaps {
                assert!(house.refusal_logged(person, gaps[0].code), "{gap:?} is in the log");
            }
            gaps.iter().map(|g| g.code).collect()
        }
    }
}

#[test]
fn nothing_leaves_without_a_consent_that_covers_it() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        assert_eq!(refused(&house, &adviser, person, NAMED)[0], "unanswered", "no consent at all");
        assert!(house.refusal_logged(person, "unanswered"));
        // For somebody else, for something else, for other fields.
        let other = Giving { parties: vec!["dwp".into()], ..referral_consent("dwp") };
        permissions::give(&desk, person, &other).unwrap();
        assert!(refused(&house, &adviser, person, NAMED).contains(&"no-permission"));
        let feedback = Giving {
            purpose: Some(ConsentPurpose::Feedback),
            parties: Vec::new(),
            fields: Vec::new(),
            ..referral_consent("referral-partners")
        };
        permissions::give(&desk, person, &feedback).unwrap();
        assert!(refused(&house, &adviser, person, NAMED).contains(&"no-permission"));
        let receipt = permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let more: Vec<_> = NAMED.iter().copied().chain([("health", "asthma")]).collect();
        assert_eq!(refused(&house, &adviser, person, &more), ["permission-other-fields"]);
        let strange: Vec<_> = NAMED.iter().copied().chain([("shoe size", "7")]).collect();
        assert!(refused(&house, &adviser, person, &strange).contains(&"undeclared-field"));
        // With the consent it goes.
        let referral = refer::draft(&desk, person, &drafting(NAMED)).unwrap();
        assert_eq!(refer::send(&desk, person, referral).unwrap(), Sending::Sent);
        // Expired, then renewed; withdrawn.
        house.at("2027-06-01T09:00:00Z");
        assert_eq!(refused(&house, &adviser, person, NAMED), ["permission-expired"]);
        permissions::renew(&desk, person, receipt.id, counterfoil_service::sharing::Given::InPerson, "")
            .unwrap();
        permissions::withdraw(&desk, person, receipt.id, "").unwrap();
        assert_eq!(refused(&house, &adviser, person, NAMED), ["permission-withdrawn"]);
    });
}

#[test]
fn a_referral_is_followed_to_its_outcome_and_off_the_platform() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let id = refer::draft(&desk, person, &drafting(NAMED)).unwrap();
        assert!(refer::answered(&desk, person, id, Answer::Accepted, "").is_err(), "nothing was sent yet");
        assert!(refer::ask_purge(&desk, person, id).is_err());
        refer::send(&desk, person, id).unwrap();
        assert!(matches!(refer::send(&desk, person, id).unwrap(), Sending::Refused(_)), "not twice");
        refer::answered(&desk, person, id, Answer::Acknowledged, "").unwrap();
        refer::answered(&desk, person, id, Answer::Accepted, "").unwrap();
        assert!(refer::answered(&desk, person, id, Answer::Closed, " ").is_err(), "an end has an outcome");
        refer::answered(&desk, person, id, Answer::Closed, "three parcels").unwrap();
        assert!(refer::confirm_purge(&desk, person, id).is_err(), "not asked yet");
        refer::ask_purge(&desk, person, id).unwrap();
        refer::confirm_purge(&desk, person, id).unwrap();
        let kept = &refer::list(&desk, person).unwrap()[0];
        assert_eq!((kept.state.as_str(), kept.text.outcome.as_str()), ("closed", "three parcels"));
        assert!(kept.purge_confirmed_at.is_some() && kept.disclosure.is_some());
        let (disclosed, sent) = &disclose::list(&desk, person).unwrap()[0];
        assert_eq!((disclosed.state.as_str(), disclosed.telling.as_str()), ("sent", "knows"));
        assert_eq!(sent, &content(NAMED), "a sealed copy of what left");
    });
}

#[test]
fn there_is_no_way_round_through_another_office_or_another_person() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        permissions::give(&desk, person, &referral_consent("referral-partners")).unwrap();
        let referral = refer::draft(&desk, person, &drafting(NAMED)).unwrap();
        let elsewhere = house.staff("Vale", &[Role::Adviser, Role::Supervisor]);
        assert!(refer::send(&house.desk(&elsewhere), person, referral).is_err());
        let own = house.person(&elsewhere, "Ben", "ben@mail.example");
        assert!(
            refer::send(&house.desk(&elsewhere), own, referral).is_err(),
            "another's referral under one's own person"
        );
        assert!(refer::list(&house.desk(&elsewhere), person).is_err());
        let reception = house.staff("Moor", &[Role::Reception]);
        assert!(refer::send(&house.desk(&reception), person, referral).is_err());
        // Ada's consent does not cover Ben.
        let ben = house.person(&adviser, "Ben", "ben2@mail.example");
        assert!(!refused(&house, &adviser, ben, NAMED).is_empty());
        assert_eq!(refer::list(&desk, person).unwrap()[0].state, "draft");
    });
}

#[test]
fn signpost_unless_there_is_reason_to_refer() {
    assert!(!should_refer(Circumstances::default()));
    for c in [
        Circumstances { casework_exists: true, ..Circumstances::default() },
        Circumstances { cannot_act_alone: true, ..Circumstances::default() },
        Circumstances { urgent: true, ..Circumstances::default() },
        Circumstances { asked_for_it: true, ..Circumstances::default() },
        Circumstances { needs_specialist: true, ..Circumstances::default() },
    ] {
        assert!(should_refer(c));
    }
    let _ = fields(&[]);
}
