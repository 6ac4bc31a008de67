//! Research: projects, their extracts, the way back that two people open; and what came of surveys.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::{PersonId, ProjectId, ReidentificationId};
use counterfoil_domain::sharing::research::LEAST_K;
use counterfoil_service::casebook::reason::workers;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::research::{
    self, FIELDS, ReidentificationPermit, ResearchProject, ResearchText,
};
use counterfoil_service::sharing::survey::{self, Results, Survey};
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Cell, Field, Form, Sheet, Text, choice, english, key, plain};
use super::{Done, chosen, go, id, needed_date, unknown_deed};
use crate::forms::{Fields, Posted};
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

const AT: &str = "/staff/research";

/// A project as its page shows it.
#[derive(Clone)]
struct Shown {
    id: ProjectId,
    text: ResearchText,
    fields: Vec<String>,
    least_alike: usize,
    until: jiff::civil::Date,
    closed: bool,
}

impl From<ResearchProject> for Shown {
    fn from(p: ResearchProject) -> Self {
        let closed = p.closed_at.is_some();
        Self { id: p.id, text: p.text, fields: p.fields, least_alike: p.least_alike, until: p.until, closed }
    }
}

/// `GET /staff/research`
pub(super) fn build(desk: &Desk<'_>, _: &[String], typed: &Fields) -> Result<Sheet> {
    let all: Vec<Shown> = research::projects(desk)?.into_iter().map(Shown::from).collect();
    Ok(list(&all, typed, today(desk)?))
}

fn standing(project: &Shown, today: jiff::civil::Date) -> (Text, &'static str) {
    match project.closed {
        true => (key("book.research.closed"), "grey"),
        false if project.until < today => (key("book.research.over"), "yellow"),
        false => (key("book.research.open"), "green"),
    }
}

fn list(projects: &[Shown], typed: &Fields, today: jiff::civil::Date) -> Sheet {
    let rows = projects.iter().map(|p| {
        let (words, colour) = standing(p, today);
        vec![
            Cell::new(plain(p.text.title.clone())).to(format!("{AT}/{}", p.id)),
            Cell::new(plain(p.text.researcher.clone())),
            Cell::when(p.until),
            Cell::new(words).tag(colour),
        ]
    });
    let columns =
        ["book.column.project", "book.column.researcher", "book.column.until", "book.column.status"];
    let choices = FIELDS.iter().map(|f| choice(*f, english(f.replace('-', " ")))).collect();
    let fields = vec![
        Field::line("project_title", typed, ""),
        Field::line("researcher", typed, ""),
        Field::area("project_purpose", typed, "", 2),
        Field::line("agreed", typed, "").hint("book.hint.agreed"),
        Field::boxes("extract_fields", typed, &["age-band", "issue", "quarter"], choices),
        Field::line("least_alike", typed, "5").narrow().hint("book.hint.least_alike"),
        Field::date("until", typed, None),
    ];
    let form = Form::new("project", AT, fields, Button::new("open", key("book.research.save")));
    Sheet::new("book.research.title")
        .back("/staff/statistics", "book.research.back")
        .para("book.research.lead")
        .table("book.research.title", &columns, rows.collect(), "book.research.none")
        .form(form.folded("book.research.new", typed.get("do") == "open"))
        .add(Block::Links { items: vec![("/staff/surveys".to_owned(), key("book.survey.title"))] })
}

/// `POST /staff/research`
pub(super) fn act(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    let text = |name: &str| fields.get(name).to_owned();
    let least = fields.get("least_alike").parse().map_err(|_| {
        ServiceError::Invalid(format!("say how many people must be alike: a number, {LEAST_K} or more"))
    })?;
    let wanted: Vec<String> = fields.all("extract_fields").map(str::to_owned).collect();
    let about = ResearchText {
        title: text("project_title"),
        researcher: text("researcher"),
        purpose: text("project_purpose"),
        agreed: text("agreed"),
    };
    let project = research::open(desk, &wanted, least, needed_date(fields, "until")?, &about)?;
    go(format!("{AT}/{project}"))
}

fn of(desk: &Desk<'_>, wanted: ProjectId) -> Result<Shown> {
    let found = research::projects(desk)?.into_iter().find(|p| p.id == wanted);
    found
        .map(Shown::from)
        .ok_or(ServiceError::Store(counterfoil_service::store::StoreError::NotFound("project")))
}

