//! Running the network: offices and their adherence, partnerships, incidents, accounts, leavers.

use counterfoil_domain::access::{Purpose, RoleSet, Verb};
use counterfoil_domain::casebook::adherence::{self, Adherence, Until};
use counterfoil_domain::ids::{CaseId, EntryOfCaseId, OfficeId, PartnershipId, StaffId};
use counterfoil_store::accounts::NewAccount;
use counterfoil_store::{Store, Terms};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

pub use counterfoil_store::accounts::{Account, StaffText};
pub use counterfoil_store::network::Office;
pub use counterfoil_store::network::administer::{Incident, Left, Partnership, Recorded};

use crate::error::{Result, ServiceError};
use crate::register::{Register, keep};
use crate::rights::Desk;

/// The membership agreement in force: its version, and since when.
///
/// It is the joint arrangement of the register under which the offices share the casebook; a network without one
/// has no agreement whose version could lapse.
#[must_use]
pub fn agreement_in_force(register: Option<&Register>) -> (String, Date) {
    let joint = register.and_then(|r| r.part.joint.first());
    let none = (String::new(), Date::MIN);
    joint.map_or(none, |j| (j.reference.clone(), j.from))
}

/// An office as the network's administrator sees it.
#[derive(Debug, Clone)]
pub struct OfficeLine {
    /// The office.
    pub office: Office,
    /// What is recorded of its adherence.
    pub recorded: Option<Recorded>,
    /// What will end its adherence, and when; from the recorded dates and the agreement in force.
    pub until: Option<Until>,
    /// Whether its adherence counts now.
    pub adherent: bool,
    /// How many open accounts it has.
    pub staff: usize,
    /// How many of these have training that is not current.
    pub untrained: usize,
    /// What it does differently, by the register: its own notice words, and rules of its own.
    pub deviations: Vec<String>,
}

/// A joint arrangement of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// What for.
    pub name: String,
    /// Its reference.
    pub reference: String,
    /// Who shares the responsibility.
    pub controllers: Vec<String>,
    /// Who answers requests.
    pub answers_requests: String,
    /// Who notifies a breach.
    pub notifies: String,
    /// By when it is reviewed.
    pub review: Option<Date>,
}

/// The network at one glance.
#[derive(Debug, Clone)]
pub struct Network {
    /// The offices.
    pub offices: Vec<OfficeLine>,
    /// The joint arrangements.
    pub joint: Vec<Joint>,
    /// The partnerships, newest first.
    pub partnerships: Vec<Partnership>,
    /// The incidents under investigation.
    pub incidents: Vec<Incident>,
    /// The accounts that the asker may administer, with the open work of each.
    pub accounts: Vec<(Account, Left)>,
    /// Whether the asker administers offices; a manager only administers the accounts of theirs.
    pub whole: bool,
}

fn zone() -> Result<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))
}

fn begins(day: Date) -> Result<Timestamp> {
    let out = || ServiceError::Invalid("this date cannot be used: check it".to_owned());
    Ok(day.to_zoned(zone()?).map_err(|_| out())?.timestamp())
}

