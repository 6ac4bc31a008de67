//! Merging two records and undoing it: what each held is as it was, with the events of its permissions.

use counterfoil_domain::access::{Purpose, Role};
use counterfoil_domain::ids::PersonId;
use counterfoil_service::casebook::{self, NoteText, Profile, Protection, people, work};
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::permissions::{self, PermissionLine};
use counterfoil_service::sharing::refer::{self, Drafting};
use counterfoil_service::sharing::{Given, Referral, disclose};

use super::house::{House, content, on_both, referral_consent};

/// Everything of a record that a merge may move or add.
#[derive(Debug, PartialEq)]
struct Whole {
    profile: Profile,
    protection: Protection,
    permissions: Vec<PermissionLine>,
    referrals: Vec<Referral>,
    disclosures: Vec<String>,
    cases: Vec<String>,
    notes: Vec<String>,
    found: Vec<PersonId>,
}

fn whole(desk: &Desk<'_>, person: PersonId, email: &str) -> Whole {
    let page = work::person_page(desk, person).unwrap();
    let notes = casebook::notes(desk.store, desk.who, Purpose::ServiceDelivery, person).unwrap();
    let kind = counterfoil_domain::casebook::identity::IdentityKind::Email;
    let found = casebook::find_people(desk.store, desk.who, Purpose::ServiceDelivery, kind, email).unwrap();
    Whole {
        profile: page.person.profile,
        protection: page.person.protection,
        permissions: permissions::list(desk, person).unwrap(),
        referrals: refer::list(desk, person).unwrap(),
        disclosures: disclose::list(desk, person).unwrap().iter().map(|d| format!("{d:?}")).collect(),
        cases: page.cases.iter().map(|c| c.id.to_string()).collect(),
        notes: notes.into_iter().map(|n| n.text.text).collect(),
        found: found.into_iter().map(|p| p.id).collect(),
    }
}

/// Consents that were given, renewed and withdrawn, a referral that was sent, a case with a note.
fn live(house: &House, desk: &Desk<'_>, person: PersonId, words: &str) {
    let first = permissions::give(desk, person, &referral_consent("referral-partners")).unwrap();
    for note in ["once", "twice"] {
        permissions::renew(desk, person, first.id, Given::InPerson, note).unwrap();
    }
    let second = permissions::give(desk, person, &referral_consent("council")).unwrap();
    permissions::withdraw(desk, person, second.id, "changed their mind").unwrap();
    let drafting = Drafting {
        recipient: "referral-partners".into(),
        reason: "a parcel".into(),
        fields: content(&[("name", "Ada Brook")]),
        case: None,
    };
    let referral = refer::draft(desk, person, &drafting).unwrap();
    refer::send(desk, person, referral).unwrap();
    let case = house.case(desk.who, person, "debt.rent");
    let note = NoteText { text: words.into(), ..NoteText::default() };
    work::write_note(desk, case, &note, None).unwrap();
}

#[test]
fn undoing_a_merge_restores_both_records_exactly() {
    on_both("advice-network", |house| {
        let supervisor = house.staff("Moor", &[Role::Supervisor]);
        let friend = house.staff("Moor", &[Role::Supervisor]);
        let desk = house.desk(&supervisor);
        let (ada, eda) = ("ada@mail.example", "eda@mail.example");
        let kept = house.person(&supervisor, "Ada", ada);
        let other = house.person(&supervisor, "Eda", eda);
        live(&house, &desk, kept, "Fennelgasket");
        live(&house, &desk, other, "Emberflagon");
        people::protect(&desk, other, Protection::Extra).unwrap();
        people::declare_relation(&house.desk(&friend), other).unwrap();
        let friend_opens =
            |person| casebook::open_person(&house.store, &friend, Purpose::ServiceDelivery, person).is_ok();
        assert!(friend_opens(kept) && !friend_opens(other));
        let before = (whole(&desk, kept, ada), whole(&desk, other, eda));
        let events = |w: &Whole| w.permissions.iter().map(|p| p.events.len()).sum::<usize>();
        assert_eq!((events(&before.0), events(&before.1)), (5, 5), "given, renewed twice; given, withdrawn");

        let merge = people::merge(&desk, kept, other, "the same person, with both letters here").unwrap();
        let merged = whole(&desk, kept, ada);
        assert_eq!(events(&merged), 10, "all of both");
        assert_eq!((merged.referrals.len(), merged.notes.len()), (2, 2));
        assert_eq!(merged.protection, Protection::Extra, "the stricter holds");
        assert!(!friend_opens(kept), "and ties the same hands");
        let moved = work::person_page(&desk, kept).unwrap().merges[0].text.rows.clone();
        let of = |table: &str| moved.iter().find(|(t, _)| t == table).map_or(0, |(_, names)| names.len());
        assert_eq!((of("permission"), of("permission_event")), (2, 2), "each name once");

        people::undo_merge(&desk, merge).unwrap();
        assert_eq!(whole(&desk, kept, ada), before.0);
        assert_eq!(whole(&desk, other, eda), before.1);
        assert!(friend_opens(kept) && !friend_opens(other), "the relation is where it was declared");
        assert!(people::undo_merge(&desk, merge).is_err(), "once");
    });
}
