//! What the staff pages ask of the use-cases. Each call may block; handlers make it off the async
//! threads. The gate decides inside: a request that is not this person's to see is not found.

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::notices::{self, Layer, Notice};
use counterfoil_service::rights::{
    self, Desk, EventText, PublicRequest, Received, RequestSummary, RequestView,
};
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::store::{Actor, Store, StoreError};
use counterfoil_service::{Result, ServiceError};

use crate::problem::Problem;
use crate::session::blocking;
use crate::site::Site;

/// The most requests that are looked at for the list.
const MOST_LISTED: u32 = 5000;

/// Something that happened to a request on a day.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What, by its spelling.
    pub kind: String,
    /// The day.
    pub on: jiff::civil::Date,
    /// The reason, where the law asks for one.
    pub reason: String,
    /// In words.
    pub note: String,
}

/// The use-cases behind the staff pages: [`Live`], or samples for tests of the pages.
pub trait UseCases: Send + Sync {
    /// The requests that this person may see.
    ///
    /// # Errors
    /// As [`rights::list`].
    fn requests(&self, who: &SignedIn) -> Result<Vec<RequestSummary>>;

    /// One request, by its reference.
    ///
    /// # Errors
    /// As [`rights::show`].
    fn request(&self, who: &SignedIn, reference: &str) -> Result<RequestView>;

    /// Records something that moves a request's clock.
    ///
    /// # Errors
    /// As [`rights::event`].
    fn record_event(&self, who: &SignedIn, reference: &str, event: &NewEvent) -> Result<()>;

    /// Asks for the sources of a request to be searched, in the background.
    ///
    /// # Errors
    /// As [`rights::ask_for`].
    fn search(&self, who: &SignedIn, reference: &str) -> Result<()>;

    /// Puts this person's name to a request as it stands.
    ///
    /// # Errors
    /// As [`rights::approve`].
    fn approve(&self, who: &SignedIn, reference: &str) -> Result<()>;

    /// Takes in a request of the public form; the same form sent twice is one request.
    ///
    /// # Errors
    /// As [`rights::ask`].
    fn ask(&self, asked: &PublicRequest) -> Result<Received>;

    /// A privacy notice, as the register says it today.
    ///
    /// # Errors
    /// As [`notices::today`].
    fn notice(&self, layer: &Layer, language: &str) -> Result<Notice>;

    /// Whether the site's data can be read: the health check.
    fn healthy(&self) -> bool;
}

/// The use-cases over the store of one organisation.
#[derive(Debug, Clone)]
pub struct Live {
    /// The store.
    pub store: Store,
    /// The organisation.
    pub controller: ControllerId,
    /// The bank holidays.
    pub calendar: Calendar,
    /// The open points of the law, as the organisation has set them.
    pub law: ClockConfig,
    /// The channels by which people write to it.
    pub channels: Channels,
}

impl Live {
    /// Runs a use-case as this person, whose session has its second factor.
    pub(crate) fn act<T>(&self, who: &SignedIn, work: impl FnOnce(&Desk<'_>) -> Result<T>) -> Result<T> {
        let who = Actor::Staff(self.store.actor(self.controller, who.staff, true)?);
        work(&Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law })
    }

    /// Runs a use-case as the system itself.
    pub(crate) fn act_as_public<T>(&self, work: impl FnOnce(&Desk<'_>) -> Result<T>) -> Result<T> {
        let who = Actor::Automation { controller: self.controller };
        work(&Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law })
    }
}

impl UseCases for Live {
    fn requests(&self, who: &SignedIn) -> Result<Vec<RequestSummary>> {
        self.act(who, |desk| rights::list(desk, MOST_LISTED))
    }

    fn request(&self, who: &SignedIn, reference: &str) -> Result<RequestView> {
        self.act(who, |desk| rights::show(desk, reference))
    }

    fn ask(&self, asked: &PublicRequest) -> Result<Received> {
        self.act_as_public(|desk| rights::ask(desk, asked))
    }

    fn notice(&self, layer: &Layer, language: &str) -> Result<Notice> {
        notices::today(&self.store, self.controller, layer, language)
    }

    fn record_event(&self, who: &SignedIn, reference: &str, event: &NewEvent) -> Result<()> {
        let text = EventText { reason: event.reason.clone(), note: event.note.clone() };
        self.act(who, |desk| rights::event(desk, reference, &event.kind, event.on, &text).map(|_| ()))
    }

    fn search(&self, who: &SignedIn, reference: &str) -> Result<()> {
        self.act(who, |desk| rights::ask_for(desk, reference, rights::Work::Search, &[]))
    }

    fn approve(&self, who: &SignedIn, reference: &str) -> Result<()> {
        self.act(who, |desk| rights::approve(desk, reference).map(|_| ()))
    }

    fn healthy(&self) -> bool {
        self.store.controller(self.controller).is_ok()
    }
}

/// Runs a use-case of the live organisation as this person, off the async threads. The outer error is a fault or
/// a site without data; the inner one is the use-case's own.
///
/// # Errors
/// [`Problem::NotFound`] for a site without data, [`Problem::Fault`].
pub async fn as_staff<T: Send + 'static>(
    site: &Site,
    who: &SignedIn,
    work: impl FnOnce(&Desk<'_>) -> Result<T> + Send + 'static,
) -> std::result::Result<Result<T>, Problem> {
    let live = site.live().ok_or(Problem::NotFound)?;
    let who = who.clone();
    blocking(move || live.act(&who, work)).await
}

/// As [`as_staff`], for the system itself: what the public pages may do.
///
/// # Errors
/// As [`as_staff`].
pub async fn as_public<T: Send + 'static>(
    site: &Site,
    work: impl FnOnce(&Desk<'_>) -> Result<T> + Send + 'static,
) -> std::result::Result<Result<T>, Problem> {
    let live = site.live().ok_or(Problem::NotFound)?;
    blocking(move || live.act_as_public(work)).await
}

/// Whether the answer is that there is no such thing, or none that this person may know of.
pub(crate) const fn is_not_found(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(StoreError::NotFound(_)))
}

/// Whether the gate refused.
pub(crate) const fn is_forbidden(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(StoreError::Refused { .. }))
}
