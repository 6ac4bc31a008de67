//! People, cases, notes and documents, on both engines.

use counterfoil_domain::access::{Identity, Protection, Purpose, Role, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::documents::DocumentText;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{NewPerson, Recorded};
use counterfoil_store::casebook::search::Term;
use counterfoil_store::{Record, StoreError, Terms};

use crate::raw::Raw;
use crate::support::{on_both_engines, profile};

const FOR: Purpose = Purpose::ServiceDelivery;

#[test]
fn a_person_is_recorded_read_changed_and_found() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let id = house.record(&adviser, profile("Siân", "O'Neill", "Sian@Example.org"));
        let act = |verb| (adviser.clone(), verb);
        let (who, verb) = act(Verb::RecordRead);
        let person = house.store.act(&who, verb, FOR, |tx| tx.read_person(id, &Terms::default())).unwrap();
        assert_eq!((person.profile.surname.as_str(), person.version), ("O'Neill", 1));

        let mut changed = person.profile.clone();
        changed.emails = vec!["new@example.org".to_owned()];
        let (who, verb) = act(Verb::RecordEdit);
        let version = house
            .store
            .act(&who, verb, FOR, |tx| tx.change_person(id, 1, &changed, &Terms::default()))
            .unwrap();
        assert_eq!(version, 2);
        let stale =
            house.store.act(&who, verb, FOR, |tx| tx.change_person(id, 1, &changed, &Terms::default()));
        assert!(
            matches!(stale, Err(StoreError::Invalid(_))),
            "a change of something that moved on is refused"
        );

        let found = house
            .store
            .act(&who, Verb::RecordList, FOR, |tx| {
                Ok((
                    tx.persons_by_identity(IdentityKind::Email, "new@example.org")?,
                    tx.persons_by_identity(IdentityKind::Email, "sian@example.org")?,
                    tx.find(&[Term::Sound("oneil".to_owned())], None, 10)?,
                    tx.find(&[Term::Word("sian".to_owned()), Term::Prefix("onei".to_owned())], None, 10)?,
                    tx.find(&[Term::Word("sian".to_owned()), Term::Word("other".to_owned())], None, 10)?,
                ))
            })
            .unwrap();
        assert_eq!(found.0, [id]);
        assert!(found.1.is_empty(), "an address that was given up finds nobody");
        assert_eq!(found.2.iter().map(|h| h.person).collect::<Vec<_>>(), [id], "by sound");
        assert_eq!(found.3.len(), 1, "two words");
        assert!(found.4.is_empty());
    });
}

/// A token as migration 2 kept it: 13 digits of base 32, the lowest first.
fn as_once_kept(number: i64) -> String {
    let digits = "abcdefghijklmnopqrstuvwxyz234567".as_bytes();
    (0..13).map(|n| char::from(digits[(number.cast_unsigned() >> (5 * n)) as usize % 32])).collect()
}

const LEAN: [&str; 2] = [
    include_str!("../../../../migrations/0014_lean.sqlite.sql"),
    include_str!("../../../../migrations/0014_lean.postgres.sql"),
];

#[test]
fn an_index_of_an_older_schema_is_carried_over() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let id = house.record(&adviser, profile("Siân", "O'Neill", "Sian@Example.org"));
        house.store.checkpoint(house.controller).unwrap();
        let mut raw = Raw::open(&house.place);
        if !raw.is_sqlite() {
            let kept = raw.one("SELECT tokens::text FROM search_entry");
            let numbers: Vec<i64> =
                kept.trim_matches(['{', '}']).split(',').map(|n| n.parse().unwrap()).collect();
            assert!(numbers.len() > 8 && numbers.iter().any(|n| *n < 0), "{numbers:?}");
            let words: Vec<String> = numbers.into_iter().map(as_once_kept).collect();
            raw.run(&format!(
                "DROP INDEX search_entry_people; DROP INDEX search_entry_tokens; \
                 ALTER TABLE search_entry ALTER COLUMN tokens TYPE TSVECTOR USING array_to_tsvector('{{{}}}'); \
                 CREATE INDEX search_entry_tokens ON search_entry USING GIN (tokens); \
                 CREATE INDEX search_entry_people ON search_entry USING GIN (tokens) WHERE kind = 'person'",
                words.join(",")
            ));
        }
        raw.run("INSERT INTO audit_hash SELECT controller_id, 1, 0, leaf FROM audit_entry WHERE number = 0");
        assert!(!house.store.verify_log(house.controller, &Known::default()).unwrap().sound);
        raw.run(if raw.is_sqlite() { LEAN[0] } else { LEAN[1] });

        let store = &house.store;
        let sought = [vec![Term::Word("nobody".to_owned())], vec![Term::Prefix("onei".to_owned())]];
        let found = store
            .act(&adviser, Verb::RecordList, FOR, |tx| {
                Ok((tx.find_people(&sought, 10)?, tx.find(&[Term::Sound("oneil".to_owned())], None, 10)?))
            })
            .unwrap();
        assert_eq!((found.0, found.1.len()), (vec![id], 1));
        assert!(store.verify_log(house.controller, &Known::default()).unwrap().sound);
    });
}

