//! What must happen without anyone asking: number and sign the audit log, have it cosigned, scrub what
//! erasures left in the database's pages, look for what is past its time and carry out approved disposals.

use counterfoil_store::Store;
use counterfoil_store::log::key::VerifierKey;
use counterfoil_store::log::witness_client::Reply;

use crate::error::Result;

/// Delivers a request body to a witness and gives its answer, or why it could not.
pub type Post = Box<dyn Fn(&str) -> std::result::Result<Reply, String> + Send + Sync>;

/// A witness of the audit log: another office, the national body, a folder on other media.
pub struct Witness {
    /// The witness's key, under whose name its cosignatures are kept.
    pub key: VerifierKey,
    /// How it is reached.
    pub post: Post,
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").field("key", &self.key.name()).finish_non_exhaustive()
    }
}

/// What one round did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Round {
    /// Organisations whose log has a checkpoint of its present size.
    pub signed: usize,
    /// Checkpoints that a witness vouches for.
    pub cosigned: usize,
    /// Erasures whose pages were scrubbed.
    pub scrubbed: usize,
    /// Records that were disposed of.
    pub disposed: usize,
    /// What did not work; the rest of the round went on. Without personal data.
    pub troubles: Vec<String>,
}

/// One round over every organisation of the installation. Running it twice changes nothing more.
///
/// # Errors
/// Only when the list of organisations cannot be read; every other trouble is in [`Round::troubles`].
pub fn round(store: &Store, witnesses: &[Witness]) -> Result<Round> {
    let mut done = Round::default();
    for controller in store.controllers()? {
        match crate::retention::upkeep(store, controller.id) {
            Ok(carried) => done.disposed += carried.disposed,
            Err(e) => done.troubles.push(format!("retention was not looked after: {e}")),
        }
        match store.checkpoint(controller.id) {
            Ok(_) => done.signed += 1,
            Err(e) => done.troubles.push(format!("the checkpoint was not signed: {e}")),
        }
        for witness in witnesses {
            match store.ask_witness(controller.id, &witness.key, &witness.post) {
                Ok(size) => done.cosigned += usize::from(size.is_some()),
                Err(e) => done.troubles.push(e.to_string()),
            }
        }
    }
    match store.waits_for_scrub().and_then(|waits| if waits { store.scrub() } else { Ok(0) }) {
        Ok(n) => done.scrubbed = n,
        Err(e) => done.troubles.push(format!("an erasure was not scrubbed: {e}")),
    }
    Ok(done)
}
