//! Evidence of minimisation: special information under its condition, surveys that name nobody.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_domain::register::issues::IssueArea;
use counterfoil_domain::sharing::nudge::says_who;
use counterfoil_store::Store;
use counterfoil_store::sharing::minimise::Counted;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Found, Measured, size};
use crate::error::Result;
use crate::register::Register;
use crate::sharing::minimise::condition_on;
use crate::sharing::survey::is_survey;

pub(super) fn measure(
    store: &Store,
    controller: ControllerId,
    register: Option<&Register>,
    on: Date,
) -> Result<Found> {
    let counted = store.minimised(controller)?;
    let support = IssueArea::Wellbeing.code();
    let of = |wellbeing: bool| {
        let own = counted.iter().filter(move |c| (c.area == support) == wellbeing);
        special(&own.collect::<Vec<_>>(), register, on)
    };
    Ok(Found::from([
        (Control::SpecialAdvice, of(false)),
        (Control::SpecialSupport, of(true)),
        (Control::Surveys, surveys(store, controller, register, &counted, on)?),
    ]))
}

fn sum(lines: &[&Counted], what: &str) -> u64 {
    lines.iter().filter(|c| c.what == what).map(|c| c.number).sum()
}

fn last(lines: &[&Counted], what: &str) -> Option<Timestamp> {
    let newest = lines.iter().filter(|c| c.what == what).map(|c| c.last).max()?;
    Timestamp::from_millisecond(newest).ok()
}

/// What is recorded is held against the register of today: a condition that it has lost since shows.
fn special(lines: &[&Counted], register: Option<&Register>, on: Date) -> Measured {
    let recorded = || lines.iter().filter(|c| c.what == "recorded");
    let bare: u64 = recorded().filter(|c| c.basis.is_empty()).map(|c| c.number).sum();
    let lost = recorded()
        .filter(|c| condition_on(register, on, &c.area).map_or(true, |found| found.art9.code() != c.basis))
        .filter(|c| !c.basis.is_empty())
        .map(|c| c.area.clone())
        .collect();
    Measured::default()
        .shows("notes and cases with special information and its condition", sum(lines, "recorded"))
        .count("refused for want of a condition", sum(lines, "refused"))
        .count("kept for a reason after something was pointed out", sum(lines, "kept"))
        .fails("recorded without a condition", bare)
        .fails_in("areas whose condition the register has no more", lost)
        .last(last(lines, "recorded"))
}

fn surveys(
    store: &Store,
    controller: ControllerId,
    register: Option<&Register>,
    counted: &[Counted],
    on: Date,
) -> Result<Measured> {
    let figures = store.sharing_figures(controller, on)?;
    let known =
        |id: &String| register.is_some_and(|r| r.part.form.iter().any(|f| f.id == *id && is_survey(f)));
    let strange = store.survey_forms(controller)?.into_iter().filter(|id| !known(id)).collect();
    let lines: Vec<&Counted> = counted.iter().collect();
    let passes = ["ada@mail.example", "ring 01632 960331", "LA1 9ZA"].iter().filter(|t| !says_who(t)).count();
    Ok(Measured::default()
        .shows("answers that are tied to nobody", figures.survey_answers)
        .count("answers refused for a field that is not declared", sum(&lines, "undeclared"))
        .fails("ways to reach somebody that would be taken", size(passes))
        .fails_in("answers kept for what is no survey of the register", strange))
}
