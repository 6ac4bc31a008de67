//! Who a request is about: the people of the casebook who may be meant, and the officer's word for who it is.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::PersonId;
use counterfoil_service::casebook::look_up::{Known, Sought};
use counterfoil_service::rights::{self, Desk};
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::{Result as Served, ServiceError};
use jiff::civil::Date;
use serde::Serialize;

use super::reference;
use crate::dates;
use crate::forms::{Fields, Posted};
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_not_found};
use crate::visit::Visit;

/// Somebody who may be meant.
#[derive(Debug, Clone, Serialize)]
struct Candidate {
    id: String,
    name: String,
    #[serde(serialize_with = "dates::iso_if_any")]
    born: Option<Date>,
    postcode: String,
    office: String,
    alike: &'static str,
}

/// What was typed.
#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    name: String,
    email: String,
    phone: String,
    reference: String,
    person: String,
    how: String,
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        Self {
            name: text("name"),
            email: text("email"),
            phone: text("phone"),
            reference: text("number"),
            person: text("person"),
            how: text("how"),
        }
    }

    fn sought(&self) -> Sought {
        Sought {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            reference: self.reference.clone(),
            ..Sought::default()
        }
    }
}

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct IdentifyView {
    reference: String,
    requester: String,
    /// What the request says of the person, by the name of the field.
    said: Vec<(&'static str, String)>,
    people: Vec<Candidate>,
    typed: Typed,
    refused: Option<String>,
}

impl View for IdentifyView {
    const TEMPLATE: &'static str = "staff/identify.html";

    fn samples() -> Vec<Self> {
        let candidate = |alike| Candidate {
            id: "per_1".into(),
            name: "Gethin Vaughan".into(),
            born: Some(jiff::civil::date(1971, 3, 4)),
            postcode: "LA1 9ZA".into(),
            office: "Lancaster".into(),
            alike,
        };
        let full = Self {
            reference: "R-2026-00041".into(),
            requester: "Gethin Vaughan".into(),
            said: vec![("known_by", "Tenancy 4471".into())],
            people: ["same", "likely", "perhaps"].map(candidate).into(),
            typed: Typed::default(),
            refused: None,
        };
        let none =
            Self { people: Vec::new(), refused: Some("say how".into()), said: Vec::new(), ..full.clone() };
        vec![full, none]
    }
}

/// What the page shows: by what was typed, or by what the request itself says.
fn view(desk: &Desk<'_>, reference: &str, typed: Option<Typed>) -> Served<IdentifyView> {
    const SAID: [&str; 4] = ["subject", "capacity", "known_by", "reply_to"];
    let request = rights::show(desk, reference)?;
    let asked = typed.as_ref().map(Typed::sought);
    let nothing = asked.as_ref().is_some_and(|sought| *sought == Sought::default());
    let found = rights::candidates(desk, reference, asked.as_ref().filter(|_| !nothing));
    let (sought, known, refused) = match found {
        Ok((sought, known)) => (sought, known, None),
        // A name of two letters, or a number that is none: the page says so and asks again.
        Err(ServiceError::Invalid(why)) => {
            (asked.unwrap_or_default(), Vec::new(), typed.is_some().then_some(why))
        }
        Err(error) => return Err(error),
    };
    let offices = desk.store.offices(desk.controller())?;
    let office = |known: &Known| offices.iter().find(|o| o.id == known.office).map(|o| o.name.clone());
    let typed = typed.unwrap_or_default();
    Ok(IdentifyView {
        reference: reference.to_owned(),
        requester: request.requester,
        said: request.asked.into_iter().filter(|(field, _)| SAID.contains(field)).collect(),
        people: known
            .iter()
            .map(|k| Candidate {
                id: k.person.to_string(),
                name: k.name.clone(),
                born: k.born,
                postcode: k.postcode.clone(),
                office: office(k).unwrap_or_default(),
                alike: k.alike.code(),
            })
            .collect(),
        typed: Typed {
            name: sought.name,
            email: sought.email,
            phone: sought.phone,
            reference: sought.reference,
            ..typed
        },
        refused,
    })
}

async fn page(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    id: String,
    typed: Option<Typed>,
    refused: Option<String>,
) -> Result<Response, Response> {
    let answer = as_staff(site, who, move |desk| view(desk, &id, typed)).await;
    let mut view = answer.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))?;
    view.refused = refused.or(view.refused);
    let status = if view.refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `GET /staff/requests/{reference}/person`
pub(super) async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    page(&site, &visit, &who, reference(&id)?, None, None).await
}

/// `POST /staff/requests/{reference}/person`: `go` is `find` to look again, or `link` to say who it is. What is typed
/// names people, so that it is sent as a form and never an address.
pub(super) async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (id, typed) = (reference(&id)?, Typed::read(&fields));
    let why = if !fresh {
        "this page was open for too long: press the button again".to_owned()
    } else if fields.get("go") == "find" {
        return page(&site, &visit, &who, id, Some(typed), None).await;
    } else {
        match typed.person.parse::<PersonId>() {
            Err(_) => "choose who it is, or look again with other words".to_owned(),
            Ok(person) => {
                let (of, how) = (id.clone(), typed.how.clone());
                let linked =
                    as_staff(&site, &who, move |desk| rights::identify(desk, &of, person, &how)).await;
                match linked.map_err(IntoResponse::into_response)? {
                    Ok(()) => return Ok(visit.go(&format!("/staff/requests/{id}"))),
                    Err(error) if is_not_found(&error) || !error.is_refusal() => {
                        return Err(refusal(&visit, &error));
                    }
                    Err(error) => error.to_string(),
                }
            }
        }
    };
    page(&site, &visit, &who, id, Some(typed), Some(why)).await
}
