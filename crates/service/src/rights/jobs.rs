//! Work in the background: searching, preparing the review and sealing take minutes for a large request. The
//! officer's press of a button is a row of the job table; a worker does it in the officer's name, so that the gate
//! decides and the log names them.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use counterfoil_domain::access::Verb;
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::StaffId;
use counterfoil_store::access::Actor;
use counterfoil_store::jobs::{Job, Progress};
use counterfoil_store::{Store, StoreError, Terms};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Desk, FolderSource, approve, prepare, seal, search};
use crate::error::{Result, ServiceError};

/// What runs in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Searching the sources, reading what they give, and finding the people in it.
    Search,
    /// Reading what was not read, and counting anew.
    Prepare,
    /// Building, verifying and sealing the pack.
    Seal,
}

impl Work {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Search, Self::Prepare, Self::Seal];

    /// The name of the kind in the job table.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Search => "request-search",
            Self::Prepare => "request-prepare",
            Self::Seal => "request-seal",
        }
    }

    const fn verb(self) -> Verb {
        match self {
            Self::Search => Verb::RequestSearch,
            Self::Prepare => Verb::RequestReview,
            Self::Seal => Verb::RequestSeal,
        }
    }
}

/// What a worker needs to know; sealed under the request's key.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    reference: String,
    staff: StaffBytes,
    /// Name and folder of each folder to be searched.
    folders: Vec<(String, String)>,
}

type StaffBytes = [u8; 16];

/// How far a piece of work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkState {
    /// Which.
    pub work: Work,
    /// `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all; 0 when not known yet.
    pub total: i64,
    /// Why it failed, or will be tried again.
    pub why: String,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
}

impl WorkState {
    fn new(work: Work, progress: Progress) -> Self {
        let Progress { state, done, total, why, finished_at, attempts } = progress;
        Self { work, state, done, total, why, finished_at, attempts }
    }

    /// Whether it is still to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "running")
    }
}

/// Asks for a piece of work; pressed twice, it is done once. What can be refused now is refused now.
///
/// # Errors
/// [`ServiceError::NotReady`] naming what must come first; a refusal of the gate.
pub fn ask_for(desk: &Desk<'_>, reference: &str, work: Work, folders: &[FolderSource]) -> Result<()> {
    let staff = desk.who.staff().map(|s| s.staff).ok_or(StoreError::NotFound("staff account"))?;
    let terms = match work {
        Work::Search => {
            search::ready(desk, reference)?;
            Terms::default()
        }
        Work::Prepare => Terms::default(),
        Work::Seal => approve::terms_of_seal(desk, reference)?,
    };
    let folders = folders.iter().map(|f| (f.name.clone(), f.folder.display().to_string())).collect();
    let order = Order { reference: reference.to_owned(), staff: *staff.as_bytes(), folders };
    desk.on_request(work.verb(), reference, &terms, |tx, request| {
        tx.queue_for(request, work.kind(), &order).map(|_| ())
    })
}

/// How far the work of a request is: the last of each kind.
///
/// # Errors
/// A refusal of the gate.
pub fn work_states(desk: &Desk<'_>, reference: &str) -> Result<Vec<WorkState>> {
    desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        let mut states = Vec::new();
        for work in Work::ALL {
            if let Some((_, progress)) = tx.job_of(request, work.kind())? {
                states.push(WorkState::new(work, progress));
            }
        }
        Ok(states)
    })
}

/// How long a worker has a job before another may take it up. It says that it is alive well before.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// How often a worker says that it is alive.
const ALIVE: Duration = Duration::from_secs(30);

/// The least time between two reports.
const REPORT: Duration = Duration::from_millis(400);

/// What a worker works with.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The store.
    pub store: Store,
    /// The bank holidays.
    pub calendar: Calendar,
    /// The open points of the law.
    pub law: ClockConfig,
}

