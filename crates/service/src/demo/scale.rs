//! A network at scale: many offices, their staff, and a year of people with their cases and notes, all invented.
//!
//! What it writes is what the use-cases write one by one: each record sealed under its person's own key, indexed
//! blindly, allowed by the gate and entered in the log. `docs/guide/scale.md` says what it leaves out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_store::access::Actor;
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::casebook::entries::{EntryText, NewEntryOfCase};
use counterfoil_store::casebook::people::{Address, ContactRules, NewPerson, Profile};
use counterfoil_store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::book::{self, Book};
use super::unusable;
use crate::casebook::batch::{self, Made, WholeCase, WholePerson};
use crate::casebook::{CaseText, Identity, NoteText, Protection};
use crate::error::{Result, ServiceError};
use crate::installation::{self, NewOrganisation};
use crate::organisation::Organisation;
use crate::rights::Desk;

/// The most people that one act records.
const BATCH: usize = 100;

/// How long the history is.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Advisers of an office, besides its supervisor.
const ADVISERS: usize = 5;

/// One who works in the network.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Who.
    pub staff: StaffId,
    /// Their office.
    pub office: OfficeId,
    /// What they sign in with.
    pub sign_in: String,
    /// Their role.
    pub role: Role,
    /// The secret of their one-time codes.
    pub secret: [u8; 20],
}

/// A network of offices with the people who work there.
#[derive(Debug, Clone)]
pub struct Network {
    /// The organisation.
    pub controller: ControllerId,
    /// Its name.
    pub name: String,
    /// Its offices.
    pub offices: Vec<OfficeId>,
    /// Its staff, office by office.
    pub staff: Vec<Colleague>,
}

/// What making a network needs.
pub struct Making<'a> {
    /// Where it is made.
    pub store: &'a Store,
    /// Sets the clock for the thread that calls.
    pub set_clock: &'a (dyn Fn(Timestamp) + Sync),
    /// The end of the year that is made.
    pub now: Timestamp,
    /// The bank holidays.
    pub calendar: &'a Calendar,
    /// The open points of the law.
    pub law: &'a ClockConfig,
    /// The password hash that every account gets.
    pub password_hash: &'a str,
    /// Randomness for the accounts' code secrets.
    pub secret: &'a (dyn Fn() -> [u8; 20] + Sync),
    /// Told how far it is.
    pub progress: &'a (dyn Fn(&str, usize, usize) + Sync),
    /// How many processors prepare at once.
    pub threads: usize,
}

impl std::fmt::Debug for Making<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Making").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Makes a network of so many offices, each with a supervisor and five advisers, as it was a year ago.
///
/// # Errors
/// What the database answers.
pub fn network(making: &Making<'_>, offices: usize) -> Result<Network> {
    (making.set_clock)(making.now - YEAR - SignedDuration::from_hours(1));
    let (settings, organisation) = Organisation::template("advice-network")?;
    let name = format!("{}: a network at scale", organisation.name);
    let settings = settings.replacen(&format!("\"{}\"", organisation.name), &format!("\"{name}\""), 1);
    let next_year = making.now + YEAR;
    let names: Vec<String> = (0..offices.max(1)).map(office_name).collect();
    let new = NewOrganisation { settings, offices: names.clone(), adherent_until: Some(next_year) };
    let controller = installation::set_up(making.store, &new)?;
    let known = making.store.offices(controller)?;
    let mut network = Network { controller, name, offices: Vec::new(), staff: Vec::new() };
    for (n, name) in names.iter().enumerate() {
        (making.progress)("offices", n, offices);
        let office = known.iter().find(|o| &o.name == name).ok_or_else(|| unusable("an office"))?.id;
        network.offices.push(office);
        for place in 0..=ADVISERS {
            network.staff.push(colleague(making, controller, office, n * (ADVISERS + 1) + place, next_year)?);
        }
    }
    Ok(network)
}

