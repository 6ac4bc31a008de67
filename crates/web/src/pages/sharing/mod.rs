//! Sharing: what a person permits, what was given to whom, figures; and the public page on which a person takes a
//! permission back.

pub mod choices;
pub mod disclosure;
pub mod disclosures;
pub mod permissions;
pub mod recipients;
pub mod referrals;
pub mod register;
pub mod statistics;
pub mod survey;

use std::collections::BTreeMap;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_domain::access::Purpose;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::casebook::{self, Profile};
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::recipients as directory;
use counterfoil_service::{Result as Done, ServiceError};
use serde::Serialize;

use crate::forms::Fields;
use crate::pages::address::id;
use crate::pages::requests::refusal;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_not_found};
use crate::visit::Visit;

/// The staff pages.
pub fn routes() -> Router<Site> {
    let person = "/staff/people/{id}";
    let at = |rest: &str| format!("{person}/{rest}");
    Router::new()
        .route(&at("consents"), get(permissions::consents).post(permissions::give_consent))
        .route(&at("authorities"), get(permissions::authorities).post(permissions::give_authority))
        .route(&at("permissions/{permission}"), get(permissions::receipt))
        .route(&at("permissions/{permission}/withdraw"), post(permissions::withdraw))
        .route(&at("permissions/{permission}/renew"), post(permissions::renew))
        .route(&at("stop-marketing"), post(permissions::stop_marketing))
        .route(&at("referrals"), get(referrals::show).post(referrals::draft))
        .route(&at("referrals/{referral}/send"), post(referrals::send))
        .route(&at("referrals/{referral}/answer"), post(referrals::answer))
        .route(&at("referrals/{referral}/purge"), post(referrals::purge))
        .route(&at("disclosures"), get(disclosures::show).post(disclosures::propose))
        .route(&at("disclosures/{disclosure}/send"), post(disclosures::send))
        .route(&at("disclosures/{disclosure}/tell"), post(disclosures::tell))
        .route("/staff/disclosures", get(register::show))
        .route("/staff/disclosures/{disclosure}", get(disclosure::show).post(disclosure::authorise))
        .route("/staff/recipients", get(recipients::show).post(recipients::mend))
        .route("/staff/statistics", get(statistics::show).post(statistics::release))
}

/// The public pages.
pub fn public() -> Router<Site> {
    Router::new()
        .route("/choices", get(choices::ask).post(choices::look_up))
        .route("/surveys", get(survey::list))
        .route("/survey/{id}", get(survey::show).post(survey::answer))
        .route("/choices/withdraw", get(choices::start).post(choices::withdraw))
}

/// Who the page is about, and what is held of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct About {
    id: String,
    name: String,
}

fn about(desk: &Desk<'_>, person: PersonId) -> Done<(About, Profile)> {
    let opened = casebook::open_person(desk.store, desk.who, Purpose::ServiceDelivery, person)?;
    let profile = opened.profile;
    let name = format!("{} {}", profile.forenames, profile.surname).trim().to_owned();
    Ok((About { id: person.to_string(), name }, profile))
}

pub(crate) fn sample_about() -> About {
    About { id: "per_01932f0c5e7a7c3f9d2b6a1e4f508192".to_owned(), name: "Ada Brook".to_owned() }
}

/// Something to choose: what is sent, and what people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Option2 {
    value: String,
    words: String,
    chosen: bool,
    /// What stands in the way of choosing it; empty when nothing does.
    note: String,
}

impl Option2 {
    pub(crate) fn new(value: impl Into<String>, words: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), words: words.into(), chosen, note: String::new() }
    }
}

/// The recipients that can be chosen, those that act on our instructions left out.
fn recipients_to_choose(desk: &Desk<'_>, chosen: &[String]) -> Done<Vec<Option2>> {
    let lines = directory::directory(desk)?;
    Ok(lines
        .into_iter()
        .filter(|r| r.kind != "acts on our instructions" && r.kind != "answers jointly with us")
        .map(|r| {
            let note = r.blocked.join("; ");
            let is_chosen = chosen.contains(&r.id);
            Option2 { note, ..Option2::new(r.id, r.name, is_chosen) }
        })
        .collect())
}

