//! The casebook of a demonstration: many invented people with cases at every stage, a partnership, hand-overs,
//! grants and odd accesses that wait for their reviewer.

use counterfoil_domain::access::{Purpose, ReasonCode};
use counterfoil_domain::casebook::adherence::Adherence;
use counterfoil_domain::casebook::note::NoteParts;
use counterfoil_domain::casebook::words::EntryState;
use counterfoil_domain::ids::{CaseId, PersonId, StaffId};
use counterfoil_store::access::Actor;
use counterfoil_store::casebook::entries::{EntryText, NewEntryOfCase};
use counterfoil_store::casebook::joint::JointText;
use counterfoil_store::casebook::people::{Address, ContactRules, NewPerson, Profile};
use jiff::{SignedDuration, ToSpan};
use serde::Deserialize;

use super::{Teller, unusable};
use crate::casebook::batch::{self, WholeCase, WholePerson};
use crate::casebook::reason::{self, Asking};
use crate::casebook::work;
use crate::casebook::{self, CaseText, Identity, NoteText, Protection, people};
use crate::error::Result;
use crate::network::{self, NewPartnership};

/// What the people of a demonstration are made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Book {
    pub(super) forenames: Vec<String>,
    pub(super) surnames: Vec<String>,
    pub(super) streets: Vec<String>,
    town: String,
    postcode: String,
    /// Who records how many, by sign-in name.
    workers: Vec<Share>,
    pub(super) matters: Vec<Matter>,
    /// Who runs the network, by sign-in name.
    administrator: String,
    /// Two offices that work together, and the reference.
    #[serde(default)]
    partnership: Option<Together>,
    /// Who opens what without a reason, by sign-in name.
    #[serde(default)]
    curious: Vec<String>,
    /// Who asks for access to a person of the story, by sign-in name and the person's key.
    #[serde(default)]
    asks: Vec<Ask>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    by: String,
    people: usize,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matter {
    pub(super) issue: String,
    pub(super) title: String,
    pub(super) question: String,
    pub(super) advice: String,
    source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    offices: [String; 2],
    reference: String,
    about: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    by: String,
    person: String,
    reason: String,
    #[serde(default)]
    evidence: String,
    words: String,
}

pub(super) fn read(template: &str) -> Result<Book> {
    let text = match template {
        "council" => include_str!("../../../../organisations/council/demo-book.toml"),
        _ => include_str!("../../../../organisations/advice-network/demo-book.toml"),
    };
    toml::from_str(text).map_err(|_| unusable("its casebook"))
}

/// One of a list, by a number that walks through it.
fn pick(list: &[String], n: usize) -> String {
    list.get(n % list.len().max(1)).cloned().unwrap_or_default()
}

/// What the casebook tells of one day.
pub(super) enum Chapter {
    /// Offices adhere to the network's agreement; two are partners.
    Network,
    /// These people come, to this adviser.
    People { by: String, numbers: std::ops::Range<usize> },
    /// Some cases come to their end.
    Endings,
    /// Another office asks; somebody is curious.
    Asking,
    /// People come, a case is worked on together.
    Today,
}

impl Book {
    /// The chapters with their days ago.
    pub(super) fn chapters(&self) -> Vec<(i32, Chapter)> {
        let mut all =
            vec![(2, Chapter::Network), (4, Chapter::Endings), (1, Chapter::Asking), (0, Chapter::Today)];
        let mut first = 0;
        for share in &self.workers {
            for from in (0..share.people).step_by(BATCH) {
                let numbers = first + from..first + (from + BATCH).min(share.people);
                let days_ago = 200 - i32::try_from(numbers.start % 195).unwrap_or(0);
                all.push((days_ago, Chapter::People { by: share.by.clone(), numbers }));
            }
            first += share.people;
        }
        all
    }

    /// The person with this number; every sixteenth has no name, every twentieth is under extra protection.
    pub(super) fn person(
        &self,
        n: usize,
        office: counterfoil_domain::ids::OfficeId,
        on: jiff::civil::Date,
    ) -> NewPerson {
        let identity = if n % 16 == 7 { Identity::Anonymous } else { Identity::Named };
        let protection = if n % 20 == 11 { Protection::Extra } else { Protection::Standard };
        let profile = if identity == Identity::Named { self.profile(n) } else { Profile::default() };
        let profile = super::from_themselves(profile, on);
        NewPerson { office, identity, protection, profile, shares_contact: false }
    }