/// The network that was made here before, and who was recorded in it, in the order of the days. One whose making was
/// cut off has as many people as were recorded until then.
///
/// # Errors
/// [`ServiceError::NotReady`] when there is none; what the database answers.
pub fn kept(store: &Store) -> Result<(Network, Vec<(OfficeId, Made)>)> {
    let none = || ServiceError::NotReady("no network at scale was made here".to_owned());
    let one = store.controllers()?.into_iter().next().ok_or_else(none)?;
    let known = store.offices(one.id)?;
    let mut network = Network { controller: one.id, name: one.name, offices: Vec::new(), staff: Vec::new() };
    for n in 0..known.len() {
        let name = office_name(n);
        let office = known.iter().find(|o| o.name == name).ok_or_else(none)?.id;
        network.offices.push(office);
        for place in 0..=ADVISERS {
            let (role, sign_in) = account(n * (ADVISERS + 1) + place);
            let facts = store.sign_in_facts(one.id, &sign_in)?.ok_or_else(none)?;
            let secret = facts.totp_secret.and_then(|s| s.try_into().ok()).ok_or_else(none)?;
            network.staff.push(Colleague { staff: facts.staff, office, sign_in, role, secret });
        }
    }
    let mut made: Vec<(OfficeId, Made)> = Vec::new();
    for (office, person, case) in store.recorded_cases(one.id)? {
        match made.last_mut().filter(|(of, _)| *of == office) {
            None => made.push((office, vec![(person, vec![case])])),
            Some((_, some)) => match some.last_mut().filter(|(of, _)| *of == person) {
                None => some.push((person, vec![case])),
                Some((_, cases)) => cases.push(case),
            },
        }
    }
    Ok((network, made))
}

/// The role and the sign-in of the account with this number.
fn account(n: usize) -> (Role, String) {
    let role = if n.is_multiple_of(ADVISERS + 1) { Role::Supervisor } else { Role::Adviser };
    (role, format!("{role}.{n}@network.example"))
}

fn colleague(
    making: &Making<'_>,
    controller: ControllerId,
    office: OfficeId,
    n: usize,
    training_until: Timestamp,
) -> Result<Colleague> {
    let ((role, sign_in), secret) = (account(n), (making.secret)());
    let account = NewAccount {
        office,
        roles: RoleSet::of(&[role]),
        text: StaffText {
            name: format!("Robin {}", surname(n)),
            sign_in: sign_in.clone(),
            ..StaffText::default()
        },
        password_hash: Some(making.password_hash.to_owned()),
        totp_secret: Some(secret.to_vec()),
        training_until: Some(training_until),
    };
    let staff = making.store.set_up_account(controller, &account)?;
    Ok(Colleague { staff, office, sign_in, role, secret })
}

/// Records so many people over a year, office by office in turn, in the order of the days.
///
/// Several threads prepare; what they prepare is written in order, for the log's times never go back.
///
/// # Errors
/// The first refusal of the gate, or what the database answers.
pub fn fill(making: &Making<'_>, network: &Network, people: usize) -> Result<Vec<(OfficeId, Made)>> {
    let crowd = Crowd { book: book::read("advice-network")?, network, now: making.now, people };
    let (next, turn) = (AtomicUsize::new(0), Turn::default());
    let done: Vec<Result<Vec<(usize, OfficeId, Made)>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..making.threads.max(1))
            .map(|_| {
                scope.spawn(|| {
                    let done = work(making, &crowd, &next, &turn);
                    if done.is_err() {
                        turn.give_up();
                    }
                    done
                })
            })
            .collect();
        threads.into_iter().filter_map(|t| t.join().ok()).collect()
    });
    let mut all = Vec::new();
    for some in done {
        all.extend(some?);
    }
    all.sort_by_key(|(batch, ..)| *batch);
    (making.set_clock)(making.now);
    making.store.after_load()?;
    Ok(all.into_iter().map(|(_, office, made)| (office, made)).collect())
}

fn work(
    making: &Making<'_>,
    crowd: &Crowd<'_>,
    next: &AtomicUsize,
    turn: &Turn,
) -> Result<Vec<(usize, OfficeId, Made)>> {
    let mut all = Vec::new();
    loop {
        let batch = next.fetch_add(1, Ordering::Relaxed);
        if batch >= crowd.batches() {
            return Ok(all);
        }
        (making.set_clock)(crowd.moment(batch));
        let by = crowd.worker(batch)?;
        let actor = making.store.actor(crowd.network.controller, by.staff, true)?;
        let who = Actor::Staff(actor);
        let desk = Desk { store: making.store, who: &who, calendar: making.calendar, law: making.law };
        let people = crowd.some(batch, by);
        let (mut made, mut prepared) = batch::prepare(&desk, &people)?;
        if !turn.wait_for(batch) {
            return Ok(all);
        }
        loop {
            match batch::write(&desk, &mut prepared) {
                Err(ServiceError::Store(StoreError::Conflict)) => {
                    (made, prepared) = batch::prepare(&desk, &people)?;
                }
                outcome => break outcome?,
            }
        }
        turn.pass();
        (making.progress)("people", crowd.numbers(batch).end, crowd.people);
        all.push((batch, by.office, made));
    }
}

/// Whose turn it is to write.
#[derive(Default)]
struct Turn {
    now: Mutex<usize>,
    passed: Condvar,
    over: AtomicBool,
}

