//! Disclosures: proposed on a ground, authorised by who is senior enough, sent, and the person told (promises
//! N7, N19, C9, C17, C19, C31).

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, DisclosureId, PermissionId, PersonId};
use counterfoil_domain::questions::Response;
use counterfoil_domain::sharing::permission::{Permission, Wording};
use counterfoil_domain::sharing::recipient::{Naming, Recipient, naming};
use counterfoil_domain::sharing::{
    Authoriser, Disclosure, Ground, Missing, Plan, Telling, TellingDuty, clear, ground_rule,
};
use counterfoil_store::sharing::disclosures::{DisclosureText, NewDisclosure, StoredDisclosure};
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};
use jiff::civil::Date;

use super::facts::{Facts, answers, permission_of};
use super::{standing, told, words_of};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

type Stored<T> = std::result::Result<T, StoreError>;

/// How the person is told, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TellingChoice {
    /// `first`, `after`, `not`, or empty where the ground asks for none.
    pub how: String,
    /// When it was discussed, or is to be told.
    pub on: Option<Date>,
    /// Why not first, or not at all.
    pub because: String,
}

/// A disclosure that somebody proposes.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The ground, the recipient, the purpose, the answers: as they were typed. `fields` follow from `content`.
    pub text: DisclosureText,
    /// What is given, by field.
    pub content: BTreeMap<String, String>,
    /// The consent or authority that is relied on.
    pub permission: Option<PermissionId>,
    /// How the person is told.
    pub telling: TellingChoice,
    /// It is made to answer a complaint.
    pub for_complaint: bool,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It is authorised and may be sent.
    Authorised(DisclosureId),
    /// It waits for somebody of this standing, or more senior.
    Waits(DisclosureId, Authoriser),
    /// It was sent.
    Sent(DisclosureId),
    /// It was refused; the record keeps why.
    Refused(DisclosureId, Vec<Missing>),
}

impl Attempt {
    /// Which disclosure.
    #[must_use]
    pub const fn id(&self) -> DisclosureId {
        match self {
            Self::Authorised(id) | Self::Waits(id, _) | Self::Sent(id) | Self::Refused(id, _) => *id,
        }
    }

    /// Why it was refused; empty when it was not.
    #[must_use]
    pub fn gaps(&self) -> &[Missing] {
        match self {
            Self::Refused(_, gaps) => gaps,
            _ => &[],
        }
    }
}

/// A disclosure before the rules, with what they are held against.
struct Case<'a> {
    facts: &'a Facts,
    recipient: Recipient,
    ground: Ground,
    text: &'a DisclosureText,
    permission: Option<(PermissionId, Permission, Wording)>,
    telling: Option<Telling>,
    authoriser: Option<Authoriser>,
}

impl Case<'_> {
    /// Everything that stands against it; empty when nothing does.
    fn gaps(&self) -> Vec<Missing> {
        let (mut evidence, mut gaps) = answers(self.ground, &self.text.evidence);
        self.fill(&mut evidence);
        let named = self.permission.as_ref().map(|(_, p, w)| (p, w));
        let disclosure = Disclosure {
            ground: self.ground,
            promise: self.facts.promise,
            division: self.facts.division,
            recipient: self.party(),
            fields: self.text.fields.clone(),
            purpose: self.text.purpose.clone(),
            gateway: (!self.text.gateway.is_empty()).then(|| self.text.gateway.clone()),
            stated: self.text.stated.clone(),
            consideration: self.text.consideration,
            authoriser: self.authoriser,
            evidence,
            telling: self.telling.clone(),
            on: self.facts.on,
        };
        let plan = Plan {
            disclosure,
            recipient: &self.recipient,
            permission: named,
            declared: &self.facts.declared,
            adequate: &self.facts.adequate,
        };
        gaps.extend(clear(plan).err().unwrap_or_default());
        gaps
    }

    fn party(&self) -> String {
        if self.recipient.id.is_empty() { self.recipient.name.clone() } else { self.recipient.id.clone() }
    }

    /// What the system knows itself is not asked of people: the permission's facts, the agreement's.
    fn fill(&self, evidence: &mut BTreeMap<String, Response>) {
        let mut put = |key: &str, response: Response| {
            evidence.insert(key.to_owned(), response);
        };
        match (self.ground, &self.permission, &self.recipient.agreement) {
            (Ground::Permission, Some((id, permission, _)), _) => {
                // Whether it covers and is in force is held against the record itself: see `clear`.
                put("record", Response::Text(id.to_string()));
                put("given_on", Response::Date(permission.given_on));
                put("covers", Response::YesNo(true));
                put("in_force", Response::YesNo(true));
            }
            (Ground::Agreement, _, Some(agreement)) => {
                put("agreement", Response::Text(agreement.reference.clone()));
                put("in_force", Response::YesNo(agreement.in_force));
                put("covers", Response::YesNo(true));
                let done = if agreement.assessed.is_some() { "completed" } else { "not-required" };
                put("assessment", Response::Choice(done.to_owned()));
            }
            _ => {}
        }
    }
}

