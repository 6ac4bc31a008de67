//! Erasure (Art 17 UK GDPR, promise C12): a dry run, a proposal by one person, the approval of another, then the
//! connected systems, the casebook, the certificate.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{PersonId, StaffId};
use counterfoil_store::access::Actor;
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::other::lines::Line;
use counterfoil_store::rights::other::texts::{CertificateText, PlanText, RowsText, SystemText, TellingText};
use counterfoil_store::rights::requests::{EventText, Request};
use counterfoil_store::{Permit, StoreError, Terms, Tx};

use super::super::{Desk, Purpose};
use super::{Stored, asked_for, granted, lines, on_person, person_of, systems};
use crate::error::{Result, ServiceError};

/// What an erasure does not touch, and why: the plan and the certificate say so.
const LEFT: &[&str] = &[
    "the file of this request: kept six years after it is closed, as the evidence that it was answered",
    "the audit log: it names nobody, and what it says of this person can no longer be read",
    "a stop of marketing, if there is one: a keyed hash of the address, so that nobody writes to it again",
];

/// Counts what an erasure would destroy: rows, files, connected systems, recipients. Nothing is changed.
///
/// # Errors
/// [`ServiceError::NotReady`] when nothing was granted; a refusal of the gate (a legal hold).
pub fn dry_run(desk: &Desk<'_>, reference: &str) -> Result<PlanText> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    plan(desk, &request, person)
}

/// Rows and files of the casebook as they are now.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general over the transaction's lifetime"
)]
fn counted(
    desk: &Desk<'_>,
    request: &Request,
    person: PersonId,
    verb: Verb,
    signatories: Vec<StaffId>,
) -> Result<(Vec<RowsText>, u64)> {
    let terms = Terms { signatories, ..asked_for(request, serde_json::json!({ "counted": true })) };
    let (rows, files) = on_person(desk, verb, person, &terms, |tx, permit| tx.count_person(permit))?;
    let rows = rows
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(table, number)| RowsText { table: table.to_owned(), number })
        .collect();
    Ok((rows, files))
}

fn plan(desk: &Desk<'_>, request: &Request, person: PersonId) -> Result<PlanText> {
    let profile = profile(desk, request, person)?;
    let (rows, files) = counted(desk, request, person, Verb::ErasurePropose, Vec::new())?;
    let identities = systems::identities(&profile);
    let systems = systems::each(&systems::connected(desk)?, &identities, [0; 32], false);
    let recipients = lines::<TellingText>(desk, &request.reference)?;
    Ok(PlanText {
        rows,
        files,
        systems,
        recipients: recipients.into_iter().map(|l| l.text.recipient).collect(),
        left: LEFT.iter().map(|l| (*l).to_owned()).collect(),
    })
}

fn profile(desk: &Desk<'_>, request: &Request, person: PersonId) -> Result<Profile> {
    let terms = asked_for(request, serde_json::Value::Null);
    let read = desk
        .store
        .act(desk.who, Verb::RecordRead, Purpose::RightsRequest, |tx| tx.read_person(person, &terms))?;
    Ok(read.profile)
}

/// Puts an erasure forward, with what it would destroy. A second person approves it.
///
/// # Errors
/// [`ServiceError::Unlawful`] while an access request of the same person is open (s.173 DPA 2018);
/// [`ServiceError::NotReady`] when nothing was granted; a refusal of the gate.
pub fn propose(desk: &Desk<'_>, reference: &str) -> Result<PlanText> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let open = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, _| {
        tx.unanswered(person, "access")
    })?;
    if !open.is_empty() {
        return Err(ServiceError::Unlawful(format!(
            "an access request of the same person is open ({}): answer it first, since erasing what was asked for \
             may be an offence (s.173 DPA 2018)",
            open.join(", ")
        )));
    }
    let plan = plan(desk, &request, person)?;
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        for old in tx.lines_of::<PlanText>(request)?.iter().filter(|l| standing(l)) {
            tx.move_line(request, old, "withdrawn", None, false)?;
        }
        tx.add_line(request, "proposed", None, &plan)?;
        tx.move_request(request, "awaiting-approval")
    })?;
    Ok(plan)
}

fn standing(line: &Line<PlanText>) -> bool {
    matches!(line.state.as_str(), "proposed" | "approved")
}

/// The proposal or approved plan of a request.
fn current(desk: &Desk<'_>, reference: &str, state: &str, why: &str) -> Result<Line<PlanText>> {
    lines::<PlanText>(desk, reference)?
        .pop()
        .filter(|l| l.state == state)
        .ok_or_else(|| ServiceError::NotReady(why.to_owned()))
}

