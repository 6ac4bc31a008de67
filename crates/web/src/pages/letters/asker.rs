//! The asker's side of a request, for the officer: key and code, papers, the pack to collect, and passing it on.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::OfficeId;
use counterfoil_service::follow::{self, AskerSide, Paper};
use counterfoil_service::rights;
use counterfoil_service::sign_in::SignedIn;
use jiff::Timestamp;
use serde::Serialize;

use super::{done, reference, tried};
use crate::forms::Posted;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The page.
#[derive(Debug, Serialize)]
pub struct AskerView {
    asker: AskerSide,
    /// What was typed of why it is passed on.
    why: String,
    refused: Option<String>,
}

impl View for AskerView {
    const TEMPLATE: &'static str = "staff/asker.html";

    fn samples() -> Vec<Self> {
        let paper = Paper {
            id: "00".into(),
            purpose: "identity".into(),
            name: "bill.jpg".into(),
            media_type: "image/jpeg".into(),
            size: 120_000,
            at: Timestamp::UNIX_EPOCH,
        };
        let purposes = ["identity", "authority", "answer"];
        let papers = purposes.map(|purpose| Paper { purpose: purpose.into(), ..paper.clone() });
        let open = AskerSide {
            reference: "R-2026-00041".into(),
            right: "access".into(),
            reply_to: "g@mail.example".into(),
            language: "en".into(),
            has_access: true,
            sealed_at: Some(Timestamp::UNIX_EPOCH),
            released_at: None,
            collected: 0,
            office: "Lancaster".into(),
            others: vec![("off_2".into(), "Kendal".into())],
            open: true,
            papers: papers.into(),
        };
        let released = AskerSide {
            released_at: Some(Timestamp::UNIX_EPOCH),
            collected: 2,
            has_access: false,
            open: false,
            papers: Vec::new(),
            ..open.clone()
        };
        let bare = AskerSide { sealed_at: None, others: Vec::new(), ..open.clone() };
        let view = |asker, refused: Option<&str>| Self {
            asker,
            why: String::new(),
            refused: refused.map(str::to_owned),
        };
        vec![view(open, None), view(released, Some("it is not sealed")), view(bare, None)]
    }
}

/// A key and a code, shown once.
#[derive(Debug, Serialize)]
pub struct SecretsView {
    reference: String,
    key: String,
    code: String,
}

impl View for SecretsView {
    const TEMPLATE: &'static str = "staff/secrets.html";

    fn samples() -> Vec<Self> {
        let (key, code) = ("K7Q4M-2XWTB-0H3JD-9ZRSA".into(), "1234 5678".into());
        vec![Self { reference: "R-2026-00041".into(), key, code }]
    }
}

async fn page(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    id: String,
    why: String,
    refused: Option<String>,
) -> Result<Response, Response> {
    let asker = done(site, visit, who, move |desk| follow::asker_side(desk, &id)).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(site.respond(visit, status, &visit.page(site), &AskerView { asker, why, refused }))
}

/// `GET /staff/requests/{reference}/asker`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    page(&site, &visit, &who, reference(&id)?, String::new(), None).await
}

/// `POST /staff/requests/{reference}/asker/key`: a new key and code, shown on this page and never again.
pub async fn key(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let id = reference(&id)?;
    if !fresh {
        return Ok(visit.go(&format!("/staff/requests/{id}/asker")));
    }
    let of = id.clone();
    let secrets = done(&site, &visit, &who, move |desk| follow::issue(desk, &of)).await?;
    let view = SecretsView { reference: id, key: secrets.shown_key(), code: secrets.shown_code() };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/requests/{reference}/asker/offer`: the sealed pack can be collected.
pub async fn offer(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let id = reference(&id)?;
    if fresh {
        let of = id.clone();
        if let Err(why) = tried(&site, &visit, &who, move |desk| follow::offer(desk, &of)).await? {
            return page(&site, &visit, &who, id, String::new(), Some(why)).await;
        }
    }
    Ok(visit.go(&format!("/staff/requests/{id}/asker")))
}

/// `POST /staff/requests/{reference}/asker/pass`
pub async fn pass(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (id, why) = (reference(&id)?, fields.get("why").to_owned());
    let refused = match fields.get("office").parse::<OfficeId>() {
        _ if !fresh => Some("this page was open for too long: press the button again".to_owned()),
        Err(_) => Some("choose an office".to_owned()),
        Ok(office) => {
            let (of, why) = (id.clone(), why.clone());
            tried(&site, &visit, &who, move |desk| rights::pass(desk, &of, office, &why)).await?.err()
        }
    };
    match refused {
        None => Ok(visit.go(&format!("/staff/requests/{id}/asker"))),
        Some(refused) => page(&site, &visit, &who, id, why, Some(refused)).await,
    }
}

/// `GET /staff/requests/{reference}/asker/papers/{paper}`: to look at. A page cannot run in it, and nothing can
/// frame it.
pub async fn paper(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, paper)): Path<(String, String)>,
) -> Result<Response, Response> {
    let id = reference(&id)?;
    let (paper, content) = done(&site, &visit, &who, move |desk| follow::paper(desk, &id, &paper)).await?;
    let plain: String =
        paper.name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_. ".contains(*c)).collect();
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, paper.media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"")),
    ];
    let mut response = content.into_response();
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).map_err(|_| Problem::Fault.into_response())?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// `POST /staff/requests/{reference}/asker/papers/{paper}`: it has served and is deleted.
pub async fn delete_paper(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, paper)): Path<(String, String)>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let id = reference(&id)?;
    if fresh {
        let of = id.clone();
        let gone = tried(&site, &visit, &who, move |desk| follow::delete_paper(desk, &of, &paper)).await?;
        if let Err(why) = gone {
            return page(&site, &visit, &who, id, String::new(), Some(why)).await;
        }
    }
    Ok(visit.go(&format!("/staff/requests/{id}/asker")))
}
