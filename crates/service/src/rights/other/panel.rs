//! Everything that an officer sees of a request of another right, or of a complaint, on one page.

use counterfoil_domain::access::{Role, Verb};
use counterfoil_domain::ids::{CaseId, NoteId};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::complaints::Stage;
use counterfoil_domain::rights::deciding::{FollowUp, Outcome, follow_ups};
use counterfoil_domain::rights::telling::{LADDER, Telling};
pub use counterfoil_store::rights::other::lines::Line;
use counterfoil_store::rights::other::people::Held;
use counterfoil_store::rights::other::texts::{
    AutomatedText, CertificateText, DecisionText, InvestigationText, PlanText, RegulatorText,
    RestrictionText, ReviewText, StageText, StopText, TellingText,
};
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{Record, StoreError};
use jiff::civil::Date;

use super::super::Desk;
use super::complaint::{self, stage_of};
use super::consent::{self, Consent};
use super::facts::{Applicability, applicability};
use super::older::heading_of;
use super::{ANSWERED, asked_for, lines, on_person, opened, recipients};
use crate::error::{Result, ServiceError};

/// What there is to see and to do.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The reference.
    pub reference: String,
    /// Who asks.
    pub requester: String,
    /// The right.
    pub right: String,
    /// Where the request stands.
    pub state: String,
    /// The heading of the older Act under which it came, in words, with the provisions and the route.
    pub heading: Option<(&'static str, &'static str, &'static str)>,
    /// The words of the request.
    pub wording: String,
    /// Whether a person of the casebook is identified.
    pub identified: bool,
    /// Whether it has been answered.
    pub answered: bool,
    /// Whether the right applies; none for access and complaints.
    pub applicability: Option<Applicability>,
    /// The decision that counts.
    pub decision: Option<Line<DecisionText>>,
    /// What follows from it, in words.
    pub follow_ups: Vec<FollowUp>,
    /// The erasure's plan.
    pub plan: Option<Line<PlanText>>,
    /// The certificate.
    pub certificate: Option<Line<CertificateText>>,
    /// Recipients: the row, and whether it is due to be chased, and whether that goes to somebody senior.
    pub recipients: Vec<(Line<TellingText>, bool, bool)>,
    /// The directory: id, name, and whether something of the person went there by the record of disclosures.
    pub suggested: Vec<(String, String, bool)>,
    /// What hangs on the person.
    pub person: OfPerson,
    /// The complaint.
    pub complaint: Option<Complaint>,
    /// Internal reviews.
    pub reviews: Vec<Line<ReviewText>>,
    /// Cases of the regulator.
    pub regulator: Vec<Line<RegulatorText>>,
}

/// What hangs on the person; empty for whoever may not open the record, and after its erasure.
#[derive(Debug, Clone, Default)]
pub struct OfPerson {
    /// Stopped uses.
    pub stops: Vec<Held<StopText>>,
    /// Restrictions.
    pub restrictions: Vec<Held<RestrictionText>>,
    /// Decisions by computer.
    pub automated: Vec<Held<AutomatedText>>,
    /// Records to which a statement can be attached: identifier, and what it is.
    pub records: Vec<(String, String)>,
    /// Of a withdrawal of consent, the permissions that count and those that it took back.
    pub consents: Vec<Consent>,
}

/// A complaint as it stands.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// The stage.
    pub stage: Stage,
    /// The steps.
    pub steps: Vec<Line<StageText>>,
    /// The notes of the investigation; empty for whoever does not handle complaints.
    pub notes: Vec<Line<InvestigationText>>,
}

/// One request, as this page needs it.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn panel(desk: &Desk<'_>, reference: &str) -> Result<Panel> {
    let request = opened(desk, reference)?;
    let today = desk.today()?;
    let right: Right = request
        .right
        .parse()
        .map_err(|_| ServiceError::Invalid(format!("`{}` is not a right", request.right)))?;
    let decided = !matches!(right, Right::Access | Right::Complaint);
    let decision = lines::<DecisionText>(desk, reference)?.pop();
    let outcome = decision.as_ref().and_then(|d| d.text.outcome.parse::<Outcome>().ok());
    let telling = lines::<TellingText>(desk, reference)?;
    Ok(Panel {
        heading: heading_of(&request.regime).map(|h| (h.label(), h.provision(), h.route())),
        applicability: decided.then(|| applicability(desk, reference)).transpose()?,
        follow_ups: outcome.map(|o| follow_ups(right, o)).unwrap_or_default(),
        decision,
        plan: lines::<PlanText>(desk, reference)?.pop(),
        certificate: lines::<CertificateText>(desk, reference)?.pop(),
        recipients: telling.into_iter().map(|l| chased(l, today)).collect(),
        suggested: directory(desk, reference, right)?,
        person: of_person(desk, &request, right)?,
        complaint: (right == Right::Complaint).then(|| of_complaint(desk, reference)).transpose()?,
        reviews: lines(desk, reference)?,
        regulator: lines(desk, reference)?,
        identified: request.person.is_some(),
        answered: ANSWERED.contains(&request.state.as_str()),
        reference: request.reference,
        requester: request.text.requester,
        wording: request.text.wording,
        right: request.right,
        state: request.state,
    })
}

