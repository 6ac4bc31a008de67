//! The audit log's core against an independent, naive implementation straight from the RFC's text.

mod entries;
mod exports;
mod files;
mod merkle;
mod naive;
mod notes;
mod witnesses;
