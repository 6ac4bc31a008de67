//! The use-cases through their public surface; `cfg(test)` tells the lints that helpers are tests too.

#[cfg(test)]
mod binding;
#[cfg(test)]
mod book;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod promises_book;
#[cfg(test)]
mod register;
#[cfg(test)]
mod ropa;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod story;
