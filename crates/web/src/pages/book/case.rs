//! A case's page: notes, what stands beside them, and the work.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::casebook::note::NoteParts;
use counterfoil_domain::casebook::words::{CaseStatus, Outcome, QualityPoint};
use counterfoil_domain::ids::{CaseId, NoteId, PersonId, ShareId};
use counterfoil_service::casebook::reason::{Worker, workers};
use counterfoil_service::casebook::work::{self, CasePage};
use counterfoil_service::casebook::{self, CaseText, EntryText, JointText, NewEntryOfCase, NoteText, people};
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::minimise::{self, Care};
use counterfoil_service::{Result, ServiceError};

use super::sheet::{
    Block, Button, Cell, Choice, Event, Field, Form, Sheet, Text, choice, english, key, plain,
};
use super::{Done, care, chosen, date, end_of, go, id, labels, needed_date, person, unknown_deed};
use crate::forms::{Fields, Posted};
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

type Workers = std::collections::BTreeMap<counterfoil_domain::ids::StaffId, Worker>;

/// `GET /staff/people/{id}/case`
pub(super) fn build_new(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let person: PersonId = id(ids, 0)?;
    let page = work::person_page(desk, person)?;
    Ok(new_page(
        person,
        &page.person.profile.shown_name(),
        labels::issue_choices(&labels::areas(desk)?),
        typed,
    ))
}

fn new_page(person: PersonId, name: &str, issues: Vec<Choice>, typed: &Fields) -> Sheet {
    let at = format!("/staff/people/{person}");
    let mut fields = vec![
        Field::select("issue", typed, "", issues),
        Field::line("title", typed, ""),
        Field::area("question", typed, "", 4),
    ];
    fields.extend(care::fields(typed, &NoteText::default(), &care::case_words(typed), typed.get("issue")));
    Sheet::new("book.case.new").back(at.clone(), "book.person.back").caption(plain(name)).form(Form::new(
        "case",
        format!("{at}/case"),
        fields,
        Button::new("open", key("book.case.open")),
    ))
}

/// `POST /staff/people/{id}/case`
pub(super) fn act_new(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let (issue, text) = said(desk, fields)?;
    let case = work::open_case(desk, id(ids, 0)?, &issue, &text, &care::said(fields))?;
    if let Some(me) = desk.who.staff() {
        work::allocate(desk, case, Some(me.staff))?;
    }
    go(format!("/staff/cases/{case}"))
}

fn said(desk: &Desk<'_>, fields: &Fields) -> Result<(String, CaseText)> {
    let issue = fields.get("issue").to_owned();
    if !casebook::issues::knows(&labels::areas(desk)?, &issue) {
        return Err(ServiceError::Invalid("choose what the case is about".to_owned()));
    }
    let title = fields.get("title").to_owned();
    if title.is_empty() {
        return Err(ServiceError::Invalid("give the case a title: a few words".to_owned()));
    }
    Ok((issue, CaseText { title, question: fields.get("question").to_owned() }))
}

/// `GET /staff/cases/{id}`
pub(super) fn build(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let page = work::case_page(desk, id(ids, 0)?)?;
    let areas = labels::areas(desk)?;
    let own = casebook::office_of(desk.who) == Some(page.person.office);
    let workers = workers(desk)?;
    let colleagues = workers.iter().filter(|(_, w)| own && w.office_id == page.case.office);
    let first = std::iter::once(choice("", key("book.case.nobody")));
    let colleagues =
        first.chain(colleagues.map(|(id, w)| choice(id.to_string(), plain(w.name.clone())))).collect();
    let offices = if own { labels::other_offices(desk)? } else { Vec::new() };
    let around = Around {
        issue: casebook::issues::label(&areas, &page.case.issue),
        issues: labels::issue_choices(&areas),
        own,
        workers,
        colleagues,
        offices,
        office_names: desk.store.offices(desk.controller())?.into_iter().map(|o| (o.id, o.name)).collect(),
        condition: care::condition(minimise::special_condition(desk, &page.case.issue)?),
        typed,
    };
    Ok(draw(&page, &around))
}

