//! Release: the sealed pack waits on the site for the requester, or is an encrypted archive to be handed to them.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::rights::asker::HandOver;
use counterfoil_service::follow;
use counterfoil_service::rights;
use counterfoil_service::sign_in::SignedIn;

use super::reference;
use crate::forms::Posted;
use crate::pages::request;
use crate::pages::requests::refusal;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_not_found};
use crate::visit::Visit;

/// `POST /staff/requests/{reference}/release`: with `way` = `online` the requester collects it on the site, else it
/// comes as an archive with the `password`.
pub(super) async fn release(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    if !fresh {
        let why = "the page was open for too long: nothing was released, try again".to_owned();
        return request::again(&site, &visit, who, reference, why).await;
    }
    if fields.get("way") == HandOver::Online.code() {
        return online(&site, &visit, who, reference).await;
    }
    let (of, password) = (reference.clone(), fields.exact("password").to_owned());
    let done = as_staff(&site, &who, move |desk| rights::release_archive(desk, &of, &password)).await;
    match done.map_err(IntoResponse::into_response)? {
        Ok(archive) => {
            let name = format!("attachment; filename=\"{reference}.zip\"");
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let kind = HeaderValue::from_static("application/zip");
            Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], archive).into_response())
        }
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(&visit, &error)),
        Err(error) => request::again(&site, &visit, who, reference, error.to_string()).await,
    }
}

/// The requester can collect it from now on; they are told by a letter, which the page leads to.
async fn online(site: &Site, visit: &Visit, who: SignedIn, reference: String) -> Result<Response, Response> {
    let of = reference.clone();
    let done = as_staff(site, &who, move |desk| follow::offer(desk, &of)).await;
    match done.map_err(IntoResponse::into_response)? {
        Ok(_) => Ok(visit.go(&format!("/staff/requests/{reference}#release"))),
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(visit, &error)),
        Err(error) => request::again(site, visit, who, reference, error.to_string()).await,
    }
}
