//! The register's entries, as its files hold them.
//!
//! Every file of a register has the same shape, [`Part`]: any file may hold any kind of entry, and an unknown
//! key is refused. A reference is the `id` of another entry. An entry with `from` or `until` is in force from
//! the one day to the day before the other; two entries may share an `id` when their periods do not overlap.

mod activity;
mod keeping;
mod network;
mod sharing;

use std::fmt::Display;
use std::str::FromStr;

use counterfoil_domain::access;
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::register::special::{Art9, CriminalData, SpecialCategory};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

pub use activity::{AutomatedEntry, BasisEntry, ConditionEntry, Entry};
pub use keeping::{Assessment, Casework, Field, Form, PolicyDocument, Retention};
pub use network::{Channel, Controller, Joint, Line, Office, Service, System, SystemKind};
pub use sharing::{Agreement, AgreementKind, Recipient, RecipientRole, TransferEntry};

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
    /// The day as at which this version was made: it is never held against the law of an earlier day.
    #[serde(default, deserialize_with = "maybe")]
    pub made: Option<Date>,
    /// `advice-charity` or `council`: the headings that its notices use.
    pub kind: String,
    /// The languages of its notices, the first one complete.
    pub languages: Vec<String>,
    /// The address of its website, for identifiers in exports.
    pub website: String,
    /// Its place as a DPV location term, such as `loc:GB-LAN`.
    pub location: String,
    /// The retention rules of casework and rights requests.
    #[serde(default)]
    pub casework: Option<Casework>,
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
