//! A person's page.

use counterfoil_domain::access::{Identity, Protection};
use counterfoil_domain::casebook::quality;
use counterfoil_domain::casebook::source::{Detail, DetailKind};
use counterfoil_domain::casebook::words::{EntryKind, Relation};
use counterfoil_domain::ids::{MergeId, PersonId, RelationId};
use counterfoil_service::casebook::look_up::look_up;
use counterfoil_service::casebook::people;
use counterfoil_service::casebook::reason::workers;
use counterfoil_service::casebook::work::{self, PersonPage};
use counterfoil_service::casebook::{Entry, EntryText, JointText, NewEntryOfCase, Person};
use counterfoil_service::rights::Desk;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Cell, Event, Field, Form, Sheet, choice, english, key, plain};
use super::{Done, ask, chosen, go, id, labels, record, search, unknown_deed};
use crate::forms::Fields;

/// The pages about a person that other areas add: the end of the address, and the words.
const PANELS: &[(&str, &str)] = &[
    ("looked", "book.panel.looked"),
    ("recordings", "book.panel.recordings"),
    ("history", "book.panel.history"),
    ("merge", "book.panel.merge"),
];

/// `GET /staff/people/{id}`
pub(super) fn build(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let whose: PersonId = id(ids, 0)?;
    let page = match work::person_page(desk, whose) {
        Ok(page) => page,
        // Stage one: another office's record is only said to exist, when even that may be told.
        Err(refused @ ServiceError::Store(counterfoil_service::store::StoreError::Refused { .. })) => {
            return match work::where_is(desk, whose) {
                Ok(office) if Some(office) != counterfoil_service::casebook::office_of(desk.who) => {
                    Ok(ask::exists(whose, &labels::office_name(desk, office)?))
                }
                _ => Err(refused),
            };
        }
        Err(e) => return Err(e),
    };
    let areas = labels::areas(desk)?;
    let issue = |code: &str| counterfoil_service::casebook::issues::label(&areas, code);
    let own = counterfoil_service::casebook::office_of(desk.who) == Some(page.person.office);
    let today = desk.store.now().to_zoned(super::london()?).date();
    let offices = if own { labels::other_offices(desk)? } else { Vec::new() };
    let office = labels::office_name(desk, page.person.office)?;
    let may_hold = counterfoil_service::retention::may(desk).hold;
    let sources = people::sources(desk)?;
    Ok(draw(&page, &Around { issue: &issue, own, today, offices, office, may_hold, sources, typed }))
}

/// What a page needs besides the record.
struct Around<'a> {
    issue: &'a dyn Fn(&str) -> String,
    own: bool,
    today: jiff::civil::Date,
    offices: Vec<super::sheet::Choice>,
    office: String,
    /// Whether the worker may place a hold.
    may_hold: bool,
    /// The kinds of source: ids with names.
    sources: Vec<(String, String)>,
    typed: &'a Fields,
}

fn draw(page: &PersonPage, around: &Around<'_>) -> Sheet {
    let person = &page.person;
    let at = format!("/staff/people/{}", person.id);
    let open = page.cases.iter().any(|c| c.status != "closed");
    let checked = person.checked_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let stale = quality::stale(checked, around.today, open);
    let sheet = Sheet::new("book.person.title")
        .back("/staff/people", "book.people.title")
        .caption(plain(around.office.clone()))
        .heading(labels::name(&person.profile.shown_name(), person.identity))
        .tag_if(person.protection == Protection::Extra, "book.tag.protected", "red")
        .tag_if(person.restricted, "book.tag.restricted", "red")
        .tag_if(person.legal_hold, "book.tag.held", "orange")
        .tag_if(person.watched, "book.tag.watched", "orange")
        .tag_if(person.identity != Identity::Named, "book.tag.unnamed", "blue")
        .tag_if(stale, "book.tag.stale", "yellow")
        .tag_if(person.merged_into.is_some(), "book.tag.merged", "grey");
    let sheet = match person.merged_into {
        Some(into) => sheet
            .add(Block::Links { items: vec![(format!("/staff/people/{into}"), key("book.person.merged"))] }),
        None => sheet,
    };
    let said = person.statements.iter().map(|s| labels::disagrees(s.on, &s.text));
    let sheet = said.fold(sheet, |sheet, text| sheet.add(Block::Inset { text: english(text) }));
    let sheet = sheet.add(Block::Summary { rows: details(person, around) });
    let sheet = sheet.add(Block::Links { items: links(&at, around, page.sees_cases) });
    let sheet = cases(sheet, page, around);
    let sheet = beside(sheet, page, &at);
    if around.own { changes(sheet, page, around, &at) } else { sheet }
}

