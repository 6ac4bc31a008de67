//! Who may act for somebody else, and what they must show.

use super::capacity::Capacity;
use crate::place::Division;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Who says that they act for the person.
    Representative: "representative" {
        /// A holder of parental responsibility (parental rights in Scotland).
        Parent = "parent", "holder of parental responsibility";
        /// An attorney under a lasting, enduring or continuing power.
        Attorney = "attorney", "attorney under a registered power";
        /// A deputy (E&W), guardian or intervener (Scotland), or controller (NI) appointed by a court.
        Deputy = "deputy", "deputy, guardian or controller appointed by a court";
        /// A solicitor instructed by the person.
        Solicitor = "solicitor", "solicitor";
        /// Anybody else whom the person has authorised: a friend, an adviser, a claims company.
        Authorised = "authorised", "somebody whom the person has authorised";
        /// An elected representative acting on a constituent's request.
        Elected = "elected", "elected representative";
        /// The executor or administrator of somebody who has died.
        Executor = "executor", "executor or administrator of someone who has died";
    }
}

vocabulary! {
    /// One thing that a representative shows.
    Evidence: "kind of evidence" {
        /// Who the representative is.
        OwnIdentity = "own-identity", "proof of the representative's own identity, only where there is reasonable doubt";
        /// Who the person is.
        PersonIdentity = "person-identity", "proof of the person's identity, only where there is reasonable doubt";
        /// A birth or adoption certificate, parental responsibility order or agreement.
        ParentalResponsibility = "parental-responsibility", "birth or adoption certificate, or order or agreement giving parental responsibility";
        /// The child's authority, where the child understands.
        ChildAuthority = "child-authority", "the child's own signed authority, because the child understands";
        /// Why it is in the child's interest.
        BestInterests = "best-interests", "a note of why disclosure to this adult is in the child's interest";
        /// The registered instrument.
        RegisteredPower = "registered-power", "the power of attorney, registered, covering this kind of matter";
        /// A court order.
        CourtOrder = "court-order", "the sealed court order of appointment, in force and covering this kind of matter";
        /// That the person cannot decide, where the power works only then.
        IncapacityNote = "incapacity-note", "a note that the person cannot decide, where the power works only then";
        /// A signed authority.
        SignedAuthority = "signed-authority", "the person's signed and dated authority for this request";
        /// A firm's instruction.
        Instruction = "instruction", "the firm's letterhead and regulator number";
        /// A constituent's request.
        ConstituentRequest = "constituent-request", "the constituent's request, or one of the four reasons of Sch 1 para 23(3) for doing without";
    }
}

/// Whether the representative may act, and on what evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// With this evidence.
    With(Vec<Evidence>),
    /// Not at all, for this reason: words for the decision maker and for the representative.
    Not {
        /// Where the rule comes from.
        provision: &'static str,
        /// For the decision maker.
        staff: &'static str,
        /// For the representative.
        person: &'static str,
    },
}

/// Whether a representative may act for a person with this capacity, and what they must show.
///
/// Evidence of identity is asked for only where there are reasonable doubts (Art 12(6) UK GDPR); the month
/// starts when the authority has been received (regulator's guidance). An executor has no standing under
/// data-protection law, because it protects living people only (s.3(2) DPA).
#[must_use]
pub fn representative(who: Representative, division: Division, person: Capacity) -> Standing {
    use Evidence as E;
    let needed = match who {
        Representative::Executor => return executor(division),
        Representative::Parent => return parent(person),
        Representative::Attorney if division == Division::NorthernIreland => {
            // Only enduring powers exist in Northern Ireland; they reach property and affairs.
            vec![E::RegisteredPower, E::IncapacityNote, E::OwnIdentity]
        }
        Representative::Attorney if person == Capacity::Own => vec![E::RegisteredPower, E::OwnIdentity],
        Representative::Attorney => vec![E::RegisteredPower, E::IncapacityNote, E::OwnIdentity],
        Representative::Deputy => vec![E::CourtOrder, E::OwnIdentity],
        Representative::Solicitor | Representative::Authorised if person == Capacity::NeedsRepresentative => {
            return no_capacity_to_authorise();
        }
        Representative::Solicitor => vec![E::SignedAuthority, E::Instruction, E::PersonIdentity],
        Representative::Authorised => vec![E::SignedAuthority, E::OwnIdentity, E::PersonIdentity],
        Representative::Elected => vec![E::ConstituentRequest],
    };
    Standing::With(needed)
}

fn parent(child: Capacity) -> Standing {
    use Evidence as E;
    match child {
        Capacity::Own => Standing::With(vec![E::ParentalResponsibility, E::ChildAuthority, E::OwnIdentity]),
        Capacity::NeedsRepresentative => {
            Standing::With(vec![E::ParentalResponsibility, E::BestInterests, E::OwnIdentity])
        }
        Capacity::AssessFirst => Standing::Not {
            provision: "s.208 DPA 2018; common law",
            staff: "the right is the child's: assess the child's understanding before answering the parent",
            person: "The right belongs to your child. We first need to look at whether your child understands it.",
        },
    }
}

fn no_capacity_to_authorise() -> Standing {
    Standing::Not {
        provision: "common law of agency",
        staff: "a person who cannot decide cannot give an authority: ask for an attorney, deputy, guardian or parent",
        person: "We need someone who holds a power of attorney, a court appointment or parental responsibility.",
    }
}

fn executor(division: Division) -> Standing {
    let staff = match division {
        Division::NorthernIreland => {
            "the UK GDPR covers living people only. For health records see the Access to Health Records (Northern \
             Ireland) Order 1993; otherwise weigh confidentiality and what the estate needs"
        }
        Division::EnglandAndWales | Division::Scotland => {
            "the UK GDPR covers living people only. For health records see the Access to Health Records Act 1990; \
             otherwise weigh confidentiality and what the estate needs"
        }
    };
    Standing::Not {
        provision: "s.3(2) DPA 2018",
        staff,
        person: "Data protection law covers living people only, so this is not a request under it. As executor you may \
                 have other rights, for example to health records. Tell us what the estate needs and we will look.",
    }
}