/// The telling as the rules see it.
fn telling_of(choice: &TellingChoice) -> Option<Telling> {
    let because = choice.because.clone();
    match (choice.how.as_str(), choice.on) {
        ("first", Some(on)) => Some(Telling::DiscussedFirst { on }),
        ("after", Some(on)) => Some(Telling::Afterwards { on, because }),
        ("not", _) => Some(Telling::NotTold { because }),
        _ => None,
    }
}

/// The telling as the store keeps it, and by when the person is to be told.
fn telling_code(ground: Ground, choice: &TellingChoice) -> (&'static str, Option<Date>) {
    let duty = ground_rule(ground).map(|r| r.telling);
    match (choice.how.as_str(), duty) {
        ("first", _) => ("first", None),
        ("after", _) => ("to-tell", choice.on),
        ("not", _) => ("not-told", None),
        (_, Some(TellingDuty::Knows)) => ("knows", None),
        (_, Some(TellingDuty::ByNotice)) => ("by-notice", None),
        _ => ("unknown", None),
    }
}

/// The telling of a stored disclosure, to be checked again.
fn telling_again(stored: &StoredDisclosure) -> Option<Telling> {
    let (on, because) = (stored.text.told_on, stored.text.because.clone());
    match stored.telling.as_str() {
        "first" => on.map(|on| Telling::DiscussedFirst { on }),
        "to-tell" => stored.tell_by.map(|on| Telling::Afterwards { on, because }),
        "not-told" => Some(Telling::NotTold { because }),
        _ => None,
    }
}

const fn purpose_of(for_complaint: bool) -> Purpose {
    if for_complaint { Purpose::Complaint } else { Purpose::ServiceDelivery }
}

fn invalid(error: &ServiceError) -> StoreError {
    StoreError::Invalid(error.to_string())
}

fn permission_in(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: Option<PermissionId>,
) -> Stored<Option<(PermissionId, Permission, Wording)>> {
    let Some(id) = id else { return Ok(None) };
    let rule = permission_of(&tx.permission(permit, id)?).map_err(|e| invalid(&e))?;
    let wording = words_of(rule.purpose, "en").map_err(|e| invalid(&e))?.rule;
    Ok(Some((id, rule, wording)))
}

