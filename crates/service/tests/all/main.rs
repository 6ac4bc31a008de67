//! The use-cases through their public surface; `cfg(test)` tells the lints that helpers are tests too.

#[cfg(test)]
mod register;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod story;
