//! From the register to a notice.

use counterfoil_domain::notices::reading;
use jiff::civil::Date;

use super::parts::Maker;
use super::words::{Words, filled};
use super::{Block, Layer, Notice, Part, Passage, Reading, Section, long_date};
use crate::error::{Result, ServiceError};
use crate::organisation::Organisation;
use crate::register::Register;

/// Makes a notice from the register as it stands on a day.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown office, service or language, naming those there are.
pub fn build(
    register: &Register,
    organisation: &Organisation,
    layer: &Layer,
    language: &str,
    on: Date,
) -> Result<Notice> {
    let words = Words::load(language)?;
    let title = title(register, organisation, layer, &words)?;
    let maker = Maker { register, organisation, layer, words: &words, on };
    let kind = if *layer == Layer::Child { "child" } else { register.head.kind.as_str() };
    let parts: Vec<Part> = Section::ALL
        .into_iter()
        .filter_map(|section| {
            let heading = words.heading(kind, section)?;
            let blocks = maker.section(section);
            (!blocks.is_empty()).then_some(Part { id: section.code(), heading, blocks })
        })
        .collect();
    let mut notice = Notice {
        title,
        language: words.language,
        version: register.head.version.clone(),
        on: on.to_string(),
        parts,
        reading: None,
        about: Vec::new(),
        untranslated: 0,
        mark: None,
    };
    notice.untranslated = notice.passages().iter().filter(|p| p.language != words.language).count();
    notice.reading = reading_of(&notice);
    notice.mark = (notice.untranslated > 0).then(|| words.say("not_translated"));
    notice.about = about(&notice, &words, on);
    Ok(notice)
}

fn title(register: &Register, organisation: &Organisation, layer: &Layer, words: &Words) -> Result<Passage> {
    let name = match layer {
        Layer::Organisation | Layer::Child => {
            Passage { text: organisation.name.clone(), language: words.language }
        }
        Layer::Office(id) => {
            let office = register
                .office(id)
                .ok_or_else(|| unknown("office", id, register.part.office.iter().map(|o| o.id.as_str())))?;
            Passage { text: office.name.clone(), language: words.language }
        }
        Layer::Service(id) => {
            let service = register
                .service(id)
                .ok_or_else(|| unknown("service", id, register.part.service.iter().map(|s| s.id.as_str())))?;
            words.of(&service.name, service.cy.as_ref())
        }
    };
    let title = words.title(layer.word());
    Ok(filled(title, &[("organisation", &organisation.name), ("name", &name.text)]))
}

fn unknown<'a>(what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> ServiceError {
    let known: Vec<&str> = known.collect();
    ServiceError::Invalid(format!("`{id}` is not a {what} of this register: use one of {}", known.join(", ")))
}

/// The reading level of the English sentences: paragraphs, callouts and lists, not tables of names.
fn reading_of(notice: &Notice) -> Option<Reading> {
    if notice.language != "en" {
        return None;
    }
    let mut texts: Vec<&str> = Vec::new();
    for block in notice.parts.iter().flat_map(|p| &p.blocks) {
        match block {
            Block::Paragraph(p) | Block::Callout(p) => texts.push(&p.text),
            Block::List(list) => texts.extend(list.iter().map(|p| p.text.as_str())),
            Block::Heading(_) | Block::Table { .. } | Block::Links(_) => {}
        }
    }
    let level = reading::level(texts)?;
    Some(Reading { age: level.age(), grade: (level.grade * 10.0).round() / 10.0, words: level.words })
}

fn about(notice: &Notice, words: &Words, on: Date) -> Vec<Passage> {
    let mut about = vec![words.fill("version", &[("version", &notice.version), ("date", &long_date(on))])];
    about.push(match &notice.reading {
        Some(r) => words.fill("reading", &[("age", &r.age.to_string()), ("grade", &r.grade.to_string())]),
        None => words.say("reading_none"),
    });
    if notice.untranslated > 0 {
        about.push(words.say("untranslated"));
    }
    if !words.checked() {
        about.push(words.say("unchecked"));
    }
    about
}
