//! Which promises there are, and what keeps each. A promise is `whole` only when the product does all of it.

use super::Control as K;
use super::{Control, Owner, Promise};

const fn network(id: &'static str, whole: bool, controls: &'static [Control]) -> Promise {
    Promise { id, owner: Owner::AdviceNetwork, whole, controls }
}

const fn council(id: &'static str, whole: bool, controls: &'static [Control]) -> Promise {
    Promise { id, owner: Owner::Council, whole, controls }
}

/// Every promise, once.
pub const PROMISES: &[Promise] = &[
    network("N1", true, &[K::Joint, K::Notices, K::Answerable]),
    network("N2", true, &[K::Systems, K::Agreements]),
    network("N3", true, &[K::Gate, K::GoodReason]),
    network("N4", true, &[K::Gate, K::AuditLog, K::OddReview]),
    network("N5", true, &[K::Protection, K::FollowUp, K::Statistics]),
    network("N6", true, &[K::Notices]),
    network("N7", true, &[K::Authorities, K::Disclosures]),
    network("N8", true, &[K::Sealing, K::AuditLog, K::Versions]),
    network("N9", true, &[K::Forms, K::Enquiries]),
    network("N10", true, &[K::Forms, K::Drain]),
    network("N11", true, &[K::Texts]),
    network("N12", true, &[K::Chat, K::Drain]),
    network("N13", true, &[K::Consents, K::Referrals]),
    network("N14", true, &[K::Warnings, K::Drain]),
    network("N15", true, &[K::Adherence, K::Training, K::AdherenceDates]),
    network("N16", true, &[K::PublicPages, K::Following]),
    network(
        "N17",
        true,
        &[
            K::RequestClocks,
            K::Packs,
            K::Erasure,
            K::Corrections,
            K::RestrictionTold,
            K::Stops,
            K::Portability,
        ],
    ),
    network("N18", true, &[K::Routing]),
    network("N19", true, &[K::Disclosures]),
    network("N20", true, &[K::Recipients, K::Listed]),
    network("N21", true, &[K::Bases, K::Interests]),
    network("N22", true, &[K::Conditions, K::SpecialAdvice]),
    network("N23", true, &[K::Conditions, K::SpecialSupport]),
    network("N24", true, &[K::Applicability]),
    network("N25", true, &[K::RequestClocks, K::Contacts, K::Complaints]),
    network("N26", true, &[K::Statistics, K::Research]),
    council("C1", true, &[K::Contacts]),
    council("C2", true, &[K::Notices]),
    council("C3", false, &[K::Conditions]),
    council("C4", true, &[K::Purposes, K::Gate]),
    council("C5", true, &[K::Bases]),
    council("C6", true, &[K::Consents]),
    council("C7", true, &[K::Forms, K::Surveys]),
    council("C8", true, &[K::Research]),
    council("C9", true, &[K::NoSale]),
    council("C10", true, &[K::RequestClocks, K::Packs, K::SourcesAsked]),
    council("C11", true, &[K::Corrections, K::RecipientsTold]),
    council("C12", true, &[K::Erasure, K::ErasureByRequest, K::RecipientsTold]),
    council("C13", true, &[K::Restriction, K::RestrictionTold]),
    council("C14", true, &[K::Stops]),
    council("C15", true, &[K::Portability]),
    council("C16", true, &[K::Automated]),
    council("C17", true, &[K::Agreements, K::Assessments, K::Disclosures]),
    council("C18", false, &[K::Sealing, K::Gate, K::Training, K::Materials]),
    council("C19", true, &[K::Transfers]),
    council("C20", true, &[K::Retention, K::Disposal]),
    council("C21", true, &[K::PublicPages]),
    council("C22", true, &[K::ComplaintFiles, K::Statistics]),
    council("C23", true, &[K::Contacts, K::PublicPages]),
    council("C24", true, &[K::Cookies]),
    council("C25", true, &[K::Services]),
    council("C26", true, &[K::PeopleKinds]),
    council("C27", true, &[K::DataKinds]),
    council("C28", true, &[K::Sources, K::OwnSources]),
    council("C29", true, &[K::Quality]),
    council("C30", true, &[K::AuditLog, K::Gate]),
    council("C31", true, &[K::Disclosures, K::Marketing]),
    council("C32", true, &[K::RequestClocks, K::OlderAct, K::MarketingStop]),
    council("C33", true, &[K::Retention, K::Disposal]),
    council("C34", true, &[K::Drain, K::Recordings]),
    council("C35", true, &[K::Media]),
    council("C36", true, &[K::Paper]),
];
