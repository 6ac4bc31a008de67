//! Controllers, offices, services, channels and systems.

use counterfoil_domain::place::Division;
use counterfoil_domain::register::bases::ControllerKind;
use jiff::civil::Date;
use serde::Deserialize;

use super::word;

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
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The controllers.
    pub controllers: Vec<String>,
    /// Who answers rights requests, in words.
    pub answers_requests: String,
    /// The same as an id: a controller of the arrangement, or `each-office` for the office that the person dealt
    /// with. Without one the first controller of the arrangement answers.
    #[serde(default)]
    pub answers: Option<String>,
    /// Who answers where `answers` is `each-office` and there was no office; the first controller without one.
    #[serde(default)]
    pub answers_else: Option<String>,
    /// Who notifies a breach.
    pub notifies: String,
    /// The contact point for the people concerned.
    pub contact_point: String,
    /// The essence of the arrangement, for the notice (Art 26(2)).
    pub essence: String,
    /// The same in Welsh.
    #[serde(default)]
    pub essence_cy: Option<String>,
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

impl SystemKind {
    /// Its spelling in the register's files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Casebook => "casebook",
            Self::System => "system",
            Self::Paper => "paper",
        }
    }
}

/// A system or manual file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
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
