//! The site through its public surface.

mod content;
mod doors;
mod signing_in;
mod support;
