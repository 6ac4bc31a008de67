//! What a case holds besides notes: tasks, appointments, outcomes, quality reviews, paper files.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::casebook::words::{EntryKind, EntryState};
use counterfoil_domain::ids::{CaseId, EntryOfCaseId, OfficeId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EntryText {
    /// Something to do.
    Task {
        /// What.
        what: String,
    },
    /// The person comes, or is rung.
    Appointment {
        /// The name under which the person will ask, as given when it was booked.
        who: String,
        /// What about.
        what: String,
        /// Where or how: a room, a telephone call.
        place: String,
    },
    /// What came of the advice.
    Outcome {
        /// The outcome's code.
        code: String,
        /// The amount in pence, once or for a year.
        pence: Option<i64>,
        /// In words.
        what: String,
    },
    /// A supervisor's check.
    Quality {
        /// The points that were looked at: the code, and whether it was met.
        points: Vec<(String, bool)>,
        /// What the adviser is told.
        feedback: String,
    },
    /// A file on paper.
    Paper {
        /// What it is.
        title: String,
        /// Where it is: a room, a shelf, a box.
        location: String,
        /// Who keeps it.
        custodian: String,
    },
}

impl EntryText {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Task { .. } => EntryKind::Task,
            Self::Appointment { .. } => EntryKind::Appointment,
            Self::Outcome { .. } => EntryKind::Outcome,
            Self::Quality { .. } => EntryKind::Quality,
            Self::Paper { .. } => EntryKind::Paper,
        }
    }

    /// The code of what came of the case, when this is what it tells.
    const fn outcome(&self) -> Option<&String> {
        match self {
            Self::Outcome { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// An entry that is to be made.
#[derive(Debug, Clone)]
pub struct NewEntryOfCase {
    /// The case; a paper file or an appointment may belong to the person alone.
    pub case: Option<CaseId>,
    /// Whose task or appointment it is.
    pub staff: Option<StaffId>,
    /// When it is due or begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// What it says.
    pub text: EntryText,
}

/// An entry, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: EntryOfCaseId,
    /// Whose record it belongs to.
    pub person: PersonId,
    /// The case, if it belongs to one.
    pub case: Option<CaseId>,
    /// The office that does it.
    pub office: OfficeId,
    /// How it stands.
    pub state: EntryState,
    /// Whose task or appointment it is.
    pub staff: Option<StaffId>,
    /// When it is due or begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// What it says.
    pub text: EntryText,
    /// Who made it.
    pub made_by: StaffId,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

const fn place(id: &EntryOfCaseId) -> Place<'_> {
    Place { table: "case_entry", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, person_id, case_id, office_id, kind, state, staff_id, starts_at, ends_at, sealed, made_by, \
                       made_at, changed_at";

const NEW: &[&str] = &[
    "controller_id",
    "id",
    "person_id",
    "case_id",
    "office_id",
    "kind",
    "state",
    "staff_id",
    "starts_at",
    "ends_at",
    "sealed",
    "made_by",
    "made_at",
    "changed_at",
    "outcome",
];

/// Where an entry belongs and how it stands; nothing of its words.
struct Known {
    person: PersonId,
    case: Option<CaseId>,
    office: OfficeId,
    kind: EntryKind,
    state: EntryState,
}

fn word<T: std::str::FromStr>(row: &Row, index: usize, column: &'static str) -> Result<T> {
    row.get::<String>(index, column)?.parse().map_err(|_| StoreError::Decode {
        table: "case_entry",
        column,
        row: 0,
        why: "not a known word",
    })
}

impl Tx<'_> {
    /// Adds an entry. What belongs to no case needs leave for the person's record; an appointment is booked at
    /// the actor's own office with leave to book, for whomever it may be.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn add_entry(
        &mut self,
        person: PersonId,
        new: &NewEntryOfCase,
        terms: &Terms,
    ) -> Result<EntryOfCaseId> {
        let permit = if self.verb == Verb::AppointmentBook {
            self.must_be_theirs(person, new.case)?;
            self.permit(Record::Person, person, terms)?
        } else {
            self.must_be_theirs(person, new.case)?;
            let record = new.case.map_or(Record::Person, |c| Record::Case(Some(c)));
            let permit = self.permit(record, person, terms)?;
            permit.covers(permit.kind(), &[Verb::RecordCreate, Verb::RecordEdit])?;
            permit
        };
        let office = self.who.staff().map_or(permit.office(), |s| s.office);
        self.insert_entry(&permit, office, new)
    }

    fn must_be_theirs(&mut self, person: PersonId, case: Option<CaseId>) -> Result<()> {
        match case {
            Some(case) if self.person_of_case(case)? != person => Err(StoreError::NotFound("case")),
            _ => Ok(()),
        }
    }

    fn insert_entry(
        &mut self,
        permit: &Permit,
        office: OfficeId,
        new: &NewEntryOfCase,
    ) -> Result<EntryOfCaseId> {
        let id = EntryOfCaseId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), &new.text)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        let kind = new.text.kind();
        let row = vec![
            self.controller().into(),
            id.into(),
            permit.person().into(),
            new.case.into(),
            office.into(),
            kind.code().into(),
            kind.first().code().into(),
            new.staff.into(),
            new.starts_at.into(),
            new.ends_at.into(),
            sealed.into(),
            by.into(),
            self.now.into(),
            self.now.into(),
            new.text.outcome().into(),
        ];
        self.insert("case_entry", NEW, row)?;
        Ok(id)
    }

    fn known_entry(&mut self, id: EntryOfCaseId) -> Result<Known> {
        let rows = self.query(
            "case_entry",
            "SELECT person_id, case_id, office_id, kind, state FROM case_entry WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("entry"))?;
        Ok(Known {
            person: row.get(0, "person_id")?,
            case: row.get(1, "case_id")?,
            office: row.get(2, "office_id")?,
            kind: word(row, 3, "kind")?,
            state: word(row, 4, "state")?,
        })
    }

    /// What kind of entry this is; its content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn kind_of_entry(&mut self, id: EntryOfCaseId) -> Result<EntryKind> {
        self.known_entry(id).map(|known| known.kind)
    }

    fn permit_for(&mut self, known: &Known, terms: &Terms) -> Result<Permit> {
        if self.verb == Verb::AppointmentBook {
            let own = self.who.staff().is_some_and(|s| s.office == known.office);
            if known.kind != EntryKind::Appointment || !own {
                return Err(StoreError::NotFound("appointment at this office"));
            }
            return self.permit(Record::Person, known.person, terms);
        }
        let record = known.case.map_or(Record::Person, |c| Record::Case(Some(c)));
        let permit = self.permit(record, known.person, terms)?;
        permit.covers(permit.kind(), &[Verb::RecordEdit])?;
        Ok(permit)
    }

    /// Moves an entry to another state.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when it cannot move there from where it is.
    pub fn move_entry(&mut self, id: EntryOfCaseId, to: EntryState, terms: &Terms) -> Result<()> {
        let known = self.known_entry(id)?;
        self.permit_for(&known, terms)?;
        if !known.kind.next(known.state).contains(&to) {
            return Err(StoreError::Invalid(format!(
                "this {} is {} and cannot become {}: open the page again to see how it stands",
                known.kind.label(),
                known.state.label(),
                to.label()
            )));
        }
        let moved = self.execute(
            "UPDATE case_entry SET state = $3, changed_at = $5 WHERE controller_id = $1 AND id = $2 AND state = $4",
            &[
                self.controller().into(),
                id.into(),
                to.code().into(),
                known.state.code().into(),
                self.now.into(),
            ],
        )?;
        if moved == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Gives a task to somebody else.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn give_entry(&mut self, id: EntryOfCaseId, to: StaffId, terms: &Terms) -> Result<()> {
        let known = self.known_entry(id)?;
        self.permit_for(&known, terms)?;
        self.execute(
            "UPDATE case_entry SET staff_id = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), to.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// The entries of a person, or of the one case that the permit is for.
    ///
    /// # Errors
    /// A permit for something else than cases or the person, or altered content.
    pub fn entries_of(&mut self, permit: &Permit) -> Result<Vec<Entry>> {
        permit.covers(permit.kind(), &[Verb::RecordRead, Verb::RecordExport])?;
        if !matches!(permit.kind(), ResourceKind::Case | ResourceKind::Person) {
            return Err(StoreError::NotFound("entry"));
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM case_entry WHERE controller_id = $1 AND person_id = $2 \
             ORDER BY COALESCE(starts_at, made_at), id"
        );
        let rows = self.query("case_entry", &sql, &[self.controller().into(), permit.person().into()])?;
        let entries = rows.iter().map(|r| self.entry(r)).collect::<Result<Vec<_>>>()?;
        // A person's record shows what belongs to no case; the rest needs leave for cases.
        let seen = |e: &Entry| match (permit.kind(), permit.case()) {
            (ResourceKind::Person, _) => e.case.is_none(),
            (_, Some(case)) => e.case == Some(case),
            _ => true,
        };
        Ok(entries.into_iter().filter(seen).collect())
    }

    /// The open tasks of a member of staff, the most urgent first; those that the gate does not list are left out.
    ///
    /// # Errors
    /// What the database answers.
    pub fn tasks_of(&mut self, staff: StaffId, most: u32, terms: &Terms) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM case_entry WHERE controller_id = $1 AND staff_id = $2 AND kind = 'task' \
             AND state = 'open' ORDER BY starts_at, id LIMIT $3"
        );
        let rows = self.query("case_entry", &sql, &[self.controller().into(), staff.into(), most.into()])?;
        self.permitted_entries(&rows, terms)
    }

    /// The appointments at the actor's office that begin within a time, in order.
    ///
    /// # Errors
    /// What the database answers.
    pub fn diary(&mut self, from: Timestamp, to: Timestamp, terms: &Terms) -> Result<Vec<Entry>> {
        let office = self.who.staff().map(|s| s.office);
        let sql = format!(
            "SELECT {COLUMNS} FROM case_entry WHERE controller_id = $1 AND office_id = $2 AND kind = 'appointment' \
             AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at, id LIMIT 200"
        );
        let params = [self.controller().into(), office.into(), from.into(), to.into()];
        let rows = self.query("case_entry", &sql, &params)?;
        self.permitted_entries(&rows, terms)
    }

    fn permitted_entries(&mut self, rows: &[Row], terms: &Terms) -> Result<Vec<Entry>> {
        let people = rows.iter().map(|r| r.get(1, "person_id")).collect::<Result<Vec<PersonId>>>()?;
        self.ask_about(&people)?;
        let mut seen = Vec::new();
        for row in rows {
            let (person, case): (PersonId, Option<CaseId>) =
                (row.get(1, "person_id")?, row.get(2, "case_id")?);
            let whole = self.verb == Verb::AppointmentBook;
            let record = case.filter(|_| !whole).map_or(Record::Person, |c| Record::Case(Some(c)));
            match self.permit(record, person, terms) {
                Ok(_) => seen.push(self.entry(row)?),
                Err(StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(seen)
    }

    /// Whether someone else has booked this person an appointment at this office on this day: what shows that
    /// the client has come. The worker's own booking shows nothing. Opens nothing.
    ///
    /// # Errors
    /// What the database answers.
    pub fn appointment_here(
        &mut self,
        person: PersonId,
        office: OfficeId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Option<EntryOfCaseId>> {
        let me = self.who.staff().map(|s| s.staff);
        let rows = self.query(
            "case_entry",
            "SELECT id FROM case_entry WHERE controller_id = $1 AND person_id = $2 AND kind = 'appointment' \
             AND office_id = $3 AND starts_at >= $4 AND starts_at < $5 AND made_by <> $6 AND state IN ('open', 'done') \
             ORDER BY starts_at LIMIT 1",
            &[self.controller().into(), person.into(), office.into(), from.into(), to.into(), me.into()],
        )?;
        rows.first().map(|r| r.get(0, "id")).transpose()
    }

    fn entry(&self, row: &Row) -> Result<Entry> {
        let id: EntryOfCaseId = row.get(0, "id")?;
        Ok(Entry {
            id,
            person: row.get(1, "person_id")?,
            case: row.get(2, "case_id")?,
            office: row.get(3, "office_id")?,
            state: word(row, 5, "state")?,
            staff: row.get(6, "staff_id")?,
            starts_at: row.get(7, "starts_at")?,
            ends_at: row.get(8, "ends_at")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(9, "sealed")?)?,
            made_by: row.get(10, "made_by")?,
            made_at: row.get(11, "made_at")?,
            changed_at: row.get(12, "changed_at")?,
        })
    }
}
