//! Surveys that ask for no name and no contact (promise C7).

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::sharing::nudge::NudgeKind;
use counterfoil_store::sharing::survey::SurveyText;

use super::facts::Facts;
use super::minimise::{look_over, only_declared};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// A survey: its fields with their needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The form's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The fields: name, need, whether an answer is required.
    pub fields: Vec<(String, String, bool)>,
}

/// The register's survey: the form with this id, which must be one that can be answered without saying who one is.
///
/// # Errors
/// [`ServiceError::Invalid`] when there is none.
pub fn survey(desk: &Desk<'_>, id: &str) -> Result<Survey> {
    let facts = Facts::of(desk)?;
    let form = facts
        .register
        .as_ref()
        .and_then(|r| r.part.form.iter().find(|f| f.id == id && f.anonymous && f.id.starts_with("survey")));
    let form = form.ok_or_else(|| ServiceError::Invalid(format!("`{id}` is no survey of the register")))?;
    let fields = form.field.iter().map(|f| (f.name.clone(), f.need.clone(), f.required)).collect();
    Ok(Survey { id: form.id.clone(), name: form.name.clone(), fields })
}

/// Takes an answer. It is tied to nobody: not to a person, not to an address, only to a day.
///
/// # Errors
/// [`ServiceError::Unlawful`] for a field that the survey does not declare; [`ServiceError::Invalid`] for a required
/// answer that is missing, or one that holds an account or a number that names somebody.
pub fn answer(desk: &Desk<'_>, id: &str, answers: &BTreeMap<String, String>) -> Result<()> {
    let survey = survey(desk, id)?;
    let given: Vec<String> = answers.keys().cloned().collect();
    only_declared(desk, id, &given)?;
    let blank = |name: &String| answers.get(name).is_none_or(|a| a.trim().is_empty());
    if let Some((name, ..)) = survey.fields.iter().find(|(name, _, required)| *required && blank(name)) {
        return Err(ServiceError::Invalid(format!("answer `{name}`")));
    }
    let naming = answers.values().flat_map(|a| look_over(a, "wellbeing")).find(|(n, _)| {
        matches!(n.kind, NudgeKind::BankCard | NudgeKind::BankAccount | NudgeKind::NationalInsurance)
    });
    if naming.is_some() {
        return Err(ServiceError::Invalid(
            "take out the number that could say who you are: this survey is to name nobody".to_owned(),
        ));
    }
    let (on, text) = (desk.today()?, SurveyText { answers: answers.clone() });
    Ok(desk.store.act(desk.who, Verb::SurveyAnswer, Purpose::Research, |tx| {
        tx.permit_statistics(serde_json::json!({ "survey": id }))?;
        tx.keep_survey_answer(id, on, &text)
    })?)
}
