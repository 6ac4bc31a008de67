//! Refusals in words: why, and what would make it possible, without saying what the record holds.

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::entities::longest_grant_millis;
use super::gate::Gate;
use super::question::{GrantFacts, Question};

/// What is told to the person who was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub why: String,
    #[serde(default)]
    pub remedy: Option<String>,
}

/// The words of `content/en/refusals.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    /// By policy, for each forbid.
    policies: BTreeMap<String, Words>,
    /// By what is missing, when nothing permits.
    missing: BTreeMap<String, Words>,
}

/// The forbids that depend on the worker and not on the record: telling them tells nothing of it.
/// The first that refused is the one that is told. `other-controller` is worded as "no such record".
const ABOUT_THE_WORKER: [&str; 5] =
    ["other-controller", "account-closed", "no-second-factor", "training-lapsed", "office-not-adherent"];

/// The forbids that depend on the record. They are told only to someone whom a permit would let in;
/// anyone else hears what they would hear of any record. The first that refused is told.
const ABOUT_THE_RECORD: [&str; 13] = [
    "own-record",
    "declared-relation",
    "purpose-not-held",
    "complaint-file",
    "extra-protection",
    "hidden-from-lists",
    "restricted",
    "held",
    "lift-before-telling",
    "two-people",
    "pack-not-signed",
    "ending-not-signed",
    "organisation",
];

impl Wording {
    /// Reads the words and checks that none is missing.
    pub fn read(text: &str) -> Result<Self, String> {
        let wording: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        let forbids = ABOUT_THE_WORKER.iter().chain(&ABOUT_THE_RECORD);
        let unworded = forbids.filter(|id| !wording.policies.contains_key(**id));
        let missing = Missing::ALL.iter().map(|m| m.key()).filter(|key| !wording.missing.contains_key(*key));
        match unworded.copied().chain(missing).next() {
            Some(key) => Err(format!("there are no words for `{key}`")),
            None => Ok(wording),
        }
    }

    /// The words for a question that could not be decided.
    pub fn fault(&self) -> Words {
        self.missing(Missing::Fault)
    }

    /// The words for what the system never does by itself.
    pub fn not_automatic(&self) -> Words {
        self.missing(Missing::Automation)
    }

    fn missing(&self, what: Missing) -> Words {
        self.missing.get(what.key()).cloned().unwrap_or_else(bare_refusal)
    }

    fn policy(&self, id: &str) -> Words {
        self.policies.get(id).cloned().unwrap_or_else(bare_refusal)
    }
}

fn bare_refusal() -> Words {
    Words { why: "this is not allowed".to_owned(), remedy: None }
}

/// What is missing when no policy permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Automation,
    Evidence,
    Fault,
    GrantEnded,
    GrantForAnother,
    GrantNotBegun,
    GrantTooLong,
    GrantUse,
    GrantWithdrawn,
    HomeOfficeOnly,
    OtherOffice,
    Purpose,
    Role,
}

impl Missing {
    const ALL: [Self; 13] = [
        Self::Automation,
        Self::Evidence,
        Self::Fault,
        Self::GrantEnded,
        Self::GrantForAnother,
        Self::GrantNotBegun,
        Self::GrantTooLong,
        Self::GrantUse,
        Self::GrantWithdrawn,
        Self::HomeOfficeOnly,
        Self::OtherOffice,
        Self::Purpose,
        Self::Role,
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Automation => "automation",
            Self::Evidence => "evidence",
            Self::Fault => "fault",
            Self::GrantEnded => "grant-ended",
            Self::GrantForAnother => "grant-for-another",
            Self::GrantNotBegun => "grant-not-begun",
            Self::GrantTooLong => "grant-too-long",
            Self::GrantUse => "grant-use",
            Self::GrantWithdrawn => "grant-withdrawn",
            Self::HomeOfficeOnly => "home-office-only",
            Self::OtherOffice => "other-office",
            Self::Purpose => "purpose",
            Self::Role => "role",
        }
    }
}

