//! The store, through its public surface, on both engines. One binary, a module an area.

#[cfg(test)]
mod access;
#[cfg(test)]
mod casebook;
#[cfg(test)]
mod log;
#[cfg(test)]
mod support;
