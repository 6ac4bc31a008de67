//! Rights requests: the file of each, sealed under a key of its own, so that it can outlive or be
//! disposed of apart from the record that it is about.

pub mod checks;
pub mod colleague;
pub mod desk;
pub mod drafts;
pub mod follow;
pub mod items;
pub mod media;
pub mod other;
pub mod pack;
pub mod public;
pub mod reading;
pub mod requests;
