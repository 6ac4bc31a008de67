//! People who are recorded together are recorded as one by one: the same rows, tokens and entries.

use counterfoil_domain::access::{Identity, Protection, Purpose, Role, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_store::access::Actor;
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::entries::{EntryText, NewEntryOfCase};
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{NewPerson, Profile, Recorded};
use counterfoil_store::casebook::search::Term;
use counterfoil_store::{Record, Result, StoreError, Terms, Tx};
use jiff::civil::Date;

use crate::raw::{Raw, hex};
use crate::support::{House, on_both_engines, profile};

const FOR: Purpose = Purpose::ServiceDelivery;

fn somebody() -> Profile {
    Profile {
        born: Some(Date::constant(1980, 2, 29)),
        phones: vec!["07700900461".to_owned()],
        ..profile("Zephyrine", "Quillfeather", "zq@example.org")
    }
}

fn new_person(house: &House, profile: Profile) -> NewPerson {
    NewPerson {
        office: house.here,
        identity: Identity::Named,
        protection: Protection::Standard,
        profile,
        shares_contact: false,
    }
}

/// A person with a case that is advised on, given to somebody, and closed.
fn whole(tx: &mut Tx<'_>, new: &NewPerson) -> Result<PersonId> {
    let terms = Terms::default();
    let Recorded::New(person) = tx.record_person(new, &terms)? else { return Err(StoreError::Conflict) };
    let text = CaseText { title: "Boiler".to_owned(), question: "Who mends it?".to_owned() };
    let case = tx.open_case(person, "housing", &text, &terms)?;
    let note = NoteText {
        text: "The landlord mends the boiler.".to_owned(),
        source: "lease".to_owned(),
        ..NoteText::default()
    };
    tx.write_note(case, &note, &terms)?;
    let me = tx.who().staff().map(|s| s.staff);
    let what = "Mended".to_owned();
    let text = EntryText::Outcome { code: "income".to_owned(), pence: Some(100), what };
    let entry = NewEntryOfCase { case: Some(case), staff: me, starts_at: None, ends_at: None, text };
    tx.add_entry(person, &entry, &terms)?;
    tx.as_verb(Verb::RecordEdit, |tx| {
        tx.allocate(case, me, &terms)?;
        tx.close_case(case, &terms)
    })?;
    Ok(person)
}

/// What is kept of a person, without what is random: identifiers, keys, nonces.
fn kept(house: &House, person: PersonId, tokens: bool) -> Vec<Vec<Option<String>>> {
    let mut raw = Raw::open(&house.place);
    let id = hex(person.as_bytes());
    let whose = |column: &str| {
        if raw.is_sqlite() { format!("{column} = x'{id}'") } else { format!("{column} = '\\x{id}'::bytea") }
    };
    let (person, of_person) = (whose("id"), whose("person_id"));
    let sql = [
        format!(
            "SELECT 'person', CAST(length(sealed) AS TEXT), kind, protection, CAST(restricted AS TEXT), \
             CAST(legal_hold AS TEXT), CAST(version AS TEXT), CAST(made_at AS TEXT), CAST(changed_at AS TEXT), \
             CAST(checked_at AS TEXT), CAST(watched AS TEXT), stopped, CAST(staff_id AS TEXT), \
             CAST(merged_into AS TEXT) FROM person WHERE {person}"
        ),
        format!(
            "SELECT 'identity', kind, CAST(ordinal AS TEXT) FROM person_identity WHERE {of_person} ORDER BY kind"
        ),
        format!(
            "SELECT 'case', CAST(length(sealed) AS TEXT), issue, status, CAST(version AS TEXT), \
             CAST(opened_at AS TEXT), CAST(changed_at AS TEXT), CAST(closed_at AS TEXT), \
             CAST(length(worker_id) AS TEXT) FROM case_file WHERE {of_person}"
        ),
        format!(
            "SELECT 'note', CAST(length(sealed) AS TEXT), CAST(version AS TEXT), CAST(made_at AS TEXT), \
             CAST(changed_at AS TEXT), CAST(length(author_id) AS TEXT) FROM note WHERE {of_person}"
        ),
        format!(
            "SELECT 'entry', CAST(length(sealed) AS TEXT), kind, state, CAST(starts_at AS TEXT), \
             CAST(made_at AS TEXT), CAST(changed_at AS TEXT) FROM case_entry WHERE {of_person}"
        ),
        format!(
            "SELECT 'index', kind, {} FROM search_entry WHERE {of_person} ORDER BY kind",
            if tokens { "CAST(tokens AS TEXT)" } else { "''" }
        ),
    ];
    sql.iter().flat_map(|sql| raw.rows(sql)).collect()
}

/// What the log says of a person, in no order: verbs, purposes, policies, the opened payload.
fn told(house: &House, who: &Actor, person: PersonId) -> Vec<String> {
    let lines = house
        .store
        .act(who, Verb::RecordRead, FOR, |tx| {
            tx.permit(Record::Person, person, &Terms::default())?;
            tx.trail_of(person, 100)
        })
        .unwrap();
    let mut all: Vec<String> = lines
        .into_iter()
        .map(|line| {
            let (entry, opened) = (line.entry, line.opened.unwrap());
            let object = opened.object.map(|o| o.chars().take(3).collect::<String>());
            format!(
                "{} {} {} {:?} {:?} {:?} {:?} {:?} {object:?} {}",
                entry.time,
                entry.verb,
                entry.purpose,
                entry.reason,
                entry.policies,
                entry.outcome,
                opened.staff,
                opened.office,
                opened.detail
            )
        })
        .collect();
    all.sort();
    all
}

fn erase(house: &House, person: PersonId) {
    let system = Actor::Automation { controller: house.controller };
    let signatories =
        vec![house.staff(house.here, Role::IgOfficer), house.staff(house.here, Role::IgOfficer)];
    let terms = Terms { signatories, ..Terms::default() };
    house
        .store
        .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
            let permit = tx.permit(Record::Person, person, &terms)?;
            tx.erase_person(&permit)
        })
        .unwrap();
}

