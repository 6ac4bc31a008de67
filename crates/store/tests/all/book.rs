//! The casebook in full: versions, merging, relations, what a case holds, joint work, handing over, odd accesses.

use counterfoil_domain::access::{Flag, Identity, Protection, Purpose, ReasonCode, Role, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::casebook::words::{CaseStatus, EntryState, Relation};
use counterfoil_domain::ids::{CaseId, PersonId};
use counterfoil_store::access::Actor;
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::entries::{EntryText, NewEntryOfCase};
use counterfoil_store::casebook::joint::JointText;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{Address, Profile};
use counterfoil_store::casebook::relations::RelationText;
use counterfoil_store::casebook::search::Term;
use counterfoil_store::grants::{GrantText, NewGrant};
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::SignedDuration;

use crate::raw::Raw;
use crate::support::{House, on_both_engines, profile};

const FOR: Purpose = Purpose::ServiceDelivery;

fn terms() -> Terms {
    Terms::default()
}

fn act<T>(
    house: &House,
    who: &Actor,
    verb: Verb,
    work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    house.store.act(who, verb, FOR, work)
}

fn open_case(house: &House, who: &Actor, person: PersonId, title: &str) -> CaseId {
    let text = CaseText { title: title.into(), question: "What now?".into() };
    act(house, who, Verb::RecordCreate, |tx| tx.open_case(person, "housing.homeless", &text, &terms()))
        .unwrap()
}

fn note(house: &House, who: &Actor, case: CaseId, text: &str) {
    let text = NoteText { text: text.into(), source: "the client".into(), ..NoteText::default() };
    act(house, who, Verb::RecordCreate, |tx| tx.write_note(case, &text, &terms())).unwrap();
}

fn notes_in(house: &House, who: &Actor, case: CaseId) -> Result<Vec<String>, StoreError> {
    act(house, who, Verb::RecordRead, |tx| {
        let person = tx.person_of_case(case)?;
        let permit =
            tx.permit(Record::In(counterfoil_domain::access::ResourceKind::Note, case), person, &terms())?;
        Ok(tx.notes_of(&permit)?.into_iter().map(|n| n.text.text).collect())
    })
}

fn refused<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Refused { .. }))
}

#[test]
fn every_change_keeps_what_was_said_before_and_a_stale_one_is_refused() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let case = open_case(&house, &ada, person, "Rent");
        note(&house, &ada, case, "first words");
        let change = |version, name: &str| {
            let to = profile("Ann", name, "ann@example.org");
            act(&house, &ada, Verb::RecordEdit, |tx| tx.change_person(person, version, &to, &terms()))
        };
        assert_eq!(change(1, "Leigh").unwrap(), 2);
        assert!(matches!(change(1, "Lea"), Err(StoreError::Invalid(_))), "a stale change loses nothing");
        let (notes, earlier) = act(&house, &ada, Verb::RecordRead, |tx| {
            let permit = tx.permit(Record::Note(None), person, &terms())?;
            Ok((tx.notes_of(&permit)?, tx.earlier_versions(&permit)?))
        })
        .unwrap();
        assert!(earlier.is_empty());
        let second = NoteText { text: "second words".into(), ..notes[0].text.clone() };
        act(&house, &ada, Verb::RecordEdit, |tx| tx.change_note(notes[0].id, 1, &second, &terms())).unwrap();
        let again =
            act(&house, &ada, Verb::RecordEdit, |tx| tx.change_note(notes[0].id, 1, &second, &terms()));
        assert!(matches!(again, Err(StoreError::Invalid(_))));
        let text = CaseText { title: "Rent arrears".into(), question: String::new() };
        let to = ("debt.priority", CaseStatus::Waiting);
        act(&house, &ada, Verb::RecordEdit, |tx| tx.change_case(case, 1, to, &text, &terms())).unwrap();
        for (record, said) in
            [(Record::Person, "Lee"), (Record::Case(None), "Rent"), (Record::Note(None), "first words")]
        {
            let earlier = act(&house, &ada, Verb::RecordRead, |tx| {
                let permit = tx.permit(record, person, &terms())?;
                tx.earlier_versions(&permit)
            })
            .unwrap();
            assert_eq!(earlier.len(), 1, "{record:?}");
            assert_eq!(earlier[0].version, 1);
            assert!(
                earlier[0].content.to_string().contains(&format!("\"{said}\"")),
                "{:?}",
                earlier[0].content
            );
        }
        let figures = house.store.casebook_figures(house.controller).unwrap();
        assert_eq!((figures.versions, figures.versions_missing), (3, 0));
    });
}

