//! Research projects, their pseudonyms, extracts, and the permits to find a person again.

use std::collections::BTreeMap;

use counterfoil_domain::ids::{PersonId, ProjectId, ReidentificationId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::seal::aead::{KeyId, Place};
use crate::seal::blind;
use crate::store::Store;
use crate::tx::Tx;

/// The sealed part of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectText {
    /// What it is called.
    pub title: String,
    /// Who gets the extracts.
    pub researcher: String,
    /// What it is to find out.
    pub purpose: String,
    /// Where the agreement with the researcher is.
    pub agreed: String,
}

/// A project, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Which.
    pub id: ProjectId,
    /// The fields that it may have.
    pub fields: Vec<String>,
    /// How many rows must be alike.
    pub least_alike: usize,
    /// The last day.
    pub until: Date,
    /// The sealed part.
    pub text: ProjectText,
    /// When it was opened.
    pub made_at: Timestamp,
    /// When it was closed, and the way back to a person with it.
    pub closed_at: Option<Timestamp>,
    key: KeyId,
}

/// What an extract gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Rows given.
    pub rows: usize,
    /// Rows that fell away.
    pub dropped: usize,
    /// The smallest group.
    pub smallest: usize,
}

/// The sealed part of a permit to find a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReidentificationText {
    /// The pseudonym.
    pub pseudonym: String,
    /// Why the person must be found.
    pub reason: String,
}

/// A permit to find a person, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reidentification {
    /// Which.
    pub id: ReidentificationId,
    /// Of which project.
    pub project: ProjectId,
    /// The sealed part.
    pub text: ReidentificationText,
    /// Who asked.
    pub asked_by: StaffId,
    /// Who granted it.
    pub granted_by: Option<StaffId>,
}

const fn place(id: &ProjectId) -> Place<'_> {
    Place { table: "research_project", column: "sealed", row: id.as_bytes() }
}

const fn permit_place(id: &ReidentificationId) -> Place<'_> {
    Place { table: "reidentification", column: "sealed", row: id.as_bytes() }
}

