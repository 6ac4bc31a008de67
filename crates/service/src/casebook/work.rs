//! A person's and a case's page, and the work in a case.

use counterfoil_domain::access::{Purpose, ResourceKind, Verb};
use counterfoil_domain::casebook::words::{CaseStatus, EntryState, QualityPoint};
use counterfoil_domain::ids::{CaseId, DocumentId, EntryOfCaseId, NoteId, PersonId, StaffId};
use counterfoil_store::casebook::cases::{Case, CaseText, Waiting};
use counterfoil_store::casebook::documents::{Document, DocumentText, VersionText};
use counterfoil_store::casebook::entries::{Entry, EntryText, NewEntryOfCase};
use counterfoil_store::casebook::history::Earlier;
use counterfoil_store::casebook::joint::{Share, Transfer};
use counterfoil_store::casebook::merge::Merge;
use counterfoil_store::casebook::notes::{Note, NoteText};
use counterfoil_store::casebook::people::Person;
use counterfoil_store::casebook::relations::Related;
use counterfoil_store::grants::Grant;
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Result, ServiceError};
use crate::rights::Desk;
use crate::sharing::minimise::{Care, Careful};

const FOR: Purpose = Purpose::ServiceDelivery;

type StoreResult<T> = std::result::Result<T, StoreError>;

fn terms() -> Terms {
    Terms::default()
}

/// What the worker may not see is left out; what fails, fails.
fn if_allowed<T: Default>(outcome: StoreResult<T>) -> StoreResult<(T, bool)> {
    match outcome {
        Ok(value) => Ok((value, true)),
        Err(StoreError::Refused { .. }) => Ok((T::default(), false)),
        Err(e) => Err(e),
    }
}

/// Everything that a person's page shows.
#[derive(Debug, Clone)]
pub struct PersonPage {
    /// The record.
    pub person: Person,
    /// Relations, each with the other's name where it may be listed.
    pub relations: Vec<(Related, Option<String>)>,
    /// Cases.
    pub cases: Vec<Case>,
    /// Whether the worker sees cases at all; reception does not.
    pub sees_cases: bool,
    /// Documents of no case.
    pub documents: Vec<Document>,
    /// Appointments and paper files of no case.
    pub entries: Vec<Entry>,
    /// Merges, newest first.
    pub merges: Vec<Merge>,
}

/// Opens a person's page: the record, and what of the rest the worker may see.
///
/// # Errors
/// A refusal of the gate, or that there is no such person.
pub fn person_page(desk: &Desk<'_>, id: PersonId) -> Result<PersonPage> {
    let page = desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let person = tx.read_person(id, &terms())?;
        let permit = tx.permit(Record::Person, id, &terms())?;
        let (relations, entries, merges) =
            (tx.relations_of(&permit)?, tx.entries_of(&permit)?, tx.merges_of(&permit)?);
        let (cases, sees_cases) = if_allowed(cases(tx, id))?;
        let (documents, _) = if_allowed(documents(tx, id, Record::Document(None)))?;
        let documents = documents.into_iter().filter(|d| d.case.is_none()).collect();
        let relations = relations.into_iter().map(|r| (r, None)).collect();
        Ok(PersonPage { person, relations, cases, sees_cases, documents, entries, merges })
    })?;
    named(desk, page)
}

fn cases(tx: &mut Tx<'_>, person: PersonId) -> StoreResult<Vec<Case>> {
    let permit = tx.permit(Record::Case(None), person, &terms())?;
    tx.cases_of(&permit)
}

fn documents(tx: &mut Tx<'_>, person: PersonId, record: Record) -> StoreResult<Vec<Document>> {
    let permit = tx.permit(record, person, &terms())?;
    tx.documents_of(&permit)
}

/// Stage one: at which office a record is, when the worker may know that it exists.
///
/// # Errors
/// A refusal of the gate; that there is no such person.
pub fn where_is(desk: &Desk<'_>, id: PersonId) -> Result<counterfoil_domain::ids::OfficeId> {
    Ok(desk.store.act(desk.who, Verb::RecordLocate, FOR, |tx| {
        tx.permit(Record::Person, id, &terms()).map(|permit| permit.office())
    })?)
}

