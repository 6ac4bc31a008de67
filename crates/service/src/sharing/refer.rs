//! Referrals: drafted, sent only with a consent that covers recipient and fields, followed to their outcome, and
//! removed from the platform (promise N13).

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, PermissionId, PersonId, ReferralId};
use counterfoil_domain::sharing::permission::{ConsentPurpose, gaps};
use counterfoil_domain::sharing::{Authoriser, Ground, Missing};
use counterfoil_store::sharing::disclosures::{DisclosureText, NewDisclosure};
use counterfoil_store::sharing::referrals::{Referral, ReferralText, Step};
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};

use super::disclose::{Attempt, send_in};
use super::facts::{Facts, permission_of};
use super::{told, words_of};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

type Stored<T> = std::result::Result<T, StoreError>;

/// A referral that is to be drafted.
#[derive(Debug, Clone, Default)]
pub struct Drafting {
    /// The case.
    pub case: Option<CaseId>,
    /// The register's id of the recipient.
    pub recipient: String,
    /// Why.
    pub reason: String,
    /// What is sent, by field.
    pub fields: BTreeMap<String, String>,
}

/// What came of sending a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// It was sent.
    Sent,
    /// It was refused, with what would mend it. The draft stays.
    Refused(Vec<Missing>),
}

/// Drafts a referral. Nothing leaves yet.
///
/// # Errors
/// [`ServiceError::Invalid`] for a recipient that is not on the register, or without a reason; a refusal of the gate.
pub fn draft(desk: &Desk<'_>, person: PersonId, drafting: &Drafting) -> Result<ReferralId> {
    let facts = Facts::of(desk)?;
    let recipient = facts.registered(&drafting.recipient).ok_or_else(|| {
        ServiceError::Invalid("choose a recipient from the directory: nobody else is referred to".to_owned())
    })?;
    if drafting.reason.trim().is_empty() {
        return Err(ServiceError::Invalid("say why the person is referred".to_owned()));
    }
    let text = ReferralText {
        recipient: recipient.id,
        recipient_name: recipient.name,
        reason: drafting.reason.clone(),
        fields: drafting.fields.clone(),
        ..ReferralText::default()
    };
    Ok(desk.store.act(desk.who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &doing("referral drafted"))?;
        let covering = covering(tx, &permit, &facts, &text)?;
        tx.draft_referral(&permit, drafting.case, covering, &text)
    })?)
}

fn doing(what: &str) -> Terms {
    Terms { detail: serde_json::json!({ "sharing": what }), ..Terms::default() }
}

/// The consent on which a referral can rely: one that covers it, else the newest to refer, whose gaps are then told.
fn covering(
    tx: &mut Tx<'_>,
    permit: &Permit,
    facts: &Facts,
    text: &ReferralText,
) -> Stored<Option<PermissionId>> {
    let invalid = |e: ServiceError| StoreError::Invalid(e.to_string());
    let fields: Vec<String> = text.fields.keys().cloned().collect();
    let mut newest = None;
    for stored in tx.permissions_of(permit)? {
        if stored.purpose != ConsentPurpose::Referral.code() {
            continue;
        }
        let rule = permission_of(&stored).map_err(invalid)?;
        let wording = words_of(rule.purpose, "en").map_err(invalid)?.rule;
        if gaps(&rule, &wording, &text.recipient, &fields, facts.on).is_empty() {
            return Ok(Some(stored.id));
        }
        let names_it = rule.parties.contains(&text.recipient);
        newest = newest.or(names_it.then_some(stored.id));
    }
    Ok(newest)
}

/// Sends a referral: refused, and the attempt recorded, unless a consent that counts today covers this recipient and
/// these fields, and the recipient may be sent anything at all.
///
/// # Errors
/// A refusal of the gate; a referral that was sent or stopped.
pub fn send(desk: &Desk<'_>, person: PersonId, id: ReferralId) -> Result<Sending> {
    let facts = Facts::of(desk)?;
    Ok(desk.store.act(desk.who, Verb::DisclosureMake, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &doing("referral sent"))?;
        let referral = tx.referral(&permit, id)?;
        if referral.state != "draft" {
            return not_a_draft(tx, &permit, &referral);
        }
        let permission = covering(tx, &permit, &facts, &referral.text)?;
        let disclosure = keep(tx, &permit, &referral, permission)?;
        let stored = tx.disclosure(&permit, disclosure)?;
        tx.authorise_disclosure(&permit, disclosure, &stored.text)?;
        let authorised = tx.disclosure(&permit, disclosure)?;
        match (send_in(tx, &permit, &facts, &authorised)?, permission) {
            (Attempt::Sent(disclosure), Some(permission)) => {
                let text = ReferralText { refused: Vec::new(), ..referral.text };
                tx.note_referral(&permit, id, &text)?;
                tx.move_referral(&permit, id, Step::Sent(disclosure, permission))?;
                Ok(Sending::Sent)
            }
            (attempt, _) => {
                let gaps = attempt.gaps().to_vec();
                let text = ReferralText { refused: told(&gaps), ..referral.text };
                tx.note_referral(&permit, id, &text)?;
                Ok(Sending::Refused(gaps))
            }
        }
    })?)
}