fn int(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Tx<'_> {
    /// Opens a project with a data key of its own. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn open_project(
        &mut self,
        fields: &[String],
        least_alike: usize,
        until: Date,
        text: &ProjectText,
    ) -> Result<ProjectId> {
        let id = ProjectId::from_bytes(self.fresh_id());
        let key = self.fresh_key()?;
        // The words outlive the key: what was researched stays on record.
        let own = self.controller_key()?;
        let sealed = self.seal(own, place(&id), text)?;
        self.execute(
            "INSERT INTO research_project (controller_id, id, key_id, fields, least_alike, until_on, sealed, \
             made_by, made_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)",
            &[
                self.controller().into(),
                id.into(),
                key.0.into(),
                fields.join(" ").into(),
                int(least_alike).into(),
                until.into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// Every project, newest first. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn projects(&mut self) -> Result<Vec<Project>> {
        let rows = self.query(
            "research_project",
            "SELECT id, fields, least_alike, until_on, sealed, made_at, closed_at, key_id FROM research_project \
             WHERE controller_id = $1 ORDER BY made_at DESC, id DESC",
            &[self.controller().into()],
        )?;
        rows.iter().map(|r| self.stored_project(r)).collect()
    }

    /// One project.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn project(&mut self, id: ProjectId) -> Result<Project> {
        let found = self.projects()?.into_iter().find(|p| p.id == id);
        found.ok_or(StoreError::NotFound("research project"))
    }

    fn stored_project(&self, row: &Row) -> Result<Project> {
        let id: ProjectId = row.get(0, "id")?;
        Ok(Project {
            id,
            fields: row.get::<String>(1, "fields")?.split_whitespace().map(str::to_owned).collect(),
            least_alike: usize::try_from(row.get::<i64>(2, "least_alike")?).unwrap_or(usize::MAX),
            until: row.get(3, "until_on")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(4, "sealed")?)?,
            made_at: row.get(5, "made_at")?,
            closed_at: row.get(6, "closed_at")?,
            key: KeyId(row.get(7, "key_id")?),
        })
    }

    /// The pseudonym of a person in a project: another in each, and none once the project is closed.
    ///
    /// # Errors
    /// [`StoreError::KeyGone`] when the project is closed.
    pub fn research_pseudonym(&self, project: &Project, person: PersonId) -> Result<String> {
        let key = self.store.keys.key(project.key)?;
        let pseudonym = blind::research_pseudonym(&key, person.as_bytes());
        Ok(pseudonym.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Keeps that an extract was given.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_extract(&mut self, project: ProjectId, given: Given) -> Result<()> {
        let id = self.fresh_id();
        self.execute(
            "INSERT INTO research_extract (controller_id, id, project_id, rows_given, rows_dropped, smallest_group, \
             made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                self.controller().into(),
                id.into(),
                project.into(),
                int(given.rows).into(),
                int(given.dropped).into(),
                int(given.smallest).into(),
                self.hand().into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Asks for the person behind a pseudonym. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn ask_reidentification(
        &mut self,
        project: ProjectId,
        text: &ReidentificationText,
    ) -> Result<ReidentificationId> {
        let id = ReidentificationId::from_bytes(self.fresh_id());
        let own = self.controller_key()?;
        let sealed = self.seal(own, permit_place(&id), text)?;
        self.execute(
            "INSERT INTO reidentification (controller_id, id, project_id, sealed, asked_by, asked_at, granted_by, \
             granted_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL)",
            &[
                self.controller().into(),
                id.into(),
                project.into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// The permits that were asked for, newest first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn reidentifications(&mut self) -> Result<Vec<Reidentification>> {
        let rows = self.query(
            "reidentification",
            "SELECT id, project_id, sealed, asked_by, granted_by FROM reidentification \
             WHERE controller_id = $1 ORDER BY asked_at DESC, id DESC",
            &[self.controller().into()],
        )?;
        rows.iter()
            .map(|r| {
                let id: ReidentificationId = r.get(0, "id")?;
                Ok(Reidentification {
                    id,
                    project: r.get(1, "project_id")?,
                    text: self.open(permit_place(&id), &r.get::<Vec<u8>>(2, "sealed")?)?,
                    asked_by: r.get(3, "asked_by")?,
                    granted_by: r.get(4, "granted_by")?,
                })
            })
            .collect()
    }

    /// Grants a permit; the gate has asked for another person's name first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it was granted already.
    pub fn grant_reidentification(&mut self, id: ReidentificationId) -> Result<()> {
        let changed = self.execute(
            "UPDATE reidentification SET granted_by = $3, granted_at = $4 \
             WHERE controller_id = $1 AND id = $2 AND granted_by IS NULL",
            &[self.controller().into(), id.into(), self.hand().into(), self.now.into()],
        )?;
        self.one(changed, "this was granted already")
    }

    /// The person behind a pseudonym; their record opens only with a permit.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::KeyGone`] when the project is closed.
    pub fn person_behind(&mut self, project: &Project, pseudonym: &str) -> Result<PersonId> {
        for person in self.people_with_cases()?.into_keys() {
            if self.research_pseudonym(project, person)? == pseudonym {
                return Ok(person);
            }
        }
        Err(StoreError::NotFound("person behind this pseudonym"))
    }

    /// Everybody with a case, and how many. Their records open only with a permit.
    ///
    /// # Errors
    /// What the database answers.
    pub fn people_with_cases(&mut self) -> Result<BTreeMap<PersonId, i64>> {
        let rows = self.query(
            "case_file",
            "SELECT person_id, COUNT(*) FROM case_file WHERE controller_id = $1 GROUP BY person_id",
            &[self.controller().into()],
        )?;
        rows.iter().map(|r| Ok((r.get(0, "person_id")?, r.get(1, "count")?))).collect()
    }

    /// Closes a project. [`Store::forget_closed_projects`] then destroys its key.
    ///
    /// # Errors
    /// What the database answers.
    pub fn close_project(&mut self, id: ProjectId) -> Result<()> {
        self.execute(
            "UPDATE research_project SET closed_at = COALESCE(closed_at, $3) WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), self.now.into()],
        )
        .map(|_| ())
    }
}

impl Store {
    /// Destroys the keys of closed projects: nobody finds a person behind their pseudonyms again.
    ///
    /// # Errors
    /// What the key store answers; run it again then.
    pub fn forget_closed_projects(&self) -> Result<usize> {
        let rows = self.read(|conn| {
            conn.query(
                "research_project",
                "SELECT key_id FROM research_project WHERE closed_at IS NOT NULL",
                &[],
            )
        })?;
        let mut keys = Vec::new();
        for row in &rows {
            let key = KeyId(row.get(0, "key_id")?);
            if !self.inner.keys.was_destroyed(key)? {
                keys.push(key);
            }
        }
        self.inner.keys.destroy(&keys, self.now())?;
        Ok(keys.len())
    }
}
