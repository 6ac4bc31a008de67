//! Research: pseudonyms by project, nobody one of a few, and the way back opened by two people (C8).

use counterfoil_domain::access::Role;
use counterfoil_domain::ids::ProjectId;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::research::{self, ResearchText};
use jiff::civil::date;

use super::house::{House, fields, on_both};

fn text() -> ResearchText {
    ResearchText {
        title: "Rent arrears in the north".into(),
        researcher: "University of Lune".into(),
        purpose: "to see who falls behind".into(),
        agreed: "agreement of 1 October".into(),
    }
}

fn project(desk: &Desk<'_>, list: &[&str]) -> ProjectId {
    research::open(desk, &fields(list), 5, date(2027, 6, 30), &text()).unwrap()
}

fn people(house: &House, count: usize) {
    let adviser = house.adviser();
    for n in 0..count {
        let person = house.person(&adviser, &format!("Person {n}"), &format!("p{n}@mail.example"));
        house.case(&adviser, person, "debt.rent");
    }
    let odd = house.person(&adviser, "Odd", "odd@mail.example");
    house.case(&adviser, odd, "immigration.status");
}

#[test]
fn an_extract_names_nobody_and_drops_who_would_stand_out() {
    on_both("advice-network", |house| {
        people(&house, 9);
        let officer = house.staff("Moor", &[Role::IgOfficer]);
        let desk = house.desk(&officer);
        let id = project(&desk, &["issue", "office", "age-band"]);
        let extract = research::extract(&desk, id).unwrap();
        assert_eq!((extract.rows, extract.dropped, extract.smallest), (9, 1, 9));
        assert!(extract.csv.starts_with("pseudonym,issue,office,age-band\n"));
        assert!(!extract.csv.contains("immigration") && !extract.csv.contains("Brook"), "{}", extract.csv);
        // Another project knows the same people by other pseudonyms.
        let other = research::extract(&desk, project(&desk, &["issue"])).unwrap();
        let names = |csv: &str| csv.lines().skip(1).map(|l| l[..32].to_owned()).collect::<Vec<_>>();
        assert!(names(&extract.csv).iter().all(|p| !names(&other.csv).contains(p)));
        // The same project keeps them: rows of one person can be joined.
        assert_eq!(names(&research::extract(&desk, id).unwrap().csv), names(&extract.csv));
        for (list, k) in [(&["name"][..], 5), (&[], 5), (&["issue"], 2)] {
            assert!(research::open(&desk, &fields(list), k, date(2027, 1, 1), &text()).is_err());
        }
        let adviser = house.adviser();
        assert!(
            research::extract(&house.desk(&adviser), id).is_ok_and(|e| e.rows == 0)
                || research::extract(&house.desk(&adviser), id).is_err()
        );
    });
}

#[test]
fn a_person_is_found_again_only_by_two_people_and_never_after_the_project() {
    on_both("advice-network", |house| {
        people(&house, 9);
        let officer = house.staff("Moor", &[Role::IgOfficer]);
        let desk = house.desk(&officer);
        let id = project(&desk, &["issue"]);
        let csv = research::extract(&desk, id).unwrap().csv;
        let pseudonym = csv.lines().nth(1).unwrap()[..32].to_owned();
        assert!(research::ask_person(&desk, id, &pseudonym, " ").is_err(), "a reason");
        let asked = research::ask_person(&desk, id, &pseudonym, "a sign of danger in the data").unwrap();
        assert!(research::grant_person(&desk, asked).is_err(), "not the one who asked");
        let adviser = house.adviser();
        assert!(research::grant_person(&house.desk(&adviser), asked).is_err());
        let second = house.staff("Moor", &[Role::OfficeManager]);
        let person = research::grant_person(&house.desk(&second), asked).unwrap();
        assert!(house.log(person).iter().any(|(verb, ..)| verb == "research.reidentify"));
        assert!(research::grant_person(&house.desk(&second), asked).is_err(), "once");
        assert!(research::ask_person(&desk, id, "00", "a guess").is_err(), "nobody's pseudonym");
        let late = research::ask_person(&desk, id, &pseudonym, "too late").unwrap();
        research::close(&desk, id).unwrap();
        assert!(research::grant_person(&house.desk(&second), late).is_err(), "the key is gone");
        assert!(research::ask_person(&desk, id, &pseudonym, "later still").is_err(), "the key is gone");
        assert!(research::extract(&desk, id).is_err());
    });
}