impl Turn {
    /// Waits until it is this batch's turn; false when another thread has failed.
    fn wait_for(&self, batch: usize) -> bool {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |now: &mut usize| *now != batch && !self.over.load(Ordering::SeqCst);
        drop(self.passed.wait_while(now, waits).unwrap_or_else(PoisonError::into_inner));
        !self.over.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.passed.notify_all();
    }

    fn give_up(&self) {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        self.over.store(true, Ordering::SeqCst);
        drop(now);
        self.passed.notify_all();
    }
}

/// Everybody who will be recorded, by number: the same number is the same person every time.
struct Crowd<'a> {
    book: Book,
    network: &'a Network,
    now: Timestamp,
    people: usize,
}

impl Crowd<'_> {
    /// Small enough that every office has somebody.
    fn batch(&self) -> usize {
        self.people.div_ceil(self.network.offices.len().max(1)).clamp(1, BATCH)
    }

    fn batches(&self) -> usize {
        self.people.div_ceil(self.batch())
    }

    fn numbers(&self, batch: usize) -> std::ops::Range<usize> {
        let first = batch * self.batch();
        first..(first + self.batch()).min(self.people)
    }

    fn moment(&self, batch: usize) -> Timestamp {
        let share = i32::try_from(self.batches() - batch).unwrap_or(i32::MAX);
        self.now - YEAR / i32::try_from(self.batches()).unwrap_or(i32::MAX) * share
    }

    fn office(&self, batch: usize) -> usize {
        batch % self.network.offices.len().max(1)
    }

    /// Who records this batch: the office's advisers in turn.
    fn worker(&self, batch: usize) -> Result<&Colleague> {
        let round = batch / self.network.offices.len().max(1);
        let place = self.office(batch) * (ADVISERS + 1) + 1 + round % ADVISERS;
        self.network.staff.get(place).ok_or_else(|| unusable("somebody who records people"))
    }

    fn some(&self, batch: usize, by: &Colleague) -> Vec<WholePerson> {
        let days_ago = self.now.duration_since(self.moment(batch)).as_hours() / 24;
        let on = self.moment(batch).to_zoned(jiff::tz::TimeZone::UTC).date();
        let first = self.office(batch) * (ADVISERS + 1) + 1;
        let workers: Vec<StaffId> =
            self.network.staff.iter().skip(first).take(ADVISERS).map(|c| c.staff).collect();
        self.numbers(batch)
            .map(|n| {
                let mut chance = Chance::of(n);
                let cases = (0..3).map(|m| self.case(&mut chance, m, days_ago, &workers)).collect();
                WholePerson { new: person(&self.book, n, by.office, on), cases }
            })
            .collect()
    }

    /// A case: of the last weeks most are open, of the older few; some of the newest wait for somebody.
    fn case(&self, chance: &mut Chance, m: usize, days_ago: i64, workers: &[StaffId]) -> WholeCase {
        let matter = chance.one_of(&self.book.matters).cloned().unwrap_or_default();
        let (open, waits) = match days_ago {
            0..14 => (80, 30),
            14..60 => (30, 5),
            _ => (3, 0),
        };
        let (closed, waits) = (!chance.percent(open), chance.percent(waits));
        let worker = chance.one_of(workers).copied().filter(|_| closed || !waits);
        let notes = (0..if m == 0 { 4 } else { 3 }).map(|_| note(chance, &matter.advice)).collect();
        let text = CaseText { title: matter.title, question: matter.question };
        let entry = if closed {
            let pence = Some(i64::from(chance.below(4_000)) * 100);
            EntryText::Outcome {
                code: "income".to_owned(),
                pence,
                what: "Paid after the second letter".to_owned(),
            }
        } else {
            EntryText::Task { what: "Ring the client about the answer".to_owned() }
        };
        let starts_at =
            (!closed).then(|| self.now + SignedDuration::from_hours(24 * i64::from(chance.below(20))));
        let entries =
            vec![NewEntryOfCase { case: None, staff: worker, starts_at, ends_at: None, text: entry }];
        WholeCase { issue: matter.issue, text, notes, entries, worker, closed }
    }
}

/// A note of some twenty words: what was advised, and words of which few are frequent and most are rare.
fn note(chance: &mut Chance, advice: &str) -> NoteText {
    let words: Vec<String> = (0..9).map(|_| chance.word()).collect();
    NoteText {
        text: format!("{advice} {}.", words.join(" ")),
        source: "the client".to_owned(),
        ..NoteText::default()
    }
}

/// The people who are recorded, by number, for those who look for them.
#[derive(Debug)]
pub struct Invented(Book);

impl Invented {
    /// Ready to tell.
    ///
    /// # Errors
    /// When the words that people are made of cannot be read.
    pub fn new() -> Result<Self> {
        book::read("advice-network").map(Self)
    }

