//! Making a request: one thing on a page, no account, no script. Everything said so far travels in the
//! form itself, so nothing is kept here until the person sends it, and nothing personal is in an address.

mod answers;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::capacity::Capacity;
use counterfoil_domain::rights::representative::{Evidence, Representative, Standing, representative};
use counterfoil_service::rights::Received;
use jiff::civil::{Date, date};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::answers::{Answers, CAPACITIES, FORMATS, LANGUAGES, RIGHTS, Step};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::home::sample_contact;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::theme::Contact;
use crate::visit::{ClientAddress, Visit};

/// One page of the journey.
#[derive(Debug, Serialize)]
pub struct AskView {
    step: Step,
    answers: Answers,
    hidden: Vec<(&'static str, String)>,
    rights: Vec<&'static str>,
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
    fn new(step: Step, answers: Answers, division: Option<Division>, contact: Contact) -> Self {
        let checked = step == Step::Check;
        let answers = if checked { answers.with("reviewed", "yes".to_owned()) } else { answers };
        Self {
            step,
            hidden: answers.hidden_on(Some(step)),
            rights: RIGHTS.iter().map(|right| right.code()).collect(),
            capacities: CAPACITIES.iter().map(|who| who.code()).collect(),
            formats: FORMATS,
            languages: LANGUAGES,
            evidence: evidence(&answers, division),
            words_needed: !answers.speaks_for_itself(),
            rows: if checked { rows(&answers) } else { Vec::new() },
            answers,
            contact,
        }
    }
}

fn rows(answers: &Answers) -> Vec<Row> {
    Step::path(answers)
        .flat_map(|step| {
            let said = answers.said_on(step).into_iter();
            said.map(move |(field, value, words)| Row {
                step: step.code(),
                field,
                value: value.to_owned(),
                words,
            })
        })
        .collect()
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
        ]);
        let view = |step, answers: &Answers| {
            Self::new(step, answers.clone(), Some(Division::NorthernIreland), sample_contact())
        };
        let empty = Step::ALL.into_iter().map(|step| view(step, &said(&[])));
        let filled = Step::ALL.into_iter().map(|step| view(step, &full));
        let rights = RIGHTS.iter().flat_map(|right| {
            let answers = said(&[("right", right.code()), ("whom", "self")]);
            [view(Step::Words, &answers), view(Step::Known, &answers), view(Step::Check, &answers)]
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
    #[serde(serialize_with = "dates::iso_if_any")]
    due: Option<Date>,
    for_someone_else: bool,
    /// The same answers, so that the page can be had in the other language.
    hidden: Vec<(&'static str, String)>,
    contact: Contact,
}

impl View for AskedView {
    const TEMPLATE: &'static str = "asked.html";

    fn samples() -> Vec<Self> {
        let sample = |right: &Right, due, for_someone_else| Self {
            reference: "R-2026-00041".into(),
            right: right.code(),
            due,
            for_someone_else,
            hidden: vec![("name", "Gethin Vaughan".into())],
            contact: sample_contact(),
        };
        let own = RIGHTS.iter().map(|right| sample(right, Some(date(2026, 12, 17)), false));
        own.chain([sample(&Right::Access, None, true)]).collect()
    }
}

/// `GET /ask`: the first page, with a token of its own.
pub async fn start(State(site): State<Site>, visit: Visit) -> Response {
    let answers = Answers::read(&Fields::default()).with("once", site.new_token());
    show(&site, &visit, Step::Right, answers, Vec::new())
}

/// `POST /ask`: every other page. `step` is the page that was sent; `go` is `back`, `here` (the same page
/// in another language), `send`, the page to change, or nothing for the next one.
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
        return Ok(show(&site, &visit, at, answers, vec![Failure { field, key: "form.stale" }]));
    }
    let (to, wrong) = match (go, Step::named(go)) {
        ("back", _) => (at.before(&answers), Vec::new()),
        ("here", _) => (at, Vec::new()),
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
    Ok(show(&site, &visit, to, answers, wrong))
}

fn show(site: &Site, visit: &Visit, step: Step, answers: Answers, wrong: Vec<Failure>) -> Response {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = AskView::new(step, answers, site.division().parse().ok(), site.theme().contact.clone());
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
        let mut response = show(site, visit, Step::Check, answers, wrong);
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let Some(asked) = answers.request() else { return Err(Problem::Fault.into_response()) };
    let (use_cases, right) = (site.use_cases(), asked.right);
    let done = blocking(move || use_cases.ask(&asked)).await.map_err(IntoResponse::into_response)?;
    let Received { reference, due } = done.map_err(|error| refusal(visit, &error))?;
    let view = AskedView {
        reference,
        right: right.code(),
        due,
        for_someone_else: answers.for_someone_else(),
        hidden: answers.hidden_on(None),
        contact: site.theme().contact.clone(),
    };
    Ok(site.respond(visit, StatusCode::OK, &visit.page(site).with_journey("send"), &view))
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
