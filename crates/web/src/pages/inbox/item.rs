//! One item: what arrived, in parts to keep or drop; whom it may be from; and what becomes of it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::{CaseId, InboxItemId, PersonId, StaffId};
use counterfoil_domain::intake::{DiscardReason, MessagePurpose, PartKind, keeps_by_default};
use counterfoil_service::casebook::{Identity, Profile};
use counterfoil_service::intake::inbox::{self, Match, Opened};
use counterfoil_service::intake::outward::{self, Writing};
use counterfoil_service::intake::settle::{self, Moving, Target};
use counterfoil_service::{Result as Done, ServiceError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::queue::age_code;
use super::said;
use crate::dates;
use crate::forms::{Fields, Posted};
use crate::pages::address;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// What a case is mostly about; the finer code is chosen in the case.
pub(super) const ISSUES: [&str; 9] = [
    "benefits",
    "debt",
    "housing",
    "employment",
    "consumer",
    "utilities",
    "relationships",
    "immigration",
    "other",
];

#[derive(Debug, Serialize)]
struct PartLine {
    number: i64,
    kind: &'static str,
    name: String,
    words: String,
    file: bool,
    size: i64,
    ticked: bool,
}

#[derive(Debug, Serialize)]
struct Person {
    id: String,
    name: String,
    cases: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct Answer {
    state: &'static str,
    purpose: &'static str,
    #[serde(serialize_with = "super::iso")]
    at: Timestamp,
}

/// One item.
#[derive(Debug, Serialize)]
pub struct ItemView {
    id: String,
    channel: &'static str,
    from: String,
    address: String,
    subject: String,
    contact_rules: String,
    language: String,
    #[serde(serialize_with = "super::iso")]
    received: Timestamp,
    #[serde(serialize_with = "dates::iso")]
    limit: Date,
    age: &'static str,
    parts: Vec<PartLine>,
    people: Vec<Person>,
    elsewhere: Vec<String>,
    copy: Option<&'static str>,
    answers: bool,
    answered: Vec<Answer>,
    /// Whether the first answer is preceded by a warning.
    warns: bool,
    templates: Vec<String>,
    staff: Vec<(String, String)>,
    with: String,
    issues: [&'static str; 9],
    reasons: Vec<&'static str>,
    forenames: String,
    surname: String,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed and came back.
#[derive(Debug, Default, Serialize)]
struct Typed {
    target: String,
    issue: String,
    title: String,
    summary: String,
    words: String,
    place: String,
}

fn people_here(matches: &[Match]) -> Vec<Person> {
    let here = matches.iter().filter_map(|m| match m {
        Match::Here { id, name, cases } => Some(Person {
            id: id.to_string(),
            name: name.clone(),
            cases: cases.iter().map(|(id, title)| (id.to_string(), title.clone())).collect(),
        }),
        Match::Elsewhere { .. } => None,
    });
    here.collect()
}

/// The offices that know somebody of that name: no more is told before a good reason.
fn offices_elsewhere(matches: &[Match]) -> Vec<String> {
    let elsewhere = matches.iter().filter_map(|m| match m {
        Match::Elsewhere { office } => Some(office.clone()),
        Match::Here { .. } => None,
    });
    elsewhere.collect()
}

impl ItemView {
    fn new(opened: &Opened, typed: &Fields) -> Self {
        let (item, line) = (&opened.item, &opened.item.line);
        let sent = !typed.get("do").is_empty();
        let ticked: Vec<i64> = typed.all("keep").filter_map(|n| n.parse().ok()).collect();
        let parts = item.parts.iter().map(|p| PartLine {
            number: p.number,
            kind: p.kind.code(),
            name: p.text.name.clone(),
            words: p.text.words.clone(),
            file: p.address.is_some(),
            size: p.size / 1024 + 1,
            ticked: if sent { ticked.contains(&p.number) } else { keeps_by_default(p.kind) },
        });
        let (forenames, surname) = names(&item.text.from);
        let or = |name: &str, otherwise: String| if sent { typed.get(name).to_owned() } else { otherwise };
        let answered = opened.messages.iter().map(|m| Answer {
            state: m.state.code(),
            purpose: m.purpose.code(),
            at: m.written_at,
        });
        Self {
            id: line.id.to_string(),
            channel: line.channel.code(),
            from: item.text.from.clone(),
            address: item.text.address.clone(),
            subject: item.text.subject.clone(),
            contact_rules: item.text.contact_rules.clone(),
            language: item.text.language.clone(),
            received: line.received_at,
            limit: line.limit,
            age: age_code(opened.age),
            parts: parts.collect(),
            people: people_here(&opened.matches),
            elsewhere: offices_elsewhere(&opened.matches),
            copy: opened.copy.as_ref().map(|c| c.state.code()),
            answers: line.channel.answers() && !item.text.address.is_empty(),
            answered: answered.collect(),
            warns: line.channel.warns_first() && opened.warned.is_none(),
            templates: templates(),
            staff: opened.staff.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
            with: line.allocated_to.map(|id| id.to_string()).unwrap_or_default(),
            issues: ISSUES,
            reasons: DiscardReason::ALL.iter().map(|r| r.code()).collect(),
            forenames: or("forenames", forenames),
            surname: or("surname", surname),
            typed: Typed {
                target: typed.get("target").to_owned(),
                issue: typed.get("issue").to_owned(),
                title: or("title", item.text.subject.clone()),
                summary: typed.get("summary").to_owned(),
                words: typed.get("words").to_owned(),
                place: typed.get("place").to_owned(),
            },
            problem: None,
        }
    }

    fn sample(channel: &'static str, people: usize) -> Self {
        let part = |number, kind: PartKind| PartLine {
            number,
            kind: kind.code(),
            name: if number % 2 == 0 { "lease.pdf".to_owned() } else { String::new() },
            words: "Can you help me with my rent?".to_owned(),
            file: matches!(kind, PartKind::File | PartKind::Inline | PartKind::Recording),
            size: 12,
            ticked: keeps_by_default(kind),
        };
        let person = |n: usize| Person {
            id: format!("per_{n:032x}"),
            name: "Mair Vaughan".to_owned(),
            cases: vec![(format!("cas_{n:032x}"), "Rent arrears".to_owned())],
        };
        let some = people > 0;
        Self {
            id: "inb_01932f0c5e7a7c3f9d2b6a1e4f508192".to_owned(),
            channel,
            from: "Mair Vaughan".to_owned(),
            address: if some { "mair@example.org".to_owned() } else { String::new() },
            subject: "My rent".to_owned(),
            contact_rules: if some { "Not after six.".to_owned() } else { String::new() },
            language: if some { "cy".to_owned() } else { String::new() },
            received: Timestamp::UNIX_EPOCH,
            limit: jiff::civil::date(2026, 11, 24),
            age: if some { "past" } else { "in_time" },
            parts: (1..).zip(PartKind::ALL).map(|(n, k)| part(n, *k)).collect(),
            people: (0..people).map(person).collect(),
            elsewhere: if some { vec!["Market Hall".to_owned()] } else { Vec::new() },
            copy: some.then_some("kept"),
            answers: some,
            answered: if some {
                vec![Answer { state: "sent", purpose: "reply", at: Timestamp::UNIX_EPOCH }]
            } else {
                Vec::new()
            },
            warns: channel == "whatsapp",
            templates: templates(),
            staff: vec![("stf_1".to_owned(), "Ada Officer".to_owned())],
            with: String::new(),
            issues: ISSUES,
            reasons: DiscardReason::ALL.iter().map(|r| r.code()).collect(),
            forenames: "Mair".to_owned(),
            surname: "Vaughan".to_owned(),
            typed: Typed::default(),
            problem: some.then(|| "Tick a part, or write a summary.".to_owned()),
        }
    }
}

impl View for ItemView {
    const TEMPLATE: &'static str = "inbox/item.html";

    fn samples() -> Vec<Self> {
        vec![Self::sample("email", 2), Self::sample("whatsapp", 1), Self::sample("counter", 0)]
    }
}

/// The templates that staff choose from.
pub(super) fn templates() -> Vec<String> {
    let all = outward::templates("en").unwrap_or_default();
    let useful = all.into_iter().filter(|(_, purpose)| *purpose != MessagePurpose::Reply);
    useful.map(|(name, _)| name).collect()
}

/// The last word of a name is taken for the family name; whoever moves the item mends it.
fn names(from: &str) -> (String, String) {
    match from.trim().rsplit_once(' ') {
        Some((fore, sur)) => (fore.trim().to_owned(), sur.to_owned()),
        None => (from.trim().to_owned(), String::new()),
    }
}

/// `GET /staff/inbox/items/{id}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    draw(&site, &visit, &who, address::id(&id)?, &Fields::default(), None).await
}

async fn draw(
    site: &Site,
    visit: &Visit,
    who: &counterfoil_service::sign_in::SignedIn,
    id: InboxItemId,
    typed: &Fields,
    problem: Option<String>,
) -> Result<Response, Response> {
    let found =
        as_staff(site, who, move |desk| inbox::open(desk, id)).await.map_err(IntoResponse::into_response)?;
    let opened = match found.map_err(said) {
        Ok(opened) => opened,
        // Dealt with meanwhile: the queue says so, and has what is left to do.
        Err(Ok(_)) => return Err(Problem::NotFound.into_response()),
        Err(Err(e)) => return Err(refusal(visit, &e)),
    };
    let mut view = ItemView::new(&opened, typed);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    view.problem = problem;
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `GET /staff/inbox/items/{id}/parts/{number}`: a file, to be saved and never shown by the browser.
pub async fn part(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, number)): Path<(String, i64)>,
) -> Result<Response, Response> {
    let id = address::id(&id)?;
    let found = as_staff(&site, &who, move |desk| inbox::part(desk, id, number))
        .await
        .map_err(IntoResponse::into_response)?;
    let (name, _, content) = found.map_err(|e| refusal(&visit, &e))?;
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"")),
    ];
    Ok((headers, content).into_response())
}

