//! Evidence about the other rights and complaints: what was decided, carried out and told, counted from live data.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;

use super::{Found, Measured};
use crate::error::Result;
use crate::register::keep::day_of;

#[expect(clippy::too_many_lines, reason = "one table, a row a control")]
pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    let f = store.rights_figures(controller, day_of(store.now())?)?;
    let m = Measured::default;
    Ok(Found::from([
        (
            Control::Applicability,
            m().shows("decisions with the law's reasons", f.decisions.number)
                .due_in("answered without a decision on record", f.undecided)
                .last(f.decisions.at),
        ),
        (
            Control::Corrections,
            m().shows("corrections decided", f.corrections.number)
                .count("statements shown with a record", f.statements.number)
                .fails_in("granted and not carried out", f.uncorrected)
                .last(f.corrections.at.max(f.statements.at)),
        ),
        (
            Control::ErasureByRequest,
            m().shows("erasures carried out", f.erasures.number)
                .fails_in("signed by one person alone", f.erased_alone)
                .fails_in("without a certificate", f.uncertified)
                .last(f.erasures.at),
        ),
        (
            Control::RecipientsTold,
            m().shows("recipients told", f.tellings.number)
                .due_in("recipients to be chased", f.to_chase)
                .fails_in("recipients who wait for more than two weeks to be told", f.untold)
                .last(f.tellings.at),
        ),
        (
            Control::RestrictionTold,
            m().shows("restrictions", f.restrictions.number)
                .fails("lifted before the person was told", f.lifted_untold)
                .fails("in force and not enforced", f.unrestricted)
                .last(f.restrictions.at),
        ),
        (
            Control::Stops,
            m().shows("uses stopped", f.stops.number)
                .fails("stops that are not enforced", f.unstopped)
                .last(f.stops.at),
        ),
        (
            Control::Portability,
            m().shows("exports", f.exports.number)
                .fails_in("granted and not exported", f.unexported)
                .last(f.exports.at),
        ),
        (
            Control::Automated,
            m().shows("decisions by computer on record", f.automated.number)
                .fails_in("granted and not looked at by a person", f.unreviewed)
                .last(f.automated.at),
        ),
        (
            Control::MarketingStop,
            m().shows("addresses and numbers stopped", f.suppressed.number)
                .fails_in("told as stopped and not stopped", f.marketed)
                .last(f.suppressed.at),
        ),
        (
            Control::Complaints,
            m().shows("steps of complaints", f.complaint_steps.number).last(f.complaint_steps.at),
        ),
        (
            // What the gate's trials are measured against.
            Control::ComplaintFiles,
            m().shows("notes of complaint files", f.complaint_notes.number).last(f.complaint_notes.at),
        ),
        (Control::OlderAct, m().shows("notices under the older Act", f.older.number).last(f.older.at)),
    ]))
}
