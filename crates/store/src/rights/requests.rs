//! A request, its dated events and the answers of its sources.

use counterfoil_domain::access::ResourceKind;
use counterfoil_domain::ids::{OfficeId, PersonId, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::access::{PersonFacts, Question, Resource};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Terms;
use crate::seal::aead::{KeyId, Place};
use crate::tx::Tx;

/// The sealed part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestText {
    /// Who asks, as they gave their name.
    pub requester: String,
    /// Whose data is asked for, when it is someone else's.
    pub subject: String,
    /// By what right the requester acts for the subject (`self`, `parent`, `solicitor` ...).
    pub capacity: String,
    /// Where the answer goes: an e-mail or postal address.
    pub reply_to: String,
    /// The request in the requester's words.
    pub wording: String,
    /// What it is limited to, if the requester limited it.
    pub scope: String,
    /// How the answer is wanted: `electronic`, `paper`, `large-print` ...
    pub format: String,
    /// The language of the answer.
    pub language: String,
    /// The channel by which it came.
    pub channel: String,
    /// The office that received it.
    pub office: String,
    /// What the requester says by which their records can be known: a number, an address, a date of birth.
    pub known_by: String,
    /// What the requester needs in order to deal with us: reasonable adjustments.
    pub adjustments: String,
    /// The heading of the older Act under which it was made: `damage-or-distress`, `compensation`; mostly none.
    pub heading: String,
}

/// A request that is received.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// The office that received it.
    pub office: OfficeId,
    /// The right, by its one spelling (`access`, `erasure` ...).
    pub right: String,
    /// The clock's regime (`uk-gdpr` ...).
    pub regime: String,
    /// The division whose bank holidays count.
    pub division: String,
    /// The day on which it was received.
    pub received_on: Date,
    /// Who, what, how.
    pub text: RequestText,
}

/// A request, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// The reference that the requester is given, such as `R-2026-0001`.
    pub reference: String,
    /// The right.
    pub right: String,
    /// The clock's regime.
    pub regime: String,
    /// The division whose bank holidays count.
    pub division: String,
    /// Where it is: `received`, `identified`, `searched`, `sealed`, `released`, `closed` ...
    pub state: String,
    /// When it was received.
    pub received_on: Date,
    /// The person of the casebook, once identified.
    pub person: Option<PersonId>,
    /// Who, what, how.
    pub text: RequestText,
    /// The officer who answers it.
    pub officer: Option<StaffId>,
    /// The version, from 1.
    pub version: i64,
    /// When it was logged.
    pub made_at: Timestamp,
    pub(crate) key: KeyId,
}

/// Something that happened to a request on a day. The clock replays these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the request, from 1.
    pub number: i64,
    /// What, by its one spelling (`identity-asked`, `clarification-asked`, `extended` ...).
    pub kind: String,
    /// The day.
    pub on: Date,
    /// Details in words.
    pub text: EventText,
    /// Who recorded it.
    pub by: Option<StaffId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The sealed part of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventText {
    /// A code, such as an extension's reason.
    pub reason: String,
    /// In words.
    pub note: String,
}

/// What one source answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAnswer {
    /// The source's name.
    pub source: String,
    /// `pending`, `held`, `none-held`, `not-this-kind-of-person`, `failed` or `waived`.
    pub result: String,
    /// How many items it gave.
    pub items: i64,
    /// In words.
    pub text: SourceText,
    /// When it answered.
    pub answered_at: Option<Timestamp>,
}

/// The sealed part of a source's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceText {
    /// What was searched for, where, how: the evidence of a reasonable search (Art 15(1A)).
    pub method: String,
    /// Why it failed, or why its answer was waived.
    pub why: String,
    /// Where it was looked for: a folder, an address.
    pub location: String,
}

const fn place(request: &RequestId) -> Place<'_> {
    Place { table: "rights_request", column: "sealed", row: request.as_bytes() }
}