/// `POST /staff/inbox/items/{id}`
pub async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let id = address::id(&id)?;
    if !fresh {
        let why = "The page was open for too long. What you typed is still here: send it again.".to_owned();
        return draw(&site, &visit, &who, id, &fields, Some(why)).await;
    }
    let channels = site.live().map(|live| live.channels).unwrap_or_default();
    let typed = fields.clone();
    let done = as_staff(&site, &who, move |desk| match typed.get("do") {
        "move" => settle::move_item(desk, id, &moving(&typed)?).map(|_| "moved"),
        "answer" => {
            let writing = Writing {
                template: typed.get("template").to_owned(),
                words: typed.get("words").to_owned(),
                ..Writing::default()
            };
            outward::answer(desk, &channels, id, &writing).map(|_| "answered")
        }
        "allocate" => {
            inbox::allocate(desk, &[id], typed.get("to").parse::<StaffId>().ok()).map(|()| "allocated")
        }
        "signpost" => settle::signpost(desk, id, typed.get("place")).map(|()| "signposted"),
        "refer" => {
            settle::refer(desk, id, typed.get("place"), typed.get("agreed") == "yes").map(|()| "referred")
        }
        _ => {
            discard(typed.get("reason")).and_then(|why| settle::discard(desk, id, why)).map(|()| "discarded")
        }
    })
    .await
    .map_err(IntoResponse::into_response)?;
    match done.map_err(said) {
        Ok("answered") => Ok(visit.go(&format!("/staff/inbox/items/{id}"))),
        Ok(done) => Ok(visit.go(&format!("/staff/inbox?done={done}"))),
        Err(Ok(why)) => draw(&site, &visit, &who, id, &fields, Some(why)).await,
        Err(Err(e)) => Err(refusal(&visit, &e)),
    }
}

