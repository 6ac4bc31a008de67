//! The notes of an investigation: used for the complaint and for nothing else (access rules 34 and 45).

use counterfoil_domain::access::{Purpose, PurposeSet, ResourceKind};
use counterfoil_domain::ids::{OfficeId, PersonId, RequestId};

use super::lines::Line;
use super::texts::InvestigationText;
use crate::access::Resource;
use crate::error::{Result, StoreError};
use crate::permit::{Beyond, Terms};
use crate::rights::requests::Request;
use crate::tx::{About, Tx};

const TABLE: &str = "complaint_note";

/// An open complaint file.
///
/// INVARIANT: only [`Tx::open_complaint_file`] makes one, after the gate allowed it as a note of a complaint file.
#[derive(Debug)]
pub struct ComplaintFile {
    request: Request,
}

impl Tx<'_> {
    /// Opens the file of a complaint for the act's verb (`record.read` or `record.create`) and purpose.
    ///
    /// # Errors
    /// A refusal of the gate: any purpose but the complaint or a rights request; [`StoreError::Invalid`] for a
    /// request that is no complaint.
    pub fn open_complaint_file(&mut self, id: RequestId, terms: &Terms) -> Result<ComplaintFile> {
        let request = self.load_request(id)?;
        if request.right != "complaint" {
            return Err(StoreError::Invalid("only a complaint has a file of its own".to_owned()));
        }
        let office: OfficeId =
            request.text.office.parse().map_err(|_| StoreError::Unsealable { table: "rights_request" })?;
        let mut facts = self.request_facts(request.person)?;
        facts.complaint_file = true;
        // A complaint must be looked into whatever the register says (s.164A(4) DPA 2018), and whoever objects
        // to the use of their record does not stop their own complaint.
        facts.purposes = facts.purposes.iter().chain([Purpose::Complaint]).collect::<PurposeSet>();
        facts.restricted = false;
        let resource = Resource {
            kind: ResourceKind::Note,
            id: *id.as_bytes(),
            controller: self.controller(),
            office,
            person: Some(facts),
        };
        let about = About {
            person: request.person.filter(|p| *p != PersonId::from_bytes([0; 16])),
            object: Some((RequestId::PREFIX, *id.as_bytes())),
            key: Some(request.key),
        };
        self.decide(resource, None, Beyond::default(), terms, about, None)?;
        Ok(ComplaintFile { request })
    }

    /// Adds a note to the file.
    ///
    /// # Errors
    /// What the database answers.
    pub fn add_complaint_note(&mut self, file: &ComplaintFile, text: &InvestigationText) -> Result<i64> {
        self.insert_line(TABLE, &file.request, "kept", None, text)
    }

    /// The notes of the file, in their order.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn complaint_notes(&mut self, file: &ComplaintFile) -> Result<Vec<Line<InvestigationText>>> {
        self.read_lines(TABLE, &file.request)
    }
}
