//! The records of processing to download, and the picture of the flows.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use counterfoil_service::register::Register;
use counterfoil_service::register::ropa::{self, dpv, flows};
use counterfoil_service::rights::Desk;
use counterfoil_service::{Result as Done, ServiceError, retention};
use jiff::civil::Date;
use serde::Deserialize;

use super::{kept, today};
use crate::problem::Problem;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Which service's flows.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    service: Option<String>,
}

/// `GET /staff/register/flows.svg`
pub async fn flows(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let register = kept(&site, &visit, &who).await?.register;
    let service = which.service.as_deref().filter(|s| !s.is_empty());
    if service.is_some_and(|s| register.service(s).is_none()) {
        return Err(Problem::NotFound.into_response());
    }
    let picture = flows::flow_picture(&register, today(&site), service);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response())
}

/// `GET /staff/register/record/{file}`: the record of processing activities in one of its forms.
pub async fn record(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(file): Path<String>,
) -> Result<Response, Response> {
    let register = kept(&site, &visit, &who).await?.register;
    let on = today(&site);
    let name = file.clone();
    let measured = move |desk: &Desk<'_>| retention::measurements(desk.store, desk.who.controller());
    let made = as_staff(&site, &who.0, move |desk| make(&register, &name, on, &measured(desk)?)).await;
    let made = made.map_err(IntoResponse::into_response)?;
    let (kind, bytes) = made
        .map_err(|error| {
            tracing::error!(%error, "the record was not written");
            Problem::Fault.into_response()
        })?
        .ok_or_else(|| Problem::NotFound.into_response())?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, bytes).into_response())
}

type Made = Option<(&'static str, Vec<u8>)>;

fn make(register: &Register, file: &str, on: Date, measured: &ropa::Measurements) -> Done<Made> {
    let ico = || ropa::ico_rows(register, on, measured);
    let csv = |above: &[Vec<String>], columns: &[&str], rows: &[Vec<String>]| {
        ropa::csv(above, columns, rows).map(|text| Some(("text/csv; charset=utf-8", text.into_bytes())))
    };
    match file {
        "record.csv" => csv(&ropa::heading(register), &ropa::ICO_COLUMNS, &ico()),
        "record.xlsx" => {
            let title = "Record of processing activities";
            let bytes = ropa::xlsx(title, &ropa::heading(register), &ropa::ICO_COLUMNS, &ico())?;
            Ok(Some((XLSX, bytes)))
        }
        "local-government.csv" => {
            csv(&[], &ropa::LOCAL_GOVERNMENT_COLUMNS, &ropa::local_government_rows(register, on))
        }
        "flows.csv" => csv(&[], &flows::FLOW_COLUMNS, &flows::flow_rows(register, on, None)),
        "record.jsonld" => {
            let bytes = serde_json::to_vec_pretty(&dpv::jsonld(register, on))
                .map_err(|e| ServiceError::Invalid(format!("the record cannot be written: {e}")))?;
            Ok(Some(("application/ld+json", bytes)))
        }
        _ => Ok(None),
    }
}