#[test]
fn a_draft_is_kept_for_its_writer_alone_and_goes_when_the_note_is_written() {
    on_both_engines(|house| {
        let (ada, bo) = (house.actor(house.here, Role::Adviser), house.actor(house.here, Role::Adviser));
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let case = open_case(&house, &ada, person, "Rent");
        let draft = |who: &Actor| {
            act(&house, who, Verb::RecordRead, |tx| {
                let permit = tx.permit(Record::Note(None), person, &terms())?;
                Ok(tx.draft_in(&permit, case)?.map(|(text, _)| text.text))
            })
            .unwrap()
        };
        for words in ["half a", "half a note"] {
            let text = NoteText { text: words.into(), ..NoteText::default() };
            act(&house, &ada, Verb::RecordCreate, |tx| tx.keep_note_draft(case, &text, &terms())).unwrap();
        }
        assert_eq!((draft(&ada).as_deref(), draft(&bo)), (Some("half a note"), None));
        note(&house, &ada, case, "half a note and the other half");
        assert_eq!(draft(&ada), None);
    });
}

#[test]
fn two_records_become_one_and_two_again() {
    on_both_engines(|house| {
        let (ada, sue) = (house.actor(house.here, Role::Adviser), house.actor(house.here, Role::Supervisor));
        let kept = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let absorbed = house.record(&ada, profile("Annie", "Leigh", "annie@example.org"));
        let (first, second) =
            (open_case(&house, &ada, kept, "Rent"), open_case(&house, &ada, absorbed, "Debt"));
        note(&house, &ada, second, "kingfisher money");
        let merge = |who: &Actor, why: &str| {
            act(&house, who, Verb::RecordMerge, |tx| tx.merge_people(kept, absorbed, why, &terms()))
        };
        assert!(refused(&merge(&ada, "the same date of birth and mother")), "a supervisor's task");
        assert!(matches!(merge(&sue, "same"), Err(StoreError::Invalid(_))), "a reason is a sentence");
        let id = merge(&sue, "the same date of birth and mother").unwrap();
        assert!(matches!(merge(&sue, "the same date of birth again"), Err(StoreError::Invalid(_))));
        let look = || {
            act(&house, &ada, Verb::RecordRead, |tx| {
                let person = tx.read_person(kept, &terms())?;
                let permit = tx.permit(Record::Case(None), kept, &terms())?;
                let cases: Vec<CaseId> = tx.cases_of(&permit)?.iter().map(|c| c.id).collect();
                Ok((person.profile, cases))
            })
            .unwrap()
        };
        let (profile, cases) = look();
        assert_eq!(profile.emails, ["ann@example.org", "annie@example.org"]);
        assert_eq!(profile.also_known_as, ["Annie Leigh"]);
        assert_eq!(cases, [first, second]);
        let found = act(&house, &ada, Verb::RecordList, |tx| {
            tx.find(&[Term::Word("kingfisher".into())], Some(kept), 5)
        });
        assert_eq!(found.unwrap().len(), 1, "what was absorbed is found with the person");
        let by_mail = act(&house, &ada, Verb::RecordRead, |tx| {
            tx.persons_by_identity(IdentityKind::Email, "annie@example.org")
        });
        assert_eq!(by_mail.unwrap(), [kept]);
        note(&house, &ada, second, "written after the merge");
        assert!(refused(&act(&house, &ada, Verb::RecordMerge, |tx| tx.undo_merge(id, &terms()))));
        act(&house, &sue, Verb::RecordMerge, |tx| tx.undo_merge(id, &terms())).unwrap();
        let (profile, cases) = look();
        assert_eq!((profile.emails.len(), profile.also_known_as.len(), cases), (1, 0, vec![first]));
        let back = act(&house, &ada, Verb::RecordRead, |tx| tx.read_person(absorbed, &terms())).unwrap();
        assert_eq!((back.merged_into, back.profile.surname.as_str()), (None, "Leigh"));
        assert!(act(&house, &sue, Verb::RecordMerge, |tx| tx.undo_merge(id, &terms())).is_err(), "once");
        assert_eq!(house.store.casebook_figures(house.controller).unwrap().versions_missing, 0);
    });
}

