//! The good reason: access to another office's record, and who looked (promises N3 and N4).

use std::collections::BTreeMap;

use counterfoil_domain::access::{FlagSet, Purpose, ReasonCode, Role, RoleSet, Verb};
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::casebook::odd as oddness;
use counterfoil_domain::casebook::review::{self, Why};
use counterfoil_domain::ids::{GrantId, OddId, OfficeId, PersonId, StaffId};
use counterfoil_store::assurance::audit::TrailLine;
use counterfoil_store::casebook::odd::Odd;
use counterfoil_store::grants::{Grant, GrantText, NewGrant};
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::{SignedDuration, Timestamp};

use super::work::day_begins;
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// The most that a review page shows.
const MOST: u32 = 200;

/// Somebody asks for access.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Whose record.
    pub person: PersonId,
    /// The coded reason.
    pub reason: ReasonCode,
    /// The reason in the worker's words.
    pub words: String,
    /// A partnership's, complaint's or incident's number, as the reason demands.
    pub evidence: String,
    /// The follow-up code that the client gave, if they hold one.
    pub code: String,
    /// For how many hours.
    pub hours: i64,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The grant.
    pub grant: GrantId,
    /// Whether the system found the evidence itself.
    pub checked: bool,
    /// Until when it lasts.
    pub until: Timestamp,
}

/// The purpose that a reason serves.
#[must_use]
pub const fn purpose_of(reason: ReasonCode) -> Purpose {
    match reason {
        ReasonCode::Complaint => Purpose::Complaint,
        ReasonCode::Incident => Purpose::Incident,
        _ => Purpose::ServiceDelivery,
    }
}

/// Asks for access to one person's record at another office. The system looks for the evidence itself, in the act
/// that makes the grant: an appointment here today that somebody else booked, the client's own code, a partnership
/// of the two offices in force, an open complaint about this person, an incident under investigation.
///
/// # Errors
/// [`ServiceError::Invalid`] when the reason demands evidence that the system does not find, when the reason in words
/// is missing, or for too long a time; a refusal of the gate.
pub fn ask(desk: &Desk<'_>, asking: &Asking) -> Result<Asked> {
    if asking.reason == ReasonCode::Configured {
        return Err(ServiceError::Invalid(
            "this organisation has no further reasons: choose one of the others".to_owned(),
        ));
    }
    if !desk.who.staff().is_some_and(|s| serves(asking.reason, s.roles)) {
        return Err(StoreError::Invalid(
            "this reason is not for your role: choose the one under which you need the record".to_owned(),
        )
        .into());
    }
    let from = day_begins(desk)?;
    let day = (from, from + SignedDuration::from_hours(24));
    let lasts = SignedDuration::from_hours(asking.hours.clamp(0, 48));
    let purpose = purpose_of(asking.reason);
    Ok(desk.store.act(desk.who, Verb::GrantAsk, purpose, |tx| {
        let found = evidence(tx, asking, day)?;
        if found.is_none() && asking.reason.demands_evidence() {
            return Err(StoreError::Invalid(not_found(asking.reason).to_owned()));
        }
        let text =
            GrantText { reason: asking.words.trim().to_owned(), evidence: found.clone().unwrap_or_default() };
        let new = NewGrant {
            person: asking.person,
            reason: asking.reason,
            evidence_checked: found.is_some(),
            text,
            lasts,
        };
        let grant = tx.ask_grant(&new, &Terms::default())?;
        Ok(Asked { grant, checked: found.is_some(), until: tx.now() + lasts })
    })?)
}

/// Whether a grant for this reason would open anything for somebody in these roles (access rule 17): nobody is given one
/// that would not.
fn serves(reason: ReasonCode, roles: RoleSet) -> bool {
    let any = |wanted: &[Role]| wanted.iter().any(|r| roles.contains(*r));
    match reason {
        ReasonCode::Complaint => any(&[Role::ComplaintsOfficer]),
        ReasonCode::Incident => any(&[Role::IgOfficer]),
        ReasonCode::ClientAttends | ReasonCode::Partnership | ReasonCode::Configured => {
            any(&[Role::Adviser, Role::ProtectedAdviser, Role::Supervisor])
        }
    }
}

const fn not_found(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::Partnership => {
            "no partnership of your two offices with this reference is in force: check it with the network's administrator"
        }
        ReasonCode::Complaint => {
            "no open complaint with this number is about this person: check the number, or ask information governance"
        }
        ReasonCode::Incident => {
            "no incident with this number that somebody else opened is under investigation: check the number"
        }
        _ => "the evidence for this reason was not found",
    }
}

