//! A demonstration: an organisation with invented people and a history, made by the same use-cases that
//! staff use, so that every record has its audit entry and every clock its events.

mod book;
mod desk;
mod inbox;
mod media;
mod retention;
mod review;
mod rights;
pub mod scale;
mod sharing;
mod story;

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::casebook::source::Sourced;
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_store::Store;
use counterfoil_store::access::Actor;
use counterfoil_store::casebook::people::{Address, NewPerson, Profile, Recorded};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

pub use inbox::Lines;
pub use scale::{Colleague, Making, Network, fill, network};
pub use story::{Asked, CaseStory, Deed, Individual, Jotting, Member, Paper, Step, Story};

use crate::casebook::{self, CaseText, DocumentText, Identity, NoteText, Protection};
use crate::error::{Result, ServiceError};
use crate::installation::{self, NewOrganisation, NewStaff};
use crate::organisation::Organisation;
use crate::rights::{self as requests, Choice, Desk, EventText, Fate, Ground, Reception, RequestText};
use crate::sign_in;

/// What the demonstration is given.
pub struct Stage<'a> {
    /// An empty store, or one with other organisations.
    pub store: &'a Store,
    /// Sets the store's clock.
    pub set_clock: &'a dyn Fn(Timestamp),
    /// The moment of the demonstration.
    pub now: Timestamp,
    /// The bank holidays.
    pub calendar: &'a Calendar,
    /// The open points of the law.
    pub law: &'a ClockConfig,
    /// The password hash that every account gets.
    pub password_hash: &'a str,
    /// Randomness for the accounts' code secrets.
    pub secret: &'a dyn Fn() -> [u8; 20],
    /// Told what is being made, and how far it is.
    pub progress: &'a dyn Fn(&str, usize, usize),
}

impl std::fmt::Debug for Stage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("now", &self.now).finish_non_exhaustive()
    }
}

/// An organisation that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Which.
    pub controller: ControllerId,
    /// Its name.
    pub name: String,
    /// Accounts: the member of staff, and the secret of their one-time codes.
    pub accounts: Vec<(Member, [u8; 20])>,
    /// The channels, with a provider on this machine behind them.
    pub lines: inbox::Lines,
}

/// Makes the organisation of this template with its story.
///
/// # Errors
/// A story that the product itself refuses: a rule of the gate, of the law, or of a form.
pub fn make(stage: &Stage<'_>, template: &str) -> Result<Made> {
    let story = Story::of(template)?;
    let (settings, organisation) = Organisation::template(template)?;
    let mut teller = Teller::begin(stage, &organisation, settings, &story)?;
    let mut accounts = teller.staff(&story)?;
    let kept = retention::Retention::begin(&mut teller, template, &mut accounts)?;
    teller.people(&story)?;
    review::papers(&teller, template)?;
    let (inbox, book) = (inbox::Inbox::open(template)?, book::read(template)?);
    let shared = sharing::Told::of(template)?;
    teller.history(&moments(&story, &shared, &inbox, &book))?;
    kept.end(&teller)?;
    (stage.set_clock)(stage.now);
    Ok(Made { controller: teller.controller, name: organisation.name, accounts, lines: inbox.lines })
}

/// Days ago: before everything that a story tells but what is past its time.
const LONG_AGO: i32 = 700;
/// Days ago: before anything at all.
const FOUNDED: i32 = 2500;