/// `GET /staff/research/{id}`
pub(super) fn build_project(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let project = of(desk, id(ids, 0)?)?;
    let names = workers(desk)?;
    let permits = research::permits(desk)?;
    let rows = permits.iter().filter(|p| p.project == project.id).map(|p| {
        let name = |staff| names.get(&staff).map(|w| w.name.clone()).unwrap_or_default();
        let own = desk.who.staff().is_some_and(|s| s.staff == p.asked_by);
        permit(p, &name(p.asked_by), p.granted_by.map(name), own, &project)
    });
    Ok(draw(&project, rows.collect(), typed, today(desk)?))
}

fn permit(
    p: &ReidentificationPermit,
    asked: &str,
    granted: Option<String>,
    own: bool,
    project: &Shown,
) -> Vec<Cell> {
    let grant = Button::new("grant", key("book.research.grant")).quiet().of(asked).with("permit", p.id);
    let next = match granted {
        Some(name) => Cell::new(english(format!("granted by {name}"))),
        None if own || project.closed => Cell::new(key("book.research.another")),
        None => Cell::buttons(format!("{AT}/{}", project.id), vec![grant]),
    };
    vec![
        Cell::new(plain(p.text.pseudonym.clone())).note(plain(p.text.reason.clone())),
        Cell::new(plain(asked.to_owned())),
        next,
    ]
}

fn draw(project: &Shown, permits: Vec<Vec<Cell>>, typed: &Fields, today: jiff::civil::Date) -> Sheet {
    let (words, colour) = standing(project, today);
    let at = format!("{AT}/{}", project.id);
    let alive = !project.closed;
    let rows = vec![
        (key("book.field.researcher"), vec![Cell::new(plain(project.text.researcher.clone()))]),
        (key("book.field.project_purpose"), vec![Cell::new(plain(project.text.purpose.clone()))]),
        (key("book.field.agreed"), vec![Cell::new(plain(project.text.agreed.clone()))]),
        (key("book.field.extract_fields"), vec![Cell::new(english(project.fields.join(", ")))]),
        (key("book.field.least_alike"), vec![Cell::new(plain(project.least_alike.to_string()))]),
        (key("book.field.until"), vec![Cell::when(project.until)]),
    ];
    let sheet = Sheet::new("book.research.project")
        .back(AT, "book.research.title")
        .heading(plain(project.text.title.clone()))
        .tag(words, colour)
        .add(Block::Summary { rows });
    let sheet = if alive && project.until >= today {
        let form = Form::new(
            "extract",
            format!("{at}/extract"),
            Vec::new(),
            Button::new("extract", key("book.research.extract")),
        );
        sheet.head("extracts", "book.research.extracts").para("book.research.extract_lead").form(form)
    } else {
        sheet
    };
    let columns = ["book.column.pseudonym", "book.column.asked_by", "book.column.next"];
    let sheet = sheet.head("permits", "book.research.permits").para("book.research.permits_lead").table(
        "book.research.permits",
        &columns,
        permits,
        "book.research.no_permits",
    );
    if !alive {
        return sheet;
    }
    let fields =
        vec![Field::line("pseudonym", typed, "").narrow(), Field::area("permit_reason", typed, "", 2)];
    sheet
        .form(Form::new("find", at.clone(), fields, Button::new("find", key("book.research.find"))))
        .form(Form::new("close", at, Vec::new(), Button::new("close", key("book.research.close")).quiet()))
}

/// `POST /staff/research/{id}`
pub(super) fn act_project(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let project: ProjectId = id(ids, 0)?;
    match fields.get("do") {
        "find" => {
            research::ask_person(desk, project, fields.get("pseudonym"), fields.get("permit_reason"))?;
        }
        "grant" => {
            let person = research::grant_person(desk, chosen::<ReidentificationId>(fields, "permit")?)?;
            return Ok(Done::Show(Box::new(found(project, person))));
        }
        "close" => research::close(desk, project)?,
        _ => return Err(unknown_deed()),
    }
    go(format!("{AT}/{project}"))
}

/// Shown once: who it is, by the record's identifier; the record itself opens by its own rules.
fn found(project: ProjectId, person: PersonId) -> Sheet {
    Sheet::new("book.research.found")
        .back(format!("{AT}/{project}"), "book.research.project")
        .para("book.research.found_lead")
        .add(Block::Links { items: vec![(format!("/staff/people/{person}"), english("open the record"))] })
}