/// What a page needs besides the case.
struct Around<'a> {
    issue: String,
    issues: Vec<Choice>,
    own: bool,
    workers: Workers,
    colleagues: Vec<Choice>,
    offices: Vec<Choice>,
    office_names: std::collections::BTreeMap<counterfoil_domain::ids::OfficeId, String>,
    /// On which condition special-category data may be recorded here, or why not.
    condition: Text,
    typed: &'a Fields,
}

fn draw(page: &CasePage, around: &Around<'_>) -> Sheet {
    let (status, colour) = labels::status(&page.case.status);
    let open = page.case.status != "closed";
    let at = format!("/staff/cases/{}", page.case.id);
    let sheet = Sheet::new("book.case.title")
        .back(format!("/staff/people/{}", page.person.id), "book.person.back")
        .caption(labels::name(&page.name, page.person.identity))
        .heading(plain(page.case.text.title.clone()))
        .tag(status, colour)
        .tag(english(around.issue.clone()), "grey")
        .tag_if(!around.own, "book.tag.shared", "blue");
    let worker = page.case.worker.map(|w| labels::worker(around.workers.get(&w))).unwrap_or_default();
    let mut rows = vec![
        (key("book.field.opened"), vec![Cell::when(page.case.opened_at)]),
        (
            key("book.field.worker"),
            vec![if worker.is_empty() {
                Cell::new(key("book.case.nobody"))
            } else {
                Cell::new(plain(worker))
            }],
        ),
    ];
    if !page.case.text.question.is_empty() {
        rows.insert(0, (key("book.field.question"), vec![Cell::new(plain(page.case.text.question.clone()))]));
    }
    rows.push((key("book.field.condition"), vec![Cell::new(around.condition.clone())]));
    let said = page.case.statements.iter().map(|s| labels::disagrees(s.on, &s.text));
    let sheet = said.fold(sheet, |sheet, text| sheet.add(Block::Inset { text: english(text) }));
    let sheet = sheet.add(Block::Summary { rows });
    let parts =
        [("notes", "book.note.all"), ("entries", "book.case.entries"), ("documents", "book.documents")];
    let mut items: Vec<_> = parts.map(|(part, words)| (format!("{at}#{part}"), key(words))).into();
    items.push((format!("/staff/inbox/send/{}", page.case.id), key("book.case.send")));
    let sheet = sheet.add(Block::Links { items });
    let sheet =
        if open { sheet.head("write", "book.note.title").form(note_form(page, around, &at)) } else { sheet };
    let sheet = notes(sheet, page, around, &at);
    let sheet = beside(sheet, page, &at);
    let sheet = shares(sheet, page, around, &at);
    if open { works(sheet, page, around, &at) } else { reopen(sheet, page, around, &at) }
}

/// The form of a note, by its template; a draft that was saved is in it.
fn note_form(page: &CasePage, around: &Around<'_>, at: &str) -> Form {
    let draft = page.draft.as_ref();
    let given = draft.map(|(text, _)| text.clone()).unwrap_or_default();
    let mut fields = note_fields(&given, around.typed, &page.case.issue);
    fields.push(Field::line("task", around.typed, "").hint("book.hint.task"));
    fields.push(Field::date("task_by", around.typed, None));
    Form::new("note", at, fields, Button::new("note", key("book.note.save")))
        .and(Button::new("draft", key("book.note.draft")).quiet())
        .autosaved(format!("{at}/draft"), draft.map(|(_, at)| *at))
}

fn note_fields(given: &NoteText, typed: &Fields, issue: &str) -> Vec<Field> {
    let parts = NoteParts::split(&given.text);
    let area = |name, given: &str, rows| Field::area(name, typed, given, rows);
    let mut fields = vec![
        area("q", &parts.question, 2).hint("book.hint.q"),
        area("capability", &parts.capability, 2).hint("book.hint.capability"),
        area("advice", &parts.advice, 5),
        area("advice_source", &parts.source, 1).hint("book.hint.advice_source"),
        area("next_steps", &parts.next_steps, 2),
        area("deadlines", &parts.deadlines, 2),
        area("other_notes", &parts.other, 2),
        Field::line("source", typed, &given.source).hint("book.hint.source"),
    ];
    let words = if typed.has("advice") { note_text(typed).text } else { given.text.clone() };
    fields.extend(care::fields(typed, given, &words, issue));
    fields
}