/// A field that may be given: what is held, or room for words.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Given {
    /// Its place in the form.
    number: usize,
    name: String,
    need: String,
    /// What the record holds; empty for a field of words.
    held: String,
    /// What was typed.
    typed: String,
    ticked: bool,
}

/// The fields of the person that may be given, with what was typed.
fn fields_to_give(desk: &Desk<'_>, profile: &Profile, fields: &Fields) -> Done<Vec<Given>> {
    let declared = directory::fields(desk)?;
    Ok(declared
        .into_iter()
        .enumerate()
        .map(|(number, (name, need))| {
            let held = held(profile, &name);
            Given {
                ticked: fields.get(&format!("give-{number}")) == "yes",
                typed: fields.get(&format!("field-{number}")).to_owned(),
                number,
                name,
                need,
                held,
            }
        })
        .collect())
}

/// What the record holds for a field of the register.
fn held(profile: &Profile, field: &str) -> String {
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    match field {
        "name" => format!("{} {}", profile.forenames, profile.surname).trim().to_owned(),
        "date of birth" => profile.born.map(|d| d.strftime("%-d %B %Y").to_string()).unwrap_or_default(),
        "address" => profile
            .addresses
            .last()
            .map(|a| format!("{}, {}", a.lines.join(", "), a.postcode))
            .unwrap_or_default(),
        "telephone" => first(&profile.phones),
        "email" => first(&profile.emails),
        "safe contact" => profile.contact_rules.clone(),
        _ => String::new(),
    }
}

/// What is given: the ticked fields as the record holds them, and the words that were typed.
fn content(given: &[Given]) -> BTreeMap<String, String> {
    let value = |g: &Given| match (g.held.is_empty(), g.ticked, g.typed.trim()) {
        (false, true, _) => Some(g.held.clone()),
        (true, _, typed) if !typed.is_empty() => Some(typed.to_owned()),
        _ => None,
    };
    given.iter().filter_map(|g| Some((g.name.clone(), value(g)?))).collect()
}

pub(crate) fn sample_fields() -> Vec<Given> {
    let field = |number, name: &str, held: &str| Given {
        number,
        name: name.to_owned(),
        need: "so that they can reach you".to_owned(),
        held: held.to_owned(),
        typed: String::new(),
        ticked: number == 0,
    };
    vec![field(0, "name", "Ada Brook"), field(1, "situation", "")]
}

/// Every value of a field that may stand more than once.
fn all(fields: &Fields, name: &str) -> Vec<String> {
    fields.kept().filter(|(n, v)| *n == name && !v.is_empty()).map(|(_, v)| v.to_owned()).collect()
}

/// Runs a use-case for a page: a page that is not there, or a refusal of the gate, becomes that answer.
async fn run<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    work: impl FnOnce(&Desk<'_>) -> Done<T> + Send + 'static,
) -> Result<T, Response> {
    let answer = as_staff(site, &who.0, work).await.map_err(IntoResponse::into_response)?;
    answer.map_err(|error| refusal(visit, &error))
}

/// Runs a use-case for a form: what it refuses is told on the form's own page.
async fn attempt<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    work: impl FnOnce(&Desk<'_>) -> Done<T> + Send + 'static,
) -> Result<Result<T, Vec<String>>, Response> {
    let answer = as_staff(site, &who.0, work).await.map_err(IntoResponse::into_response)?;
    match answer {
        Ok(done) => Ok(Ok(done)),
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(visit, &error)),
        Err(error) => Ok(Err(lines(&error))),
    }
}

fn lines(error: &ServiceError) -> Vec<String> {
    error.to_string().split("; ").map(str::to_owned).collect()
}

/// A form that waited too long.
const STALE: crate::forms::Failure = crate::forms::Failure { field: "main-content", key: "form.stale" };
