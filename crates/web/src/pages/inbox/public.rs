//! The public forms: an enquiry, and a professional's referral. Their fields are those that the register
//! declares, each with its need beside it; the page works without a script.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_service::intake::forms::{self, Declared, PublicForm, Submission, Wrong};
use counterfoil_service::rights;
use jiff::civil::{Date, date};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::language::Language;
use crate::pages::home::sample_contact;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases::as_public;
use crate::visit::{ClientAddress, Visit};

/// The fields that the pages have words for, in either form.
const KNOWN: &[&str] = &[
    "your-question",
    "name",
    "contact",
    "safe-contact",
    "postcode",
    "language",
    "health-or-disability",
    "clients-name",
    "clients-contact",
    "clients-consent",
    "what-they-need",
    "urgent-dates",
    "referrers-name-and-contact",
    "office",
];

/// What travels with a form beside its answers.
const CARRIED: [&str; 4] = [crate::forms::TOKEN_FIELD, "once", "office", "go"];

/// One field of a form.
#[derive(Debug, Serialize)]
struct Field {
    name: String,
    label: String,
    need: String,
    known: bool,
    required: bool,
    long: bool,
    value: String,
}

/// A public form.
#[derive(Debug, Serialize)]
pub struct FormView {
    form: &'static str,
    action: &'static str,
    fields: Vec<Field>,
    offices: Vec<(String, String)>,
    office: String,
    once: String,
    /// Whether professionals have a form of their own here.
    refers: bool,
    contact: Contact,
}

/// What happens next.
#[derive(Debug, Serialize)]
pub struct SentView {
    form: &'static str,
    #[serde(serialize_with = "dates::iso")]
    by: Date,
    contact: Contact,
}

impl View for FormView {
    const TEMPLATE: &'static str = "inbox/form.html";

    fn samples() -> Vec<Self> {
        let field = |name: &str, long, value: &str| Field {
            name: name.to_owned(),
            label: name.to_owned(),
            need: "to answer".to_owned(),
            known: KNOWN.contains(&name),
            required: long,
            long,
            value: value.to_owned(),
        };
        let view = |form: PublicForm, names: &[&str], offices: &[(&str, &str)]| Self {
            form: form.id(),
            action: action(form),
            fields: names.iter().map(|n| field(n, n.contains('e'), "")).collect(),
            offices: offices.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            office: String::new(),
            once: "0".repeat(64),
            refers: offices.is_empty(),
            contact: sample_contact(),
        };
        let (first, second) = KNOWN.split_at(7);
        vec![
            view(PublicForm::Enquiry, first, &[("off_1", "Weir Street"), ("off_2", "Market Hall")]),
            view(PublicForm::Referral, second, &[]),
            view(PublicForm::Enquiry, &["something-else", "name"], &[]),
        ]
    }
}

impl View for SentView {
    const TEMPLATE: &'static str = "inbox/sent.html";

    fn samples() -> Vec<Self> {
        PublicForm::ALL
            .iter()
            .map(|form| Self { form: form.id(), by: date(2026, 11, 27), contact: sample_contact() })
            .collect()
    }
}

const fn action(form: PublicForm) -> &'static str {
    match form {
        PublicForm::Enquiry => "/enquiry",
        PublicForm::Referral => "/refer",
    }
}

/// `GET /enquiry`
pub async fn enquiry(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    start(&site, &visit, PublicForm::Enquiry).await
}

/// `GET /refer`
pub async fn refer(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    start(&site, &visit, PublicForm::Referral).await
}

/// `POST /enquiry`
pub async fn send_enquiry(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    posted: Posted,
) -> Result<Response, Response> {
    send(&site, &visit, &client, posted, PublicForm::Enquiry).await
}

/// `POST /refer`
pub async fn send_referral(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    posted: Posted,
) -> Result<Response, Response> {
    send(&site, &visit, &client, posted, PublicForm::Referral).await
}

/// What the register and the organisation say of a form.
struct Facts {
    form: PublicForm,
    declared: Vec<Declared>,
    offices: Vec<(String, String)>,
    refers: bool,
}

/// Without such a form in the register there is no such page.
async fn facts(site: &Site, visit: &Visit, form: PublicForm) -> Result<Facts, Response> {
    let found = as_public(site, move |desk| {
        let refers = form == PublicForm::Enquiry && forms::declared(desk, PublicForm::Referral)?.is_some();
        Ok((forms::declared(desk, form)?, rights::offices(desk)?, refers))
    })
    .await
    .map_err(IntoResponse::into_response)?;
    let (declared, mut offices, refers) = found.map_err(|e| refusal(visit, &e))?;
    let declared = declared.ok_or_else(|| Problem::NotFound.into_response())?;
    if offices.len() == 1 {
        offices.clear();
    }
    Ok(Facts { form, declared, offices, refers })
}