    fn profile(&self, n: usize) -> Profile {
        let (forenames, surname) =
            (pick(&self.forenames, n * 7 + n / 13), pick(&self.surnames, n * 5 + n / 7));
        let day = |of: usize, from: usize| i8::try_from(from + n % of).unwrap_or(1);
        let born =
            jiff::civil::Date::new(1942 + i16::try_from(n * 11 % 62).unwrap_or(0), day(12, 1), day(28, 1))
                .ok();
        let address = Address {
            lines: vec![format!("{} {}", n % 90 + 1, pick(&self.streets, n)), self.town.clone()],
            postcode: self.postcode.clone(),
            ..Address::default()
        };
        let contact = ContactRules {
            call: if n % 9 == 4 { "no" } else { "yes" }.to_owned(),
            voicemail: if n.is_multiple_of(3) { "no" } else { "" }.to_owned(),
            text: "yes".to_owned(),
            ..ContactRules::default()
        };
        Profile {
            emails: vec![format!("{}.{}.{n}@mail.example", forenames.to_lowercase(), surname.to_lowercase())],
            phones: vec![format!("07700 9{n:05}")],
            forenames,
            surname,
            born,
            addresses: vec![address],
            contact,
            language: "en".to_owned(),
            ..Profile::default()
        }
    }

    fn case(&self, n: usize, now: jiff::Timestamp, worker: Option<StaffId>) -> Option<WholeCase> {
        let matter = self.matters.get(n % self.matters.len().max(1))?;
        let first = NoteParts {
            question: matter.question.clone(),
            capability: "Reads and writes well; no computer at home.".to_owned(),
            advice: matter.advice.clone(),
            source: matter.source.clone(),
            next_steps: "We write; the client brings the letters.".to_owned(),
            ..NoteParts::default()
        };
        let mut notes =
            vec![NoteText { text: first.compose(), source: "the client".to_owned(), ..NoteText::default() }];
        if !n.is_multiple_of(3) {
            let text = "Rang to say that the letter came; brings it on Thursday.".to_owned();
            notes.push(NoteText { text, source: "telephone call".to_owned(), ..NoteText::default() });
        }
        let due = now + SignedDuration::from_hours(24 * (i64::try_from(n % 15).unwrap_or(0) - 4));
        let entry =
            |text, starts_at| NewEntryOfCase { case: None, staff: None, starts_at, ends_at: None, text };
        let mut entries = Vec::new();
        if n % 4 == 1 {
            entries.push(entry(
                EntryText::Task { what: "Ring the client about the answer".to_owned() },
                Some(due),
            ));
        }
        if n % 11 == 3 {
            let [title, location, custodian] =
                ["Papers before 2020", "Archive room, shelf 4", "The office manager"].map(str::to_owned);
            entries.push(entry(EntryText::Paper { title, location, custodian }, None));
        }
        if n % 5 == 2 {
            let pence = i64::try_from(n % 40).ok().map(|n| n * 8_500);
            let what = "Paid after the second letter".to_owned();
            entries.push(entry(EntryText::Outcome { code: "income".to_owned(), pence, what }, None));
        }
        let text = CaseText { title: matter.title.clone(), question: matter.question.clone() };
        let worker = worker.filter(|_| !n.is_multiple_of(4));
        Some(WholeCase { issue: matter.issue.clone(), text, notes, entries, worker, closed: false })
    }
}

/// How many people one act records: enough to be quick, few enough for days to differ.
const BATCH: usize = 10;

