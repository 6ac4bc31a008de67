//! Processing activities.

use std::collections::BTreeMap;

use counterfoil_domain::register::activity::AutomatedUse;
use counterfoil_domain::register::assessment::RiskFeature;
use counterfoil_domain::register::bases::{Annex1, LawfulBasis, Section8};
use counterfoil_domain::register::schedule1::{Gate, WithoutConsent};
use counterfoil_domain::register::special::Art9;
use jiff::civil::Date;
use serde::Deserialize;

use super::{maybe, word, words};

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

fn yes() -> bool {
    true
}