/// Puts names to relations; each is a line of a list with its own leave.
fn named(desk: &Desk<'_>, mut page: PersonPage) -> Result<PersonPage> {
    if page.relations.is_empty() {
        return Ok(page);
    }
    let names = desk.store.act(desk.who, Verb::RecordList, FOR, |tx| {
        page.relations
            .iter()
            .map(|(r, _)| tx.name_in_list(r.other, &terms()))
            .collect::<StoreResult<Vec<_>>>()
    })?;
    page.relations.iter_mut().zip(names).for_each(|((_, to), name)| *to = name);
    Ok(page)
}

/// Everything that a case's page shows.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The person's name; empty for one without.
    pub name: String,
    /// The record that the case belongs to.
    pub person: Person,
    /// The case.
    pub case: Case,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
    /// The worker's own draft, and when it was saved.
    pub draft: Option<(NoteText, Timestamp)>,
    /// Tasks, appointments, outcomes, quality reviews, paper files.
    pub entries: Vec<Entry>,
    /// Documents of the case.
    pub documents: Vec<Document>,
    /// Offices that work on it too.
    pub shares: Vec<Share>,
}

/// Opens a case's page.
///
/// # Errors
/// A refusal of the gate, or that there is no such case.
pub fn case_page(desk: &Desk<'_>, id: CaseId) -> Result<CasePage> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let whose = tx.person_of_case(id)?;
        let permit = tx.permit(Record::Case(Some(id)), whose, &terms())?;
        let case = tx.cases_of(&permit)?.pop().ok_or(StoreError::NotFound("case"))?;
        let (entries, shares) = (tx.entries_of(&permit)?, tx.shares_of(&permit, id)?);
        let person = tx.read_person(whose, &terms())?;
        let notes_permit = tx.permit(Record::In(ResourceKind::Note, id), whose, &terms())?;
        let (notes, draft) = (tx.notes_of(&notes_permit)?, tx.draft_in(&notes_permit, id)?);
        let documents = documents(tx, whose, Record::In(ResourceKind::Document, id))?;
        Ok(CasePage {
            name: person.profile.shown_name(),
            person,
            case,
            notes,
            draft,
            entries,
            documents,
            shares,
        })
    })?)
}

/// The earlier versions of a person's record, cases and notes, oldest first.
///
/// # Errors
/// A refusal of the gate.
pub fn history(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Earlier>> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        // Whoever may not open the person learns not even that there is one.
        let person_permit = tx.permit(Record::Person, person, &terms())?;
        let mut all = tx.earlier_versions(&person_permit)?;
        for record in [Record::Case(None), Record::Note(None)] {
            let (earlier, _) =
                if_allowed(tx.permit(record, person, &terms()).and_then(|p| tx.earlier_versions(&p)))?;
            all.extend(earlier);
        }
        all.sort_by_key(|e| e.replaced_at);
        Ok(all)
    })?)
}

/// Changes a note; what it said before is kept. It is held against the condition of its case and looked over.
///
/// # Errors
/// [`ServiceError::Invalid`] for an empty note, for what should not stand in one unless its writer says why, or for a
/// note that has changed since; [`ServiceError::Unlawful`] for special-category data without a condition; a refusal of
/// the gate.
pub fn change_note(desk: &Desk<'_>, note: NoteId, read_version: i64, text: &NoteText) -> Result<()> {
    if text.text.trim().is_empty() {
        return Err(ServiceError::Invalid("the note is empty: write what happened".to_owned()));
    }
    let careful = Careful::new(desk, &text.text, &text.special, &text.kept)?;
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| {
        let (person, case) = tx.place_of_note(note)?;
        let permit = tx.permit(Record::Note(Some(note)), person, &terms())?;
        let issue = tx.issue_of_case(&permit, case)?;
        if let Err(refused) = careful.hold(tx, &permit, &issue)? {
            return Ok(Err(refused));
        }
        tx.change_note(note, read_version, text, &terms()).map(|_| Ok(()))
    })?
}

