//! The casebook on the staff site: people, cases, the worker's desk, who looked, and the network.
//!
//! Each page has a `build`, which opens what it shows, and most have an `act`, which does what a form asks and
//! gives the address to go on to. A form that is refused or stale comes back with what was typed.

mod access;
mod ask;
mod care;
mod case;
mod documents;
mod labels;
mod network;
mod person;
mod record;
mod recordings;
mod research;
mod samples;
mod search;
mod sheet;
mod work;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::rights::Desk;
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::{Result, ServiceError};

use crate::forms::{Fields, Posted};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

pub use sheet::Sheet;

/// What a page is built from besides the record: the identifiers of its address.
type Ids = Vec<String>;

type Build = fn(&Desk<'_>, &[String], &Fields) -> Result<Sheet>;

/// What an act leads to.
enum Done {
    /// Another page.
    Go(String),
    /// A page that is shown at once and only now: a search, or a code that is told once.
    Show(Box<Sheet>),
}

type Act = fn(&Desk<'_>, &[String], &Fields) -> Result<Done>;

/// The pages of the casebook.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/people", page(search::build, search::act))
        .route("/staff/people/new", page(record::build_new, record::act_new))
        .route("/staff/people/{id}", page(person::build, person::act))
        .route("/staff/people/{id}/edit", page(record::build_edit, record::act_edit))
        .route("/staff/people/{id}/case", page(case::build_new, case::act_new))
        .route("/staff/people/{id}/appointment", page(work::build_booking, work::act_booking))
        .route("/staff/people/{id}/ask", page(ask::build, ask::act))
        .route("/staff/people/{id}/merge", page(person::build_merge, person::act_merge))
        .route("/staff/people/{id}/looked", look(access::build_looked))
        .route("/staff/people/{id}/recordings", page(recordings::build, recordings::act))
        .route("/staff/people/{id}/history", look(person::build_history))
        .route("/staff/cases/{id}", page(case::build, case::act))
        .route("/staff/cases/{id}/draft", post(case::draft))
        .route("/staff/cases/{id}/documents", documents::upload_route())
        .route("/staff/cases/{id}/notes/{note}", page(case::build_note, case::act_note))
        .route("/staff/documents/{id}", get(documents::download))
        .route("/staff/documents/{id}/about", page(documents::build, documents::act))
        .route("/staff/work", page(work::build, work::act))
        .route("/staff/access", page(access::build, access::act))
        .route("/staff/research", page(research::build, research::act))
        .route("/staff/research/{id}", page(research::build_project, research::act_project))
        .route("/staff/research/{id}/extract", post(research::extract))
        .route("/staff/surveys", look(research::build_surveys))
        .route("/staff/surveys/{id}", look(research::build_results))
        .route("/staff/network", page(network::build, network::act))
        .route("/staff/network/accounts/{id}", page(network::build_account, network::act_account))
}

fn look(build: Build) -> axum::routing::MethodRouter<Site> {
    get(move |State(site): State<Site>, visit: Visit, Staff(who): Staff, Path(ids): Path<Ids>| async move {
        show(&site, &visit, &who, ids, Fields::default(), (build, None, StatusCode::OK)).await
    })
}

fn page(build: Build, act: Act) -> axum::routing::MethodRouter<Site> {
    let shown = move |State(site): State<Site>, visit: Visit, Staff(who): Staff, ids: AddressIds| async move {
        show(&site, &visit, &who, ids.0, Fields::default(), (build, None, StatusCode::OK)).await
    };
    let done = move |State(site): State<Site>,
                     visit: Visit,
                     Staff(who): Staff,
                     ids: AddressIds,
                     posted: Posted| async move {
        finish(&site, &visit, &who, ids.0, posted, (build, act)).await
    };
    get(shown).post(done)
}

/// The identifiers of an address, none or several.
struct AddressIds(Ids);

impl axum::extract::FromRequestParts<Site> for AddressIds {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        site: &Site,
    ) -> std::result::Result<Self, Self::Rejection> {
        let found = Path::<Ids>::from_request_parts(parts, site).await;
        Ok(Self(found.map(|Path(ids)| ids).unwrap_or_default()))
    }
}

