//! Is a decision to withhold one item valid?

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::lifts::lifts_right;
use super::model::{Claimants, Exemption, Mention, Organisation, Rule};
use crate::place::Division;
use crate::questions::{Field, Kind, Response, opinion_expires, unmet};
use crate::rights::Right;

/// A decision to withhold part of one item. There is none for a whole request: every exemption works to the
/// extent that its test is met, so each item carries its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The exemption's code.
    pub code: String,
    /// The right that the person uses.
    pub right: Right,
    /// What kind of body withholds.
    pub organisation: Organisation,
    /// Where the body is.
    pub division: Division,
    /// The day of the decision.
    pub on: Date,
    /// What in the item is withheld, in words ("paragraph 3", "the name of the neighbour").
    pub part: String,
    /// The answers to the test.
    pub answers: BTreeMap<String, Response>,
    /// Why the letter does not mention it, when it does not.
    pub unmentioned_because: Option<String>,
}

/// One thing that keeps a decision from being valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({provision})")]
pub struct Missing {
    /// A stable code such as `unanswered` or `test-not-met`.
    pub code: &'static str,
    /// The field, or empty when it is the decision as a whole.
    pub field: String,
    /// Where the law says so.
    pub provision: String,
    /// What is missing or wrong and what to do.
    pub reason: String,
}

/// A valid decision. Only [`check`] makes one.
// INVARIANT: every field of its exemption's test is answered so that the exemption stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid {
    decision: Decision,
    exemption: &'static Exemption,
    expires: Option<Date>,
}

impl Valid {
    /// The decision.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The exemption that it rests on.
    #[must_use]
    pub const fn exemption(&self) -> &'static Exemption {
        self.exemption
    }

    /// The last day on which it can be relied on, where an opinion ages.
    #[must_use]
    pub const fn expires(&self) -> Option<Date> {
        self.expires
    }

    /// Whether the letter mentions the exemption.
    #[must_use]
    pub const fn mentioned(&self) -> bool {
        self.decision.unmentioned_because.is_none()
    }
}

/// Checks a decision to withhold one item against the exemption's test on the day of the decision.
///
/// # Errors
/// Everything that is missing or wrong, in the order in which a person would mend it.
pub fn check(decision: Decision) -> Result<Valid, Vec<Missing>> {
    let Some(exemption) = super::exemption(&decision.code) else {
        let reason =
            format!("`{}` is not an exemption: list them with `counterfoil exemptions`", decision.code);
        return Err(vec![whole("unknown-exemption", "DPA 2018", reason)]);
    };
    let mut missing = standing(exemption, &decision);
    missing.extend(exemption.test.iter().filter_map(|f| field_gap(exemption, f, &decision)));
    missing.extend(unasked(exemption, &decision));
    missing.extend(special_rule(exemption, &decision));
    missing.extend(mention(exemption, &decision));
    if missing.is_empty() {
        let expires = expiry(exemption, &decision);
        Ok(Valid { decision, exemption, expires })
    } else {
        Err(missing)
    }
}

fn whole(code: &'static str, provision: &str, reason: impl Into<String>) -> Missing {
    Missing { code, field: String::new(), provision: provision.to_owned(), reason: reason.into() }
}

fn at(code: &'static str, exemption: &Exemption, field: &str, reason: impl Into<String>) -> Missing {
    Missing {
        code,
        field: field.to_owned(),
        provision: exemption.provision.to_owned(),
        reason: reason.into(),
    }
}

/// Whether a body of this kind may claim an exemption.
///
/// Social-work exemptions (Sch 3 para 8): a council outside Northern Ireland, a health and social care body,
/// a designated voluntary body. Educational-record exemptions: education bodies, and councils outside
/// Northern Ireland.
#[must_use]
pub fn may_claim(exemption: &Exemption, organisation: Organisation, division: Division) -> bool {
    let council_with_services =
        organisation == Organisation::Council && division != Division::NorthernIreland;
    match exemption.claimants {
        Claimants::Any => true,
        Claimants::Only(kinds) => kinds.contains(&organisation),
        Claimants::SocialWork => {
            council_with_services
                || matches!(organisation, Organisation::HealthBody | Organisation::DesignatedVoluntary)
        }
        Claimants::Education => council_with_services || organisation == Organisation::EducationBody,
    }
}

/// Whether an exemption exists in law on a day: all from 25 May 2018, save Art 15(1A), deemed in force from
/// 1 January 2024 (s.78(5) of the 2025 Act).
#[must_use]
pub fn exemption_in_force(exemption: &Exemption, on: Date) -> bool {
    let from = if exemption.code == "A15(1A)" { date(2024, 1, 1) } else { date(2018, 5, 25) };
    on >= from
}