/// One thing of the story.
///
/// INVARIANT: they are told in the order of their hours, so that no entry of the log is older than the one before.
enum Moment<'s> {
    Person(&'s Individual),
    Note(usize, &'s Jotting),
    Case(usize, &'s Individual, &'s CaseStory),
    Document(&'s Individual, &'s Paper),
    Request(usize, &'s Asked),
    Step(usize, &'s Step),
    Act(usize, &'s rights::Act),
    Share(&'s sharing::Told, sharing::Event),
    Arrival(&'s inbox::Inbox, &'s inbox::Arrival),
    Errands(&'s inbox::Inbox),
    Book(&'s book::Book, book::Chapter),
}

struct Teller<'a> {
    stage: &'a Stage<'a>,
    controller: ControllerId,
    division: Division,
    office: OfficeId,
    staff: BTreeMap<String, StaffId>,
    officer: String,
    reception: String,
    people: BTreeMap<String, PersonId>,
    cases: BTreeMap<usize, (counterfoil_domain::ids::CaseId, String)>,
    references: BTreeMap<usize, String>,
    /// The links of colleagues who were asked.
    links: std::cell::RefCell<desk::Links>,
    shared: sharing::Made,
    /// Those of the casebook, with their cases and who advises them.
    crowd: Vec<(PersonId, Vec<counterfoil_domain::ids::CaseId>, String)>,
}

impl<'a> Teller<'a> {
    fn begin(
        stage: &'a Stage<'a>,
        organisation: &Organisation,
        settings: &str,
        story: &Story,
    ) -> Result<Self> {
        (stage.set_clock)(at(stage.now, FOUNDED)?);
        let new = NewOrganisation {
            settings: settings.to_owned(),
            offices: story.offices.clone(),
            adherent_until: stage.now.checked_add(8760.hours()).ok(),
        };
        let controller = installation::set_up(stage.store, &new)?;
        let first = story.offices.first().map_or("", String::as_str);
        let office = installation::office_named(stage.store, controller, first)?;
        let division = organisation.division.parse().map_err(|_| unusable("its division"))?;
        let of = |role: &str| {
            let found = story.staff.iter().find(|m| m.roles.iter().any(|r| r == role));
            found.map(|m| m.sign_in.clone()).ok_or_else(|| unusable("nobody has a role that it needs"))
        };
        Ok(Self {
            stage,
            controller,
            division,
            office,
            staff: BTreeMap::new(),
            officer: of("ig-officer")?,
            reception: of("adviser")?,
            people: BTreeMap::new(),
            cases: BTreeMap::new(),
            references: BTreeMap::new(),
            links: std::cell::RefCell::default(),
            shared: sharing::Made::default(),
            crowd: Vec::new(),
        })
    }

    fn staff(&mut self, story: &Story) -> Result<Vec<(Member, [u8; 20])>> {
        story.staff.iter().map(|member| self.member(member)).collect()
    }

    fn member(&mut self, member: &Member) -> Result<(Member, [u8; 20])> {
        let roles: RoleSet = member
            .roles
            .iter()
            .map(|r| r.parse::<Role>())
            .collect::<std::result::Result<_, _>>()
            .map_err(|_| unusable("a role"))?;
        let secret = (self.stage.secret)();
        let new = NewStaff {
            office: member.office.clone(),
            name: member.name.clone(),
            sign_in: member.sign_in.clone(),
            roles,
            password_hash: Some(self.stage.password_hash.to_owned()),
            totp_secret: Some(secret.to_vec()),
            training_until: self.stage.now.checked_add(8760.hours()).ok(),
        };
        let id = installation::add_staff(self.stage.store, self.controller, &new)?;
        self.staff.insert(member.sign_in.clone(), id);
        Ok((member.clone(), secret))
    }

    /// People first, whatever their day: cases and requests name them.
    fn people(&mut self, story: &Story) -> Result<()> {
        (self.stage.set_clock)(at(self.stage.now, LONG_AGO)?);
        for person in &story.people {
            self.tell(&Moment::Person(person))?;
        }
        Ok(())
    }

    fn history(&mut self, moments: &[(i64, Moment<'_>)]) -> Result<()> {
        let total = moments.len();
        for (n, (hours_ago, moment)) in moments.iter().enumerate() {
            (self.stage.progress)("history", n, total);
            (self.stage.set_clock)(hours_before(self.stage.now, *hours_ago)?);
            self.tell(moment).map_err(|e| {
                ServiceError::Invalid(format!("the demonstration, {hours_ago} hours ago: {e}"))
            })?;
        }
        (self.stage.progress)("history", total, total);
        Ok(())
    }

    fn tell(&mut self, moment: &Moment<'_>) -> Result<()> {
        match moment {
            Moment::Person(person) => self.person(person),
            Moment::Case(n, person, case) => self.case(*n, person, case),
            Moment::Note(n, note) => self.note(*n, note),
            Moment::Document(person, paper) => self.document(person, paper),
            Moment::Request(n, asked) => self.request(*n, asked),
            Moment::Step(n, step) => self.step(*n, step),
            Moment::Act(n, act) => rights::tell(self, *n, act),
            Moment::Share(told, event) => self.share(told, *event),
            Moment::Arrival(inbox, arrival) => inbox.arrives(self, arrival),
            Moment::Errands(inbox) => inbox.errands(self),
            Moment::Book(book, chapter) => self.chapter(book, chapter),
        }
    }

    fn actor(&self, sign_in: &str) -> Result<Actor> {
        let id = self.staff.get(sign_in).ok_or_else(|| unusable("someone who is not on the staff"))?;
        Ok(Actor::Staff(self.stage.store.actor(self.controller, *id, true)?))
    }

    fn person_of(&self, key: &str) -> Result<PersonId> {
        self.people.get(key).copied().ok_or_else(|| unusable("a person whom it does not introduce"))
    }

    fn person(&mut self, told: &Individual) -> Result<()> {
        let (office, by) = self.home_of(told)?;
        let new = NewPerson {
            office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: from_themselves(profile(told), crate::rights::today_at(self.stage.store)?),
            shares_contact: false,
        };
        let who = self.actor(&by)?;
        let recorded = casebook::record_person(self.stage.store, &who, Purpose::ServiceDelivery, &new)?;
        let (Recorded::New(id) | Recorded::Known(id)) = recorded;
        self.people.insert(told.key.clone(), id);
        Ok(())
    }

    /// The office that holds a person's record, and who there records it: whoever advises them first.
    fn home_of(&self, told: &Individual) -> Result<(OfficeId, String)> {
        let by = told.cases.first().map_or(&self.reception, |case| &case.by);
        match self.actor(by)? {
            Actor::Staff(staff) => Ok((staff.office, by.clone())),
            Actor::Automation { .. } => Err(unusable("nobody advises a person")),
        }
    }

    fn case(&mut self, number: usize, person: &Individual, told: &CaseStory) -> Result<()> {
        let text = CaseText { title: told.title.clone(), question: told.question.clone() };
        let who = self.actor(&told.by)?;
        let id =
            casebook::open_case(self.stage.store, &who, self.person_of(&person.key)?, &told.issue, &text)?;
        self.cases.insert(number, (id, told.by.clone()));
        Ok(())
    }

    fn note(&self, case: usize, told: &Jotting) -> Result<()> {
        let (id, by) = self.cases.get(&case).ok_or_else(|| unusable("a note before its case"))?;
        let text = NoteText { text: told.text.clone(), source: told.source.clone(), ..NoteText::default() };
        casebook::write_note(self.stage.store, &self.actor(by)?, *id, &text)
    }

    fn document(&self, person: &Individual, paper: &Paper) -> Result<()> {
        if !paper.made.is_empty() {
            return media::keep(self, person, paper);
        }
        let about = DocumentText {
            name: paper.name.clone(),
            media_type: media_type(&paper.name).to_owned(),
            source: "demonstration".to_owned(),
            description: String::new(),
        };
        let (who, id) = (self.actor(&paper.by)?, self.person_of(&person.key)?);
        casebook::add_document(self.stage.store, &who, id, &about, paper.text.as_bytes(), Some(&paper.text))
    }

    fn request(&mut self, number: usize, asked: &Asked) -> Result<()> {
        let who = self.actor(&self.officer)?;
        let right: Right = asked.right.parse().map_err(|_| unusable("a right"))?;
        let reception = Reception {
            office: self.office,
            right,
            division: self.division,
            received_on: self.day(asked.days_ago)?,
            text: RequestText {
                requester: asked.requester.clone(),
                subject: asked.subject.clone(),
                capacity: if asked.capacity.is_empty() { "self".to_owned() } else { asked.capacity.clone() },
                reply_to: asked.reply_to.clone(),
                wording: asked.wording.clone(),
                language: asked.language.clone(),
                channel: asked.channel.clone(),
                ..RequestText::default()
            },
        };
        let reference = match asked.heading.parse() {
            Ok(heading) => {
                let notice = requests::other::older::receive_notice;
                notice(&self.desk(&who), &reception, heading, &asked.contents)?.received.reference
            }
            Err(_) => requests::receive(&self.desk(&who), &reception)?.reference,
        };
        self.references.insert(number, reference);
        Ok(())
    }

    fn step(&self, number: usize, step: &Step) -> Result<()> {
        let by = if step.by.is_empty() { &self.officer } else { &step.by };
        let who = self.actor(by)?;
        let desk = self.desk(&who);
        let reference = self.references.get(&number).ok_or_else(|| unusable("a step before its request"))?;
        match &step.deed {
            Deed::Event { event, reason, note } => {
                let text = EventText { reason: reason.clone(), note: note.clone() };
                requests::event(&desk, reference, event, self.day(step.days_ago)?, &text)?;
            }
            Deed::Identify { person, how } => {
                requests::identify(&desk, reference, self.person_of(person)?, how)?;
            }
            Deed::Search => {
                requests::search(&desk, reference, &[], &|_, _, _| ())?;
            }
            Deed::Others { release, code, reason, answers } => {
                let fate = if *release { Fate::Release } else { Fate::Withhold };
                let ground = Ground {
                    code: code.clone(),
                    reason: reason.clone(),
                    answers: answers.clone(),
                    ..Ground::default()
                };
                requests::decide(&desk, reference, &Choice::Others { fate, ground })?;
            }
            Deed::Listened { name, heard } => media::listened(&desk, reference, name, heard)?,
            Deed::Approve => {
                requests::approve(&desk, reference)?;
            }
            Deed::Seal => {
                requests::seal(&desk, reference, &|_, _| ())?;
            }
            desk_work => desk::tell(&desk, reference, desk_work, &mut self.links.borrow_mut())?,
        }
        Ok(())
    }

    fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: self.stage.store, who, calendar: self.stage.calendar, law: self.stage.law }
    }

    fn day(&self, days_ago: i32) -> Result<Date> {
        let zone = jiff::tz::TimeZone::get("Europe/London").map_err(|_| unusable("the time zone"))?;
        Ok(at(self.stage.now, days_ago)?.to_zoned(zone).date())
    }
}

/// Everything that happens with its hours ago, oldest first; in one hour in the order of the story.
fn moments<'s>(
    story: &'s Story,
    shared: &'s sharing::Told,
    inbox: &'s inbox::Inbox,
    book: &'s book::Book,
) -> Vec<(i64, Moment<'s>)> {
    let mut all = Vec::new();
    let mut cases = 0;
    for person in &story.people {
        for case in &person.cases {
            all.push((case.days_ago, Moment::Case(cases, person, case)));
            all.extend(case.notes.iter().map(|n| (n.days_ago, Moment::Note(cases, n))));
            cases += 1;
        }
        all.extend(person.documents.iter().map(|d| (d.days_ago, Moment::Document(person, d))));
    }
    for (n, asked) in story.requests.iter().enumerate() {
        all.push((asked.days_ago, Moment::Request(n, asked)));
        all.extend(asked.steps.iter().map(|s| (s.days_ago, Moment::Step(n, s))));
        all.extend(asked.acts.iter().map(|a| (a.days_ago, Moment::Act(n, a))));
    }
    all.extend(shared.events().into_iter().map(|(days, event)| (days, Moment::Share(shared, event))));
    all.extend(book.chapters().into_iter().map(|(days, chapter)| (days, Moment::Book(book, chapter))));
    let mut all: Vec<_> = all.into_iter().map(|(days, moment)| (24 * i64::from(days), moment)).collect();
    all.extend(inbox.arrivals().map(|arrival| (arrival.hours_ago, Moment::Arrival(inbox, arrival))));
    all.extend((0..=30).map(|n| (6 * n, Moment::Errands(inbox))));
    all.sort_by_key(|(hours_ago, _)| std::cmp::Reverse(*hours_ago));
    all
}

/// The details of a story's people come from themselves, on the day on which they are recorded.
pub(super) fn from_themselves(profile: Profile, on: jiff::civil::Date) -> Profile {
    let source = || crate::casebook::people::THEMSELVES.to_owned();
    let sourced = profile.details().into_iter().map(|detail| Sourced { detail, source: source(), on });
    let sources = sourced.collect();
    profile.with_sources(sources)
}

fn profile(told: &Individual) -> Profile {
    let one = |text: &String| if text.is_empty() { Vec::new() } else { vec![text.clone()] };
    let address =
        Address { lines: told.address.clone(), postcode: told.postcode.clone(), ..Address::default() };
    Profile {
        forenames: told.forenames.clone(),
        surname: told.surname.clone(),
        born: told.born,
        emails: one(&told.email),
        phones: one(&told.phone),
        addresses: if told.address.is_empty() { Vec::new() } else { vec![address] },
        language: told.language.clone(),
        ..Profile::default()
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("eml") => "message/rfc822",
        Some("html") => "text/html",
        Some("csv") => "text/csv",
        _ => "text/plain",
    }
}

fn at(now: Timestamp, days_ago: i32) -> Result<Timestamp> {
    hours_before(now, i64::from(days_ago) * 24)
}

fn hours_before(now: Timestamp, hours: i64) -> Result<Timestamp> {
    now.checked_sub(hours.hours()).map_err(|_| unusable("an hour"))
}

fn unusable(what: &str) -> ServiceError {
    ServiceError::Invalid(format!("the demonstration cannot be told: {what}"))
}

/// Makes a password that can be typed from a terminal, and its hash.
///
/// # Errors
/// [`ServiceError::Invalid`] when the password rules refuse it.
pub fn password(random: [u8; 16], salt: [u8; 16]) -> Result<(String, String)> {
    let letters = b"abcdefghjkmnpqrstuvwxyz23456789";
    let drawn: String = random
        .iter()
        .filter_map(|b| letters.get(usize::from(*b) % letters.len()).map(|l| char::from(*l)))
        .collect();
    let (a, rest) = drawn.split_at(5);
    let (b, c) = rest.split_at(5);
    let password = format!("{a}-{b}-{c}");
    let hash = sign_in::hash_password(&password, salt).map_err(|e| ServiceError::Invalid(e.to_string()))?;
    Ok((password, hash))
}
