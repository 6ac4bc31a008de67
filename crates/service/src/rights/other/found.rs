//! What the search of an access request finds of the other rights: statements, stopped uses, restrictions, decisions
//! by computer, and the files of complaints.

use counterfoil_domain::rights::Condition;
use counterfoil_store::casebook::people::Person;
use counterfoil_store::rights::other::people::{Held, Statement};
use counterfoil_store::rights::other::texts::{AutomatedText, RestrictionText, StopText};
use counterfoil_store::{Record, Terms, Tx};

use super::Stored;

/// Name and text of each.
pub(crate) fn of_person(
    tx: &mut Tx<'_>,
    person: &Person,
    others: &[&Statement],
    terms: &Terms,
) -> Stored<Vec<(String, String)>> {
    let permit = tx.permit(Record::Person, person.id, terms)?;
    let mut found: Vec<(String, String)> = person
        .statements
        .iter()
        .chain(others.iter().copied())
        .map(|s| (format!("Your statement of {}", s.on), format!("Your statement of {}\n\n{}", s.on, s.text)))
        .collect();
    found.extend(tx.held::<StopText>(&permit)?.iter().map(stop));
    found.extend(tx.held::<RestrictionText>(&permit)?.iter().map(restriction));
    found.extend(tx.held::<AutomatedText>(&permit)?.iter().map(automated));
    for id in tx.complaints_of(person.id)? {
        let file = tx.open_complaint_file(id, terms)?;
        for note in tx.complaint_notes(&file)? {
            let day = note.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let name = format!("Complaint file: note of {day}");
            found.push((name.clone(), format!("{name}\n\n{}", note.text.text)));
        }
    }
    Ok(found)
}

fn stop(held: &Held<StopText>) -> (String, String) {
    let name = format!("Stopped use of {}", held.since);
    let text = format!(
        "{name}\nCause: {}\nState: {}\nPurposes: {}\n\n{}",
        held.text.cause, held.state, held.about, held.text.grounds
    );
    (name, text)
}

fn restriction(held: &Held<RestrictionText>) -> (String, String) {
    let name = format!("Restriction of {}", held.since);
    let ground =
        held.about.parse::<Condition>().map_or_else(|_| held.about.clone(), |c| c.label().to_owned());
    (name.clone(), format!("{name}\nGround: {ground}\nState: {}\n\n{}", held.state, held.text.reason))
}

fn automated(held: &Held<AutomatedText>) -> (String, String) {
    let name = format!("Decision by computer of {}", held.since);
    let t = &held.text;
    let text = format!(
        "{name}\nWhat went in: {}\nHow it was worked out: {}\nWhat came out: {}\nWhat followed: {}\n\nWhat you said: \
         {}\nWhat a person found: {}",
        t.inputs, t.logic, t.outcome, t.effect, t.representations, t.review
    );
    (name, text)
}
