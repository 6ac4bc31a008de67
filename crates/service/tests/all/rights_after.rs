//! Telling recipients, complaints, reviews, the older Act, and what the law's reasons do: on both engines.

use std::collections::BTreeMap;

use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::complaints::Reviewed;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_domain::rights::older::Heading;
use counterfoil_domain::rights::telling::Telling;
use counterfoil_service::rights;
use counterfoil_service::rights::other::{
    complaint, correct, decide, facts, older, outcome, panel, recipients, regulator, review,
};
use jiff::civil::date;

use crate::rights::{WHY, in_each, says};

/// A body that the directory does not have, with the reason.
fn whom(name: &str) -> recipients::Whom {
    recipients::Whom {
        name: name.into(),
        unlisted_why: "it is in no list yet".into(),
        ..recipients::Whom::default()
    }
}

#[test]
fn recipients_are_told_chased_and_their_answers_kept() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::NotifyRecipients, person, &[]);
        let desk = house.desk("ines");
        house.decide(&reference, Outcome::Granted, "").unwrap();
        says(recipients::add(&desk, &reference, &whom(""), WHY), "name the recipient");
        recipients::add(&desk, &reference, &whom("The landlord"), WHY).unwrap();
        recipients::add(&desk, &reference, &whom("The landlord"), WHY).unwrap();
        recipients::add(&desk, &reference, &whom("A creditor"), WHY).unwrap();
        says(
            recipients::step(&desk, &reference, 1, &recipients::Step::Chased(date(2026, 11, 10))),
            "was told",
        );
        says(
            recipients::step(&desk, &reference, 1, &recipients::Step::Answered(Telling::Done, "ok".into())),
            "note first",
        );
        recipients::step(&desk, &reference, 1, &recipients::Step::Told(date(2026, 11, 10))).unwrap();
        assert_eq!(house.state(&reference), "decided");
        recipients::step(&desk, &reference, 2, &recipients::Step::Impossible("gone out of business".into()))
            .unwrap();
        assert_eq!(house.state(&reference), "done");
        let chase = |day: &str| {
            house.on(day);
            panel::panel(&desk, &reference).unwrap().recipients[0].clone()
        };
        assert!(!chase("2026-11-23T09:00:00Z").1, "not before two weeks");
        assert!(chase("2026-11-24T09:00:00Z").1);
        recipients::step(&desk, &reference, 1, &recipients::Step::Chased(date(2026, 11, 24))).unwrap();
        assert!(!chase("2026-11-30T09:00:00Z").1);
        house.on("2026-12-01T09:00:00Z");
        recipients::step(&desk, &reference, 1, &recipients::Step::Chased(date(2026, 12, 1))).unwrap();
        let (_, due, senior) = chase("2026-12-08T09:00:00Z");
        assert!(due && senior, "the third chase goes to somebody senior");
        recipients::step(&desk, &reference, 1, &recipients::Step::Answered(Telling::Done, "deleted".into()))
            .unwrap();
        assert_eq!(panel::panel(&desk, &reference).unwrap().recipients.len(), 2);
    });
}