/// What the system finds itself; the words go into the grant.
fn evidence(
    tx: &mut Tx<'_>,
    asking: &Asking,
    day: (Timestamp, Timestamp),
) -> std::result::Result<Option<String>, StoreError> {
    let Some(office) = tx.who().staff().map(|s| s.office) else { return Ok(None) };
    let reference = asking.evidence.trim();
    Ok(match asking.reason {
        ReasonCode::ClientAttends => {
            if holds_code(tx, asking)? {
                Some("the client gave their follow-up code".to_owned())
            } else {
                let booked = tx.appointment_here(asking.person, office, day)?;
                booked.map(|id| format!("an appointment here today, booked by a colleague: {id}"))
            }
        }
        ReasonCode::Partnership => {
            let home = tx.home_office(asking.person)?;
            tx.partnership_holds(reference, office, home)?.then(|| format!("partnership {reference}"))
        }
        ReasonCode::Complaint => {
            tx.complaint_is_open(reference, asking.person)?.then(|| format!("complaint {reference}"))
        }
        ReasonCode::Incident => tx.incident_is_open(reference)?.then(|| format!("incident {reference}")),
        ReasonCode::Configured => None,
    })
}

fn holds_code(tx: &mut Tx<'_>, asking: &Asking) -> std::result::Result<bool, StoreError> {
    match identity::normalise(IdentityKind::FollowUp, &asking.code) {
        Some(code) => Ok(tx.persons_by_identity(IdentityKind::FollowUp, &code)?.contains(&asking.person)),
        None => Ok(false),
    }
}

/// Gives a grant back, or takes it as the home office.
///
/// # Errors
/// A grant that is over; a refusal of the gate.
pub fn withdraw(desk: &Desk<'_>, grant: GrantId) -> Result<()> {
    desk.store.act(desk.who, Verb::GrantWithdraw, Purpose::Assurance, |tx| {
        tx.withdraw_grant(grant, &Terms::default())
    })?;
    Ok(())
}

/// One who works here, as reviews and access lists name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Their name.
    pub name: String,
    /// Their roles.
    pub roles: RoleSet,
    /// Their office's name.
    pub office: String,
    /// Which office.
    pub office_id: OfficeId,
}

/// Everyone who works here, by identifier; closed accounts too.
///
/// # Errors
/// What the database answers.
pub fn workers(desk: &Desk<'_>) -> Result<BTreeMap<StaffId, Worker>> {
    let offices: BTreeMap<OfficeId, String> =
        desk.store.offices(desk.controller())?.into_iter().map(|o| (o.id, o.name)).collect();
    let accounts = desk.store.accounts(desk.controller())?;
    Ok(accounts
        .into_iter()
        .map(|a| {
            let office = offices.get(&a.office).cloned().unwrap_or_default();
            (a.id, Worker { name: a.text.name, roles: a.roles, office, office_id: a.office })
        })
        .collect())
}

/// A grant that waits for the home office.
#[derive(Debug, Clone)]
pub struct ToReview {
    /// The grant.
    pub grant: Grant,
    /// Why it is in the queue.
    pub why: Why,
    /// What is odd about the holder's reading of this record.
    pub flags: FlagSet,
    /// The person's name, where the reviewer may see it in a list.
    pub name: Option<String>,
}

/// An odd access that waits for the home office.
#[derive(Debug, Clone)]
pub struct OddLine {
    /// The access.
    pub odd: Odd,
    /// The person's name, where the reviewer may see it in a list.
    pub name: Option<String>,
}

/// The home office's review: grants on its records, odd accesses, and who opened how many today.
#[derive(Debug, Clone)]
pub struct Digest {
    /// Grants, the odd ones first, then those on a worker's word, then the sample.
    pub grants: Vec<ToReview>,
    /// Odd accesses, the oddest first.
    pub odd: Vec<OddLine>,
    /// Workers who opened more people's records in the last day than is ordinary.
    pub busy: Vec<(StaffId, u64)>,
}

/// Gathers what the reviewer of the own office should look at.
///
/// # Errors
/// A refusal of the gate (access rules 18 and 59).
pub fn digest(desk: &Desk<'_>) -> Result<Digest> {
    let office = super::office_of(desk.who).ok_or(StoreError::NotFound("office"))?;
    let day = SignedDuration::from_hours(24);
    let (grants, odd, busy) = desk.store.act(desk.who, Verb::AccessReview, Purpose::Assurance, |tx| {
        let terms = Terms::default();
        let since = tx.now() - day;
        Ok((
            tx.review_queue(office, MOST, &terms)?,
            tx.odd_accesses(office, MOST, &terms)?,
            tx.busiest(office, since, &terms)?,
        ))
    })?;
    let me = desk.who.staff().map(|s| s.staff);
    let names = names(desk, grants.iter().map(|g| g.person).chain(odd.iter().map(|o| o.person)))?;
    let name = |person: PersonId| names.get(&person).cloned().flatten();
    let mut grants: Vec<_> = grants
        .into_iter()
        .filter(|g| Some(g.staff) != me)
        .map(|grant| {
            let flags = odd
                .iter()
                .filter(|o| o.staff == grant.staff && o.person == grant.person)
                .flat_map(|o| o.flags.iter().collect::<Vec<_>>())
                .collect::<FlagSet>();
            let peculiar = oddness::weight(flags)
                > oddness::weight(FlagSet::of(&[counterfoil_domain::access::Flag::SelfClaimed]));
            let why = review::why(grant.id.as_bytes(), grant.evidence_checked, peculiar);
            ToReview { why, flags, name: name(grant.person), grant }
        })
        .collect();
    grants.sort_by_key(|g| (g.why, g.grant.from));
    let mut odd: Vec<_> = odd
        .into_iter()
        .filter(|o| Some(o.staff) != me)
        .map(|odd| OddLine { name: name(odd.person), odd })
        .collect();
    odd.sort_by_key(|o| (std::cmp::Reverse(oddness::weight(o.odd.flags)), o.odd.at));
    let busy = busy.into_iter().filter(|(_, people)| *people > oddness::ORDINARY_DAY).collect();
    Ok(Digest { grants, odd, busy })
}

