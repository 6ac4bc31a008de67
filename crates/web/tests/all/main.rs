//! The site through its public surface; `cfg(test)` tells the lints that helpers are tests too.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod careful;
#[cfg(test)]
mod content;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod following;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod live;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod support;
#[cfg(test)]
mod ways;