#[test]
fn a_complaint_has_its_clock_its_file_and_its_ways_on() {
    in_each("advice-network", "", |house| {
        let about = house.receive(Right::Access);
        let reference = house.receive(Right::Complaint);
        let desk = house.desk("ines");
        let due = rights::show(&desk, &reference).unwrap().summary.due;
        assert_eq!(due, Some(date(2026, 12, 9)), "thirty days to acknowledge");
        let step = |stage: &str, words: &str| complaint::Step {
            stage: stage.into(),
            words: words.into(),
            ..Default::default()
        };
        says(complaint::step(&desk, &reference, &step("closed", "")), "next may be acknowledged");
        complaint::step(&desk, &reference, &step("acknowledged", "")).unwrap();
        assert_eq!(rights::show(&desk, &reference).unwrap().summary.clock, "acknowledged");
        says(complaint::step(&desk, &reference, &step("investigating", "")), "what is looked into");
        complaint::step(
            &desk,
            &reference,
            &complaint::Step { about: about.clone(), ..step("investigating", "How the letter was lost.") },
        )
        .unwrap();
        // The file: whoever handles complaints, at any office; nobody else.
        complaint::note(&desk, &reference, "The post book has a gap on 3 November.").unwrap();
        complaint::note(&house.desk("carys"), &reference, "Spoke to the caretaker.").unwrap();
        assert_eq!(complaint::notes(&desk, &reference).unwrap().len(), 2);
        assert!(complaint::notes(&house.desk("ada"), &reference).is_err());
        says(complaint::note(&desk, &about, "A note that has no place."), "only a complaint has a file");
        complaint::step(
            &desk,
            &reference,
            &step("outcome", "We lost it and have changed how post is signed for."),
        )
        .unwrap();
        let letter = outcome::letter(&desk, &reference).unwrap();
        assert!(letter.reasons.contains("signed for") && letter.complain_to_us);
        assert!(!letter.regulator.name.is_empty());
        complaint::step(&desk, &reference, &step("officer", "Not content with the outcome.")).unwrap();
        complaint::step(&desk, &reference, &step("outcome", "The officer agrees with the outcome.")).unwrap();
        complaint::step(&desk, &reference, &step("regulator", "The person has gone to the regulator."))
            .unwrap();
        assert_eq!(house.state(&reference), "regulator");
        complaint::step(&desk, &reference, &step("closed", "")).unwrap();
        assert_eq!(house.state(&reference), "closed");
    });
}

#[test]
fn an_internal_review_copies_the_facts_and_is_done_by_someone_else() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let facts = [("inaccurate", false), ("incomplete", false)];
        let reference = house.asked(Right::Rectification, person, &facts);
        let (ines, marek) = (house.desk("ines"), house.desk("marek"));
        says(review::ask(&ines, &reference, "They disagree."), "no answer yet");
        house.decide(&reference, Outcome::Refused, "The certificate says what we say.").unwrap();
        outcome::tell(&ines, &reference, date(2026, 11, 10), "").unwrap();
        says(review::decide(&marek, &reference, Reviewed::Upheld, WHY), "no review is open");
        review::ask(&ines, &reference, "They say the certificate is another's.").unwrap();
        assert_eq!(house.state(&reference), "internal-review");
        says(review::decide(&ines, &reference, Reviewed::Upheld, WHY), "took part in the first answer");
        review::decide(&marek, &reference, Reviewed::Overturned, WHY).unwrap();
        let kept = review::all(&ines, &reference).unwrap().remove(0);
        assert_eq!(kept.text.copied.outcome, "refused");
        assert_eq!(kept.text.copied.due, Some(date(2026, 12, 9)));
        assert_eq!(kept.second, marek.who.staff().map(|s| s.staff));
        // Open again, and decided anew.
        assert_eq!(house.state(&reference), "identified");
        house.found(&reference, &[("inaccurate", true)], &[]);
        house.decide(&reference, Outcome::Granted, "The right certificate was seen.").unwrap();
        let fix =
            correct::Correction { field: "surname".into(), wrong: String::new(), right: "Ashgrave".into() };
        correct::correct(&ines, &reference, &fix).unwrap();
        outcome::tell(&ines, &reference, date(2026, 11, 10), "").unwrap();
        let case = regulator::RegulatorCase {
            reference: "IC-123456-X1Y2".into(),
            contact: "a case officer".into(),
            what: "Why the first answer was wrong.".into(),
            answer_by: Some(date(2026, 12, 1)),
        };
        says(
            regulator::open(
                &ines,
                &reference,
                &regulator::RegulatorCase { reference: " ".into(), ..case.clone() },
            ),
            "own reference",
        );
        regulator::open(&ines, &reference, &case).unwrap();
        assert_eq!(house.state(&reference), "regulator");
        regulator::close(&ines, &reference, "No further action is taken.").unwrap();
        says(regulator::close(&ines, &reference, "No further action is taken."), "no case");
        assert_eq!(house.state(&reference), "closed");
    });
}

