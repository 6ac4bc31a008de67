//! What the gate is asked: who, what, which record, what for. Plain values; the store fills them
//! from its rows inside the transaction that acts on the answer.

use counterfoil_domain::access::{
    Flag, FlagSet, Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, RestrictionUse,
    RoleSet, Verb,
};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, RequestId, StaffId};
use jiff::{SignedDuration, Timestamp};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff or a volunteer.
    Staff(StaffActor),
    /// The system itself, for one controller: a public form, an approved job, a scheduled backup.
    /// It can do very little; a job that carries out a person's act runs as that person.
    Automation {
        /// The controller it works for.
        controller: ControllerId,
    },
}

impl Actor {
    /// The controller that the actor works for.
    #[must_use]
    pub const fn controller(&self) -> ControllerId {
        match self {
            Self::Staff(staff) => staff.controller,
            Self::Automation { controller } => *controller,
        }
    }

    /// The member of staff, unless it is the system itself.
    #[must_use]
    pub const fn staff(&self) -> Option<&StaffActor> {
        match self {
            Self::Staff(staff) => Some(staff),
            Self::Automation { .. } => None,
        }
    }
}

/// A member of staff or a volunteer, as the gate needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffActor {
    /// Who they are.
    pub staff: StaffId,
    /// Their own office.
    pub office: OfficeId,
    /// The controller of that office.
    pub controller: ControllerId,
    /// What they are trusted to do.
    pub roles: RoleSet,
    /// Until when (not including) their data protection training counts; none when never trained.
    pub training_until: Option<Timestamp>,
    /// Whether this session was opened with a second factor.
    pub second_factor: bool,
    /// Whether the account is open.
    pub account_active: bool,
    /// Whether their office's adherence to the network's terms is current (promise N15).
    pub office_adherent: bool,
}

/// What is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// What kind of thing it is.
    pub kind: ResourceKind,
    /// The 16 bytes of its typed identifier.
    pub id: [u8; 16],
    /// Its controller.
    pub controller: ControllerId,
    /// Its home office. For an office, the office itself; ignored for the audit log, the register
    /// and the system.
    pub office: OfficeId,
    /// What the person's situation adds. `None` for the house's own things; a record of casework
    /// without it is refused. Requests and grants use `staff_member` and `relations` only; a staff
    /// account uses `staff_member` only, and must have it.
    pub person: Option<PersonFacts>,
}

/// The facts about the person whose record it is that decide who may reach it. For a case, note or
/// document: those of its person, and its own where it is marked itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// Whose record it is.
    pub id: PersonId,
    /// How the person is known.
    pub identity: Identity,
    /// Extra protection of the person, or of this one record.
    pub protection: Protection,
    /// Whether processing is restricted (Art 18 UK GDPR).
    pub restricted: bool,
    /// Whether a legal hold lies on it.
    pub legal_hold: bool,
    /// Whether it belongs to a complaint file (promise C22). Never true of a person.
    pub complaint_file: bool,
    /// The member of staff that the person is, if they are one.
    pub staff_member: Option<StaffId>,
    /// The staff who declared a relation to the person.
    pub relations: Vec<StaffId>,
    /// The purposes of the activity, in the register, that holds the record.
    pub purposes: PurposeSet,
}

/// A grant of access with a good reason, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantFacts {
    /// The worker who holds it.
    pub staff: StaffId,
    /// The one person whose records it opens.
    pub person: PersonId,
    /// The reason.
    pub reason: ReasonCode,
    /// Whether the system has checked the evidence itself.
    pub evidence_checked: bool,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends (not including).
    pub until: Timestamp,
    /// Whether it has been withdrawn. A review that finds no good reason withdraws it.
    pub withdrawn: bool,
}

/// One question to the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who asks.
    pub actor: Actor,
    /// What they want to do.
    pub verb: Verb,
    /// What for.
    pub purpose: Purpose,
    /// To what.
    pub resource: Resource,
    /// The grant that is relied on. Where a worker holds several, the caller gives the live one.
    pub grant: Option<GrantFacts>,
    /// The use of Art 18(2) that is relied on, when the record is restricted.
    pub restriction_use: Option<RestrictionUse>,
    /// Whether the person has been told that the restriction will be lifted (Art 18(3)).
    pub person_told: bool,
    /// Who has put their name to the matter already: the preparer or proposer, the grant's holder,
    /// earlier approvers.
    pub signatories: Vec<StaffId>,
    /// The request whose asker has proved to be asking, with its key and code.
    pub asker: Option<RequestId>,
    /// The request about which a colleague was asked and has shown the link of the question.
    pub colleague: Option<RequestId>,
    /// Whether the case is shared with the worker's office now; for the person's own record, whether one is.
    pub shared: bool,
    /// Whether the record's home office has offered it to the worker's office.
    pub offered: bool,
    /// The moment, from the injected clock.
    pub now: Timestamp,
}

