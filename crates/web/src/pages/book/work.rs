//! The worker's desk, and booking an appointment.

use counterfoil_domain::ids::PersonId;
use counterfoil_service::Result;
use counterfoil_service::casebook::work::{self, MyDesk};
use counterfoil_service::casebook::{EntryText, NewEntryOfCase, people, reason};
use counterfoil_service::rights::Desk;

use super::sheet::{Button, Cell, Field, Form, Sheet, english, key, plain};
use super::{Done, chosen, go, id, labels, moment, needed_date, person, unknown_deed};
use crate::forms::Fields;

/// `GET /staff/work`
pub(super) fn build(desk: &Desk<'_>, _: &[String], _: &Fields) -> Result<Sheet> {
    let mine = work::my_desk(desk)?;
    let areas = labels::areas(desk)?;
    let offices = desk.store.offices(desk.controller())?;
    let office = |id| offices.iter().find(|o| o.id == id).map(|o| o.name.clone()).unwrap_or_default();
    let issue = |code: &str| counterfoil_service::casebook::issues::label(&areas, code);
    let own = counterfoil_service::casebook::office_of(desk.who);
    Ok(draw(&mine, &issue, &office, own))
}

fn draw(
    mine: &MyDesk,
    issue: &dyn Fn(&str) -> String,
    office: &dyn Fn(counterfoil_domain::ids::OfficeId) -> String,
    own: Option<counterfoil_domain::ids::OfficeId>,
) -> Sheet {
    let at = "/staff/work";
    let tasks = mine.tasks.iter().map(|e| {
        let mut row = person::entry_row(e, at);
        let case = e.case.map(|c| Cell::new(key("book.column.case")).to(format!("/staff/cases/{c}")));
        row.insert(1, case.unwrap_or_else(|| Cell::new(plain(""))));
        row
    });
    let line = |(w, name): &(counterfoil_service::casebook::Waiting, Option<String>)| {
        let (status, colour) = labels::status(&w.status);
        let shown = name.clone().filter(|n| !n.is_empty()).map_or_else(|| key("book.anonymous"), plain);
        vec![
            Cell::new(shown).to(format!("/staff/cases/{}", w.id)),
            Cell::new(english(issue(&w.issue))),
            Cell::when(w.opened_at),
            Cell::new(status).tag(colour),
        ]
    };
    let columns = ["book.column.person", "book.column.issue", "book.column.opened", "book.column.status"];
    let take = |(w, name): &(counterfoil_service::casebook::Waiting, Option<String>)| {
        let mut row = line(&(w.clone(), name.clone()));
        let of = name.clone().unwrap_or_default();
        row.push(Cell::buttons(
            at,
            vec![Button::new("take", key("book.take")).quiet().of(of).with("case", w.id)],
        ));
        row
    };
    let sheet = Sheet::new("book.work.title")
        .head("tasks", "book.work.tasks")
        .table(
            "book.work.tasks",
            &[
                "book.column.entry",
                "book.column.case",
                "book.column.due",
                "book.column.status",
                "book.column.next",
            ],
            tasks.collect(),
            "book.work.no_tasks",
        )
        .head("diary", "book.work.diary")
        .table(
            "book.work.diary",
            &["book.column.entry", "book.column.due", "book.column.status", "book.column.next"],
            mine.diary.iter().map(|e| person::entry_row(e, at)).collect(),
            "book.work.no_diary",
        )
        .head("cases", "book.work.cases")
        .table("book.work.cases", &columns, mine.cases.iter().map(line).collect(), "book.work.no_cases")
        .head("queue", "book.work.queue")
        .table(
            "book.work.queue",
            &[columns[0], columns[1], columns[2], columns[3], "book.column.next"],
            mine.unallocated.iter().map(take).collect(),
            "book.work.no_queue",
        );
    between(sheet, mine, office, own)
}

