//! Evidence from the bill of materials, from searches, and from pictures, sound and film: who was asked, and what became of the people in them.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;

use super::{Found, Measured, size};
use crate::error::Result;
use crate::materials::Bill;

fn n(count: i64) -> u64 {
    count.unsigned_abs()
}

pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    let media = store.media_figures(controller)?;
    let recordings = store.recording_figures(controller)?;
    let asked = store.asked_figures(controller)?;
    let bill = Bill::of_this()?;
    Ok(Found::from([
        (
            Control::Materials,
            Measured::default()
                .shows("parts that the product is built from", size(bill.parts.len()))
                .fails("parts that no hash holds", size(bill.unlocked().count())),
        ),
        (
            Control::SourcesAsked,
            Measured::default()
                .shows("answers sealed after every system was asked", n(asked.sealed - asked.unasked))
                .count(
                    "systems and paper files that answered, or were left out with a reason",
                    n(asked.systems),
                )
                .count("sources of open requests that have not answered", n(asked.waiting))
                .fails("answers sealed with a system unasked", n(asked.unasked))
                .last(asked.last),
        ),
        (
            Control::Recordings,
            Measured::default()
                .shows("recordings kept", n(recordings.kept))
                .count("fetched from the telephone system", n(recordings.fetched))
                .shows("disposed of by their own rule", n(recordings.disposed))
                .count("of which it is being asked whether the caller was told", n(recordings.asking))
                .fails("of which that is not on record for a week", n(recordings.untold))
                .last(recordings.last),
        ),
        (
            Control::Media,
            Measured::default()
                .shows("copies of pictures and recordings sealed", n(media.released))
                .count("put into requests with something recorded in them", n(media.found))
                .count("regions and spans of others covered, and read again", n(media.covered))
                .count("given by a decision", n(media.given))
                .fails("neither covered nor decided in a sealed copy", n(media.bare))
                .last(media.last),
        ),
    ]))
}