/// The words for a refusal that `forbids` made, or that no permit prevented.
pub(super) fn refusal(gate: &Gate, question: &Question, forbids: &[String]) -> Words {
    let refused_by = |id: &&&str| forbids.iter().any(|f| f == **id);
    if let Some(id) = ABOUT_THE_WORKER.iter().find(refused_by) {
        return fill(gate.wording.policy(id), gate, question);
    }
    if !gate.permitted(question) {
        return fill(gate.wording.missing(missing(gate, question)), gate, question);
    }
    let id = ABOUT_THE_RECORD.iter().find(refused_by).copied().unwrap_or("organisation");
    fill(gate.wording.policy(id), gate, question)
}

/// What is missing: found by asking what would have been permitted, not by a copy of the rules.
fn missing(gate: &Gate, question: &Question) -> Missing {
    let Some(me) = question.actor.staff() else { return Missing::Automation };
    if let Some(defect) = question.grant.as_ref().and_then(|grant| defect(gate, question, grant)) {
        return defect;
    }
    if purposes_that_would_do(gate, question).next().is_some() {
        return Missing::Purpose;
    }
    if question.grant.is_some() {
        return Missing::GrantUse;
    }
    let mut at_home = question.clone();
    at_home.resource.office = me.office;
    if me.office != question.resource.office && gate.permitted(&at_home) {
        return if opens_with_a_grant(question.verb) {
            Missing::OtherOffice
        } else {
            Missing::HomeOfficeOnly
        };
    }
    Missing::Role
}

const fn opens_with_a_grant(verb: Verb) -> bool {
    matches!(verb, Verb::RecordList | Verb::RecordRead | Verb::RecordCreate | Verb::RecordEdit)
}

/// What is wrong with the grant itself. Only the holder is told about it.
fn defect(gate: &Gate, question: &Question, grant: &GrantFacts) -> Option<Missing> {
    let mine = question.actor.staff().is_some_and(|me| me.staff == grant.staff);
    let theirs = question.resource.person.as_ref().is_some_and(|p| p.id == grant.person);
    let lasts = grant.until.as_millisecond() - grant.from.as_millisecond();
    [
        (!mine || !theirs, Missing::GrantForAnother),
        (grant.withdrawn, Missing::GrantWithdrawn),
        (question.now < grant.from, Missing::GrantNotBegun),
        (question.now >= grant.until, Missing::GrantEnded),
        (lasts > longest_grant_millis(&gate.limits), Missing::GrantTooLong),
        (!grant.evidence_checked && grant.reason.demands_evidence(), Missing::Evidence),
    ]
    .into_iter()
    .find_map(|(wrong, what)| wrong.then_some(what))
}

fn purposes_that_would_do<'a>(gate: &'a Gate, question: &'a Question) -> impl Iterator<Item = Purpose> + 'a {
    let others = Purpose::ALL.iter().copied().filter(|p| *p != question.purpose);
    others.filter(|purpose| gate.permitted(&Question { purpose: *purpose, ..question.clone() }))
}

/// Fills `{verb}`, `{purpose}`, `{purposes}`, `{trained}`, `{from}`, `{until}`.
fn fill(words: Words, gate: &Gate, question: &Question) -> Words {
    let trained = question.actor.staff().and_then(|me| me.training_until);
    let asked =
        [Some(&words.why), words.remedy.as_ref()].into_iter().flatten().any(|t| t.contains("{purposes}"));
    let would_do =
        asked.then(|| purposes_that_would_do(gate, question).map(Purpose::as_str).collect::<Vec<_>>());
    let purposes = would_do.unwrap_or_default().join(", ");
    let fill_one = |text: String| {
        if !text.contains('{') {
            return text;
        }
        text.replace("{verb}", question.verb.as_str())
            .replace("{purpose}", question.purpose.as_str())
            .replace("{purposes}", &purposes)
            .replace("{trained}", &trained.map_or_else(|| "no date".to_owned(), moment))
            .replace("{from}", &question.grant.as_ref().map_or_else(String::new, |g| moment(g.from)))
            .replace("{until}", &question.grant.as_ref().map_or_else(String::new, |g| moment(g.until)))
    };
    Words { why: fill_one(words.why), remedy: words.remedy.map(fill_one) }
}

/// A moment as a person in the United Kingdom reads it.
fn moment(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%-d %B %Y at %H:%M").to_string()
}
