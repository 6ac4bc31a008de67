//! The register on the staff site: what it holds, its records to download, and its editing with the change of the
//! notices shown before it is saved.

mod edit;
mod records;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_service::ServiceError;
use counterfoil_service::register::edit::{self as editing, Kept};
use counterfoil_service::register::{Register, assessments};
use jiff::civil::Date;
use serde::Serialize;

use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

pub use edit::EditView;

/// The pages of the register.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/register", get(show))
        .route("/staff/register/activities/{id}", get(edit::activity).post(edit::change_activity))
        .route("/staff/register/files/{name}", get(edit::file).post(edit::change_file))
        .route("/staff/register/flows.svg", get(records::flows))
        .route("/staff/register/record/{file}", get(records::record))
}

/// One activity in the list.
#[derive(Debug, Clone, Serialize)]
struct ActivityLine {
    id: String,
    name: String,
    bases: Vec<String>,
}

/// The activities of one service.
#[derive(Debug, Clone, Serialize)]
struct Group {
    service: String,
    activities: Vec<ActivityLine>,
}

/// The register.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterView {
    version: String,
    versions: Vec<(String, Option<String>)>,
    figures: Vec<(&'static str, usize)>,
    groups: Vec<Group>,
    files: Vec<String>,
    warnings: Vec<String>,
    /// Assessments that need somebody: id, name, owner, standing.
    due: Vec<(String, String, String, String)>,
}

impl RegisterView {
    fn new(kept: &Kept, on: Date) -> Self {
        let register = &kept.register;
        let p = &register.part;
        let from = |at: jiff::Timestamp| (at > jiff::Timestamp::UNIX_EPOCH).then(|| at.to_string());
        let due = assessments::list(register, on).into_iter().filter(|a| a.standing != "current");
        Self {
            version: register.head.version.clone(),
            versions: kept.versions.iter().map(|v| (v.version.clone(), from(v.effective_from))).collect(),
            figures: vec![
                ("activities", register.activities(on).count()),
                ("systems", p.system.len()),
                ("recipients", p.recipient.len()),
                ("agreements", p.agreement.len()),
                ("assessments", p.assessment.len()),
                ("rules", p.retention.len()),
            ],
            groups: groups(register, on),
            files: register.files().keys().cloned().collect(),
            warnings: register.warnings(on).iter().map(ToString::to_string).collect(),
            due: due.map(|a| (a.id, a.name, a.owner, a.standing.to_owned())).collect(),
        }
    }
}

fn groups(register: &Register, on: Date) -> Vec<Group> {
    let line = |service: &str| -> Vec<ActivityLine> {
        let own = register.activities(on).filter(|e| e.service == service);
        own.map(|e| ActivityLine {
            id: e.id.clone(),
            name: e.name.clone(),
            bases: e.bases.iter().map(|b| b.basis.label().to_owned()).collect(),
        })
        .collect()
    };
    let services = register.part.service.iter();
    services
        .map(|s| Group { service: s.name.clone(), activities: line(&s.id) })
        .filter(|g| !g.activities.is_empty())
        .collect()
}

impl View for RegisterView {
    const TEMPLATE: &'static str = "staff/register.html";

    fn samples() -> Vec<Self> {
        let line = ActivityLine {
            id: "SVC-1".to_owned(),
            name: "Bins".to_owned(),
            bases: vec!["a public task".to_owned()],
        };
        let whole = Self {
            version: "2026.2".to_owned(),
            versions: vec![
                ("2026.2".to_owned(), Some("2026-11-22T00:00:00Z".to_owned())),
                ("2026.1".to_owned(), None),
            ],
            figures: vec![
                ("activities", 1),
                ("systems", 2),
                ("recipients", 3),
                ("agreements", 4),
                ("assessments", 5),
                ("rules", 6),
            ],
            groups: vec![Group { service: "Waste".to_owned(), activities: vec![line] }],
            files: vec!["activities.toml".to_owned()],
            warnings: vec!["a review is due".to_owned()],
            due: vec![(
                "DPIA-1".to_owned(),
                "Cameras".to_owned(),
                "The officer".to_owned(),
                "review due".to_owned(),
            )],
        };
        let bare = Self { warnings: Vec::new(), due: Vec::new(), ..whole.clone() };
        vec![whole, bare]
    }
}

/// The register for a page, or the answer that there is none.
async fn kept(site: &Site, visit: &Visit, who: &Staff) -> Result<Kept, Response> {
    let found = as_staff(site, &who.0, editing::open).await;
    found.map_err(IntoResponse::into_response)?.map_err(|error: ServiceError| refusal(visit, &error))
}

fn today(site: &Site) -> Date {
    site.now().to_zoned(site.zone()).date()
}

/// `GET /staff/register`
async fn show(State(site): State<Site>, visit: Visit, who: Staff) -> Result<Response, Response> {
    let kept = kept(&site, &visit, &who).await?;
    let view = RegisterView::new(&kept, today(&site));
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}
