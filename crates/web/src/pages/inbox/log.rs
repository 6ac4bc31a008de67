//! Writing down a call or a visit, and taking in a scanned letter or a recording.

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::intake::Channel;
use counterfoil_service::intake::arrive::{self, Logged};
use serde::Serialize;

use super::said;
use crate::forms::{Fields, TOKEN_FIELD};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// The page.
#[derive(Debug, Serialize)]
pub struct LogView {
    channels: Vec<&'static str>,
    channel: String,
    from: String,
    address: String,
    words: String,
    contact_rules: String,
    told: String,
    once: String,
    problem: Option<String>,
}

impl LogView {
    fn new(typed: &Fields, once: String, problem: Option<String>) -> Self {
        let get = |name: &str| typed.get(name).to_owned();
        let logged = Channel::ALL.iter().filter(|c| c.is_logged_by_staff()).map(|c| c.code());
        Self {
            channels: logged.collect(),
            channel: get("channel"),
            from: get("from"),
            address: get("address"),
            words: get("words"),
            contact_rules: get("contact_rules"),
            told: get("told"),
            once,
            problem,
        }
    }
}

impl View for LogView {
    const TEMPLATE: &'static str = "inbox/log.html";

    fn samples() -> Vec<Self> {
        let typed = Fields::new(vec![("channel".to_owned(), "phone".to_owned())]);
        vec![
            Self::new(&Fields::default(), "0".repeat(64), None),
            Self::new(&typed, "0".repeat(64), Some("Say what it was about.".to_owned())),
        ]
    }
}

/// `GET /staff/inbox/log`
pub async fn show(State(site): State<Site>, visit: Visit, Staff(_): Staff) -> Response {
    let view = LogView::new(&Fields::default(), site.new_token(), None);
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

type Files = Vec<(String, String, Vec<u8>)>;

/// Reads the form and its files; a field without a name is left out.
async fn read(mut form: Multipart) -> Result<(Fields, Files), Response> {
    let unreadable = |e: axum::extract::multipart::MultipartError| e.into_response();
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let media = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let content = part.bytes().await.map_err(unreadable)?;
        match file {
            Some(file) if !content.is_empty() => files.push((file, media, content.to_vec())),
            Some(_) => {}
            None => pairs.push((name, String::from_utf8_lossy(&content).into_owned())),
        }
    }
    Ok((Fields::new(pairs), files))
}

/// `POST /staff/inbox/log`
pub async fn take(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    request: Request,
) -> Result<Response, Response> {
    let form =
        Multipart::from_request(request, &site).await.map_err(|_| Problem::BadRequest.into_response())?;
    let (typed, files) = read(form).await?;
    let once = if typed.get("once").len() == 64 { typed.get("once").to_owned() } else { site.new_token() };
    let again = |why: String| {
        let view = LogView::new(&typed, once.clone(), Some(why));
        site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(&site), &view)
    };
    if !visit.has_secret() || typed.exact(TOKEN_FIELD) != visit.form_token() {
        return Ok(again(
            "The page was open for too long. Add the files again and send it once more.".to_owned(),
        ));
    }
    let logged = Logged {
        channel: typed.get("channel").to_owned(),
        from: typed.get("from").to_owned(),
        address: typed.get("address").to_owned(),
        words: typed.get("words").replace("\r\n", "\n"),
        contact_rules: typed.get("contact_rules").to_owned(),
        language: String::new(),
        told: typed.get("told").to_owned(),
        files,
        token: once.clone(),
    };
    let channels = site.live().map(|live| live.channels).unwrap_or_default();
    let done = as_staff(&site, &who, move |desk| arrive::log(desk, &channels, &logged))
        .await
        .map_err(IntoResponse::into_response)?;
    match done.map_err(said) {
        Ok(_) => Ok(visit.go("/staff/inbox?done=logged")),
        Err(Ok(why)) => Ok(again(why)),
        Err(Err(e)) => Err(refusal(&visit, &e)),
    }
}
