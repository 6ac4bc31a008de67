//! The integration tests of `finding`, one module an area.

#[cfg(test)]
mod cast;
#[cfg(test)]
mod detect;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod ner;
#[cfg(test)]
mod normalise;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod read;
#[cfg(test)]
mod redact;
#[cfg(test)]
mod sheets;
#[cfg(test)]
mod threads;
#[cfg(test)]
mod verify;
