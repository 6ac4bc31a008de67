//! What is kept of the rights other than access, and of complaints.
//!
//! Two groups of rows. [`lines`] hang on a request, are sealed under the request's key and outlive the person's
//! record: they are the evidence that the request was answered. [`people`] hang on a person, are sealed under the
//! person's key and go with the person's erasure. [`suppression`] names nobody at all.

pub mod complaint_file;
pub mod figures;
pub mod lines;
pub mod people;
pub mod suppression;
pub mod texts;
