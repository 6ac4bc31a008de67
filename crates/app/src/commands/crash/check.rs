//! What was acknowledged, compared with what is there.

use std::collections::HashMap;

use counterfoil_domain::ids::{ControllerId, PersonId};
use counterfoil_service::store::{Known, Store, Tallies};

use crate::out::CommandError;

/// What is known of one person from the acknowledged acts; all of it at least.
#[derive(Debug, Default)]
struct Acknowledged {
    version: i64,
    cases: i64,
    notes: i64,
    erased: bool,
}

/// The outside record of one installation.
#[derive(Debug, Default)]
pub struct Record {
    people: HashMap<PersonId, Acknowledged>,
    checkpoint: Option<Vec<u8>>,
    /// How many acts were acknowledged.
    pub acts: usize,
}

impl Record {
    /// Takes down one line of the writer.
    pub fn hear(&mut self, line: &str) -> Result<(), CommandError> {
        let odd = || CommandError::failed("crash", format!("the writer said `{line}`"));
        let (act, rest) = line.split_once(' ').ok_or_else(odd)?;
        self.acts += 1;
        if act == "checkpoint" {
            self.checkpoint = Some(rest.replace('|', "\n").into_bytes());
            return Ok(());
        }
        let (person, version) = rest.split_once(' ').unwrap_or((rest, "0"));
        let known = self.people.entry(person.parse().map_err(|_| odd())?).or_default();
        match act {
            "create" => known.version = 1,
            "update" => known.version = version.parse().map_err(|_| odd())?,
            "case" => known.cases += 1,
            "note" => known.notes += 1,
            "erase" => known.erased = true,
            _ => return Err(odd()),
        }
        Ok(())
    }

    /// Everything that is wrong with the installation, given this record.
    pub fn check(&self, store: &Store, controller: ControllerId) -> Result<Vec<String>, CommandError> {
        store.sequence_log()?;
        let tallies = store.tallies(controller)?;
        let mut wrong = Vec::new();
        for (person, known) in &self.people {
            self.compare(store, controller, (*person, known), &tallies, &mut wrong);
        }
        entries(&tallies, &mut wrong);
        let checkpoints =
            self.checkpoint.iter().map(|c| ("the last acknowledged".to_owned(), c.clone())).collect();
        let report = store.verify_log(controller, &Known { checkpoints, witnesses: Vec::new() })?;
        wrong.extend(report.problems.iter().map(|p| format!("log: {}: {}", p.place, p.what)));
        let health = store.health()?;
        wrong.extend(health.damage.iter().map(|d| format!("database: {d}")));
        if health.files_missing > 0 || health.keys_closed > 0 {
            wrong.push("a file is missing or a key does not open".to_owned());
        }
        Ok(wrong)
    }

    fn compare(
        &self,
        store: &Store,
        controller: ControllerId,
        (person, known): (PersonId, &Acknowledged),
        tallies: &Tallies,
        wrong: &mut Vec<String>,
    ) {
        match tallies.people.get(&person) {
            Some(_) if known.erased => wrong.push(format!("{person} was erased and is there")),
            Some(tally) => {
                let [_, _, cases, notes, _] = tally.rows;
                if tally.version < known.version || cases < known.cases || notes < known.notes {
                    wrong.push(format!("{person}: acknowledged {known:?}, found {tally:?}"));
                }
            }
            // Not acknowledged as erased: it may have been at the moment of death, but then wholly.
            None if tallies.erased.contains(&store.pseudonym_of(controller, person)) => {}
            None => wrong.push(format!("{person} was acknowledged and is lost")),
        }
    }
}

/// No change without its entry, no entry without its change, no half act.
fn entries(tallies: &Tallies, wrong: &mut Vec<String>) {
    for (person, tally) in &tallies.people {
        let [itself, identities, cases, notes, documents] = tally.rows;
        if itself != 1 || identities != 1 {
            wrong.push(format!("{person} is half there: {tally:?}"));
        }
        if tally.creations != itself + cases + notes + documents || tally.changes != tally.version - 1 {
            wrong.push(format!("{person}: rows and entries differ: {tally:?}"));
        }
    }
    if tallies.lost > 0 {
        wrong.push(format!("{} persons are in the log, and neither there nor erased", tallies.lost));
    }
    if tallies.erased != tallies.erasures_logged {
        wrong.push(format!(
            "{} erasures, {} in the log",
            tallies.erased.len(),
            tallies.erasures_logged.len()
        ));
    }
}
