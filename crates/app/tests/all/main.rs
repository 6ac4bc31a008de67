//! The executable, as people and programs run it.

#[cfg(test)]
mod clock;
