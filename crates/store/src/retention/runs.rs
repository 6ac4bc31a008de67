//! Disposal runs: what one person proposes, another approves, and what becomes of each item.

use counterfoil_domain::ids::{CaseId, ControllerId, DocumentId, PersonId, RequestId, RunId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::db::{Row, Value};
use crate::error::{Result, StoreError};
use crate::permit::{Record, Terms};
use crate::retention::holdings::{Holding, OF_CASE, OF_RECORDING, OF_REQUEST};
use crate::seal::aead::{KeyId, Place};
use crate::store::Store;
use crate::tx::Tx;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A case.
    Case,
    /// A person without a case.
    Person,
    /// A rights request.
    Request,
    /// A recording, by its document.
    Recording,
}

impl ItemKind {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Person => "person",
            Self::Request => "request",
            Self::Recording => "recording",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Case, Self::Person, Self::Request, Self::Recording].into_iter().find(|k| k.as_str() == word)
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Its reference, such as `D-2026-00001`.
    pub reference: String,
    /// The rule of the schedule.
    pub rule: String,
    /// The rule's authority when it was proposed.
    pub authority: String,
    /// What is done, in the words of the rule (`destroy`, `review with PRONI` ...).
    pub action: String,
    /// `proposed`, `approved`, `executed` or `withdrawn`.
    pub state: String,
    /// How many items it has.
    pub items: i64,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// When it was finished or withdrawn.
    pub ended_at: Option<Timestamp>,
    /// The signed certificate, once it is finished.
    pub certificate: Option<String>,
    /// Items that wait.
    pub waiting: i64,
    /// Items that were disposed of.
    pub disposed: i64,
    /// Items that were left alone, each with its code.
    pub skipped: i64,
    /// Items that a person decided about.
    pub settled: i64,
}

impl Run {
    /// Whether the system carries it out; every other action is a person's work.
    #[must_use]
    pub fn destroys(&self) -> bool {
        self.action == "destroy"
    }

    /// Who put their names to it.
    #[must_use]
    pub fn signatories(&self) -> Vec<StaffId> {
        std::iter::once(self.proposed_by).chain(self.approved_by).collect()
    }
}

/// A record that is proposed.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// What it is.
    pub kind: ItemKind,
    /// Whose; none for a request of somebody who was not identified.
    pub person: Option<PersonId>,
    /// The case, person or request.
    pub object: [u8; 16],
    /// Since when it is due.
    pub due: Date,
    /// The working.
    pub working: Vec<String>,
}

/// What is sealed of an item, under the key of the person or of the request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemText {
    /// Since when it is due.
    pub due: Option<Date>,
    /// The working.
    pub working: Vec<String>,
    /// What the record looked like when it was proposed, in counts and moments.
    pub seen: String,
    /// What the person who decided about it wrote.
    pub note: String,
}

/// An item of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number in the run, from 1.
    pub number: i64,
    /// What it is.
    pub kind: ItemKind,
    /// Whose; none once it is gone.
    pub person: Option<PersonId>,
    /// The case, person or request; none once it is gone.
    pub object: Option<[u8; 16]>,
    /// `waiting`, `disposed`, `skipped` or `settled`.
    pub outcome: String,
    /// Why it was skipped, or what was decided.
    pub code: String,
    /// When that was.
    pub at: Timestamp,
    pub(crate) sealed: Vec<u8>,
}

/// What came of proposing or approving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The run's reference.
    pub reference: String,
    /// Items that the gate let this person sign for.
    pub items: i64,
    /// Items that it did not.
    pub refused: i64,
}

/// The row of an item: the run's bytes, then its number.
fn item_row(run: RunId, number: i64) -> [u8; 24] {
    let mut row = [0; 24];
    let (id, n) = row.split_at_mut(16);
    id.copy_from_slice(run.as_bytes());
    n.copy_from_slice(&number.to_be_bytes());
    row
}

const fn place(row: &[u8; 24]) -> Place<'_> {
    Place { table: "disposal_item", column: "sealed", row }
}