/// Proposes a disclosure. Nothing against it: it is authorised where the proposer is senior enough, and waits for
/// somebody who is where not. Anything against it: it is refused, and the record keeps the attempt with the reasons.
///
/// # Errors
/// [`ServiceError::Invalid`] for a ground or recipient that there is not; a refusal of the gate.
pub fn propose(desk: &Desk<'_>, person: PersonId, proposal: &Proposal) -> Result<Attempt> {
    let facts = Facts::of(desk)?;
    let ground = ground_of(&proposal.text.ground)?;
    let text = DisclosureText {
        fields: proposal.content.keys().cloned().collect(),
        because: proposal.telling.because.clone(),
        told_on: proposal.telling.on,
        ..proposal.text.clone()
    };
    let text = named(&facts, text)?;
    let recipient = facts.recipient(&text)?;
    let text = DisclosureText { recipient_name: recipient.name.clone(), ..text };
    let act = |tx: &mut Tx<'_>| {
        let permit = tx.permit(Record::Person, person, &attempt("disclosure", &text))?;
        let case = Case {
            facts: &facts,
            recipient: recipient.clone(),
            ground,
            text: &text,
            permission: permission_in(tx, &permit, proposal.permission)?,
            telling: telling_of(&proposal.telling),
            authoriser: standing(desk.who),
        };
        settle(tx, &permit, &case, proposal)
    };
    Ok(desk.store.act(desk.who, Verb::DisclosureMake, purpose_of(proposal.for_complaint), act)?)
}

/// The recipient as the directory has it: a name that is an entry's is that entry, another needs its reason.
fn named(facts: &Facts, text: DisclosureText) -> Result<DisclosureText> {
    let found = naming(&text.recipient, &text.recipient_name, &text.unlisted_why, &facts.entries());
    Ok(match found.map_err(|gap| ServiceError::Invalid(gap.reason))? {
        Naming::Entry(id) => DisclosureText { recipient: id, unlisted_why: String::new(), ..text },
        Naming::Unlisted { name, why } => {
            DisclosureText { recipient: String::new(), recipient_name: name, unlisted_why: why, ..text }
        }
    })
}

/// What the log keeps of an attempt, sealed under the person's key.
fn attempt(what: &str, text: &DisclosureText) -> Terms {
    let detail = serde_json::json!({
        "sharing": what, "ground": text.ground, "recipient": text.recipient_name, "fields": text.fields,
    });
    Terms { detail, ..Terms::default() }
}

fn ground_of(code: &str) -> Result<Ground> {
    code.parse().map_err(|_| {
        ServiceError::Unlawful(
            "name the ground on which it may be given: without a ground nothing is given".to_owned(),
        )
    })
}

/// Whether the only thing that is missing is somebody senior enough.
fn waits(gaps: &[Missing]) -> bool {
    !gaps.is_empty() && gaps.iter().all(|g| g.code == "no-authoriser")
}

fn settle(tx: &mut Tx<'_>, permit: &Permit, case: &Case<'_>, proposal: &Proposal) -> Stored<Attempt> {
    let gaps = case.gaps();
    let refused = !gaps.is_empty() && !waits(&gaps);
    let (telling, tell_by) = telling_code(case.ground, &proposal.telling);
    let text =
        DisclosureText { refused: if refused { told(&gaps) } else { Vec::new() }, ..case.text.clone() };
    let new = NewDisclosure {
        case: proposal.case,
        permission: case.permission.as_ref().map(|(id, ..)| *id),
        state: if refused { "refused" } else { "proposed" },
        telling: telling.to_owned(),
        tell_by,
        text: text.clone(),
        content: proposal.content.clone(),
    };
    let id = tx.keep_disclosure(permit, &new)?;
    if refused {
        note(tx, permit, id, &gaps)?;
        return Ok(Attempt::Refused(id, gaps));
    }
    let least = ground_rule(case.ground).map_or(Authoriser::ChiefOfficer, |r| r.authoriser);
    if !gaps.is_empty() {
        return Ok(Attempt::Waits(id, least));
    }
    tx.authorise_disclosure(permit, id, &signed(text, case.authoriser))?;
    Ok(Attempt::Authorised(id))
}

fn signed(text: DisclosureText, standing: Option<Authoriser>) -> DisclosureText {
    DisclosureText { authoriser: standing.map(Authoriser::code).unwrap_or_default().to_owned(), ..text }
}

/// Writes down that a rule refused: the first reason in the log, all of them sealed with it.
fn note(tx: &mut Tx<'_>, permit: &Permit, id: DisclosureId, gaps: &[Missing]) -> Stored<()> {
    let reason = gaps.first().map_or("refused", |g| g.code);
    tx.note_refused(permit, (DisclosureId::PREFIX, *id.as_bytes()), reason, &told(gaps))
}

