//! The use-cases through their public surface.

mod sign_in;
