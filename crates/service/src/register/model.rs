//! The register's entries, as its files hold them.
//!
//! Every file of a register has the same shape, [`Part`]: any file may hold any kind of entry, and an unknown
//! key is refused. A reference is the `id` of another entry. An entry with `from` or `until` is in force from
//! the one day to the day before the other; two entries may share an `id` when their periods do not overlap.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use counterfoil_domain::access;
use counterfoil_domain::place::Division;
use counterfoil_domain::register::activity::AutomatedUse;
use counterfoil_domain::register::assessment::{AssessmentKind, RiskFeature, Step};
use counterfoil_domain::register::bases::{Annex1, ControllerKind, LawfulBasis, Section8};
use counterfoil_domain::register::schedule1::{Gate, WithoutConsent};
use counterfoil_domain::register::special::{Art9, CriminalData, SpecialCategory};
use counterfoil_domain::register::transfer::Mechanism;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// Reads one word of a vocabulary, or a date, from its text.
fn word<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(reader: D) -> Result<T, D::Error> {
    String::deserialize(reader)?.parse().map_err(serde::de::Error::custom)
}

fn maybe<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(reader: D) -> Result<Option<T>, D::Error> {
    word(reader).map(Some)
}

fn words<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(reader: D) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(reader)?;
    texts.iter().map(|t| t.parse().map_err(serde::de::Error::custom)).collect()
}

fn yes() -> bool {
    true
}

/// What one file of a register may hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Part {
    /// The register itself; in one file only.
    pub register: Option<Head>,
    /// Controllers.
    pub controller: Vec<Controller>,
    /// Joint arrangements (Art 26 UK GDPR).
    pub joint: Vec<Joint>,
    /// Offices.
    pub office: Vec<Office>,
    /// Services, further roles and support functions.
    pub service: Vec<Service>,
    /// Channels.
    pub channel: Vec<Channel>,
    /// Systems and manual files.
    pub system: Vec<System>,
    /// Categories of people.
    pub people: Vec<Term>,
    /// Kinds of data.
    pub data: Vec<DataKind>,
    /// Kinds of source.
    pub source: Vec<Term>,
    /// Purposes.
    pub purpose: Vec<PurposeWord>,
    /// Security measures.
    pub measure: Vec<Term>,
    /// The legal reasons that the notices name, in plain words.
    pub reason: Vec<Reason>,
    /// Recipients.
    pub recipient: Vec<Recipient>,
    /// Agreements with recipients and processors.
    pub agreement: Vec<Agreement>,
    /// Assessments.
    pub assessment: Vec<Assessment>,
    /// Appropriate policy documents (Sch 1 para 39 DPA 2018).
    pub policy: Vec<PolicyDocument>,
    /// Retention rules.
    pub retention: Vec<Retention>,
    /// Forms and record types.
    pub form: Vec<Form>,
    /// Processing activities.
    pub activity: Vec<Entry>,
    /// Standing statements of the notices.
    pub statement: Vec<Statement>,
}

/// The register itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name: the template's.
    pub name: String,
    /// Its version.
    pub version: String,
    /// From when entries without a `from` are in force.
    #[serde(deserialize_with = "word")]
    pub from: Date,
    /// `advice-charity` or `council`: the headings that its notices use.
    pub kind: String,
    /// The languages of its notices, the first one complete.
    pub languages: Vec<String>,
    /// The address of its website, for identifiers in exports.
    pub website: String,
    /// Its place as a DPV location term, such as `loc:GB-LAN`.
    pub location: String,
}

/// A controller.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    #[serde(deserialize_with = "word")]
    pub kind: ControllerKind,
    /// Its registration with the regulator.
    pub registration: String,
    /// Postal address.
    pub address: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// The data protection officer, or who does that work.
    pub officer: String,
    /// How to reach them.
    pub officer_email: String,
    /// The representative under Art 27, where there is one.
    #[serde(default)]
    pub representative: String,
}

/// A joint arrangement (Art 26 UK GDPR).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// Its id.
    pub id: String,
    /// What is done jointly.
    pub name: String,
    /// The controllers.
    pub controllers: Vec<String>,
    /// Who answers rights requests.
    pub answers_requests: String,
    /// Who notifies a breach.
    pub notifies: String,
    /// The contact point for the people concerned.
    pub contact_point: String,
    /// The essence of the arrangement, for the notice (Art 26(2)).
    pub essence: String,
    /// The document.
    pub reference: String,
    /// From when.
    #[serde(deserialize_with = "word")]
    pub from: Date,
    /// When it is to be reviewed.
    #[serde(deserialize_with = "word")]
    pub review: Date,
}

