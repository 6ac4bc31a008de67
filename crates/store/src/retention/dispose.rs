//! Disposal: one item in one act. What has changed since it was proposed is left alone, with its reason.

use std::collections::BTreeMap;

use counterfoil_domain::ids::{CaseId, DocumentId, NoteId, PersonId, RequestId};
use jiff::Timestamp;

use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::permit::{Record, Terms};
use crate::retention::holdings::{CONTACTS, Holding, OF_CASE, OF_RECORDING, OF_REQUEST};
use crate::retention::runs::{Item, ItemKind, Run, Tables};
use crate::seal::aead::KeyId;
use crate::tx::{After, Tx};

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposed {
    /// It is gone, with these rows.
    Gone(Tables),
    /// It was left alone, for this reason: a code.
    Left(&'static str),
    /// It was over already.
    Over,
}

impl Tx<'_> {
    /// Disposes of one item of an approved run, or notes why not.
    ///
    /// # Errors
    /// What the database answers; the item then waits still.
    // INVARIANT: nothing is deleted without a permit for `disposal.execute` with both signatories in this act.
    pub fn dispose(&mut self, run: &Run, number: i64) -> Result<Disposed> {
        self.expect_state(run, "approved")?;
        let item = self.item_of(run, number)?;
        let Some(object) = item.object.filter(|_| item.outcome == "waiting" && run.destroys()) else {
            return Ok(Disposed::Over);
        };
        if let Some(code) = self.obstacle(run, &item, object)? {
            return self.leave(run, &item, code);
        }
        let terms = Terms {
            signatories: run.signatories(),
            detail: serde_json::json!({ "run": run.reference, "rule": run.rule }),
            ..Terms::default()
        };
        let done = match item.kind {
            ItemKind::Case => self.dispose_case(CaseId::from_bytes(object), &terms),
            ItemKind::Person => self.dispose_person(PersonId::from_bytes(object), &terms),
            ItemKind::Request => self.dispose_request(RequestId::from_bytes(object), &terms),
            ItemKind::Recording => self.dispose_recording(DocumentId::from_bytes(object), &terms),
        };
        match done {
            Ok(tables) => {
                let deleted = serde_json::to_string(&tables).unwrap_or_default();
                self.end_item(run, number, "disposed", "", &deleted)?;
                self.keep_tombstone(run, number, (item.kind.as_str(), object), &deleted)?;
                Ok(Disposed::Gone(tables))
            }
            Err(StoreError::Refused { policies, .. }) => self.leave(run, &item, code_of(&policies)),
            Err(e) => Err(e),
        }
    }

    fn leave(&mut self, run: &Run, item: &Item, code: &'static str) -> Result<Disposed> {
        self.end_item(run, item.number, "skipped", code, "")?;
        Ok(Disposed::Left(code))
    }

    /// Why an item is left alone although two people signed for it.
    fn obstacle(&mut self, run: &Run, item: &Item, object: [u8; 16]) -> Result<Option<&'static str>> {
        if !self.is_there(item.kind, object)? {
            return Ok(Some("gone"));
        }
        let (status, key) = match item.kind {
            ItemKind::Case => {
                let person = self.person_of_case(CaseId::from_bytes(object))?;
                (self.person_status(Some(person))?, self.person_row(person)?.key)
            }
            ItemKind::Person => {
                let person = PersonId::from_bytes(object);
                (self.person_status(Some(person))?, self.person_row(person)?.key)
            }
            ItemKind::Recording => {
                let (person, _) = self.person_of_document(DocumentId::from_bytes(object))?;
                (self.person_status(Some(person))?, self.person_row(person)?.key)
            }
            ItemKind::Request => {
                (self.person_status(item.person)?, self.key_of_request(RequestId::from_bytes(object))?)
            }
        };
        let again = match item.kind {
            ItemKind::Case => self.word("case_file", "status", object)? != "closed",
            ItemKind::Request => !OVER.contains(&self.word("rights_request", "state", object)?.as_str()),
            ItemKind::Person | ItemKind::Recording => false,
        };
        let open_request = item.kind != ItemKind::Request && status.open_request;
        let obstacles = [
            (status.held, "held"),
            (status.restricted, "restricted"),
            (again, "reopened"),
            (open_request, "open-request"),
            (self.has_jobs(key)?, "queued-work"),
        ];
        if let Some((_, code)) = obstacles.into_iter().find(|(true_now, _)| *true_now) {
            return Ok(Some(code));
        }
        let seen = self.item_text(run, item)?.seen;
        Ok((self.fingerprint(item.kind, object)? != seen).then_some("changed"))
    }

    fn is_there(&mut self, kind: ItemKind, object: [u8; 16]) -> Result<bool> {
        let (table, id) = match kind {
            ItemKind::Case => ("case_file", "id"),
            ItemKind::Person => ("person", "id"),
            ItemKind::Request => ("rights_request", "id"),
            ItemKind::Recording => ("recording", "document_id"),
        };
        let sql = format!("SELECT 1 FROM {table} WHERE controller_id = $1 AND {id} = $2");
        Ok(!self.query(table, &sql, &[self.controller().into(), object.into()])?.is_empty())
    }

    fn person_status(&mut self, person: Option<PersonId>) -> Result<Status> {
        let Some(person) = person else { return Ok(Status::default()) };
        let row = match self.person_row(person) {
            Ok(row) => row,
            Err(StoreError::NotFound(_)) => return Ok(Status::default()),
            Err(e) => return Err(e),
        };
        let open = self.query(
            "rights_request",
            "SELECT 1 FROM rights_request WHERE controller_id = $1 AND person_id = $2 \
             AND state NOT IN ('closed', 'released') LIMIT 1",
            &[self.controller().into(), person.into()],
        )?;
        Ok(Status { held: row.legal_hold, restricted: row.restricted, open_request: !open.is_empty() })
    }

    fn word(&mut self, table: &'static str, column: &'static str, id: [u8; 16]) -> Result<String> {
        let sql = format!("SELECT {column} FROM {table} WHERE controller_id = $1 AND id = $2");
        let rows = self.query(table, &sql, &[self.controller().into(), id.into()])?;
        rows.first().map_or(Ok(String::new()), |r| r.get(0, column))
    }

    /// Work that waits is sealed under this key and may be about the record.
    fn has_jobs(&mut self, key: KeyId) -> Result<bool> {
        let rows = self.query(
            "job",
            "SELECT 1 FROM job WHERE controller_id = $1 AND key_id = $2 AND state IN ('waiting', 'running') LIMIT 1",
            &[self.controller().into(), key.0.into()],
        )?;
        Ok(!rows.is_empty())
    }

    fn key_of_request(&mut self, request: RequestId) -> Result<KeyId> {
        let rows = self.query(
            "rights_request",
            "SELECT key_id FROM rights_request WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), request.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("request"))?.get(0, "key_id").map(KeyId)
    }

    fn dispose_case(&mut self, case: CaseId, terms: &Terms) -> Result<Tables> {
        let person = self.person_of_case(case)?;
        self.permit(Record::Case(Some(case)), person, terms)?;
        let closed = self.closed_at(case)?;
        let mut tables = self.delete_case(case)?;
        if self.is_last(person, closed)? {
            for (table, number) in self.dispose_person(person, terms)? {
                *tables.entry(table).or_default() += number;
            }
        }
        Ok(tables)
    }

    pub(super) fn delete_case(&mut self, case: CaseId) -> Result<Tables> {
        let statements = self.drop_statements(case)?;
        let mut tables = self.delete(OF_CASE, *case.as_bytes())?;
        add(&mut tables, "person_statement", statements);
        Ok(tables)
    }

    pub(super) fn delete_request(&mut self, request: RequestId) -> Result<Tables> {
        self.delete(OF_REQUEST, *request.as_bytes())
    }

    /// What the person says against the case, its notes and documents (Art 16 UK GDPR): it names them in words, and
    /// goes with what it is about.
    fn drop_statements(&mut self, case: CaseId) -> Result<u64> {
        let mut about = vec![case.to_string()];
        let params = [self.controller().into(), case.into()];
        let notes = "SELECT id FROM note WHERE controller_id = $1 AND case_id = $2";
        for row in self.query("note", notes, &params)? {
            about.push(row.get::<NoteId>(0, "id")?.to_string());
        }
        let documents = "SELECT id FROM document WHERE controller_id = $1 AND case_id = $2";
        for row in self.query("document", documents, &params)? {
            about.push(row.get::<DocumentId>(0, "id")?.to_string());
        }
        let sql = "DELETE FROM person_statement WHERE controller_id = $1 AND about = $2";
        let mut dropped = 0;
        for id in about {
            dropped += self.execute(sql, &[self.controller().into(), id.into()])?;
        }
        Ok(dropped)
    }

    fn closed_at(&mut self, case: CaseId) -> Result<Option<Timestamp>> {
        let rows = self.query(
            "case_file",
            "SELECT closed_at FROM case_file WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), case.into()],
        )?;
        rows.first().map_or(Ok(None), |r| r.get(0, "closed_at"))
    }

    /// Whether nothing keeps a person whose case is gone: no other case, and nothing newer than its closing. Whoever
    /// was in touch since then falls under the rule for people without a case.
    fn is_last(&mut self, person: PersonId, closed: Option<Timestamp>) -> Result<bool> {
        let newer: String = CONTACTS
            .iter()
            .map(|(table, at)| {
                format!(" UNION ALL SELECT 1 FROM {table} WHERE controller_id = $1 AND person_id = $2 AND {at} > $3")
            })
            .collect();
        let sql =
            format!("SELECT 1 FROM case_file WHERE controller_id = $1 AND person_id = $2{newer} LIMIT 1");
        let since = closed.unwrap_or(self.now);
        let rows = self.query("case_file", &sql, &[self.controller().into(), person.into(), since.into()])?;
        Ok(rows.is_empty())
    }

    /// Erases a person without a case, with their key.
    fn dispose_person(&mut self, person: PersonId, terms: &Terms) -> Result<Tables> {
        let permit = self.permit(Record::Person, person, terms)?;
        let erased = self.erase_person(&permit)?;
        let mut tables: Tables =
            erased.rows.iter().filter(|(_, n)| *n > 0).map(|(t, n)| ((*t).to_owned(), *n)).collect();
        add(&mut tables, "file", u64::try_from(erased.files).unwrap_or(0));
        add(&mut tables, "key", 1);
        Ok(tables)
    }

    /// Removes a recording with its content, its versions and what the person says against it; the case stays.
    fn dispose_recording(&mut self, document: DocumentId, terms: &Terms) -> Result<Tables> {
        let (person, _) = self.person_of_document(document)?;
        self.permit(Record::Document(Some(document)), person, terms)?;
        self.delete_recording(document)
    }

    pub(super) fn delete_recording(&mut self, document: DocumentId) -> Result<Tables> {
        let statements = self.execute(
            "DELETE FROM person_statement WHERE controller_id = $1 AND about = $2",
            &[self.controller().into(), document.to_string().into()],
        )?;
        let mut tables = self.delete(OF_RECORDING, *document.as_bytes())?;
        add(&mut tables, "person_statement", statements);
        Ok(tables)
    }

    fn dispose_request(&mut self, request: RequestId, terms: &Terms) -> Result<Tables> {
        self.open_request(request, terms)?;
        self.delete_request(request)
    }

    /// Deletes what is held of an object; files and keys go right after the commit.
    fn delete(&mut self, holdings: &[Holding], object: [u8; 16]) -> Result<Tables> {
        let mut tables = BTreeMap::new();
        for holding in holdings {
            let files = self.drop_files(holding, object)?;
            add(&mut tables, "file", files);
            self.drop_index_and_keys(holding, object)?;
            let (table, of) = (holding.table, holding.of);
            let params = [self.controller().into(), object.into()];
            if let Some(column) = holding.unlinked {
                let sql = format!("UPDATE {table} SET {column} = NULL WHERE controller_id = $1 AND {of}");
                self.execute(&sql, &params)?;
                continue;
            }
            let sql = format!("DELETE FROM {table} WHERE controller_id = $1 AND {of}");
            let number = self.execute(&sql, &params)?;
            add(&mut tables, table, number);
        }
        Ok(tables)
    }

    fn drop_files(&mut self, holding: &Holding, object: [u8; 16]) -> Result<u64> {
        if !holding.files {
            return Ok(0);
        }
        let (table, of) = (holding.table, holding.of);
        let sql = format!("SELECT DISTINCT address FROM {table} WHERE controller_id = $1 AND {of}");
        let rows = self.query(table, &sql, &[self.controller().into(), object.into()])?;
        let mut files = 0;
        for row in &rows {
            // A part of a message may be words only, without a file.
            if let Some(address) = row.get::<Option<Address>>(0, "address")? {
                // What has the same content shares the file, and stays.
                let sql = format!(
                    "SELECT 1 FROM {table} WHERE controller_id = $1 AND address = $3 AND NOT ({of}) LIMIT 1"
                );
                let others =
                    self.query(table, &sql, &[self.controller().into(), object.into(), address.into()])?;
                if !others.is_empty() {
                    continue;
                }
                self.follow_with(After::RemoveFile(address));
                files += 1;
            }
        }
        Ok(files)
    }

    fn drop_index_and_keys(&mut self, holding: &Holding, object: [u8; 16]) -> Result<()> {
        let (table, of) = (holding.table, holding.of);
        let params = [self.controller().into(), object.into()];
        if holding.indexed {
            let sql = format!("SELECT id FROM {table} WHERE controller_id = $1 AND {of}");
            for row in self.query(table, &sql, &params)? {
                self.drop_from_index(&row.get(0, "id")?)?;
            }
        }
        if holding.keyed {
            let sql = format!("SELECT key_id FROM {table} WHERE controller_id = $1 AND {of}");
            for row in self.query(table, &sql, &params)? {
                self.follow_with(After::DropKey(KeyId(row.get(0, "key_id")?)));
            }
        }
        Ok(())
    }

    /// Ends a run whose items are all over, with its certificate.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when an item waits still or the run is not approved.
    pub fn finish_run(&mut self, run: &Run, certificate: &str) -> Result<()> {
        self.expect_state(run, "approved")?;
        if !self.run_items(run, "waiting", 1)?.is_empty() {
            return Err(StoreError::Invalid(format!("the run `{}` is not finished", run.reference)));
        }
        self.execute(
            "UPDATE disposal_run SET state = 'executed', ended_at = $3, certificate = $4 \
             WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), run.id.into(), self.now.into(), certificate.into()],
        )?;
        let ended =
            Run { ended_at: Some(self.now), certificate: Some(certificate.to_owned()), ..run.clone() };
        self.keep_certificate(&ended)
    }
}

/// What a person's record says that keeps it from being disposed of.
#[derive(Debug, Clone, Copy, Default)]
struct Status {
    held: bool,
    restricted: bool,
    open_request: bool,
}

/// The states of a rights request that is over.
const OVER: [&str; 2] = ["closed", "released"];

/// The gate's reason as a code of ours.
fn code_of(policies: &[String]) -> &'static str {
    let named = |id: &str| policies.iter().any(|p| p == id);
    match () {
        () if named("held") => "held",
        () if named("restricted") => "restricted",
        () => "refused",
    }
}

fn add(tables: &mut Tables, table: &str, number: u64) {
    if number > 0 {
        *tables.entry(table.to_owned()).or_default() += number;
    }
}
