//! Access: measuring how fast the gate decides.

pub mod measure;
