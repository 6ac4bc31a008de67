//! Everything that is done in the workbench, as plain forms: each names what it does, and leads back to the page
//! that it came from.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::ServiceError;
use counterfoil_service::rights::{self, CastMember, Choice, Desk, Fate, Ground, Spot, UsedGround};
use counterfoil_service::sign_in::SignedIn;

use super::list::ListView;
use super::page::{PageView, address};
use super::withhold::{self, WithholdView};
use super::{LookView, ask, reference};
use crate::forms::{Fields, Posted};
use crate::pages::requests::refusal;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_not_found};
use crate::visit::Visit;

/// `POST /staff/requests/{reference}/review/act`
pub(super) async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    if !fresh {
        let why = "the page was open for too long: nothing was changed, try again".to_owned();
        return again(&site, &visit, &who, reference, &fields, why).await;
    }
    let wants_test = fields.get("fate") == "withhold" || is_always_withheld(&fields);
    if wants_test && fields.get("go") != "decide" && fields.get("ground").is_empty() {
        let view = WithholdView::asked(&reference, &fields);
        return Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view));
    }
    let (of, kept) = (reference.clone(), fields.clone());
    let done = as_staff(&site, &who, move |desk| perform(desk, &of, &kept)).await;
    match done.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(visit.go(&back(&reference, &fields))),
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(&visit, &error)),
        Err(error) if wants_test && fields.get("go") == "decide" => {
            let view = WithholdView::refused(&reference, &fields, error.to_string());
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(&site), &view))
        }
        Err(error) => again(&site, &visit, &who, reference, &fields, error.to_string()).await,
    }
}

/// Whether what a form asks for can only be to withhold.
fn is_always_withheld(fields: &Fields) -> bool {
    matches!(fields.get("do"), "area" | "span")
}

/// Where a form leads when it is done.
fn back(reference: &str, fields: &Fields) -> String {
    let root = format!("/staff/requests/{reference}/review");
    match (fields.get("back"), fields.get("item").parse(), fields.get("page").parse()) {
        ("decisions", ..) => format!("{root}/decisions"),
        ("list", ..) => root,
        (_, Ok(item), Ok(page)) => address(reference, item, page, fields.get("way")),
        _ => root,
    }
}

/// The page that the form came from, with why it was not done and what was typed.
async fn again(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    reference: String,
    fields: &Fields,
    why: String,
) -> Result<Response, Response> {
    let page = visit.page(site);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if fields.get("back") == "decisions" {
        let look = ask(site, visit, who, {
            let reference = reference.clone();
            move |desk| rights::second_look(desk, &reference)
        });
        let view = LookView::new(&reference, look.await?).with_refusal(why);
        return Ok(site.respond(visit, status, &page, &view));
    }
    if let (Ok(item), Ok(number), "") =
        (fields.get("item").parse(), fields.get("page").parse(), fields.get("back"))
    {
        let turned =
            ask(site, visit, who, move |desk| rights::turn_to(desk, &reference, item, number)).await?;
        let typed: BTreeMap<String, String> =
            fields.kept().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let view = PageView::new(turned, fields.get("way")).with_refusal(why, typed);
        return Ok(site.respond(visit, status, &page, &view));
    }
    let view = ask(site, visit, who, move |desk| {
        Ok(ListView::new(rights::bench(desk, &reference)?, "", rights::used_grounds(desk, &reference)?))
    });
    let view = view.await?.with_refusal(why);
    Ok(site.respond(visit, status, &page, &view))
}

fn incomplete(what: &str) -> ServiceError {
    ServiceError::Invalid(format!("the form is not complete: {what}"))
}

