//! What the staff pages ask of the use-cases. Each call may block; handlers make it off the async
//! threads. The gate decides inside: a request that is not this person's to see is not found.

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::notices::{self, Layer, Notice};
use counterfoil_service::rights::{self, Desk, PublicRequest, Received, RequestSummary, RequestView};
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::store::{Actor, Store, StoreError};
use counterfoil_service::{Result, ServiceError};

/// The most requests that the list shows.
const MOST_LISTED: u32 = 200;

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
}

impl Live {
    /// Runs a use-case as this person, whose session has its second factor.
    fn act<T>(&self, who: &SignedIn, work: impl FnOnce(&Desk<'_>) -> Result<T>) -> Result<T> {
        let who = Actor::Staff(self.store.actor(self.controller, who.staff, true)?);
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
        let who = Actor::Automation { controller: self.controller };
        rights::ask(&Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law }, asked)
    }

    fn notice(&self, layer: &Layer, language: &str) -> Result<Notice> {
        notices::today(&self.store, self.controller, layer, language)
    }

    fn healthy(&self) -> bool {
        self.store.controller(self.controller).is_ok()
    }
}

/// Whether the answer is that there is no such thing, or none that this person may know of.
pub(crate) const fn is_not_found(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(StoreError::NotFound(_)))
}