fn note_text(fields: &Fields) -> NoteText {
    let text = |name: &str| fields.get(name).to_owned();
    let parts = NoteParts {
        question: text("q"),
        capability: text("capability"),
        advice: text("advice"),
        source: text("advice_source"),
        next_steps: text("next_steps"),
        deadlines: text("deadlines"),
        other: text("other_notes"),
    };
    let Care { special, because: kept } = care::said(fields);
    NoteText { text: parts.compose(), source: text("source"), special, kept }
}

fn notes(sheet: Sheet, page: &CasePage, around: &Around<'_>, at: &str) -> Sheet {
    let sheet = sheet.head("notes", "book.note.all");
    if page.notes.is_empty() {
        return sheet.para("book.note.none");
    }
    let items = page
        .notes
        .iter()
        .rev()
        .map(|n| Event {
            id: n.id.to_string(),
            heading: if n.text.source.is_empty() {
                key("book.note.plain")
            } else {
                plain(n.text.source.clone())
            },
            at: n.made_at.to_string(),
            by: labels::worker(around.workers.get(&n.author)),
            text: n.statements.iter().fold(n.text.text.clone(), |text, s| {
                format!("{text}\n\n{}", labels::disagrees(s.on, &s.text))
            }),
            href: Some((format!("{at}/notes/{}", n.id), key("book.note.change"))),
            mark: care::mark(&n.text)
                .or_else(|| (n.version > 1).then(|| (english(format!("version {}", n.version)), "grey"))),
        })
        .collect();
    sheet.add(Block::Events { items })
}

fn beside(sheet: Sheet, page: &CasePage, at: &str) -> Sheet {
    let mut rows: Vec<_> = page.entries.iter().map(|e| person::entry_row(e, at)).collect();
    rows.reverse();
    let columns = ["book.column.entry", "book.column.due", "book.column.status", "book.column.next"];
    let documents = page.documents.iter().map(|d| {
        vec![
            Cell::new(plain(d.text.name.clone())).to(format!("/staff/documents/{}", d.id)),
            Cell::new(plain(d.text.source.clone())),
            Cell::when(d.made_at),
            Cell::new(key("book.document.about")).to(format!("/staff/documents/{}/about", d.id)),
        ]
    });
    let document_columns =
        ["book.column.document", "book.column.source", "book.column.added", "book.column.next"];
    sheet
        .head("entries", "book.case.entries")
        .table("book.case.entries", &columns, rows, "book.case.no_entries")
        .head("documents", "book.documents")
        .table("book.documents", &document_columns, documents.collect(), "book.case.no_documents")
}

fn shares(sheet: Sheet, page: &CasePage, around: &Around<'_>, at: &str) -> Sheet {
    if page.shares.is_empty() {
        return sheet;
    }
    let rows = page
        .shares
        .iter()
        .map(|s| {
            let office = around.office_names.get(&s.office).cloned().unwrap_or_default();
            let end = Button::new("end-share", key("book.share.end"))
                .quiet()
                .of(office.clone())
                .with("share", s.id);
            let why = s.text.as_ref().map(|t| t.why.clone()).unwrap_or_default();
            vec![
                Cell::new(plain(office)).note(plain(why)),
                Cell::when(s.until),
                if s.ended_at.is_none() && around.own {
                    Cell::buttons(at, vec![end])
                } else {
                    Cell::when_if(s.ended_at)
                },
            ]
        })
        .collect();
    let columns = ["book.column.office", "book.column.until", "book.column.next"];
    sheet.head("shares", "book.share.title").table("book.share.title", &columns, rows, "book.none")
}

