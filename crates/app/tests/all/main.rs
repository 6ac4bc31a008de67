//! The executable, as people and programs run it.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod full;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod register;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod upkeep;