/// What the asker administers: the whole network, or the accounts of their own office.
///
/// # Errors
/// A refusal of the gate when it is neither.
pub fn overview(desk: &Desk<'_>) -> Result<Network> {
    let (store, controller) = (desk.store, desk.controller());
    let offices = store.offices(controller)?;
    let whole = may_administer(desk, &offices);
    let accounts = administered(desk)?;
    let register = keep::current(store, controller)?;
    let lines = if whole { office_lines(store, desk, &offices, register.as_ref())? } else { Vec::new() };
    let joint = register.as_ref().filter(|_| whole).map(joints).unwrap_or_default();
    let (partnerships, incidents) = if whole {
        (store.partnerships(controller)?, store.incidents(controller)?)
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(Network { offices: lines, joint, partnerships, incidents, accounts, whole })
}

fn may_administer(desk: &Desk<'_>, offices: &[Office]) -> bool {
    let Some(first) = offices.first() else { return false };
    let asked = desk.store.act(desk.who, Verb::OfficeAdminister, Purpose::Administration, |tx| {
        tx.may_administer(first.id, &Terms::default())
    });
    asked.is_ok()
}

/// The accounts that the asker may administer; each is asked of the gate.
fn administered(desk: &Desk<'_>) -> Result<Vec<(Account, Left)>> {
    let accounts = desk.store.accounts(desk.controller())?;
    let allowed = desk.store.act(desk.who, Verb::StaffAdminister, Purpose::Administration, |tx| {
        let mut allowed = Vec::new();
        for account in &accounts {
            match tx.permit_account(account.id, &Terms::default()) {
                Ok(()) => allowed.push(account.clone()),
                Err(counterfoil_store::StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        if allowed.is_empty() {
            // Nobody to administer: the gate says why.
            if let Some(first) = accounts.first() {
                tx.permit_account(first.id, &Terms::default())?;
            }
        }
        Ok(allowed)
    })?;
    allowed
        .into_iter()
        .map(|account| Ok((account.clone(), desk.store.work_of(desk.controller(), account.id)?)))
        .collect()
}

fn office_lines(
    store: &Store,
    desk: &Desk<'_>,
    offices: &[Office],
    register: Option<&Register>,
) -> Result<Vec<OfficeLine>> {
    let recorded = store.adherences(desk.controller())?;
    let accounts = store.accounts(desk.controller())?;
    let (version, since) = agreement_in_force(register);
    let now = store.now();
    Ok(offices
        .iter()
        .map(|office| {
            let own = || accounts.iter().filter(|a| a.office == office.id && a.active);
            let recorded = recorded.iter().find(|r| r.office == office.id).cloned();
            let until = recorded.as_ref().map(|r| adherence::until(&r.adherence, &version, since));
            OfficeLine {
                adherent: office.adherent_until > now,
                staff: own().count(),
                untrained: own().filter(|a| a.training_until.is_none_or(|t| t <= now)).count(),
                deviations: deviations(office, register),
                office: office.clone(),
                recorded,
                until,
            }
        })
        .collect())
}

/// What an office does differently from the network's templates, by the register.
fn deviations(office: &Office, register: Option<&Register>) -> Vec<String> {
    let Some(register) = register else { return Vec::new() };
    let mut found = Vec::new();
    for entry in
        register.part.office.iter().filter(|o| o.name.contains(&office.name) || office.name.contains(&o.name))
    {
        found.extend((!entry.local.is_empty()).then(|| format!("its notice adds: {}", entry.local)));
        found.extend((entry.language != "en").then(|| format!("it works in `{}` first", entry.language)));
    }
    found
}

fn joints(register: &Register) -> Vec<Joint> {
    let name = |id: &String| {
        register.part.controller.iter().find(|c| &c.id == id).map_or_else(|| id.clone(), |c| c.name.clone())
    };
    register
        .part
        .joint
        .iter()
        .map(|j| Joint {
            name: j.name.clone(),
            reference: j.reference.clone(),
            controllers: j.controllers.iter().map(name).collect(),
            answers_requests: j.answers_requests.clone(),
            notifies: j.notifies.clone(),
            review: Some(j.review),
        })
        .collect()
}

/// Records an office's adherence. From when it lapses, the gate restricts the office (access rule 6).
///
/// # Errors
/// [`ServiceError::Invalid`] for dates that cannot be; a refusal of the gate.
pub fn record_adherence(desk: &Desk<'_>, office: OfficeId, dates: &Adherence) -> Result<Until> {
    let today = desk.today()?;
    if dates.agreement.trim().is_empty() {
        return Err(ServiceError::Invalid("say which version of the agreement was signed".to_owned()));
    }
    if [dates.signed_on, dates.training_on, dates.reviewed_on].iter().any(|d| *d > today) {
        return Err(ServiceError::Invalid(
            "a signature, training or review cannot be in the future".to_owned(),
        ));
    }
    if dates.next_review <= dates.reviewed_on {
        return Err(ServiceError::Invalid(
            "the next review comes after the last one: check the dates".to_owned(),
        ));
    }
    let register = keep::current(desk.store, desk.controller())?;
    let (version, since) = agreement_in_force(register.as_ref());
    let until = adherence::until(dates, &version, since);
    let ends = begins(until.day)?;
    desk.store.act(desk.who, Verb::OfficeAdminister, Purpose::Administration, |tx| {
        tx.record_adherence(office, dates, (until.day, ends), &Terms::default())
    })?;
    Ok(until)
}

/// Adds an office; until its adherence is recorded it reaches no other office's records.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name that is missing or taken; a refusal of the gate.
pub fn add_office(desk: &Desk<'_>, name: &str, division: &str, language: &str) -> Result<OfficeId> {
    let name = name.trim();
    let taken = desk.store.offices(desk.controller())?.iter().any(|o| o.name.eq_ignore_ascii_case(name));
    if name.is_empty() || taken {
        return Err(ServiceError::Invalid("give the office a name that no other office has".to_owned()));
    }
    division
        .parse::<counterfoil_domain::place::Division>()
        .map_err(|_| ServiceError::Invalid("choose the division of the United Kingdom".to_owned()))?;
    let office = Office {
        id: OfficeId::from_bytes(desk.store.fresh_id()),
        name: name.to_owned(),
        division: division.to_owned(),
        language: language.to_owned(),
        adherent_until: desk.store.now(),
    };
    desk.store.act(desk.who, Verb::OfficeAdminister, Purpose::Administration, |tx| {
        tx.add_office(&office, &Terms::default())
    })?;
    Ok(office.id)
}

/// A partnership that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewPartnership {
    /// The two offices.
    pub offices: (OfficeId, OfficeId),
    /// Its reference.
    pub reference: String,
    /// What for.
    pub about: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// Records a partnership of two offices: from then on its reference is evidence for a good reason.
///
/// # Errors
/// [`ServiceError::Invalid`] for one office twice, days that cannot be, or a reference that is taken; a refusal.
pub fn add_partnership(desk: &Desk<'_>, new: &NewPartnership) -> Result<PartnershipId> {
    if new.offices.0 == new.offices.1 {
        return Err(ServiceError::Invalid("choose two offices".to_owned()));
    }
    if new.reference.trim().is_empty() || new.until < new.from {
        return Err(ServiceError::Invalid(
            "a partnership needs a reference, and a last day that is not before the first".to_owned(),
        ));
    }
    let after =
        new.until.checked_add(1.day()).map_err(|_| ServiceError::Invalid("check the dates".to_owned()))?;
    let partnership = Partnership {
        id: PartnershipId::from_bytes([0; 16]),
        offices: new.offices,
        reference: new.reference.trim().to_owned(),
        about: new.about.trim().to_owned(),
        from: begins(new.from)?,
        until: begins(after)?,
        ended_at: None,
    };
    Ok(desk.store.act(desk.who, Verb::OfficeAdminister, Purpose::Administration, |tx| {
        tx.add_partnership(&partnership, &Terms::default())
    })?)
}

/// Ends a partnership now.
///
/// # Errors
/// A refusal of the gate.
pub fn end_partnership(desk: &Desk<'_>, id: PartnershipId) -> Result<()> {
    desk.store.act(desk.who, Verb::OfficeAdminister, Purpose::Administration, |tx| {
        tx.end_partnership(id, &Terms::default())
    })?;
    Ok(())
}

/// Opens an incident under investigation at an office. Another officer than the one who opened it can rely on it.
///
/// # Errors
/// [`ServiceError::Invalid`] without a number, or one that is taken; a refusal of the gate.
pub fn open_incident(desk: &Desk<'_>, office: OfficeId, reference: &str) -> Result<()> {
    if reference.trim().is_empty() {
        return Err(ServiceError::Invalid("give the incident's number".to_owned()));
    }
    desk.store.act(desk.who, Verb::GrantAsk, Purpose::Incident, |tx| {
        tx.open_incident(office, reference, &Terms::default()).map(|_| ())
    })?;
    Ok(())
}

/// Someone who is to be given an account.
#[derive(Debug, Clone)]
pub struct Joiner {
    /// Their office.
    pub office: OfficeId,
    /// The name that colleagues see.
    pub name: String,
    /// What they sign in with.
    pub sign_in: String,
    /// What they are trusted to do.
    pub roles: RoleSet,
    /// When their training was completed; it counts for a year.
    pub trained_on: Option<Date>,
}

fn trained_until(on: Option<Date>) -> Result<Option<Timestamp>> {
    let until = on.map(|d| d.checked_add(adherence::TRAINING_MONTHS.months())).transpose();
    let until = until.map_err(|_| ServiceError::Invalid("check the date of the training".to_owned()))?;
    until.map(begins).transpose()
}

/// Gives somebody an account. They set their password and second factor themselves, by the operator's command.
///
/// # Errors
/// [`ServiceError::Invalid`] without a name, sign-in name or role, or for one that is taken; a refusal of the gate.
pub fn add_account(desk: &Desk<'_>, joiner: &Joiner) -> Result<StaffId> {
    if joiner.name.trim().is_empty() || joiner.sign_in.trim().is_empty() || joiner.roles.is_empty() {
        return Err(ServiceError::Invalid(
            "give a name, what they sign in with, and at least one role".to_owned(),
        ));
    }
    let text = StaffText {
        name: joiner.name.trim().to_owned(),
        sign_in: joiner.sign_in.trim().to_owned(),
        ..StaffText::default()
    };
    let new = NewAccount {
        office: joiner.office,
        roles: joiner.roles,
        text,
        password_hash: None,
        totp_secret: None,
        training_until: trained_until(joiner.trained_on)?,
    };
    Ok(desk.store.act(desk.who, Verb::StaffAdminister, Purpose::Administration, |tx| {
        tx.add_account(&new, &Terms::default())
    })?)
}

/// Changes somebody's roles and training.
///
/// # Errors
/// [`ServiceError::Invalid`] without a role; one's own account; a refusal of the gate.
pub fn change_account(
    desk: &Desk<'_>,
    staff: StaffId,
    roles: RoleSet,
    trained_on: Option<Date>,
) -> Result<()> {
    if roles.is_empty() {
        return Err(ServiceError::Invalid("choose at least one role, or close the account".to_owned()));
    }
    let known = desk.store.accounts(desk.controller())?.into_iter().find(|a| a.id == staff);
    let until = match trained_until(trained_on)? {
        Some(until) => Some(until),
        None => known.and_then(|a| a.training_until),
    };
    desk.store.act(desk.who, Verb::StaffAdminister, Purpose::Administration, |tx| {
        tx.change_account(staff, roles, until, &Terms::default())
    })?;
    Ok(())
}

/// Closes the account of somebody who leaves, and says how much open work they leave. Sessions and grants end now.
///
/// # Errors
/// One's own account; a refusal of the gate.
pub fn close_account(desk: &Desk<'_>, staff: StaffId) -> Result<Left> {
    desk.store.act(desk.who, Verb::StaffAdminister, Purpose::Administration, |tx| {
        tx.close_account(staff, &Terms::default())
    })?;
    Ok(desk.store.work_of(desk.controller(), staff)?)
}

/// The open work of somebody of the own office, to be given to others.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// Open cases, with the person's name where it may be listed.
    pub cases: Vec<(counterfoil_store::casebook::cases::Waiting, Option<String>)>,
    /// Open tasks.
    pub tasks: Vec<counterfoil_store::casebook::entries::Entry>,
}

/// What somebody works on, as far as the asker may list it.
///
/// # Errors
/// What the database answers.
pub fn work_of(desk: &Desk<'_>, staff: StaffId) -> Result<Work> {
    Ok(desk.store.act(desk.who, Verb::RecordList, Purpose::ServiceDelivery, |tx| {
        let terms = Terms::default();
        let cases = tx.queue_of_office(Some(staff), 200, &terms)?;
        Ok(Work { cases, tasks: tx.tasks_of(staff, 200, &terms)? })
    })?)
}

/// Gives cases and tasks to a colleague, all or none.
///
/// # Errors
/// A colleague of another office; a refusal of the gate for any of them.
pub fn reassign(desk: &Desk<'_>, cases: &[CaseId], tasks: &[EntryOfCaseId], to: StaffId) -> Result<()> {
    if cases.is_empty() && tasks.is_empty() {
        return Err(ServiceError::Invalid("choose what is to be given to somebody else".to_owned()));
    }
    desk.store.act(desk.who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
        let terms = Terms::default();
        cases.iter().try_for_each(|case| tx.allocate(*case, Some(to), &terms))?;
        tasks.iter().try_for_each(|task| tx.give_entry(*task, to, &terms))
    })?;
    Ok(())
}
