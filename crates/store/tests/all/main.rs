//! The store, through its public surface, on both engines. One binary, a module an area.

#[cfg(test)]
mod access;
#[cfg(test)]
mod casebook;
#[cfg(test)]
mod log;
mod rights;
#[cfg(test)]
mod support;
