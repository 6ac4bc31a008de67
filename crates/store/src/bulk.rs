//! Acts that record many people who are new: prepared without a transaction, written in one.
//!
//! The functions that record one person decide, seal, index and enter in the log here too; only their rows wait,
//! so that several processors can prepare while one writes, and the database takes a table's rows at once.
//!
//! INVARIANT: what is prepared concerns only people and cases that nobody else knows yet, so nothing that the gate
//! was told of them can have changed when it is written. What the gate was told of the organisation is asked again
//! in the transaction that writes.

use std::collections::{HashMap, HashSet};

use counterfoil_domain::access::{Purpose, PurposeSet, Verb};
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId, StaffId};
use jiff::Timestamp;

use crate::access::Actor;
use crate::assurance::audit::{self, Written};
use crate::db::{Conn, Engine, Value};
use crate::error::{Result, StoreError};
use crate::permit::PersonRow;
use crate::register;
use crate::seal::blind::Token;
use crate::store::Store;
use crate::tx::Tx;

/// The rows of one table.
#[derive(Debug)]
struct Rows {
    table: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

/// An object of the full-text index.
#[derive(Debug)]
pub(crate) struct Indexed {
    pub(crate) object: [u8; 16],
    pub(crate) kind: String,
    pub(crate) person: PersonId,
    /// In order, without doubles.
    pub(crate) tokens: Vec<Token>,
}

/// What an act that records many people knows of them and wants to write.
#[derive(Debug, Default)]
pub(crate) struct Bulk {
    tables: Vec<Rows>,
    indexed: Vec<Indexed>,
    people: HashMap<PersonId, PersonRow>,
    /// Whose each new case is, and its row.
    cases: HashMap<CaseId, (PersonId, usize)>,
    /// Who is known by an identity, in the database or in this act.
    identities: HashMap<[u8; 16], Vec<PersonId>>,
    colleagues: HashSet<(StaffId, OfficeId)>,
}

const CASES: &str = "case_file";

impl Bulk {
    pub(crate) fn add(&mut self, table: &'static str, columns: &'static [&'static str], row: Vec<Value>) {
        match self.tables.iter_mut().find(|t| t.table == table && t.columns == columns) {
            Some(rows) => rows.rows.push(row),
            None => self.tables.push(Rows { table, columns, rows: vec![row] }),
        }
    }

    pub(crate) fn index(&mut self, indexed: Indexed) {
        self.indexed.push(indexed);
    }

    pub(crate) fn remember_person(&mut self, id: PersonId, row: PersonRow) {
        self.people.insert(id, row);
    }

    pub(crate) fn person(&self, id: PersonId) -> Option<&PersonRow> {
        self.people.get(&id)
    }

    /// Remembers the case whose row was added last.
    pub(crate) fn remember_case(&mut self, id: CaseId, person: PersonId) {
        let rows = self.tables.iter().find(|t| t.table == CASES).map_or(0, |t| t.rows.len());
        self.cases.insert(id, (person, rows.saturating_sub(1)));
    }

    pub(crate) fn case(&self, id: CaseId) -> Option<PersonId> {
        self.cases.get(&id).map(|(person, _)| *person)
    }

    /// Changes columns of a case that is not written yet.
    pub(crate) fn amend_case(&mut self, id: CaseId, changes: &[(&str, Value)]) -> Result<()> {
        let missing = || StoreError::NotFound("case");
        let (_, at) = *self.cases.get(&id).ok_or_else(missing)?;
        let table = self.tables.iter_mut().find(|t| t.table == CASES).ok_or_else(missing)?;
        let row = table.rows.get_mut(at).ok_or_else(missing)?;
        for (column, value) in changes {
            let place = table.columns.iter().position(|c| c == column).and_then(|n| row.get_mut(n));
            *place.ok_or_else(missing)? = value.clone();
        }
        Ok(())
    }

    /// These identities will be asked after; whoever is known by them is told by [`Bulk::claim`].
    pub(crate) fn expect(&mut self, blinds: impl Iterator<Item = [u8; 16]>) {
        for blind in blinds {
            self.identities.entry(blind).or_default();
        }
    }

    /// Who is known by an identity that was expected.
    pub(crate) fn known_by(&self, blind: &[u8; 16]) -> Option<&[PersonId]> {
        self.identities.get(blind).map(Vec::as_slice)
    }

    /// Adds a person to those known by an identity: how many there were before.
    pub(crate) fn claim(&mut self, blind: [u8; 16], person: PersonId) -> Result<i64> {
        let known = self.identities.get_mut(&blind).ok_or_else(|| {
            StoreError::Invalid(
                "an identity that was not expected: say first whom the act records".to_owned(),
            )
        })?;
        known.push(person);
        i64::try_from(known.len() - 1).map_err(|_| StoreError::Conflict)
    }

    pub(crate) fn remember_colleague(&mut self, staff: StaffId, office: OfficeId) {
        self.colleagues.insert((staff, office));
    }

    pub(crate) fn works_at(&self, staff: StaffId, office: OfficeId) -> bool {
        self.colleagues.contains(&(staff, office))
    }

    fn write(&self, conn: &mut Conn, controller: ControllerId) -> Result<()> {
        for rows in &self.tables {
            conn.insert(rows.table, rows.columns, &rows.rows)?;
        }
        match conn.engine() {
            Engine::Postgres => {
                let rows: Vec<Vec<Value>> =
                    self.indexed.iter().map(|i| i.row(controller)).collect::<Result<_>>()?;
                let columns = &["controller_id", "object_id", "kind", "person_id", "tokens"];
                conn.insert("search_entry", columns, &rows)
            }
            Engine::Sqlite => self.indexed.iter().try_for_each(|i| i.write(conn, controller)),
        }
    }
}

impl Indexed {
    /// The row for PostgreSQL, with the tokens in the binary form of a `BIGINT[]`.
    fn row(&self, controller: ControllerId) -> Result<Vec<Value>> {
        Ok(vec![
            controller.into(),
            self.object.into(),
            self.kind.as_str().into(),
            self.person.into(),
            array(&self.tokens)?.into(),
        ])
    }

