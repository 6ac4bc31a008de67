//! Evidence from the casebook and the network: reasons, reviews, versions, quality, paper, adherence.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;

use super::{Found, Measured};
use crate::error::Result;

fn n(count: i64) -> u64 {
    count.unsigned_abs()
}

pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    let f = store.casebook_figures(controller)?;
    let measured = Measured::default;
    Ok(Found::from([
        (
            Control::GoodReason,
            measured()
                .shows("grants given for a reason", n(f.grants))
                .count("with evidence that the system found", n(f.grants_checked))
                .count("reviewed", n(f.grants_reviewed))
                .fails("without a known reason, or for longer than a day", n(f.grants_unbounded))
                .fails("on a worker's word, unreviewed for a week", n(f.grants_unreviewed))
                .count("waiting for review", n(f.grants_waiting))
                .last(f.last_grant),
        ),
        (
            Control::OddReview,
            measured()
                .shows("odd accesses noted", n(f.odd))
                .count("reviewed", n(f.odd_reviewed))
                .count("waiting for review", n(f.odd_waiting))
                .fails("unreviewed for a week", n(f.odd_unreviewed))
                .last(f.last_odd),
        ),
        (
            Control::FollowUp,
            measured()
                .shows("codes that people hold", n(f.codes))
                .count("people without a name", n(f.unnamed)),
        ),
        (
            Control::Versions,
            measured()
                .shows("earlier versions kept", n(f.versions))
                .count("cases, notes, documents and entries", n(f.records))
                .fails("records with a version missing", n(f.versions_missing))
                .last(f.last_version),
        ),
        (
            Control::AdherenceDates,
            measured()
                .shows("offices on record", n(f.adherence_recorded))
                .due("offices without a record", n(f.offices - f.adherence_recorded))
                .fails("offices that the gate trusts for longer than their record", n(f.adherence_apart)),
        ),
        (
            Control::Quality,
            measured()
                .shows("people whose details were checked within a year", n(f.checked))
                .count("merges", n(f.merges))
                .count("merges undone", n(f.merges_undone))
                .due("people with an open case and older details", n(f.stale)),
        ),
        (
            Control::Paper,
            measured()
                .shows("paper files registered", n(f.paper))
                .due("asked for a fortnight ago and not fetched", n(f.paper_overdue)),
        ),
    ]))
}
