//! Evidence from pictures, sound and film: what became of the people in them.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;

use super::{Found, Measured};
use crate::error::Result;

fn n(count: i64) -> u64 {
    count.unsigned_abs()
}

pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    let media = store.media_figures(controller)?;
    Ok(Found::from([(
        Control::Media,
        Measured::default()
            .shows("copies of pictures and recordings sealed", n(media.released))
            .count("put into requests with something recorded in them", n(media.found))
            .count("regions and spans of others covered, and read again", n(media.covered))
            .count("given by a decision", n(media.given))
            .fails("neither covered nor decided in a sealed copy", n(media.bare))
            .last(media.last),
    )]))
}
