//! Holidays and the enforced end of what is loaded.

use counterfoil_domain::clock::calendar::BadCalendar;
use counterfoil_domain::clock::{Calendar, Coverage, Holiday, Nation, Refusal};

use crate::clock_support::*;

fn row(division: counterfoil_domain::place::Division, date: &str) -> Holiday {
    Holiday { division, date: d(date), name: "A holiday".to_owned(), substitute: false }
}

fn year(division: counterfoil_domain::place::Division, year: i16) -> Vec<Holiday> {
    (1..=8).map(|month| row(division, &format!("{year}-{month:02}-01"))).collect()
}

#[test]
fn the_shipped_list_covers_2024_to_2028_in_each_division() {
    for division in [EW, SC, NI] {
        assert_eq!(shipped().span(division), Some((d("2024-01-01"), d("2028-12-31"))));
    }
}

#[test]
fn each_division_has_its_own_days_and_any_part_of_the_uk_has_all() {
    let calendar = shipped();
    let closed = |nation, date| calendar.working_days(nation).closed(d(date)).unwrap();
    for (date, ew, sc, ni) in [
        ("2026-06-15", false, true, false),
        ("2026-03-17", false, false, true),
        ("2026-07-13", false, false, true),
        ("2026-04-06", true, false, true),
        ("2026-01-02", false, true, false),
        ("2026-08-03", false, true, false),
        ("2026-08-31", true, false, true),
        ("2026-11-30", false, true, false),
        ("2026-12-28", true, true, true),
        ("2026-12-26", true, true, true),
        ("2026-12-29", false, false, false),
    ] {
        for (division, shut) in [(EW, ew), (SC, sc), (NI, ni)] {
            assert_eq!(closed(Nation::One(division), date).is_some(), shut, "{division} {date}");
        }
        assert_eq!(closed(Nation::AnyPartOfUk, date).is_some(), ew || sc || ni, "{date}");
    }
    assert_eq!(
        closed(Nation::AnyPartOfUk, "2026-12-28").as_deref(),
        Some("bank holiday (Boxing Day, substitute day) in England and Wales, Scotland, Northern Ireland")
    );
}

#[test]
fn a_due_date_outside_the_loaded_holidays_is_refused_not_guessed() {
    for (regime, line, code) in [
        (ACCESS, "received 2028-12-05", "beyond-holidays"),
        (ACCESS, "received 2028-11-30", "beyond-holidays"), // 30 December is a Saturday, 31 a Sunday
        (ACCESS, "received 2028-10-15, told 2028-10-20", "beyond-holidays"),
        (ACCESS, "received 2035-01-01", "beyond-holidays"),
        (ACCESS, "received 2023-06-01", "before-holidays"),
        (counterfoil_domain::clock::Regime::Foi, "received 2028-12-10", "beyond-holidays"),
    ] {
        assert_eq!(codes(regime, EW, line, "2040-01-01"), [code], "{line}");
    }
    let beyond = shipped();
    let sunday = beyond.working_days(Nation::One(EW)).closed(d("2029-01-07"));
    assert!(matches!(sunday, Err(Refusal::BeyondHolidays { .. })), "not even a Sunday: {sunday:?}");
    assert_eq!(due(ACCESS, EW, "received 2028-11-29", "2028-12-01"), "2028-12-29");
    assert_eq!(due(ACCESS, EW, "received 2023-12-15", "2024-01-05"), "2024-01-15");
}

#[test]
fn a_stated_end_of_validity_is_enforced_for_its_division_alone() {
    let mut rows = year(EW, 2026);
    rows.extend(year(SC, 2026));
    let end = Coverage { division: EW, through: d("2026-06-30") };
    let calendar = Calendar::new(rows, &[end], None).unwrap();
    let of = |division, date| calendar.working_days(Nation::One(division)).closed(d(date));
    assert!(of(EW, "2026-06-30").is_ok());
    assert_eq!(
        of(EW, "2026-07-01"),
        Err(Refusal::BeyondHolidays { date: d("2026-07-01"), division: EW, through: d("2026-06-30") })
    );
    assert!(of(SC, "2026-07-01").is_ok());
    assert_eq!(of(NI, "2026-06-01"), Err(Refusal::NoHolidays { division: NI }));
    let uk = calendar.working_days(Nation::AnyPartOfUk);
    assert!(uk.closed(d("2026-06-01")).is_err(), "the whole kingdom needs all its parts");
}

#[test]
fn lists_that_cannot_be_relied_on_are_refused() {
    let twice = [year(EW, 2026), vec![row(EW, "2026-01-01")]].concat();
    assert_eq!(
        Calendar::new(twice, &[], None),
        Err(BadCalendar::Twice { division: EW, date: d("2026-01-01") })
    );
    let gap = [year(EW, 2026), year(EW, 2028)].concat();
    assert_eq!(
        Calendar::new(gap, &[], None),
        Err(BadCalendar::ThinYear { division: EW, year: 2027, count: 0 })
    );
    let thin = [year(EW, 2026), vec![row(EW, "2027-01-01")]].concat();
    assert_eq!(
        Calendar::new(thin, &[], None),
        Err(BadCalendar::ThinYear { division: EW, year: 2027, count: 1 })
    );
    let claim = Coverage { division: EW, through: d("2027-01-01") };
    let over = Err(BadCalendar::Overclaimed { division: EW, through: d("2027-01-01"), last: 2026 });
    assert_eq!(Calendar::new(year(EW, 2026), &[claim], None), over);
}