fn standing(exemption: &Exemption, decision: &Decision) -> Vec<Missing> {
    let mut missing = Vec::new();
    if decision.part.trim().is_empty() {
        let reason = "say what in the item is withheld: exemptions work to the extent that they are needed";
        missing.push(at("part-missing", exemption, "part", reason));
    }
    if !exemption_in_force(exemption, decision.on) {
        missing.push(at(
            "not-in-force",
            exemption,
            "",
            "this exemption was not in force on the day of the decision",
        ));
    }
    if !lifts_right(exemption.lifts, decision.right) {
        let reason = format!("it does not lift the right of {}", decision.right.label());
        missing.push(at("right-not-lifted", exemption, "", reason));
    }
    if !may_claim(exemption, decision.organisation, decision.division) {
        let reason = format!(
            "a body of the kind `{}` in `{}` cannot claim it",
            decision.organisation, decision.division
        );
        missing.push(at("not-claimable", exemption, "", reason));
    }
    match exemption.rule {
        Rule::NotScotland if decision.division == Division::Scotland => {
            missing.push(at("not-here", exemption, "", "it does not extend to Scotland"));
        }
        Rule::ScotlandOnly if decision.division != Division::Scotland => {
            missing.push(at("not-here", exemption, "", "it exists only in Scotland"));
        }
        _ => {}
    }
    missing
}

fn field_gap(exemption: &Exemption, field: &Field, decision: &Decision) -> Option<Missing> {
    let gap = unmet(field, decision.answers.get(field.key), decision.on)?;
    Some(at(gap.code, exemption, field.key, gap.reason))
}

fn expiry(exemption: &Exemption, decision: &Decision) -> Option<Date> {
    let field = exemption.test.iter().find(|f| f.kind == Kind::OpinionDate)?;
    match decision.answers.get(field.key)? {
        Response::Date(day) => opinion_expires(*day),
        _ => None,
    }
}

fn unasked(exemption: &'static Exemption, decision: &Decision) -> Vec<Missing> {
    let known: Vec<&str> = exemption.test.iter().map(|f| f.key).collect();
    let strange = |key: &&String| !known.contains(&key.as_str());
    decision
        .answers
        .keys()
        .filter(strange)
        .map(|key| {
            let reason = format!("`{key}` is not part of this test: its fields are {}", known.join(", "));
            at("unknown-field", exemption, key, reason)
        })
        .collect()
}

/// Whether it is deemed reasonable to disclose this other person's information without consent (Sch 2 para
/// 17): a health professional in a health record, a social-work officer or an education worker in their
/// official capacity.
#[must_use]
pub fn professional_disclosable(other: &str) -> bool {
    matches!(other, "health-professional" | "social-worker" | "education-worker")
}

fn chosen<'a>(decision: &'a Decision, key: &str) -> Option<&'a str> {
    match decision.answers.get(key)? {
        Response::Choice(code) => Some(code),
        _ => None,
    }
}

fn special_rule(exemption: &Exemption, decision: &Decision) -> Option<Missing> {
    match exemption.rule {
        Rule::OtherPeople if chosen(decision, "other").is_some_and(professional_disclosable) => {
            let reason = "it is deemed reasonable to disclose a professional acting in that capacity (para 17): disclose";
            Some(at("deemed-reasonable", exemption, "other", reason))
        }
        Rule::ParentOrDeputy | Rule::NotScotland => of_age(exemption, decision),
        _ => None,
    }
}

fn of_age(exemption: &Exemption, decision: &Decision) -> Option<Missing> {
    let parental = chosen(decision, "requester") == Some("parental-responsibility");
    let over = decision.answers.get("under_age") == Some(&Response::YesNo(false));
    (parental && over).then(|| {
        let limit = super::model::parental_age_limit(decision.division);
        let reason = format!("parental responsibility counts only while the data subject is under {limit}");
        at("over-age", exemption, "under_age", reason)
    })
}

fn mention(exemption: &Exemption, decision: &Decision) -> Option<Missing> {
    let reason = decision.unmentioned_because.as_ref()?;
    match exemption.mention {
        Mention::Tell | Mention::NotApplicable => Some(at(
            "must-be-mentioned",
            exemption,
            "unmentioned",
            "the person must be told that this was used",
        )),
        Mention::MayOmit | Mention::Sometimes if reason.trim().is_empty() => {
            let reason = "say why mentioning it would itself cause the harm";
            Some(at("unmentioned-without-reason", exemption, "unmentioned", reason))
        }
        Mention::MayOmit | Mention::Sometimes => None,
    }
}
