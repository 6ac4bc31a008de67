//! The rules, through their public surface. One module an area; `cfg(test)` tells the lints that helpers
//! are tests too.

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
mod law_table;
//! The rules, through their public surface. One module an area.

mod applicability;
mod disclosure;
mod exemptions;
mod law_doc;
mod people;
mod register;
mod retention;
