//! Rights requests: receive, identify, search, review, decide, approve, seal, release.
//!
//! Each function is one thing that an officer does; each opens its own transaction and leaves its own
//! audit entries. The rules (clocks, exemptions, who may do what) are in `domain` and the policies.

mod answer;
mod approve;
mod ask;
mod cast;
mod check;
mod choice;
mod drafts;
pub mod figures;
mod jobs;
mod known;
mod letter;
mod log;
pub mod other;
mod own;
mod pack;
mod plan;
mod prepare;
mod reading;
mod receive;
mod regions;
mod release;
mod review;
mod seal;
mod search;
mod show;
mod shown;
pub mod sources;
mod turn;
mod workbench;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::ControllerId;
use counterfoil_store::access::Actor;
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{Store, StoreError, Terms, Tx};

pub(crate) use answer::{clocked, clocked_dates, provisional, read as read_clock};
pub use approve::{Approved, approve};
pub(crate) use ask::front_office;
pub(crate) use ask::id_of as id_of_form;
pub use ask::{PublicRequest, ask, offices};
pub use cast::{CastMember, REQUESTER, ROLES};
pub use check::{CheckLine, SecondLook, check_decision, note, second_look};
pub use choice::{Choice, Decided, Fate, Ground, Spot, decide, undo};
pub use counterfoil_store::rights::requests::{EventText, RequestText};
pub use drafts::{forget_form, new_link, save_form, saved_form};
pub use jobs::{Work, WorkState, Worker, ask_for, work_states};
pub use known::{candidates, sought_of};
pub(crate) use log::prepared;
pub use log::{CHANNELS, log, pass};
pub use prepare::prepare;
pub use receive::{Received, Reception, event, event_kinds, identify, officers_events, receive};
pub use release::{Released, offer, release, release_archive};
pub use review::{ItemReview, PersonMentions, Review, review};
pub use seal::{Sealed, seal};
pub use search::{FolderSource, Searched, search, waive};
pub(crate) use search::{media_type, readable_text, reading_limits};
pub use show::{PauseLine, RequestSummary, RequestView, SourceLine, list, show};
pub use shown::{RegionLine, recording};
pub use turn::{BoxOnPage, Line, Mark, Piece, TurnedPage, page_image, part_from, turn_to};
pub use workbench::{
    Bench, BenchItem, BenchPerson, DecisionLine, LooseString, NoteLine, Suggestion, UsedGround, bench,
    used_grounds,
};

use crate::error::Result;

/// What every use-case of a request needs.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who acts.
    pub who: &'a Actor,
    /// The bank holidays.
    pub calendar: &'a Calendar,
    /// The open points of the law, as the organisation has set them.
    pub law: &'a ClockConfig,
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk<'_> {
    /// The organisation that the actor works for.
    #[must_use]
    pub const fn controller(&self) -> ControllerId {
        self.who.controller()
    }

    /// Today in the United Kingdom: a day ends at midnight there, not in UTC.
    pub(crate) fn today(&self) -> Result<jiff::civil::Date> {
        today_at(self.store)
    }

    /// Runs `work` on the request with this reference, opened by `verb`.
    pub(crate) fn on_request<T>(
        &self,
        verb: Verb,
        reference: &str,
        terms: &Terms,
        work: impl Fn(&mut Tx<'_>, &Request) -> std::result::Result<T, StoreError>,
    ) -> Result<T> {
        let done = self.store.act(self.who, verb, Purpose::RightsRequest, |tx| {
            let id = tx.request_by_reference(reference)?;
            let request = tx.open_request(id, terms)?;
            work(tx, &request)
        })?;
        Ok(done)
    }
}

/// Today in the United Kingdom, by the store's clock.
pub(crate) fn today_at(store: &Store) -> Result<jiff::civil::Date> {
    let zone = jiff::tz::TimeZone::get("Europe/London")
        .map_err(|_| crate::ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))?;
    Ok(store.now().to_zoned(zone).date())
}
