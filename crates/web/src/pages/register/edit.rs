//! Editing: what changes is shown first, and only what was shown is saved.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::ServiceError;
use counterfoil_service::notices::diff::{Change, Tell};
use counterfoil_service::register::edit::{self as editing, Choice, Edit, Kept, List, Preview, Proposal};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{kept, today};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::{Site, hex};
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// A list of things to tick.
#[derive(Debug, Clone, Serialize)]
struct Ticks {
    key: &'static str,
    choices: Vec<Choice>,
}

/// What a change does.
#[derive(Debug, Clone, Serialize)]
struct Shown {
    notices: Vec<(String, Vec<Change>)>,
    tell: Vec<Tell>,
    opens: Vec<&'static str>,
    closes: Vec<&'static str>,
    warnings: Vec<String>,
}

impl Shown {
    fn new(preview: Preview) -> Self {
        let Preview { notices, tell, gate: (opens, closes), warnings } = preview;
        Self { notices, tell, opens, closes, warnings }
    }
}

/// An activity or a file of the register, to change.
#[derive(Debug, Clone, Serialize)]
pub struct EditView {
    /// The activity's id or the file's name.
    id: String,
    /// Whether it is a file.
    file: bool,
    name: String,
    why: String,
    lists: Vec<Ticks>,
    /// The lawful bases in words; changed in the file.
    bases: Vec<String>,
    text: String,
    seen: String,
    version: String,
    from: [String; 3],
    /// What was shown, so that nothing else is saved.
    shown: String,
    preview: Option<Shown>,
    refused: Vec<String>,
}

impl EditView {
    fn blank(kept: &Kept, today: Date, id: &str) -> Self {
        let part = |n: i16| n.to_string();
        Self {
            id: id.to_owned(),
            file: false,
            name: String::new(),
            why: String::new(),
            lists: Vec::new(),
            bases: Vec::new(),
            text: String::new(),
            seen: kept.seen.clone(),
            version: kept.next_version(),
            from: [part(today.day().into()), part(today.month().into()), part(today.year())],
            shown: String::new(),
            preview: None,
            refused: Vec::new(),
        }
    }

    fn of_activity(kept: &Kept, id: &str, today: Date) -> Option<Self> {
        let entry = kept.activity(id, today)?;
        let ticks = |list: List| Ticks { key: list.key(), choices: kept.choices(entry, list) };
        Some(Self {
            name: entry.name.clone(),
            why: entry.why.clone(),
            lists: List::ALL.into_iter().map(ticks).collect(),
            bases: entry.bases.iter().map(|b| b.basis.label().to_owned()).collect(),
            ..Self::blank(kept, today, id)
        })
    }

    fn of_file(kept: &Kept, name: &str, today: Date) -> Option<Self> {
        let text = kept.register.files().get(name)?.clone();
        Some(Self { file: true, text, ..Self::blank(kept, today, name) })
    }

    /// The same with what was typed.
    fn typed(mut self, fields: &Fields) -> Self {
        let get = |name: &str| fields.get(name).to_owned();
        self.seen = get("seen");
        self.version = get("version");
        self.from = ["day", "month", "year"].map(|part| get(&format!("from-{part}")));
        self.shown = get("shown");
        if self.file {
            fields.exact("text").replace("\r\n", "\n").clone_into(&mut self.text);
            return self;
        }
        (self.name, self.why) = (get("name"), get("why"));
        for ticks in &mut self.lists {
            for choice in &mut ticks.choices {
                choice.chosen = fields.kept().any(|(field, id)| field == ticks.key && id == choice.id);
            }
        }
        self
    }

    fn edit(&self) -> Edit {
        if self.file {
            return Edit::File { name: self.id.clone(), text: self.text.clone() };
        }
        let ticked = |list: &List| -> Vec<String> {
            let own = self.lists.iter().filter(|t| t.key == list.key());
            own.flat_map(|t| t.choices.iter().filter(|c| c.chosen).map(|c| c.id.clone())).collect()
        };
        let lists: BTreeMap<List, Vec<String>> = List::ALL.iter().map(|l| (*l, ticked(l))).collect();
        Edit::Activity { id: self.id.clone(), name: self.name.clone(), why: self.why.clone(), lists }
    }

    fn proposal(&self) -> Result<Proposal, Vec<Failure>> {
        let from = dates::from_parts(&self.from)
            .ok_or_else(|| vec![Failure { field: "from-day", key: "deadline.error.date" }])?;
        Ok(Proposal { seen: self.seen.clone(), edit: self.edit(), version: self.version.clone(), from })
    }
}

/// What a proposal says, in short: what is saved must be what was shown.
fn digest(proposal: &Proposal) -> String {
    hex(&Sha256::digest(format!("{proposal:?}")))
}

