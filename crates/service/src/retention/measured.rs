//! Columns 29 and 30 of the record of processing: whether each activity's records were kept and erased as its rules
//! say, and if not, why.

use counterfoil_domain::ids::ControllerId;
use counterfoil_store::Store;
use counterfoil_store::retention::figures::DisposalFigures;
use jiff::SignedDuration;

use super::{DueLine, Schedule, finding};
use crate::error::Result;
use crate::register::keep::day_of;
use crate::register::ropa::{Kept, Measured, Measurements};

/// After this long without a round of looking, that is a reason.
const LOOKED_LATELY: SignedDuration = SignedDuration::from_hours(48);

/// What a live installation knows of each activity in force today. An activity none of whose rules is one of the
/// casebook's is left out: its records are elsewhere, and nobody measured them.
///
/// # Errors
/// What the database answers.
pub fn measurements(store: &Store, controller: ControllerId) -> Result<Measurements> {
    let Some(schedule) = Schedule::current(store, controller)? else { return Ok(Measurements::new()) };
    let list = finding::due_list(store, controller, &schedule)?;
    let figures = store.disposal_figures(controller)?;
    let on = day_of(store.now())?;
    let of_house = reasons_of_house(store, &figures);
    let mut found = Measurements::new();
    for entry in schedule.register.activities(on) {
        let lines: Vec<&DueLine> = list.lines.iter().filter(|l| entry.retention.contains(&l.rule)).collect();
        if !lines.is_empty() {
            let kept = Some(kept(&lines, &of_house));
            found.insert(entry.id.clone(), Measured { kept, breaches: None });
        }
    }
    Ok(found)
}

fn kept(lines: &[&DueLine], of_house: &[String]) -> Kept {
    let overdue = lines.iter().map(|l| l.overdue).sum();
    if overdue == 0 {
        return Kept::Followed;
    }
    let mut reasons: Vec<String> = lines.iter().flat_map(|line| reasons(line)).collect();
    reasons.extend_from_slice(of_house);
    Kept::NotFollowed { overdue, reasons }
}

fn reasons(line: &DueLine) -> Vec<String> {
    let rule = &line.rule;
    let told = [
        (line.free(), "not proposed for disposal yet"),
        (line.in_run, "proposed, and not carried out yet"),
        (line.held, "under a legal hold"),
        (line.restricted, "restricted"),
    ];
    told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{rule}: {n} {what}")).collect()
}

fn reasons_of_house(store: &Store, figures: &DisposalFigures) -> Vec<String> {
    let mut reasons = Vec::new();
    if figures.looked.is_none_or(|at| store.now().duration_since(at) > LOOKED_LATELY) {
        reasons.push("the nightly search for what is due did not run".to_owned());
    }
    if figures.proposed > 0 {
        reasons.push(format!("{} runs wait for the second person", figures.proposed));
    }
    reasons
}
