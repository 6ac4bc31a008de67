//! Which sections of the staff site the gate opens to a member of staff: for the menu. It opens nothing by itself, and
//! so leaves no entry in the log; the pages ask the gate again about what they show.

use counterfoil_domain::access::sections::{Ask, Section};
use counterfoil_domain::access::{Identity, Protection, Purpose, PurposeSet, ResourceKind};
use counterfoil_domain::ids::{PersonId, StaffId};

use super::question::{Actor, PersonFacts, Question, Resource, StaffActor};
use crate::store::Store;

impl Store {
    /// The sections that are open to them, in the menu's order.
    #[must_use]
    pub fn sections(&self, who: &StaffActor) -> Vec<Section> {
        let open = |section: &&Section| {
            let asks = section.asks();
            asks.is_empty() || asks.iter().any(|ask| self.inner.gate.allows(&self.question(who, *ask)))
        };
        Section::ALL.iter().filter(open).copied().collect()
    }

    fn question(&self, who: &StaffActor, ask: Ask) -> Question {
        let own = matches!(ask.kind, ResourceKind::Office);
        let about_somebody = ask.kind.is_record()
            || matches!(
                ask.kind,
                ResourceKind::Request
                    | ResourceKind::Grant
                    | ResourceKind::Message
                    | ResourceKind::StaffAccount
            );
        let resource = Resource {
            kind: ask.kind,
            id: if own { *who.office.as_bytes() } else { [0; 16] },
            controller: who.controller,
            office: who.office,
            person: about_somebody.then(|| anybody(ask.kind)),
        };
        Question::new(Actor::Staff(who.clone()), ask.verb, ask.purpose, resource, self.now())
    }
}

/// A person with nothing special about them, held for every purpose; a colleague, where it is an account.
fn anybody(kind: ResourceKind) -> PersonFacts {
    PersonFacts {
        id: PersonId::from_bytes([0; 16]),
        identity: Identity::Named,
        protection: Protection::Standard,
        restricted: false,
        legal_hold: false,
        complaint_file: false,
        staff_member: (kind == ResourceKind::StaffAccount).then(|| StaffId::from_bytes([0; 16])),
        relations: Vec::new(),
        purposes: Purpose::ALL.iter().copied().collect::<PurposeSet>(),
    }
}
