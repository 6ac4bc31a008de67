//! The casebook's rules.

pub mod adherence;
pub mod code;
pub mod identity;
pub mod note;
pub mod odd;
pub mod quality;
pub mod review;
pub mod source;
pub mod words;
