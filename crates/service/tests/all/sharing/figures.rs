//! Figures: unnamed clients are counted, small numbers are not shown, releases do not give people away together.

use counterfoil_domain::access::{Identity, Protection, Purpose, Role};
use counterfoil_domain::sharing::statistics::{Dimension, Protection as Guard};
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::{self, NewPerson, Profile, Recorded, work};
use counterfoil_service::sharing::statistics::{self, Cut, Figures};
use counterfoil_service::sharing::survey;
use counterfoil_service::store::{Actor, StoreError};
use counterfoil_store::casebook::entries::{EntryText, NewEntryOfCase};
use jiff::civil::date;

use super::house::{House, content, on_both};

fn cases(house: &House, who: &Actor, issue: &str, count: usize, unnamed: bool) {
    for n in 0..count {
        let person = if unnamed {
            let new = NewPerson {
                office: casebook::office_of(who).unwrap(),
                identity: Identity::Anonymous,
                protection: Protection::Standard,
                profile: Profile::default(),
                shares_contact: false,
            };
            match casebook::record_person(&house.store, who, Purpose::ServiceDelivery, &new).unwrap() {
                Recorded::New(id) | Recorded::Known(id) => id,
            }
        } else {
            house.person(who, &format!("Person {n}"), &format!("{issue}{n}@mail.example"))
        };
        house.case(who, person, issue);
    }
}

fn cut(last: i8, by: &[Dimension]) -> Cut {
    Cut { first: date(2026, 8, 1), last: date(2026, last, 1), by: by.to_vec() }
}

fn number(figures: &Figures, value: Option<&str>) -> Option<u64> {
    let found = figures.cells.iter().find(|c| c.values == [value.map(str::to_owned)]);
    found.expect("the cell").number
}

const EXACT: Guard = Guard { threshold: 5, round_to: 1 };

#[test]
fn figures_count_the_unnamed_and_hide_the_few() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        house.at("2026-08-10T09:00:00Z");
        cases(&house, &adviser, "debt.rent", 7, false);
        cases(&house, &adviser, "debt.energy", 3, true);
        cases(&house, &adviser, "housing.disrepair", 2, false);
        cases(&house, &adviser, "benefits.pip", 9, false);
        house.at("2026-11-22T09:00:00Z");
        let officer = house.staff("Moor", &[Role::IgOfficer]);
        let desk = house.desk(&officer);
        let figures = statistics::preview(&desk, &cut(8, &[Dimension::Issue]), EXACT).unwrap();
        assert_eq!(number(&figures, None), Some(21), "the three unnamed clients are counted");
        assert_eq!(number(&figures, Some("housing")), None, "two are too few");
        assert_eq!(figures.suppressed(), 2, "and one more, or the total would give them away");
        let rounded = statistics::preview(&desk, &cut(8, &[Dimension::Issue]), Guard::default()).unwrap();
        assert_eq!(number(&rounded, None), Some(20));
        let by_two =
            statistics::preview(&desk, &cut(9, &[Dimension::Issue, Dimension::Office]), EXACT).unwrap();
        assert!(by_two.cells.iter().all(|c| c.number.is_none_or(|n| n >= 5)));
        // Asked wrongly, or by who may not.
        for bad in [cut(11, &[]), cut(7, &[]), cut(8, &[Dimension::Issue, Dimension::Issue])] {
            assert!(statistics::preview(&desk, &bad, EXACT).is_err());
        }
        assert!(statistics::preview(&house.desk(&adviser), &cut(8, &[]), EXACT).is_err());
    });
}

