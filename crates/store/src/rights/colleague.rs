//! Questions to colleagues who hold something where no search of ours reaches. They answer by a link without an
//! account; of its secret only a keyed hash is kept.
//!
//! INVARIANT: a [`Colleague`] is made only here, after the secret of an open question was shown.

use counterfoil_domain::ids::{ControllerId, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::requests::Request;
use crate::Store;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Terms;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The proof that whoever answers was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colleague {
    request: RequestId,
    question: [u8; 16],
}

impl Colleague {
    /// The request that the question is about.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        self.request
    }
}

/// The sealed part of a question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuestionText {
    /// Who is asked.
    pub name: String,
    /// Where they are reached.
    pub email: String,
    /// What is asked.
    pub question: String,
    /// Whose data is asked for, as far as the colleague must know.
    pub whom: String,
    /// By what they can be known there.
    pub known_by: String,
    /// The time that is asked about.
    pub period: String,
    /// What they said besides.
    pub answer: String,
}

/// A question to a colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceQuestion {
    /// Which.
    pub id: [u8; 16],
    /// The source that they look after.
    pub source: String,
    /// `asked`, `answered`, `not-mine` or `withdrawn`.
    pub state: String,
    /// Until when.
    pub due_on: Date,
    /// How often they were reminded.
    pub chased: i64,
    /// Who, what, and what they said.
    pub text: QuestionText,
    /// Who asked.
    pub asked_by: Option<StaffId>,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
}

const fn place(id: &[u8; 16]) -> Place<'_> {
    Place { table: "source_question", column: "sealed", row: id }
}

const COLUMNS: &str = "id, source, state, due_on, chased, sealed, asked_by, asked_at, answered_at";

