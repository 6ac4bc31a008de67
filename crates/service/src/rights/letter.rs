//! The letter, the Art 15 information and the index of a pack.

use std::collections::BTreeMap;

use counterfoil_domain::casebook::source::Sourced;
use counterfoil_finding::redact::{ReasonCode, SafeFile};
use counterfoil_finding::write::flow::{Flow, Item, Role, Run, Table};
use counterfoil_finding::write::{self, Words};
use jiff::civil::Date;
use serde::Deserialize;

use super::Desk;
use super::pack::Pack;
use super::review::File;
use crate::casebook::people;
use crate::error::{Result, ServiceError};
use crate::letters::{self, Answers};
use crate::organisation::{Organisation, Processing};
use crate::register::{information, keep};

/// The words of the pack in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    letter_title: String,
    greeting: String,
    opening: String,
    none_held: String,
    held: String,
    answerable_heading: String,
    searched_heading: String,
    source_columns: Vec<String>,
    result_held: String,
    result_none_held: String,
    result_not_this_kind: String,
    result_waived: String,
    withheld_heading: String,
    withheld_none: String,
    withheld_some: String,
    code_columns: Vec<String>,
    information_heading: String,
    information_see: String,
    rights_heading: String,
    rights: Vec<String>,
    complain_heading: String,
    complain_us: String,
    complain_regulator: String,
    court: String,
    keep_safe: String,
    formats: String,
    closing: String,
    information_title: String,
    purposes_heading: String,
    categories_heading: String,
    special: String,
    basis_heading: String,
    recipients_heading: String,
    transfers_heading: String,
    retention_heading: String,
    sources_heading: String,
    own_sources_heading: String,
    own_source: String,
    automated_heading: String,
    officer: String,
    registration: String,
    index_title: String,
    index_columns: Vec<String>,
    index_withheld_heading: String,
    index_withheld_columns: Vec<String>,
    index_note: String,
}

/// The day on which complaints to the controller begin (DPA 2018 s.164A).
const COMPLAINTS_TO_US: Date = Date::constant(2026, 6, 19);

type Fill<'a> = BTreeMap<&'a str, String>;

fn fill(text: &str, with: &Fill<'_>) -> String {
    with.iter().fold(text.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
}

/// Writes the three papers, each as tagged PDF and HTML.
pub(crate) fn write(
    desk: &Desk<'_>,
    file: &File,
    pack: &Pack,
    meanings: &BTreeMap<ReasonCode, String>,
) -> Result<Vec<SafeFile>> {
    let text: Text = toml::from_str(include_str!("../../../../content/en/pack.toml")).map_err(|e| {
        ServiceError::Invalid(format!("the words of the pack cannot be used: {}", e.message()))
    })?;
    let organisation = Organisation::from_toml(&desk.store.controller(desk.controller())?.settings)?;
    let processing = processing(desk, &organisation)?;
    let answers = letters::answerable_for(desk, &file.request.reference, letters::Language::En)?;
    let mut with = filled(file, pack, &organisation, &processing);
    with.insert("organisation", organisation.name.clone());
    with.insert("registration", letters::registration(desk)?);
    answered_by(&mut with, &answers);
    let own = own_sources(desk, file, &text)?;
    let papers = [
        ("00-letter", letter(&text, &with, (file, &answers), meanings, desk.today()?)),
        ("01-how-we-use-your-information", information(&text, &with, (&processing, &own))),
        ("02-index", index(&text, &with, pack)),
    ];
    papers.iter().map(|(stem, flow)| both(stem, flow)).collect::<Result<Vec<_>>>().map(|f| f.concat())
}

/// Where a local office answers, its name, contact, officer and registration take the place of the organisation's.
fn answered_by(with: &mut Fill<'_>, answers: &Answers) {
    let (Some(contact), Some(who)) = (&answers.contact, answers.named.first()) else { return };
    with.extend([
        ("contact_name", contact.name.clone()),
        ("contact_address", contact.address.clone()),
        ("contact_email", contact.email.clone()),
        ("contact_phone", contact.phone.clone()),
        ("organisation", who.name.clone()),
        ("registration", who.registration.clone()),
        ("officer_name", format!("the officer of {}", who.name)),
        ("officer_email", who.officer_email.clone()),
    ]);
}

fn both(stem: &str, flow: &Flow) -> Result<Vec<SafeFile>> {
    let words = Words::default();
    let fault = |e: write::WriteError| ServiceError::Invalid(e.to_string());
    let pdf = write::pdf(flow, &words).map_err(fault)?;
    let html = write::html(flow, &words).into_bytes();
    Ok(vec![
        SafeFile { name: format!("{stem}.pdf"), media_type: "application/pdf", bytes: pdf },
        SafeFile { name: format!("{stem}.html"), media_type: "text/html", bytes: html },
    ])
}

fn filled(file: &File, pack: &Pack, organisation: &Organisation, processing: &Processing) -> Fill<'static> {
    let counts = pack.counts();
    let o = organisation;
    BTreeMap::from([
        ("reference", file.request.reference.clone()),
        ("requester", file.request.text.requester.clone()),
        ("received", long_date(file.request.received_on)),
        ("found", counts.found.to_string()),
        ("released", counts.released.to_string()),
        ("withheld", counts.withheld.to_string()),
        ("not_theirs", counts.not_theirs.to_string()),
        ("contact_name", o.contact.name.clone()),
        ("contact_address", o.contact.address.clone()),
        ("contact_email", o.contact.email.clone()),
        ("contact_phone", o.contact.phone.clone()),
        ("regulator_name", o.regulator.name.clone()),
        ("regulator_address", o.regulator.address.clone()),
        ("regulator_phone", o.regulator.phone.clone()),
        ("regulator_website", o.regulator.website.clone()),
        ("officer_name", o.data_protection_officer.name.clone()),
        ("officer_email", o.data_protection_officer.email.clone()),
        ("special", processing.special_categories.clone()),
    ])
}

