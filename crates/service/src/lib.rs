//! The use-cases: one public function per thing that a person does.
#![warn(missing_docs)]

pub mod sign_in;
