//! The sections of the staff site, and what opens each: the menu shows a person the sections that the gate opens to them.

use super::{Purpose, ResourceKind, Verb};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A section of the staff site with an entry in the menu, in the menu's order.
    Section: "section of the staff site" {
        /// What has come in.
        Inbox = "inbox", "the inbox";
        /// The worker's own cases, tasks and appointments.
        Work = "work", "my work";
        /// Searching for a person.
        People = "people", "people";
        /// Rights requests.
        Requests = "requests", "requests";
        /// What was given to others.
        Disclosures = "disclosures", "disclosures";
        /// The promise ledger.
        Promises = "promises", "promises";
        /// The register of activities.
        Register = "register", "the register";
        /// Who looked.
        Access = "access", "who looked";
        /// Offices, staff, partnerships.
        Network = "network", "the network";
        /// Retention and disposal.
        Retention = "retention", "retention";
    }
}

/// A question to the gate about something of the own office, with nothing special about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// What is done.
    pub verb: Verb,
    /// What for.
    pub purpose: Purpose,
    /// To what.
    pub kind: ResourceKind,
}

const fn ask(verb: Verb, purpose: Purpose, kind: ResourceKind) -> Ask {
    Ask { verb, purpose, kind }
}

impl Section {
    /// What opens the section: any one of these. Nothing means that it holds nobody's data and is open to every member
    /// of staff.
    #[must_use]
    pub const fn asks(self) -> &'static [Ask] {
        use {Purpose as P, ResourceKind as K, Verb as V};
        match self {
            Self::Inbox => const { &[ask(V::MessageRead, P::ServiceDelivery, K::Message)] },
            // Whoever can hold a grant gives it back there.
            Self::Work => {
                const {
                    &[
                        ask(V::RecordList, P::ServiceDelivery, K::Case),
                        ask(V::GrantAsk, P::Complaint, K::Grant),
                        ask(V::GrantAsk, P::Incident, K::Grant),
                    ]
                }
            }
            Self::People => {
                const {
                    &[
                        ask(V::RecordList, P::ServiceDelivery, K::Person),
                        ask(V::RecordLocate, P::Complaint, K::Person),
                    ]
                }
            }
            Self::Requests => const { &[ask(V::RequestRead, P::RightsRequest, K::Request)] },
            Self::Disclosures => const { &[ask(V::DisclosureReview, P::Assurance, K::Person)] },
            Self::Promises | Self::Register => &[],
            Self::Access => const { &[ask(V::AccessReview, P::Assurance, K::Office)] },
            Self::Network => {
                const {
                    &[
                        ask(V::OfficeAdminister, P::Administration, K::Office),
                        ask(V::StaffAdminister, P::Administration, K::StaffAccount),
                    ]
                }
            }
            Self::Retention => const { &[ask(V::DisposalFind, P::Disposal, K::Case)] },
        }
    }
}
