//! Recipients, agreements and transfers.

use counterfoil_domain::register::transfer::Mechanism;
use counterfoil_domain::sharing::recipient::RecipientCategory;
use jiff::civil::Date;
use serde::Deserialize;

use super::{maybe, word};

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
    /// What sort of body it is; an entry without one is to be mended.
    #[serde(default, deserialize_with = "maybe")]
    pub category: Option<RecipientCategory>,
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
    /// The fields that it is ever given, where the notice names them; empty where the kinds of data say enough.
    #[serde(default)]
    pub only_fields: Vec<String>,
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
    /// The day of the regulator's advice, without which nothing goes to a country that is on no list.
    #[serde(default, deserialize_with = "maybe")]
    pub advice: Option<Date>,
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