/// Opens a case under an issue. What it says is held against the condition of the issue and looked over, as a note is.
///
/// # Errors
/// [`ServiceError::Unlawful`] for special-category data without a condition; [`ServiceError::Invalid`] for what should
/// not stand in it, unless the worker says why; a refusal of the gate.
pub fn open_case(
    desk: &Desk<'_>,
    person: PersonId,
    issue: &str,
    text: &CaseText,
    care: &Care,
) -> Result<CaseId> {
    let words = format!("{}\n{}", text.title, text.question);
    let careful = Careful::new(desk, &words, &care.special, &care.because)?;
    desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        let detail = serde_json::json!({ "special": care.special, "kept": care.because });
        let permit = tx.permit(Record::Case(None), person, &Terms { detail, ..terms() })?;
        if let Err(refused) = careful.hold(tx, &permit, issue)? {
            return Ok(Err(refused));
        }
        tx.open_case(person, issue, text, &terms()).map(Ok)
    })?
}

/// A task that a note leaves behind: what, and by when.
pub type Deadline = (String, Timestamp);

/// Writes a note and the tasks that its deadlines ask for, in one act: all or nothing.
///
/// # Errors
/// As [`change_note`].
pub fn write_note(desk: &Desk<'_>, case: CaseId, text: &NoteText, deadline: Option<&Deadline>) -> Result<()> {
    if text.text.trim().is_empty() {
        return Err(ServiceError::Invalid("the note is empty: write what happened".to_owned()));
    }
    let careful = Careful::new(desk, &text.text, &text.special, &text.kept)?;
    desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        let whose = tx.person_of_case(case)?;
        let permit = tx.permit(Record::In(ResourceKind::Note, case), whose, &terms())?;
        let issue = tx.issue_of_case(&permit, case)?;
        if let Err(refused) = careful.hold(tx, &permit, &issue)? {
            return Ok(Err(refused));
        }
        tx.write_note(case, text, &terms())?;
        if let Some((what, by)) = deadline {
            let person = tx.person_of_case(case)?;
            let staff = tx.who().staff().map(|s| s.staff);
            let text = EntryText::Task { what: what.clone() };
            let new = NewEntryOfCase { case: Some(case), staff, starts_at: Some(*by), ends_at: None, text };
            tx.add_entry(person, &new, &terms())?;
        }
        Ok(Ok(()))
    })?
}

/// Keeps what has been typed of a note so far.
///
/// # Errors
/// A refusal of the gate.
pub fn keep_draft(desk: &Desk<'_>, case: CaseId, text: &NoteText) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| tx.keep_note_draft(case, text, &terms()))?;
    Ok(())
}

/// Adds a task, an outcome or a paper file.
///
/// # Errors
/// [`ServiceError::Invalid`] when it says nothing; a refusal of the gate.
pub fn add_entry(desk: &Desk<'_>, person: PersonId, new: &NewEntryOfCase) -> Result<EntryOfCaseId> {
    let empty = match &new.text {
        EntryText::Task { what } => what.trim().is_empty(),
        EntryText::Paper { title, location, custodian } => {
            [title, location, custodian].iter().any(|t| t.trim().is_empty())
        }
        EntryText::Outcome { code, .. } => {
            code.parse::<counterfoil_domain::casebook::words::Outcome>().is_err()
        }
        EntryText::Appointment { .. } | EntryText::Quality { .. } => true,
    };
    if empty {
        return Err(ServiceError::Invalid(
            "something is missing: say what it is (of a paper file also where it is and who keeps it)"
                .to_owned(),
        ));
    }
    // What belongs to no case is a change of the person's record.
    let verb = if new.case.is_some() { Verb::RecordCreate } else { Verb::RecordEdit };
    Ok(desk.store.act(desk.who, verb, FOR, |tx| tx.add_entry(person, new, &terms()))?)
}