fn links(at: &str, around: &Around<'_>, sees_cases: bool) -> Vec<(String, super::sheet::Text)> {
    let own = around.own;
    let mut items = Vec::new();
    let mut add = |end: &str, words: &str| items.push((format!("{at}/{end}"), key(words.to_owned())));
    if own {
        add("edit", "book.edit.title");
    }
    if sees_cases && own {
        add("case", "book.case.new");
    }
    add("appointment", "book.book.title");
    PANELS.iter().for_each(|(end, words)| add(end, words));
    if around.may_hold {
        let person = at.rsplit('/').next().unwrap_or_default();
        items.push((format!("/staff/retention?whose={person}#place"), key("book.person.hold")));
    }
    items
}

/// Where a detail came from, and when; said also when nobody has.
fn from(person: &Person, around: &Around<'_>, detail: &Detail) -> super::sheet::Text {
    let sourced = person.profile.sourced();
    let Some(own) = sourced.iter().find(|s| s.detail == *detail) else { return key("book.source.none") };
    let name = around.sources.iter().find(|(id, _)| *id == own.source).map(|(_, name)| name.as_str());
    let name = match name {
        Some(_) if own.source == people::THEMSELVES => "the person themselves",
        Some(name) => name,
        None => own.source.as_str(),
    };
    english(format!("from {name}, {}", own.on.strftime("%-d %B %Y")))
}

fn details(person: &Person, around: &Around<'_>) -> Vec<(super::sheet::Text, Vec<Cell>)> {
    use DetailKind as K;
    let p = &person.profile;
    let words = |text: String| Cell::new(plain(text));
    let with = |cell: Cell, kind: K, value: String| cell.note(from(person, around, &(kind, value)));
    let all = |kind: K, list: &[String]| -> Vec<Cell> {
        list.iter().map(|v| with(words(v.clone()), kind, v.clone())).collect()
    };
    let name = p.shown_name();
    let mut rows = Vec::new();
    let mut row = |label: &str, cells: Vec<Cell>| {
        if !cells.is_empty() {
            rows.push((key(format!("book.field.{label}")), cells));
        }
    };
    let one = |text: &str| if text.trim().is_empty() { Vec::new() } else { vec![words(text.to_owned())] };
    row("name", if name.is_empty() { Vec::new() } else { all(K::Name, std::slice::from_ref(&name)) });
    row("born", p.born.iter().map(|day| with(Cell::when(*day), K::Born, day.to_string())).collect());
    row("also_known_as", all(K::OtherName, &p.also_known_as));
    row("phone", all(K::Phone, &p.phones));
    row("email", all(K::Email, &p.emails));
    let lived = |a: &counterfoil_service::casebook::Address| {
        let until = a.until.map(|day| format!(" (until {day})")).unwrap_or_default();
        with(words(a.in_one_line() + &until), K::Address, a.in_one_line())
    };
    row("address", p.addresses.iter().map(lived).collect());
    let number = |i: &counterfoil_service::casebook::Identifier| {
        with(words(format!("{} ({})", i.value, i.kind)), K::Number, format!("{} {}", i.kind, i.value))
    };
    row("identifiers", p.identifiers.iter().map(number).collect());
    row("contact", contact(person));
    row("contact_rules", one(&p.contact_rules));
    row("format", one(&p.contact.format));
    row("language", one(&p.language));
    row("interpreter", one(&p.contact.interpreter));
    row("checked", vec![Cell::when(person.checked_at)]);
    rows
}

