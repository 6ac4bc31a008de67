//! Deciding the rights other than access, and what follows: tables.

use counterfoil_domain::clock::{OlderNotice, Regime};
use counterfoil_domain::ids::StaffId;
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::rights::complaints::{Stage, may_review};
use counterfoil_domain::rights::deciding::{self, Decision, FollowUp as F, Outcome, asked_about, follow_ups};
use counterfoil_domain::rights::marketing::{address_key, address_key_of_text};
use counterfoil_domain::rights::older::Heading;
use counterfoil_domain::rights::portable::given_by_person;
use counterfoil_domain::rights::telling::{LADDER, Telling};
use counterfoil_domain::rights::{Condition as C, Facts, Prospective, Question, Right, Verdict, applies};
use jiff::civil::date;

const WHY: &str = "These are the reasons, in a whole sentence.";

/// What is lacking, by code; empty when the decision stands.
fn lacks(
    right: Right,
    outcome: Outcome,
    verdict: Verdict,
    yes: &[C],
    evidence: &str,
    exempt: bool,
) -> Vec<&'static str> {
    let facts = Facts::of(yes);
    let decision =
        Decision { right, outcome, verdict: Some(verdict), facts: &facts, reasons: WHY, evidence, exempt };
    deciding::check(&decision).err().unwrap_or_default().iter().map(|l| l.code).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn a_decision_needs_what_the_law_asks() {
    use Outcome::{Granted, GrantedInPart, Refused};
    use Verdict::{Applies, AppliesInPart, DoesNotApply};
    type Row = (Right, Outcome, Verdict, &'static [C], &'static str, bool, &'static [&'static str]);
    let rows: &[Row] = &[
        (Right::Rectification, Granted, Applies, &[C::Inaccurate], WHY, false, &[]),
        (Right::Rectification, Granted, Applies, &[C::Inaccurate], "", false, &["no-evidence"]),
        (Right::Rectification, Granted, Applies, &[], WHY, false, &["no-ground"]),
        (Right::Rectification, GrantedInPart, AppliesInPart, &[C::Opinion], WHY, false, &[]),
        (Right::Rectification, Refused, AppliesInPart, &[C::Opinion], WHY, false, &[]),
        (Right::Rectification, Refused, Applies, &[], WHY, false, &["no-ground-to-refuse"]),
        (Right::Erasure, Granted, Applies, &[C::PurposeEnded], "", false, &[]),
        (Right::Erasure, Granted, Applies, &[], "", false, &["no-ground"]),
        (Right::Erasure, Granted, DoesNotApply, &[C::PurposeEnded], "", false, &["does-not-apply"]),
        (Right::Erasure, Refused, DoesNotApply, &[], "", false, &[]),
        (Right::Erasure, Refused, Applies, &[], "", false, &["no-ground-to-refuse"]),
        (Right::Erasure, Refused, Applies, &[], "", true, &[]),
        (Right::Restriction, Granted, Applies, &[C::AccuracyContested], "", false, &[]),
        (Right::Restriction, Granted, Applies, &[C::PurposeEnded], "", false, &["no-ground"]),
        (Right::Objection, Granted, Applies, &[], "", false, &[]),
        (Right::Objection, Refused, DoesNotApply, &[C::CompellingGrounds], WHY, false, &[]),
        (
            Right::Objection,
            Refused,
            DoesNotApply,
            &[C::CompellingGrounds],
            "so",
            false,
            &["no-compelling-grounds"],
        ),
        (Right::Objection, Refused, Applies, &[C::UnfoundedOrExcessive], "", false, &["no-evidence"]),
        (Right::Objection, Refused, Applies, &[C::UnfoundedOrExcessive], WHY, false, &[]),
        (Right::MarketingObjection, Granted, Applies, &[], "", false, &[]),
        (Right::MarketingObjection, Refused, Applies, &[], "", true, &["absolute"]),
        (Right::MarketingObjection, GrantedInPart, Applies, &[], "", false, &["absolute"]),
        (
            Right::WithdrawConsent,
            Refused,
            Applies,
            &[C::UnfoundedOrExcessive],
            WHY,
            false,
            &["no-ground-to-refuse"],
        ),
        (Right::WithdrawConsent, Refused, DoesNotApply, &[], "", false, &[]),
        (Right::Portability, Granted, DoesNotApply, &[], "", false, &["does-not-apply"]),
        (Right::Access, Granted, Applies, &[], "", false, &["other-route"]),
        (Right::Complaint, Granted, Applies, &[], "", false, &["other-route"]),
    ];
    for (right, outcome, verdict, yes, evidence, exempt, expected) in rows {
        let found = lacks(*right, *outcome, *verdict, yes, evidence, *exempt);
        assert_eq!(&found, expected, "{right} {outcome} {verdict:?} {yes:?}");
    }
    let facts = Facts::none();
    let short = Decision {
        right: Right::Objection,
        outcome: Granted,
        verdict: None,
        facts: &facts,
        reasons: "because",
        evidence: "",
        exempt: false,
    };
    assert_eq!(deciding::check(&short).unwrap_err()[0].code, "no-reasons");
}

