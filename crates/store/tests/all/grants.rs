//! Grants of access to another office's record.

use counterfoil_domain::access::{Purpose, ReasonCode, Role, RoleSet, Verb};
use counterfoil_store::access::Actor;
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::grants::{GrantText, NewGrant};
use counterfoil_store::{StoreError, Terms};
use jiff::SignedDuration;

use crate::support::{House, on_both_engines, profile};

/// An adviser of the other office who also looks into complaints.
fn two_hats(house: &House) -> Actor {
    let new = NewAccount {
        office: house.there,
        roles: RoleSet::of(&[Role::Adviser, Role::ComplaintsOfficer]),
        text: StaffText { name: "Ida".into(), sign_in: "ida".into(), ..StaffText::default() },
        password_hash: None,
        totp_secret: None,
        training_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
    };
    let staff = house.store.set_up_account(house.controller, &new).unwrap();
    Actor::Staff(house.store.actor(house.controller, staff, true).unwrap())
}

#[test]
fn of_several_grants_the_one_that_serves_the_purpose_counts() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = house.record(&adviser, profile("Ann", "Lee", "ann@example.org"));
        let ida = two_hats(&house);
        let open = |purpose| {
            house.store.act(&ida, Verb::RecordRead, purpose, |tx| {
                tx.read_person(person, &Terms::default()).map(|_| ())
            })
        };
        let ask = |reason, purpose, hours| {
            let grant = NewGrant {
                person,
                reason,
                evidence_checked: true,
                text: GrantText {
                    reason: "she came to our office".into(),
                    evidence: "appointment 12".into(),
                },
                lasts: SignedDuration::from_hours(hours),
            };
            house
                .store
                .act(&ida, Verb::GrantAsk, purpose, |tx| tx.ask_grant(&grant, &Terms::default()))
                .unwrap();
        };
        assert!(matches!(open(Purpose::ServiceDelivery), Err(StoreError::Refused { .. })), "no grant yet");
        // The complaint's grant lasts longer, so it would be met first were the purpose not looked at.
        ask(ReasonCode::Complaint, Purpose::Complaint, 4);
        assert!(
            matches!(open(Purpose::ServiceDelivery), Err(StoreError::Refused { .. })),
            "for a complaint only"
        );
        open(Purpose::Complaint).unwrap();
        ask(ReasonCode::ClientAttends, Purpose::ServiceDelivery, 1);
        open(Purpose::ServiceDelivery).unwrap();
        open(Purpose::Complaint).unwrap();
        house.hands.forward(2 * 3_600_000);
        assert!(
            matches!(open(Purpose::ServiceDelivery), Err(StoreError::Refused { .. })),
            "that grant is over"
        );
        open(Purpose::Complaint).unwrap();
    });
}