/// What is safe and what is not, the unsafe first: whoever rings reads it before the number.
fn contact(person: &Person) -> Vec<Cell> {
    let rules = &person.profile.contact;
    let ways = [
        ("call", &rules.call),
        ("voicemail", &rules.voicemail),
        ("text", &rules.text),
        ("email_safe", &rules.email),
        ("post", &rules.post),
    ];
    let said = |answer: &'static str| {
        ways.iter().filter(move |(_, a)| a.as_str() == answer).map(move |(way, _)| {
            let tag = if answer == "no" { ("book.unsafe", "red") } else { ("book.safe", "green") };
            Cell::new(key(tag.0)).tag(tag.1).note(key(format!("book.field.{way}")))
        })
    };
    said("no").chain(said("yes")).collect()
}

fn cases(sheet: Sheet, page: &PersonPage, around: &Around<'_>) -> Sheet {
    if !page.sees_cases {
        return sheet.head("cases", "book.person.cases").para("book.person.cases_closed");
    }
    let rows = page
        .cases
        .iter()
        .rev()
        .map(|c| {
            let (status, colour) = labels::status(&c.status);
            let title =
                if c.text.title.is_empty() { english("(no title)") } else { plain(c.text.title.clone()) };
            vec![
                Cell::new(title).to(format!("/staff/cases/{}", c.id)),
                Cell::new(english((around.issue)(&c.issue))),
                Cell::when(c.opened_at),
                Cell::new(status).tag(colour),
            ]
        })
        .collect();
    let columns = ["book.column.case", "book.column.issue", "book.column.opened", "book.column.status"];
    sheet.head("cases", "book.person.cases").table(
        "book.person.cases",
        &columns,
        rows,
        "book.person.no_cases",
    )
}

/// The relations, each with the way to remove it.
fn relation_rows(page: &PersonPage, at: &str) -> Vec<Vec<Cell>> {
    page.relations
        .iter()
        .map(|(r, name)| {
            let shown = name.clone().map_or_else(|| key("book.person.hidden_name"), plain);
            let cell = if name.is_some() {
                Cell::new(shown).to(format!("/staff/people/{}", r.other))
            } else {
                Cell::new(shown)
            };
            let remove = Button::new("unrelate", key("book.remove"))
                .quiet()
                .of(r.relation.label())
                .with("relation", r.id);
            vec![
                cell,
                Cell::new(english(r.relation.label())).note(plain(r.text.note.clone())),
                Cell::buttons(at, vec![remove]),
            ]
        })
        .collect()
}

fn beside(sheet: Sheet, page: &PersonPage, at: &str) -> Sheet {
    let relations = relation_rows(page, at);
    let columns = ["book.column.name", "book.column.relation", "book.column.next"];
    let paper = page.entries.iter().map(|e| entry_row(e, at)).collect::<Vec<_>>();
    let documents = page.documents.iter().map(|d| {
        vec![
            Cell::new(plain(d.text.name.clone())).to(format!("/staff/documents/{}", d.id)),
            Cell::new(plain(d.text.source.clone())),
            Cell::when(d.made_at),
        ]
    });
    let document_columns = ["book.column.document", "book.column.source", "book.column.added"];
    let sheet = if relations.is_empty() {
        sheet
    } else {
        sheet.head("relations", "book.person.relations").table(
            "book.person.relations",
            &columns,
            relations,
            "book.none",
        )
    };
    let sheet = if paper.is_empty() {
        sheet
    } else {
        let columns = ["book.column.entry", "book.column.due", "book.column.status", "book.column.next"];
        sheet.head("entries", "book.person.entries").table(
            "book.person.entries",
            &columns,
            paper,
            "book.none",
        )
    };
    let documents: Vec<_> = documents.collect();
    if documents.is_empty() {
        sheet
    } else {
        sheet.head("documents", "book.documents").table(
            "book.documents",
            &document_columns,
            documents,
            "book.none",
        )
    }
}