#[test]
fn the_stricter_situation_of_two_merged_records_holds_and_both_are_erased() {
    on_both_engines(|house| {
        let sue = house.actor(house.here, Role::Supervisor);
        let ada = house.actor(house.here, Role::Adviser);
        let kept = house.record(&sue, profile("Ann", "Lee", "ann@example.org"));
        let absorbed = house.record(&sue, profile("Annie", "Quillmartin", "annie@example.org"));
        let case = open_case(&house, &sue, absorbed, "Debt");
        note(&house, &sue, case, "kingfisher money");
        act(&house, &sue, Verb::RecordEdit, |tx| tx.set_protection(absorbed, Protection::Extra, &terms()))
            .unwrap();
        let why = "her passport shows both names";
        act(&house, &sue, Verb::RecordMerge, |tx| tx.merge_people(kept, absorbed, why, &terms())).unwrap();
        let read = act(&house, &ada, Verb::RecordRead, |tx| tx.read_person(kept, &terms()));
        assert!(refused(&read), "under extra protection now");
        let system = Actor::Automation { controller: house.controller };
        let signed = Terms {
            signatories: vec![
                house.staff(house.here, Role::IgOfficer),
                house.staff(house.here, Role::IgOfficer),
            ],
            ..Terms::default()
        };
        house
            .store
            .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
                let permit = tx.permit(Record::Person, kept, &signed)?;
                tx.erase_person(&permit)
            })
            .unwrap();
        let mut raw = Raw::open(&house.place);
        for table in ["person", "person_merge", "case_file", "note", "record_version", "person_identity"] {
            assert_eq!(raw.one(&format!("SELECT COUNT(*) FROM {table}")), "0", "{table}");
        }
        assert_eq!(house.store.erasures(house.controller).unwrap().len(), 2, "both keys are destroyed");
    });
}

#[test]
fn a_relation_is_seen_from_both_sides_and_erased_with_either() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let mother = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let son = house.record(&ada, profile("Bo", "Lee", "bo@example.org"));
        let text = RelationText { note: "lives with her".into() };
        let relate =
            |a, b, kind| act(&house, &ada, Verb::RecordEdit, |tx| tx.relate(a, b, kind, &text, &terms()));
        relate(mother, son, Relation::Child).unwrap();
        assert!(
            relate(mother, mother, Relation::Child).is_err() && relate(mother, son, Relation::Child).is_err()
        );
        let seen = |person| {
            act(&house, &ada, Verb::RecordRead, |tx| {
                let permit = tx.permit(Record::Person, person, &terms())?;
                tx.relations_of(&permit)
            })
            .unwrap()
        };
        assert_eq!(seen(mother)[0].relation, Relation::Child);
        assert_eq!((seen(son)[0].relation, seen(son)[0].other), (Relation::Parent, mother));
        let id = seen(son)[0].id;
        act(&house, &ada, Verb::RecordEdit, |tx| tx.unrelate(son, id, &terms())).unwrap();
        assert!(seen(mother).is_empty());
    });
}

fn task(what: &str) -> NewEntryOfCase {
    NewEntryOfCase {
        case: None,
        staff: None,
        starts_at: None,
        ends_at: None,
        text: EntryText::Task { what: what.into() },
    }
}

#[test]
fn tasks_move_as_their_kind_allows_and_stay_in_their_case() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let me = ada.staff().unwrap().staff;
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let other = house.record(&ada, profile("Bo", "Low", "bo@example.org"));
        let case = open_case(&house, &ada, person, "Rent");
        let theirs = NewEntryOfCase { case: Some(case), staff: Some(me), ..task("ring the landlord") };
        let add = |whose| act(&house, &ada, Verb::RecordCreate, |tx| tx.add_entry(whose, &theirs, &terms()));
        assert!(matches!(add(other), Err(StoreError::NotFound(_))), "another person's case");
        let id = add(person).unwrap();
        let mine = || act(&house, &ada, Verb::RecordList, |tx| tx.tasks_of(me, 10, &terms())).unwrap();
        assert_eq!(mine().len(), 1);
        let to = |state| act(&house, &ada, Verb::RecordEdit, |tx| tx.move_entry(id, state, &terms()));
        assert!(matches!(to(EntryState::Fetched), Err(StoreError::Invalid(_))));
        to(EntryState::Done).unwrap();
        assert!(matches!(to(EntryState::Open), Err(StoreError::Invalid(_))));
        assert!(mine().is_empty());
    });
}

