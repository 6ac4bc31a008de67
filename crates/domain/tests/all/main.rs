//! The rules, through their public surface. One module an area.

mod applicability;
mod disclosure;
mod exemptions;
mod law_doc;
mod people;
mod register;
mod retention;
