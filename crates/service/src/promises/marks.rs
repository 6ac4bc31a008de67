//! Evidence from what records say about themselves: who is answerable, by the letters that name them.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use counterfoil_store::assurance::marks::MarkFigures;

use super::{Found, Measured, size};
use crate::error::Result;
use crate::register::Register;

pub(super) fn measure(store: &Store, controller: ControllerId, register: Option<&Register>) -> Result<Found> {
    let f = store.mark_figures(controller)?;
    Ok(Found::from([
        (Control::Answerable, answerable(store, controller, register, &f)?),
        (Control::Listed, listed(register, &f)),
        (Control::OwnSources, own_sources(&f)),
    ]))
}

/// The details of people state their source. Records of before, and what was taken in without, wait.
fn own_sources(f: &MarkFigures) -> Measured {
    let (due, failing) = if f.unsourced > f.sourced { (0, f.unsourced) } else { (f.unsourced, 0) };
    Measured::default()
        .shows("people whose details all state their source", f.sourced)
        .due("people with a detail that does not", due)
        .fails("people with a detail that does not, and they are more than the others", failing)
        .due("people recorded before sources were kept", f.uncounted)
        .last(f.last_sourced)
}

/// Every recipient is an entry with its category; one that is not waits to be mended.
fn listed(register: Option<&Register>, f: &MarkFigures) -> Measured {
    let recipients = register.map(|r| r.part.recipient.as_slice()).unwrap_or_default();
    let bare = recipients.iter().filter(|r| r.category.is_none()).map(|r| r.id.clone()).collect();
    let unlisted: u64 = f.unlisted.iter().map(|(_, n)| n).sum();
    // A name on record without its entry is allowed with a reason. That most are would be no directory.
    let (due, failing) = if unlisted * 2 > f.named.0 { (0, unlisted) } else { (unlisted, 0) };
    let areas = f.unlisted.iter().filter(|(_, n)| *n > 0).map(|(area, _)| (*area).to_owned());
    let mut measured = Measured::default()
        .shows("authorities, disclosures and tellings", f.named.0)
        .count("entries of the directory", size(recipients.len()))
        .due("that name a recipient the directory does not have, to be mended", due)
        .fails("that name one, and they are more than half", failing)
        .fails_in("entries without a category", bare)
        .last(f.named.1);
    measured.records.extend(areas);
    measured
}

/// Each letter and pack names who is answerable, and every office has its controller on the register.
fn answerable(
    store: &Store,
    controller: ControllerId,
    register: Option<&Register>,
    f: &MarkFigures,
) -> Result<Measured> {
    let known = |id: &str| register.is_some_and(|r| r.controller(id).is_some());
    let first = register.and_then(|r| r.part.controller.first()).map_or("", |c| c.id.as_str());
    let count = |counts: &dyn Fn(&[&str]) -> bool| -> u64 {
        let of = |(ids, n): &(String, u64)| {
            let ids: Vec<&str> = ids.split_whitespace().collect();
            if counts(&ids) { *n } else { 0 }
        };
        f.answerable.iter().map(of).sum()
    };
    let astray = match register.filter(|r| r.offices_answer()) {
        Some(register) => {
            let offices = store.offices(controller)?;
            offices
                .into_iter()
                .map(|o| o.name)
                .filter(|n| register.controller_of_office(n).is_none())
                .collect()
        }
        None => Vec::new(),
    };
    Ok(Measured::default()
        .shows("letters and packs that name who is answerable", count(&|ids| !ids.is_empty()))
        .count(
            "of these a local office without the national body",
            count(&|ids| !ids.is_empty() && !ids.contains(&first)),
        )
        .fails("letters and packs that name nobody", count(&|ids| ids.is_empty()))
        .due(
            "that name a controller which is no longer on the register",
            count(&|ids| ids.iter().any(|id| !known(id))),
        )
        .fails_in("offices that have no controller on the register", astray)
        .last(f.last_answerable))
}