fn chased(line: Line<TellingText>, today: Date) -> (Line<TellingText>, bool, bool) {
    let due = line.state == Telling::Told.code() && line.due_on.is_some_and(|d| d <= today);
    let senior = LADDER.escalates(&line.text.chased_on);
    (line, due, due && senior)
}

/// Whoever may not open records (a manager who approves) sees the plan without them, and no refusal is logged.
fn has(desk: &Desk<'_>, roles: &[Role]) -> bool {
    desk.who.staff().is_some_and(|s| roles.iter().any(|r| s.roles.contains(*r)))
}

fn of_person(desk: &Desk<'_>, request: &Request, right: Right) -> Result<OfPerson> {
    let Some(person) = request.person.filter(|_| has(desk, &[Role::IgOfficer])) else {
        return Ok(OfPerson::default());
    };
    let terms = asked_for(request, serde_json::Value::Null);
    let read = on_person(desk, Verb::RecordRead, person, &terms, |tx, permit| {
        let (stops, restrictions) = (tx.held(permit)?, tx.held(permit)?);
        let mut records = Vec::new();
        if right == Right::Rectification {
            let permit = tx.permit(Record::Case(None), person, &terms)?;
            let cases = tx.cases_of(&permit)?;
            records.extend(cases.into_iter().map(|c| (CaseId::to_string(&c.id), c.text.title)));
            let permit = tx.permit(Record::Note(None), person, &terms)?;
            let notes = tx.notes_of(&permit)?;
            records.extend(notes.into_iter().map(|n| (NoteId::to_string(&n.id), opening(&n.text.text))));
        }
        Ok(OfPerson { stops, restrictions, automated: tx.held(permit)?, records, consents: Vec::new() })
    });
    match read {
        Err(ServiceError::Store(StoreError::NotFound(_))) => Ok(OfPerson::default()),
        Ok(read) if right == Right::WithdrawConsent => {
            Ok(OfPerson { consents: consent::of_person(desk, request, person)?, ..read })
        }
        other => other,
    }
}

/// The directory, those first who received something of the person.
fn directory(desk: &Desk<'_>, reference: &str, right: Right) -> Result<Vec<(String, String, bool)>> {
    let told =
        matches!(right, Right::Rectification | Right::Erasure | Right::Restriction | Right::NotifyRecipients);
    let received = match told && has(desk, &[Role::IgOfficer]) {
        true => recipients::received(desk, reference).or_else(|error| match error {
            ServiceError::Store(StoreError::NotFound(_)) => Ok(Vec::new()),
            other => Err(other),
        })?,
        false => Vec::new(),
    };
    let mut all: Vec<_> = recipients::suggested(desk)?
        .into_iter()
        .map(|(id, name)| (received.contains(&id), id, name))
        .map(|(has, id, name)| (id, name, has))
        .collect();
    all.sort_by_key(|(_, _, has)| !has);
    Ok(all)
}

/// The first words of a note.
fn opening(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(9).collect();
    format!("{} …", words.join(" "))
}

fn of_complaint(desk: &Desk<'_>, reference: &str) -> Result<Complaint> {
    let steps = lines::<StageText>(desk, reference)?;
    let handles = has(desk, &[Role::IgOfficer, Role::ComplaintsOfficer]);
    let notes = match handles.then(|| complaint::notes(desk, reference)).transpose() {
        // Someone under extra protection: the complaints officer keeps that file (access rule 35).
        Err(ServiceError::Store(StoreError::Refused { .. })) => Vec::new(),
        read => read?.unwrap_or_default(),
    };
    Ok(Complaint { stage: stage_of(&steps), steps, notes })
}
