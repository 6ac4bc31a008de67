//! Retention: what is past its time, who may let it go, and its disposal.

pub mod dates;
pub mod dispose;
pub mod figures;
pub mod find;
pub mod holdings;
pub mod holds;
mod replay;
pub mod runs;