    /// The person with this number.
    #[must_use]
    pub fn person(&self, n: usize) -> Profile {
        profile(&self.0, n)
    }
}

fn person(book: &Book, n: usize, office: OfficeId, on: jiff::civil::Date) -> NewPerson {
    NewPerson {
        office,
        identity: Identity::Named,
        protection: Protection::Standard,
        profile: super::from_themselves(profile(book, n), on),
        shares_contact: false,
    }
}

fn profile(book: &Book, n: usize) -> Profile {
    let mut chance = Chance::of(n);
    let forename = chance.one_of(&book.forenames).cloned().unwrap_or_default();
    let second = chance.one_of(&book.forenames).cloned().unwrap_or_default();
    let surname = surname(chance.rank(SURNAMES) as usize);
    let part = |chance: &mut Chance, of: u32| i8::try_from(1 + chance.below(of)).unwrap_or(1);
    let (month, day) = (part(&mut chance, 12), part(&mut chance, 28));
    let year = 1938 + i16::try_from(chance.below(70)).unwrap_or(0);
    let street = chance.one_of(&book.streets).cloned().unwrap_or_default();
    let address = Address {
        lines: vec![format!("{} {street}", 1 + chance.below(190)), office_name(n % 300)],
        postcode: format!("LA{} {}ZC", 1 + chance.below(20), chance.below(10)),
        ..Address::default()
    };
    let yes = "yes".to_owned();
    Profile {
        emails: vec![format!("{}.{n}@mail.example", surname.to_lowercase())],
        phones: vec![format!("07{n:09}")],
        forenames: format!("{forename} {second}"),
        surname,
        born: jiff::civil::Date::new(year, month, day).ok(),
        addresses: vec![address],
        contact: ContactRules { call: yes.clone(), text: yes, ..ContactRules::default() },
        language: "en".to_owned(),
        ..Profile::default()
    }
}

const SURNAMES: u32 = 4_000;

const FIRST: [&str; 20] = [
    "Ash", "Birk", "Carn", "Dun", "Elm", "Fen", "Garth", "Holt", "Ings", "Kel", "Lang", "Mire", "Nor", "Oak",
    "Pen", "Quern", "Rav", "Skel", "Thorn", "Wansa",
];
const MIDDLE: [&str; 10] = ["", "der", "ing", "ow", "ber", "les", "ston", "er", "ham", "mer"];
const LAST: [&str; 20] = [
    "ford", "by", "wick", "ton", "ley", "thwaite", "dale", "gill", "mere", "field", "worth", "shaw",
    "bridge", "haven", "barrow", "combe", "stead", "wold", "royd", "garth",
];

fn surname(n: usize) -> String {
    let of =
        |parts: &[&'static str], n: usize| parts.get(n % parts.len().max(1)).copied().unwrap_or_default();
    [of(&FIRST, n), of(&MIDDLE, n / 20), of(&LAST, n / 200)].concat()
}

fn office_name(n: usize) -> String {
    format!("{} {}", surname(n * 37 % 4_000), n + 1)
}

/// A small generator of numbers that gives the same crowd every time; it is no source of secrets.
struct Chance(u64);

impl Chance {
    fn of(n: usize) -> Self {
        Self((n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The generator `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.next() % u64::from(most.max(1))).unwrap_or(0)
    }

    fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    fn one_of<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        let n = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX));
        list.get(n as usize)
    }

    /// A number below `of`, of which the small ones are frequent.
    fn rank(&mut self, of: u32) -> u32 {
        let (a, b) = (u64::from(self.below(of)), u64::from(self.below(of)));
        u32::try_from(a * b / u64::from(of.max(1))).unwrap_or(0)
    }

    fn word(&mut self) -> String {
        let mut rank = self.rank(20_000) as usize;
        let syllables = ["ba", "ken", "dor", "mil", "tas", "ul", "ver", "shi", "pol", "gran"];
        let mut word = String::new();
        for _ in 0..5 {
            word.push_str(syllables.get(rank % 10).copied().unwrap_or_default());
            rank /= 10;
        }
        word
    }
}

/// Cases by office, of what was made: for those who measure.
#[must_use]
pub fn cases_by_office(
    made: &[(OfficeId, Made)],
) -> std::collections::BTreeMap<OfficeId, Vec<(PersonId, CaseId)>> {
    let mut all: std::collections::BTreeMap<OfficeId, Vec<(PersonId, CaseId)>> =
        std::collections::BTreeMap::new();
    for (office, some) in made {
        let cases = some.iter().flat_map(|(person, cases)| cases.iter().map(|case| (*person, *case)));
        all.entry(*office).or_default().extend(cases);
    }
    all
}