#[test]
fn the_same_person_is_recorded_once_even_twenty_at_once() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let new = NewPerson {
            office: house.here,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: profile("Ann", "Lee", "ann@example.org"),
            shares_contact: false,
        };
        let made: Vec<Recorded> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20)
                .map(|_| {
                    scope.spawn(|| {
                        house
                            .store
                            .act(&adviser, Verb::RecordCreate, FOR, |tx| {
                                tx.record_person(&new, &Terms::default())
                            })
                            .unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(made.iter().filter(|r| matches!(r, Recorded::New(_))).count(), 1, "{made:?}");
        let shared = NewPerson { shares_contact: true, ..new };
        let other = house
            .store
            .act(&adviser, Verb::RecordCreate, FOR, |tx| tx.record_person(&shared, &Terms::default()))
            .unwrap();
        assert!(matches!(other, Recorded::New(_)), "a shared address is allowed when staff say so");
    });
}

#[test]
fn notes_and_documents_are_kept_and_another_office_is_refused() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let stranger = house.actor(house.there, Role::Adviser);
        let id = house.record(&adviser, profile("Ann", "Lee", "ann@example.org"));
        let terms = Terms::default();
        let text = CaseText { title: "Rent arrears".to_owned(), question: "Can they evict me?".to_owned() };
        let case = house
            .store
            .act(&adviser, Verb::RecordCreate, FOR, |tx| tx.open_case(id, "housing", &text, &terms))
            .unwrap();
        let note = NoteText {
            text: "Called the landlord about the boiler".to_owned(),
            source: "client".to_owned(),
            ..NoteText::default()
        };
        house.store.act(&adviser, Verb::RecordCreate, FOR, |tx| tx.write_note(case, &note, &terms)).unwrap();
        let about = DocumentText { name: "lease.pdf".to_owned(), ..DocumentText::default() };
        let document = house
            .store
            .act(&adviser, Verb::RecordCreate, FOR, |tx| {
                tx.add_document(id, Some(case), &about, b"%PDF the lease", Some("tenancy agreement"), &terms)
            })
            .unwrap();
        house
            .store
            .act(&adviser, Verb::RecordEdit, FOR, |tx| tx.replace_document(document, b"%PDF signed", &terms))
            .unwrap();
        let (notes, content, number) = house
            .store
            .act(&adviser, Verb::RecordRead, FOR, |tx| {
                let permit = tx.permit(Record::Note(None), id, &terms)?;
                let notes = tx.notes_of(&permit)?;
                let permit = tx.permit(Record::Document(None), id, &terms)?;
                let documents = tx.documents_of(&permit)?;
                Ok((notes, tx.document_content(&permit, &documents[0])?, documents[0].number))
            })
            .unwrap();
        assert_eq!((notes[0].text.clone(), content.as_slice(), number), (note, b"%PDF signed".as_slice(), 2));
        let refused = house
            .store
            .act(&stranger, Verb::RecordRead, FOR, |tx| tx.permit(Record::Note(None), id, &terms).map(|_| ()))
            .unwrap_err();
        assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");
        let mixed = house.store.act(&adviser, Verb::RecordRead, FOR, |tx| {
            let permit = tx.permit(Record::Person, id, &terms)?;
            tx.notes_of(&permit).map(|_| ())
        });
        assert!(mixed.is_err(), "leave to open a person is not leave to open notes");
    });
}
