//! The shape of one exemption.

use super::lifts::Lifts;
use crate::place::Division;
use crate::questions::Field;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Whether the letter may leave the exemption, or even the holding, unmentioned.
    Mention: "rule on mention" {
        /// Tell the person.
        Tell = "tell", "the person is told that it was used";
        /// It may be left out when saying so would itself cause the harm; the reason is recorded.
        MayOmit = "may-omit", "may be left unmentioned when saying so would itself cause the harm";
        /// Depends on the case; the reason is recorded.
        Sometimes = "sometimes", "may be left unmentioned in some cases; say why";
        /// The disclosure is prohibited until an opinion is had; nothing is decided about mention.
        NotApplicable = "not-applicable", "no choice: disclosure is prohibited until the test is met";
    }
}

vocabulary! {
    /// How an exemption works.
    Nature: "nature of an exemption" {
        /// Harm must be likely from this disclosure now.
        Prejudice = "prejudice", "harm must be shown to be likely";
        /// Membership of the class is enough.
        Class = "class", "belonging to the class is enough";
        /// The controller may not disclose until something is done.
        Prohibition = "prohibition", "disclosure is prohibited until the test is met";
        /// A limit inside the right itself.
        Limit = "limit", "a limit inside the right itself";
    }
}

vocabulary! {
    /// What kind of body claims an exemption, as finely as the Schedules cut for this product's users.
    Organisation: "kind of organisation" {
        /// A local authority. In Great Britain it may hold social-services functions; in Northern Ireland it does not.
        Council = "council", "council";
        /// A charity that gives advice.
        AdviceCharity = "advice-charity", "advice charity";
        /// A Health and Social Care trust (NI), or another health body.
        HealthBody = "health-body", "health and social care body";
        /// A school or education authority.
        EducationBody = "education-body", "school or education authority";
        /// A regulator or auditor named in the tables of Sch 2.
        Regulator = "regulator", "regulator, ombudsman or auditor";
        /// A court, tribunal or person acting judicially.
        Court = "court", "court, tribunal or person acting judicially";
        /// A voluntary body designated for child protection, such as the NSPCC.
        DesignatedVoluntary = "designated-voluntary", "voluntary body designated for child protection";
    }
}

/// Who may claim an exemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimants {
    /// Any controller.
    Any,
    /// Only bodies of these kinds.
    Only(&'static [Organisation]),
    /// A body within Sch 3 para 8 (social-work data): local authorities with social-services functions in
    /// England, Wales and Scotland; health and social care bodies; designated voluntary bodies. Not a
    /// district council in Northern Ireland, and not an advice charity.
    SocialWork,
    /// A body that holds educational records (Sch 3 Part 4): schools and education authorities; councils in
    /// Great Britain, which are education authorities; not a district council in Northern Ireland.
    Education,
}

/// A rule of an exemption that no single field expresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing more.
    None,
    /// Sch 2 paras 16-17: consent means disclosure; professionals are deemed reasonable; five factors.
    OtherPeople,
    /// The requester has parental responsibility or is a court appointee: age limit by division.
    ParentOrDeputy,
    /// The exemption does not exist in Scotland.
    NotScotland,
    /// The exemption exists only in Scotland.
    ScotlandOnly,
}

/// One exemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exemption {
    /// The stable code, such as `S3-5`.
    pub code: &'static str,
    /// Its name in short.
    pub name: &'static str,
    /// Where the law says so.
    pub provision: &'static str,
    /// What it lifts.
    pub lifts: Lifts,
    /// How it works.
    pub nature: Nature,
    /// Who may claim it.
    pub claimants: Claimants,
    /// The test to be recorded, in the order in which it is asked.
    pub test: &'static [Field],
    /// What no field expresses.
    pub rule: Rule,
    /// Whether it may go unmentioned.
    pub mention: Mention,
    /// For the person: what was left out and why, ready for the letter.
    pub plain: &'static str,
    /// For the decision maker: what to watch, where the source is from general knowledge it says so (M).
    pub note: &'static str,
}

impl Exemption {
    /// The question with this key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.test.iter().find(|f| f.key == key)
    }
}

/// The age below which a requester with parental responsibility meets Sch 3 paras 4 and 21: 18, in
/// Scotland 16.
#[must_use]
pub const fn parental_age_limit(division: Division) -> u8 {
    match division {
        Division::Scotland => 16,
        Division::EnglandAndWales | Division::NorthernIreland => 18,
    }
}