fn change_form(page: &CasePage, around: &Around<'_>, at: &str) -> Form {
    let (typed, case) = (around.typed, &page.case);
    let statuses = [CaseStatus::Open, CaseStatus::Waiting].map(|s| choice(s.code(), english(s.label())));
    let version =
        if typed.has("version") { typed.get("version").to_owned() } else { case.version.to_string() };
    Form::new(
        "change",
        at,
        vec![
            Field::select("issue", typed, &case.issue, around.issues.clone()),
            Field::line("title", typed, &case.text.title),
            Field::area("question", typed, &case.text.question, 3),
            Field::select("status", typed, &case.status, statuses.into()),
        ]
        .into_iter()
        .chain(care::fields(typed, &NoteText::default(), &care::case_words(typed), &case.issue))
        .collect(),
        Button::new("change", key("book.save")),
    )
    .with("version", version)
}

fn reopen(sheet: Sheet, page: &CasePage, around: &Around<'_>, at: &str) -> Sheet {
    let open = around.typed.get("do") == "change";
    sheet.form(change_form(page, around, at).folded("book.case.reopen", open))
}

/// What else is done in a case; each in a fold of its own.
fn works(sheet: Sheet, page: &CasePage, around: &Around<'_>, at: &str) -> Sheet {
    let (typed, doing) = (around.typed, around.typed.get("do").to_owned());
    let outcomes = Outcome::ALL.iter().map(|o| choice(o.code(), english(o.label()))).collect();
    let task = Form::new(
        "task",
        at,
        vec![Field::line("what", typed, ""), Field::date("by", typed, None)],
        Button::new("task", key("book.task.save")),
    );
    let outcome = Form::new(
        "outcome",
        at,
        vec![
            Field::select("outcome", typed, "informed", outcomes),
            Field::line("pounds", typed, "").narrow().hint("book.hint.pounds"),
            Field::line("outcome_note", typed, ""),
        ],
        Button::new("outcome", key("book.outcome.save")),
    );
    let document = Form::new(
        "document",
        format!("{at}/documents"),
        vec![
            Field::file("file"),
            Field::line("document_source", typed, ""),
            Field::line("description", typed, ""),
        ],
        Button::new("upload", key("book.document.save")),
    )
    .multipart();
    let paper = Form::new(
        "paper",
        at,
        ["paper_title", "paper_location", "paper_custodian"].map(|n| Field::line(n, typed, "")).into(),
        Button::new("paper", key("book.paper.save")),
    );
    let sheet = sheet
        .head("work", "book.case.work")
        .form(task.folded("book.task.title", doing == "task"))
        .form(document.folded("book.document.title", doing == "upload"))
        .form(paper.folded("book.paper.title", doing == "paper"))
        .form(outcome.folded("book.outcome.title", doing == "outcome"));
    if around.own { home_works(sheet, page, around, at) } else { sheet }
}

/// What the home office alone does.
fn home_works(sheet: Sheet, page: &CasePage, around: &Around<'_>, at: &str) -> Sheet {
    let (typed, doing) = (around.typed, around.typed.get("do").to_owned());
    let worker = page.case.worker.map(|w| w.to_string()).unwrap_or_default();
    let allocate = Form::new(
        "allocate",
        at,
        vec![Field::select("worker", typed, &worker, around.colleagues.clone())],
        Button::new("allocate", key("book.allocate.save")),
    );
    let share = Form::new(
        "share",
        at,
        vec![
            Field::select("to_office", typed, "", around.offices.clone()),
            Field::date("until", typed, None),
            Field::area("why", typed, "", 2),
        ],
        Button::new("share", key("book.share.save")),
    );
    let answers = || vec![choice("yes", key("book.quality.met")), choice("no", key("book.quality.unmet"))];
    let mut points: Vec<Field> = QualityPoint::ALL
        .iter()
        .map(|p| Field::radios(format!("point-{}", p.code()), typed, "", answers()).label(english(p.label())))
        .collect();
    points.push(Field::area("feedback", typed, "", 3));
    let quality = Form::new("quality", at, points, Button::new("quality", key("book.quality.save")));
    sheet
        .form(change_form(page, around, at).folded("book.case.change", doing == "change"))
        .form(allocate.folded("book.allocate.title", doing == "allocate"))
        .form(share.folded("book.share.add", doing == "share"))
        .form(quality.folded("book.quality.title", doing == "quality"))
        .form(Form::new("close", at, Vec::new(), Button::new("close", key("book.case.close")).quiet()))
}

