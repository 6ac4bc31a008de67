//! Who looked: the home office's review, and the person's own list.

use counterfoil_domain::ids::{GrantId, OddId, PersonId};
use counterfoil_service::Result;
use counterfoil_service::casebook::reason::{self, Digest, Looked, Worker, digest, who_looked, workers};
use counterfoil_service::rights::Desk;

use super::sheet::{Block, Button, Cell, Sheet, Text, english, key, plain};
use super::{Done, chosen, go, id, labels, unknown_deed};
use crate::forms::Fields;

const AT: &str = "/staff/access";

type Workers = std::collections::BTreeMap<counterfoil_domain::ids::StaffId, Worker>;

/// `GET /staff/access`
pub(super) fn build(desk: &Desk<'_>, _: &[String], _: &Fields) -> Result<Sheet> {
    Ok(draw(&digest(desk)?, &workers(desk)?))
}

fn person(name: Option<&String>, id: PersonId) -> Cell {
    let shown =
        name.filter(|n| !n.is_empty()).map_or_else(|| key("book.person.hidden_name"), |n| plain(n.clone()));
    Cell::new(shown).to(format!("/staff/people/{id}"))
}

/// The odd accesses, each with the two answers.
fn odd_rows(digest: &Digest, workers: &Workers) -> Vec<Vec<Cell>> {
    let who = |id| plain(labels::worker(workers.get(&id)));
    digest
        .odd
        .iter()
        .map(|line| {
            let o = &line.odd;
            let of = labels::worker(workers.get(&o.staff));
            let refused =
                if o.refused { key("book.access.refused") } else { english(o.purpose.replace('-', " ")) };
            vec![
                Cell::new(who(o.staff)).note(refused),
                person(line.name.as_ref(), o.person),
                Cell::new(english(labels::flags(o.flags))),
                Cell::when(o.at),
                Cell::buttons(
                    AT,
                    vec![
                        Button::new("explained", key("book.access.explained"))
                            .quiet()
                            .of(of.clone())
                            .with("odd", o.id),
                        Button::new("question", key("book.access.question")).quiet().of(of).with("odd", o.id),
                    ],
                ),
            ]
        })
        .collect()
}

/// The grants, each with the two answers.
fn grant_rows(digest: &Digest, workers: &Workers) -> Vec<Vec<Cell>> {
    let who = |id| plain(labels::worker(workers.get(&id)));
    digest
        .grants
        .iter()
        .map(|line| {
            let g = &line.grant;
            let of = labels::worker(workers.get(&g.staff));
            let checked =
                if g.evidence_checked { plain(g.text.evidence.clone()) } else { key("book.access.word") };
            vec![
                Cell::new(who(g.staff)).note(key(format!("book.why.{}", line.why.code()))),
                person(line.name.as_ref(), g.person),
                Cell::new(key(format!("book.reason.{}", g.reason))).note(plain(g.text.reason.clone())),
                Cell::new(checked),
                Cell::when(g.from),
                Cell::buttons(
                    AT,
                    vec![
                        Button::new("justified", key("book.access.justified"))
                            .quiet()
                            .of(of.clone())
                            .with("grant", g.id),
                        Button::new("unjustified", key("book.access.unjustified"))
                            .quiet()
                            .of(of)
                            .with("grant", g.id),
                    ],
                ),
            ]
        })
        .collect()
}

fn draw(digest: &Digest, workers: &Workers) -> Sheet {
    let who = |id| plain(labels::worker(workers.get(&id)));
    let (odd, grants) = (odd_rows(digest, workers), grant_rows(digest, workers));
    let busy = digest
        .busy
        .iter()
        .map(|(staff, people)| vec![Cell::new(who(*staff)), Cell::new(plain(people.to_string()))]);
    let odd_columns = [
        "book.column.worker",
        "book.column.person",
        "book.column.odd",
        "book.column.when",
        "book.column.next",
    ];
    let grant_columns = [
        "book.column.worker",
        "book.column.person",
        "book.column.reason",
        "book.column.evidence",
        "book.column.when",
        "book.column.next",
    ];
    let sheet = Sheet::new("book.access.title")
        .para("book.access.lead")
        .head("odd", "book.access.odd")
        .table("book.access.odd", &odd_columns, odd, "book.access.no_odd")
        .head("grants", "book.access.grants")
        .table("book.access.grants", &grant_columns, grants, "book.access.no_grants");
    let busy: Vec<_> = busy.collect();
    if busy.is_empty() {
        return sheet;
    }
    let columns = ["book.column.worker", "book.column.people"];
    sheet.head("busy", "book.access.busy").table("book.access.busy", &columns, busy, "book.none")
}

/// `POST /staff/access`
pub(super) fn act(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    match fields.get("do") {
        said @ ("explained" | "question") => {
            reason::review_odd(desk, chosen::<OddId>(fields, "odd")?, said == "explained")?;
        }
        said @ ("justified" | "unjustified") => {
            reason::review_grant(desk, chosen::<GrantId>(fields, "grant")?, said == "justified")?;
        }
        _ => return Err(unknown_deed()),
    }
    go("/staff/access")
}

/// `GET /staff/people/{id}/looked`: to be printed for the person; it names no worker.
pub(super) fn build_looked(desk: &Desk<'_>, ids: &[String], _: &Fields) -> Result<Sheet> {
    let person: PersonId = id(ids, 0)?;
    Ok(looked(person, &who_looked(desk, person, 500)?))
}

fn looked(person: PersonId, lines: &[Looked]) -> Sheet {
    let rows = lines
        .iter()
        .map(|l| {
            let who: Text = if l.roles.is_empty() {
                key("book.looked.system")
            } else {
                english(labels::roles(l.roles.iter().copied()))
            };
            let place = Cell::new(plain(l.office.clone()));
            vec![
                Cell::when(l.at),
                Cell::new(who),
                if l.elsewhere { place.note(key("book.looked.elsewhere")) } else { place },
                Cell::new(key(format!("book.verb.{}", l.verb.replace('.', "_")))),
                match &l.reason {
                    Some(reason) => Cell::new(key(format!("book.purpose.{}", l.purpose)))
                        .note(key(format!("book.reason.{reason}"))),
                    None => Cell::new(key(format!("book.purpose.{}", l.purpose))),
                },
            ]
        })
        .collect();
    let columns =
        ["book.column.when", "book.column.role", "book.column.office", "book.column.did", "book.column.why"];
    Sheet::new("book.looked.title")
        .back(format!("/staff/people/{person}"), "book.person.back")
        .para("book.looked.lead")
        .table("book.looked.title", &columns, rows, "book.looked.none")
        .add(Block::Inset { text: key("book.looked.rights") })
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let full = super::samples::digest();
    let empty = Digest { grants: Vec::new(), odd: Vec::new(), busy: Vec::new() };
    let person = PersonId::from_bytes([7; 16]);
    vec![
        draw(&full, &Workers::new()),
        draw(&empty, &Workers::new()),
        looked(person, &super::samples::looked()),
        looked(person, &[]),
    ]
}
