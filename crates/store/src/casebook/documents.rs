//! Documents: versions of sealed files that belong to a person.

use std::collections::BTreeMap;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, DocumentId, PersonId, VersionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::permit::{Permit, Record, Terms};
use crate::rights::other::people::Statement;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a document: a file's name says as much as its content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DocumentText {
    /// The file's name.
    pub name: String,
    /// What kind of file it is.
    pub media_type: String,
    /// Where it came from.
    pub source: String,
    /// What it is, in words.
    pub description: String,
}

/// A part of a picture or recording.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// What is there: a face, a number plate, a voice.
    pub label: String,
    /// From the left, in thousandths of the width.
    pub x: u16,
    /// From the top, in thousandths of the height.
    pub y: u16,
    /// Its width, in thousandths.
    pub width: u16,
    /// Its height, in thousandths.
    pub height: u16,
    /// From, in milliseconds of a recording.
    pub from_ms: u64,
    /// Until, in milliseconds of a recording; 0 in a picture.
    pub until_ms: u64,
    /// The person whom it shows, when it is this record's own.
    pub own: bool,
}

/// A document, with its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which.
    pub id: DocumentId,
    /// Whose.
    pub person: PersonId,
    /// The case it belongs to, if to one.
    pub case: Option<CaseId>,
    /// Its name and kind.
    pub text: DocumentText,
    /// The newest version.
    pub version: VersionId,
    /// The newest version's number, from 1.
    pub number: i64,
    /// Its size in bytes.
    pub size: i64,
    /// Where its content is kept.
    pub address: Address,
    /// When the newest version was added.
    pub made_at: Timestamp,
    /// What the person says against it (Art 16 UK GDPR); shown wherever it is.
    pub statements: Vec<Statement>,
}

const fn place(document: &DocumentId) -> Place<'_> {
    Place { table: "document", column: "sealed", row: document.as_bytes() }
}

const fn version_place(version: &VersionId) -> Place<'_> {
    Place { table: "document_version", column: "sealed", row: version.as_bytes() }
}

/// A file's content is bound to its owner and address, not to a row, so that two versions with the
/// same content share one file.
pub(crate) const fn content_place(address: &Address) -> Place<'_> {
    Place { table: "file", column: "content", row: address }
}

/// What is kept with a version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VersionText {
    /// What changed.
    pub note: String,
    /// When a picture or recording was made, and of what place.
    pub made: String,
    /// Where in a picture or recording something is: seen and blurred region by region.
    pub regions: Vec<Region>,
}

