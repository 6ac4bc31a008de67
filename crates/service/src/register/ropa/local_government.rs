//! The record of processing in the columns that local government uses.

use jiff::civil::Date;

use super::super::lawful::as_law_sees_it;
use super::super::model::Line;
use super::super::{EACH_OFFICE, Register};
use super::cells;

/// The columns, from the controller to the review.
pub const LOCAL_GOVERNMENT_COLUMNS: [&str; 34] = [
    "Controller name",
    "Controller address",
    "Controller e-mail",
    "Controller telephone",
    "Data protection officer name",
    "Data protection officer address",
    "Data protection officer e-mail",
    "Data protection officer telephone",
    "ID",
    "Retention ID",
    "Business function",
    "Service ID",
    "Service name",
    "Service legislation",
    "Power or duty",
    "Records description",
    "Contains personal data",
    "Contains special category data",
    "Contains criminal data",
    "Purpose",
    "Categories of individuals",
    "Categories of personal data",
    "Source",
    "Lawful basis",
    "Special category condition",
    "Schedule 1 condition",
    "Recipients",
    "Third countries",
    "Transfer safeguards",
    "Retention period",
    "Retention authority",
    "Format and location",
    "Security measures",
    "Impact assessment",
];

const fn line(line: Line) -> &'static str {
    match line {
        Line::Service => "service",
        Line::Role => "further role",
        Line::Function => "support function",
    }
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// One row an activity in force on the day.
#[must_use]
pub fn local_government_rows(register: &Register, on: Date) -> Vec<Vec<String>> {
    register.activities(on).map(|e| row(register, e)).collect()
}

fn row(register: &Register, entry: &super::Entry) -> Vec<String> {
    let mut row = controller(register, entry);
    let law = as_law_sees_it(register, entry);
    let service = register.service(&entry.service);
    let rules = || entry.retention.iter().filter_map(|id| register.retention(id));
    row.extend([
        entry.id.clone(),
        cells::lines(entry.retention.iter().cloned()),
        service.map(|s| format!("{} ({})", s.group, line(s.line))).unwrap_or_default(),
        entry.service.clone(),
        service.map(|s| s.name.clone()).unwrap_or_default(),
        service.map(|s| s.legislation.clone()).unwrap_or_default(),
        service.map(|s| s.power_or_duty.clone()).unwrap_or_default(),
        entry.name.clone(),
        yes_no(!entry.data.is_empty()),
        yes_no(!law.special.is_empty()),
        yes_no(!law.criminal.is_empty()),
        cells::purpose(register, entry),
        cells::names(&entry.people, |id| register.people(id).map(|t| &t.name)),
        cells::names(&entry.data, |id| register.data(id).map(|t| &t.name)),
        cells::names(&entry.sources, |id| register.source(id).map(|t| &t.name)),
        cells::bases(entry),
        cells::conditions(entry),
        cells::schedule1(entry),
        cells::names(&entry.recipients, |id| register.recipient(id).map(|t| &t.name)),
        cells::countries(register, entry),
        cells::safeguards(register, entry),
        cells::lines(rules().map(|r| r.says.clone())),
        cells::lines(rules().map(|r| r.authority.clone())),
        cells::lines(
            entry
                .systems
                .iter()
                .filter_map(|id| register.system(id))
                .map(|s| format!("{}: {}", s.name, s.location)),
        ),
        cells::names(&entry.security, |id| register.measure(id).map(|t| &t.name)),
        entry.dpia.clone().unwrap_or_default(),
    ]);
    row
}

fn controller(register: &Register, entry: &super::Entry) -> Vec<String> {
    if entry.controller.as_deref() == Some(EACH_OFFICE) {
        let mut row = vec![cells::EACH_FOR_ITSELF.to_owned()];
        row.resize(8, String::new());
        return row;
    }
    let all = register.controllers_of(entry);
    let list =
        |f: fn(&super::super::model::Controller) -> &String| cells::lines(all.iter().map(|c| f(c).clone()));
    vec![
        list(|c| &c.name),
        list(|c| &c.address),
        list(|c| &c.email),
        list(|c| &c.phone),
        list(|c| &c.officer),
        list(|c| &c.address),
        list(|c| &c.officer_email),
        list(|c| &c.phone),
    ]
}
