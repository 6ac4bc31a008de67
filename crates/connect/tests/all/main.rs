//! Connected systems through their public doors, on both engines.

#[cfg(test)]
mod bed;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod checking;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod masks;
#[cfg(test)]
mod measuring;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod planning;