/// `17 December 2026`.
pub(crate) fn long_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A paper in the making.
struct Paper<'a> {
    flow: Flow,
    with: &'a Fill<'a>,
}

impl<'a> Paper<'a> {
    fn new(title: &str, with: &'a Fill<'a>) -> Self {
        let title = fill(title, with);
        // The writer prints the title as the paper's main heading.
        let flow = Flow { title, language: "en-GB".to_owned(), items: Vec::new() };
        Self { flow, with }
    }

    fn heading(&mut self, text: &str) {
        self.flow.items.push(Item::Heading(2, vec![Run::Text(fill(text, self.with))]));
    }

    fn say(&mut self, text: &str) {
        self.flow.items.push(Item::Text(Role::Paragraph, vec![Run::Text(fill(text, self.with))]));
    }

    fn list(&mut self, lines: &[String]) {
        for line in lines {
            self.flow.items.push(Item::Text(Role::ListItem, vec![Run::Text(fill(line, self.with))]));
        }
    }

    fn table(&mut self, columns: &[String], rows: &[Vec<String>]) {
        let cell = |text: &String| vec![Run::Text(text.clone())];
        let head: Vec<_> = columns.iter().map(cell).collect();
        let body = rows.iter().map(|row| row.iter().map(cell).collect());
        let rows = std::iter::once(head).chain(body).collect();
        self.flow.items.push(Item::Table(Table { has_header: true, rows, origin: (0, 0) }));
    }
}

fn letter(
    text: &Text,
    with: &Fill<'_>,
    (file, answers): (&File, &Answers),
    meanings: &BTreeMap<ReasonCode, String>,
    today: Date,
) -> Flow {
    let mut paper = Paper::new(&text.letter_title, with);
    paper.say(&long_date(today));
    paper.say(&text.greeting);
    paper.say(&text.opening);
    paper.say(if file.items.is_empty() { &text.none_held } else { &text.held });
    if !answers.said.is_empty() {
        paper.heading(&text.answerable_heading);
        answers.said.iter().for_each(|line| paper.say(line));
    }
    paper.heading(&text.searched_heading);
    let rows: Vec<Vec<String>> = file
        .answers
        .iter()
        .map(|a| {
            let result = match a.result.as_str() {
                "held" => &text.result_held,
                "waived" => &text.result_waived,
                "not-this-kind-of-person" => &text.result_not_this_kind,
                _ => &text.result_none_held,
            };
            let how = if a.text.why.is_empty() { &a.text.method } else { &a.text.why };
            vec![a.source.clone(), result.clone(), a.items.to_string(), how.clone()]
        })
        .collect();
    paper.table(&text.source_columns, &rows);
    paper.heading(&text.withheld_heading);
    if meanings.is_empty() {
        paper.say(&text.withheld_none);
    } else {
        paper.say(&text.withheld_some);
        let rows: Vec<Vec<String>> =
            meanings.iter().map(|(code, words)| vec![code.as_str().to_owned(), words.clone()]).collect();
        paper.table(&text.code_columns, &rows);
    }
    paper.heading(&text.information_heading);
    paper.say(&text.information_see);
    ending(&mut paper, text, today);
    paper.flow
}

