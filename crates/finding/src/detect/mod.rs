//! Finding identifiers in text.
//!
//! One pass over the [`Shadow`](crate::normalise::Shadow) of a text finds the places where an
//! identifier may begin; a matcher for each kind checks form, checksum, number plan and the words
//! around. There is no backtracking, no time limit and nothing is skipped: the time is linear in the
//! length of the text, whatever it holds. Every [`Finding`] says why it was made.

mod addresses;
mod checks;
mod codes;
mod config;
mod context;
mod dates;
mod document;
mod hosts;
pub(crate) mod names;
mod net;
mod numbers;
mod overlap;
mod phones;
mod postcodes;
mod scan;
pub(crate) mod text;
mod topics;
mod vehicles;
mod window;
pub(crate) mod words;

pub use config::{Config, ConfigError, Reference};
pub use document::Located;
use overlap::Hit;
use scan::Scan;

use std::sync::Arc;

use crate::cast::Cast;
use crate::ner::Model;
use crate::normalise::Shadow;

/// Findings with at least this score should be looked at by a council. Below it lie forms that are
/// more often something else.
pub const DEFAULT_THRESHOLD: f32 = 0.5;

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Entity {
    /// A person's name.
    Person,
    /// An e-mail address.
    EmailAddress,
    /// A telephone number.
    PhoneNumber,
    /// An NHS number, CHI number or Health and Care number.
    UkNhs,
    /// A National Insurance number.
    UkNino,
    /// A postcode.
    UkPostcode,
    /// A passport number.
    UkPassport,
    /// A driving licence number.
    UkDrivingLicence,
    /// A vehicle registration.
    UkVehicleRegistration,
    /// A bank's sort code.
    UkSortCode,
    /// A bank account number.
    UkBankAccount,
    /// A Unique Taxpayer Reference.
    UkUtr,
    /// An Irish Personal Public Service number.
    IePpsn,
    /// A payment card number.
    CreditCard,
    /// An International Bank Account Number.
    IbanCode,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A MAC address.
    MacAddress,
    /// A web address.
    Url,
    /// A date, or a date with a time.
    DateTime,
    /// A date that the words around call a date of birth.
    DateOfBirth,
    /// A street address, or the town of one.
    Address,
    /// A reference of the organisation's own, by its configuration.
    Reference,
    /// A wallet address.
    Crypto,
}

impl Entity {
    /// Its name in findings, such as `UK_NINO`.
    #[must_use]
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }

    /// The entity with this name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_ascii_uppercase())).ok()
    }
}

/// Something found in a text.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Finding {
    /// What it is.
    pub entity: Entity,
    /// Its first character.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// How sure we are, 0 to 1.
    pub score: f32,
    /// Which rule, checksum and word led to it.
    pub why: String,
}

/// Finds identifiers. Make one and use it for every text.
#[derive(Debug, Clone)]
pub struct Detector {
    threshold: f32,
    entities: Vec<Entity>,
    references: Vec<config::Compiled>,
    model: Option<Arc<Model>>,
}

impl Detector {
    /// Compiles the organisation's own patterns.
    ///
    /// # Errors
    /// When a pattern is no regular expression, matches nothing at all, or would take too much memory.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let references = config.references.iter().map(config::Compiled::new).collect::<Result<_, _>>()?;
        Ok(Self { threshold: config.threshold, entities: config.entities.clone(), references, model: None })
    }

    /// The same with a local model, which adds to what the rules find.
    #[must_use]
    pub fn with_model(self, model: Arc<Model>) -> Self {
        Self { model: Some(model), ..self }
    }

    pub(crate) fn threshold(&self) -> f32 {
        self.threshold
    }

    /// The findings in `text`, in order of place, none overlapping another.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Finding> {
        self.find_with(text, &[], None)
    }

    /// The findings in `text`, with the people of `cast` among them.
    #[must_use]
    pub fn find_with_cast(&self, text: &str, cast: &Cast) -> Vec<Finding> {
        self.find_with(text, &[], Some(cast))
    }

    /// `labels` are the words of the heading or field label that the text stands under, nearest first.
    fn find_with(&self, text: &str, labels: &[&[u8]], cast: Option<&Cast>) -> Vec<Finding> {
        let shadow = Shadow::new(text);
        let mut hits = Scan::new(self, shadow.bytes(), labels).run();
        for reference in &self.references {
            reference.find(&shadow, labels, &mut hits);
        }
        if let Some(cast) = cast {
            cast.hits(&shadow, &mut hits);
        }
        let mut hits = overlap::resolve(hits);
        addresses::towns(&text::Text::new(shadow.bytes()), &mut hits);
        hits.retain(|hit| hit.score >= self.threshold && self.wants(hit.entity));
        let mut found: Vec<Finding> = hits.into_iter().map(|hit| finding(&shadow, hit)).collect();
        if let Some(model) = &self.model {
            model.add(text, self.threshold, |entity| self.wants(entity), &mut found);
        }
        found
    }

    fn wants(&self, entity: Entity) -> bool {
        self.entities.is_empty() || self.entities.contains(&entity)
    }
}

fn finding(shadow: &Shadow, hit: Hit) -> Finding {
    let place = shadow.source(hit.start..hit.end);
    Finding { entity: hit.entity, start: place.start, end: place.end, score: hit.score, why: hit.why }
}

/// A person of the cast who is mentioned at a place of the shadow text.
pub(crate) fn person_hit(start: usize, end: usize, score: f32, why: String) -> Hit {
    Hit { entity: Entity::Person, start, end, score, why }
}

pub(crate) use overlap::Hit as ShadowHit;