impl Teller<'_> {
    /// Tells a chapter of the casebook, at the moment that it is.
    pub(super) fn chapter(&mut self, book: &Book, chapter: &Chapter) -> Result<()> {
        match chapter {
            Chapter::Network => self.network(book),
            Chapter::People { by, numbers } => {
                let made = self.some(book, by, numbers.clone())?;
                self.crowd.extend(made);
                Ok(())
            }
            Chapter::Endings => self.endings(),
            Chapter::Asking => self.between_offices(book),
            Chapter::Today => self.today(book),
        }
    }

    fn network(&self, book: &Book) -> Result<()> {
        let who = self.actor(&book.administrator)?;
        let desk = self.desk(&who);
        let today = self.day(0)?;
        let ago = |days: i32| today.checked_sub(days.days()).map_err(|_| unusable("a day"));
        let register = crate::register::keep::current(self.stage.store, self.controller)?;
        let (in_force, _) = network::agreement_in_force(register.as_ref());
        let agreement = if in_force.is_empty() { "internal".to_owned() } else { in_force };
        for office in self.stage.store.offices(self.controller)? {
            let office = office.id;
            let dates = Adherence {
                agreement: agreement.clone(),
                signed_on: ago(200)?,
                training_on: ago(60)?,
                reviewed_on: ago(90)?,
                next_review: today.checked_add(275.days()).map_err(|_| unusable("a day"))?,
            };
            network::record_adherence(&desk, office, &dates)?;
        }
        if let Some(together) = &book.partnership {
            let [a, b] = &together.offices;
            let office =
                |name: &str| crate::installation::office_named(self.stage.store, self.controller, name);
            let new = NewPartnership {
                offices: (office(a)?, office(b)?),
                reference: together.reference.clone(),
                about: together.about.clone(),
                from: ago(100)?,
                until: today.checked_add(265.days()).map_err(|_| unusable("a day"))?,
            };
            network::add_partnership(&desk, &new)?;
        }
        Ok(())
    }

    fn some(
        &self,
        book: &Book,
        by: &str,
        numbers: std::ops::Range<usize>,
    ) -> Result<Vec<(PersonId, Vec<CaseId>, String)>> {
        let who = self.actor(by)?;
        let office = casebook::office_of(&who).ok_or_else(|| unusable("an office"))?;
        // An adviser who is not cleared records nobody under extra protection.
        let cleared =
            who.staff().is_some_and(|s| s.roles.contains(counterfoil_domain::access::Role::Supervisor));
        let on = crate::rights::today_at(self.stage.store)?;
        let people: Vec<WholePerson> = numbers
            .map(|n| {
                let mut new = book.person(n, office, on);
                if !cleared {
                    new.protection = Protection::Standard;
                }
                let me = who.staff().map(|s| s.staff);
                WholePerson { new, cases: book.case(n, self.stage.now, me).into_iter().collect() }
            })
            .collect();
        let made = batch::record(&self.desk(&who), &people)?;
        Ok(made.into_iter().map(|(person, cases)| (person, cases, by.to_owned())).collect())
    }

    /// Some cases have come to their end, some wait for somebody.
    fn endings(&self) -> Result<()> {
        for (n, (_, cases, by)) in self.crowd.iter().enumerate().filter(|(n, _)| n % 5 == 2 && n % 4 != 1) {
            let who = self.actor(by)?;
            if let Some(case) = cases.first().filter(|_| !n.is_multiple_of(3)) {
                work::close_case(&self.desk(&who), *case)?;
            }
        }
        Ok(())
    }

    /// Another office asks, somebody is curious.
    fn between_offices(&self, book: &Book) -> Result<()> {
        for ask in &book.asks {
            let who = self.actor(&ask.by)?;
            let desk = self.desk(&who);
            let person = self.person_of(&ask.person)?;
            let reason: ReasonCode = ask.reason.parse().map_err(|_| unusable("a reason"))?;
            let (words, evidence) = (ask.words.clone(), ask.evidence.clone());
            reason::ask(&desk, &Asking { person, reason, words, evidence, code: String::new(), hours: 4 })?;
            casebook::open_person(desk.store, desk.who, reason::purpose_of(reason), person)?;
        }
        // Closed cases that somebody opens without having anything to do with them.
        for (n, name) in book.curious.iter().enumerate() {
            let who = self.actor(name)?;
            let office = casebook::office_of(&who);
            let same = self.crowd.iter().filter(|(_, cases, by)| {
                !cases.is_empty() && self.actor(by).ok().and_then(|a| casebook::office_of(&a)) == office
            });
            for (person, ..) in same.skip(n * 3).take(3) {
                let opened = casebook::open_person(self.stage.store, &who, Purpose::ServiceDelivery, *person);
                drop(opened);
            }
        }
        Ok(())
    }

    fn today(&self, book: &Book) -> Result<()> {
        for (n, (person, cases, by)) in self.crowd.iter().enumerate().filter(|(n, _)| n % 40 == 5) {
            let who: Actor = self.actor(by)?;
            let desk = self.desk(&who);
            let starts_at = self.stage.now.checked_add(i64::try_from(n / 40).unwrap_or(0).hours()).ok();
            let [name, what, place] = ["The client", "Letter from the landlord", "Room 2"].map(str::to_owned);
            let text = EntryText::Appointment { who: name, what, place };
            let new = NewEntryOfCase { case: None, staff: None, starts_at, ends_at: None, text };
            let booked = work::book(&desk, *person, &new)?;
            if n % 80 == 5 {
                work::move_entry(&desk, booked, EntryState::Done, true)?;
            }
            if let (Some(together), Some(case)) = (&book.partnership, cases.first().filter(|_| n % 80 == 45))
            {
                self.work_together(&desk, *case, together)?;
            }
        }
        Ok(())
    }

    fn work_together(&self, desk: &crate::rights::Desk<'_>, case: CaseId, together: &Together) -> Result<()> {
        let [a, b] = &together.offices;
        let office = |name: &str| crate::installation::office_named(self.stage.store, self.controller, name);
        let (a, b) = (office(a)?, office(b)?);
        let own = casebook::office_of(desk.who);
        let Some(to) = [(a, b), (b, a)].into_iter().find(|(x, _)| Some(*x) == own).map(|(_, y)| y) else {
            return Ok(());
        };
        let until = self.stage.now.checked_add(720.hours()).map_err(|_| unusable("a day"))?;
        let text = JointText {
            why: format!("{}, under {}", together.about, together.reference),
            ..JointText::default()
        };
        people::share(desk, case, to, until, &text).map(|_| ())
    }
}
