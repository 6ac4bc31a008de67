//! What an organisation tells about itself: the facts that letters and the Art 15 information need.

use serde::{Deserialize, Serialize};

use crate::error::{Result, ServiceError};

/// The facts of one organisation, from its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// `advice-charity` or `council`.
    pub kind: String,
    /// Its division of the United Kingdom.
    pub division: String,
    /// Who answers requests and complaints.
    pub contact: Contact,
    /// The data protection officer (Art 37 UK GDPR).
    pub data_protection_officer: Officer,
    /// The regulator: configurable, because its name and address are about to change.
    pub regulator: Regulator,
    /// The built-in register that it begins with: `advice-network` or `council`.
    #[serde(default)]
    pub register: Option<String>,
    /// How it uses personal data, for an organisation without a register.
    #[serde(default)]
    pub processing: Option<Processing>,
    /// Other systems in which an erasure is carried out too.
    #[serde(default)]
    pub connected: Vec<Connected>,
}

/// A connected system: one in which an erasure is carried out too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connected {
    /// Its name, as the certificate gives it.
    pub name: String,
    /// The description of what it holds: a Fides dataset in YAML.
    pub dataset: std::path::PathBuf,
    /// Where it is: `sqlite:FILE`, or `env:NAME` for an environment variable with the address. An address with a
    /// password does not belong into settings.
    pub connection: String,
    /// What becomes of rows that may be other people's too: `keep` (the default: they are left, and named in the
    /// plan) or `mask`.
    #[serde(default)]
    pub shared: String,
}

/// Who can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A team rather than a person.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
}

/// The data protection officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// A title rather than a name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// The regulator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulator {
    /// Its name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Telephone number.
    pub phone: String,
    /// Web address.
    pub website: String,
}

/// What Art 15(1) and (2) UK GDPR ask to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// (a) the purposes.
    pub purposes: Vec<String>,
    /// (b) the categories of personal data.
    pub categories: Vec<String>,
    /// Special categories and their condition.
    pub special_categories: String,
    /// The lawful basis.
    pub basis: String,
    /// (c) the recipients.
    pub recipients: Vec<String>,
    /// (2) transfers and their safeguards.
    pub transfers: String,
    /// (d) how long.
    pub retention: String,
    /// (g) the sources.
    pub sources: Vec<String>,
    /// (h) automated decisions.
    pub automated: String,
}

impl Organisation {
    /// Reads an organisation's settings.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming the place and the fault.
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| {
            ServiceError::Invalid(format!("the organisation's settings cannot be used: {}", e.message()))
        })
    }

    /// A built-in template: `advice-network` or `council`.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for another name.
    pub fn template(name: &str) -> Result<(&'static str, Self)> {
        let text = match name {
            "advice-network" => include_str!("../../../organisations/advice-network/organisation.toml"),
            "council" => include_str!("../../../organisations/council/organisation.toml"),
            other => {
                return Err(ServiceError::Invalid(format!(
                    "`{other}` is not an organisation: use advice-network or council"
                )));
            }
        };
        Self::from_toml(text).map(|o| (text, o))
    }
}