/// A question that changes nothing for any basis would be asked in vain.
#[test]
fn every_question_is_one_that_changes_the_answer() {
    // What is asked of a decision itself: the ground that it rests on, or where an answer is only recorded.
    for right in Right::ALL {
        for condition in asked_about(*right) {
            let all = asked_about(*right);
            let changes = LawfulBasis::ALL.iter().any(|basis| {
                let answer = |facts: &Facts| {
                    let question = Question {
                        right: *right,
                        basis: *basis,
                        facts,
                        on: date(2026, 11, 22),
                        prospective: Prospective::default(),
                    };
                    applies(&question).unwrap()
                };
                // Alone, or beside one other fact that is known.
                let others = all.iter().flat_map(|c| [true, false].map(|b| Facts::none().with(*c, b)));
                // Two conditions of Art 22B(3) count only together.
                let law = Facts::of(&[C::SpecialCategory, C::SubstantialPublicInterest]);
                let consent = Facts::of(&[C::SpecialCategory, C::ContractOrLaw]);
                let grounds = [Facts::none(), law, consent].into_iter().chain(others);
                grounds.into_iter().any(|known| {
                    answer(&known.clone().with(*condition, true)) != answer(&known.with(*condition, false))
                })
            });
            assert!(changes, "{right}: {condition} changes nothing");
        }
    }
}

#[test]
fn what_follows_is_what_the_law_asks() {
    use Outcome::{Granted, Refused};
    for (right, outcome, expected) in [
        (Right::Rectification, Granted, &[F::Correct, F::TellRecipients, F::TellPerson][..]),
        (Right::Rectification, Refused, &[F::Statement, F::TellPerson]),
        (Right::Erasure, Granted, &[F::Erase, F::TellRecipients, F::Certificate, F::TellPerson]),
        (Right::Erasure, Refused, &[F::TellPerson]),
        (Right::Restriction, Granted, &[F::Restrict, F::TellRecipients, F::TellBeforeLifting, F::TellPerson]),
        (Right::Portability, Granted, &[F::Export, F::TellPerson]),
        (Right::Objection, Granted, &[F::Stop, F::TellPerson]),
        (Right::Objection, Refused, &[F::Resume, F::TellPerson]),
        (Right::WithdrawConsent, Granted, &[F::Stop, F::TellPerson]),
        (Right::MarketingObjection, Granted, &[F::Suppress, F::TellPerson]),
        (Right::AutomatedDecisions, Granted, &[F::HumanReview, F::TellPerson]),
    ] {
        assert_eq!(follow_ups(right, outcome), expected, "{right} {outcome}");
    }
}

#[test]
fn recipients_are_chased_by_the_ladder() {
    let told = date(2026, 11, 2);
    let first = LADDER.next(told, &[]).unwrap();
    assert_eq!(first, date(2026, 11, 16));
    let second = LADDER.next(told, &[first]).unwrap();
    assert_eq!(second, date(2026, 11, 23));
    assert!(!LADDER.escalates(&[first]) && LADDER.escalates(&[first, second]));
    assert!(Telling::Done.settled() && Telling::Impossible.settled() && !Telling::Told.settled());
}

#[test]
fn a_complaint_goes_on_by_its_stages() {
    assert!(Stage::Received.next().contains(&Stage::Outcome), "within 30 days no acknowledgement is needed");
    assert!(Stage::Investigating.next().contains(&Stage::Investigating), "progress is told more than once");
    assert!(!Stage::Received.next().contains(&Stage::Closed), "none is closed without an outcome");
    assert!(Stage::Closed.next().contains(&Stage::Regulator), "the regulator is always open");
    for stage in Stage::ALL {
        assert!(!stage.next().is_empty() && !stage.next().contains(&Stage::Received), "{stage}");
    }
    let [a, b] = [1, 2].map(|n| StaffId::from_bytes([n; 16]));
    assert!(may_review(b, &[a]).is_ok() && may_review(a, &[a, b]).is_err());
}

#[test]
fn addresses_are_compared_by_postcode_and_first_line() {
    let key = address_key("3 Kiln Row", "LA1 9ZB");
    assert_eq!(key, address_key("3, kiln row", "la19zb"));
    assert_eq!(key, address_key_of_text("3 Kiln Row\nMoor\nLA1 9ZB"));
    assert_ne!(key, address_key("13 Kiln Row", "LA1 9ZB"));
    for bad in ["", "Kiln Row", "Kiln Row, Moor"] {
        assert_eq!(address_key_of_text(bad), None, "{bad}");
    }
    assert_eq!((address_key("", "LA1"), address_key("3 Kiln Row", " ")), (None, None));
}

#[test]
fn only_what_the_person_gave_is_portable() {
    assert!(given_by_person("the client") && given_by_person(" The Person "));
    for other in ["", "the landlord", "telephone call", "the client's landlord"] {
        assert!(!given_by_person(other), "{other}");
    }
}

#[test]
fn older_headings_have_a_right_a_clock_and_contents() {
    let older = |h: Heading| matches!(h.regime(), Regime::OlderAct(_));
    assert_eq!(Heading::ALL.iter().filter(|h| older(**h)).count(), 3);
    assert_eq!(Heading::DamageOrDistress.regime(), Regime::OlderAct(OlderNotice::DamageOrDistress));
    for heading in Heading::ALL {
        assert!(!heading.contents().is_empty() && heading.route().len() > 40, "{heading}");
        assert!(heading.provision().contains("DPA 1998; today "), "{heading}");
        assert_eq!(heading.missing(|_| Some("said")).count(), 0);
        assert_eq!(heading.missing(|_| None).count(), heading.contents().len());
    }
    let three = Heading::DamageOrDistress.missing(|key| (key == "harm").then_some("it keeps me awake"));
    assert_eq!(three.map(|c| c.key).collect::<Vec<_>>(), ["processing", "unwarranted"]);
}