#[test]
fn an_appointment_is_booked_for_somebody_elses_client_and_proves_only_what_another_booked() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let (desk, rae) =
            (house.actor(house.there, Role::Reception), house.actor(house.there, Role::Adviser));
        let at = house.store.now() + SignedDuration::from_hours(2);
        let text =
            EntryText::Appointment { who: "Ann".into(), what: "letter".into(), place: "room 2".into() };
        let new = NewEntryOfCase { starts_at: Some(at), text, ..task("") };
        let book =
            |who: &Actor| act(&house, who, Verb::AppointmentBook, |tx| tx.add_entry(person, &new, &terms()));
        let day = (
            house.store.now() - SignedDuration::from_hours(9),
            house.store.now() + SignedDuration::from_hours(12),
        );
        let proved = |who: &Actor| {
            let office = who.staff().unwrap().office;
            act(&house, who, Verb::GrantAsk, |tx| tx.appointment_here(person, office, day)).unwrap().is_some()
        };
        book(&rae).unwrap();
        assert!(!proved(&rae), "one's own booking proves nothing");
        let id = book(&desk).unwrap();
        assert!(proved(&rae));
        assert!(!proved(&ada), "at that office only");
        let diary = act(&house, &desk, Verb::AppointmentBook, |tx| tx.diary(day.0, day.1, &terms())).unwrap();
        assert_eq!(diary.len(), 2);
        assert!(refused(&act(&house, &desk, Verb::RecordRead, |tx| tx.read_person(person, &terms()))));
        let elsewhere =
            act(&house, &ada, Verb::AppointmentBook, |tx| tx.move_entry(id, EntryState::Done, &terms()));
        assert!(matches!(elsewhere, Err(StoreError::NotFound(_))), "the office's own diary");
        act(&house, &desk, Verb::AppointmentBook, |tx| tx.move_entry(id, EntryState::Missed, &terms()))
            .unwrap();
        assert!(!proved(&rae), "who did not come has not come");
        act(&house, &ada, Verb::RecordEdit, |tx| tx.set_identity(person, Identity::Pseudonymous, &terms()))
            .unwrap();
        assert!(refused(&book(&desk)), "a person without a name is not known to other offices");
    });
}

#[test]
fn a_shared_case_is_open_to_the_other_office_and_no_other_case_is() {
    on_both_engines(|house| {
        let (ada, rae) = (house.actor(house.here, Role::Adviser), house.actor(house.there, Role::Adviser));
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let (shared, own) =
            (open_case(&house, &ada, person, "Rent"), open_case(&house, &ada, person, "Divorce"));
        note(&house, &ada, shared, "arrears");
        note(&house, &ada, own, "kingfisher");
        let until = house.store.now() + SignedDuration::from_hours(24 * 7);
        let text = JointText { why: "the debt unit sits there".into(), ..JointText::default() };
        let share = |who: &Actor, office| {
            act(&house, who, Verb::RecordEdit, |tx| tx.share_case(shared, office, until, &text, &terms()))
        };
        assert!(refused(&notes_in(&house, &rae, shared)), "not before it is shared");
        assert!(share(&ada, house.here).is_err());
        let id = share(&ada, house.there).unwrap();
        assert_eq!(notes_in(&house, &rae, shared).unwrap(), ["arrears"]);
        assert!(refused(&notes_in(&house, &rae, own)), "another case of the same person");
        let whole = act(&house, &rae, Verb::RecordRead, |tx| {
            tx.permit(Record::Note(None), person, &terms()).map(|_| ())
        });
        assert!(refused(&whole), "all notes at once");
        let list = act(&house, &rae, Verb::RecordRead, |tx| {
            let permit = tx.permit(Record::Case(Some(shared)), person, &terms())?;
            Ok((
                tx.cases_of(&permit)?.len(),
                tx.entries_of(&permit)?.len(),
                tx.shares_of(&permit, shared)?.len(),
            ))
        });
        assert_eq!(list.unwrap(), (1, 0, 1));
        note(&house, &rae, shared, "creditor rung");
        assert!(refused(&share(&rae, house.there)), "who works along does not share on");
        let edit = act(&house, &rae, Verb::RecordEdit, |tx| {
            tx.change_person(person, 1, &profile("X", "Y", "x@example.org"), &terms())
        });
        assert!(refused(&edit), "details stay with their office");
        house.hands.forward(8 * 24 * 3_600_000);
        assert!(refused(&notes_in(&house, &rae, shared)), "the time is over");
        house.hands.forward(-8 * 24 * 3_600_000);
        act(&house, &ada, Verb::RecordEdit, |tx| tx.end_share(id, &terms())).unwrap();
        assert!(refused(&notes_in(&house, &rae, shared)), "ended");
    });
}