fn together(house: &House, who: &Actor, people: &[NewPerson]) -> Result<Vec<PersonId>> {
    let (made, mut prepared) = house.store.prepare(who, Verb::RecordCreate, FOR, |tx| {
        tx.expect_people(people.iter().map(|p| &p.profile))?;
        people.iter().map(|new| whole(tx, new)).collect::<Result<Vec<_>>>()
    })?;
    house.store.write_prepared(&mut prepared)?;
    Ok(made)
}

#[test]
fn recorded_together_is_recorded_as_one_by_one() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let new = new_person(&house, somebody());
        let alone = house.store.act(&adviser, Verb::RecordCreate, FOR, |tx| whole(tx, &new)).unwrap();
        let tokens = !Raw::open(&house.place).is_sqlite();
        let (rows, log) = (kept(&house, alone, tokens), told(&house, &adviser, alone));
        assert_eq!(rows.len(), 1 + 3 + 1 + 1 + 1 + 3, "{rows:?}");
        erase(&house, alone);
        let others = (0..40).map(|n| profile("Ann", "Lee", &format!("a{n}@example.org")));
        let people: Vec<NewPerson> =
            [new.profile].into_iter().chain(others).map(|p| new_person(&house, p)).collect();
        let made = together(&house, &adviser, &people).unwrap();
        assert_eq!(kept(&house, made[0], tokens), rows);
        assert_eq!(told(&house, &adviser, made[0]), log);
        let found = house.store.act(&adviser, Verb::RecordList, FOR, |tx| {
            let boiler = tx.find(&[Term::Word("boiler".to_owned())], Some(made[0]), 9)?;
            let people = tx.find_people(&[vec![Term::Prefix("zephy".to_owned())]], 9)?;
            Ok((boiler.len(), people))
        });
        assert_eq!(found.unwrap(), (2, vec![made[0]]), "the note and the case; the person");
        house.store.sequence_log().unwrap();
        let report = house.store.verify_log(house.controller, &Known::default()).unwrap();
        assert!(report.sound, "{:?}", report.problems);
    });
}

#[test]
fn what_was_prepared_is_not_written_when_somebody_was_faster() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let new = new_person(&house, somebody());
        let prepare = || {
            house
                .store
                .prepare(&adviser, Verb::RecordCreate, FOR, |tx| {
                    tx.expect_people([&new.profile].into_iter())?;
                    whole(tx, &new)
                })
                .unwrap()
        };
        let ((lost, mut late), (won, mut first)) = (prepare(), prepare());
        house.store.write_prepared(&mut first).unwrap();
        assert!(matches!(house.store.write_prepared(&mut late), Err(StoreError::Conflict)));
        assert!(kept(&house, lost, false).is_empty(), "nothing of it");
        assert!(!kept(&house, won, false).is_empty());
        house.store.sequence_log().unwrap();
        let report = house.store.verify_log(house.controller, &Known::default()).unwrap();
        assert!(report.sound, "{:?}", report.problems);
    });
}

#[test]
fn what_is_prepared_asks_the_gate_and_changes_nothing_else() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let known = house.record(&adviser, profile("Shared", "Record", "shared@example.org"));
        let elsewhere = NewPerson { office: house.there, ..new_person(&house, somebody()) };
        let refused = together(&house, &adviser, &[elsewhere]);
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
        // Records that are there already are not a matter of an act without a transaction.
        let changed = house
            .store
            .prepare(&adviser, Verb::RecordEdit, FOR, |tx| tx.check_details(known, &Terms::default()));
        assert!(matches!(changed, Err(StoreError::Invalid(_))), "{changed:?}");
    });
}
