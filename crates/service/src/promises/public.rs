//! Evidence of the public pages: the last look at the running site, the askers' own way to their requests, and the
//! requests that came by other ways.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use jiff::SignedDuration;

use super::{Found, Measured};
use crate::error::Result;

/// The site is looked at once a day; a look that is older than this does not count.
const FRESH: SignedDuration = SignedDuration::from_hours(50);

pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    let (pages, cookies) = looked_at(store, controller)?;
    let figures = store.public_figures(controller)?;
    let following = Measured::default()
        .shows("requests whose askers have a key", figures.keys)
        .count("papers sent", figures.papers)
        .count("answers collected", figures.collected)
        .due("keys that wrong codes have ended", figures.ended)
        .last(figures.last_key);
    let routing = Measured::default()
        .shows("requests logged for someone", figures.logged)
        .shows("requests passed to another office", figures.passed)
        .count("of all requests, for deletion", figures.erasure)
        .due("mails that nobody has looked at for two days", figures.mail_waiting)
        .last(figures.last_routed);
    Ok(Found::from([
        (Control::PublicPages, pages),
        (Control::Cookies, cookies),
        (Control::Following, following),
        (Control::Routing, routing),
    ]))
}

/// The last look at the running site. One that is old says nothing of today.
fn looked_at(store: &Store, controller: ControllerId) -> Result<(Measured, Measured)> {
    let Some((check, at)) = store.last_site_check(controller)? else { return Ok(Default::default()) };
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    let old = u64::from(store.now().duration_since(at) > FRESH);
    let pages = Measured::default()
        .shows("public pages looked at", number(check.pages))
        .fails("pages that do not answer or name nobody", number(check.without_contacts))
        .due("looks that are older than two days", old)
        .last(Some(at));
    let cookies = Measured::default()
        .shows("pages looked at", number(check.pages))
        .count("kinds of cookie that they set", number(check.cookies))
        .fails("cookies that are not needed", number(check.unknown_cookies))
        .fails("files fetched from other sites", number(check.foreign_files))
        .due("looks that are older than two days", old)
        .last(Some(at));
    Ok((pages, cookies))
}
