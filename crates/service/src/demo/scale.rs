//! Many more invented people, to see how the product behaves with them: three cases each, two or three notes a case.

use counterfoil_store::access::Actor;

use super::book::{self, Book};
use super::{Made, Stage, unusable};
use crate::casebook::batch::{self, WholePerson};
use crate::casebook::{self, Protection};
use crate::error::Result;
use crate::rights::Desk;

/// How many people one act records.
const BATCH: usize = 50;

/// The numbers of these people begin here, so that nobody is somebody of the story.
const FIRST: usize = 100_000;

/// Records `people` more invented people, shared out among those who record people in the story.
///
/// # Errors
/// What the database answers, or a story that names nobody.
pub fn scale(stage: &Stage<'_>, made: &Made, template: &str, people: usize) -> Result<usize> {
    let book = book::read(template)?;
    let mut done = 0;
    while done < people {
        let size = BATCH.min(people - done);
        let share = book.workers.get(done / BATCH % book.workers.len().max(1));
        let by = share.ok_or_else(|| unusable("nobody records people"))?;
        let facts = stage.store.sign_in_facts(made.controller, &by.by)?;
        let staff = facts.ok_or_else(|| unusable("someone who is not on the staff"))?.staff;
        let who = Actor::Staff(stage.store.actor(made.controller, staff, true)?);
        let desk = Desk { store: stage.store, who: &who, calendar: stage.calendar, law: stage.law };
        batch::record(&desk, &some(&book, &who, stage.now, FIRST + done..FIRST + done + size)?)?;
        done += size;
        (stage.progress)("more people", done, people);
    }
    Ok(done)
}

fn some(
    book: &Book,
    who: &Actor,
    now: jiff::Timestamp,
    numbers: std::ops::Range<usize>,
) -> Result<Vec<WholePerson>> {
    let office = casebook::office_of(who).ok_or_else(|| unusable("an office"))?;
    Ok(numbers
        .map(|n| {
            let mut new = book.person(n, office);
            new.protection = Protection::Standard;
            let cases = (0..3).filter_map(|m| book.case(n + m, now)).collect();
            WholePerson { new, cases }
        })
        .collect())
}