#[test]
fn figures_tell_what_came_of_cases_without_opening_them() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        house.at("2026-08-10T09:00:00Z");
        for n in 0..13 {
            let person = house.person(&adviser, &format!("Person {n}"), &format!("o{n}@mail.example"));
            let case = house.case(&adviser, person, "debt.rent");
            let desk = house.desk(&adviser);
            // Five gained income, five wrote a debt off after they had been informed, three are open.
            let codes: &[&str] = match n {
                0..5 => &["income"],
                5..10 => &["informed", "debt-reduced"],
                _ => &[],
            };
            for code in codes {
                let what = "Paid after the second letter".to_owned();
                let text = EntryText::Outcome { code: (*code).to_owned(), pence: Some(12_000), what };
                let new =
                    NewEntryOfCase { case: Some(case), staff: None, starts_at: None, ends_at: None, text };
                work::add_entry(&desk, person, &new).unwrap();
                house.at(&format!("2026-08-10T09:{:02}:00Z", 10 + n));
            }
            if !codes.is_empty() {
                work::close_case(&desk, case).unwrap();
            }
        }
        house.at("2026-11-22T09:00:00Z");
        let officer = house.staff("Moor", &[Role::IgOfficer]);
        let desk = house.desk(&officer);
        let guard = Guard { threshold: 3, round_to: 1 };
        let figures = statistics::preview(&desk, &cut(8, &[Dimension::Outcome]), guard).unwrap();
        let told = ["income", "debt-reduced", "open"].map(|value| number(&figures, Some(value)));
        assert_eq!((told, figures.cells.len()), ([Some(5), Some(5), Some(3)], 4), "{figures:?}");
    });
}

#[test]
fn a_release_that_would_tell_about_a_few_beside_an_earlier_one_is_refused() {
    on_both("advice-network", |house| {
        let adviser = house.adviser();
        house.at("2026-08-10T09:00:00Z");
        cases(&house, &adviser, "debt.rent", 12, false);
        house.at("2026-09-10T09:00:00Z");
        cases(&house, &adviser, "debt.energy", 2, false);
        house.at("2026-10-10T09:00:00Z");
        cases(&house, &adviser, "debt.priority", 8, false);
        house.at("2026-11-22T09:00:00Z");
        let officer = house.staff("Moor", &[Role::IgOfficer]);
        let desk = house.desk(&officer);
        let first = statistics::release(&desk, &cut(8, &[]), EXACT).unwrap();
        assert_eq!(first.figures.cells[0].number, Some(12));
        // September added two people: August and September beside August would tell of them.
        let refused = statistics::release(&desk, &cut(9, &[]), EXACT);
        let Err(ServiceError::Store(StoreError::Refused { why, .. })) = refused else {
            panic!("{refused:?}")
        };
        assert!(why.contains("fewer than 5 people"), "{why}");
        // With October there are ten more: that may go out; the same cut again may too.
        statistics::release(&desk, &cut(10, &[]), EXACT).unwrap();
        statistics::release(&desk, &cut(8, &[]), EXACT).unwrap();
        assert_eq!(statistics::releases(&desk).unwrap().len(), 3);
        let supervisor = house.staff("Moor", &[Role::Supervisor]);
        assert!(statistics::releases(&house.desk(&supervisor)).is_ok(), "may read");
        assert!(
            statistics::release(&house.desk(&supervisor), &cut(10, &[]), EXACT).is_err(),
            "may not release"
        );
    });
}

#[test]
fn a_survey_takes_answers_that_are_tied_to_nobody() {
    on_both("advice-network", |house| {
        let public = house.public();
        let desk = house.desk(&public);
        let form = survey::survey(&desk, "survey-advice").unwrap();
        assert!(form.fields.iter().all(|(name, need, _)| !name.contains("name") && !need.is_empty()));
        let good = content(&[("what happened because of our advice", "We kept our home.")]);
        survey::answer(&desk, "survey-advice", &good).unwrap();
        for bad in [
            content(&[]),
            content(&[("what happened because of our advice", "ok"), ("email", "ada@mail.example")]),
            content(&[("what happened because of our advice", "My number is AB 12 34 56 C")]),
        ] {
            assert!(survey::answer(&desk, "survey-advice", &bad).is_err(), "{bad:?}");
        }
        assert!(survey::answer(&desk, "complaint", &good).is_err(), "not a survey");
        let figures = house.store.sharing_figures(house.controller, date(2026, 11, 22)).unwrap();
        assert_eq!(figures.survey_answers, 1);
    });
}