/// Books an appointment at the worker's own office, for a person known anywhere.
///
/// # Errors
/// [`ServiceError::Invalid`] without a time or a name to ask for; a refusal of the gate.
pub fn book(desk: &Desk<'_>, person: PersonId, new: &NewEntryOfCase) -> Result<EntryOfCaseId> {
    match (&new.text, new.starts_at) {
        (EntryText::Appointment { who, .. }, Some(_)) if !who.trim().is_empty() => {}
        _ => {
            return Err(ServiceError::Invalid(
                "an appointment needs a time, and the name under which the person will ask".to_owned(),
            ));
        }
    }
    Ok(desk.store.act(desk.who, Verb::AppointmentBook, FOR, |tx| tx.add_entry(person, new, &terms()))?)
}

/// Moves a task, an appointment or a paper file on.
///
/// # Errors
/// [`ServiceError::Store`] when it cannot move there from where it is; a refusal of the gate.
pub fn move_entry(desk: &Desk<'_>, id: EntryOfCaseId, to: EntryState, appointment: bool) -> Result<()> {
    let verb = if appointment { Verb::AppointmentBook } else { Verb::RecordEdit };
    desk.store.act(desk.who, verb, FOR, |tx| tx.move_entry(id, to, &terms()))?;
    Ok(())
}

/// A supervisor's quality review of a case: the points looked at, and what the adviser is told.
///
/// # Errors
/// [`ServiceError::Invalid`] when a point is left out; a refusal of the gate.
pub fn review_quality(
    desk: &Desk<'_>,
    case: CaseId,
    points: &[(String, bool)],
    feedback: &str,
) -> Result<()> {
    let complete = QualityPoint::ALL.iter().all(|p| points.iter().any(|(code, _)| code == p.code()));
    if !complete {
        return Err(ServiceError::Invalid("answer each point: met or not met".to_owned()));
    }
    let text = EntryText::Quality { points: points.to_vec(), feedback: feedback.trim().to_owned() };
    desk.store.act(desk.who, Verb::RecordCreate, Purpose::Quality, |tx| {
        let person = tx.person_of_case(case)?;
        let new = NewEntryOfCase {
            case: Some(case),
            staff: None,
            starts_at: None,
            ends_at: None,
            text: text.clone(),
        };
        tx.add_entry(person, &new, &terms()).map(|_| ())
    })?;
    Ok(())
}

/// Changes what a case says and how it stands.
///
/// # Errors
/// [`ServiceError::Store`] when the case has changed since; a refusal of the gate.
pub fn change_case(
    desk: &Desk<'_>,
    case: CaseId,
    read_version: i64,
    (issue, status): (&str, CaseStatus),
    text: &CaseText,
    care: &Care,
) -> Result<()> {
    let words = format!("{}\n{}", text.title, text.question);
    let careful = Careful::new(desk, &words, &care.special, &care.because)?;
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| {
        let whose = tx.person_of_case(case)?;
        let permit = tx.permit(Record::Case(Some(case)), whose, &terms())?;
        if let Err(refused) = careful.hold(tx, &permit, issue)? {
            return Ok(Err(refused));
        }
        tx.change_case(case, read_version, (issue, status), text, &terms()).map(|_| Ok(()))
    })?
}

/// Closes a case. One with open tasks is not closed: somebody would be waited for in vain.
///
/// # Errors
/// [`ServiceError::NotReady`] while tasks are open or nothing is recorded as its outcome; a refusal of the gate.
pub fn close_case(desk: &Desk<'_>, case: CaseId) -> Result<()> {
    let page = case_page(desk, case)?;
    let of = |kind, state| page.entries.iter().any(|e| e.text.kind() == kind && e.state == state);
    use counterfoil_domain::casebook::words::EntryKind as K;
    if of(K::Task, EntryState::Open) {
        return Err(ServiceError::NotReady("tasks are still open: do or drop them first".to_owned()));
    }
    if !of(K::Outcome, EntryState::Done) {
        return Err(ServiceError::NotReady("record what came of the case first: its outcome".to_owned()));
    }
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.close_case(case, &terms()))?;
    Ok(())
}