/// `POST /staff/cases/{id}`
pub(super) fn act(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let case: CaseId = id(ids, 0)?;
    match fields.get("do") {
        "note" => {
            note(desk, case, fields)?;
            return go(format!("/staff/cases/{case}#notes"));
        }
        "draft" => work::keep_draft(desk, case, &note_text(fields))?,
        "task" => {
            let text = EntryText::Task { what: fields.get("what").to_owned() };
            let (staff, by) = (desk.who.staff().map(|s| s.staff), end_of(needed_date(fields, "by")?)?);
            add(
                desk,
                case,
                &NewEntryOfCase { case: Some(case), staff, starts_at: Some(by), ends_at: None, text },
            )?;
        }
        "outcome" => {
            let text = EntryText::Outcome {
                code: fields.get("outcome").to_owned(),
                pence: pence(fields.get("pounds"))?,
                what: fields.get("outcome_note").to_owned(),
            };
            add(
                desk,
                case,
                &NewEntryOfCase { case: Some(case), staff: None, starts_at: None, ends_at: None, text },
            )?;
        }
        "paper" => {
            let text = person::paper(fields);
            add(
                desk,
                case,
                &NewEntryOfCase { case: Some(case), staff: None, starts_at: None, ends_at: None, text },
            )?;
        }
        "move" => person::move_entry(desk, fields)?,
        "change" => {
            let (issue, text) = said(desk, fields)?;
            let version = fields.get("version").parse().unwrap_or(0);
            let to = (&*issue, chosen(fields, "status")?);
            work::change_case(desk, case, version, to, &text, &care::said(fields))?;
        }
        "allocate" => {
            let to = fields.get("worker");
            let worker = if to.is_empty() { None } else { Some(chosen(fields, "worker")?) };
            work::allocate(desk, case, worker)?;
        }
        "share" => {
            let text = JointText { why: fields.get("why").to_owned(), ..JointText::default() };
            let until = end_of(needed_date(fields, "until")?)?;
            people::share(desk, case, chosen(fields, "to_office")?, until, &text)?;
        }
        "end-share" => people::end_share(desk, chosen::<ShareId>(fields, "share")?)?,
        "quality" => quality(desk, case, fields)?,
        "close" => work::close_case(desk, case)?,
        _ => return Err(unknown_deed()),
    }
    go(format!("/staff/cases/{case}"))
}

/// Writes the note, and the task that its deadline asks for.
fn note(desk: &Desk<'_>, case: CaseId, fields: &Fields) -> Result<()> {
    let what = fields.get("task");
    let deadline = match (what.is_empty(), date(fields, "task_by")?) {
        (true, _) => None,
        (false, Some(by)) => Some((what.to_owned(), end_of(by)?)),
        (false, None) => {
            return Err(ServiceError::Invalid("say by when the follow-up is due".to_owned()));
        }
    };
    work::write_note(desk, case, &note_text(fields), deadline.as_ref())
}

fn add(desk: &Desk<'_>, case: CaseId, new: &NewEntryOfCase) -> Result<()> {
    let page = work::case_page(desk, case)?;
    work::add_entry(desk, page.person.id, new).map(|_| ())
}

fn quality(desk: &Desk<'_>, case: CaseId, fields: &Fields) -> Result<()> {
    let points: Vec<(String, bool)> = QualityPoint::ALL
        .iter()
        .filter_map(|p| match fields.get(&format!("point-{}", p.code())) {
            "yes" => Some((p.code().to_owned(), true)),
            "no" => Some((p.code().to_owned(), false)),
            _ => None,
        })
        .collect();
    work::review_quality(desk, case, &points, fields.get("feedback"))
}

