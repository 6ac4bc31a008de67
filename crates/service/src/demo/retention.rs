//! What is past its time in the demonstration: one run carried out with its certificate, one that waits for the
//! second person, one record under a legal hold.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_store::Terms;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Member, Teller, at, unusable};
use crate::casebook::{self, CaseText, Identity, NewPerson, NoteText, Profile, Protection, Recorded};
use crate::error::Result;
use crate::retention::holds::{self, Whose};
use crate::retention::{self, carry_out};

/// The story of one organisation's retention.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// Who proposes; made as an account when the rest of the story has no such person.
    records: Member,
    /// Who approves.
    second: String,
    /// The rule of the run that is carried out.
    carried_out: String,
    /// The rule of the run that waits.
    waiting: String,
    people: Vec<Past>,
}

/// Somebody from long ago.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Past {
    forenames: String,
    surname: String,
    born: Option<Date>,
    by: String,
    days_ago: i32,
    /// Their case; none for somebody who only asked.
    case: Option<PastCase>,
    /// Why their record is held.
    #[serde(default)]
    hold: String,
    #[serde(default)]
    matter: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PastCase {
    issue: String,
    title: String,
    note: String,
}

/// The part of the demonstration that lies before everything else, and what is left to do at its end.
pub(super) struct Retention {
    story: Story,
    held: Vec<(PersonId, String, String)>,
}

impl Retention {
    /// Tells what happened long ago. The log is in the order of the days, so it comes first.
    pub(super) fn begin(
        teller: &mut Teller<'_>,
        template: &str,
        made: &mut Vec<(Member, [u8; 20])>,
    ) -> Result<Self> {
        let text = match template {
            "council" => include_str!("../../../../organisations/council/demo-retention.toml"),
            _ => include_str!("../../../../organisations/advice-network/demo-retention.toml"),
        };
        let mut story: Story = toml::from_str(text).map_err(|_| unusable("its retention"))?;
        if !teller.staff.contains_key(&story.records.sign_in) {
            made.push(teller.member(&story.records)?);
        }
        story.people.sort_by_key(|p| std::cmp::Reverse(p.days_ago));
        let mut held = Vec::new();
        for past in &story.people {
            let person = tell(teller, past)?;
            if !past.hold.is_empty() {
                held.push((person, past.hold.clone(), past.matter.clone()));
            }
        }
        Ok(Self { story, held })
    }

    /// Tells what happens today.
    pub(super) fn end(&self, teller: &Teller<'_>) -> Result<()> {
        (teller.stage.set_clock)(teller.stage.now);
        let (records, second) =
            (teller.actor(&self.story.records.sign_in)?, teller.actor(&self.story.second)?);
        let desk = teller.desk(&records);
        for (person, reason, matter) in &self.held {
            holds::place(&desk, &Whose::Person(*person), reason, matter)?;
        }
        let run = retention::propose(&desk, &self.story.carried_out, None)?;
        retention::approve(&teller.desk(&second), &run.reference)?;
        carry_out(teller.stage.store, teller.controller, u32::MAX)?;
        retention::propose(&desk, &self.story.waiting, None)?;
        Ok(())
    }
}

fn tell(teller: &Teller<'_>, past: &Past) -> Result<PersonId> {
    (teller.stage.set_clock)(at(teller.stage.now, past.days_ago)?);
    let (store, who) = (teller.stage.store, teller.actor(&past.by)?);
    let profile = Profile {
        forenames: past.forenames.clone(),
        surname: past.surname.clone(),
        born: past.born,
        ..Profile::default()
    };
    let new = NewPerson {
        office: casebook::office_of(&who).ok_or_else(|| unusable("nobody recorded a person"))?,
        identity: Identity::Named,
        protection: Protection::Standard,
        profile: super::from_themselves(profile, crate::rights::today_at(store)?),
        shares_contact: false,
    };
    let (Recorded::New(person) | Recorded::Known(person)) =
        casebook::record_person(store, &who, Purpose::ServiceDelivery, &new)?;
    if let Some(told) = &past.case {
        let text = CaseText { title: told.title.clone(), question: String::new() };
        let case = casebook::open_case(store, &who, person, &told.issue, &text)?;
        let note = NoteText { text: told.note.clone(), source: "call".to_owned(), ..NoteText::default() };
        casebook::write_note(store, &who, case, &note)?;
        store.act(&who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
            tx.close_case(case, &Terms::default())
        })?;
    }
    Ok(person)
}