async fn start(site: &Site, visit: &Visit, form: PublicForm) -> Result<Response, Response> {
    let facts = facts(site, visit, form).await?;
    let once = site.new_token();
    Ok(show(site, visit, &facts, &Fields::default(), once, Vec::new()))
}

fn show(
    site: &Site,
    visit: &Visit,
    facts: &Facts,
    typed: &Fields,
    once: String,
    wrong: Vec<Failure>,
) -> Response {
    let form = facts.form;
    let fields = facts
        .declared
        .iter()
        .map(|f| Field {
            known: KNOWN.contains(&f.name.as_str()),
            value: typed.get(&f.name).to_owned(),
            name: f.name.clone(),
            label: f.label.clone(),
            need: f.need.clone(),
            required: f.required,
            long: f.long,
        })
        .collect();
    let view = FormView {
        form: form.id(),
        action: action(form),
        fields,
        offices: facts.offices.clone(),
        office: typed.get("office").to_owned(),
        once,
        refers: facts.refers,
        contact: site.theme().contact.clone(),
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = visit.page(site).with_errors(wrong).with_journey("here");
    site.respond(visit, status, &page, &view)
}

async fn send(
    site: &Site,
    visit: &Visit,
    client: &ClientAddress,
    Posted { fields: typed, fresh }: Posted,
    form: PublicForm,
) -> Result<Response, Response> {
    let facts = facts(site, visit, form).await?;
    let token = typed.get("once");
    let once = if is_token(token) { token.to_owned() } else { site.new_token() };
    let answers: Vec<(String, String)> = typed
        .kept()
        .filter(|(name, value)| !CARRIED.contains(name) && !value.trim().is_empty())
        .map(|(name, value)| (name.to_owned(), value.replace("\r\n", "\n")))
        .collect();
    if answers.iter().any(|(name, _)| !facts.declared.iter().any(|f| f.name == *name)) {
        return Err(Problem::BadRequest.into_response());
    }
    let again = |wrong| show(site, visit, &facts, &typed, once.clone(), wrong);
    if typed.get("go") == "here" {
        return Ok(again(Vec::new()));
    }
    if !fresh {
        return Ok(again(vec![Failure { field: "send", key: "form.stale" }]));
    }
    let wrong = failures(&forms::mistakes(form, &facts.declared, &answers));
    if !wrong.is_empty() {
        return Ok(again(wrong));
    }
    if let Err(seconds) = may_send(site, client) {
        let mut response = again(vec![Failure { field: "send", key: "inbox.error.too_many" }]);
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let language = if visit.language() == Language::Cy { "cy" } else { "en" };
    let office = typed.get("office").to_owned();
    let sent = Submission { form, token: once, office, answers, language: language.to_owned() };
    let channels = site.live().map(|live| live.channels).unwrap_or_default();
    let by = as_public(site, move |desk| forms::submit(desk, &channels, &sent))
        .await
        .map_err(IntoResponse::into_response)?
        .map_err(|e| refusal(visit, &e))?;
    let view = SentView { form: form.id(), by, contact: site.theme().contact.clone() };
    Ok(site.respond(visit, StatusCode::OK, &visit.page(site), &view))
}

fn failures(mistakes: &[(String, Wrong)]) -> Vec<Failure> {
    mistakes
        .iter()
        .map(|(name, wrong)| {
            let field = KNOWN.iter().find(|k| *k == name).copied().unwrap_or("send");
            let key = match (wrong, name.as_str()) {
                (Wrong::Missing, "your-question") => "inbox.error.your-question",
                (Wrong::Missing, "contact" | "clients-contact") | (Wrong::NoContact, _) => {
                    "inbox.error.contact"
                }
                (Wrong::Missing, "clients-consent") | (Wrong::NoConsent, _) => "inbox.error.consent",
                (Wrong::Missing, _) => "inbox.error.missing",
                (Wrong::Long, _) => "inbox.error.long",
            };
            Failure { field, key }
        })
        .collect()
}

/// Seconds to wait when too much was sent from one address; a library or an advice centre is one too.
fn may_send(site: &Site, client: &ClientAddress) -> Result<(), u64> {
    let key = Sha256::new().chain_update(b"enquiry\0").chain_update(client.to_string().as_bytes());
    let taken = site.by_address().take(key.finalize().into(), site.now());
    taken.map_err(|wait| wait.as_secs() + 1)
}

fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