/// What goes between offices: shared cases, offers, the worker's own grants.
fn between(
    sheet: Sheet,
    mine: &MyDesk,
    office: &dyn Fn(counterfoil_domain::ids::OfficeId) -> String,
    own: Option<counterfoil_domain::ids::OfficeId>,
) -> Sheet {
    let at = "/staff/work";
    let mut sheet = sheet;
    if !mine.shared.is_empty() {
        let rows = mine.shared.iter().map(|s| {
            vec![
                Cell::new(key("book.column.case")).to(format!("/staff/cases/{}", s.case)),
                Cell::when(s.until),
            ]
        });
        sheet = sheet.head("shared", "book.work.shared").table(
            "book.work.shared",
            &["book.column.case", "book.column.until"],
            rows.collect(),
            "book.none",
        );
    }
    if !mine.offers.is_empty() {
        let rows = mine.offers.iter().map(|t| {
            let ours = own == Some(t.from);
            let of = if ours { office(t.to) } else { office(t.from) };
            let buttons = if ours {
                vec![
                    Button::new("withdraw", key("book.offer.withdraw"))
                        .quiet()
                        .of(of.clone())
                        .with("transfer", t.id),
                ]
            } else {
                vec![
                    Button::new("accept", key("book.offer.accept")).of(of.clone()).with("transfer", t.id),
                    Button::new("decline", key("book.offer.decline"))
                        .quiet()
                        .of(of.clone())
                        .with("transfer", t.id),
                ]
            };
            vec![
                Cell::new(key(if ours { "book.offer.to" } else { "book.offer.from" })).note(plain(of)),
                Cell::when(t.made_at),
                Cell::buttons(at, buttons),
            ]
        });
        sheet = sheet.head("offers", "book.work.offers").table(
            "book.work.offers",
            &["book.column.record", "book.column.since", "book.column.next"],
            rows.collect(),
            "book.none",
        );
    }
    open_to_me(sheet, mine)
}

/// The worker's own access to other offices' records.
fn open_to_me(sheet: Sheet, mine: &MyDesk) -> Sheet {
    if mine.grants.is_empty() {
        return sheet;
    }
    let at = "/staff/work";
    let rows = mine.grants.iter().map(|g| {
        let give = Button::new("give-back", key("book.grant.give_back")).quiet().with("grant", g.id);
        vec![
            Cell::new(key("book.column.record")).to(format!("/staff/people/{}", g.person)),
            Cell::new(key(format!("book.reason.{}", g.reason))),
            Cell::when(g.until),
            Cell::buttons(at, vec![give]),
        ]
    });
    sheet.head("grants", "book.work.grants").table(
        "book.work.grants",
        &["book.column.record", "book.column.reason", "book.column.until", "book.column.next"],
        rows.collect(),
        "book.none",
    )
}

/// `POST /staff/work`
pub(super) fn act(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    match fields.get("do") {
        "move" => person::move_entry(desk, fields)?,
        "take" => work::allocate(desk, chosen(fields, "case")?, desk.who.staff().map(|s| s.staff))?,
        "give-back" => reason::withdraw(desk, chosen(fields, "grant")?)?,
        answer @ ("accept" | "decline" | "withdraw") => {
            people::answer_offer(desk, chosen(fields, "transfer")?, answer)?;
        }
        _ => return Err(unknown_deed()),
    }
    go("/staff/work")
}

/// `GET /staff/people/{id}/appointment`
pub(super) fn build_booking(_: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    Ok(booking(id(ids, 0)?, typed))
}

fn booking(person: PersonId, typed: &Fields) -> Sheet {
    let fields = vec![
        Field::line("who", typed, "").hint("book.hint.who"),
        Field::date("on", typed, None),
        Field::line("at", typed, "").narrow().hint("book.hint.at"),
        Field::line("what", typed, ""),
        Field::line("place", typed, "").hint("book.hint.place"),
    ];
    Sheet::new("book.book.title").back("/staff/people", "book.people.title").para("book.book.lead").form(
        Form::new(
            "book",
            format!("/staff/people/{person}/appointment"),
            fields,
            Button::new("book", key("book.book.save")),
        ),
    )
}

/// `POST /staff/people/{id}/appointment`
pub(super) fn act_booking(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let text = |name: &str| fields.get(name).to_owned();
    let starts_at = Some(moment(needed_date(fields, "on")?, fields.get("at"))?);
    let text = EntryText::Appointment { who: text("who"), what: text("what"), place: text("place") };
    let new = NewEntryOfCase { case: None, staff: None, starts_at, ends_at: None, text };
    work::book(desk, id(ids, 0)?, &new)?;
    go("/staff/work#diary")
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let full = super::samples::desk();
    let office = |_| "Kendal".to_owned();
    let own = full.offers.first().map(|t| t.from);
    vec![
        draw(&MyDesk::default(), &|c| c.to_owned(), &office, None),
        draw(&full, &|c| c.to_owned(), &office, own),
        draw(&full, &|c| c.to_owned(), &office, None),
        booking(PersonId::from_bytes([7; 16]), &Fields::default()),
    ]
}
