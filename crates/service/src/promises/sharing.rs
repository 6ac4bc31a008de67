//! Evidence from sharing: permissions, referrals, disclosures, marketing, figures, research.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_domain::sharing::marketing::{MarketingChannel, may_market};
use counterfoil_domain::sharing::permission::{ConsentPurpose, Permission, PermissionKind, Wording};
use counterfoil_domain::sharing::statistics::{Protection, Table, Unit};
use counterfoil_store::Store;
use jiff::civil::Date;

use super::{Found, Measured};
use crate::error::Result;

pub(super) fn measure(store: &Store, controller: ControllerId, on: Date) -> Result<Found> {
    let f = store.sharing_figures(controller, on)?;
    let consents = Measured::default()
        .shows("consents on record", f.consents.number)
        .count("run out within thirty days", f.expiring)
        .count("withdrawn", f.withdrawn.number)
        .fails("relied on after they were withdrawn", f.relied_on_withdrawn)
        .fails("still waiting on a withdrawn one", f.waiting_on_withdrawn)
        .last(f.consents.at.max(f.withdrawn.at));
    let authorities = Measured::default()
        .shows("authorities to act on record", f.authorities.number)
        .fails("relied on after they were withdrawn", f.relied_on_withdrawn)
        .last(f.authorities.at);
    let referrals = Measured::default()
        .shows("referrals sent", f.referrals.number)
        .fails("sent without a consent or a copy on record", f.referrals_bare)
        .last(f.referrals.at);
    let disclosures = Measured::default()
        .shows("disclosures sent", f.disclosures.number)
        .count("attempts refused", f.refused.number)
        .fails("sent without an authoriser or a copy", f.disclosures_bare)
        .fails("without a word on telling the person", f.telling_unknown)
        .due("the person is still to be told, and the day has passed", f.untold)
        .last(f.disclosures.at);
    let marketing = Measured::default()
        .shows("stops kept", f.stops.number)
        .shows("consents on record", f.marketing.number)
        .fails("stops that do not stop", u64::from(!stops_hold(on)))
        .last(f.stops.at.max(f.marketing.at));
    let statistics = Measured::default()
        .shows("releases", f.releases.number)
        .fails("released with a threshold below three", f.releases_loose)
        .fails("small numbers that are shown", u64::from(!few_are_hidden()))
        .last(f.releases.at);
    let research = Measured::default()
        .shows("extracts", f.extracts.number)
        .fails("extracts with a group below three", f.extracts_loose)
        .fails("people found by one person alone", f.reidentified_alone)
        .last(f.extracts.at);
    Ok(Found::from([
        (Control::Consents, consents),
        (Control::Authorities, authorities),
        (Control::Referrals, referrals),
        (Control::Disclosures, disclosures),
        (Control::Marketing, marketing),
        (Control::Statistics, statistics),
        (Control::Research, research),
    ]))
}

/// A trial: a stop stands against the best of consents.
fn stops_hold(on: Date) -> bool {
    let wording = Wording { version: 1, oldest: 1, months: 12 };
    let consent = Permission {
        kind: PermissionKind::Consent,
        purpose: Some(ConsentPurpose::Marketing),
        parties: Vec::new(),
        fields: MarketingChannel::ALL.iter().map(|c| c.code().to_owned()).collect(),
        version: 1,
        given_on: on,
        until: None,
        withdrawn: false,
    };
    MarketingChannel::ALL
        .iter()
        .all(|c| may_market(std::slice::from_ref(&consent), &wording, MarketingChannel::ALL, *c, on).is_err())
}

/// A trial: one case of one person is shown nowhere.
fn few_are_hidden() -> bool {
    let shown = Table::tally([Unit { values: vec!["a".to_owned()], person: [1; 16] }]);
    shown.protect(Protection::default()).values().all(Option::is_none)
}
