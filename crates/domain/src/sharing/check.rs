//! Is a disclosure permitted?

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::gateways::gateway;
use super::grounds::{Authoriser, Ground, GroundRule, Promise, TellingDuty, ground_rule};
use crate::place::Division;
use crate::questions::{Response, unmet};

/// Whether and how the person was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// Discussed before sharing.
    DiscussedFirst {
        /// When.
        on: Date,
    },
    /// Not discussed first, and told afterwards or to be told.
    Afterwards {
        /// When it was or is to be done.
        on: Date,
        /// Why it could not be discussed first.
        because: String,
    },
    /// Not told.
    NotTold {
        /// Why not: telling would cause harm, prejudice an investigation, or is forbidden.
        because: String,
    },
}

/// One disclosure as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The ground.
    pub ground: Ground,
    /// The promise by which the organisation is bound.
    pub promise: Promise,
    /// Where the organisation is.
    pub division: Division,
    /// Who receives.
    pub recipient: String,
    /// What they receive: fields, not files.
    pub fields: Vec<String>,
    /// What for.
    pub purpose: String,
    /// The gateway under which they ask, if any.
    pub gateway: Option<String>,
    /// Which of the gateway's statements the request contains, by position.
    pub stated: Vec<usize>,
    /// Whether anything is paid or given in return: then it is a sale (promise C9).
    pub consideration: bool,
    /// Who authorises it.
    pub authoriser: Option<Authoriser>,
    /// The evidence.
    pub evidence: BTreeMap<String, Response>,
    /// Whether the person is told; may be absent where the person knows or the notice says so.
    pub telling: Option<Telling>,
    /// The day.
    pub on: Date,
}

/// One thing that keeps a disclosure from being permitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Missing {
    /// A stable code such as `no-authoriser`.
    pub code: &'static str,
    /// The field, or empty.
    pub field: String,
    /// What is missing and what to do.
    pub reason: String,
}

/// A permitted disclosure. Only [`check`] makes one.
// INVARIANT: its ground's whole evidence stands, a senior enough person authorised it, and it says what is
// shared, with whom, why, and whether the person was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted(Disclosure);

impl Permitted {
    /// The disclosure, to be recorded as it stands.
    #[must_use]
    pub const fn disclosure(&self) -> &Disclosure {
        &self.0
    }
}

pub(super) fn missing(code: &'static str, field: &str, reason: impl Into<String>) -> Missing {
    Missing { code, field: field.to_owned(), reason: reason.into() }
}

/// Checks a proposed disclosure (promises N19, C17, C31).
///
/// # Errors
/// Everything that is missing, in the order of the form.
pub fn check(disclosure: Disclosure) -> Result<Permitted, Vec<Missing>> {
    let Some(rule) = ground_rule(disclosure.ground) else {
        return Err(vec![missing(
            "no-ground",
            "ground",
            "there is no such ground, so there is no disclosure",
        )]);
    };
    let mut gaps = basics(&disclosure, rule);
    for field in rule.evidence {
        let gap = unmet(field, disclosure.evidence.get(field.key), disclosure.on);
        gaps.extend(gap.map(|g| missing(g.code, field.key, g.reason)));
    }
    gaps.extend(unasked(&disclosure, rule));
    gaps.extend(authority(&disclosure, rule));
    gaps.extend(asked_properly(&disclosure));
    gaps.extend(telling(&disclosure, rule));
    if gaps.is_empty() { Ok(Permitted(disclosure)) } else { Err(gaps) }
}

fn basics(d: &Disclosure, rule: &GroundRule) -> Vec<Missing> {
    let mut gaps = Vec::new();
    if !rule.promises.contains(&d.promise) {
        let reason = format!("`{}` is not among the grounds that this organisation's notice names", d.ground);
        gaps.push(missing("ground-not-promised", "ground", reason));
    }
    if d.consideration {
        let reason =
            "something would be given in return, which makes it a sale: personal data are never sold";
        gaps.push(missing("sale", "consideration", reason));
    }
    for (text, field) in [(&d.recipient, "recipient"), (&d.purpose, "purpose")] {
        if text.trim().is_empty() {
            gaps.push(missing("unanswered", field, format!("name the {field}")));
        }
    }
    if d.fields.iter().all(|f| f.trim().is_empty()) {
        gaps.push(missing("unanswered", "fields", "name each field that is shared: only what is needed"));
    }
    gaps
}

/// Evidence that the ground does not ask for is a sign of the wrong ground.
fn unasked(d: &Disclosure, rule: &GroundRule) -> Vec<Missing> {
    let strange = |key: &&String| rule.evidence.iter().all(|f| f.key != key.as_str());
    let reason = |key: &String| format!("`{key}` is not evidence that the ground `{}` asks for", d.ground);
    d.evidence.keys().filter(strange).map(|key| missing("unknown-field", key, reason(key))).collect()
}

fn authority(d: &Disclosure, rule: &GroundRule) -> Option<Missing> {
    let enough = d.authoriser.is_some_and(|a| a >= rule.authoriser);
    (!enough).then(|| {
        let reason = format!("the {} or somebody more senior must authorise it", rule.authoriser.label());
        missing("no-authoriser", "authoriser", reason)
    })
}

fn asked_properly(d: &Disclosure) -> Vec<Missing> {
    let Some(code) = &d.gateway else { return Vec::new() };
    let Some(gate) = gateway(code) else {
        return vec![missing(
            "unknown-gateway",
            "gateway",
            format!("`{code}` is not a gateway: list them first"),
        )];
    };
    let mut gaps = Vec::new();
    if !gate.grounds.contains(&d.ground) {
        let reason = format!("the gateway `{code}` does not support the ground `{}`", d.ground);
        gaps.push(missing("gateway-for-another-ground", "gateway", reason));
    }
    if !gate.divisions.is_empty() && !gate.divisions.contains(&d.division) {
        let reason = format!("the gateway `{code}` does not exist in {}", d.division.label());
        gaps.push(missing("gateway-elsewhere", "gateway", reason));
    }
    let unstated = gate.must_state.iter().enumerate().filter(|(i, _)| !d.stated.contains(i));
    gaps.extend(
        unstated.map(|(_, s)| missing("not-stated", "stated", format!("the request must state {s}"))),
    );
    gaps
}

fn telling(d: &Disclosure, rule: &GroundRule) -> Option<Missing> {
    let reasonless = |because: &str| because.trim().is_empty();
    match &d.telling {
        None if rule.telling == TellingDuty::Tell => Some(missing(
            "not-told",
            "telling",
            "tell the person, before sharing if possible, or record why not",
        )),
        Some(Telling::DiscussedFirst { on }) if *on > d.on => Some(missing(
            "discussed-later",
            "telling",
            "it was to be discussed before the sharing, not after",
        )),
        Some(Telling::Afterwards { because, .. } | Telling::NotTold { because }) if reasonless(because) => {
            Some(missing("not-told", "telling", "record why the person was not told, or not told first"))
        }
        Some(Telling::Afterwards { on, .. }) if *on < d.on => Some(missing(
            "told-before",
            "telling",
            "a telling before the sharing is a discussion first: record it so",
        )),
        _ => None,
    }
}
