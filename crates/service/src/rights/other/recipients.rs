//! Telling recipients of a correction, erasure or restriction, and tracking what they answer (Art 19 UK GDPR).

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::telling::{LADDER, Telling};
use counterfoil_domain::sharing::recipient::{Naming, naming};
use counterfoil_store::rights::other::lines::Line;
use counterfoil_store::rights::other::texts::TellingText;
use counterfoil_store::{Record, Terms};
use jiff::civil::Date;

use super::super::Desk;
use super::{asked_by, carried_out, lines, opened, said};
use crate::error::{Result, ServiceError};
use crate::register::keep;
use crate::sharing::entries_of;

/// The recipients of the register, as suggestions: id and name. Which of them received something about this person
/// is for the officer to say.
///
/// # Errors
/// A register that cannot be read.
pub fn suggested(desk: &Desk<'_>) -> Result<Vec<(String, String)>> {
    let register = keep::current(desk.store, desk.controller())?;
    let mut names: Vec<(String, String)> =
        register.iter().flat_map(|r| &r.part.recipient).map(|r| (r.id.clone(), r.name.clone())).collect();
    names.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(names)
}

/// Who must be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whom {
    /// The directory's entry; empty for a body that it does not have.
    pub entry: String,
    /// The body's own name, where the entry stands for several (`your landlord`); or the name of one that the
    /// directory does not have.
    pub name: String,
    /// Why it is none of the directory.
    pub unlisted_why: String,
}

/// Notes a recipient who must be told. The same recipient is noted once.
///
/// # Errors
/// [`ServiceError::Invalid`] for an entry that there is not, a name that the directory does not have without the
/// reason, or without what they are told; a refusal of the gate.
pub fn add(desk: &Desk<'_>, reference: &str, whom: &Whom, what: &str) -> Result<()> {
    let register = keep::current(desk.store, desk.controller())?;
    let entries = register.as_ref().map(entries_of).unwrap_or_default();
    let named = naming(&whom.entry, &whom.name, &whom.unlisted_why, &entries);
    let what = said(what, "say what the recipient is told")?;
    let own = whom.name.trim();
    let text = match named.map_err(|gap| ServiceError::Invalid(gap.reason))? {
        Naming::Entry(entry) => {
            let name = entries.iter().find(|(id, _)| *id == entry).map(|(_, name)| name.clone());
            let name =
                name.filter(|_| own.is_empty() || whom.entry.is_empty()).unwrap_or_else(|| own.to_owned());
            TellingText { recipient: name, entry, what, ..TellingText::default() }
        }
        Naming::Unlisted { name, why } => {
            TellingText { recipient: name, unlisted_why: why, what, ..TellingText::default() }
        }
    };
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        let known = tx.lines_of::<TellingText>(request)?;
        if known.iter().any(|l| l.text.recipient == text.recipient && l.text.entry == text.entry) {
            return Ok(());
        }
        let number = tx.add_line(request, Telling::ToTell.code(), None, &text)?;
        tx.mark_telling(request, number, text.entry.is_empty())
    })
}

/// The directory's entries to which something about the person of a request went, by the record of disclosures:
/// those who must hear of a correction, erasure or restriction (Art 19 UK GDPR). Ids, each once.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn received(desk: &Desk<'_>, reference: &str) -> Result<Vec<String>> {
    let Some(person) = opened(desk, reference)?.person else { return Ok(Vec::new()) };
    let terms = asked_by(reference, serde_json::Value::Null);
    let sent = desk.store.act(desk.who, Verb::RecordRead, Purpose::RightsRequest, |tx| {
        let permit = tx.permit(Record::Person, person, &terms)?;
        tx.disclosures_of(&permit)
    })?;
    let mut ids: Vec<String> = Vec::new();
    for disclosure in sent.into_iter().filter(|d| d.state == "sent") {
        if !disclosure.text.recipient.is_empty() && !ids.contains(&disclosure.text.recipient) {
            ids.push(disclosure.text.recipient);
        }
    }
    Ok(ids)
}

/// What happened with one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// They were told on a day.
    Told(Date),
    /// They were chased on a day.
    Chased(Date),
    /// They answered.
    Answered(Telling, String),
    /// It is impossible or disproportionate to tell them, for this reason.
    Impossible(String),
}

/// Records what happened with a recipient. Whoever does not answer is due to be chased.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown number, a day to come, or a step that does not fit; a refusal of the
/// gate.
pub fn step(desk: &Desk<'_>, reference: &str, number: i64, step: &Step) -> Result<()> {
    let today = desk.today()?;
    let mut line = lines::<TellingText>(desk, reference)?
        .into_iter()
        .find(|l| l.number == number)
        .ok_or_else(|| ServiceError::Invalid(format!("there is no recipient with the number {number}")))?;
    let (state, due) = take(&mut line, step, today)?;
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.move_line(request, &line, state.code(), due, false)
    })?;
    finish(desk, reference)
}

fn take(line: &mut Line<TellingText>, step: &Step, today: Date) -> Result<(Telling, Option<Date>)> {
    let state: Telling = line
        .state
        .parse()
        .map_err(|_| ServiceError::Invalid(format!("`{}` is not a state of a telling", line.state)))?;
    let text = &mut line.text;
    Ok(match step {
        Step::Told(on) => {
            text.asked_on = Some(past(*on, today)?);
            (Telling::Told, LADDER.next(*on, &[]))
        }
        Step::Chased(on) if state == Telling::Told => {
            text.chased_on.push(past(*on, today)?);
            let told = text.asked_on.unwrap_or(*on);
            (Telling::Told, LADDER.next(told, &text.chased_on))
        }
        Step::Chased(_) => {
            return Err(ServiceError::Invalid(
                "only a recipient who was told and has not answered is chased".to_owned(),
            ));
        }
        Step::Answered(answer, words) if answer.settled() && *answer != Telling::Impossible => {
            if text.asked_on.is_none() {
                return Err(ServiceError::Invalid("note first on which day they were told".to_owned()));
            }
            text.answer = words.trim().to_owned();
            (*answer, None)
        }
        Step::Answered(..) => {
            return Err(ServiceError::Invalid(
                "say what they answered: done, not-held or declined".to_owned(),
            ));
        }
        Step::Impossible(why) => {
            text.why = said(why, "say why it is impossible or disproportionate to tell them")?;
            (Telling::Impossible, None)
        }
    })
}

fn past(on: Date, today: Date) -> Result<Date> {
    if on > today {
        return Err(ServiceError::Invalid(format!(
            "`{on}` is in the future: record it when it has happened"
        )));
    }
    Ok(on)
}

/// A request that only asks for recipients to be told is carried out when the last of them has been.
fn finish(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    let told = lines::<TellingText>(desk, reference)?;
    let waits = told.iter().any(|l| l.state == Telling::ToTell.code());
    if request.right.parse() == Ok(Right::NotifyRecipients) && request.state == "decided" && !waits {
        carried_out(desk, reference, "every recipient has been told")?;
    }
    Ok(())
}