/// `POST /staff/research/{id}/extract`: the extract as a file; what is refused is told on the project's page.
pub(super) async fn extract(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(text): Path<String>,
    Posted { fields, fresh }: Posted,
) -> std::result::Result<Response, Response> {
    let again = StatusCode::UNPROCESSABLE_ENTITY;
    let why = if fresh {
        let project = text.parse::<ProjectId>().ok();
        let made = as_staff(&site, &who, move |desk| match project {
            Some(project) => research::extract(desk, project),
            None => Err(ServiceError::Store(counterfoil_service::store::StoreError::NotFound("project"))),
        });
        match made.await.map_err(IntoResponse::into_response)? {
            Ok(extract) => return Ok(file(extract.csv, extract.dropped)),
            Err(error) if error.is_refusal() => error.to_string(),
            Err(error) => return Err(super::closed(&visit, &error)),
        }
    } else {
        "this page was open for too long: send it again".to_owned()
    };
    let build = (build_project as super::Build, Some(why), again);
    super::show(&site, &visit, &who, vec![text], fields, build).await
}

fn file(csv: String, dropped: usize) -> Response {
    let mut response = (StatusCode::OK, crate::render::Rendered, csv).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"extract.csv\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-rows-left-out", HeaderValue::from(dropped));
    response
}

/// `GET /staff/surveys`
pub(super) fn build_surveys(desk: &Desk<'_>, _: &[String], _: &Fields) -> Result<Sheet> {
    Ok(surveys(&survey::surveys(desk)?))
}

fn surveys(all: &[Survey]) -> Sheet {
    let rows = all.iter().map(|s| {
        vec![
            Cell::new(plain(s.name.clone())).to(format!("/staff/surveys/{}", s.id)),
            Cell::new(key("book.survey.public")).to(format!("/survey/{}", s.id)),
        ]
    });
    Sheet::new("book.survey.title").back(AT, "book.research.title").para("book.survey.lead").table(
        "book.survey.title",
        &["book.column.survey", "book.column.form"],
        rows.collect(),
        "book.none",
    )
}

/// `GET /staff/surveys/{id}`
pub(super) fn build_results(desk: &Desk<'_>, ids: &[String], _: &Fields) -> Result<Sheet> {
    let form = ids.first().map_or("", String::as_str);
    Ok(results(&survey::results(desk, form)?))
}

fn number(n: Option<u64>) -> Cell {
    n.map_or_else(|| Cell::new(key("book.survey.few")), |n| Cell::new(plain(n.to_string())))
}

fn results(found: &Results) -> Sheet {
    let mut rows: Vec<Vec<Cell>> = found
        .quarters
        .iter()
        .map(|(quarter, n)| vec![Cell::new(plain(quarter.clone())), number(*n)])
        .collect();
    rows.push(vec![Cell::new(key("book.survey.all")), number(found.total)]);
    let sheet = Sheet::new("book.survey.results")
        .back("/staff/surveys", "book.survey.title")
        .heading(plain(found.survey.name.clone()))
        .para("book.survey.guard")
        .table("book.survey.answers", &["book.column.quarter", "book.column.answered"], rows, "book.none");
    found.words.iter().fold(sheet, |sheet, (field, words)| {
        let sheet = sheet.add(Block::Para { text: english(format!("{field}:")) });
        match words {
            None => sheet.para("book.survey.too_few"),
            Some(words) => {
                words.iter().fold(sheet, |sheet, text| sheet.add(Block::Inset { text: plain(text.clone()) }))
            }
        }
    })
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let today = jiff::civil::date(2026, 11, 22);
    let project = |closed: bool| Shown {
        id: ProjectId::from_bytes([3; 16]),
        fields: vec!["issue".into(), "quarter".into()],
        least_alike: 5,
        until: today,
        text: ResearchText {
            title: "Energy debt".into(),
            researcher: "University of Aldbeck".into(),
            purpose: "to see who falls behind".into(),
            agreed: "board minute 7".into(),
        },
        closed,
    };
    let (open, closed) = (project(false), project(true));
    let typed = Fields::default();
    let rows = || {
        vec![vec![
            Cell::new(plain("7F3K")).note(plain("she may be at risk")),
            Cell::new(plain("Ines")),
            Cell::new(key("book.research.another")),
        ]]
    };
    let survey = Survey { id: "survey".into(), name: "How was our help?".into(), fields: Vec::new() };
    let full = Results {
        survey: survey.clone(),
        total: Some(9),
        quarters: vec![("2026-Q3".into(), Some(9)), ("2026-Q4".into(), None)],
        words: vec![("what happened".into(), Some(vec!["We kept our home.".into()])), ("more".into(), None)],
    };
    vec![
        list(&[open.clone(), closed.clone()], &typed, today),
        list(&[], &typed, today),
        draw(&open, rows(), &typed, today),
        draw(&closed, Vec::new(), &typed, today),
        found(open.id, PersonId::from_bytes([7; 16])),
        surveys(std::slice::from_ref(&survey)),
        results(&full),
    ]
}

fn today(desk: &Desk<'_>) -> Result<jiff::civil::Date> {
    Ok(desk.store.now().to_zoned(super::london()?).date())
}