/// A stored disclosure before the rules again, with the name of whoever is to answer for it.
fn again<'a>(
    tx: &mut Tx<'_>,
    permit: &Permit,
    facts: &'a Facts,
    stored: &'a StoredDisclosure,
    authoriser: Option<Authoriser>,
) -> Stored<Case<'a>> {
    let ground = ground_of(&stored.text.ground).map_err(|e| invalid(&e))?;
    Ok(Case {
        facts,
        recipient: facts.recipient(&stored.text).map_err(|e| invalid(&e))?,
        ground,
        text: &stored.text,
        permission: permission_in(tx, permit, stored.permission)?,
        telling: telling_again(stored),
        authoriser,
    })
}

/// Puts the actor's name to a proposed disclosure; everything is checked again.
///
/// # Errors
/// A refusal of the gate; a disclosure that no longer waits.
pub fn authorise(desk: &Desk<'_>, id: DisclosureId, for_complaint: bool) -> Result<Attempt> {
    let facts = Facts::of(desk)?;
    let act = |tx: &mut Tx<'_>| {
        let person = tx.person_of_disclosure(id)?;
        let permit = tx.permit(Record::Person, person, &doing("disclosure authorised"))?;
        let stored = tx.disclosure(&permit, id)?;
        let case = again(tx, &permit, &facts, &stored, standing(desk.who))?;
        let gaps = case.gaps();
        if gaps.is_empty() {
            tx.authorise_disclosure(&permit, id, &signed(stored.text.clone(), case.authoriser))?;
            return Ok(Attempt::Authorised(id));
        }
        refuse(tx, &permit, &stored, gaps)
    };
    Ok(desk.store.act(desk.who, Verb::DisclosureAuthorise, purpose_of(for_complaint), act)?)
}

fn doing(what: &str) -> Terms {
    Terms { detail: serde_json::json!({ "sharing": what }), ..Terms::default() }
}

/// Refuses a stored disclosure. One that only lacks a senior enough name goes on waiting.
fn refuse(
    tx: &mut Tx<'_>,
    permit: &Permit,
    stored: &StoredDisclosure,
    gaps: Vec<Missing>,
) -> Stored<Attempt> {
    if !waits(&gaps) {
        let text = DisclosureText { refused: told(&gaps), ..stored.text.clone() };
        tx.end_disclosure(permit, stored.id, "refused", &text)?;
    }
    note(tx, permit, stored.id, &gaps)?;
    Ok(Attempt::Refused(stored.id, gaps))
}

/// Sends an authorised disclosure: everything is checked once more, and a permission that was withdrawn in the
/// meantime, even at this moment, stops it.
///
/// # Errors
/// A refusal of the gate; a disclosure that is not authorised.
pub fn send(desk: &Desk<'_>, id: DisclosureId, for_complaint: bool) -> Result<Attempt> {
    let facts = Facts::of(desk)?;
    let act = |tx: &mut Tx<'_>| {
        let person = tx.person_of_disclosure(id)?;
        let permit = tx.permit(Record::Person, person, &doing("disclosure sent"))?;
        let stored = tx.disclosure(&permit, id)?;
        if stored.state != "authorised" {
            return unsendable(tx, &permit, &stored);
        }
        send_in(tx, &permit, &facts, &stored)
    };
    Ok(desk.store.act(desk.who, Verb::DisclosureMake, purpose_of(for_complaint), act)?)
}

/// Something that was stopped, refused, sent already or never authorised is not sent: the attempt is on record.
fn unsendable(tx: &mut Tx<'_>, permit: &Permit, stored: &StoredDisclosure) -> Stored<Attempt> {
    let reason = match stored.state.as_str() {
        "stopped" => "the permission was withdrawn, so this was stopped: ask the person again",
        "sent" => "this was sent already",
        "refused" => "this was refused: propose it anew",
        _ => "nobody has authorised this yet",
    };
    let gap = Missing { code: "not-authorised", field: String::new(), reason: reason.to_owned() };
    note(tx, permit, stored.id, std::slice::from_ref(&gap))?;
    Ok(Attempt::Refused(stored.id, vec![gap]))
}