fn discard(reason: &str) -> Done<DiscardReason> {
    reason.parse().map_err(|_| ServiceError::Invalid("choose why it is thrown away".to_owned()))
}

fn moving(typed: &Fields) -> Done<Moving> {
    let keep = typed.all("keep").filter_map(|n| n.parse().ok()).collect();
    let target = target(typed)?;
    Ok(Moving { target, keep, summary: typed.get("summary").to_owned() })
}

fn target(typed: &Fields) -> Done<Target> {
    let unknown =
        || ServiceError::Invalid("choose where it goes: a case, a person, or someone new".to_owned());
    let chosen = typed.get("target");
    if let Some(case) = chosen.strip_prefix("case:") {
        return case.parse::<CaseId>().map(Target::Case).map_err(|_| unknown());
    }
    let issue = typed.get("issue").to_owned();
    let title = typed.get("title").to_owned();
    if !ISSUES.contains(&issue.as_str()) {
        return Err(ServiceError::Invalid("choose what the new case is about".to_owned()));
    }
    if let Some(person) = chosen.strip_prefix("person:") {
        let person: PersonId = person.parse().map_err(|_| unknown())?;
        return Ok(Target::Person { person, issue, title });
    }
    if chosen != "new" {
        return Err(unknown());
    }
    let named = typed.get("unnamed") != "yes";
    if named && typed.get("surname").is_empty() && typed.get("forenames").is_empty() {
        return Err(ServiceError::Invalid("give a name, or say that they stay unnamed".to_owned()));
    }
    let address = typed.get("address");
    let one = |yes: bool| if yes && !address.is_empty() { vec![address.to_owned()] } else { Vec::new() };
    let profile = Profile {
        forenames: if named { typed.get("forenames").to_owned() } else { String::new() },
        surname: if named { typed.get("surname").to_owned() } else { String::new() },
        emails: one(address.contains('@')),
        phones: one(!address.contains('@')),
        language: if typed.get("language") == "cy" { "cy".to_owned() } else { "en".to_owned() },
        contact_rules: typed.get("contact_rules").to_owned(),
        ..Profile::default()
    };
    let identity = if named { Identity::Named } else { Identity::Anonymous };
    let shares_contact = typed.get("shared") == "yes";
    Ok(Target::New { profile: Box::new(profile), identity, shares_contact, issue, title })
}
