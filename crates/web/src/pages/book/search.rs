//! Search before create.

use counterfoil_domain::casebook::quality::Alike;
use counterfoil_service::Result;
use counterfoil_service::casebook::look_up::{Elsewhere, Found, Known, Sought, look_up};
use counterfoil_service::rights::Desk;

use super::sheet::{Block, Button, Cell, Field, Form, Sheet, english, key, plain};
use super::{Done, date, labels};
use crate::forms::Fields;

/// `GET /staff/people`
pub(super) fn build(_: &Desk<'_>, _: &[String], typed: &Fields) -> Result<Sheet> {
    Ok(empty(typed))
}

fn empty(typed: &Fields) -> Sheet {
    Sheet::new("book.people.title").para("book.people.lead").form(form(typed, "/staff/people"))
}

/// The fields of a search, for any address.
pub(super) fn form(typed: &Fields, action: &str) -> Form {
    let more = ["email", "phone", "nino", "reference"].map(|name| Field::line(name, typed, "").narrow());
    let mut fields = vec![Field::line("name", typed, ""), Field::date("born", typed, None)];
    fields.extend(more);
    fields.push(Field::line("code", typed, "").narrow().hint("book.hint.code"));
    Form::new("search", action, fields, Button::new("search", key("book.people.search")))
}

pub(super) fn sought(fields: &Fields) -> Result<Sought> {
    let text = |name: &str| fields.get(name).to_owned();
    Ok(Sought {
        name: text("name"),
        born: date(fields, "born")?,
        email: text("email"),
        phone: text("phone"),
        nino: text("nino"),
        reference: text("reference"),
        code: text("code"),
    })
}

/// `POST /staff/people`: nothing is changed; a search is sent as a form because an address must not name anybody.
pub(super) fn act(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    let found = look_up(desk, &sought(fields)?)?;
    Ok(Done::Show(Box::new(results(desk, &found, fields)?)))
}

pub(super) fn alike(alike: Alike) -> Cell {
    let colour = match alike {
        Alike::Same => "green",
        Alike::Likely => "blue",
        Alike::Perhaps => "grey",
    };
    Cell::new(key(format!("book.alike.{}", alike.code()))).tag(colour)
}

fn results(desk: &Desk<'_>, found: &Found, fields: &Fields) -> Result<Sheet> {
    let offices = desk.store.offices(desk.controller())?;
    let office = |id| offices.iter().find(|o| o.id == id).map(|o| o.name.clone()).unwrap_or_default();
    let here = found.here.iter().map(|k| known(k, &office(k.office))).collect();
    let elsewhere = found.elsewhere.iter().map(|e| other(e, &office(e.office))).collect::<Vec<_>>();
    Ok(page(here, elsewhere, fields))
}

fn page(here: Vec<Vec<Cell>>, elsewhere: Vec<Vec<Cell>>, fields: &Fields) -> Sheet {
    let columns = [
        "book.column.name",
        "book.column.born",
        "book.column.postcode",
        "book.column.office",
        "book.column.alike",
    ];
    let kept = ["name", "email", "phone", "nino", "reference", "born-day", "born-month", "born-year"];
    let mut new = Form::new(
        "new",
        "/staff/people/new",
        Vec::new(),
        Button::new("start", key("book.people.new")).quiet(),
    );
    for name in kept.iter().filter(|name| fields.has(name)) {
        new = new.with(name, fields.get(name));
    }
    Sheet::new("book.people.title")
        .back("/staff/people", "book.people.again")
        .head("here", "book.people.here")
        .table("book.people.here", &columns, here, "book.people.none")
        .add_if(!elsewhere.is_empty(), || Block::Heading {
            id: "elsewhere",
            text: key("book.people.elsewhere"),
        })
        .add_if(!elsewhere.is_empty(), || Block::Inset { text: key("book.people.elsewhere_lead") })
        .add_if(!elsewhere.is_empty(), || Block::Table {
            caption: key("book.people.elsewhere"),
            columns: ["book.column.office", "book.column.alike", "book.column.next"].map(key).into(),
            rows: elsewhere,
        })
        .head("new", "book.people.not_found")
        .form(new)
        .form(form(fields, "/staff/people").folded("book.people.change", false))
}

fn known(known: &Known, office: &str) -> Vec<Cell> {
    let to = format!("/staff/people/{}", known.person);
    vec![
        Cell::new(labels::name(&known.name, known.identity)).to(to),
        Cell::when_if(known.born),
        Cell::new(plain(known.postcode.clone())),
        Cell::new(plain(office)),
        alike(known.alike),
    ]
}

fn other(found: &Elsewhere, office: &str) -> Vec<Cell> {
    let at = format!("/staff/people/{}", found.person);
    vec![
        Cell::new(plain(office)).note(key("book.people.exists")),
        alike(found.alike),
        Cell::new(key("book.ask.title")).to(format!("{at}/ask")).note(key("book.people.or_book")),
    ]
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let id = counterfoil_domain::ids::PersonId::from_bytes([7; 16]);
    let row = |text: &str, a| {
        vec![
            Cell::new(plain(text)).to(format!("/staff/people/{id}")),
            Cell::when("1979-03-04"),
            Cell::new(plain("LA1 9ZA")),
            Cell::new(plain("Lancaster")),
            alike(a),
        ]
    };
    let here = [Alike::Same, Alike::Likely, Alike::Perhaps].map(|a| row("Ann Lee", a)).into();
    let elsewhere = vec![vec![
        Cell::new(plain("Kendal")).note(key("book.people.exists")),
        alike(Alike::Likely),
        Cell::new(english("Ask")).to("/staff/people"),
    ]];
    vec![
        empty(&Fields::default()),
        page(here, elsewhere, &Fields::default()),
        page(Vec::new(), Vec::new(), &Fields::default()),
    ]
}