/// An office.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The controller that it is.
    pub controller: String,
    /// Whose bank holidays count.
    #[serde(deserialize_with = "word")]
    pub division: Division,
    /// The language that it works in first.
    pub language: String,
    /// What it says of its own handling, for the local layer.
    pub local: String,
    /// The same in Welsh.
    #[serde(default)]
    pub local_cy: Option<String>,
    /// Its outreach desks.
    #[serde(default)]
    pub outreach: Vec<String>,
    /// Its number in the register of financial firms, when it gives debt advice.
    #[serde(default)]
    pub frn: String,
}

/// Whether a line of work is a service, a further role or a support function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// A service to the public.
    Service,
    /// A further role that the organisation has.
    Role,
    /// What supports the rest.
    Function,
}

/// A service, further role or support function.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its id: part of the address of its notice.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// What it is.
    pub line: Line,
    /// The directorate or group.
    pub group: String,
    /// What it does, in a plain sentence.
    pub does: String,
    /// The legislation that it works under.
    #[serde(default)]
    pub legislation: String,
    /// `power` or `duty`, where it works under legislation.
    #[serde(default)]
    pub power_or_duty: String,
}

/// A channel by which people reach the organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The system that carries it.
    pub system: String,
    /// What becomes of what arrives, for the notice.
    pub handling: String,
    /// The warning that is given first, where one is.
    #[serde(default)]
    pub warning: String,
    /// How long the channel keeps its own copy.
    pub copy: String,
}

/// What kind of place a system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SystemKind {
    /// This product's casebook: what the gate guards.
    Casebook,
    /// Another computer system.
    System,
    /// A manual file.
    Paper,
}

/// A system or manual file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of place it is.
    pub kind: SystemKind,
    /// The joint arrangement under which it is run, if any.
    #[serde(default)]
    pub joint: Option<String>,
    /// The processor, if any.
    #[serde(default)]
    pub processor: Option<String>,
    /// Where the data is: ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is, in words.
    pub location: String,
    /// What a rights request must do there.
    pub request: String,
    /// Who answers for it.
    pub custodian: String,
}

/// A word of a vocabulary of this organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The term of DPV 2.3 that it narrows, such as `dpv:Client`; absent when DPV has none.
    #[serde(default)]
    pub dpv: Option<String>,
}

/// A kind of data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataKind {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The terms of DPV 2.3.
    pub dpv: Vec<String>,
    /// The special categories in it (Art 9 UK GDPR).
    #[serde(default, deserialize_with = "words")]
    pub special: Vec<SpecialCategory>,
    /// The criminal data in it (Art 10 UK GDPR).
    #[serde(default, deserialize_with = "words")]
    pub criminal: Vec<CriminalData>,
}

/// A purpose of this organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeWord {
    /// Its id.
    pub id: String,
    /// What people read, after "to".
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The purposes that the gate knows: an activity with this purpose holds its records for them.
    #[serde(deserialize_with = "words")]
    pub gate: Vec<access::Purpose>,
    /// The term of DPV 2.3.
    #[serde(default)]
    pub dpv: Option<String>,
}

/// A legal reason in plain words, with the provisions that it stands for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Its id.
    pub id: String,
    /// The plain words.
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The lawful bases (Art 6(1)).
    #[serde(default, deserialize_with = "words")]
    pub bases: Vec<LawfulBasis>,
    /// The conditions (Art 9(2)).
    #[serde(default, deserialize_with = "words")]
    pub art9: Vec<Art9>,
}

/// What a recipient is to the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecipientRole {
    /// It acts on our instructions (Art 28).
    Processor,
    /// It decides for itself.
    Controller,
    /// It answers jointly with us.
    JointController,
    /// The person's own choice: a representative, relative or adviser.
    Representative,
    /// A public authority under a duty or power of law.
    Authority,
}

/// A recipient.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Its id.
    pub id: String,
    /// Its name, or the name of its category.
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// What it is to us.
    pub role: RecipientRole,
    /// The country.
    pub country: String,
    /// The agreement, where one is needed.
    #[serde(default)]
    pub agreement: Option<String>,
    /// The statutory gateway or ground for giving data without an agreement.
    #[serde(default)]
    pub gateway: String,
    /// What it is given data for.
    pub why: String,
    /// The transfer, when it is abroad.
    #[serde(default)]
    pub transfer: Option<TransferEntry>,
    /// The most that it is ever given, where a rule limits that.
    #[serde(default)]
    pub only: Vec<String>,
}

/// On what a transfer abroad rests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferEntry {
    /// The mechanism.
    #[serde(deserialize_with = "word")]
    pub mechanism: Mechanism,
    /// How the recipient falls within a limited approval.
    #[serde(default)]
    pub within: String,
    /// The transfer assessment.
    #[serde(default)]
    pub assessment: Option<String>,
}