/// A task, appointment or paper file as a row, with what may be done next.
pub(super) fn entry_row(entry: &Entry, at: &str) -> Vec<Cell> {
    let kind = entry.text.kind();
    let said = labels::line(entry);
    let next = kind.next(entry.state).iter().map(|to| {
        let button = Button::new("move", key(format!("book.move.{}.{}", kind.code(), to.code())));
        button
            .quiet()
            .of(said.clone())
            .with("entry", entry.id)
            .with("to", to.code())
            .with("kind", kind.code())
    });
    let next: Vec<Button> = next.collect();
    vec![
        Cell::new(plain(said.clone())).note(english(kind.label())),
        Cell::when_if(entry.starts_at),
        Cell::new(english(entry.state.label())).tag(labels::state_colour(entry.state)),
        if next.is_empty() { Cell::new(plain("")) } else { Cell::buttons(at, next) },
    ]
}

/// What changes a record besides its details; each in a fold of its own.
fn changes(sheet: Sheet, page: &PersonPage, around: &Around<'_>, at: &str) -> Sheet {
    let (person, typed) = (&page.person, around.typed);
    let doing = typed.get("do").to_owned();
    let relations = Relation::ALL.iter().map(|r| choice(r.code(), english(r.label()))).collect();
    let relate = Form::new(
        "relate",
        at,
        vec![
            Field::line("other", typed, "").hint("book.hint.other_person"),
            Field::select("relation", typed, "household", relations),
            Field::line("relation_note", typed, ""),
        ],
        Button::new("relate", key("book.relate.save")),
    );
    let paper = Form::new(
        "paper",
        at,
        ["paper_title", "paper_location", "paper_custodian"].map(|n| Field::line(n, typed, "")).into(),
        Button::new("paper", key("book.paper.save")),
    );
    let offer = offer_form(around, at);
    sheet
        .head("change", "book.person.change")
        .form(flags(person, at).folded("book.flags.title", false))
        .form(relate.folded("book.relate.title", doing == "relate"))
        .form(paper.folded("book.paper.title", doing == "paper"))
        .form(offer.folded("book.offer.title", doing == "offer"))
}

fn offer_form(around: &Around<'_>, at: &str) -> Form {
    let typed = around.typed;
    Form::new(
        "offer",
        at,
        vec![
            Field::select("to_office", typed, "", around.offices.clone()),
            Field::area("why", typed, "", 2),
            Field::area("person_says", typed, "", 2),
        ],
        Button::new("offer", key("book.offer.save")),
    )
}

fn flags(person: &Person, at: &str) -> Form {
    let protect = if person.protection == Protection::Extra {
        Button::new("unprotect", key("book.flags.unprotect"))
    } else {
        Button::new("protect", key("book.flags.protect"))
    };
    let watch = if person.watched {
        Button::new("unwatch", key("book.flags.unwatch"))
    } else {
        Button::new("watch", key("book.flags.watch"))
    };
    let form = Form::new("flags", at, Vec::new(), Button::new("checked", key("book.flags.checked")))
        .and(protect.quiet())
        .and(watch.quiet())
        .and(Button::new("declare", key("book.flags.declare")).quiet());
    if person.identity == Identity::Named {
        form
    } else {
        form.and(Button::new("code", key("book.flags.code")).quiet())
    }
}