/// What every answer must say (Art 12(4), 15(1)(e), (ea), (f) UK GDPR).
fn ending(paper: &mut Paper<'_>, text: &Text, today: Date) {
    paper.heading(&text.rights_heading);
    paper.list(&text.rights);
    paper.heading(&text.complain_heading);
    if today >= COMPLAINTS_TO_US {
        paper.say(&text.complain_us);
    }
    paper.say(&text.complain_regulator);
    paper.say(&text.court);
    paper.say(&text.officer);
    if paper.with.get("registration").is_some_and(|number| !number.is_empty()) {
        paper.say(&text.registration);
    }
    paper.say(&text.formats);
    paper.say(&text.keep_safe);
    paper.say(&text.closing);
    let contact = paper.with.get("contact_name").cloned().unwrap_or_default();
    paper.say(&contact);
}

/// What the register says of casework today; an organisation without one says it in its settings.
fn processing(desk: &Desk<'_>, organisation: &Organisation) -> Result<Processing> {
    if let Some(register) = keep::current(desk.store, desk.controller())? {
        return Ok(information::of_casework(&register, desk.today()?));
    }
    organisation.processing.clone().ok_or_else(|| {
        ServiceError::NotReady(
            "the organisation has no register, so the letter cannot say how data is used (Art 15(1) UK GDPR)"
                .to_owned(),
        )
    })
}

/// Where each of the person's own details came from, and when (Art 15(1)(g) UK GDPR).
fn own_sources(desk: &Desk<'_>, file: &File, text: &Text) -> Result<Vec<String>> {
    let Ok(prepared) = file.the_prepared() else { return Ok(Vec::new()) };
    let known = people::sources(desk)?;
    let name =
        |id: &str| known.iter().find(|(own, _)| own == id).map_or(id.to_owned(), |(_, name)| name.clone());
    let line = |s: &Sourced| {
        let with = BTreeMap::from([
            ("kind", s.detail.0.label().to_owned()),
            ("value", s.detail.1.clone()),
            ("source", name(&s.source)),
            ("on", long_date(s.on)),
        ]);
        fill(&text.own_source, &with)
    };
    Ok(prepared.profile.sourced().iter().map(line).collect())
}

fn information(text: &Text, with: &Fill<'_>, (processing, own): (&Processing, &[String])) -> Flow {
    let mut paper = Paper::new(&text.information_title, with);
    paper.heading(&text.purposes_heading);
    paper.list(&processing.purposes);
    paper.heading(&text.categories_heading);
    paper.list(&processing.categories);
    paper.say(&text.special);
    for (heading, words) in [
        (&text.basis_heading, &processing.basis),
        (&text.transfers_heading, &processing.transfers),
        (&text.retention_heading, &processing.retention),
        (&text.automated_heading, &processing.automated),
    ] {
        paper.heading(heading);
        let lines: Vec<String> = words.lines().map(str::to_owned).collect();
        match lines.as_slice() {
            [one] => paper.say(one),
            many => paper.list(many),
        }
    }
    paper.heading(&text.recipients_heading);
    paper.list(&processing.recipients);
    paper.heading(&text.sources_heading);
    paper.list(&processing.sources);
    if !own.is_empty() {
        paper.heading(&text.own_sources_heading);
        paper.list(own);
    }
    paper.say(&text.officer);
    paper.flow
}

/// `12/1 to 12/7`: what a reader cites, the same as in the review.
fn pages(number: i64, count: usize) -> String {
    if count > 1 { format!("{number}/1 to {number}/{count}") } else { format!("{number}/1") }
}

fn index(text: &Text, with: &Fill<'_>, pack: &Pack) -> Flow {
    let mut paper = Paper::new(&text.index_title, with);
    paper.say(&text.index_note);
    let rows: Vec<Vec<String>> = pack
        .released
        .iter()
        .map(|r| {
            vec![
                r.number.to_string(),
                r.source.clone(),
                pages(r.number, r.pages),
                r.files.join(", "),
                r.passages.to_string(),
                r.codes.join(", "),
            ]
        })
        .collect();
    paper.table(&text.index_columns, &rows);
    if !pack.withheld.is_empty() {
        paper.heading(&text.index_withheld_heading);
        let rows: Vec<Vec<String>> = pack
            .withheld
            .iter()
            .map(|(n, source, code)| vec![n.to_string(), source.clone(), code.clone()])
            .collect();
        paper.table(&text.index_withheld_columns, &rows);
    }
    paper.flow
}
