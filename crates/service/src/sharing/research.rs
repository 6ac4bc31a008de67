//! Research: extracts under pseudonyms of the project, in which nobody is one of a few; and the way back, which
//! two people open (promise C8).

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{PersonId, ProjectId, ReidentificationId};
use counterfoil_domain::sharing::research::{LEAST_K, age_band, k_anonymous, may_extract, postcode_area};
use counterfoil_store::casebook::cases::Case;
use counterfoil_store::casebook::people::Person;
use counterfoil_store::sharing::research::{
    Given, Project, ProjectText, Reidentification, ReidentificationText,
};
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::civil::Date;

use crate::error::{Result, ServiceError};
use crate::register::keep::day_of;
use crate::rights::Desk;

pub use counterfoil_store::sharing::research::{
    Project as ResearchProject, ProjectText as ResearchText, Reidentification as ReidentificationPermit,
};

type Stored<T> = std::result::Result<T, StoreError>;

/// The fields that an extract may have: coarse, and none that names anyone.
pub const FIELDS: [&str; 6] = ["age-band", "postcode-area", "office", "issue", "quarter", "outcome"];

/// An extract: one row for each case that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// `pseudonym` and the fields, with a header.
    pub csv: String,
    /// Rows given.
    pub rows: usize,
    /// Rows that fell away because too few were alike.
    pub dropped: usize,
    /// The smallest group that was given.
    pub smallest: usize,
}

fn about(what: &str) -> serde_json::Value {
    serde_json::json!({ "research": what })
}

/// Opens a research project.
///
/// # Errors
/// [`ServiceError::Invalid`] for a field that no extract may have, too small a group, or nothing agreed; a refusal
/// of the gate.
pub fn open(
    desk: &Desk<'_>,
    fields: &[String],
    least_alike: usize,
    until: Date,
    text: &ProjectText,
) -> Result<ProjectId> {
    if let Some(field) = fields.iter().find(|f| !FIELDS.contains(&f.as_str())) {
        return Err(ServiceError::Invalid(format!(
            "`{field}` cannot be in an extract: use some of {}",
            FIELDS.join(", ")
        )));
    }
    if fields.is_empty() || least_alike < LEAST_K {
        return Err(ServiceError::Invalid(format!(
            "choose fields, and a group of at least {LEAST_K} people who are alike"
        )));
    }
    if [&text.title, &text.researcher, &text.purpose, &text.agreed].iter().any(|t| t.trim().is_empty()) {
        return Err(ServiceError::Invalid(
            "say what the project is, who gets the extract, what for, and where that was agreed".to_owned(),
        ));
    }
    Ok(desk.store.act(desk.who, Verb::ResearchOpen, Purpose::Research, |tx| {
        tx.permit_statistics(about("project opened"))?;
        tx.open_project(fields, least_alike, until, text)
    })?)
}

/// The projects, newest first.
///
/// # Errors
/// A refusal of the gate.
pub fn projects(desk: &Desk<'_>) -> Result<Vec<Project>> {
    Ok(desk.store.act(desk.who, Verb::ResearchOpen, Purpose::Research, |tx| {
        tx.permit_statistics(about("projects read"))?;
        tx.projects()
    })?)
}

/// Makes an extract for an open project. People whom the gate keeps out (restricted, under extra protection) are
/// left out; rows that are one of too few alike fall away.
///
/// # Errors
/// [`ServiceError::Unlawful`] when too much would fall away, or the project is over; a refusal of the gate.
pub fn extract(desk: &Desk<'_>, id: ProjectId) -> Result<Extract> {
    let on = desk.today()?;
    let offices = desk.store.offices(desk.controller())?;
    let names: BTreeMap<String, String> = offices.into_iter().map(|o| (o.id.to_string(), o.name)).collect();
    let (header, rows, given) = desk.store.act(desk.who, Verb::ResearchExtract, Purpose::Research, |tx| {
        let project = tx.project(id)?;
        if project.closed_at.is_some() || project.until < on {
            return Err(StoreError::Invalid("this project is over: nothing more is given to it".to_owned()));
        }
        let (pseudonyms, values) = collect(tx, &project, &names, on)?;
        let kept = k_anonymous(&values, project.least_alike);
        may_extract(&kept).map_err(|gap| StoreError::Invalid(gap.reason))?;
        let rows: Vec<Vec<String>> = pseudonyms
            .into_iter()
            .zip(values)
            .zip(&kept.rows)
            .filter(|(_, keep)| **keep)
            .map(|((pseudonym, values), _)| [vec![pseudonym], values].concat())
            .collect();
        let given = Given { rows: rows.len(), dropped: kept.dropped, smallest: kept.smallest };
        tx.keep_extract(id, given)?;
        Ok((project.fields, rows, given))
    })?;
    let csv = written(&header, &rows)?;
    Ok(Extract { csv, rows: given.rows, dropped: given.dropped, smallest: given.smallest })
}

