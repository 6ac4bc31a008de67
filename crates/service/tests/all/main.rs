//! The use-cases through their public surface; `cfg(test)` tells the lints that helpers are tests too.

#[cfg(test)]
mod binding;
#[cfg(test)]
mod book;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod intake_office;
#[cfg(test)]
mod media;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod places;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod promises_book;
#[cfg(test)]
mod promises_care;
#[cfg(test)]
mod promises_demo;
#[cfg(test)]
mod promises_intake;
#[cfg(test)]
mod promises_marks;
#[cfg(test)]
mod promises_public;
#[cfg(test)]
mod promises_retention;
#[cfg(test)]
mod promises_rights;
#[cfg(test)]
mod promises_sharing;
#[cfg(test)]
mod public;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod register;
#[cfg(test)]
mod release;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod review;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod rights_after;
#[cfg(test)]
mod ropa;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod story;
#[cfg(test)]
mod withdrawal;