/// An agreement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `processing`, `sharing` or `joint`.
    pub kind: AgreementKind,
    /// The document.
    pub reference: String,
    /// From when.
    #[serde(deserialize_with = "word")]
    pub from: Date,
    /// The last day; absent when it runs until ended.
    #[serde(default, deserialize_with = "maybe")]
    pub until: Option<Date>,
    /// When it is to be reviewed.
    #[serde(deserialize_with = "word")]
    pub review: Date,
    /// An impact assessment must come first (promise C17).
    #[serde(default)]
    pub needs_assessment: Option<String>,
}

/// A kind of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgreementKind {
    /// With a processor (Art 28).
    Processing,
    /// With another controller.
    Sharing,
    /// Between joint controllers (Art 26).
    Joint,
}

/// An assessment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Its id.
    pub id: String,
    /// Its kind.
    #[serde(deserialize_with = "word")]
    pub kind: AssessmentKind,
    /// What it is about.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was completed.
    #[serde(default, deserialize_with = "maybe")]
    pub completed: Option<Date>,
    /// When it is to be reviewed.
    #[serde(deserialize_with = "word")]
    pub review: Date,
    /// The outcome in a sentence.
    pub outcome: String,
    /// The officer's advice.
    #[serde(default)]
    pub advice: String,
    /// The answered steps; see [`Assessment::answered`].
    pub steps: BTreeMap<String, String>,
}

impl Assessment {
    /// The steps that have an answer; unknown ones are refused when the register is loaded.
    #[must_use]
    pub fn answered(&self) -> Vec<Step> {
        self.steps.iter().filter(|(_, a)| !a.trim().is_empty()).filter_map(|(s, _)| s.parse().ok()).collect()
    }
}

/// An appropriate policy document (Sch 1 para 39 DPA 2018).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Its id and reference.
    pub id: String,
    /// Its name.
    pub name: String,
    /// It explains the procedures for complying with the principles.
    pub explains_principles: bool,
    /// It explains retention and erasure.
    pub explains_retention: bool,
    /// Its last review.
    #[serde(deserialize_with = "word")]
    pub reviewed: Date,
}

/// A retention rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Its id.
    pub id: String,
    /// The records.
    pub record: String,
    /// The rule, in the grammar of `domain::retention`.
    pub rule: String,
    /// How long, for people.
    pub says: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The enactment or guidance.
    #[serde(default)]
    pub authority: String,
    /// The row of `config/retention.toml` that it follows.
    #[serde(default)]
    pub row: Option<u32>,
    /// True only when a records manager has checked it.
    pub verified: bool,
}

/// A form or record type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `form` or `record`.
    pub kind: String,
    /// The activity that it serves.
    pub activity: String,
    /// It can be used without saying who one is.
    #[serde(default)]
    pub anonymous: bool,
    /// The fields: nothing else is collected (promise C7).
    pub field: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The kind of data.
    pub data: String,
    /// Whether an answer is required.
    #[serde(default)]
    pub required: bool,
    /// Why it is needed.
    pub need: String,
}

/// A lawful basis of an activity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasisEntry {
    /// The basis.
    #[serde(deserialize_with = "word")]
    pub basis: LawfulBasis,
    /// Contract: which. Legal obligation: the enactment. Vital interests: whose. Public task: where it is
    /// laid down. Consent: how it is recorded. Legitimate interests: the interest.
    pub says: String,
    /// Consent: how it is withdrawn.
    #[serde(default)]
    pub withdrawal: String,
    /// Consent: the youngest who consents online.
    #[serde(default)]
    pub youngest_online: Option<u8>,
    /// Public task: which of s.8 DPA.
    #[serde(default, deserialize_with = "maybe")]
    pub task: Option<Section8>,
    /// Recognised interest: the condition of Annex 1.
    #[serde(default, deserialize_with = "maybe")]
    pub annex1: Option<Annex1>,
    /// Legitimate interests: the assessment.
    #[serde(default)]
    pub assessment: String,
}

/// A condition of Schedule 1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionEntry {
    /// The paragraph.
    pub paragraph: String,
    /// The answers to its gates, by gate code.
    pub gates: BTreeMap<String, String>,
    /// The reason for acting without consent.
    #[serde(default, deserialize_with = "maybe")]
    pub without_consent: Option<WithoutConsent>,
    /// The appropriate policy document.
    #[serde(default)]
    pub policy: Option<String>,
}

impl ConditionEntry {
    /// The answers by gate; unknown gates are refused when the register is loaded.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<Gate, String> {
        self.gates.iter().filter_map(|(g, a)| Some((g.parse().ok()?, a.clone()))).collect()
    }
}