impl Question {
    /// A question with nothing but who, what, what for, to what and when.
    #[must_use]
    pub fn new(actor: Actor, verb: Verb, purpose: Purpose, resource: Resource, now: Timestamp) -> Self {
        let (grant, restriction_use, person_told, signatories) = (None, None, false, Vec::new());
        let (asker, colleague) = (None, None);
        let (shared, offered) = (false, false);
        Self {
            actor,
            verb,
            purpose,
            resource,
            grant,
            restriction_use,
            person_told,
            signatories,
            asker,
            colleague,
            shared,
            offered,
            now,
        }
    }

    /// How many different people have signed.
    #[must_use]
    pub fn signatures(&self) -> usize {
        let mut seen = self.signatories.clone();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    }

    /// What a reviewer should know about the access, allowed or not (promise N4).
    #[must_use]
    pub fn flags(&self) -> FlagSet {
        let me = self.actor.staff();
        let facts = self.resource.person.as_ref();
        let elsewhere =
            me.is_some_and(|m| m.office != self.resource.office && self.resource.kind.is_record());
        let relies_on_word = self.grant.as_ref().is_some_and(|g| !g.evidence_checked);
        [
            (Flag::OwnRecord, me.is_some_and(|m| facts.is_some_and(|f| f.staff_member == Some(m.staff)))),
            (
                Flag::DeclaredRelation,
                me.is_some_and(|m| facts.is_some_and(|f| f.relations.contains(&m.staff))),
            ),
            (
                Flag::StaffRecord,
                self.resource.kind.is_record() && facts.is_some_and(|f| f.staff_member.is_some()),
            ),
            (Flag::OtherOffice, elsewhere),
            (Flag::SelfClaimed, elsewhere && relies_on_word),
            (Flag::ExtraProtection, facts.is_some_and(|f| f.protection == Protection::Extra)),
            (Flag::RestrictedUse, facts.is_some_and(|f| f.restricted)),
            (Flag::OtherController, self.actor.controller() != self.resource.controller),
        ]
        .into_iter()
        .filter_map(|(flag, raised)| raised.then_some(flag))
        .collect()
    }
}

/// What an organisation may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    longest_grant: SignedDuration,
    pack_signatures: u8,
}

/// A limit that the gate does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLimit {
    /// "Hours, not days" (promise N3).
    #[error("a grant of access may last from 1 minute to 24 hours, not `{0}`: give a shorter time")]
    LongestGrant(SignedDuration),
    /// At least one person signs; more than nine never happens.
    #[error("a pack needs from 1 to 9 signatures, not `{0}`")]
    PackSignatures(u8),
}

impl Limits {
    /// The longest grant, and how many different people sign a pack before it is sealed.
    ///
    /// # Errors
    /// When a grant could outlast a day, or the number of signatures is not 1 to 9.
    pub fn new(longest_grant: SignedDuration, pack_signatures: u8) -> Result<Self, BadLimit> {
        if !(SignedDuration::from_mins(1)..=SignedDuration::from_hours(24)).contains(&longest_grant) {
            return Err(BadLimit::LongestGrant(longest_grant));
        }
        if !(1..=9).contains(&pack_signatures) {
            return Err(BadLimit::PackSignatures(pack_signatures));
        }
        Ok(Self { longest_grant, pack_signatures })
    }

    /// The longest time that a grant may last.
    #[must_use]
    pub const fn longest_grant(&self) -> SignedDuration {
        self.longest_grant
    }

    /// How many different people sign a pack before it is sealed.
    #[must_use]
    pub const fn pack_signatures(&self) -> u8 {
        self.pack_signatures
    }
}

impl Default for Limits {
    /// Eight hours; two people.
    fn default() -> Self {
        Self { longest_grant: SignedDuration::from_hours(8), pack_signatures: 2 }
    }
}
