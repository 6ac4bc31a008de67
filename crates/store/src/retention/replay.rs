//! What was disposed of stays so after a restore: each disposal and each certificate has its copy in the key store,
//! which has a backup cycle of its own, and a restored database is brought to it.
//!
//! INVARIANT: the tombstone is committed with the disposal; its copy follows at once, or at the next start. It names its
//! object by a keyed pseudonym, so that nothing but a restored row can be told from it.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, ControllerId, DocumentId, RequestId, RunId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Actor;
use crate::error::{Result, StoreError};
use crate::retention::runs::Run;
use crate::seal::keystore::Disposal;
use crate::store::Store;
use crate::tx::{About, After, Tx};

/// The number under which a run itself is kept.
const WHOLE_RUN: i64 = -1;

/// A finished run as the key store keeps it.
#[derive(Serialize, Deserialize)]
struct KeptRun {
    reference: String,
    rule: String,
    authority: String,
    action: String,
    items: i64,
    proposed_by: StaffBytes,
    proposed_at: i64,
    approved_by: Option<StaffBytes>,
    approved_at: Option<i64>,
    ended_at: i64,
    certificate: String,
}

type StaffBytes = [u8; 16];

impl Tx<'_> {
    pub(super) fn keep_tombstone(
        &mut self,
        run: &Run,
        number: i64,
        (kind, object): (&str, [u8; 16]),
        content: &str,
    ) -> Result<()> {
        let controller = self.controller();
        let pseudonym = self.store.blind.pseudonym(controller.as_bytes(), kind, &object);
        self.insert_tombstone(run.id, number, (kind, pseudonym), content)
    }

    pub(super) fn keep_certificate(&mut self, run: &Run) -> Result<()> {
        let kept = KeptRun {
            reference: run.reference.clone(),
            rule: run.rule.clone(),
            authority: run.authority.clone(),
            action: run.action.clone(),
            items: run.items,
            proposed_by: *run.proposed_by.as_bytes(),
            proposed_at: run.proposed_at.as_millisecond(),
            approved_by: run.approved_by.map(|s: StaffId| *s.as_bytes()),
            approved_at: run.approved_at.map(Timestamp::as_millisecond),
            ended_at: self.now.as_millisecond(),
            certificate: run.certificate.clone().unwrap_or_default(),
        };
        let content = serde_json::to_string(&kept)
            .map_err(|_| StoreError::Invalid("the certificate cannot be kept".to_owned()))?;
        self.insert_tombstone(run.id, WHOLE_RUN, ("run", [0; 16]), &content)
    }

    fn insert_tombstone(
        &mut self,
        run: RunId,
        number: i64,
        (kind, pseudonym): (&str, [u8; 16]),
        content: &str,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO disposal_tombstone (controller_id, run_id, number, kind, pseudonym, content, disposed_at, \
             copied) VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING",
            &[
                self.controller().into(),
                run.into(),
                number.into(),
                kind.into(),
                pseudonym.into(),
                content.into(),
                self.now.into(),
            ],
        )?;
        self.follow_with(After::CopyDisposals);
        Ok(())
    }

    /// Puts a finished run back as it ended.
    fn put_run_back(&mut self, tombstone: &Disposal) -> Result<()> {
        let unreadable = |_| StoreError::Unsealable { table: "disposed" };
        let run: KeptRun = serde_json::from_str(&tombstone.content).map_err(unreadable)?;
        self.execute(
            "INSERT INTO disposal_run (controller_id, id, reference, rule, authority, action, state, items, proposed_by, \
             proposed_at, approved_by, approved_at, ended_at, certificate) \
             VALUES ($1, $2, $3, $4, $5, $6, 'executed', $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (controller_id, id) DO UPDATE SET state = 'executed', approved_by = EXCLUDED.approved_by, \
             approved_at = EXCLUDED.approved_at, ended_at = EXCLUDED.ended_at, certificate = EXCLUDED.certificate",
            &[
                self.controller().into(),
                tombstone.run.into(),
                run.reference.into(),
                run.rule.into(),
                run.authority.into(),
                run.action.into(),
                run.items.into(),
                run.proposed_by.into(),
                run.proposed_at.into(),
                run.approved_by.into(),
                run.approved_at.into(),
                run.ended_at.into(),
                run.certificate.into(),
            ],
        )
        .map(|_| ())
    }

    /// Disposes of a restored object again, without a proposal: two people signed for it before the restore.
    fn dispose_again(&mut self, tombstone: &Disposal, object: Option<[u8; 16]>) -> Result<()> {
        match (tombstone.kind.as_str(), object) {
            ("case", Some(id)) => drop(self.delete_case(CaseId::from_bytes(id))?),
            ("request", Some(id)) => drop(self.delete_request(RequestId::from_bytes(id))?),
            ("recording", Some(id)) => drop(self.delete_recording(DocumentId::from_bytes(id))?),
            _ => {}
        }
        // The item says so again, where its run is there.
        self.execute(
            "INSERT INTO disposal_item (controller_id, run_id, number, kind, person_id, object_id, sealed, outcome, code, \
             deleted, at) SELECT $1, r.id, $3, $4, NULL, NULL, $5, 'disposed', '', $6, $7 FROM disposal_run r \
             WHERE r.controller_id = $1 AND r.id = $2 ON CONFLICT (controller_id, run_id, number) DO UPDATE SET \
             outcome = 'disposed', code = '', person_id = NULL, object_id = NULL, sealed = EXCLUDED.sealed, \
             deleted = EXCLUDED.deleted, at = EXCLUDED.at",
            &[
                self.controller().into(),
                tombstone.run.into(),
                tombstone.number.into(),
                tombstone.kind.as_str().into(),
                Vec::new().into(),
                tombstone.content.as_str().into(),
                tombstone.at.into(),
            ],
        )?;
        if object.is_some() {
            let detail = serde_json::json!({ "replayed": "after a restore", "kind": tombstone.kind });
            self.append(About::default(), None, &[], &detail)?;
        }
        Ok(())
    }
}