impl Worker {
    /// Does one job that waits; gives what became of it, or nothing when none waits.
    ///
    /// # Errors
    /// When the job table cannot be read or written; what is wrong with a job itself is noted with it.
    pub fn one(&self) -> Result<Option<std::result::Result<(), String>>> {
        let kinds: Vec<&str> = Work::ALL.iter().map(|w| w.kind()).collect();
        let Some(job) = self.store.claim_job_of(None, &kinds, LEASE)? else { return Ok(None) };
        let outcome = self.carry_out(&job);
        let said = match &outcome {
            Ok(()) => {
                self.store.end_job(&job, Ok(()))?;
                Ok(())
            }
            Err(e) if e.is_refusal() || matches!(e, ServiceError::Unsafe { .. }) => {
                self.store.fail_job(&job, &e.to_string())?;
                Err(e.to_string())
            }
            Err(e) => {
                self.store.end_job(&job, Err(&e.to_string()))?;
                Err(e.to_string())
            }
        };
        Ok(Some(said))
    }

    fn carry_out(&self, job: &Job) -> Result<()> {
        let order: Order = self.store.job_payload(job)?;
        let staff = StaffId::from_bytes(order.staff);
        // Whoever pressed the button had given a second factor; what they may do is asked again now.
        let who = Actor::Staff(self.store.actor(job.controller, staff, true)?);
        let desk = Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law };
        let report = Report { store: &self.store, job, steps: Mutex::default(), told: Condvar::new() };
        std::thread::scope(|scope| {
            scope.spawn(|| report.keep_alive());
            // Dropped in a panic as well: the scope would wait for the thread for ever.
            let _over = Over(&report);
            order.carry_out(&desk, &job.kind, &report)
        })
    }
}

/// Tells the thread that says that the worker is alive that the work is over.
struct Over<'o>(&'o Report<'o>);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.steps.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.0.told.notify_all();
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Steps {
    done: i64,
    total: i64,
    over: bool,
}

impl Order {
    fn carry_out(&self, desk: &Desk<'_>, kind: &str, report: &Report<'_>) -> Result<()> {
        let reference = self.reference.as_str();
        let last = Cell::new(None);
        let at = |done: usize, total: usize| {
            let now = desk.store.now();
            let recent =
                last.get().is_some_and(|last: Timestamp| now.duration_since(last).unsigned_abs() < REPORT);
            if !recent || done >= total {
                last.set(Some(now));
                report.at(done, total);
            }
        };
        match Work::ALL.into_iter().find(|w| w.kind() == kind) {
            Some(Work::Search) => {
                let folder = |(name, folder): &(String, String)| FolderSource {
                    name: name.clone(),
                    folder: folder.into(),
                };
                let folders: Vec<FolderSource> = self.folders.iter().map(folder).collect();
                search(desk, reference, &folders, &|_, done, total| at(done, total)).map(|_| ())
            }
            Some(Work::Prepare) => prepare(desk, reference, &at),
            Some(Work::Seal) => seal(desk, reference, &at).map(|_| ()),
            None => Err(ServiceError::Invalid(format!("`{kind}` is not work that this program knows"))),
        }
    }
}

/// Writes down how far a job is, and now and then that it is still being worked at: one step may take long.
struct Report<'r> {
    store: &'r Store,
    job: &'r Job,
    steps: Mutex<Steps>,
    told: Condvar,
}

impl Report<'_> {
    fn at(&self, done: usize, total: usize) {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let now = Steps { done: number(done), total: number(total), over: false };
        *self.steps.lock().unwrap_or_else(PoisonError::into_inner) = now;
        self.tell(now);
    }

    fn tell(&self, now: Steps) {
        // A report that fails is made at the next step; the work itself says what is wrong with the store.
        if let Err(error) = self.store.job_progress(self.job, now.done, now.total, LEASE) {
            tracing::warn!(%error, "how far a job is could not be written down");
        }
    }

    /// Until the work is over.
    fn keep_alive(&self) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        while !steps.over {
            let (held, waited) = self
                .told
                .wait_timeout_while(steps, ALIVE, |steps| !steps.over)
                .unwrap_or_else(PoisonError::into_inner);
            let now = *held;
            drop(held);
            if waited.timed_out() {
                self.tell(now);
            }
            steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        }
    }
}