const RUN: &str = "r.id, r.reference, r.rule, r.authority, r.action, r.state, r.items, r.proposed_by, \
    r.proposed_at, r.approved_by, r.approved_at, r.ended_at, r.certificate, \
    (SELECT COUNT(*) FROM disposal_item i WHERE i.controller_id = r.controller_id AND i.run_id = r.id AND i.outcome = 'waiting'), \
    (SELECT COUNT(*) FROM disposal_item i WHERE i.controller_id = r.controller_id AND i.run_id = r.id AND i.outcome = 'disposed'), \
    (SELECT COUNT(*) FROM disposal_item i WHERE i.controller_id = r.controller_id AND i.run_id = r.id AND i.outcome = 'skipped'), \
    (SELECT COUNT(*) FROM disposal_item i WHERE i.controller_id = r.controller_id AND i.run_id = r.id AND i.outcome = 'settled')";

const ITEM: &str = "number, kind, person_id, object_id, outcome, code, at, sealed";

fn run(row: &Row) -> Result<Run> {
    Ok(Run {
        id: row.get(0, "id")?,
        reference: row.get(1, "reference")?,
        rule: row.get(2, "rule")?,
        authority: row.get(3, "authority")?,
        action: row.get(4, "action")?,
        state: row.get(5, "state")?,
        items: row.get(6, "items")?,
        proposed_by: row.get(7, "proposed_by")?,
        proposed_at: row.get(8, "proposed_at")?,
        approved_by: row.get(9, "approved_by")?,
        approved_at: row.get(10, "approved_at")?,
        ended_at: row.get(11, "ended_at")?,
        certificate: row.get(12, "certificate")?,
        waiting: row.get(13, "waiting")?,
        disposed: row.get(14, "disposed")?,
        skipped: row.get(15, "skipped")?,
        settled: row.get(16, "settled")?,
    })
}

pub(crate) fn item(row: &Row) -> Result<Item> {
    let kind: String = row.get(1, "kind")?;
    let unknown =
        StoreError::Decode { table: "disposal_item", column: "kind", row: 0, why: "not a known word" };
    Ok(Item {
        number: row.get(0, "number")?,
        kind: ItemKind::read(&kind).ok_or(unknown)?,
        person: row.get(2, "person_id")?,
        object: row.get(3, "object_id")?,
        outcome: row.get(4, "outcome")?,
        code: row.get(5, "code")?,
        at: row.get(6, "at")?,
        sealed: row.get(7, "sealed")?,
    })
}