/// Pounds as people write them, in pence: `1,250` or `12.50`.
fn pence(text: &str) -> Result<Option<i64>> {
    let text = text.trim().trim_start_matches('£').replace(',', "");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || ServiceError::Invalid("give the amount in pounds, such as 1250 or 12.50".to_owned());
    let (pounds, pence) = text.split_once('.').unwrap_or((&text, "00"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(pounds) || !digits(pence) || pence.len() != 2 || pounds.len() > 9 {
        return Err(wrong());
    }
    let (pounds, pence): (i64, i64) =
        (pounds.parse().map_err(|_| wrong())?, pence.parse().map_err(|_| wrong())?);
    Ok(Some(pounds * 100 + pence))
}

/// `POST /staff/cases/{id}/draft`: what a script saves while somebody types.
pub(super) async fn draft(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(case): Path<String>,
    Posted { fields, fresh }: Posted,
) -> std::result::Result<Response, Response> {
    let Some(case) = case.parse::<CaseId>().ok().filter(|_| fresh) else {
        return Err(StatusCode::UNPROCESSABLE_ENTITY.into_response());
    };
    let kept = as_staff(&site, &who, move |desk| work::keep_draft(desk, case, &note_text(&fields))).await;
    match kept.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => Err(super::closed(&visit, &error)),
    }
}

/// `GET /staff/cases/{case}/notes/{note}`
pub(super) fn build_note(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let (case, note): (CaseId, NoteId) = (id(ids, 0)?, id(ids, 1)?);
    let page = work::case_page(desk, case)?;
    let found = page.notes.iter().find(|n| n.id == note);
    let found = found.ok_or(ServiceError::Store(counterfoil_service::store::StoreError::NotFound("note")))?;
    Ok(note_page((case, &page.case.issue), note, &found.text, found.version, typed))
}

fn note_page(
    (case, issue): (CaseId, &str),
    note: NoteId,
    text: &NoteText,
    version: i64,
    typed: &Fields,
) -> Sheet {
    let fields = note_fields(text, typed, issue);
    let version = if typed.has("version") { typed.get("version").to_owned() } else { version.to_string() };
    let form = Form::new(
        "note",
        format!("/staff/cases/{case}/notes/{note}"),
        fields,
        Button::new("save", key("book.save")),
    );
    Sheet::new("book.note.edit")
        .back(format!("/staff/cases/{case}"), "book.case.back")
        .para("book.note.kept")
        .form(form.with("version", version))
}

/// `POST /staff/cases/{case}/notes/{note}`
pub(super) fn act_note(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let (case, note): (CaseId, NoteId) = (id(ids, 0)?, id(ids, 1)?);
    work::change_note(desk, note, fields.get("version").parse().unwrap_or(0), &note_text(fields))?;
    go(format!("/staff/cases/{case}#notes"))
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let typed = Fields::default();
    let mut sheets: Vec<Sheet> = super::samples::cases()
        .iter()
        .flat_map(|page| {
            let around = |own| Around {
                issue: "Housing: Homelessness".to_owned(),
                issues: vec![
                    choice("", key("book.choose")),
                    Choice {
                        group: Some("Housing".into()),
                        ..choice("housing.homeless", english("Homelessness"))
                    },
                ],
                own,
                workers: Workers::new(),
                colleagues: vec![choice("", key("book.case.nobody"))],
                offices: vec![choice("", key("book.choose"))],
                office_names: std::collections::BTreeMap::new(),
                condition: english("legal claims"),
                typed: &typed,
            };
            [draw(page, &around(true)), draw(page, &around(false))]
        })
        .collect();
    let (case, note) = (CaseId::from_bytes([1; 16]), NoteId::from_bytes([2; 16]));
    sheets.push(new_page(PersonId::from_bytes([7; 16]), "Ann Lee", Vec::new(), &typed));
    sheets.push(note_page((case, "debt.energy"), note, &NoteText::default(), 2, &typed));
    let pointed =
        NoteText { text: "PIN: 4821".into(), special: vec!["health".into()], ..NoteText::default() };
    sheets.push(note_page((case, "debt.energy"), note, &pointed, 2, &typed));
    sheets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pounds_are_read_as_people_write_them() {
        for (text, expected) in
            [("", None), ("1,250", Some(125_000)), ("£12.50", Some(1_250)), ("0.05", Some(5))]
        {
            assert_eq!(pence(text).unwrap(), expected, "{text}");
        }
        for bad in ["-1", "1.5", "abc", "1.2.3", "9999999999"] {
            assert!(pence(bad).is_err(), "{bad}");
        }
    }
}