/// The row's identity within a request: the request's bytes, then a number.
pub(crate) fn numbered(request: RequestId, number: i64) -> [u8; 24] {
    let mut row = [0; 24];
    let (id, n) = row.split_at_mut(16);
    id.copy_from_slice(request.as_bytes());
    n.copy_from_slice(&number.to_be_bytes());
    row
}

const COLUMNS: &str = "id, reference, right_name, regime, division, state, received_on, person_id, sealed, \
                       officer_id, version, made_at, key_id";

impl Tx<'_> {
    /// Logs a request and its first event.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn receive_request(&mut self, new: &NewRequest, terms: &Terms) -> Result<Request> {
        let id = RequestId::from_bytes(self.fresh_id());
        self.permit_reception(id, new.office, terms)?;
        self.insert_request(id, new)
    }

    /// Logs a request under an identifier that the caller made from the form, so that a form that is sent
    /// twice makes one request: the second time the first request is given back.
    ///
    /// # Errors
    /// As [`Self::receive_request`].
    pub fn receive_request_once(
        &mut self,
        id: RequestId,
        new: &NewRequest,
        terms: &Terms,
    ) -> Result<Request> {
        self.permit_reception(id, new.office, terms)?;
        match self.load_request(id) {
            Err(StoreError::NotFound(_)) => self.insert_request(id, new),
            known => known,
        }
    }

    fn permit_reception(&mut self, id: RequestId, office: OfficeId, terms: &Terms) -> Result<()> {
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Request, *id.as_bytes(), office, Some(nobody), terms)
    }

    fn insert_request(&mut self, id: RequestId, new: &NewRequest) -> Result<Request> {
        let key = self.fresh_key()?;
        let sealed = self.seal(key, place(&id), &new.text)?;
        let reference = self.next_reference(new.received_on)?;
        let controller = self.controller();
        self.execute(
            "INSERT INTO rights_request (controller_id, id, reference, right_name, regime, division, state, \
             received_on, key_id, sealed, version, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 'received', $7, $8, $9, 1, $10)",
            &[
                controller.into(),
                id.into(),
                reference.into(),
                (&new.right).into(),
                (&new.regime).into(),
                (&new.division).into(),
                new.received_on.into(),
                key.0.into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        let request = self.load_request(id)?;
        self.add_event(&request, "received", new.received_on, &EventText::default())?;
        Ok(request)
    }

    /// References count up within the year of receipt; two at once: the second is tried again.
    fn next_reference(&mut self, on: Date) -> Result<String> {
        let prefix = format!("R-{}-", on.year());
        let rows = self.query(
            "rights_request",
            "SELECT MAX(reference) FROM rights_request WHERE controller_id = $1 AND reference LIKE $2",
            &[self.controller().into(), format!("{prefix}%").into()],
        )?;
        let last: Option<String> = rows.first().map_or(Ok(None), |r| r.get(0, "reference"))?;
        let number: u32 = last.and_then(|l| l.strip_prefix(&prefix)?.parse().ok()).unwrap_or(0);
        Ok(format!("{prefix}{:05}", number + 1))
    }

    /// Opens a request for the act's verb.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or altered content.
    pub fn open_request(&mut self, id: RequestId, terms: &Terms) -> Result<Request> {
        let request = self.load_request(id)?;
        let office: OfficeId =
            request.text.office.parse().map_err(|_| StoreError::Unsealable { table: "rights_request" })?;
        let facts = self.request_facts(request.person)?;
        self.permit_house(ResourceKind::Request, *id.as_bytes(), office, Some(facts), terms)?;
        Ok(request)
    }

    /// Whether the gate would allow the act's verb on a request: for lists, which leave out what may not
    /// be seen instead of refusing.
    ///
    /// # Errors
    /// What the database answers.
    pub fn may_open_request(&mut self, request: &Request) -> Result<bool> {
        let office: OfficeId =
            request.text.office.parse().map_err(|_| StoreError::Unsealable { table: "rights_request" })?;
        let person = Some(self.request_facts(request.person)?);
        let resource = Resource {
            kind: ResourceKind::Request,
            id: *request.id.as_bytes(),
            controller: self.controller(),
            office,
            person,
        };
        let question = Question::new(self.who.clone(), self.verb, self.purpose, resource, self.now);
        Ok(self.store.gate.decide(&question).allowed)
    }

    /// A person who was erased meanwhile leaves a request without facts.
    pub(crate) fn request_facts(&mut self, person: Option<PersonId>) -> Result<PersonFacts> {
        let Some(person) = person else { return self.nobody() };
        match self.person_facts(person) {
            Ok((_, facts)) => Ok(facts),
            Err(StoreError::NotFound(_)) => self.nobody(),
            Err(e) => Err(e),
        }
    }

    /// The home office of the person whose data an opened request asks for; none before they are identified, or after
    /// they were erased.
    ///
    /// # Errors
    /// What the database answers.
    pub fn home_office_of(&mut self, request: &Request) -> Result<Option<OfficeId>> {
        let Some(person) = request.person else { return Ok(None) };
        let rows = self.query(
            "person",
            "SELECT office_id FROM person WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), person.into()],
        )?;
        rows.first().map(|r| r.get(0, "office_id")).transpose()
    }

    pub(crate) fn load_request(&mut self, id: RequestId) -> Result<Request> {
        let sql = format!("SELECT {COLUMNS} FROM rights_request WHERE controller_id = $1 AND id = $2");
        let rows = self.query("rights_request", &sql, &[self.controller().into(), id.into()])?;
        self.request(rows.first().ok_or(StoreError::NotFound("request"))?)
    }

    /// The identifier behind a reference.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn request_by_reference(&mut self, reference: &str) -> Result<RequestId> {
        let rows = self.query(
            "rights_request",
            "SELECT id FROM rights_request WHERE controller_id = $1 AND reference = $2",
            &[self.controller().into(), reference.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("request"))?.get(0, "id")
    }

    /// The requests, newest first. Each is opened under its own permit by the caller; here only what no
    /// one seals: the reference, the right, the days and the state.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn requests(&mut self, most: u32) -> Result<Vec<Request>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM rights_request WHERE controller_id = $1 ORDER BY received_on DESC, id DESC LIMIT $2"
        );
        let rows = self.query("rights_request", &sql, &[self.controller().into(), most.into()])?;
        rows.iter().map(|r| self.request(r)).collect()
    }

    fn request(&self, row: &Row) -> Result<Request> {
        let id: RequestId = row.get(0, "id")?;
        Ok(Request {
            id,
            reference: row.get(1, "reference")?,
            right: row.get(2, "right_name")?,
            regime: row.get(3, "regime")?,
            division: row.get(4, "division")?,
            state: row.get(5, "state")?,
            received_on: row.get(6, "received_on")?,
            person: row.get(7, "person_id")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(8, "sealed")?)?,
            officer: row.get(9, "officer_id")?,
            version: row.get(10, "version")?,
            made_at: row.get(11, "made_at")?,
            key: KeyId(row.get(12, "key_id")?),
        })
    }

    /// Moves a request to another state; nothing moves a request that has moved on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when someone else was faster.
    pub fn move_request(&mut self, request: &Request, state: &str) -> Result<()> {
        let closed = matches!(state, "closed" | "refused").then_some(self.now);
        let moved = self.execute(
            "UPDATE rights_request SET state = $3, version = version + 1, closed_at = COALESCE($5, closed_at) \
             WHERE controller_id = $1 AND id = $2 AND version = $4",
            &[self.controller().into(), request.id.into(), state.into(), request.version.into(), closed.into()],
        )?;
        if moved == 1 {
            return if closed.is_some() { self.drop_readings(request) } else { Ok(()) };
        }
        Err(StoreError::Invalid("someone else has changed this request: open it again".to_owned()))
    }

    /// Links a request to the person of the casebook whom it is about.
    ///
    /// # Errors
    /// What the database answers.
    pub fn identify_request(&mut self, request: &Request, person: PersonId) -> Result<()> {
        self.execute(
            "UPDATE rights_request SET person_id = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), request.id.into(), person.into()],
        )
        .map(|_| ())
    }

    /// Adds a dated event.
    ///
    /// # Errors
    /// What the database answers.
    pub fn add_event(&mut self, request: &Request, kind: &str, on: Date, text: &EventText) -> Result<i64> {
        let number = self.next_number("request_event", request.id)?;
        let row = numbered(request.id, number);
        let sealed =
            self.seal(request.key, Place { table: "request_event", column: "sealed", row: &row }, text)?;
        let by = self.who.staff().map(|s| s.staff);
        self.execute(
            "INSERT INTO request_event (controller_id, request_id, number, kind, on_date, sealed, recorded_by, \
             recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                self.controller().into(),
                request.id.into(),
                number.into(),
                kind.into(),
                on.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        Ok(number)
    }

    pub(crate) fn next_number(&mut self, table: &'static str, request: RequestId) -> Result<i64> {
        let sql = format!(
            "SELECT COALESCE(MAX(number), 0) FROM {table} WHERE controller_id = $1 AND request_id = $2"
        );
        let rows = self.query(table, &sql, &[self.controller().into(), request.into()])?;
        rows.first().map_or(Ok(0), |r| r.get::<i64>(0, "number")).map(|n| n + 1)
    }

    /// The events of a request, in the order in which they were recorded.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn events_of(&mut self, request: &Request) -> Result<Vec<Event>> {
        let rows = self.query(
            "request_event",
            "SELECT number, kind, on_date, sealed, recorded_by, recorded_at FROM request_event \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY number",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let number = r.get(0, "number")?;
                let row = numbered(request.id, number);
                let place = Place { table: "request_event", column: "sealed", row: &row };
                Ok(Event {
                    number,
                    kind: r.get(1, "kind")?,
                    on: r.get(2, "on_date")?,
                    text: self.open(place, &r.get::<Vec<u8>>(3, "sealed")?)?,
                    by: r.get(4, "recorded_by")?,
                    recorded_at: r.get(5, "recorded_at")?,
                })
            })
            .collect()
    }

    /// Notes what a source answered, replacing what it answered before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_answer(&mut self, request: &Request, answer: &SourceAnswer) -> Result<()> {
        let row = source_row(request.id, &answer.source);
        let place = Place { table: "request_source", column: "sealed", row: &row };
        let sealed = self.seal(request.key, place, &answer.text)?;
        self.execute(
            "INSERT INTO request_source (controller_id, request_id, source, result, items, sealed, answered_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (controller_id, request_id, source) DO UPDATE \
             SET result = EXCLUDED.result, items = EXCLUDED.items, sealed = EXCLUDED.sealed, \
             answered_at = EXCLUDED.answered_at",
            &[
                self.controller().into(),
                request.id.into(),
                (&answer.source).into(),
                (&answer.result).into(),
                answer.items.into(),
                sealed.into(),
                answer.answered_at.into(),
            ],
        )
        .map(|_| ())
    }

    /// What the sources of a request answered.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn answers_of(&mut self, request: &Request) -> Result<Vec<SourceAnswer>> {
        let rows = self.query(
            "request_source",
            "SELECT source, result, items, sealed, answered_at FROM request_source \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY source",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let source: String = r.get(0, "source")?;
                let row = source_row(request.id, &source);
                let place = Place { table: "request_source", column: "sealed", row: &row };
                Ok(SourceAnswer {
                    text: self.open(place, &r.get::<Vec<u8>>(3, "sealed")?)?,
                    source,
                    result: r.get(1, "result")?,
                    items: r.get(2, "items")?,
                    answered_at: r.get(4, "answered_at")?,
                })
            })
            .collect()
    }
}

fn source_row(request: RequestId, source: &str) -> Vec<u8> {
    [request.as_bytes().as_slice(), source.as_bytes()].concat()
}
