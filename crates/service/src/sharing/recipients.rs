//! The directory of recipients: who they are, on what footing they get data, and what (promise N20).

use counterfoil_domain::register::assessment::Standing;
use counterfoil_domain::sharing::Ground;
use counterfoil_domain::sharing::grounds::GROUNDS;
use counterfoil_domain::sharing::recipient::{RecipientKind, recipient_gaps};
use counterfoil_domain::sharing::special::area_of;
use serde::Serialize;

use super::facts::Facts;
use crate::error::Result;
use crate::register::lawful::standing_of;
use crate::rights::Desk;

/// One recipient of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientLine {
    /// The register's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is to us, in words.
    pub kind: &'static str,
    /// What it is given data for.
    pub why: String,
    /// The country.
    pub country: String,
    /// The agreement's reference; empty without one.
    pub agreement: String,
    /// How the agreement stands: `none`, `in-force`, `not-in-force`.
    pub agreement_state: &'static str,
    /// How the assessment that the agreement needs stands: `none`, `current`, `review-due`, `incomplete`.
    pub assessment_state: &'static str,
    /// The statutory gateway or other ground; empty under an agreement.
    pub gateway: String,
    /// The fields that it may get.
    pub fields: Vec<String>,
    /// What keeps it from being sent anything today, under its agreement or with permission; empty when nothing.
    pub blocked: Vec<String>,
}

/// The recipients on the register today.
///
/// # Errors
/// A register that cannot be read.
pub fn directory(desk: &Desk<'_>) -> Result<Vec<RecipientLine>> {
    let facts = Facts::of(desk)?;
    let Some(register) = &facts.register else { return Ok(Vec::new()) };
    Ok(register
        .part
        .recipient
        .iter()
        .filter_map(|r| {
            let seen = facts.registered(&r.id)?;
            let ground = if seen.agreement.is_some() { Ground::Agreement } else { Ground::Permission };
            let gaps = recipient_gaps(&seen, ground, facts.promise, &facts.adequate, facts.on);
            let needs =
                r.agreement.as_deref().and_then(|a| register.agreement(a)?.needs_assessment.as_deref());
            let assessed = needs.and_then(|id| register.assessment(id)).map(|a| standing_of(a, facts.on));
            let may_get = seen.may_get.clone().unwrap_or_default();
            // A public authority or a gateway of law is given data on a ground of its own.
            let own_ground = seen.kind == RecipientKind::Authority || !r.gateway.is_empty();
            Some(RecipientLine {
                id: seen.id.clone(),
                name: seen.name.clone(),
                kind: seen.kind.label(),
                why: r.why.clone(),
                country: seen.country.clone(),
                agreement: seen.agreement.as_ref().map(|a| a.reference.clone()).unwrap_or_default(),
                agreement_state: match &seen.agreement {
                    None => "none",
                    Some(a) if a.in_force => "in-force",
                    Some(_) => "not-in-force",
                },
                assessment_state: assessed.map_or("none", Standing::code),
                gateway: r.gateway.clone(),
                fields: facts
                    .declared
                    .iter()
                    .filter(|d| may_get.contains(&d.data))
                    .filter(|d| seen.only_fields.is_empty() || seen.only_fields.contains(&d.name))
                    .map(|d| d.name.clone())
                    .collect(),
                blocked: gaps
                    .into_iter()
                    .filter(|g| !(own_ground && g.code == "no-agreement"))
                    .map(|g| g.reason)
                    .collect(),
            })
        })
        .collect())
}

/// The recipients to whom a person with this issue may be sent: those that the activities of the issue's area name,
/// or all of them for an issue of no area.
///
/// # Errors
/// A register that cannot be read.
pub fn for_issue(desk: &Desk<'_>, issue: &str) -> Result<Vec<RecipientLine>> {
    let all = directory(desk)?;
    let facts = Facts::of(desk)?;
    let (Some(register), Some(_)) = (&facts.register, area_of(issue)) else { return Ok(all) };
    let activities = Facts::activities_for(register, facts.on, issue);
    let named: Vec<&str> = activities.iter().flat_map(|a| a.recipients.iter().map(String::as_str)).collect();
    Ok(all.into_iter().filter(|r| named.contains(&r.id.as_str())).collect())
}

/// The fields that may be given, each with its need.
///
/// # Errors
/// A register that cannot be read.
pub fn fields(desk: &Desk<'_>) -> Result<Vec<(String, String)>> {
    Ok(Facts::of(desk)?.declared.into_iter().map(|d| (d.name, d.need)).collect())
}

/// The grounds that the organisation's notice promises, and no other.
///
/// # Errors
/// A register that cannot be read.
pub fn promised_grounds(desk: &Desk<'_>) -> Result<Vec<Ground>> {
    let promise = Facts::of(desk)?.promise;
    Ok(GROUNDS.iter().filter(|r| r.promises.contains(&promise)).map(|r| r.ground).collect())
}