/// Gives a case to a colleague, or back to the queue.
///
/// # Errors
/// A refusal of the gate, or a colleague of another office.
pub fn allocate(desk: &Desk<'_>, case: CaseId, worker: Option<StaffId>) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.allocate(case, worker, &terms()))?;
    Ok(())
}

/// Adds a document to a case or a person's record; `text` is indexed when given.
///
/// # Errors
/// A refusal of the gate, or a full disk.
pub fn add_document(
    desk: &Desk<'_>,
    (person, case): (PersonId, Option<CaseId>),
    about: &DocumentText,
    content: &[u8],
) -> Result<DocumentId> {
    let text = crate::rights::readable_text(&about.name, content);
    Ok(desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        tx.add_document(person, case, about, content, text.as_deref(), &terms())
    })?)
}

/// A document's content, with what it is and what is said of its newest version.
///
/// # Errors
/// A refusal of the gate, or that there is no such document.
pub fn document(desk: &Desk<'_>, id: DocumentId) -> Result<(Document, VersionText, Vec<u8>)> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let (person, case) = tx.person_of_document(id)?;
        let record = case.map_or(Record::Document(None), |c| Record::In(ResourceKind::Document, c));
        let permit: Permit = tx.permit(record, person, &terms())?;
        let found = tx.documents_of(&permit)?.into_iter().find(|d| d.id == id);
        let document = found.ok_or(StoreError::NotFound("document"))?;
        let said = tx.document_description(&permit, &document)?;
        let content = tx.document_content(&permit, &document)?;
        Ok((document, said, content))
    })?)
}

/// Says when a picture or recording was made, and what is where in it.
///
/// # Errors
/// A refusal of the gate.
pub fn describe_document(desk: &Desk<'_>, id: DocumentId, said: &VersionText) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.describe_document(id, said, &terms()))?;
    Ok(())
}

/// A worker's desk: what is due, who comes, whose work it is.
#[derive(Debug, Clone, Default)]
pub struct MyDesk {
    /// Own open tasks, the most urgent first.
    pub tasks: Vec<Entry>,
    /// The office's appointments of the day.
    pub diary: Vec<Entry>,
    /// Own open cases, with the person's name where it may be listed.
    pub cases: Vec<(Waiting, Option<String>)>,
    /// The office's cases that nobody works on, oldest first.
    pub unallocated: Vec<(Waiting, Option<String>)>,
    /// Cases that other offices share with this one.
    pub shared: Vec<Share>,
    /// Offers of records, to this office or by it.
    pub offers: Vec<Transfer>,
    /// Grants that the worker holds now.
    pub grants: Vec<Grant>,
}

/// What waits for the worker; what their roles do not reach is left out.
///
/// # Errors
/// What the database answers.
pub fn my_desk(desk: &Desk<'_>) -> Result<MyDesk> {
    let Some(me) = desk.who.staff() else { return Ok(MyDesk::default()) };
    let mut mine = desk.store.act(desk.who, Verb::RecordList, FOR, |tx| {
        let tasks = tx.tasks_of(me.staff, 50, &terms())?;
        let cases = tx.queue_of_office(Some(me.staff), 50, &terms())?;
        let unallocated = tx.queue_of_office(None, 25, &terms())?;
        let (shared, offers, grants) = (tx.shared_with_us()?, tx.offers()?, tx.my_grants()?);
        Ok(MyDesk { tasks, diary: Vec::new(), cases, unallocated, shared, offers, grants })
    })?;
    let from = day_begins(desk)?;
    let to = from + SignedDuration::from_hours(24);
    mine.diary = desk.store.act(desk.who, Verb::AppointmentBook, FOR, |tx| tx.diary(from, to, &terms()))?;
    Ok(mine)
}

/// When today began, in the United Kingdom.
pub(crate) fn day_begins(desk: &Desk<'_>) -> Result<Timestamp> {
    let zone = jiff::tz::TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))?;
    let today = desk.store.now().to_zoned(zone).start_of_day();
    today.map(|z| z.timestamp()).map_err(|_| ServiceError::Invalid("today has no beginning".to_owned()))
}
