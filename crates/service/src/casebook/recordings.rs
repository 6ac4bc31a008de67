//! Recordings of calls: a record type with its source, what the person was told, and a time of its own.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{DocumentId, PersonId};
use counterfoil_domain::intake::Told;
use counterfoil_domain::retention::filing::Standing;
use counterfoil_store::casebook::people::Person;
use counterfoil_store::casebook::recordings::Recording;
use counterfoil_store::{Record, Terms};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::Result;
use crate::register::keep::day_of;
use crate::retention::Schedule;
use crate::rights::Desk;

const FOR: counterfoil_domain::access::Purpose = counterfoil_domain::access::Purpose::ServiceDelivery;

/// A recording with its time.
#[derive(Debug, Clone)]
pub struct Timed {
    /// The recording.
    pub recording: Recording,
    /// On which day its time comes, or came; none when no rule is named or a hold keeps it.
    pub until: Option<Date>,
}

/// A person's recordings, and the rule that they are kept by.
#[derive(Debug, Clone)]
pub struct Recordings {
    /// Whose.
    pub person: Person,
    /// Oldest first.
    pub all: Vec<Timed>,
    /// The rule of the schedule in words, and whether a records manager has checked it; none without one.
    pub rule: Option<(String, bool)>,
}

/// The recordings of a person.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn of_person(desk: &Desk<'_>, person: PersonId) -> Result<Recordings> {
    let (person, recordings) = desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let whose = tx.read_person(person, &Terms::default())?;
        let permit = tx.permit(Record::Document(None), person, &Terms::default())?;
        Ok((whose, tx.recordings_of(&permit)?))
    })?;
    let schedule = Schedule::current(desk.store, desk.controller())?;
    let (held, on) = (person.legal_hold, day_of(desk.store.now())?);
    let timed = |recording: Recording| {
        let made = recording.facts.recorded_at.to_zoned(TimeZone::UTC).date();
        let answer = schedule.as_ref().and_then(|s| s.filing.of_recording(made, held, on));
        let until = answer.and_then(|a| match a.standing {
            Standing::Due(day) | Standing::NotYet(day) => Some(day),
            _ => None,
        });
        Timed { recording, until }
    };
    let rule = schedule.as_ref().and_then(|s| {
        let kept = s.register.retention(&s.filing.recording.as_ref()?.id)?;
        Some((format!("{}: {} ({})", kept.id, kept.says, kept.rule), kept.verified))
    });
    Ok(Recordings { person, all: recordings.into_iter().map(timed).collect(), rule })
}

/// Records whether the person of a recording was told.
///
/// # Errors
/// A refusal of the gate.
pub fn note_told(desk: &Desk<'_>, document: DocumentId, told: Told) -> Result<()> {
    Ok(desk
        .store
        .act(desk.who, Verb::RecordEdit, FOR, |tx| tx.note_told(document, told, &Terms::default()))?)
}