/// The identifier of a record by its kind and pseudonym.
type Restored = std::collections::BTreeMap<(String, [u8; 16]), [u8; 16]>;

impl Store {
    /// Copies to the key store what was disposed of and is not there yet.
    pub(crate) fn copy_disposals(&self) -> Result<()> {
        let rows = self.read(|conn| {
            conn.query(
                "disposal_tombstone",
                "SELECT controller_id, run_id, number, kind, pseudonym, content, disposed_at FROM disposal_tombstone \
                 WHERE copied = 0",
                &[],
            )
        })?;
        let disposals = rows
            .iter()
            .map(|r| {
                Ok(Disposal {
                    controller: r.get(0, "controller_id")?,
                    run: r.get(1, "run_id")?,
                    number: r.get(2, "number")?,
                    kind: r.get(3, "kind")?,
                    pseudonym: r.get(4, "pseudonym")?,
                    content: r.get(5, "content")?,
                    at: r.get(6, "disposed_at")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        if disposals.is_empty() {
            return Ok(());
        }
        self.inner.keys.note_disposed(&disposals)?;
        self.write(|conn| {
            disposals.iter().try_for_each(|d| {
                conn.execute(
                    "UPDATE disposal_tombstone SET copied = 1 \
                     WHERE controller_id = $1 AND run_id = $2 AND number = $3",
                    &[d.controller.into(), d.run.into(), d.number.into()],
                )
                .map(|_| ())
            })
        })
    }

    /// Replays disposals after a restore: what was disposed of since the backup goes again, and the runs have their
    /// certificates. Call it after [`Store::replay_erasures`], before the service opens.
    ///
    /// # Errors
    /// What the database answers; then the service must not open.
    pub fn replay_disposals(&self) -> Result<usize> {
        let mut replayed = 0;
        let all = self.inner.keys.disposed()?;
        let mut controllers: Vec<[u8; 16]> = all.iter().map(|d| d.controller).collect();
        controllers.dedup();
        for controller in controllers {
            let controller = ControllerId::from_bytes(controller);
            let mut there = self.restored(controller)?;
            let system = Actor::Automation { controller };
            for tombstone in all.iter().filter(|d| d.controller == *controller.as_bytes()) {
                let object = there.remove(&(tombstone.kind.clone(), tombstone.pseudonym));
                replayed += usize::from(object.is_some());
                self.act(&system, Verb::DisposalExecute, Purpose::Disposal, |tx| {
                    if tombstone.number == WHOLE_RUN {
                        tx.put_run_back(tombstone)
                    } else {
                        tx.dispose_again(tombstone, object)
                    }
                })?;
            }
        }
        Ok(replayed)
    }

    /// The cases and requests that are there, by their pseudonyms.
    fn restored(&self, controller: ControllerId) -> Result<Restored> {
        let mut there = Restored::new();
        let tables = [
            ("case", "case_file", "id"),
            ("request", "rights_request", "id"),
            ("recording", "recording", "document_id"),
        ];
        for (kind, table, id) in tables {
            let sql = format!("SELECT {id} FROM {table} WHERE controller_id = $1");
            for row in self.read(|conn| conn.query(table, &sql, &[controller.into()]))? {
                let id: [u8; 16] = row.get(0, "id")?;
                let pseudonym = self.inner.blind.pseudonym(controller.as_bytes(), kind, &id);
                there.insert((kind.to_owned(), pseudonym), id);
            }
        }
        Ok(there)
    }
}
