//! Surveys that ask for no name and no contact (promise C7).

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::sharing::nudge::says_who;
use counterfoil_domain::sharing::statistics::{Protection, Table, Unit};
use counterfoil_store::sharing::survey::SurveyText;

use super::facts::Facts;
use super::minimise::only_declared;
use crate::error::{Result, ServiceError};
use crate::register::model::Form;
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

/// The forms of a register that are surveys: those that can be answered without saying who one is.
pub(crate) fn is_survey(form: &Form) -> bool {
    form.anonymous && form.id.starts_with("survey")
}

fn of_form(form: &Form) -> Survey {
    let fields = form.field.iter().map(|f| (f.name.clone(), f.need.clone(), f.required)).collect();
    Survey { id: form.id.clone(), name: form.name.clone(), fields }
}

/// The register's surveys.
///
/// # Errors
/// A register that cannot be read.
pub fn surveys(desk: &Desk<'_>) -> Result<Vec<Survey>> {
    let facts = Facts::of(desk)?;
    let forms = facts.register.as_ref().map(|r| r.part.form.as_slice()).unwrap_or_default();
    Ok(forms.iter().filter(|f| is_survey(f)).map(of_form).collect())
}

/// The register's survey: the form with this id, which must be one that can be answered without saying who one is.
///
/// # Errors
/// [`ServiceError::Invalid`] when there is none.
pub fn survey(desk: &Desk<'_>, id: &str) -> Result<Survey> {
    let found = surveys(desk)?.into_iter().find(|s| s.id == id);
    found.ok_or_else(|| ServiceError::Invalid(format!("`{id}` is no survey of the register")))
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It has to be answered.
    Missing,
    /// It says who somebody is, or how to reach them.
    SaysWho,
    /// It is too long.
    Long,
}

/// The longest answer, in characters.
const LONGEST: usize = 4000;

/// What of these answers would not be taken, by field.
#[must_use]
pub fn mistakes(survey: &Survey, answers: &BTreeMap<String, String>) -> Vec<(String, Wrong)> {
    let of = |(name, _, required): &(String, String, bool)| {
        let text = answers.get(name).map_or("", |a| a.trim());
        let wrong = match text {
            "" if *required => Wrong::Missing,
            text if text.chars().count() > LONGEST => Wrong::Long,
            text if says_who(text) => Wrong::SaysWho,
            _ => return None,
        };
        Some((name.clone(), wrong))
    };
    survey.fields.iter().filter_map(of).collect()
}

/// Takes an answer. It is tied to nobody: not to a person, not to an address, only to a day.
///
/// # Errors
/// [`ServiceError::Unlawful`] for a field that the survey does not declare; [`ServiceError::Invalid`] for a required
/// answer that is missing, or one that says who somebody is.
pub fn answer(desk: &Desk<'_>, id: &str, answers: &BTreeMap<String, String>) -> Result<()> {
    let survey = survey(desk, id)?;
    let given: Vec<String> = answers.keys().cloned().collect();
    if let Err(refused) = only_declared(desk, id, &given) {
        desk.store.act(desk.who, Verb::SurveyAnswer, Purpose::Research, |tx| {
            tx.permit_statistics(
                serde_json::json!({ "survey": id, "refused": "a field that is not declared" }),
            )?;
            tx.count_minimised("undeclared", id, "")
        })?;
        return Err(refused);
    }
    if let Some((name, wrong)) = mistakes(&survey, answers).first() {
        return Err(ServiceError::Invalid(match wrong {
            Wrong::Missing => format!("answer `{name}`"),
            Wrong::Long => format!("shorten `{name}`: {LONGEST} characters are the most"),
            Wrong::SaysWho => {
                "take out what could say who you are, or how to reach you: this survey is to name nobody"
                    .to_owned()
            }
        }));
    }
    let said = answers.iter().filter(|(_, a)| !a.trim().is_empty());
    let answers = said.map(|(name, a)| (name.clone(), a.trim().to_owned())).collect();
    let (on, text) = (desk.today()?, SurveyText { answers });
    Ok(desk.store.act(desk.who, Verb::SurveyAnswer, Purpose::Research, |tx| {
        tx.permit_statistics(serde_json::json!({ "survey": id }))?;
        tx.keep_survey_answer(id, on, &text)
    })?)
}

/// What came of a survey, without small numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// The survey.
    pub survey: Survey,
    /// All answers; none where they are too few to say.
    pub total: Option<u64>,
    /// Answers by quarter; none where they are too few to say.
    pub quarters: Vec<(String, Option<u64>)>,
    /// The words, by field, in the order of the alphabet; none of a field that too few answered.
    pub words: Vec<(String, Option<Vec<String>>)>,
}

/// What came of a survey. Numbers below five are not said, nor those by which one of them could be worked out; the words
/// of fewer than five people are not shown, and never with their day.
///
/// # Errors
/// [`ServiceError::Invalid`] for no survey; a refusal of the gate (access rule 76).
pub fn results(desk: &Desk<'_>, id: &str) -> Result<Results> {
    let survey = survey(desk, id)?;
    let all = desk.store.act(desk.who, Verb::StatisticsRead, Purpose::Research, |tx| {
        tx.permit_statistics(serde_json::json!({ "survey": id }))?;
        tx.survey_answers(id)
    })?;
    let guard = Protection { threshold: LEAST, round_to: 1 };
    let units = all.iter().enumerate().map(|(n, (on, _))| Unit {
        values: vec![format!("{}-Q{}", on.year(), (on.month() + 2) / 3)],
        // Each answer is somebody's own.
        person: u128::try_from(n).unwrap_or(0).to_be_bytes(),
    });
    let shown = Table::tally(units).protect(guard);
    let number =
        |key: &[Option<String>]| shown.iter().find(|(k, _)| k.as_slice() == key).and_then(|(_, n)| *n);
    let quarters = shown.iter().filter_map(|(key, n)| Some((key.first()?.clone()?, *n))).collect();
    let of_field = |(name, ..): &(String, String, bool)| {
        let mut said: Vec<String> =
            all.iter().filter_map(|(_, text)| text.answers.get(name).cloned()).collect();
        said.sort_unstable();
        let enough = u64::try_from(said.len()).is_ok_and(|n| n >= LEAST);
        (name.clone(), enough.then_some(said))
    };
    let words = survey.fields.iter().map(of_field).collect();
    Ok(Results { total: number(&[None]), quarters, words, survey })
}

/// The least number of answers that is said.
const LEAST: u64 = 5;
