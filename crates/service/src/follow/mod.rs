//! What the asker of a request does on the public site without an account: sees how it stands, answers, sends
//! papers, withdraws, and collects the answer. The system acts for them, under the proof that key and code gave.

mod collect;
mod desk;
mod looked;
mod papers;
mod receipt;
mod reply;
mod secrets;
mod view;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_store::rights::follow::{Asker, Proof};
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::{SignedDuration, Timestamp};

pub use collect::{Collected, Ticket, collect, offer, ticket};
pub use desk::{AskerSide, asker_side};
pub use looked::looked;
pub use papers::{LARGEST, MOST, NewPaper, Paper, delete_paper, paper, papers};
pub use receipt::{Receipt, receipt};
pub use reply::{answer, send_papers, withdraw};
pub use secrets::{Secrets, of_form};
pub use view::{Followed, LetterLine, Need, Pause, follow};

use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// How long a browser stays proved.
pub const VISIT: SignedDuration = SignedDuration::from_mins(30);
/// How long a key and its code work.
pub(crate) const ACCESS: SignedDuration = SignedDuration::from_hours(24 * 365);

/// What came of showing a key and a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Both are right: this browser may go on.
    Open,
    /// They do not belong together.
    Wrong,
    /// Too many wrong tries.
    Locked {
        /// When to try again; `None` when new ones must be asked for.
        until: Option<Timestamp>,
    },
}

impl Entry {
    pub(crate) const fn closed(proof: &Proof) -> Self {
        match proof {
            Proof::Given(_) => Self::Open,
            Proof::Wrong => Self::Wrong,
            Proof::Locked { until } => Self::Locked { until: *until },
        }
    }
}

/// Looks at a key and a code and, when both are right, remembers the browser with this token's hash for half an
/// hour. Every try leaves an entry in the audit log; five wrong codes lock.
///
/// # Errors
/// What the store answers.
pub fn enter(desk: &Desk<'_>, key: &str, code: &str, token_hash: [u8; 32]) -> Result<Entry> {
    let (key, code) = (secrets::plain(key), secrets::plain(code));
    let until = desk.store.now() + VISIT;
    let proof = desk.store.act(desk.who, Verb::RequestFollow, Purpose::RightsRequest, |tx| {
        let proof = tx.prove_asker(&key, &code)?;
        if let Proof::Given(asker) = &proof {
            tx.open_visit(asker, token_hash, until)?;
        }
        Ok(proof)
    })?;
    Ok(Entry::closed(&proof))
}

/// Forgets the browser: nothing can be seen in it any more.
///
/// # Errors
/// What the store answers.
pub fn leave(desk: &Desk<'_>, token_hash: [u8; 32]) -> Result<()> {
    Ok(desk.store.end_visit(desk.controller(), token_hash)?)
}

/// Gives the asker of a request a new key and code, in place of earlier ones: for a request by letter, telephone
/// or counter, and for whoever has lost theirs. They are shown once and kept nowhere.
///
/// # Errors
/// A refusal of the gate.
pub fn issue(desk: &Desk<'_>, reference: &str) -> Result<Secrets> {
    let secrets = Secrets::from_bytes(&desk.store.fresh_secret());
    let until = desk.store.now() + ACCESS;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.give_access(request.id, &secrets.key, &secrets.code, until)
    })?;
    Ok(secrets)
}

/// Whoever proved it in this browser, if that still holds.
fn asker(desk: &Desk<'_>, token_hash: [u8; 32]) -> Result<Asker> {
    let asker = desk.store.visit(desk.controller(), token_hash)?;
    asker.ok_or(ServiceError::Store(StoreError::NotFound("visit")))
}

/// Runs `work` on the asker's own request.
fn on_own<T>(
    desk: &Desk<'_>,
    verb: Verb,
    asker: &Asker,
    work: impl Fn(&mut Tx<'_>, &Request) -> std::result::Result<T, StoreError>,
) -> Result<T> {
    Ok(desk.store.act(desk.who, verb, Purpose::RightsRequest, |tx| {
        let request = tx.open_followed(asker)?;
        work(tx, &request)
    })?)
}