/// An automated decision or profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutomatedEntry {
    /// What is decided or profiled.
    pub what: String,
    /// The logic, in plain words.
    pub logic: String,
    /// What follows for the person.
    pub effect: String,
    /// No person has a meaningful part in it.
    pub solely: bool,
    /// It uses special-category data.
    #[serde(default)]
    pub special_data: bool,
    /// It rests on explicit consent.
    #[serde(default)]
    pub explicit_consent: bool,
    /// It is necessary for a contract, or the law requires or authorises it.
    #[serde(default)]
    pub contract_or_law: bool,
    /// The safeguards of Art 22C.
    #[serde(default)]
    pub safeguards: bool,
}

impl AutomatedEntry {
    /// What the law looks at; `None` when a person decides.
    #[must_use]
    pub fn in_law(&self) -> Option<AutomatedUse> {
        self.solely.then_some(AutomatedUse {
            special_data: self.special_data,
            explicit_consent: self.explicit_consent,
            contract_or_law: self.contract_or_law,
            safeguards: self.safeguards,
        })
    }
}

/// A processing activity as the register holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The service, role or function.
    pub service: String,
    /// The sole controller, or one of a joint arrangement.
    #[serde(default)]
    pub controller: Option<String>,
    /// The joint arrangement.
    #[serde(default)]
    pub joint: Option<String>,
    /// Why, in a plain sentence for the notice.
    pub why: String,
    /// The same in Welsh.
    #[serde(default)]
    pub why_cy: Option<String>,
    /// The purposes.
    pub purposes: Vec<String>,
    /// The people.
    pub people: Vec<String>,
    /// The kinds of data.
    pub data: Vec<String>,
    /// The sources.
    pub sources: Vec<String>,
    /// The recipients.
    pub recipients: Vec<String>,
    /// The lawful bases.
    pub bases: Vec<BasisEntry>,
    /// The special-category conditions.
    #[serde(default, deserialize_with = "words")]
    pub art9: Vec<Art9>,
    /// The conditions of Schedule 1.
    #[serde(default)]
    pub schedule1: Vec<ConditionEntry>,
    /// Criminal data are processed under the control of official authority.
    #[serde(default)]
    pub official_authority: bool,
    /// A public authority performs its tasks here (s.7(2) DPA).
    #[serde(default = "yes")]
    pub own_tasks: bool,
    /// The systems.
    pub systems: Vec<String>,
    /// The retention rules; the first is the main one.
    pub retention: Vec<String>,
    /// The security measures.
    pub security: Vec<String>,
    /// What bears on whether an impact assessment is required.
    #[serde(default, deserialize_with = "words")]
    pub features: Vec<RiskFeature>,
    /// The impact assessment.
    #[serde(default)]
    pub dpia: Option<String>,
    /// Automated decisions and profiling.
    #[serde(default)]
    pub automated: Option<AutomatedEntry>,
    /// Whether people must give the data, and what follows when they do not (Art 13(2)(e)).
    #[serde(default)]
    pub must_give: String,
    /// From when.
    #[serde(default, deserialize_with = "maybe")]
    pub from: Option<Date>,
    /// The first day on which it is no longer in force.
    #[serde(default, deserialize_with = "maybe")]
    pub until: Option<Date>,
}

impl Entry {
    /// An entry with nothing but its id, for drafts.
    #[must_use]
    pub fn blank(id: String) -> Self {
        Self {
            id,
            name: String::new(),
            cy: None,
            service: String::new(),
            controller: None,
            joint: None,
            why: String::new(),
            why_cy: None,
            purposes: Vec::new(),
            people: Vec::new(),
            data: Vec::new(),
            sources: Vec::new(),
            recipients: Vec::new(),
            bases: Vec::new(),
            art9: Vec::new(),
            schedule1: Vec::new(),
            official_authority: false,
            own_tasks: true,
            systems: Vec::new(),
            retention: Vec::new(),
            security: Vec::new(),
            features: Vec::new(),
            dpia: None,
            automated: None,
            must_give: String::new(),
            from: None,
            until: None,
        }
    }
}

/// A standing statement of the notices: what cannot be computed from activities.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its id.
    pub id: String,
    /// The section that it stands in; see [`crate::notices::Section`].
    pub section: String,
    /// The layers that show it: `organisation`, `office`, `service`, `child`.
    pub layers: Vec<String>,
    /// The words.
    pub text: String,
    /// The words in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The promises that it makes, such as `N5`.
    #[serde(default)]
    pub promises: Vec<String>,
    /// From when.
    #[serde(default, deserialize_with = "maybe")]
    pub from: Option<Date>,
    /// The first day on which it is no longer made.
    #[serde(default, deserialize_with = "maybe")]
    pub until: Option<Date>,
}
