//! The store, through its public surface, on both engines. One binary, a module an area.

#[cfg(test)]
mod access;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod book;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod casebook;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod log;
#[cfg(test)]
mod many;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod support;
