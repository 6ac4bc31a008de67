//! Sharing through its use-cases, on both engines: what is permitted happens, what is not is refused and written
//! down, and there is no way round.

mod disclosing;
mod figures;
pub mod house;
mod merging;
pub mod minimising;
mod permitting;
mod race;
mod referring;
mod research;
