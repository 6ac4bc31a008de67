//! Making a request: one thing on a page, no account, no script. Everything said so far travels in the
//! form itself, so nothing is kept here until the person sends it, and nothing personal is in an address.

mod answers;
mod paper;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::capacity::Capacity;
use counterfoil_domain::rights::older::Heading;
use counterfoil_domain::rights::representative::{Evidence, Representative, Standing, representative};
use counterfoil_service::follow;
use counterfoil_service::letters::{self, Piece};
use counterfoil_service::rights::{self, Received};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::answers::{Answers, CAPACITIES, CHOICES, FORMATS, LANGUAGES, Step};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::home::sample_contact;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases;
use crate::visit::{ClientAddress, Visit};

pub use self::paper::{FormView, FormsView, list as forms, names as form_names, show as form};

/// One page of the journey.
#[derive(Debug, Serialize)]
pub struct AskView {
    step: Step,
    answers: Answers,
    hidden: Vec<(&'static str, String)>,
    rights: Vec<&'static str>,
    /// The heading of the older Act that was chosen, if any.
    heading: String,
    /// The offices to choose from: identifier and name.
    offices: Vec<(String, String)>,
    capacities: Vec<&'static str>,
    formats: [&'static str; 4],
    languages: [&'static str; 3],
    /// What someone who acts for another will be asked for.
    evidence: Vec<&'static str>,
    /// Whether more words than the choice of the right are needed.
    words_needed: bool,
    rows: Vec<Row>,
    contact: Contact,
}

/// One line of the check: which page changes it, what was asked, and what was answered.
#[derive(Debug, Serialize)]
struct Row {
    step: &'static str,
    field: &'static str,
    value: String,
    /// The key of the words for a choice.
    words: Option<String>,
}

impl AskView {
    fn new(
        step: Step,
        answers: Answers,
        offices: Vec<(String, String)>,
        division: Option<Division>,
        contact: Contact,
    ) -> Self {
        let checked = step == Step::Check;
        let answers = if checked { answers.with("reviewed", "yes".to_owned()) } else { answers };
        Self {
            step,
            hidden: answers.hidden_on(Some(step)),
            rights: answers.choices(),
            heading: answers.heading().to_owned(),
            capacities: CAPACITIES.iter().map(|who| who.code()).collect(),
            formats: FORMATS,
            languages: LANGUAGES,
            evidence: evidence(&answers, division),
            words_needed: !answers.speaks_for_itself(),
            rows: if checked { rows(&answers, &offices) } else { Vec::new() },
            offices,
            answers,
            contact,
        }
    }
}

fn rows(answers: &Answers, offices: &[(String, String)]) -> Vec<Row> {
    let mut rows = Vec::new();
    for step in Step::path(answers) {
        for (field, value, words) in answers.said_on(step) {
            // An office is shown by its name.
            let name = offices.iter().find(|(id, _)| field == "office" && id == value).map(|(_, name)| name);
            let unknown = field == "office" && value == "unknown";
            rows.push(Row {
                step: step.code(),
                field,
                value: name.map_or_else(|| value.to_owned(), Clone::clone),
                words: if unknown { Some("ask.office.unknown".to_owned()) } else { words },
            });
        }
    }
    rows
}

/// What the law lets us ask of whoever acts for another. Whether a child understands is looked at later;
/// until then the child counts as able.
fn evidence(answers: &Answers, division: Option<Division>) -> Vec<&'static str> {
    let (Some(who), Some(division)) = (answers.representative(), division) else { return Vec::new() };
    match representative(who, division, Capacity::Own) {
        Standing::With(evidence) => evidence.into_iter().map(Evidence::code).collect(),
        Standing::Not { .. } => Vec::new(),
    }
}

impl View for AskView {
    const TEMPLATE: &'static str = "ask.html";

    fn samples() -> Vec<Self> {
        let said = |pairs: &[(&'static str, &str)]| {
            let none = Answers::read(&Fields::default());
            pairs.iter().fold(none, |all, (name, value)| all.with(name, (*value).to_owned()))
        };
        let full = said(&[
            ("right", Right::Access.code()),
            ("whom", "other"),
            ("capacity", Representative::Parent.code()),
            ("subject", "Mair Vaughan"),
            ("wording", "Everything since 2019 & before."),
            ("name", "Gethin Vaughan"),
            ("reply", "post"),
            ("post", "14 Mill Lane\nLancaster"),
            ("format", "large-print"),
            ("language", "other"),
            ("other_language", "Polish"),
            ("many", "yes"),
            ("office", "off_1"),
        ]);
        let offices = vec![("off_1".to_owned(), "Lancaster".to_owned())];
        let view = |step, answers: &Answers| {
            let (division, contact) = (Some(Division::NorthernIreland), sample_contact());
            Self::new(step, answers.clone(), offices.clone(), division, contact)
        };
        let empty = Step::ALL.into_iter().map(|step| view(step, &said(&[])));
        let filled = Step::ALL.into_iter().map(|step| view(step, &full));
        let headings = Heading::ALL.iter().map(|heading| heading.code());
        let rights = CHOICES.into_iter().chain(headings).flat_map(|right| {
            let answers = said(&[("right", right), ("whom", "self"), ("many", "yes"), ("office", "unknown")]);
            [Step::Right, Step::Words]
                .map(|step| view(step, &answers))
                .into_iter()
                .chain([view(Step::Known, &answers), view(Step::Check, &answers)])
        });
        let acting = CAPACITIES
            .iter()
            .map(|who| view(Step::Subject, &said(&[("whom", "other"), ("capacity", who.code())])));
        empty.chain(filled).chain(rights).chain(acting).collect()
    }
}

/// The page after sending: the reference and the day.
#[derive(Debug, Serialize)]
pub struct AskedView {
    reference: String,
    right: &'static str,
    /// The heading of the older Act under which it was asked, or nothing.
    heading: &'static str,
    #[serde(serialize_with = "dates::iso_if_any")]
    due: Option<Date>,
    for_someone_else: bool,
    /// The key and the code, in groups.
    key: String,
    code: String,
    /// The same answers, so that the page can be had in the other language.
    hidden: Vec<(&'static str, String)>,
    contact: Contact,
    /// Who is answerable, in words.
    answerable: Vec<Piece>,
}

impl View for AskedView {
    const TEMPLATE: &'static str = "asked.html";

    fn samples() -> Vec<Self> {
        let sample = |right: &Right, due, for_someone_else| Self {
            reference: "R-2026-00041".into(),
            right: right.code(),
            heading: "",
            due,
            for_someone_else,
            key: "K7Q4M-2XWTB-0H3JD-9ZRSA".into(),
            code: "1234 5678".into(),
            hidden: vec![("name", "Gethin Vaughan".into())],
            contact: sample_contact(),
            answerable: sample_answerable(),
        };
        let rights = [Right::Access, Right::MarketingObjection, Right::Complaint];
        let own =
            rights.iter().map(|right| sample(right, Some(date(2026, 12, 17)), false)).collect::<Vec<_>>();
        let older = Heading::ALL.iter().map(|heading| Self {
            heading: heading.code(),
            ..sample(&heading.right(), Some(date(2026, 12, 13)), false)
        });
        own.into_iter().chain([sample(&Right::Access, None, true)]).chain(older).collect()
    }
}

/// Who is answerable, for samples.
pub(crate) fn sample_answerable() -> Vec<Piece> {
    vec![
        Piece::Heading("Who is answerable for your information".into()),
        Piece::Paragraph("Hearth Advice Kendal alone is the controller.".into()),
    ]
}

/// The page after saving: the link that leads back.
#[derive(Debug, Serialize)]
pub struct SavedView {
    /// The link, whole where the site knows its own address.
    link: String,
    #[serde(serialize_with = "dates::iso")]
    until: Date,
}

impl View for SavedView {
    const TEMPLATE: &'static str = "ask/saved.html";

    fn samples() -> Vec<Self> {
        let link = "https://site.example/ask/return/K7Q4M2XWTB0H3JD9ZRSA".into();
        vec![Self { link, until: date(2026, 12, 20) }]
    }
}

/// What a link that leads nowhere any more says.
#[derive(Debug, Serialize)]
pub struct GoneView {}

impl View for GoneView {
    const TEMPLATE: &'static str = "ask/gone.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// The offices to choose from; without data, or for an organisation that offers no choice, none.
async fn offices(site: &Site) -> Vec<(String, String)> {
    use_cases::as_public(site, rights::offices).await.ok().and_then(Result::ok).unwrap_or_default()
}

/// What is asked for already: `?right=compensation`, from the page of the older rights.
#[derive(Debug, Deserialize)]
pub struct Begun {
    #[serde(default)]
    right: String,
}

/// `GET /ask`: the first page, with a token of its own.
pub async fn start(State(site): State<Site>, visit: Visit, Query(Begun { right }): Query<Begun>) -> Response {
    let answers = Answers::read(&Fields::default()).with("once", site.new_token()).with("right", right);
    let answers = if answers.right().is_some() { answers } else { answers.with("right", String::new()) };
    let several = offices(&site).await.len() > 1;
    let answers = if several { answers.with("many", "yes".to_owned()) } else { answers };
    show(&site, &visit, Step::Right, answers, Vec::new()).await
}

/// `GET /ask/return/{link}`: what was saved, at the page where something is missing still.
pub async fn resume(State(site): State<Site>, visit: Visit, Path(link): Path<String>) -> Response {
    let secret = link.clone();
    let saved = use_cases::as_public(&site, move |desk| rights::saved_form(desk, &secret)).await;
    let answers = saved.ok().and_then(Result::ok).and_then(|saved| Answers::from_json(&saved));
    let Some(answers) = answers else {
        return site.respond(&visit, StatusCode::NOT_FOUND, &visit.page(&site), &GoneView {});
    };
    let answers = answers.with("saved", link);
    let step = answers.first_to_mend().unwrap_or(Step::Check);
    show(&site, &visit, step, answers, Vec::new()).await
}

/// Keeps the form under its link and shows the link.
async fn save(site: &Site, visit: &Visit, answers: Answers) -> Result<Response, Response> {
    let saved = use_cases::as_public(site, move |desk| {
        let link = match answers.get("saved") {
            "" => rights::new_link(desk),
            link => link.to_owned(),
        };
        let until = rights::save_form(desk, &link, &answers.to_json())?;
        Ok((link, until))
    });
    let (link, until) =
        saved.await.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))?;
    let until = until.to_zoned(site.zone()).date();
    let address = visit.language().address(&format!("/ask/return/{link}"));
    let link = format!("{}{address}", site.origin().unwrap_or_default());
    Ok(site.respond(visit, StatusCode::OK, &visit.page(site), &SavedView { link, until }))
}

/// `POST /ask`: every other page. `step` is the page that was sent; `go` is `back`, `here` (the same page
/// in another language), `save`, `send`, the page to change, or nothing for the next one.
pub async fn step(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let mut answers = Answers::read(&fields);
    if !is_token(answers.get("once")) {
        answers = answers.with("once", site.new_token());
    }
    let at = Step::named(fields.get("step")).unwrap_or(Step::Right);
    let go = fields.get("go");
    if !fresh {
        let field = match at {
            Step::Address if answers.get("reply") == "post" => "post",
            _ => at.fields().first().copied().unwrap_or("send"),
        };
        let stale = vec![Failure { field, key: "form.stale" }];
        return Ok(show(&site, &visit, at, answers, stale).await);
    }
    let (to, wrong) = match (go, Step::named(go)) {
        ("back", _) => (at.before(&answers), Vec::new()),
        ("here", _) => (at, Vec::new()),
        ("save", _) => return save(&site, &visit, answers).await,
        ("send", _) => match answers.first_to_mend() {
            None => return send(&site, &visit, &client, answers).await,
            Some(step) => (step, answers.wrong_on(step)),
        },
        (_, Some(step)) => (step, Vec::new()),
        (_, None) => match answers.wrong_on(at) {
            wrong if wrong.is_empty() => (at.after(&answers), wrong),
            _ if at == Step::Died => (Step::Capacity, Vec::new()),
            wrong => (at, wrong),
        },
    };
    Ok(show(&site, &visit, to, answers, wrong).await)
}

async fn show(site: &Site, visit: &Visit, step: Step, answers: Answers, wrong: Vec<Failure>) -> Response {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let named = matches!(step, Step::Office | Step::Check) && !answers.get("many").is_empty();
    let offices = if named { offices(site).await } else { Vec::new() };
    let (division, contact) = (site.division().parse().ok(), site.theme().contact.clone());
    let view = AskView::new(step, answers, offices, division, contact);
    site.respond(visit, status, &visit.page(site).with_errors(wrong).with_journey("here"), &view)
}

async fn send(
    site: &Site,
    visit: &Visit,
    client: &ClientAddress,
    answers: Answers,
) -> Result<Response, Response> {
    if let Err(seconds) = may_send(site, client) {
        let wrong = vec![Failure { field: "send", key: "ask.error.too_many" }];
        let mut response = show(site, visit, Step::Check, answers, wrong).await;
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let Some(asked) = answers.request() else { return Err(Problem::Fault.into_response()) };
    let (use_cases, right, secrets) = (site.use_cases(), asked.right, follow::of_form(&asked));
    let office = asked.text.office.clone();
    let done = blocking(move || use_cases.ask(&asked)).await.map_err(IntoResponse::into_response)?;
    let Received { reference, due } = done.map_err(|error| refusal(visit, &error))?;
    forget(site, answers.get("saved")).await;
    let answerable = answerable(site, visit, office).await;
    let view = AskedView {
        key: secrets.shown_key(),
        code: secrets.shown_code(),
        reference,
        right: right.code(),
        heading: answers.heading(),
        due,
        for_someone_else: answers.for_someone_else(),
        hidden: answers.hidden_on(None),
        contact: site.theme().contact.clone(),
        answerable,
    };
    Ok(site.respond(visit, StatusCode::OK, &visit.page(site).with_journey("send"), &view))
}

/// Who is answerable for what was asked for (promise N1); nothing for an organisation without a register.
async fn answerable(site: &Site, visit: &Visit, office: String) -> Vec<Piece> {
    let language = letters::Language::of(visit.language().tag());
    let said =
        use_cases::as_public(site, move |desk| letters::answerable_for_new(desk, &office, language)).await;
    said.ok().and_then(Result::ok).unwrap_or_default()
}

/// What was saved has been sent. Should it stay behind, it runs out by itself.
async fn forget(site: &Site, link: &str) {
    if link.is_empty() {
        return;
    }
    let link = link.to_owned();
    let gone = use_cases::as_public(site, move |desk| rights::forget_form(desk, &link)).await;
    if !matches!(gone, Ok(Ok(()))) {
        tracing::warn!("a saved form was sent and could not be removed");
    }
}

/// Seconds to wait when too much was sent from one address; a library or a council's hall is one too.
fn may_send(site: &Site, client: &ClientAddress) -> Result<(), u64> {
    let key = Sha256::new().chain_update(b"ask\0").chain_update(client.to_string().as_bytes());
    let taken = site.by_address().take(key.finalize().into(), site.now());
    taken.map_err(|wait| wait.as_secs() + 1)
}

/// Whether this is a token that the site makes.
fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
