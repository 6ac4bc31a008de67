//! The tests of finding, one module an area.

mod read;
mod threads;