impl Tx<'_> {
    fn link_blind(&self, secret: &str) -> [u8; 32] {
        self.store.blind.content_address(b"colleague-link", secret.as_bytes())
    }

    /// Asks a colleague about a source; an open question about the same source is withdrawn.
    ///
    /// # Errors
    /// What the database answers.
    pub fn ask_colleague(
        &mut self,
        request: &Request,
        source: &str,
        text: &QuestionText,
        secret: &str,
        due_on: Date,
    ) -> Result<()> {
        self.end_questions(request, source)?;
        let id = self.fresh_id();
        let sealed = self.seal(request.key, place(&id), text)?;
        let (blind, by) = (self.link_blind(secret), self.who.staff().map(|s| s.staff));
        self.execute(
            "INSERT INTO source_question (controller_id, id, request_id, source, token_hash, state, due_on, chased, \
             sealed, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, 'asked', $6, 0, $7, $8, $9)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                source.into(),
                blind.into(),
                due_on.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Withdraws the open questions about a source: their links open nothing any more.
    ///
    /// # Errors
    /// What the database answers.
    pub fn end_questions(&mut self, request: &Request, source: &str) -> Result<u64> {
        self.execute(
            "UPDATE source_question SET state = 'withdrawn' WHERE controller_id = $1 AND request_id = $2 \
             AND source = $3 AND state = 'asked'",
            &[self.controller().into(), request.id.into(), source.into()],
        )
    }

    /// The questions of a request, in the order of their asking.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn questions_of(&mut self, request: &Request) -> Result<Vec<SourceQuestion>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM source_question WHERE controller_id = $1 AND request_id = $2 ORDER BY id"
        );
        let rows = self.query("source_question", &sql, &[self.controller().into(), request.id.into()])?;
        rows.iter().map(|r| self.question(r)).collect()
    }

    fn question(&self, row: &Row) -> Result<SourceQuestion> {
        let id: [u8; 16] = row.get(0, "id")?;
        Ok(SourceQuestion {
            id,
            source: row.get(1, "source")?,
            state: row.get(2, "state")?,
            due_on: row.get(3, "due_on")?,
            chased: row.get(4, "chased")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(5, "sealed")?)?,
            asked_by: row.get(6, "asked_by")?,
            asked_at: row.get(7, "asked_at")?,
            answered_at: row.get(8, "answered_at")?,
        })
    }

    /// The references of the requests with an open question.
    ///
    /// # Errors
    /// What the database answers.
    pub fn requests_with_questions(&mut self) -> Result<Vec<String>> {
        let rows = self.query(
            "source_question",
            "SELECT DISTINCT r.reference FROM source_question q JOIN rights_request r \
             ON r.controller_id = q.controller_id AND r.id = q.request_id \
             WHERE q.controller_id = $1 AND q.state = 'asked' ORDER BY r.reference",
            &[self.controller().into()],
        )?;
        rows.iter().map(|r| r.get(0, "reference")).collect()
    }

    /// Notes that a colleague was reminded.
    ///
    /// # Errors
    /// What the database answers.
    pub fn note_chased(&mut self, question: &SourceQuestion) -> Result<()> {
        self.execute(
            "UPDATE source_question SET chased = chased + 1, chased_at = $3 \
             WHERE controller_id = $1 AND id = $2 AND state = 'asked'",
            &[self.controller().into(), question.id.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// How the question of a link stands, and until when its answer is wanted; nothing for a link that never was.
    ///
    /// # Errors
    /// What the database answers.
    pub fn colleague_link(&mut self, secret: &str) -> Result<Option<(String, Date)>> {
        let rows = self.query(
            "source_question",
            "SELECT state, due_on FROM source_question WHERE controller_id = $1 AND token_hash = $2",
            &[self.controller().into(), self.link_blind(secret).into()],
        )?;
        rows.first().map(|r| Ok((r.get(0, "state")?, r.get(1, "due_on")?))).transpose()
    }

    /// Looks at the secret of a link; nothing when it was answered, withdrawn or never was.
    ///
    /// # Errors
    /// What the database answers.
    pub fn prove_colleague(&mut self, secret: &str) -> Result<Option<Colleague>> {
        let rows = self.query(
            "source_question",
            "SELECT request_id, id FROM source_question \
             WHERE controller_id = $1 AND token_hash = $2 AND state = 'asked'",
            &[self.controller().into(), self.link_blind(secret).into()],
        )?;
        rows.first()
            .map(|r| Ok(Colleague { request: r.get(0, "request_id")?, question: r.get(1, "id")? }))
            .transpose()
    }

    /// Opens the question that the proof is for, with its request.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or altered content.
    pub fn open_asked(&mut self, colleague: &Colleague) -> Result<(Request, SourceQuestion)> {
        let terms = Terms { colleague: Some(*colleague), ..Terms::default() };
        let request = self.open_request(colleague.request, &terms)?;
        let questions = self.questions_of(&request)?;
        let question = questions.into_iter().find(|q| q.id == colleague.question && q.state == "asked");
        Ok((request, question.ok_or(StoreError::NotFound("question"))?))
    }

    /// Keeps a colleague's answer: the question is `answered` or `not-mine`, and its link opens nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it was answered meanwhile.
    pub fn close_question(
        &mut self,
        request: &Request,
        question: &SourceQuestion,
        state: &str,
        said: &str,
    ) -> Result<()> {
        let text = QuestionText { answer: said.to_owned(), ..question.text.clone() };
        let sealed = self.seal(request.key, place(&question.id), &text)?;
        let closed = self.execute(
            "UPDATE source_question SET state = $5, sealed = $3, answered_at = $4 \
             WHERE controller_id = $1 AND id = $2 AND state = 'asked'",
            &[self.controller().into(), question.id.into(), sealed.into(), self.now.into(), state.into()],
        )?;
        if closed == 1 {
            return Ok(());
        }
        Err(StoreError::Invalid("this question was answered already".to_owned()))
    }
}

impl Store {
    /// The open questions of an organisation, of no request in particular: who asked, until when, how often reminded.
    ///
    /// # Errors
    /// What the database answers.
    pub fn open_questions(&self, controller: ControllerId) -> Result<Vec<(StaffId, Date, i64)>> {
        let rows = self.read(|conn| {
            conn.query(
                "source_question",
                "SELECT asked_by, due_on, chased FROM source_question \
                 WHERE controller_id = $1 AND state = 'asked' AND asked_by IS NOT NULL",
                &[controller.into()],
            )
        })?;
        rows.iter().map(|r| Ok((r.get(0, "asked_by")?, r.get(1, "due_on")?, r.get(2, "chased")?))).collect()
    }
}
