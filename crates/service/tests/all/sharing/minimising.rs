//! What a note and a case may hold: special-category data under a condition alone, nothing pointed out without a reason
//! (promises C7, N22, N23).

use counterfoil_domain::access::Role;
use counterfoil_domain::casebook::words::CaseStatus;
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::{CaseText, NoteText, work};
use counterfoil_service::register::{built_in_files, keep};
use counterfoil_service::sharing::minimise::Care;
use jiff::civil::date;

use super::house::{House, on_both};

fn note(text: &str, special: &[&str], kept: &str) -> NoteText {
    let special = special.iter().map(|s| (*s).to_owned()).collect();
    NoteText { text: text.into(), special, kept: kept.into(), ..NoteText::default() }
}

/// Takes the condition of advice about housing out of the register, from today.
pub fn lose_the_condition(house: &House) {
    let keeper = house.staff("Moor", &[Role::IgOfficer]);
    let office = counterfoil_service::casebook::office_of(&keeper).unwrap();
    let mut files = built_in_files("advice-network").unwrap();
    let activities = files.get_mut("activities.toml").unwrap();
    let own = activities.split_off(activities.find("id = \"ADV-HOUSING\"").unwrap());
    activities.push_str(&own.replacen("art9 = [\"legal-claims\"]", "art9 = [\"explicit-consent\"]", 1));
    keep::save(&house.store, &keeper, office, &files, date(2026, 11, 22)).unwrap();
}

fn counted(house: &House, what: &str) -> u64 {
    let all = house.store.minimised(house.controller).unwrap();
    all.iter().filter(|c| c.what == what).map(|c| c.number).sum()
}

#[test]
fn special_data_is_recorded_under_a_condition_and_refused_without_one() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        let case = house.case(&adviser, person, "housing.disrepair");
        work::write_note(&desk, case, &note("The damp made her ill", &["health"], ""), None).unwrap();
        assert_eq!(counted(&house, "recorded"), 1);
        let page = work::case_page(&desk, case).unwrap();
        assert_eq!(page.notes[0].text.special, ["health"], "the note is marked");
        let unknown = work::write_note(&desk, case, &note("x", &["shoe-size"], ""), None);
        assert!(matches!(unknown, Err(ServiceError::Invalid(why)) if why.contains("`shoe-size`")));
        // An issue of no area has no condition: nothing special is recorded under it, by any way in.
        let none = house.case(&adviser, person, "gossip");
        let refused = |outcome: Result<(), ServiceError>| {
            assert!(matches!(outcome, Err(ServiceError::Unlawful(_))), "{outcome:?}");
        };
        refused(work::write_note(&desk, none, &note("She is ill", &["health"], ""), None));
        work::write_note(&desk, none, &note("She rang", &[], ""), None).unwrap();
        let plain = work::case_page(&desk, none).unwrap().notes[0].clone();
        refused(work::change_note(&desk, plain.id, 1, &note("She is ill", &["health"], "")));
        let care = Care { special: vec!["religion".into()], because: String::new() };
        let text = CaseText { title: "a matter".into(), question: "why?".into() };
        refused(work::open_case(&desk, person, "gossip", &text, &care).map(|_| ()));
        refused(work::change_case(&desk, case, 1, ("gossip", CaseStatus::Open), &text, &care));
        assert!(house.refusal_logged(person, "no-area"));
        assert_eq!((counted(&house, "recorded"), counted(&house, "refused")), (1, 4));
        assert_eq!(work::case_page(&desk, none).unwrap().notes.len(), 1, "nothing was kept");
        // The register loses the condition: what was allowed is refused from then on.
        lose_the_condition(&house);
        refused(work::write_note(&desk, case, &note("Still ill", &["health"], ""), None));
        assert!(house.refusal_logged(person, "no-condition"));
        work::write_note(&desk, case, &note("The landlord answered", &[], ""), None).unwrap();
    });
}

#[test]
fn what_should_not_be_there_is_mended_or_kept_for_a_reason() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        let desk = house.desk(&adviser);
        let person = house.person(&adviser, "Ada", "ada@mail.example");
        let case = house.case(&adviser, person, "debt.energy");
        for (text, says) in [
            ("Her card is 4000 0566 5566 5556", "bank card"),
            ("Her number is AB 12 34 56 C", "National Insurance"),
            ("PIN: 4821", "password or PIN"),
            ("She was in hospital", "health"),
        ] {
            let tried = work::write_note(&desk, case, &note(text, &[], ""), None);
            let Err(ServiceError::Invalid(why)) = tried else { panic!("{text}: {tried:?}") };
            assert!(why.contains(says), "{why}");
            assert!(!why.contains("4000") && !why.contains("AB 12") && !why.contains("4821"), "{why}");
            assert!(work::write_note(&desk, case, &note(text, &[], "just so"), None).is_err(), "no reason");
        }
        assert!(work::case_page(&desk, case).unwrap().notes.is_empty(), "nothing was kept so far");
        let kept = note("PIN: 4821", &[], "the bank asked us to quote its case PIN");
        work::write_note(&desk, case, &kept, None).unwrap();
        // Words about health are answered by saying that they are: then the condition of the issue is asked for.
        work::write_note(&desk, case, &note("She was in hospital", &["health"], ""), None).unwrap();
        let notes = work::case_page(&desk, case).unwrap().notes;
        let reason = "the bank asked us to quote its case PIN";
        assert!(notes.iter().any(|n| n.text.kept == reason), "the reason is on record: {notes:?}");
        assert_eq!((counted(&house, "kept"), counted(&house, "recorded")), (1, 1));
        let question = CaseText { title: "energy".into(), question: "My password is swordfish".into() };
        assert!(work::open_case(&desk, person, "debt.energy", &question, &Care::default()).is_err());
        // A draft is never in the way: it is not kept as a note.
        work::keep_draft(&desk, case, &note("PIN: 4821", &[], "")).unwrap();
    });
}
