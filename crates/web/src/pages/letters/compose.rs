//! Writing a letter: the officer's part, the whole letter to look at, and then out of the house. It is one form:
//! what was typed is on the page again until it has gone.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use counterfoil_domain::clock::ExtensionReason;
use counterfoil_domain::letters::Content;
use counterfoil_service::follow;
use counterfoil_service::letters::{self, Language, Letter, LetterKind, Piece, Points, Sending, Way};
use serde::Serialize;

use super::{done, own_address, reference, tried};
use crate::forms::{Failure, Fields, Posted};
use crate::pages::address;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The page.
#[derive(Debug, Serialize)]
pub struct ComposeView {
    reference: String,
    kind: &'static str,
    /// What the law asks of this letter that the officer must write, by its code; empty when nothing.
    writes: &'static str,
    /// Whether a lawful reason for more time is chosen.
    extends: bool,
    /// Whether recipients are listed.
    lists: bool,
    typed: Typed,
    /// The letter as it would go out.
    preview: Option<Preview>,
    /// Why it was not done, in English.
    refused: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    said: String,
    reason: String,
    recipients: String,
    language: String,
    way: String,
    to: String,
    access: bool,
}

#[derive(Debug, Serialize)]
struct Preview {
    subject: String,
    title: String,
    language: String,
    body: Vec<Piece>,
}

impl Preview {
    fn of(letter: Letter) -> Self {
        Self { subject: letter.subject, title: letter.title, language: letter.language, body: letter.body }
    }
}

impl ComposeView {
    fn new(reference: String, kind: LetterKind, typed: Typed) -> Self {
        let says = kind.says();
        let written = [Content::Reasons, Content::Question, Content::Done];
        let writes = written.into_iter().find(|content| says.contains(content)).map_or("", Content::code);
        Self {
            reference,
            kind: kind.code(),
            writes,
            extends: kind == LetterKind::Extension,
            lists: says.contains(&Content::Recipients),
            typed,
            preview: None,
            refused: None,
        }
    }
}

impl View for ComposeView {
    const TEMPLATE: &'static str = "staff/compose.html";

    fn samples() -> Vec<Self> {
        let typed = Typed { said: "Which years?".into(), way: "email".into(), ..Typed::default() };
        let sample = |kind: &LetterKind| Self::new("R-2026-00041".into(), *kind, typed.clone());
        let mut samples: Vec<Self> = LetterKind::ALL.iter().map(sample).collect();
        let body = vec![Piece::Paragraph("Dear Gethin".into()), Piece::List(vec!["2019".into()])];
        let preview = Preview { subject: "S".into(), title: "T".into(), language: "en".into(), body };
        let paper = Typed { way: "print".into(), access: true, language: "cy".into(), ..typed };
        let refused = Some("the extension was told too late".to_owned());
        let kind = LetterKind::Extension;
        samples.push(Self { preview: Some(preview), refused, ..Self::new("R-1".into(), kind, paper) });
        samples
    }
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            said: text("said"),
            reason: text("reason"),
            recipients: text("recipients"),
            language: text("language"),
            way: text("way"),
            to: text("to"),
            access: !fields.get("access").is_empty(),
        }
    }

    fn points(&self, site: String, access: Option<(String, String)>) -> Points {
        let recipients = self.recipients.lines().map(str::trim).filter(|line| !line.is_empty());
        Points {
            said: self.said.clone(),
            extension: self.reason.parse::<ExtensionReason>().ok(),
            recipients: recipients.map(str::to_owned).collect(),
            access,
            site,
            language: Some(Language::of(&self.language)),
        }
    }

    /// Key and code go on paper only: both in one e-mail would be one secret.
    fn with_access(&self) -> bool {
        self.access && self.way == Way::Print.code()
    }
}

/// `GET /staff/requests/{reference}/letters/new/{kind}`
pub async fn start(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Response, Response> {
    let (id, kind) = (reference(&id)?, address::id::<LetterKind>(&kind)?);
    let request = done(&site, &visit, &who, move |desk| follow::asker_side(desk, &id)).await?;
    let by_mail = request.reply_to.contains('@');
    let typed = Typed {
        way: if by_mail { "email" } else { "print" }.to_owned(),
        to: if kind.to_requester() { request.reply_to } else { String::new() },
        language: request.language,
        access: !by_mail && !request.has_access,
        ..Typed::default()
    };
    let view = ComposeView::new(request.reference, kind, typed);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/requests/{reference}/letters/new/{kind}`: `go` is `preview` or `send`.
pub async fn write(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    headers: HeaderMap,
    Path((id, kind)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (id, kind, typed) = (reference(&id)?, address::id::<LetterKind>(&kind)?, Typed::read(&fields));
    let mut view = ComposeView::new(id.clone(), kind, typed.clone());
    if !fresh {
        let page = visit.page(&site).with_errors(vec![Failure { field: "said", key: "form.stale" }]);
        return Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view));
    }
    // Who may not open the request is refused here, and not told so beside a form.
    let of = id.clone();
    done(&site, &visit, &who, move |desk| follow::asker_side(desk, &of)).await?;
    let address = own_address(&site, &headers);
    let outcome = if fields.get("go") == "send" {
        let (of, typed) = (id.clone(), typed.clone());
        let sent = tried(&site, &visit, &who, move |desk| send(desk, &of, kind, &typed, address)).await?;
        match sent {
            Ok(()) => return Ok(visit.go(&format!("/staff/requests/{id}/letters"))),
            Err(why) => Err(why),
        }
    } else {
        // Shown with a stand-in: key and code are made when the letter goes.
        let access = typed.with_access().then(|| ("XXXXX-XXXXX-XXXXX-XXXXX".into(), "XXXX XXXX".into()));
        let points = typed.points(address, access);
        tried(&site, &visit, &who, move |desk| letters::draft(desk, &id, kind, &points)).await?
    };
    let status = if outcome.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match outcome {
        Ok(letter) => view.preview = Some(Preview::of(letter)),
        Err(why) => view.refused = Some(why),
    }
    Ok(site.respond(&visit, status, &visit.page(&site), &view))
}

fn send(
    desk: &counterfoil_service::rights::Desk<'_>,
    reference: &str,
    kind: LetterKind,
    typed: &Typed,
    site: String,
) -> counterfoil_service::Result<()> {
    let way = Way::named(&typed.way)
        .ok_or_else(|| counterfoil_service::ServiceError::Invalid("choose e-mail or print".to_owned()))?;
    // A letter that cannot be written must not cost the asker their key.
    letters::draft(desk, reference, kind, &typed.points(site.clone(), None))?;
    let access = if typed.with_access() {
        let secrets = follow::issue(desk, reference)?;
        Some((secrets.shown_key(), secrets.shown_code()))
    } else {
        None
    };
    let letter = letters::draft(desk, reference, kind, &typed.points(site, access))?;
    letters::send(desk, reference, &letter, &Sending { way, to: typed.to.clone() })?;
    Ok(())
}