#[test]
fn a_record_moves_when_both_offices_agree() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let (rae, sol) =
            (house.actor(house.there, Role::Adviser), house.actor(house.there, Role::Supervisor));
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let case = open_case(&house, &ada, person, "Rent");
        let text = JointText { why: "she moved".into(), person_says: "agreed by telephone".into() };
        let accept = |who: &Actor, id, yes| {
            act(&house, who, Verb::RecordAccept, |tx| tx.answer_offer(id, yes, &terms()))
        };
        let offer = || {
            act(&house, &ada, Verb::RecordEdit, |tx| tx.offer_record(person, house.there, &text, &terms()))
        };
        let id = offer().unwrap();
        assert!(offer().is_err(), "one offer at a time");
        assert!(refused(&accept(&rae, id, true)), "who answers for the office");
        assert!(
            refused(&accept(&house.actor(house.here, Role::Supervisor), id, true)),
            "the receiving office"
        );
        assert_eq!(accept(&sol, id, false).unwrap(), text);
        assert!(accept(&sol, id, true).is_err(), "answered");
        assert!(refused(&act(&house, &rae, Verb::RecordRead, |tx| tx.read_person(person, &terms()))));
        let id = offer().unwrap();
        accept(&sol, id, true).unwrap();
        let read = act(&house, &rae, Verb::RecordRead, |tx| tx.read_person(person, &terms())).unwrap();
        assert_eq!(read.office, house.there);
        assert_eq!(notes_in(&house, &rae, case).unwrap().len(), 0);
        assert!(
            refused(&act(&house, &ada, Verb::RecordRead, |tx| tx.read_person(person, &terms()))),
            "gone from here"
        );
    });
}

fn odd(house: &House, reviewer: &Actor) -> Vec<(Vec<Flag>, bool)> {
    let found = house.store.act(reviewer, Verb::AccessReview, Purpose::Assurance, |tx| {
        tx.odd_accesses(house.here, 50, &terms())
    });
    let mut found: Vec<_> = found.unwrap().iter().map(|o| (o.flags.iter().collect(), o.refused)).collect();
    found.sort();
    found
}

