//! Documents: adding one to a case, taking it down, and saying what is where in a picture or recording.

use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use counterfoil_domain::ids::{CaseId, DocumentId};
use counterfoil_service::casebook::work;
use counterfoil_service::casebook::{DocumentText, Region, VersionText};
use counterfoil_service::rights::Desk;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Button, Field, Form, Sheet, key, plain};
use super::{Done, case, go, id};
use crate::forms::{Fields, TOKEN_FIELD};
use crate::problem::Problem;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// The largest file that is taken, in bytes.
const LARGEST: usize = 32 << 20;

pub(super) fn upload_route() -> MethodRouter<Site> {
    post(upload).layer(DefaultBodyLimit::max(LARGEST))
}

/// A form with a file.
struct Sent {
    fields: Fields,
    name: String,
    media_type: String,
    content: Vec<u8>,
}

async fn read(mut form: Multipart) -> std::result::Result<Sent, Problem> {
    let (mut pairs, mut sent) = (Vec::new(), (String::new(), String::new(), Vec::new()));
    while let Some(part) = form.next_field().await.map_err(|_| Problem::TooLarge)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let of = part.file_name().unwrap_or_default().to_owned();
            let kind = part.content_type().unwrap_or("application/octet-stream").to_owned();
            sent = (of, kind, part.bytes().await.map_err(|_| Problem::TooLarge)?.to_vec());
        } else {
            pairs.push((name, part.text().await.map_err(|_| Problem::TooLarge)?));
        }
    }
    let (name, media_type, content) = sent;
    Ok(Sent { fields: Fields::new(pairs), name, media_type, content })
}

/// `POST /staff/cases/{id}/documents`
async fn upload(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    form: Multipart,
) -> std::result::Result<Response, Response> {
    let sent = read(form).await.map_err(IntoResponse::into_response)?;
    let case: CaseId = id.parse().map_err(|_| Problem::NotFound.into_response())?;
    let fresh = visit.has_secret() && sent.fields.exact(TOKEN_FIELD) == visit.form_token();
    let typed = sent.fields.clone();
    let why = if fresh {
        let done = as_staff(&site, &who, move |desk| keep(desk, case, &sent)).await;
        match done.map_err(IntoResponse::into_response)? {
            Ok(()) => return Ok(visit.go(&format!("/staff/cases/{case}#documents"))),
            Err(error) if error.is_refusal() => error.to_string(),
            Err(error) => return Err(super::closed(&visit, &error)),
        }
    } else {
        "this page was open for too long: choose the file again and send it".to_owned()
    };
    let again = (case::build as super::Build, Some(why), StatusCode::UNPROCESSABLE_ENTITY);
    super::show(&site, &visit, &who, vec![id], typed, again).await
}

fn keep(desk: &Desk<'_>, case: CaseId, sent: &Sent) -> Result<()> {
    if sent.content.is_empty() || sent.name.trim().is_empty() {
        return Err(ServiceError::Invalid("choose a file that is not empty".to_owned()));
    }
    let page = work::case_page(desk, case)?;
    let about = DocumentText {
        name: sent.name.clone(),
        media_type: sent.media_type.clone(),
        source: sent.fields.get("document_source").to_owned(),
        description: sent.fields.get("description").to_owned(),
    };
    work::add_document(desk, (page.person.id, Some(case)), &about, &sent.content).map(|_| ())
}

/// `GET /staff/documents/{id}`: always as a download, never shown by the browser inside this site.
pub(super) async fn download(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(document): Path<String>,
) -> std::result::Result<Response, Response> {
    let document: DocumentId = document.parse().map_err(|_| Problem::NotFound.into_response())?;
    let opened = as_staff(&site, &who, move |desk| work::document(desk, document)).await;
    let (document, _, content) =
        opened.map_err(IntoResponse::into_response)?.map_err(|e| super::closed(&visit, &e))?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' };
    let name: String = document.text.name.chars().map(plain).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let mut response = (StatusCode::OK, crate::render::Rendered, content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/documents/{id}/about`
pub(super) fn build(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let (document, said, _) = work::document(desk, id(ids, 0)?)?;
    Ok(draw(&document.id, &document.text.name, document.case, &said, typed))
}

fn draw(id: &DocumentId, name: &str, case: Option<CaseId>, said: &VersionText, typed: &Fields) -> Sheet {
    let regions = said.regions.iter().map(written).collect::<Vec<_>>().join("\n");
    let fields = vec![
        Field::line("made", typed, &said.made),
        Field::line("version_note", typed, &said.note),
        Field::area("regions", typed, &regions, 5).hint("book.hint.regions"),
    ];
    let back = case.map_or_else(|| "/staff/people".to_owned(), |c| format!("/staff/cases/{c}#documents"));
    Sheet::new("book.document.about").back(back, "book.case.back").caption(plain(name)).form(Form::new(
        "about",
        format!("/staff/documents/{id}/about"),
        fields,
        Button::new("save", key("book.save")),
    ))
}

/// A region as a line: what, where in thousandths, and of a recording from and until in milliseconds.
fn written(r: &Region) -> String {
    let own = if r.own { " own" } else { "" };
    format!("{}: {} {} {} {} {} {}{own}", r.label, r.x, r.y, r.width, r.height, r.from_ms, r.until_ms)
}

fn region(line: &str) -> Option<Region> {
    let (label, rest) = line.rsplit_once(':')?;
    let own = rest.trim_end().ends_with("own");
    let numbers: Vec<u64> =
        rest.split_whitespace().filter(|w| *w != "own").map(|w| w.parse().ok()).collect::<Option<_>>()?;
    let part = |n: usize| numbers.get(n).copied().filter(|v| *v <= 1000).and_then(|v| u16::try_from(v).ok());
    Some(Region {
        label: label.trim().to_owned(),
        x: part(0)?,
        y: part(1)?,
        width: part(2)?,
        height: part(3)?,
        from_ms: numbers.get(4).copied().unwrap_or(0),
        until_ms: numbers.get(5).copied().unwrap_or(0),
        own,
    })
}

/// `POST /staff/documents/{id}/about`
pub(super) fn act(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let document: DocumentId = id(ids, 0)?;
    let lines = fields.get("regions").lines().map(str::trim).filter(|l| !l.is_empty());
    let regions = lines.map(region).collect::<Option<Vec<_>>>().ok_or_else(|| {
        ServiceError::Invalid(
            "write each region as `what: left top width height` in thousandths, and of a recording its from and until"
                .to_owned(),
        )
    })?;
    let said = VersionText {
        note: fields.get("version_note").to_owned(),
        made: fields.get("made").to_owned(),
        regions,
    };
    work::describe_document(desk, document, &said)?;
    go(format!("/staff/documents/{document}/about"))
}

/// What the page looks like.
pub(super) fn samples() -> Vec<Sheet> {
    let region =
        Region { label: "a face".into(), x: 10, y: 20, width: 100, height: 120, ..Region::default() };
    let said = VersionText { regions: vec![region], ..VersionText::default() };
    let id = DocumentId::from_bytes([3; 16]);
    vec![draw(&id, "photo.jpg", None, &said, &Fields::default())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_read_as_it_is_written() {
        for text in ["a face: 10 20 100 120 0 0", "voice of a neighbour: 0 0 0 0 1500 9000 own"] {
            assert_eq!(written(&region(text).unwrap()), text);
        }
        assert_eq!(region("a face: 10 20 100 120").unwrap().until_ms, 0);
        for bad in ["a face", "a face: 1 2 3", "a face: 1 2 3 4000", "a face: x y z w"] {
            assert!(region(bad).is_none(), "{bad}");
        }
    }
}