    /// Writes it on the embedded engine, where the index is a table of its own.
    pub(crate) fn write(&self, conn: &mut Conn, controller: ControllerId) -> Result<()> {
        let tokens: Vec<String> = self.tokens.iter().map(Token::to_string).collect();
        conn.execute("INSERT INTO search_tokens (tokens) VALUES ($1)", &[tokens.join(" ").into()])?;
        conn.execute(
            "INSERT INTO search_entry (controller_id, object_id, kind, person_id, place) \
             VALUES ($1, $2, $3, $4, last_insert_rowid())",
            &[controller.into(), self.object.into(), self.kind.as_str().into(), self.person.into()],
        )
        .map(|_| ())
    }
}

/// Tokens in PostgreSQL's binary form of a `BIGINT[]` of one dimension that begins at 1.
fn array(tokens: &[Token]) -> Result<Vec<u8>> {
    const BIGINT: i32 = 20;
    let long = |_| StoreError::Invalid("a text has too many words to be indexed".to_owned());
    let count = i32::try_from(tokens.len()).map_err(long)?;
    let head = if count == 0 { vec![0, 0, BIGINT] } else { vec![1, 0, BIGINT, count, 1] };
    let mut bytes: Vec<u8> = head.into_iter().flat_map(i32::to_be_bytes).collect();
    for token in tokens {
        bytes.extend_from_slice(&8_i32.to_be_bytes());
        bytes.extend_from_slice(&token.number().to_be_bytes());
    }
    Ok(bytes)
}

/// An act that records many people, decided and sealed, and not yet written.
#[derive(Debug)]
pub struct Prepared {
    controller: ControllerId,
    at: Timestamp,
    purposes: PurposeSet,
    bulk: Bulk,
    entries: Vec<Written>,
}

/// A person of an office and one of their cases.
pub type Recorded = (OfficeId, PersonId, CaseId);

impl Store {
    /// Everybody's cases by their identifiers, those recorded first first: for those who measure. Opens nothing.
    ///
    /// # Errors
    /// What the database answers.
    pub fn recorded_cases(&self, controller: ControllerId) -> Result<Vec<Recorded>> {
        let sql = "SELECT p.office_id, p.id, c.id FROM person p JOIN case_file c \
                   ON c.controller_id = p.controller_id AND c.person_id = p.id WHERE p.controller_id = $1 \
                   ORDER BY p.made_at, p.id, c.id";
        let rows = self.read(|conn| conn.query("case_file", sql, &[controller.into()]))?;
        rows.iter().map(|r| Ok((r.get(0, "office_id")?, r.get(1, "id")?, r.get(2, "id")?))).collect()
    }

    /// Does the deciding and sealing of an act that records people who are new, without writing anything. In `work`
    /// records are made and nothing else is changed.
    ///
    /// # Errors
    /// What `work` answers. A refusal of the gate is recorded in the audit log.
    pub fn prepare<T>(
        &self,
        who: &Actor,
        verb: Verb,
        purpose: Purpose,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<(T, Prepared)> {
        let mut refused = None;
        let outcome = self.read(|conn| {
            let mut tx = Tx::new(conn, &self.inner, who, verb, purpose);
            tx.bulk = Some(Box::default());
            let (controller, at, purposes) = (tx.controller(), tx.now, tx.casework_purposes()?);
            let done = work(&mut tx);
            refused = tx.refused;
            let value = done?;
            let (bulk, entries) = tx.prepared()?;
            Ok((value, Prepared { controller, at, purposes, bulk, entries }))
        });
        if let Err(StoreError::Refused { why, policies, .. }) = &outcome {
            self.record_refusal(who, verb, purpose, (why, policies), refused)?;
        }
        outcome
    }

    /// Writes what was prepared, with its audit entries, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else took one of the identities, or the register changed, in the
    /// meantime: then nothing was written, and the act is to be prepared anew.
    pub fn write_prepared(&self, prepared: &mut Prepared) -> Result<()> {
        let Prepared { controller, at, purposes, bulk, entries } = prepared;
        self.write_once(|conn| {
            if register::casework_purposes(conn, *controller, *at)? != *purposes {
                return Err(StoreError::Conflict);
            }
            bulk.write(conn, *controller)?;
            audit::write_numbered(conn, *controller, entries)
        })
    }
}
