//! The rules, through their public surface. One module an area; `cfg(test)` tells the lints that helpers
//! are tests too.

#[cfg(test)]
mod answerable;
#[cfg(test)]
mod applicability;
#[cfg(test)]
mod asker;
#[cfg(test)]
mod assessments;
#[cfg(test)]
mod clock_anomalies;
#[cfg(test)]
mod clock_breach;
#[cfg(test)]
mod clock_calendar;
#[cfg(test)]
mod clock_config;
#[cfg(test)]
mod clock_days;
#[cfg(test)]
mod clock_information;
#[cfg(test)]
mod clock_months;
#[cfg(test)]
mod clock_properties;
#[cfg(test)]
mod clock_refusals;
#[cfg(test)]
mod clock_support;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod disclosure;
#[cfg(test)]
mod exemptions;
#[cfg(test)]
mod filing;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod law_doc;
#[cfg(test)]
mod law_table;
#[cfg(test)]
mod people;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod recognise;
#[cfg(test)]
mod register;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod statistics;
