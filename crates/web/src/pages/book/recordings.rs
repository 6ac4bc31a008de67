//! A person's recordings: where each came from, whether they were told, and how long it is kept.

use counterfoil_domain::ids::{DocumentId, PersonId};
use counterfoil_domain::intake::Told;
use counterfoil_service::casebook::recordings::{self, Recordings, Timed};
use counterfoil_service::rights::Desk;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Cell, Sheet, english, key, plain};
use super::{Done, chosen, go, id};
use crate::forms::Fields;

/// `GET /staff/people/{id}/recordings`
pub(super) fn build(desk: &Desk<'_>, ids: &[String], _: &Fields) -> Result<Sheet> {
    let whose: PersonId = id(ids, 0)?;
    let Recordings { person, all, rule } = recordings::of_person(desk, whose)?;
    let name = format!("{} {}", person.profile.forenames, person.profile.surname);
    let rows = all.iter().map(|one| row(whose, one)).collect();
    Ok(draw(whose, name.trim(), rows, rule.as_ref()))
}

fn draw(whose: PersonId, name: &str, rows: Vec<Vec<Cell>>, rule: Option<&(String, bool)>) -> Sheet {
    let sheet = Sheet::new("book.recordings.title")
        .back(format!("/staff/people/{whose}"), "book.person.back")
        .caption(plain(name))
        .para("book.recordings.lead");
    let sheet = match rule {
        Some((says, verified)) => {
            let checked = if *verified { "" } else { " \u{2013} not yet checked by a records manager" };
            sheet.add(Block::Inset { text: english(format!("{says}{checked}")) })
        }
        None => sheet.add(Block::Warning { text: key("book.recordings.no_rule") }),
    };
    let columns = [
        "book.column.recording",
        "book.column.source",
        "book.column.told",
        "book.column.kept_until",
        "book.column.next",
    ];
    sheet.table("book.recordings.title", &columns, rows, "book.recordings.none")
}

fn row(whose: PersonId, one: &Timed) -> Vec<Cell> {
    let (document, facts) = (&one.recording.document, &one.recording.facts);
    let source = if facts.provider.is_empty() {
        key("book.recordings.by_hand")
    } else {
        plain(facts.provider.clone())
    };
    let told = Cell::new(key(format!("book.told.{}", facts.told.code())));
    let buttons = Told::ALL.iter().filter(|t| **t != facts.told && **t != Told::Unknown).map(|t| {
        Button::new("told", key(format!("book.told.{}", t.code())))
            .quiet()
            .of(document.text.name.clone())
            .with("document", document.id)
            .with("told", t.code())
    });
    vec![
        Cell::when(facts.recorded_at)
            .to(format!("/staff/documents/{}/about", document.id))
            .note(plain(document.text.name.clone())),
        Cell::new(key(format!("inbox.channel.{}", facts.channel.code()))).note(source),
        if facts.told == Told::Unknown { told.tag("orange") } else { told },
        Cell::when_if(one.until),
        Cell::buttons(format!("/staff/people/{whose}/recordings"), buttons.collect()),
    ]
}

/// `POST /staff/people/{id}/recordings`
pub(super) fn act(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let whose: PersonId = id(ids, 0)?;
    let document: DocumentId = chosen(fields, "document")?;
    let told = fields.get("told").parse().map_err(|_| {
        ServiceError::Invalid("say whether the person was told: at the start, or by the notice".to_owned())
    })?;
    recordings::note_told(desk, document, told)?;
    go(format!("/staff/people/{whose}/recordings"))
}

/// What the page looks like.
pub(super) fn samples() -> Vec<Sheet> {
    let whose = PersonId::from_bytes([4; 16]);
    let told = |code: &str| Cell::new(key(format!("book.told.{code}")));
    let button = Button::new("told", key("book.told.at-start")).quiet().of("call.wav");
    let row = |code: &str, source| {
        vec![
            Cell::when(jiff::Timestamp::UNIX_EPOCH).to("/staff/documents/x/about").note(plain("call.wav")),
            Cell::new(key("inbox.channel.phone")).note(source),
            told(code),
            Cell::when_if(Some(jiff::civil::date(2027, 1, 1))),
            Cell::buttons("/staff/people/x/recordings", vec![button.clone()]),
        ]
    };
    let rows = vec![
        row("at-start", plain("calls")),
        row("by-notice", key("book.recordings.by_hand")),
        row("unknown", plain("calls")),
    ];
    let rule = ("R-CALLS: six months (6 months after recorded)".to_owned(), false);
    vec![
        draw(whose, "Gethin Ellis", rows, Some(&rule)),
        draw(whose, "Gethin Ellis", vec![], None),
        draw(whose, "Gethin Ellis", vec![], Some(&(rule.0.clone(), true))),
    ]
}