fn not_a_draft(tx: &mut Tx<'_>, permit: &Permit, referral: &Referral) -> Stored<Sending> {
    let reason = match referral.state.as_str() {
        "stopped" => {
            "the consent was withdrawn, so this was stopped: ask the person again, then draft it anew"
        }
        _ => "this was sent already",
    };
    let gap = Missing { code: "not-a-draft", field: String::new(), reason: reason.to_owned() };
    let object = (ReferralId::PREFIX, *referral.id.as_bytes());
    tx.note_refused(permit, object, gap.code, &told(std::slice::from_ref(&gap)))?;
    Ok(Sending::Refused(vec![gap]))
}

/// The disclosure that a referral makes: on the ground of permission, by the caseworker.
fn keep(
    tx: &mut Tx<'_>,
    permit: &Permit,
    referral: &Referral,
    permission: Option<PermissionId>,
) -> Stored<counterfoil_domain::ids::DisclosureId> {
    let text = DisclosureText {
        ground: Ground::Permission.code().to_owned(),
        recipient: referral.text.recipient.clone(),
        recipient_name: referral.text.recipient_name.clone(),
        purpose: referral.text.reason.clone(),
        fields: referral.text.fields.keys().cloned().collect(),
        authoriser: Authoriser::Caseworker.code().to_owned(),
        ..DisclosureText::default()
    };
    tx.keep_disclosure(
        permit,
        &NewDisclosure {
            case: referral.case,
            permission,
            state: "proposed",
            telling: "knows".to_owned(),
            tell_by: None,
            text,
            content: referral.text.fields.clone(),
        },
    )
}

/// What the receiving side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They have it.
    Acknowledged,
    /// They will help.
    Accepted,
    /// They will not.
    Declined,
    /// It is over; the outcome says how.
    Closed,
}

impl Answer {
    /// The answer with this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        [Self::Acknowledged, Self::Accepted, Self::Declined, Self::Closed]
            .into_iter()
            .find(|a| a.code() == code)
    }

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Closed => "closed",
        }
    }
}

/// Records what the receiving side says of a referral.
///
/// # Errors
/// [`ServiceError::Invalid`] when it ends without an outcome; a refusal of the gate.
pub fn answered(
    desk: &Desk<'_>,
    person: PersonId,
    id: ReferralId,
    answer: Answer,
    outcome: &str,
) -> Result<()> {
    let ends = matches!(answer, Answer::Declined | Answer::Closed);
    if ends && outcome.trim().is_empty() {
        return Err(ServiceError::Invalid("say what came of it, in the receiving side's words".to_owned()));
    }
    step(desk, person, id, Step::Answered(answer.code()), outcome)
}

/// Records that the platform was asked to remove its copy.
///
/// # Errors
/// A refusal of the gate; nothing was sent, or it was asked already.
pub fn ask_purge(desk: &Desk<'_>, person: PersonId, id: ReferralId) -> Result<()> {
    step(desk, person, id, Step::PurgeAsked, "")
}

/// Records that the platform has removed its copy.
///
/// # Errors
/// A refusal of the gate; it was not asked.
pub fn confirm_purge(desk: &Desk<'_>, person: PersonId, id: ReferralId) -> Result<()> {
    step(desk, person, id, Step::PurgeConfirmed, "")
}

fn step(desk: &Desk<'_>, person: PersonId, id: ReferralId, step: Step, outcome: &str) -> Result<()> {
    Ok(desk.store.act(desk.who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &doing("referral answered"))?;
        let referral = tx.referral(&permit, id)?;
        if !outcome.trim().is_empty() {
            let text = ReferralText { outcome: outcome.to_owned(), ..referral.text };
            tx.note_referral(&permit, id, &text)?;
        }
        tx.move_referral(&permit, id, step)
    })?)
}

/// The referrals of a person, newest first.
///
/// # Errors
/// A refusal of the gate.
pub fn list(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Referral>> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        tx.referrals_of(&permit)
    })?)
}

/// What a caseworker knows of the person's matter, for the choice between signposting and referring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// There is a case with work that the other service needs to know.
    pub casework_exists: bool,
    /// The person cannot act alone.
    pub cannot_act_alone: bool,
    /// It is urgent, or a key date is near.
    pub urgent: bool,
    /// The person asked for it.
    pub asked_for_it: bool,
    /// A specialist is needed.
    pub needs_specialist: bool,
}

/// Whether to refer: any one of the circumstances is reason enough; without one, signpost. A referral gives data
/// to somebody else, a signposting does not.
#[must_use]
pub const fn should_refer(c: Circumstances) -> bool {
    c.casework_exists || c.cannot_act_alone || c.urgent || c.asked_for_it || c.needs_specialist
}
