//! A withdrawal of consent asked as a right: the permissions end, at once where it is certain which is meant.
//! On both engines.

use counterfoil_domain::ids::{PermissionId, PersonId};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_service::rights::other::{consent, panel};
use counterfoil_service::rights::{self, Desk, PublicRequest, RequestText};
use counterfoil_service::sharing::permissions::{self, Giving, Receipt};
use counterfoil_service::sharing::{ConsentPurpose, Given};
use counterfoil_store::access::Actor;

use crate::rights::{House, in_each, says};

fn give(house: &House, person: PersonId, purpose: ConsentPurpose) -> Receipt {
    let marketing = purpose == ConsentPurpose::Marketing;
    let giving = Giving {
        purpose: Some(purpose),
        parties: if marketing { Vec::new() } else { vec!["housing-executive".into()] },
        fields: vec![if marketing { "email" } else { "name" }.into()],
        given: Some(Given::InPerson),
        language: "en".into(),
        evidence: "said at the desk".into(),
        ..Giving::default()
    };
    permissions::give(&house.desk("ada"), person, &giving).unwrap()
}

fn counts(house: &House, person: PersonId, id: PermissionId) -> bool {
    let all = permissions::list(&house.desk("ada"), person).unwrap();
    all.iter().any(|line| line.permission.id == id && line.permission.withdrawn_at.is_none())
}

/// A withdrawal by the public form, in these words.
fn asked(house: &House, words: &str, token: char) -> String {
    let system = Actor::Automation { controller: house.controller };
    let desk = Desk { who: &system, ..house.desk("ines") };
    let text = RequestText {
        requester: "Wilfred Ashgrove".into(),
        capacity: "self".into(),
        reply_to: "w.ashgrove@mail.example".into(),
        wording: words.into(),
        ..RequestText::default()
    };
    let token = token.to_string().repeat(64);
    let asked = PublicRequest { token, right: Right::WithdrawConsent, text };
    let first = rights::ask(&desk, &asked).unwrap();
    assert_eq!(rights::ask(&desk, &asked).unwrap(), first, "sent twice");
    first.reference
}

#[test]
fn the_code_of_a_receipt_in_the_request_ends_that_consent_at_once_and_no_other() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let (one, other) =
            (give(house, person, ConsentPurpose::Referral), give(house, person, ConsentPurpose::Marketing));
        let reference = asked(house, &format!("I take back {}, please.", one.code.to_lowercase()), '5');
        assert!(!counts(house, person, one.id), "it ended when it was asked, before anybody looked");
        assert!(counts(house, person, other.id));
        let shown = rights::show(&house.desk("ines"), &reference).unwrap();
        let done = shown.events.iter().filter(|(_, kind, _)| kind == "carried-out").count();
        assert_eq!(done, 1, "{:?}", shown.events);

        // A code that there is not, and one that was used, change nothing.
        asked(house, "My code is 0000-0000-00A1.", '6');
        asked(house, &format!("My code is {}.", one.code), '7');
        assert!(counts(house, person, other.id));
        // Of another right, the same words do nothing.
        let (kept, desk) = (give(house, person, ConsentPurpose::Referral), house.desk("ines"));
        let mut reception = house.reception(Right::Objection);
        reception.text.wording = format!("I object. {}", kept.code);
        rights::receive(&desk, &reception).unwrap();
        assert!(counts(house, person, kept.id));
    });
}

#[test]
fn the_only_consent_ends_when_the_person_is_known_and_of_several_the_officer_chooses() {
    in_each("council", "", |house| {
        let ines = house.desk("ines");
        let (person, _) = house.person();
        let only = give(house, person, ConsentPurpose::Referral);
        let reference = asked(house, "I no longer agree.", '5');
        assert!(counts(house, person, only.id), "nobody knows yet whose it is");
        says(consent::withdraw(&ines, &reference, only.id), "nobody is identified");
        let (sought, known) = rights::candidates(&ines, &reference, None).unwrap();
        assert_eq!((&*sought.name, &*sought.email), ("Wilfred Ashgrove", "w.ashgrove@mail.example"));
        assert_eq!(known.first().map(|k| k.person), Some(person));
        rights::identify(&ines, &reference, person, "the address of the record").unwrap();
        assert!(!counts(house, person, only.id));
        house.decide(&reference, Outcome::Granted, "").unwrap();
        assert_eq!(house.state(&reference), "done", "what was done at once carries it out");

        let (first, second) =
            (give(house, person, ConsentPurpose::Referral), give(house, person, ConsentPurpose::Marketing));
        let reference = asked(house, "Not the news any more.", '6');
        rights::identify(&ines, &reference, person, "the address of the record").unwrap();
        assert!(counts(house, person, first.id) && counts(house, person, second.id), "which one is meant?");
        let shown = panel::panel(&ines, &reference).unwrap().person.consents;
        assert_eq!(shown.iter().filter(|c| !c.withdrawn).count(), 2, "{shown:?}");
        house.decide(&reference, Outcome::Granted, "").unwrap();
        assert_ne!(house.state(&reference), "done");
        consent::withdraw(&ines, &reference, second.id).unwrap();
        assert!(counts(house, person, first.id) && !counts(house, person, second.id));
        assert_eq!(house.state(&reference), "done");
        says(consent::withdraw(&ines, &reference, second.id), "withdrawn already");
        let (stranger, _) = house.person();
        let theirs = give(house, stranger, ConsentPurpose::Referral);
        assert!(consent::withdraw(&ines, &reference, theirs.id).is_err(), "somebody else's");
        assert!(counts(house, stranger, theirs.id));
    });
}