#[test]
fn notices_under_the_older_act_have_their_contents_clocks_and_routes() {
    in_each("council", "", |house| {
        let desk = house.desk("ines");
        for (heading, right, due) in [
            (Heading::DamageOrDistress, "objection", date(2026, 11, 30)),
            (Heading::DirectMarketing, "marketing-objection", date(2026, 12, 7)),
            (Heading::AutomatedDecision, "automated-decisions", date(2026, 11, 30)),
            (Heading::Compensation, "complaint", date(2026, 12, 9)),
            (Heading::CourtOrder, "complaint", date(2026, 12, 9)),
            (Heading::Assessment, "complaint", date(2026, 12, 9)),
        ] {
            let first = heading.contents()[0];
            let contents = BTreeMap::from([(first.key.to_owned(), "The cameras in Quay Street.".to_owned())]);
            let notice =
                older::receive_notice(&desk, &house.reception(Right::Access), heading, &contents).unwrap();
            assert_eq!(notice.received.due, Some(due), "{heading}");
            assert_eq!(notice.lacks.len(), heading.contents().len() - 1, "{heading}");
            let seen = rights::show(&desk, &notice.received.reference).unwrap();
            assert_eq!((seen.summary.right.as_str(), seen.summary.due), (right, Some(due)));
            assert!(seen.wording.contains("The cameras in Quay Street."));
            let panel = panel::panel(&desk, &notice.received.reference).unwrap();
            assert_eq!(panel.heading.unwrap().2, heading.route());
        }
    });
}

#[test]
fn the_reasons_of_the_law_are_shown_to_the_officer_and_told_to_the_person() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Portability, person, &[]);
        let desk = house.desk("ines");
        let seen = facts::applicability(&desk, &reference).unwrap();
        let line = seen.lines.iter().find(|l| l.verdict == "does-not-apply").expect("a public task");
        assert!(line.reasons[0].1.contains("Art 20"));
        let task: Vec<String> = seen.activities.iter().filter(|a| a.chosen).map(|a| a.id.clone()).collect();
        let only: Vec<&str> = task
            .iter()
            .map(String::as_str)
            .filter(|id| {
                house.found(&reference, &[], &[id]);
                facts::applicability(&desk, &reference).unwrap().verdict == Some("does-not-apply")
            })
            .take(1)
            .collect();
        house.found(&reference, &[], &only);
        house.decide(&reference, Outcome::Refused, "").unwrap();
        let letter = outcome::letter(&desk, &reference).unwrap();
        assert!(letter.law.iter().any(|(words, provision)| words.contains("with your consent") && provision.contains("Art 20")), "{letter:?}");
        assert!(letter.complain_to_us);
        let before = house.on("2026-06-01T09:00:00Z");
        assert!(
            !outcome::letter(&before.desk("ines"), &reference).unwrap().complain_to_us,
            "s.164A begins on 19 June 2026"
        );
    });
}

#[test]
fn a_refusal_needs_a_ground_an_exemption_or_evidence_that_it_is_excessive() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Restriction, person, &[("accuracy-contested", true)]);
        says(house.decide(&reference, Outcome::Refused, ""), "the right applies");
        house.found(&reference, &[("accuracy-contested", true), ("unfounded-or-excessive", true)], &[]);
        says(house.decide(&reference, Outcome::Refused, ""), "manifestly unfounded");
        house
            .decide(&reference, Outcome::Refused, "The seventh request in a month about one settled matter.")
            .unwrap();
        let decision = decide::Decision {
            outcome: Outcome::Refused,
            reasons: WHY.into(),
            evidence: String::new(),
            exemption: "S9-99".into(),
            answers: BTreeMap::new(),
        };
        says(decide::decide(&house.desk("ines"), &reference, &decision), "is not an exemption");
        let short = decide::Decision { reasons: "no".into(), exemption: String::new(), ..decision };
        says(decide::decide(&house.desk("ines"), &reference, &short), "give the reasons");
    });
}