#[test]
fn odd_accesses_are_noted_with_what_is_odd_once_a_day() {
    on_both_engines(|house| {
        let sue = house.actor(house.here, Role::Supervisor);
        let ada = house.actor(house.here, Role::Adviser);
        let name = house.store.accounts(house.controller).unwrap();
        let own = name.iter().find(|a| Some(a.id) == ada.staff().map(|s| s.staff)).unwrap().text.name.clone();
        let letters: String = own.chars().filter(|c| c.is_alphabetic()).collect();
        let home =
            Address { lines: vec!["1 Low Rd".into()], postcode: "LA1 1AA".into(), ..Address::default() };
        let person = house.record(
            &sue,
            Profile {
                surname: letters.to_string(),
                addresses: vec![home],
                ..profile("A", "", "a@example.org")
            },
        );
        let quiet = house.record(&sue, profile("Bo", "Low", "bo@example.org"));
        let read =
            |who: &Actor, whom| act(&house, who, Verb::RecordRead, |tx| tx.read_person(whom, &terms()));
        read(&ada, quiet).unwrap();
        assert!(
            odd(&house, &sue).iter().all(|(flags, _)| !flags.contains(&Flag::NoCase)),
            "made today: no question"
        );
        house.hands.forward(3 * 24 * 3_600_000);
        for _ in 0..3 {
            read(&ada, quiet).unwrap();
        }
        assert!(odd(&house, &sue).contains(&(vec![Flag::NoCase], false)));
        let count = odd(&house, &sue).len();
        open_case(&house, &sue, quiet, "Rent");
        house.hands.forward(24 * 3_600_000);
        read(&ada, quiet).unwrap();
        assert_eq!(odd(&house, &sue).len(), count, "a case explains it, and one row a day");
        if !letters.is_empty() {
            read(&ada, person).unwrap();
            assert!(odd(&house, &sue).iter().any(|(flags, _)| flags.contains(&Flag::SameSurname)));
        }
        act(&house, &sue, Verb::RecordEdit, |tx| {
            tx.set_staff_member(quiet, ada.staff().map(|s| s.staff), &terms())
        })
        .unwrap();
        assert!(refused(&read(&ada, quiet)));
        assert!(
            odd(&house, &sue).contains(&(vec![Flag::OwnRecord, Flag::StaffRecord], true)),
            "a refused try shows"
        );
        let mine = house
            .store
            .act(&ada, Verb::AccessReview, Purpose::Assurance, |tx| tx.odd_accesses(house.here, 9, &terms()));
        assert!(refused(&mine), "advisers do not look through who looked");
        let other = house.actor(house.there, Role::Supervisor);
        let theirs = house.store.act(&other, Verb::AccessReview, Purpose::Assurance, |tx| {
            tx.odd_accesses(house.here, 9, &terms())
        });
        assert!(refused(&theirs), "another office's");
    });
}

#[test]
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
fn a_grant_is_given_back_or_taken_and_every_leave_names_its_reviewer() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let (rae, sue) = (house.actor(house.there, Role::Adviser), house.actor(house.here, Role::Supervisor));
        let person = house.record(&ada, profile("Ann", "Lee", "ann@example.org"));
        let new = NewGrant {
            person,
            reason: ReasonCode::ClientAttends,
            evidence_checked: false,
            text: GrantText { reason: "she is at our desk now".into(), ..GrantText::default() },
            lasts: SignedDuration::from_hours(1),
        };
        let ask = || act(&house, &rae, Verb::GrantAsk, |tx| tx.ask_grant(&new, &terms())).unwrap();
        let read = || act(&house, &rae, Verb::RecordRead, |tx| tx.read_person(person, &terms()));
        let id = ask();
        read().unwrap();
        assert_eq!(act(&house, &rae, Verb::GrantWithdraw, |tx| tx.my_grants()).unwrap().len(), 1);
        let stranger = house.actor(house.there, Role::Supervisor);
        let end = |who: &Actor, id| {
            house
                .store
                .act(who, Verb::GrantWithdraw, Purpose::Assurance, |tx| tx.withdraw_grant(id, &terms()))
        };
        assert!(refused(&end(&stranger, id)), "the home office's, or the holder's own");
        end(&rae, id).unwrap();
        assert!(refused(&read()), "given back");
        let id = ask();
        end(&sue, id).unwrap();
        assert!(refused(&read()), "taken");
        let queue = house.store.act(&sue, Verb::AccessReview, Purpose::Assurance, |tx| {
            tx.review_queue(house.here, 10, &terms())
        });
        assert_eq!(queue.unwrap().len(), 2, "what is over is reviewed all the same");
    });
}

#[test]
fn a_code_finds_the_person_and_only_its_hash_is_kept() {
    on_both_engines(|house| {
        let ada = house.actor(house.here, Role::Adviser);
        let person = house.record(&ada, Profile::default());
        let give =
            |code: &str| act(&house, &ada, Verb::RecordEdit, |tx| tx.give_code(person, code, &terms()));
        assert!(give("not a code").is_err());
        give("7KQ2-M9XD-0TRA-5HVE").unwrap();
        let find = |value: &str| {
            act(&house, &ada, Verb::RecordRead, |tx| tx.persons_by_identity(IdentityKind::FollowUp, value))
                .unwrap()
        };
        assert_eq!(find("7KQ2M9XD0TRA5HVE"), [person]);
        give("7KQ2-M9XD-0TRA-5HVF").unwrap();
        assert!(find("7KQ2M9XD0TRA5HVE").is_empty(), "a new code ends the old one");
    });
}