/// INVARIANT: what relies on a permission takes the permission's row in the same transaction, so that of a
/// withdrawal and a sending at the same moment one comes first, and the sending sees it.
pub(super) fn send_in(
    tx: &mut Tx<'_>,
    permit: &Permit,
    facts: &Facts,
    stored: &StoredDisclosure,
) -> Stored<Attempt> {
    let named = stored.text.authoriser.parse().ok();
    let case = again(tx, permit, facts, stored, named)?;
    let mut gaps = case.gaps();
    if let Some((permission, ..)) = case.permission.as_ref().filter(|_| gaps.is_empty())
        && !tx.rely_on(permit, *permission)?
    {
        let reason = "the permission was withdrawn: ask the person again before anything is sent".to_owned();
        gaps.push(Missing { code: "permission-withdrawn", field: "permission".to_owned(), reason });
    }
    if !gaps.is_empty() {
        return refuse(tx, permit, stored, gaps);
    }
    let content = tx.disclosed_content(permit, stored.id)?;
    tx.send_disclosure(permit, stored.id, &stored.text, &content)?;
    Ok(Attempt::Sent(stored.id))
}

/// Proposes a disclosure and sends it where it may be sent at once.
///
/// # Errors
/// As [`propose`] and [`send`].
pub fn make(desk: &Desk<'_>, person: PersonId, proposal: &Proposal) -> Result<Attempt> {
    match propose(desk, person, proposal)? {
        Attempt::Authorised(id) => send(desk, id, proposal.for_complaint),
        other => Ok(other),
    }
}

/// Records that the person was told of a disclosure, or why they will not be.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason for not telling; a refusal of the gate; nothing was to be told.
pub fn tell(desk: &Desk<'_>, id: DisclosureId, was_told: bool, because: &str) -> Result<()> {
    if !was_told && because.trim().is_empty() {
        return Err(ServiceError::Invalid("say why the person will not be told".to_owned()));
    }
    let on = desk.today()?;
    Ok(desk.store.act(desk.who, Verb::DisclosureMake, Purpose::ServiceDelivery, |tx| {
        let person = tx.person_of_disclosure(id)?;
        let permit = tx.permit(Record::Person, person, &doing("telling recorded"))?;
        let stored = tx.disclosure(&permit, id)?;
        let text = DisclosureText {
            told_on: was_told.then_some(on).or(stored.text.told_on),
            because: if was_told { stored.text.because.clone() } else { because.to_owned() },
            ..stored.text.clone()
        };
        tx.record_telling(&permit, id, if was_told { "told" } else { "not-told" }, &text)
    })?)
}

/// The disclosures of a person, newest first, what was given with each.
///
/// # Errors
/// A refusal of the gate.
pub fn list(desk: &Desk<'_>, person: PersonId) -> Result<Vec<(StoredDisclosure, BTreeMap<String, String>)>> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        let all = tx.disclosures_of(&permit)?;
        all.into_iter().map(|d| tx.disclosed_content(&permit, d.id).map(|c| (d, c))).collect()
    })?)
}

/// One disclosure with what it gives, for whoever may authorise it.
///
/// # Errors
/// A refusal of the gate; there is no such disclosure.
pub fn open_to_authorise(
    desk: &Desk<'_>,
    id: DisclosureId,
) -> Result<(StoredDisclosure, BTreeMap<String, String>)> {
    Ok(desk.store.act(desk.who, Verb::DisclosureAuthorise, Purpose::ServiceDelivery, |tx| {
        let person = tx.person_of_disclosure(id)?;
        let permit = tx.permit(Record::Person, person, &doing("disclosure opened"))?;
        let stored = tx.disclosure(&permit, id)?;
        let content = tx.disclosed_content(&permit, id)?;
        Ok((stored, content))
    })?)
}