impl Tx<'_> {
    /// Leave to do the act's verb to the record of an item; gives the key that seals what is said of it.
    pub(crate) fn permit_item(
        &mut self,
        kind: ItemKind,
        person: Option<PersonId>,
        object: [u8; 16],
        terms: &Terms,
    ) -> Result<KeyId> {
        let gone = || StoreError::NotFound("record");
        match kind {
            ItemKind::Case => {
                let case = CaseId::from_bytes(object);
                let whose = self.person_of_case(case)?;
                Ok(self.permit(Record::Case(Some(case)), whose, terms)?.key())
            }
            ItemKind::Person => Ok(self.permit(Record::Person, person.ok_or_else(gone)?, terms)?.key()),
            ItemKind::Request => {
                let request = self.open_request(RequestId::from_bytes(object), terms)?;
                Ok(request.key)
            }
            ItemKind::Recording => {
                let document = DocumentId::from_bytes(object);
                let (whose, _) = self.person_of_document(document)?;
                Ok(self.permit(Record::Document(Some(document)), whose, terms)?.key())
            }
        }
    }

    /// Proposes a run. Items that the gate refuses this person (their own record, a hold, a restriction) are left
    /// out.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is nothing to propose; a refusal of the gate when it refuses everything.
    pub fn propose_run(
        &mut self,
        rule: &str,
        authority: &str,
        action: &str,
        items: &[NewItem],
    ) -> Result<Signed> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let id = RunId::from_bytes(self.fresh_id());
        let reference = self.next_run_reference()?;
        self.execute(
            "INSERT INTO disposal_run (controller_id, id, reference, rule, authority, action, state, items, \
             proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, 'proposed', 0, $7, $8)",
            &[
                self.controller().into(),
                id.into(),
                (&reference).into(),
                rule.into(),
                authority.into(),
                action.into(),
                staff.into(),
                self.now.into(),
            ],
        )?;
        let terms =
            Terms { detail: serde_json::json!({ "run": reference, "rule": rule }), ..Terms::default() };
        let (mut number, mut refusal) = (0, None);
        for new in items {
            match self.permit_item(new.kind, new.person, new.object, &terms) {
                Ok(key) => {
                    number += 1;
                    self.insert_item(id, number, key, new)?;
                }
                Err(e @ StoreError::Refused { .. }) => {
                    refusal.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        let refused = i64::try_from(items.len()).unwrap_or(i64::MAX) - number;
        if number == 0 {
            let nothing =
                || StoreError::Invalid("nothing that is due can be proposed by this rule".to_owned());
            return Err(refusal.unwrap_or_else(nothing));
        }
        self.execute(
            "UPDATE disposal_run SET items = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), number.into()],
        )?;
        Ok(Signed { reference, items: number, refused })
    }

    fn insert_item(&mut self, run: RunId, number: i64, key: KeyId, new: &NewItem) -> Result<()> {
        let seen = self.fingerprint(new.kind, new.object)?;
        let text = ItemText { due: Some(new.due), working: new.working.clone(), seen, note: String::new() };
        let sealed = self.seal(key, place(&item_row(run, number)), &text)?;
        self.execute(
            "INSERT INTO disposal_item (controller_id, run_id, number, kind, person_id, object_id, sealed, outcome, \
             code, deleted, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '', '', $8)",
            &[
                self.controller().into(),
                run.into(),
                number.into(),
                new.kind.as_str().into(),
                new.person.into(),
                new.object.into(),
                sealed.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// References count up within the year; two at once: the second is tried again.
    fn next_run_reference(&mut self) -> Result<String> {
        let year = self.now.to_zoned(jiff::tz::TimeZone::UTC).year();
        let prefix = format!("D-{year}-");
        let rows = self.query(
            "disposal_run",
            "SELECT MAX(reference) FROM disposal_run WHERE controller_id = $1 AND reference LIKE $2",
            &[self.controller().into(), format!("{prefix}%").into()],
        )?;
        let last: Option<String> = rows.first().map_or(Ok(None), |r| r.get(0, "reference"))?;
        let number: u32 = last.and_then(|l| l.strip_prefix(&prefix)?.parse().ok()).unwrap_or(0);
        Ok(format!("{prefix}{:05}", number + 1))
    }

    /// What a record looks like, in counts and moments: anything that is written in it changes this.
    pub(crate) fn fingerprint(&mut self, kind: ItemKind, object: [u8; 16]) -> Result<String> {
        let holdings: &[Holding] = match kind {
            ItemKind::Case => OF_CASE,
            ItemKind::Request => OF_REQUEST,
            ItemKind::Recording => OF_RECORDING,
            ItemKind::Person => return self.fingerprint_of_person(object),
        };
        let mut parts = Vec::new();
        for holding in holdings {
            let Some(changed) = holding.changed else { continue };
            let (table, of) = (holding.table, holding.of);
            let sql =
                format!("SELECT COUNT(*), MAX({changed}) FROM {table} WHERE controller_id = $1 AND {of}");
            let rows = self.query(table, &sql, &[self.controller().into(), object.into()])?;
            let Some(row) = rows.first() else { continue };
            let (count, newest): (i64, Option<i64>) = (row.get(0, "count")?, row.get(1, "newest")?);
            parts.push(format!("{table} {count} {}", newest.unwrap_or(0)));
        }
        Ok(parts.join("; "))
    }

    fn fingerprint_of_person(&mut self, person: [u8; 16]) -> Result<String> {
        let rows = self.query(
            "person",
            "SELECT p.version, p.changed_at, (SELECT COUNT(*) FROM case_file c WHERE c.controller_id = $1 \
             AND c.person_id = $2), (SELECT COUNT(*) FROM document_version d WHERE d.controller_id = $1 \
             AND d.person_id = $2) FROM person p WHERE p.controller_id = $1 AND p.id = $2",
            &[self.controller().into(), person.into()],
        )?;
        let Some(row) = rows.first() else { return Ok(String::new()) };
        let (version, changed): (i64, i64) = (row.get(0, "version")?, row.get(1, "changed_at")?);
        let (cases, documents): (i64, i64) = (row.get(2, "cases")?, row.get(3, "documents")?);
        Ok(format!("person {version} {changed}; cases {cases}; documents {documents}"))
    }

    /// Puts a second name to a run. Items that the gate refuses this person are left out of it.
    ///
    /// # Errors
    /// A refusal of the gate when it refuses everything (the proposer's own approval); [`StoreError::Invalid`] when
    /// the run does not wait for approval.
    pub fn approve_run(&mut self, run: &Run) -> Result<Signed> {
        self.expect_state(run, "proposed")?;
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let terms = Terms {
            signatories: vec![run.proposed_by],
            detail: serde_json::json!({ "run": run.reference, "rule": run.rule }),
            ..Terms::default()
        };
        let (mut items, mut refused, mut refusal) = (0, 0, None);
        for item in self.run_items(run, "waiting", i64::MAX)? {
            let object = item.object.unwrap_or_default();
            match self.permit_item(item.kind, item.person, object, &terms) {
                Ok(_) => items += 1,
                Err(e @ (StoreError::Refused { .. } | StoreError::NotFound(_))) => {
                    refused += 1;
                    self.end_item(run, item.number, "skipped", "not-approved", "")?;
                    refusal.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        if items == 0 {
            let nothing = || StoreError::Invalid("nothing is left in this run: withdraw it".to_owned());
            return Err(refusal.unwrap_or_else(nothing));
        }
        self.execute(
            "UPDATE disposal_run SET state = 'approved', approved_by = $3, approved_at = $4 \
             WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), run.id.into(), staff.into(), self.now.into()],
        )?;
        Ok(Signed { reference: run.reference.clone(), items, refused })
    }

    /// Withdraws a run that was not carried out yet. Whoever may propose one of its items may withdraw it.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when it is over.
    pub fn withdraw_run(&mut self, run: &Run) -> Result<()> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        if run.state != "proposed" {
            self.expect_state(run, "approved")?;
        }
        let detail = serde_json::json!({ "run": run.reference, "withdrawn": true });
        let terms = Terms { detail, ..Terms::default() };
        self.first_permitted(run, &terms)?;
        self.execute(
            "UPDATE disposal_item SET outcome = 'skipped', code = 'withdrawn', at = $3 \
             WHERE controller_id = $1 AND run_id = $2 AND outcome = 'waiting'",
            &[self.controller().into(), run.id.into(), self.now.into()],
        )?;
        self.execute(
            "UPDATE disposal_run SET state = 'withdrawn', ended_by = $3, ended_at = $4 \
             WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), run.id.into(), staff.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Leave for one of the items at least. A run of records that are all gone or held may always be withdrawn by
    /// its proposer.
    fn first_permitted(&mut self, run: &Run, terms: &Terms) -> Result<()> {
        let mut refusal = None;
        for item in self.run_items(run, "waiting", i64::MAX)? {
            match self.permit_item(item.kind, item.person, item.object.unwrap_or_default(), terms) {
                Ok(_) => return Ok(()),
                Err(e @ (StoreError::Refused { .. } | StoreError::NotFound(_))) => {
                    refusal.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        let mine = self.who.staff().is_some_and(|s| s.staff == run.proposed_by);
        match refusal {
            Some(refusal) if !mine => Err(refusal),
            _ => Ok(()),
        }
    }

    /// Records what a person decided about an item whose rule does not destroy.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when the item does not wait for a decision.
    pub fn settle_item(&mut self, run: &Run, number: i64, code: &str, note: &str) -> Result<Item> {
        self.expect_state(run, "approved")?;
        let item = self.item_of(run, number)?;
        if item.outcome != "waiting" || run.destroys() {
            return Err(StoreError::Invalid("this item does not wait for anyone's decision".to_owned()));
        }
        let detail = serde_json::json!({ "run": run.reference, "decided": code });
        let terms = Terms { detail, ..Terms::default() };
        let object = item.object.unwrap_or_default();
        let key = self.permit_item(item.kind, item.person, object, &terms)?;
        let row = item_row(run.id, number);
        let text: ItemText = self.open(place(&row), &item.sealed)?;
        let sealed = self.seal(key, place(&row), &ItemText { note: note.to_owned(), ..text })?;
        self.execute(
            "UPDATE disposal_item SET sealed = $4 WHERE controller_id = $1 AND run_id = $2 AND number = $3",
            &[self.controller().into(), run.id.into(), number.into(), sealed.into()],
        )?;
        self.end_item(run, number, "settled", code, "")?;
        Ok(item)
    }

    /// The items of a run with what is sealed of them, from a number on, for whoever may see when their time comes;
    /// `None` for those that this person may not see or that are gone.
    ///
    /// # Errors
    /// What the database answers.
    pub fn view_items(&mut self, run: &Run, from: i64, most: u32) -> Result<Vec<(Item, Option<ItemText>)>> {
        let sql = format!(
            "SELECT {ITEM} FROM disposal_item WHERE controller_id = $1 AND run_id = $2 AND number >= $3 \
             ORDER BY number LIMIT $4"
        );
        let params: [Value; 4] = [self.controller().into(), run.id.into(), from.into(), most.into()];
        let rows = self.query("disposal_item", &sql, &params)?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in &rows {
            let item = item(row)?;
            let text = self.view_item(run, &item)?;
            seen.push((item, text));
        }
        Ok(seen)
    }

    fn view_item(&mut self, run: &Run, item: &Item) -> Result<Option<ItemText>> {
        let Some(object) = item.object else { return Ok(None) };
        let detail = serde_json::json!({ "run": run.reference });
        match self.permit_item(item.kind, item.person, object, &Terms { detail, ..Terms::default() }) {
            Ok(_) => self.open(place(&item_row(run.id, item.number)), &item.sealed).map(Some),
            Err(StoreError::Refused { .. } | StoreError::NotFound(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub(crate) fn item_text(&self, run: &Run, item: &Item) -> Result<ItemText> {
        self.open(place(&item_row(run.id, item.number)), &item.sealed)
    }

    pub(crate) fn expect_state(&mut self, run: &Run, state: &str) -> Result<()> {
        let rows = self.query(
            "disposal_run",
            "SELECT state FROM disposal_run WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), run.id.into()],
        )?;
        let now: String = rows.first().ok_or(StoreError::NotFound("disposal run"))?.get(0, "state")?;
        if now == state {
            return Ok(());
        }
        let reference = &run.reference;
        Err(StoreError::Invalid(format!(
            "the run `{reference}` is {now}: this can be done to one that is {state}"
        )))
    }

    pub(crate) fn run_items(&mut self, run: &Run, outcome: &str, most: i64) -> Result<Vec<Item>> {
        let sql = format!(
            "SELECT {ITEM} FROM disposal_item WHERE controller_id = $1 AND run_id = $2 AND outcome = $3 \
             ORDER BY number LIMIT $4"
        );
        let params: [Value; 4] = [self.controller().into(), run.id.into(), outcome.into(), most.into()];
        self.query("disposal_item", &sql, &params)?.iter().map(item).collect()
    }

    pub(crate) fn item_of(&mut self, run: &Run, number: i64) -> Result<Item> {
        let sql = format!(
            "SELECT {ITEM} FROM disposal_item WHERE controller_id = $1 AND run_id = $2 AND number = $3"
        );
        let params: [Value; 3] = [self.controller().into(), run.id.into(), number.into()];
        item(self.query("disposal_item", &sql, &params)?.first().ok_or(StoreError::NotFound("item"))?)
    }

    /// Ends an item. One that was disposed of names and seals nothing any more.
    pub(crate) fn end_item(
        &mut self,
        run: &Run,
        number: i64,
        outcome: &str,
        code: &str,
        deleted: &str,
    ) -> Result<()> {
        let gone = outcome == "disposed";
        self.execute(
            "UPDATE disposal_item SET outcome = $4, code = $5, deleted = $6, at = $7, \
             person_id = CASE WHEN $8 = 1 THEN NULL ELSE person_id END, \
             object_id = CASE WHEN $8 = 1 THEN NULL ELSE object_id END, \
             sealed = CASE WHEN $8 = 1 THEN $9 ELSE sealed END \
             WHERE controller_id = $1 AND run_id = $2 AND number = $3",
            &[
                self.controller().into(),
                run.id.into(),
                number.into(),
                outcome.into(),
                code.into(),
                deleted.into(),
                self.now.into(),
                i64::from(gone).into(),
                Vec::new().into(),
            ],
        )
        .map(|_| ())
    }

    /// What an erasure leaves of the items that named its person: that there were some.
    pub(crate) fn empty_disposal_items(&mut self, person: PersonId) -> Result<()> {
        self.execute(
            "UPDATE disposal_item SET person_id = NULL, object_id = NULL, sealed = $3, \
             code = CASE WHEN outcome = 'waiting' THEN 'erased' ELSE code END, \
             outcome = CASE WHEN outcome = 'waiting' THEN 'skipped' ELSE outcome END \
             WHERE controller_id = $1 AND person_id = $2",
            &[self.controller().into(), person.into(), Vec::new().into()],
        )
        .map(|_| ())
    }
}

impl Store {
    /// The runs, newest first. They hold counts and nobody's data.
    ///
    /// # Errors
    /// What the database answers.
    pub fn disposal_runs(&self, controller: ControllerId, most: u32) -> Result<Vec<Run>> {
        let sql = format!(
            "SELECT {RUN} FROM disposal_run r WHERE r.controller_id = $1 ORDER BY r.proposed_at DESC, r.id DESC LIMIT $2"
        );
        let rows = self.read(|conn| conn.query("disposal_run", &sql, &[controller.into(), most.into()]))?;
        rows.iter().map(run).collect()
    }

    /// The run with this reference.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn disposal_run(&self, controller: ControllerId, reference: &str) -> Result<Run> {
        let sql = format!("SELECT {RUN} FROM disposal_run r WHERE r.controller_id = $1 AND r.reference = $2");
        let rows =
            self.read(|conn| conn.query("disposal_run", &sql, &[controller.into(), reference.into()]))?;
        run(rows.first().ok_or(StoreError::NotFound("disposal run"))?)
    }

    /// The runs that are approved and not finished, oldest first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn approved_runs(&self, controller: ControllerId) -> Result<Vec<Run>> {
        let sql = format!(
            "SELECT {RUN} FROM disposal_run r WHERE r.controller_id = $1 AND r.state = 'approved' ORDER BY r.approved_at, r.id"
        );
        let rows = self.read(|conn| conn.query("disposal_run", &sql, &[controller.into()]))?;
        rows.iter().map(run).collect()
    }

    /// The numbers of the items of a run that wait.
    ///
    /// # Errors
    /// What the database answers.
    pub fn waiting_items(&self, controller: ControllerId, run: RunId, most: u32) -> Result<Vec<i64>> {
        let sql = "SELECT number FROM disposal_item WHERE controller_id = $1 AND run_id = $2 \
                   AND outcome = 'waiting' ORDER BY number LIMIT $3";
        let rows = self
            .read(|conn| conn.query("disposal_item", sql, &[controller.into(), run.into(), most.into()]))?;
        rows.iter().map(|r| r.get(0, "number")).collect()
    }

    /// How many items of a run ended how: kind, outcome, code, number; and what was deleted, by table.
    ///
    /// # Errors
    /// What the database answers.
    pub fn run_counts(&self, controller: ControllerId, run: RunId) -> Result<RunCounts> {
        let sql = "SELECT kind, outcome, code, deleted FROM disposal_item \
                   WHERE controller_id = $1 AND run_id = $2 ORDER BY number";
        let rows = self.read(|conn| conn.query("disposal_item", sql, &[controller.into(), run.into()]))?;
        let mut counts = RunCounts::default();
        for row in &rows {
            let (kind, outcome): (String, String) = (row.get(0, "kind")?, row.get(1, "outcome")?);
            let (code, deleted): (String, String) = (row.get(2, "code")?, row.get(3, "deleted")?);
            match outcome.as_str() {
                "disposed" => *counts.disposed.entry(kind).or_default() += 1,
                "settled" => *counts.settled.entry(code).or_default() += 1,
                "skipped" => *counts.skipped.entry(code).or_default() += 1,
                _ => *counts.skipped.entry("waiting".to_owned()).or_default() += 1,
            }
            let tables: Tables = serde_json::from_str(&deleted).unwrap_or_default();
            for (table, number) in tables {
                *counts.tables.entry(table).or_default() += number;
            }
        }
        Ok(counts)
    }

    /// The pseudonym by which the log and the certificates know a member of staff.
    #[must_use]
    pub fn pseudonym_of_staff(&self, controller: ControllerId, staff: StaffId) -> String {
        let pseudonym = self.inner.blind.pseudonym(controller.as_bytes(), "staff", staff.as_bytes());
        crate::assurance::audit::hex(&pseudonym)
    }
}

/// Rows by table.
pub type Tables = std::collections::BTreeMap<String, u64>;

/// What became of the items of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Disposed of, by what they were.
    pub disposed: Tables,
    /// Decided by a person, by what was decided.
    pub settled: Tables,
    /// Left alone, by why.
    pub skipped: Tables,
    /// Rows deleted, by table; `file` counts files.
    pub tables: Tables,
}