/// Approves what someone else proposed. What would be destroyed is counted again: a plan that no longer holds is
/// not approved.
///
/// # Errors
/// [`ServiceError::NotReady`] without a proposal, or when it no longer holds; a refusal of the gate (the proposer
/// does not approve).
pub fn approve(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let proposed = current(desk, reference, "proposed", "nothing is proposed: propose the erasure first")?;
    let first: Vec<StaffId> = proposed.by.into_iter().collect();
    let now = counted(desk, &request, person, Verb::ErasureApprove, first.clone())?;
    if now != (proposed.text.rows.clone(), proposed.text.files) {
        return Err(ServiceError::NotReady(
            "what would be erased has changed since it was proposed: have it proposed again".to_owned(),
        ));
    }
    let terms = Terms { signatories: first, ..Terms::default() };
    desk.on_request(Verb::RequestApprove, reference, &terms, |tx, request| {
        tx.move_line(request, &proposed, "approved", None, true)?;
        tx.move_request(request, "approved")
    })
}

/// Carries out an approved erasure: connected systems first, while it is known by what the person is found there;
/// then the casebook and the key. Writes the certificate.
///
/// # Errors
/// [`ServiceError::NotReady`] without an approval, or when a connected system fails and is not named in `without`;
/// a refusal of the gate.
pub fn execute(desk: &Desk<'_>, reference: &str, without: &[String]) -> Result<CertificateText> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let why = "a second person has not approved this erasure yet";
    let approved = current(desk, reference, "approved", why)?;
    let signatories: Vec<StaffId> = approved.by.into_iter().chain(approved.second).collect();
    let profile = profile(desk, &request, person)?;
    let answers = elsewhere(desk, &profile, without)?;
    let erased = in_casebook(desk, &request, person, signatories)?;
    let rows: u64 = erased.rows.iter().map(|(_, n)| n).sum();
    let certificate = CertificateText {
        done: vec![
            format!("{rows} rows of the casebook and {} files were deleted", erased.files),
            "the key under which they were sealed was destroyed: copies and backups can no longer be read"
                .to_owned(),
        ],
        left: approved.text.left.clone(),
        systems: answers,
    };
    let today = desk.today()?;
    let note = EventText { note: "the record was erased".to_owned(), ..EventText::default() };
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.move_line(request, &approved, "executed", None, false)?;
        tx.add_line(request, "written", None, &certificate)?;
        tx.add_event(request, "carried-out", today, &note)?;
        tx.move_request(request, "done")
    })?;
    Ok(certificate)
}

/// Erases in the connected systems. One that fails stops the erasure, so that it can be mended and run again:
/// afterwards nobody knows by what the person was found there.
fn elsewhere(desk: &Desk<'_>, profile: &Profile, without: &[String]) -> Result<Vec<SystemText>> {
    let (left, asked): (Vec<_>, Vec<_>) =
        systems::connected(desk)?.into_iter().partition(|s| without.contains(&s.name));
    let mut secret = [0; 32];
    for half in secret.chunks_mut(16) {
        half.copy_from_slice(&desk.store.fresh_id());
    }
    let mut answers = systems::each(&asked, &systems::identities(profile), secret, true);
    if let Some(failed) = answers.iter().find(|a| matches!(a.answer.as_str(), "failed" | "blocked")) {
        return Err(ServiceError::NotReady(format!(
            "nothing was erased here, because `{}` could not: {}; mend it and run the erasure again, or leave that \
             system out and have it erased by hand",
            failed.name, failed.why
        )));
    }
    answers.extend(left.into_iter().map(|s| SystemText {
        name: s.name,
        answer: "left-out".to_owned(),
        rows: 0,
        why: "to be erased by hand".to_owned(),
    }));
    Ok(answers)
}

fn in_casebook(
    desk: &Desk<'_>,
    request: &Request,
    person: PersonId,
    signatories: Vec<StaffId>,
) -> Result<counterfoil_store::assurance::erasure::Erased> {
    let system = Actor::Automation { controller: desk.controller() };
    let terms = Terms { signatories, ..asked_for(request, serde_json::Value::Null) };
    let erase = |tx: &mut Tx<'_>| -> Stored<_> {
        let permit: Permit = tx.permit(counterfoil_store::Record::Person, person, &terms)?;
        tx.erase_person(&permit)
    };
    desk.store.act(&system, Verb::ErasureExecute, Purpose::RightsRequest, erase).map_err(|e| match e {
        StoreError::NotFound(_) => ServiceError::NotReady("this record has been erased already".to_owned()),
        other => other.into(),
    })
}