impl View for EditView {
    const TEMPLATE: &'static str = "staff/register_edit.html";

    fn samples() -> Vec<Self> {
        let choice = |id: &str, chosen| Choice { id: id.to_owned(), name: id.to_owned(), chosen };
        let change = |what| Change { section: "why".to_owned(), what, text: "to help".to_owned() };
        let tell = Tell {
            who: "residents".to_owned(),
            why: "a new purpose".to_owned(),
            provision: "Art 13(3) UK GDPR",
        };
        let activity = Self {
            id: "SVC-1".to_owned(),
            file: false,
            name: "Bins".to_owned(),
            why: "We need to know where.".to_owned(),
            lists: List::ALL
                .map(|l| Ticks { key: l.key(), choices: vec![choice("a", true), choice("b", false)] })
                .into(),
            bases: vec!["a public task".to_owned()],
            text: String::new(),
            seen: "00".to_owned(),
            version: "2026.3".to_owned(),
            from: ["22", "11", "2026"].map(str::to_owned),
            shown: String::new(),
            preview: None,
            refused: vec![
                "the register cannot be used:".to_owned(),
                "activities.toml, line 2: no".to_owned(),
            ],
        };
        let shown = Shown {
            notices: vec![("The notice".to_owned(), vec![change("added"), change("removed")])],
            tell: vec![tell],
            opens: vec!["quality"],
            closes: vec!["planning"],
            warnings: vec!["a review is due".to_owned()],
        };
        let nothing = Shown {
            notices: Vec::new(),
            tell: Vec::new(),
            opens: Vec::new(),
            closes: Vec::new(),
            warnings: Vec::new(),
        };
        let file = Self {
            id: "a.toml".to_owned(),
            file: true,
            preview: Some(shown),
            refused: Vec::new(),
            ..activity.clone()
        };
        vec![activity, Self { preview: Some(nothing), ..file.clone() }, file]
    }
}

/// `GET /staff/register/activities/{id}`
pub async fn activity(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let kept = kept(&site, &visit, &who).await?;
    let view = EditView::of_activity(&kept, &id, today(&site)).ok_or_else(missing)?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `GET /staff/register/files/{name}`
pub async fn file(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(name): Path<String>,
) -> Result<Response, Response> {
    let kept = kept(&site, &visit, &who).await?;
    let view = EditView::of_file(&kept, &name, today(&site)).ok_or_else(missing)?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

fn missing() -> Response {
    Problem::NotFound.into_response()
}

/// `POST /staff/register/activities/{id}`
pub async fn change_activity(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let kept = kept(&site, &visit, &who).await?;
    let view = EditView::of_activity(&kept, &id, today(&site)).ok_or_else(missing)?;
    change(&site, &visit, &who, view, &posted).await
}

/// `POST /staff/register/files/{name}`
pub async fn change_file(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let kept = kept(&site, &visit, &who).await?;
    let view = EditView::of_file(&kept, &name, today(&site)).ok_or_else(missing)?;
    change(&site, &visit, &who, view, &posted).await
}

/// Shows what a change does, or saves what was shown.
async fn change(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    view: EditView,
    posted: &Posted,
) -> Result<Response, Response> {
    let mut view = view.typed(&posted.fields);
    let again = |view: &EditView, errors: Vec<Failure>| {
        let page = visit.page(site).with_errors(errors);
        site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &page, view)
    };
    if !posted.fresh {
        return Ok(again(&view, vec![Failure { field: "version", key: "form.stale" }]));
    }
    let proposal = match view.proposal() {
        Ok(proposal) => proposal,
        Err(errors) => return Ok(again(&view, errors)),
    };
    let shown = digest(&proposal);
    let save = posted.fields.get("go") == "save" && view.shown == shown;
    let asked = proposal.clone();
    let outcome = if save {
        as_staff(site, &who.0, move |desk| editing::save(desk, &asked).map(|()| None)).await
    } else {
        as_staff(site, &who.0, move |desk| editing::preview(desk, &asked).map(Some)).await
    };
    match outcome.map_err(IntoResponse::into_response)? {
        Ok(None) => Ok(visit.go("/staff/register")),
        Ok(Some(preview)) => {
            (view.preview, view.shown) = (Some(Shown::new(preview)), shown);
            Ok(site.respond(visit, StatusCode::OK, &visit.page(site), &view))
        }
        Err(error) if !error.is_refusal() => Err(refusal(visit, &error)),
        Err(error) => {
            view.refused = lines(&error);
            Ok(again(&view, Vec::new()))
        }
    }
}

fn lines(error: &ServiceError) -> Vec<String> {
    error.to_string().lines().map(str::to_owned).collect()
}