/// Does what the form asks for.
fn perform(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<(), ServiceError> {
    match fields.get("do") {
        "undo" => {
            let number = fields.get("number").parse().map_err(|_| incomplete("which decision"))?;
            rights::undo(desk, reference, number)
        }
        "note" => {
            rights::note(desk, reference, number(fields, "item"), number(fields, "page"), fields.get("text"))
        }
        "check" => {
            let decision = fields.get("number").parse().map_err(|_| incomplete("which decision"))?;
            rights::check_decision(desk, reference, decision, fields.get("result") == "agreed")
        }
        _ => {
            let ground = ground(desk, reference, fields)?;
            rights::decide(desk, reference, &choice(desk, reference, fields, ground)?).map(|_| ())
        }
    }
}

fn number(fields: &Fields, name: &str) -> i64 {
    fields.get(name).parse().unwrap_or(0)
}

/// The ground of a form: recorded anew, or one that was recorded before for this request.
fn ground(desk: &Desk<'_>, reference: &str, fields: &Fields) -> Result<Ground, ServiceError> {
    let known = fields.get("known") == "yes";
    let reason = fields.get("reason").to_owned();
    let withholds = fields.get("fate") == "withhold" || is_always_withheld(fields);
    if !withholds {
        return Ok(Ground { reason, known, ..Ground::default() });
    }
    if fields.get("go") == "decide" {
        let answers = withhold::answers(fields);
        return Ok(Ground { code: fields.get("code").to_owned(), reason, answers, known });
    }
    let of = fields.get("ground").parse::<i64>().map_err(|_| incomplete("on which ground"))?;
    let used = rights::used_grounds(desk, reference)?;
    let UsedGround { code, reason: before, answers, .. } =
        used.into_iter().find(|g| g.number == of).ok_or_else(|| incomplete("on which ground"))?;
    // Words typed for following a suggestion to release are no reason to withhold.
    Ok(Ground { code, reason: before, answers, known })
}

fn fate(fields: &Fields) -> Result<Fate, ServiceError> {
    match fields.get("fate") {
        "release" => Ok(Fate::Release),
        "withhold" => Ok(Fate::Withhold),
        "not-theirs" => Ok(Fate::NotTheirs),
        _ => Err(incomplete("whether it is released or withheld")),
    }
}

fn choice(desk: &Desk<'_>, reference: &str, fields: &Fields, ground: Ground) -> Result<Choice, ServiceError> {
    let item = || fields.get("item").parse::<i64>().map_err(|_| incomplete("which item"));
    let part = || rights::part_from(fields.get("part")).ok_or_else(|| incomplete("which file"));
    let part_page = || fields.get("part-page").parse::<usize>().map_err(|_| incomplete("which page"));
    Ok(match fields.get("do") {
        "person" => {
            let who = fields.get("who").to_owned();
            let member = member(desk, reference, fields, &who)?;
            Choice::Person { member, fate: fate(fields)?, ground, who }
        }
        "others" => Choice::Others { fate: fate(fields)?, ground },
        "item" => Choice::Item { number: item()?, fate: fate(fields)?, ground },
        "passage" => {
            let text = fields.get("text").to_owned();
            if text.chars().count() < 2 {
                return Err(ServiceError::Invalid(
                    "type the passage as it stands on the page, two characters or more".to_owned(),
                ));
            }
            let number = if fields.get("everywhere") == "yes" { 0 } else { item()? };
            Choice::Passage { number, text, fate: fate(fields)?, ground }
        }
        "mention" => {
            let place = Spot::from_text(fields.get("place")).ok_or_else(|| incomplete("which mention"))?;
            let text = fields.exact("text").to_owned();
            Choice::Mention { number: item()?, place, text, fate: fate(fields)?, ground }
        }
        "page" => {
            let page = Some(part_page()?);
            Choice::Page { number: item()?, part: part()?, page, fate: fate(fields)?, ground }
        }
        "file" => Choice::Page { number: item()?, part: part()?, page: None, fate: fate(fields)?, ground },
        "area" => {
            let area = area(fields)?;
            Choice::Area { number: item()?, part: part()?, page: part_page()?, area, ground }
        }
        "region" | "span" => seen(item()?, fields, ground)?,
        "same" => {
            let (first, second) = (fields.get("who").to_owned(), fields.get("other").to_owned());
            if first.is_empty() || second.is_empty() || first == second {
                return Err(ServiceError::Invalid("choose who is the same person".to_owned()));
            }
            Choice::Same { first, second, ground }
        }
        "apart" => {
            let forms: Vec<String> =
                fields.kept().filter(|(k, _)| *k == "form").map(|(_, v)| v.to_owned()).collect();
            if forms.is_empty() {
                return Err(ServiceError::Invalid(
                    "tick the names and numbers that are somebody else's".to_owned(),
                ));
            }
            Choice::Apart { who: fields.get("who").to_owned(), forms, ground }
        }
        _ => return Err(incomplete("what to do")),
    })
}

/// A decision about a recorded region, or about a span of a recording.
fn seen(number: i64, fields: &Fields, ground: Ground) -> Result<Choice, ServiceError> {
    if fields.get("do") == "span" {
        let (from_ms, until_ms) = (moment(fields, "from")?, moment(fields, "until")?);
        return Ok(Choice::Span { number, from_ms, until_ms, ground });
    }
    let region = fields.get("region").parse().map_err(|_| incomplete("which region"))?;
    let label = fields.exact("text").to_owned();
    Ok(Choice::Region { number, region, label, fate: fate(fields)?, ground })
}

/// The person of a form: one of the review, perhaps with a name more, or somebody new.
fn member(desk: &Desk<'_>, reference: &str, fields: &Fields, who: &str) -> Result<CastMember, ServiceError> {
    let role = if fields.get("role").is_empty() { "third-party" } else { fields.get("role") };
    let name = if who.is_empty() {
        fields.get("name").to_owned()
    } else {
        let bench = rights::bench(desk, reference)?;
        let known = bench.people.into_iter().find(|p| p.key == who);
        known.ok_or_else(|| incomplete("which person"))?.name
    };
    if !name.chars().any(char::is_alphabetic) {
        return Err(ServiceError::Invalid("give the person's whole name".to_owned()));
    }
    let mut member = CastMember::named(&name, role);
    fields.get("also").split([',', ';', '\n']).for_each(|form| member.also(form));
    Ok(member)
}

/// A moment of a recording: seconds, or minutes and seconds with a colon between.
fn moment(fields: &Fields, name: &str) -> Result<u64, ServiceError> {
    let read = |text: &str| {
        let (minutes, seconds) = text.split_once(':').unwrap_or(("0", text));
        let (minutes, seconds): (u32, f64) = (minutes.trim().parse().ok()?, seconds.trim().parse().ok()?);
        let fits = seconds.is_finite() && (0.0..=360_000.0).contains(&seconds);
        fits.then(|| u64::from(minutes) * 60_000 + (seconds * 1000.0).round() as u64)
    };
    read(fields.get(name)).ok_or_else(|| {
        ServiceError::Invalid(
            "give from when to when in seconds, or as minutes and seconds such as `1:04.5`".into(),
        )
    })
}

/// A box in points, from its corners as they were drawn or typed.
fn area(fields: &Fields) -> Result<[u32; 4], ServiceError> {
    let tenths = |name: &str| {
        let points: f64 = fields.get(name).parse().ok()?;
        let fits = points.is_finite() && (0.0..=20_000.0).contains(&points);
        // Rounded outward would be kinder to what is to be covered; a tenth of a point is nothing to see.
        fits.then(|| (points * 10.0).round() as u32)
    };
    let corners = [tenths("x0"), tenths("y0"), tenths("x1"), tenths("y1")];
    match corners {
        [Some(x0), Some(y0), Some(x1), Some(y1)] if x0 < x1 && y0 < y1 => Ok([x0, y0, x1, y1]),
        _ => Err(ServiceError::Invalid(
            "give the box by its left, top, right and bottom edge in points, each a number".to_owned(),
        )),
    }
}
