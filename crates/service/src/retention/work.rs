//! What happens without anyone asking: looking once a day, and carrying out what two people approved.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::ControllerId;
use counterfoil_store::Store;
use counterfoil_store::access::Actor;
use counterfoil_store::retention::dispose::Disposed;
use counterfoil_store::retention::runs::Run;
use jiff::SignedDuration;

use super::certificate;
use crate::error::Result;

/// The system looks again after this long.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(20);
/// How many items one round carries out at most: the log must be signed in between.
const MOST: u32 = 200;

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Items that are gone.
    pub disposed: usize,
    /// Items that were left alone.
    pub left: usize,
    /// Runs that were finished.
    pub finished: usize,
}

/// One round for one organisation: looks when a day has passed, and carries out approved runs. Dying in between
/// loses nothing: the next round goes on with the items that wait.
///
/// # Errors
/// What the database answers.
pub fn upkeep(store: &Store, controller: ControllerId) -> Result<Carried> {
    let looked = store.last_look(controller)?;
    if looked.is_none_or(|at| store.now().duration_since(at) >= LOOK_EVERY) {
        super::look(store, controller)?;
    }
    carry_out(store, controller, MOST)
}

/// Carries out approved runs, at most so many items, each in an act of its own.
///
/// # Errors
/// What the database answers.
pub fn carry_out(store: &Store, controller: ControllerId, most: u32) -> Result<Carried> {
    let mut carried = Carried::default();
    for run in store.approved_runs(controller)? {
        let left = most.saturating_sub(u32::try_from(carried.disposed + carried.left).unwrap_or(u32::MAX));
        if run.destroys() {
            carry(store, controller, &run, left, &mut carried)?;
        }
        if store.waiting_items(controller, run.id, 1)?.is_empty() {
            finish(store, controller, &run)?;
            carried.finished += 1;
        }
    }
    Ok(carried)
}

fn carry(store: &Store, controller: ControllerId, run: &Run, most: u32, carried: &mut Carried) -> Result<()> {
    let system = Actor::Automation { controller };
    for number in store.waiting_items(controller, run.id, most)? {
        let done =
            store.act(&system, Verb::DisposalExecute, Purpose::Disposal, |tx| tx.dispose(run, number))?;
        match done {
            Disposed::Gone(_) => carried.disposed += 1,
            Disposed::Left(_) => carried.left += 1,
            Disposed::Over => {}
        }
    }
    Ok(())
}

/// Clears what the engine still holds, then signs: a certificate says nothing that is not so.
fn finish(store: &Store, controller: ControllerId, run: &Run) -> Result<()> {
    store.scrub_after_disposal()?;
    let signed = certificate::sign(store, controller, run)?;
    let system = Actor::Automation { controller };
    store.act(&system, Verb::DisposalExecute, Purpose::Disposal, |tx| tx.finish_run(run, &signed))?;
    Ok(())
}