async fn show(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    ids: Ids,
    typed: Fields,
    (build, why, status): (Build, Option<String>, StatusCode),
) -> std::result::Result<Response, Response> {
    let built = as_staff(site, who, move |desk| build(desk, &ids, &typed)).await;
    let sheet = built.map_err(IntoResponse::into_response)?.map_err(|error| closed(visit, &error))?;
    let sheet = if why.is_some() { sheet.refused(why) } else { sheet };
    Ok(site.respond(visit, status, &visit.page(site), &sheet))
}

async fn finish(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    ids: Ids,
    Posted { fields, fresh }: Posted,
    (build, act): (Build, Act),
) -> std::result::Result<Response, Response> {
    let again = StatusCode::UNPROCESSABLE_ENTITY;
    if !fresh {
        let stale = "this page was open for too long: what you typed is still here, send it again".to_owned();
        return show(site, visit, who, ids, fields, (build, Some(stale), again)).await;
    }
    let (at, typed) = (ids.clone(), fields.clone());
    let done = as_staff(site, who, move |desk| act(desk, &at, &typed)).await;
    match done.map_err(IntoResponse::into_response)? {
        Ok(Done::Go(to)) => Ok(visit.go(&to)),
        Ok(Done::Show(sheet)) => Ok(site.respond(visit, StatusCode::OK, &visit.page(site), &*sheet)),
        Err(error) if error.is_refusal() => {
            // When the page itself is closed too, the reader is told that instead.
            show(site, visit, who, ids, fields, (build, Some(error.to_string()), again)).await
        }
        Err(error) => Err(closed(visit, &error)),
    }
}

/// The answer where a page is closed: a record that is not there and one that may not be seen are told apart only
/// by the gate's own words, which say nothing of the record.
fn closed(visit: &Visit, error: &ServiceError) -> Response {
    match error {
        ServiceError::Invalid(_) => Problem::NotFound.into_response(),
        other => refusal(visit, other),
    }
}

/// The identifier at a place of the address.
fn id<T: std::str::FromStr>(ids: &[String], place: usize) -> Result<T> {
    let nothing = || ServiceError::Store(counterfoil_service::store::StoreError::NotFound("record"));
    ids.get(place).and_then(|text| text.parse().ok()).ok_or_else(nothing)
}

/// An identifier that a form names.
fn chosen<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T> {
    fields.get(name).parse().map_err(|_| ServiceError::Invalid("choose one, then send it again".to_owned()))
}

fn date(fields: &Fields, name: &str) -> Result<Option<jiff::civil::Date>> {
    let parts = ["day", "month", "year"].map(|part| fields.get(&format!("{name}-{part}")).to_owned());
    if parts.iter().all(String::is_empty) {
        return Ok(None);
    }
    let wrong =
        || ServiceError::Invalid("this is not a real date: give day, month and a year of four digits".into());
    crate::dates::from_parts(&parts).map(Some).ok_or_else(wrong)
}

fn needed_date(fields: &Fields, name: &str) -> Result<jiff::civil::Date> {
    date(fields, name)?.ok_or_else(|| ServiceError::Invalid("give the date: day, month and year".to_owned()))
}

fn london() -> Result<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))
}

/// A moment from a date and an hour such as `10:30` or `9.15`.
fn moment(day: jiff::civil::Date, time: &str) -> Result<jiff::Timestamp> {
    let wrong = || ServiceError::Invalid("give the time as hours and minutes, such as 10:30".to_owned());
    let (hours, minutes) = time.trim().split_once([':', '.']).ok_or_else(wrong)?;
    let (hours, minutes): (i8, i8) =
        (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
    let time = jiff::civil::Time::new(hours, minutes, 0, 0).map_err(|_| wrong())?;
    Ok(day.to_datetime(time).to_zoned(london()?).map_err(|_| wrong())?.timestamp())
}

/// The end of a day.
fn end_of(day: jiff::civil::Date) -> Result<jiff::Timestamp> {
    moment(day, "23:59")
}

fn go(to: impl Into<String>) -> Result<Done> {
    Ok(Done::Go(to.into()))
}

fn unknown_deed() -> ServiceError {
    ServiceError::Invalid("choose what to do, then send it again".to_owned())
}