type Names = BTreeMap<PersonId, Option<String>>;

/// The names of people whom the worker may see in a list; each is an entry in the log.
fn names(desk: &Desk<'_>, people: impl Iterator<Item = PersonId>) -> Result<Names> {
    let mut people: Vec<PersonId> = people.collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(Names::new());
    }
    Ok(desk.store.act(desk.who, Verb::RecordList, Purpose::ServiceDelivery, |tx| {
        people.iter().map(|p| Ok((*p, tx.name_in_list(*p, &Terms::default())?))).collect()
    })?)
}

/// Says what came of reviewing a grant: justified, or not, and then it ends at once.
///
/// # Errors
/// One's own grant, or one that was reviewed; a refusal of the gate.
pub fn review_grant(desk: &Desk<'_>, grant: GrantId, justified: bool) -> Result<()> {
    desk.store.act(desk.who, Verb::GrantReview, Purpose::Assurance, |tx| {
        tx.review_grant(grant, justified, &Terms::default())
    })?;
    Ok(())
}

/// Says what came of looking at an odd access.
///
/// # Errors
/// One's own access, or one that was reviewed; a refusal of the gate.
pub fn review_odd(desk: &Desk<'_>, odd: OddId, explained: bool) -> Result<()> {
    desk.store.act(desk.who, Verb::AccessReview, Purpose::Assurance, |tx| {
        tx.review_odd(odd, explained, &Terms::default())
    })?;
    Ok(())
}

/// One line of the person's own list of who looked: role, office and reason, no names of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// When.
    pub at: Timestamp,
    /// What was done, by its verb.
    pub verb: String,
    /// What for, by its purpose.
    pub purpose: String,
    /// The reason of a grant, if one was relied on.
    pub reason: Option<String>,
    /// The roles of whoever did it; none for the system itself.
    pub roles: Vec<Role>,
    /// Their office's name; empty for the system itself.
    pub office: String,
    /// Whether that is another office than the record's.
    pub elsewhere: bool,
}

/// Who looked at a person's record, newest first, as the person may have it: for each moment, office, purpose and
/// verb one line.
///
/// # Errors
/// A refusal of the gate.
pub fn who_looked(desk: &Desk<'_>, person: PersonId, most: u32) -> Result<Vec<Looked>> {
    let (home, lines) = desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(counterfoil_store::Record::Person, person, &Terms::default())?;
        Ok((permit.office(), tx.trail_of(person, most)?))
    })?;
    told(desk, home, lines)
}

/// The lines as the person may have them, from their record's trail.
pub(crate) fn told(desk: &Desk<'_>, home: OfficeId, lines: Vec<TrailLine>) -> Result<Vec<Looked>> {
    let workers = workers(desk)?;
    let mut seen: Vec<Looked> = lines
        .into_iter()
        .map(|line| {
            let staff = line.opened.as_ref().and_then(|o| o.staff.as_deref()).and_then(|s| s.parse().ok());
            let worker = staff.and_then(|s: StaffId| workers.get(&s));
            // Where they worked then, which may not be where they work now.
            let office = line.opened.as_ref().and_then(|o| o.office.as_deref()).and_then(|o| o.parse().ok());
            let elsewhere = office.is_some_and(|o: OfficeId| o != home);
            let named =
                office.and_then(|o| workers.values().find(|w| w.office_id == o)).map(|w| w.office.clone());
            Looked {
                at: Timestamp::from_millisecond(i64::try_from(line.entry.time).unwrap_or(0))
                    .unwrap_or_default(),
                verb: line.entry.verb.to_string(),
                purpose: line.entry.purpose.to_string(),
                reason: line.entry.reason.as_ref().map(ToString::to_string),
                roles: worker.map(|w| w.roles.iter().collect()).unwrap_or_default(),
                office: named.unwrap_or_default(),
                elsewhere,
            }
        })
        .collect();
    // One page opens several records in one moment: the person reads one line.
    seen.dedup_by(|a, b| {
        let same = (&a.verb, &a.purpose, &a.office, &a.roles) == (&b.verb, &b.purpose, &b.office, &b.roles);
        same && a.at.duration_since(b.at).abs() < SignedDuration::from_secs(60)
    });
    Ok(seen)
}
