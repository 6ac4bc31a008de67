//! Reminders: the ladder is data, each step is taken once, and what is the officer's own task is left to them.

use std::collections::BTreeSet;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{ControllerId, StaffId};
use counterfoil_domain::rights::chase::{Rung, Step, due_step, next_day};
use counterfoil_store::access::Actor;
use counterfoil_store::rights::colleague::SourceQuestion;
use counterfoil_store::{Store, StoreError, Terms};
use jiff::civil::Date;
use serde::Deserialize;

use super::words::Words;
use super::{AskedColleague, takes_answers};
use crate::error::{Result, ServiceError};
use crate::letters::{Language, Letter, Piece, Sending, Way, long_date, send};
use crate::rights::{Desk, today_at};

const LADDER: &str = include_str!("../../../../../content/chase.toml");

#[derive(Deserialize)]
struct Ladder {
    step: Vec<LadderStep>,
}

#[derive(Deserialize)]
struct LadderStep {
    days: i32,
    to: String,
}

/// The ladder of reminders.
pub(super) fn ladder() -> Result<Vec<Step>> {
    let trouble =
        |why: String| ServiceError::Invalid(format!("the ladder of reminders cannot be used: {why}"));
    let ladder: Ladder = toml::from_str(LADDER).map_err(|e| trouble(e.message().to_owned()))?;
    let step = |s: &LadderStep| {
        let to: Rung = s.to.parse().map_err(|_| trouble(format!("`{}` is nobody to turn to", s.to)))?;
        Ok(Step { days: s.days, to })
    };
    ladder.step.iter().map(step).collect()
}

pub(super) fn shown(question: &SourceQuestion, ladder: &[Step], today: Date) -> AskedColleague {
    let taken = usize::try_from(question.chased).unwrap_or(0);
    let step = due_step(ladder, taken, question.due_on, today);
    AskedColleague {
        name: question.text.name.clone(),
        due_on: question.due_on,
        chased: question.chased,
        step: step.map_or("", |s| s.to.code()).to_owned(),
        next: next_day(ladder, taken, question.due_on),
    }
}

/// A question whose next reminder is due.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ToChase {
    /// The request's reference.
    pub reference: String,
    /// The source.
    pub source: String,
    /// The colleague and the step.
    pub asked: AskedColleague,
    /// Who asked.
    #[serde(skip)]
    pub by: Option<StaffId>,
}

/// The questions whose next reminder is due, of the requests that the actor may open and that still take answers;
/// those of one request alone when it is named.
///
/// # Errors
/// What the store answers.
pub fn to_chase(desk: &Desk<'_>, only: Option<&str>) -> Result<Vec<ToChase>> {
    let (ladder, today) = (ladder()?, desk.today()?);
    let found = desk.store.act(desk.who, Verb::RequestRead, Purpose::RightsRequest, |tx| {
        let mut found = Vec::new();
        let asked = tx.requests_with_questions()?;
        for reference in asked.iter().filter(|r| only.is_none_or(|only| only == *r)) {
            let id = tx.request_by_reference(reference)?;
            match tx.open_request(id, &Terms::default()) {
                Ok(request) if takes_answers(&request) => {
                    let open = tx.questions_of(&request)?.into_iter().filter(|q| q.state == "asked");
                    found.extend(open.map(|q| (reference.clone(), q)));
                }
                Ok(_) | Err(StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(found)
    })?;
    let line = |(reference, q): (String, SourceQuestion)| {
        let asked = shown(&q, &ladder, today);
        (!asked.step.is_empty()).then_some(ToChase { reference, source: q.source, asked, by: q.asked_by })
    };
    Ok(found.into_iter().filter_map(line).collect())
}

/// Reminds everyone whose next reminder is due by e-mail; what is the officer's own task is left for them. Gives
/// how many were reminded. The link is not repeated: only its hash is kept.
///
/// # Errors
/// What the outbox or the store answers.
pub fn chase(desk: &Desk<'_>, only: Option<&str>) -> Result<usize> {
    let due = to_chase(desk, only)?;
    let mine = due.iter().filter(|line| line.asked.step == Rung::Colleague.code());
    let mut reminded = 0;
    for line in mine {
        reminded += usize::from(remind(desk, line)?);
    }
    Ok(reminded)
}

fn remind(desk: &Desk<'_>, line: &ToChase) -> Result<bool> {
    let open = |q: &SourceQuestion| q.source == line.source && q.state == "asked";
    let question = desk.on_request(Verb::RequestReview, &line.reference, &Terms::default(), |tx, r| {
        Ok(tx.questions_of(r)?.into_iter().find(open))
    })?;
    let Some(question) = question else { return Ok(false) };
    let sending = Sending { way: Way::Email, to: question.text.email.clone() };
    send(desk, &line.reference, &reminder(&line.reference, &line.source, question.due_on)?, &sending)?;
    desk.on_request(Verb::RequestReview, &line.reference, &Terms::default(), |tx, _| {
        tx.note_chased(&question)
    })?;
    Ok(true)
}

/// The round of reminders, for the worker: each goes out as an act of whoever asked. Gives how many were reminded.
///
/// # Errors
/// What the store answers; a question of somebody who has left is skipped, and waits on the desk.
pub fn chase_for_everyone(
    store: &Store,
    controller: ControllerId,
    calendar: &Calendar,
    law: &ClockConfig,
) -> Result<usize> {
    let ladder = ladder()?;
    let today = today_at(store)?;
    // Looking does not open a request: only what is due is opened, and so logged.
    let due = store.open_questions(controller)?.into_iter().filter(|(_, due_on, chased)| {
        let step = due_step(&ladder, usize::try_from(*chased).unwrap_or(0), *due_on, today);
        step.is_some_and(|s| s.to == Rung::Colleague)
    });
    let askers: BTreeSet<StaffId> = due.map(|(staff, ..)| staff).collect();
    let mut reminded = 0;
    for staff in askers {
        let Ok(actor) = store.actor(controller, staff, true) else { continue };
        let who = Actor::Staff(actor);
        let desk = Desk { store, who: &who, calendar, law };
        let due = to_chase(&desk, None)?;
        let own = due.iter().filter(|l| l.by == Some(staff) && l.asked.step == Rung::Colleague.code());
        for line in own {
            reminded += usize::from(remind(&desk, line)?);
        }
    }
    Ok(reminded)
}

/// Notes that the officer did their own step: rang, or asked somebody else.
///
/// # Errors
/// [`StoreError::NotFound`] when nobody is asked; a refusal of the gate.
pub fn chased_by_hand(desk: &Desk<'_>, reference: &str, source: &str) -> Result<()> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let questions = tx.questions_of(request)?;
        let open = questions.iter().find(|q| q.source == source && q.state == "asked");
        tx.note_chased(
            open.ok_or_else(|| StoreError::Invalid("nobody is asked about this source now".to_owned()))?,
        )
    })
}

fn reminder(reference: &str, source: &str, due: Date) -> Result<Letter> {
    let words = Words::of(Language::En)?.reminder;
    let due = long_date(due, Language::En);
    let say = |text: &str| {
        text.replace("{source}", source).replace("{reference}", reference).replace("{due}", &due)
    };
    Ok(Letter {
        kind: "source-reminder".to_owned(),
        language: "en".to_owned(),
        subject: say(&words.subject),
        title: say(&words.title),
        said: String::new(),
        body: words.paragraphs.iter().map(|p| Piece::Paragraph(say(p))).collect(),
        event: (String::new(), String::new()),
        answerable: None,
    })
}