/// `POST /staff/people/{id}`
pub(super) fn act(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let person: PersonId = id(ids, 0)?;
    let back = format!("/staff/people/{person}");
    match fields.get("do") {
        "protect" => people::protect(desk, person, Protection::Extra)?,
        "unprotect" => people::protect(desk, person, Protection::Standard)?,
        "watch" => people::watch(desk, person, true)?,
        "unwatch" => people::watch(desk, person, false)?,
        "checked" => people::details_checked(desk, person)?,
        "declare" => {
            people::declare_relation(desk, person)?;
            return go("/staff/people");
        }
        "code" => {
            let code = people::new_code(desk, person)?;
            return Ok(Done::Show(Box::new(record::told_once(person, &code))));
        }
        "relate" => relate(desk, person, fields)?,
        "unrelate" => people::unrelate(desk, person, chosen::<RelationId>(fields, "relation")?)?,
        "paper" => {
            let new = NewEntryOfCase {
                case: None,
                staff: None,
                starts_at: None,
                ends_at: None,
                text: paper(fields),
            };
            work::add_entry(desk, person, &new)?;
        }
        "move" => move_entry(desk, fields)?,
        "offer" => {
            let said = |name: &str| fields.get(name).to_owned();
            let text = JointText { why: said("why"), person_says: said("person_says") };
            people::offer(desk, person, chosen(fields, "to_office")?, &text)?;
        }
        "undo" => people::undo_merge(desk, chosen::<MergeId>(fields, "merge")?)?,
        _ => return Err(unknown_deed()),
    }
    go(back)
}

/// The other person is named by the address of their page or by its last part, as it is copied from there.
fn relate(desk: &Desk<'_>, person: PersonId, fields: &Fields) -> Result<()> {
    let text = fields.get("other");
    let found = text.split('/').find_map(|part| part.trim().parse::<PersonId>().ok());
    let other = found.ok_or_else(|| {
        ServiceError::Invalid("open the other person's page and copy its address here".to_owned())
    })?;
    let relation: Relation = chosen(fields, "relation")?;
    people::relate(desk, person, other, relation, fields.get("relation_note"))
}

pub(super) fn paper(fields: &Fields) -> EntryText {
    let text = |name: &str| fields.get(name).to_owned();
    EntryText::Paper {
        title: text("paper_title"),
        location: text("paper_location"),
        custodian: text("paper_custodian"),
    }
}

pub(super) fn move_entry(desk: &Desk<'_>, fields: &Fields) -> Result<()> {
    let appointment = fields.get("kind") == EntryKind::Appointment.code();
    work::move_entry(desk, chosen(fields, "entry")?, chosen(fields, "to")?, appointment)
}

/// `GET /staff/people/{id}/merge`
pub(super) fn build_merge(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let page = work::person_page(desk, id(ids, 0)?)?;
    let workers = workers(desk)?;
    let at = format!("/staff/people/{}", page.person.id);
    let rows = page
        .merges
        .iter()
        .map(|m| {
            let moved: usize = m.text.rows.iter().map(|(_, names)| names.len()).sum();
            let undo = Button::new("undo", key("book.merge.undo"))
                .quiet()
                .of(m.text.name.clone())
                .with("merge", m.id);
            vec![
                Cell::new(plain(m.text.name.clone())).note(plain(m.text.why.clone())),
                Cell::when(m.made_at).note(plain(labels::worker(workers.get(&m.made_by)))),
                Cell::new(english(format!("{moved} records"))),
                if m.undone_at.is_none() {
                    Cell::buttons(at.clone(), vec![undo])
                } else {
                    Cell::new(key("book.merge.undone"))
                },
            ]
        })
        .collect();
    Ok(merge_page(&page.person, rows, Vec::new(), typed))
}

fn merge_page(
    person: &Person,
    merges: Vec<Vec<Cell>>,
    found: Vec<super::sheet::Choice>,
    typed: &Fields,
) -> Sheet {
    let at = format!("/staff/people/{}", person.id);
    let columns = ["book.column.absorbed", "book.column.merged", "book.column.moved", "book.column.next"];
    let sheet = Sheet::new("book.merge.title")
        .back(at.clone(), "book.person.back")
        .caption(labels::name(&person.profile.shown_name(), person.identity))
        .para("book.merge.lead")
        .form(search::form(typed, &format!("{at}/merge")));
    let sheet = if found.is_empty() {
        sheet
    } else {
        let fields = vec![Field::radios("other", typed, "", found), Field::area("why", typed, "", 2)];
        sheet.form(Form::new(
            "merge",
            format!("{at}/merge"),
            fields,
            Button::new("merge", key("book.merge.save")),
        ))
    };
    sheet.head("merges", "book.merge.past").table("book.merge.past", &columns, merges, "book.merge.none")
}