impl Tx<'_> {
    /// Adds a document with its first version. `text` of the content is indexed when given.
    ///
    /// # Errors
    /// A refusal of the gate, a full disk, or what the database answers.
    pub fn add_document(
        &mut self,
        person: PersonId,
        case: Option<CaseId>,
        about: &DocumentText,
        content: &[u8],
        text: Option<&str>,
        terms: &Terms,
    ) -> Result<DocumentId> {
        let record = match case {
            Some(case) if self.person_of_case(case)? != person => return Err(StoreError::NotFound("case")),
            Some(case) => Record::In(ResourceKind::Document, case),
            None => Record::Document(None),
        };
        let permit = self.permit(record, person, terms)?;
        permit.covers(ResourceKind::Document, &[Verb::RecordCreate])?;
        let id = DocumentId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), about)?;
        self.execute(
            "INSERT INTO document (controller_id, id, person_id, case_id, sealed, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                case.into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        self.add_version(&permit, id, 1, content)?;
        if let Some(text) = text {
            self.index(id.as_bytes(), "document", person, &format!("{} {text}", about.name))?;
        }
        Ok(id)
    }

    /// Adds a further version of a document. Earlier versions stay.
    ///
    /// # Errors
    /// A refusal of the gate, a full disk, or what the database answers.
    pub fn replace_document(&mut self, document: DocumentId, content: &[u8], terms: &Terms) -> Result<i64> {
        let rows = self.query(
            "document",
            "SELECT d.person_id, MAX(v.number) FROM document d JOIN document_version v \
             ON v.controller_id = d.controller_id AND v.document_id = d.id \
             WHERE d.controller_id = $1 AND d.id = $2 GROUP BY d.person_id",
            &[self.controller().into(), document.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("document"))?;
        let (person, number): (PersonId, i64) = (row.get(0, "person_id")?, row.get(1, "number")?);
        let permit = self.permit(Record::Document(Some(document)), person, terms)?;
        permit.covers(ResourceKind::Document, &[Verb::RecordEdit])?;
        self.add_version(&permit, document, number + 1, content)?;
        Ok(number + 1)
    }

    fn add_version(
        &mut self,
        permit: &Permit,
        document: DocumentId,
        number: i64,
        content: &[u8],
    ) -> Result<()> {
        let version = VersionId::from_bytes(self.fresh_id());
        let address = self.store.blind.content_address(permit.person().as_bytes(), content);
        let sealed_content = self.seal_bytes(permit.key(), content_place(&address), content)?;
        self.store.files.keep(&address, &sealed_content)?;
        let sealed = self.seal(permit.key(), version_place(&version), &VersionText::default())?;
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        self.execute(
            "INSERT INTO document_version \
             (controller_id, id, document_id, person_id, number, address, size, sealed, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                self.controller().into(),
                version.into(),
                document.into(),
                permit.person().into(),
                number.into(),
                address.into(),
                size.into(),
                sealed.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The documents of a person, each with its newest version.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn documents_of(&mut self, permit: &Permit) -> Result<Vec<Document>> {
        permit.covers(ResourceKind::Document, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "document",
            "SELECT d.id, d.person_id, d.case_id, d.sealed, v.id, v.number, v.size, v.address, v.made_at \
             FROM document d JOIN document_version v \
             ON v.controller_id = d.controller_id AND v.document_id = d.id \
             WHERE d.controller_id = $1 AND d.person_id = $2 AND v.number = \
             (SELECT MAX(w.number) FROM document_version w WHERE w.controller_id = $1 AND w.document_id = d.id) \
             ORDER BY d.made_at, d.id",
            &[self.controller().into(), permit.person().into()],
        )?;
        let mut said = self.statements_of(permit)?;
        let documents = rows.iter().map(|r| self.document(r, &mut said)).collect::<Result<Vec<_>>>()?;
        let of_the_case = |d: &Document| permit.case().is_none_or(|c| Some(c) == d.case);
        Ok(documents.into_iter().filter(of_the_case).collect())
    }

    /// Whose document it is; the content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_document(&mut self, document: DocumentId) -> Result<(PersonId, Option<CaseId>)> {
        let rows = self.query(
            "document",
            "SELECT person_id, case_id FROM document WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), document.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("document"))?;
        Ok((row.get(0, "person_id")?, row.get(1, "case_id")?))
    }

    fn document(&self, row: &Row, said: &mut BTreeMap<String, Vec<Statement>>) -> Result<Document> {
        let id: DocumentId = row.get(0, "id")?;
        Ok(Document {
            id,
            person: row.get(1, "person_id")?,
            case: row.get(2, "case_id")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(3, "sealed")?)?,
            version: row.get(4, "version_id")?,
            number: row.get(5, "number")?,
            size: row.get(6, "size")?,
            address: row.get(7, "address")?,
            made_at: row.get(8, "made_at")?,
            statements: said.remove(&id.to_string()).unwrap_or_default(),
        })
    }

    /// Says of a picture or recording what is where in it, for its newest version.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn describe_document(
        &mut self,
        document: DocumentId,
        text: &VersionText,
        terms: &Terms,
    ) -> Result<()> {
        let (person, _) = self.person_of_document(document)?;
        let permit = self.permit(Record::Document(Some(document)), person, terms)?;
        permit.covers(ResourceKind::Document, &[Verb::RecordEdit])?;
        let rows = self.query(
            "document_version",
            "SELECT id FROM document_version WHERE controller_id = $1 AND document_id = $2 \
             ORDER BY number DESC LIMIT 1",
            &[self.controller().into(), document.into()],
        )?;
        let version: VersionId = rows.first().ok_or(StoreError::NotFound("document"))?.get(0, "id")?;
        let sealed = self.seal(permit.key(), version_place(&version), text)?;
        self.execute(
            "UPDATE document_version SET sealed = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), version.into(), sealed.into()],
        )
        .map(|_| ())
    }

    /// What is said of the newest version of a document: what changed, and what is where in a picture.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn document_description(&mut self, permit: &Permit, document: &Document) -> Result<VersionText> {
        permit.covers(ResourceKind::Document, &[Verb::RecordRead, Verb::RecordExport])?;
        if permit.person() != document.person {
            return Err(StoreError::NotFound("document"));
        }
        let rows = self.query(
            "document_version",
            "SELECT sealed FROM document_version WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), document.version.into()],
        )?;
        let sealed: Vec<u8> = rows.first().ok_or(StoreError::NotFound("document"))?.get(0, "sealed")?;
        self.open(version_place(&document.version), &sealed)
    }

    /// The content of a document's newest version.
    ///
    /// # Errors
    /// A permit for something else, a missing file, or altered content.
    pub fn document_content(&mut self, permit: &Permit, document: &Document) -> Result<Vec<u8>> {
        permit.covers(ResourceKind::Document, &[Verb::RecordRead, Verb::RecordExport])?;
        if permit.person() != document.person {
            return Err(StoreError::NotFound("document"));
        }
        let sealed = self.store.files.read(&document.address)?;
        self.open_bytes(content_place(&document.address), &sealed)
    }
}