fn collect(
    tx: &mut Tx<'_>,
    project: &Project,
    offices: &BTreeMap<String, String>,
    on: Date,
) -> Stored<(Vec<String>, Vec<Vec<String>>)> {
    let (mut pseudonyms, mut values) = (Vec::new(), Vec::new());
    for person in tx.people_with_cases()?.into_keys() {
        if !tx.may(person)? {
            continue;
        }
        let terms = Terms { detail: about("extract"), ..Terms::default() };
        let opened = tx.read_person(person, &terms)?;
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        for case in tx.cases_of(&permit)? {
            pseudonyms.push(tx.research_pseudonym(project, person)?);
            values.push(project.fields.iter().map(|f| value(f, &opened, &case, offices, on)).collect());
        }
    }
    Ok((pseudonyms, values))
}

fn value(field: &str, person: &Person, case: &Case, offices: &BTreeMap<String, String>, on: Date) -> String {
    match field {
        "age-band" => age_band(person.profile.born, on),
        "postcode-area" => person
            .profile
            .addresses
            .last()
            .map_or_else(|| "unknown".to_owned(), |a| postcode_area(&a.postcode)),
        "office" => offices.get(&case.office.to_string()).cloned().unwrap_or_default(),
        "issue" => case.issue.split(['.', '/']).next().unwrap_or_default().to_owned(),
        "quarter" => day_of(case.opened_at)
            .map(|d| format!("{}-Q{}", d.year(), (d.month() + 2) / 3))
            .unwrap_or_default(),
        _ => case.status.clone(),
    }
}

fn written(fields: &[String], rows: &[Vec<String>]) -> Result<String> {
    let failed = |e: csv::Error| ServiceError::Invalid(format!("the extract could not be written: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header: Vec<&str> = std::iter::once("pseudonym").chain(fields.iter().map(String::as_str)).collect();
    writer.write_record(header).map_err(failed)?;
    rows.iter().try_for_each(|row| writer.write_record(row)).map_err(failed)?;
    let bytes = writer
        .into_inner()
        .map_err(|e| ServiceError::Invalid(format!("the extract could not be written: {e}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Asks for the person behind a pseudonym, with the reason. Somebody else grants it.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason; a refusal of the gate.
pub fn ask_person(
    desk: &Desk<'_>,
    project: ProjectId,
    pseudonym: &str,
    reason: &str,
) -> Result<ReidentificationId> {
    if reason.trim().is_empty() {
        return Err(ServiceError::Invalid("say why the person must be found".to_owned()));
    }
    let text = ReidentificationText { pseudonym: pseudonym.trim().to_owned(), reason: reason.to_owned() };
    Ok(desk.store.act(desk.who, Verb::ResearchOpen, Purpose::Research, |tx| {
        tx.permit_statistics(about("person asked for"))?;
        let open = tx.project(project)?;
        // That there is somebody is all that the asker learns.
        match tx.person_behind(&open, &text.pseudonym) {
            Ok(_) => tx.ask_reidentification(open.id, &text),
            Err(StoreError::NotFound(_)) => Err(StoreError::Invalid(
                "no row of this project bears this pseudonym: copy it from the extract".to_owned(),
            )),
            Err(e) => Err(e),
        }
    })?)
}

/// The permits that were asked for, newest first.
///
/// # Errors
/// A refusal of the gate.
pub fn permits(desk: &Desk<'_>) -> Result<Vec<Reidentification>> {
    Ok(desk.store.act(desk.who, Verb::ResearchOpen, Purpose::Research, |tx| {
        tx.permit_statistics(about("permits read"))?;
        tx.reidentifications()
    })?)
}

/// Grants a permit that somebody else asked for, and finds the person.
///
/// # Errors
/// A refusal of the gate: it is one's own asking, or a record that may not be reached; the project is closed.
pub fn grant_person(desk: &Desk<'_>, id: ReidentificationId) -> Result<PersonId> {
    Ok(desk.store.act(desk.who, Verb::ResearchReidentify, Purpose::Research, |tx| {
        let asked = tx.reidentifications()?.into_iter().find(|r| r.id == id);
        let asked = asked.ok_or(StoreError::NotFound("permit"))?;
        let project = tx.project(asked.project)?;
        let person = tx.person_behind(&project, &asked.text.pseudonym)?;
        let terms = Terms {
            signatories: vec![asked.asked_by],
            detail: serde_json::json!({ "research": "person found", "why": asked.text.reason }),
            ..Terms::default()
        };
        tx.permit(Record::Person, person, &terms)?;
        tx.grant_reidentification(id)?;
        Ok(person)
    })?)
}

/// Closes a project and destroys its key: from then on nobody finds a person behind its pseudonyms.
///
/// # Errors
/// A refusal of the gate.
pub fn close(desk: &Desk<'_>, id: ProjectId) -> Result<()> {
    desk.store.act(desk.who, Verb::ResearchOpen, Purpose::Research, |tx| {
        tx.permit_statistics(about("project closed"))?;
        tx.close_project(id)
    })?;
    desk.store.forget_closed_projects()?;
    Ok(())
}