/// `POST /staff/people/{id}/merge`
pub(super) fn act_merge(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let person: PersonId = id(ids, 0)?;
    if fields.get("do") == "merge" {
        people::merge(desk, person, chosen(fields, "other")?, fields.get("why"))?;
        return go(format!("/staff/people/{person}"));
    }
    let found = look_up(desk, &search::sought(fields)?)?;
    let page = work::person_page(desk, person)?;
    let choices = found
        .here
        .iter()
        .filter(|k| k.person != person && k.office == page.person.office)
        .map(|k| {
            let born = k.born.map(|b| b.to_string()).unwrap_or_default();
            choice(k.person.to_string(), plain(format!("{}, {born} {}", k.name, k.postcode)))
        })
        .collect::<Vec<_>>();
    if choices.is_empty() {
        return Err(ServiceError::Invalid(
            "nobody else of this office was found: search by something else".to_owned(),
        ));
    }
    Ok(Done::Show(Box::new(merge_page(&page.person, Vec::new(), choices, fields))))
}

/// `GET /staff/people/{id}/history`
pub(super) fn build_history(desk: &Desk<'_>, ids: &[String], _: &Fields) -> Result<Sheet> {
    let person: PersonId = id(ids, 0)?;
    let workers = workers(desk)?;
    let items = work::history(desk, person)?
        .into_iter()
        .rev()
        .map(|e| Event {
            id: String::new(),
            heading: english(format!("Version {} of a {}", e.version, e.kind)),
            at: e.replaced_at.to_string(),
            by: labels::worker(workers.get(&e.replaced_by)),
            text: words(&e.content),
            href: None,
            mark: None,
        })
        .collect::<Vec<_>>();
    Ok(history_page(person, items))
}

fn history_page(person: PersonId, items: Vec<Event>) -> Sheet {
    let sheet = Sheet::new("book.history.title")
        .back(format!("/staff/people/{person}"), "book.person.back")
        .para("book.history.lead");
    if items.is_empty() { sheet.para("book.history.none") } else { sheet.add(Block::Events { items }) }
}

/// What a record said, a line for each field that held something.
fn words(content: &serde_json::Value) -> String {
    match content {
        serde_json::Value::Object(map) => {
            let lines =
                map.iter().map(|(name, v)| (name.replace('_', " "), words(v))).filter(|(_, v)| !v.is_empty());
            lines.map(|(name, v)| format!("{name}: {v}")).collect::<Vec<_>>().join("\n")
        }
        serde_json::Value::Array(list) => {
            list.iter().map(words).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("; ")
        }
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    super::samples::people()
        .into_iter()
        .flat_map(|page| {
            let typed = Fields::default();
            let around = |own| Around {
                issue: &|code| code.to_owned(),
                own,
                today: jiff::civil::date(2028, 1, 1),
                offices: vec![choice("", key("book.choose"))],
                office: "Lancaster".to_owned(),
                may_hold: own,
                sources: vec![("you".to_owned(), "you".to_owned())],
                typed: &typed,
            };
            let found = vec![choice("x", plain("Annie Leigh"))];
            let event = Event {
                id: String::new(),
                heading: english("Version 1 of a note"),
                at: "2026-11-20T10:00:00Z".to_owned(),
                by: "Ada, Lancaster".to_owned(),
                text: "text: before".to_owned(),
                href: None,
                mark: None,
            };
            [
                draw(&page, &around(true)),
                draw(&page, &around(false)),
                merge_page(&page.person, Vec::new(), found, &typed),
                history_page(page.person.id, vec![event]),
                history_page(page.person.id, Vec::new()),
            ]
        })
        .collect()
}
