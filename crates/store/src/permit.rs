//! Permits: the only way to a record, made by the gate and by nothing else.

use counterfoil_domain::access::{
    FlagSet, Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, RestrictionUse, Verb,
};
use counterfoil_domain::ids::{
    CaseId, DocumentId, InboxItemId, NoteId, OfficeId, PersonId, RequestId, StaffId,
};
use jiff::Timestamp;

use crate::access::{GrantFacts, PersonFacts, Question, Resource};
use crate::db::{Row, Value};
use crate::error::{Result, StoreError};
use crate::rights::colleague::Colleague;
use crate::rights::follow::Asker;
use crate::seal::aead::KeyId;
use crate::tx::{About, Tx};

/// What the caller adds to a question.
#[derive(Debug, Default, Clone)]
pub struct Terms {
    /// The use of Art 18(2) that is relied on, when the record is restricted.
    pub restriction_use: Option<RestrictionUse>,
    /// Whether the person was told that the restriction will be lifted.
    pub person_told: bool,
    /// Who has put their name to the matter already.
    pub signatories: Vec<StaffId>,
    /// The proof that whoever asks is the asker of the request.
    pub asker: Option<Asker>,
    /// The proof that whoever answers was asked about the request.
    pub colleague: Option<Colleague>,
    /// What the audit entry's sealed payload says besides.
    pub detail: serde_json::Value,
}

/// Leave to do one thing to one record, already written in the audit log.
///
/// INVARIANT: only [`Tx`] makes one, after the gate allowed it and the entry was appended.
#[derive(Debug)]
pub struct Permit {
    person: PersonId,
    kind: ResourceKind,
    verb: Verb,
    office: OfficeId,
    key: KeyId,
    case: Option<CaseId>,
}

impl Permit {
    /// Whose record it opens.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// The home office of the record.
    #[must_use]
    pub const fn office(&self) -> OfficeId {
        self.office
    }

    /// What it permits.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        self.verb
    }

    pub(crate) const fn key(&self) -> KeyId {
        self.key
    }

    pub(crate) const fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The one case that it is for; all of the person's when none.
    #[must_use]
    pub const fn case(&self) -> Option<CaseId> {
        self.case
    }

    /// Refuses the use of a permit for something else than it was given for.
    pub(crate) fn covers(&self, kind: ResourceKind, verbs: &[Verb]) -> Result<()> {
        if self.kind == kind && verbs.contains(&self.verb) {
            return Ok(());
        }
        Err(StoreError::Refused {
            why: format!("leave to {} a {} is not leave to do this", self.verb, self.kind),
            remedy: None,
            policies: Vec::new(),
        })
    }
}

/// A record that can be opened: which kind, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// The person's own record.
    Person,
    /// A case; `None` for one that is about to be made.
    Case(Option<CaseId>),
    /// A note.
    Note(Option<NoteId>),
    /// A document.
    Document(Option<DocumentId>),
    /// The records of this kind in one case: what another office may see while it works on that case.
    In(ResourceKind, CaseId),
}

impl Record {
    const fn kind(self) -> ResourceKind {
        match self {
            Self::Person => ResourceKind::Person,
            Self::Case(_) => ResourceKind::Case,
            Self::Note(_) => ResourceKind::Note,
            Self::Document(_) => ResourceKind::Document,
            Self::In(kind, _) => kind,
        }
    }

    const fn case(self) -> Option<CaseId> {
        match self {
            Self::Case(case) => case,
            Self::In(_, case) => Some(case),
            _ => None,
        }
    }

    fn object(self, person: PersonId) -> (&'static str, [u8; 16]) {
        match self {
            Self::Case(Some(id)) | Self::In(_, id) => (CaseId::PREFIX, *id.as_bytes()),
            Self::Note(Some(id)) => (NoteId::PREFIX, *id.as_bytes()),
            Self::Document(Some(id)) => (DocumentId::PREFIX, *id.as_bytes()),
            _ => (PersonId::PREFIX, *person.as_bytes()),
        }
    }
}

/// What a home office has opened to another, besides grants.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Beyond {
    shared: bool,
    offered: bool,
}

/// A person's row: what the gate asks about, and the sealed content that a permit opens.
#[derive(Debug, Clone)]
pub(crate) struct PersonRow {
    pub(crate) office: OfficeId,
    pub(crate) identity: Identity,
    pub(crate) protection: Protection,
    pub(crate) restricted: bool,
    pub(crate) legal_hold: bool,
    pub(crate) staff: Option<StaffId>,
    pub(crate) key: KeyId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) version: i64,
    pub(crate) made_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) merged_into: Option<PersonId>,
    pub(crate) watched: bool,
    pub(crate) checked_at: Timestamp,
    relations: Vec<StaffId>,
    grant: Option<GrantFacts>,
    /// The purposes that an objection or a withdrawn consent has stopped.
    stopped: PurposeSet,
}

/// People, the actor's relation to each and the actor's live grants, in one query; the grant that counts comes first.
fn people_sql(how_many: usize) -> String {
    let places: Vec<String> = (5..how_many + 5).map(|n| format!("${n}")).collect();
    format!(
        "SELECT p.office_id, p.kind, p.protection, p.restricted, p.legal_hold, p.staff_id, p.key_id, p.sealed, \
         p.version, p.made_at, p.changed_at, r.staff_id, g.reason, g.evidence_checked, g.valid_from, g.valid_until, \
         p.merged_into, p.watched, p.checked_at, p.stopped, p.id FROM person p \
         LEFT JOIN declared_relation r \
         ON r.controller_id = p.controller_id AND r.person_id = p.id AND r.staff_id = $2 \
         LEFT JOIN access_grant g \
         ON g.controller_id = p.controller_id AND g.person_id = p.id AND g.staff_id = $2 \
         AND g.revoked_at IS NULL AND g.valid_from <= $3 AND g.valid_until > $3 \
         WHERE p.controller_id = $1 AND p.id IN ({}) ORDER BY p.id, \
         CASE WHEN $4 = g.reason OR ($4 = '' AND g.reason NOT IN ('complaint', 'incident')) THEN 0 ELSE 1 END, \
         g.evidence_checked DESC, g.valid_until DESC",
        places.join(", ")
    )
}

fn word<T: std::str::FromStr>(row: &Row, index: usize, column: &'static str) -> Result<T> {
    row.get::<String>(index, column)?.parse().map_err(|_| StoreError::Decode {
        table: "person",
        column,
        row: 0,
        why: "not a known word",
    })
}

impl PersonRow {
    /// The row of somebody who is recorded now.
    pub(crate) const fn new(
        (office, identity, protection): (OfficeId, Identity, Protection),
        key: KeyId,
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Self {
        Self {
            office,
            identity,
            protection,
            restricted: false,
            legal_hold: false,
            staff: None,
            key,
            sealed,
            version: 1,
            made_at: now,
            changed_at: now,
            merged_into: None,
            watched: false,
            checked_at: now,
            relations: Vec::new(),
            grant: None,
            stopped: PurposeSet::EMPTY,
        }
    }

    /// Whether the record is restricted or held, or a use of it has stopped.
    pub(crate) fn is_limited(&self) -> bool {
        self.restricted || self.legal_hold || self.stopped.iter().next().is_some()
    }

    /// Whether the actor holds a live grant for the record.
    pub(crate) const fn has_grant(&self) -> bool {
        self.grant.is_some()
    }

    fn read(row: &Row, person: PersonId, actor: Option<StaffId>) -> Result<Self> {
        Ok(Self {
            office: row.get(0, "office_id")?,
            identity: word(row, 1, "kind")?,
            protection: word(row, 2, "protection")?,
            restricted: row.get(3, "restricted")?,
            legal_hold: row.get(4, "legal_hold")?,
            staff: row.get(5, "staff_id")?,
            key: KeyId(row.get(6, "key_id")?),
            sealed: row.get(7, "sealed")?,
            version: row.get(8, "version")?,
            made_at: row.get(9, "made_at")?,
            changed_at: row.get(10, "changed_at")?,
            merged_into: row.get(16, "merged_into")?,
            watched: row.get(17, "watched")?,
            checked_at: row.get(18, "checked_at")?,
            relations: row.get::<Option<StaffId>>(11, "relation")?.into_iter().collect(),
            grant: actor.map(|staff| grant(row, staff, person)).transpose()?.flatten(),
            stopped: stopped(&row.get::<String>(19, "stopped")?)?,
        })
    }

    pub(crate) fn grant_facts(&self) -> Option<GrantFacts> {
        self.grant.clone()
    }

    pub(crate) fn facts(&self, id: PersonId, purposes: PurposeSet) -> PersonFacts {
        PersonFacts {
            id,
            identity: self.identity,
            protection: self.protection,
            restricted: self.restricted,
            legal_hold: self.legal_hold,
            complaint_file: false,
            staff_member: self.staff,
            relations: self.relations.clone(),
            // INVARIANT: what the person has stopped is a purpose that this record does not have (rule 33).
            purposes: purposes.iter().filter(|p| !self.stopped.contains(*p)).collect(),
        }
    }
}

/// The purposes of `person.stopped`. A word that is not known is an error: a stop is never overlooked.
fn stopped(list: &str) -> Result<PurposeSet> {
    let unknown =
        |_| StoreError::Decode { table: "person", column: "stopped", row: 0, why: "not a known word" };
    list.split(',').filter(|w| !w.is_empty()).map(|w| w.parse::<Purpose>().map_err(unknown)).collect()
}

fn grant(row: &Row, staff: StaffId, person: PersonId) -> Result<Option<GrantFacts>> {
    if row.get::<Option<String>>(12, "reason")?.is_none() {
        return Ok(None);
    }
    Ok(Some(GrantFacts {
        staff,
        person,
        reason: word::<ReasonCode>(row, 12, "reason")?,
        evidence_checked: row.get(13, "evidence_checked")?,
        from: row.get(14, "valid_from")?,
        until: row.get(15, "valid_until")?,
        withdrawn: false,
    }))
}

impl Tx<'_> {
    /// Asks the gate for leave to do the act's verb to a record of `person`, and writes it down.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the reason and the remedy; [`StoreError::NotFound`].
    pub fn permit(&mut self, record: Record, person: PersonId, terms: &Terms) -> Result<Permit> {
        self.permit_row(record, person, terms).map(|(permit, _)| permit)
    }

    /// As [`Tx::permit`], with the person's row.
    pub(crate) fn permit_row(
        &mut self,
        record: Record,
        person: PersonId,
        terms: &Terms,
    ) -> Result<(Permit, PersonRow)> {
        let row = self.person_row(person)?;
        let (prefix, object) = record.object(person);
        let purposes = self.casework_purposes()?;
        let resource = Resource {
            kind: record.kind(),
            id: object,
            controller: self.controller(),
            office: row.office,
            person: Some(row.facts(person, purposes)),
        };
        let reason = row.grant.as_ref().map(|g| g.reason);
        let about = About { person: Some(person), object: Some((prefix, object)), key: Some(row.key) };
        let beyond = self.beyond(record, person, row.office)?;
        let grant = row.grant.clone();
        let flags = self.decide(resource, grant, beyond, terms, about, reason)?;
        self.look(person, &row, flags)?;
        let (kind, case) = (record.kind(), record.case());
        let permit = Permit { person, kind, verb: self.verb, office: row.office, key: row.key, case };
        Ok((permit, row))
    }

    /// What the home office has opened to the actor's office besides grants. Asked only where it can matter.
    fn beyond(&mut self, record: Record, person: PersonId, home: OfficeId) -> Result<Beyond> {
        let office = self.who.staff().map(|s| s.office).filter(|own| *own != home);
        let Some(office) = office else { return Ok(Beyond::default()) };
        match self.verb {
            Verb::RecordAccept => Ok(Beyond { offered: self.is_offered(person, office)?, shared: false }),
            Verb::RecordRead | Verb::RecordCreate | Verb::RecordEdit => {
                let case = self.case_of(record)?;
                if case.is_none() && record != Record::Person {
                    return Ok(Beyond::default());
                }
                Ok(Beyond { shared: self.is_shared(person, case, office)?, offered: false })
            }
            _ => Ok(Beyond::default()),
        }
    }

    /// The case that a record stands in; none for what is asked for all of a person's.
    fn case_of(&mut self, record: Record) -> Result<Option<CaseId>> {
        let (table, sql, id) = match record {
            Record::Note(Some(id)) => {
                ("note", "SELECT case_id FROM note WHERE controller_id = $1 AND id = $2", *id.as_bytes())
            }
            Record::Document(Some(id)) => (
                "document",
                "SELECT case_id FROM document WHERE controller_id = $1 AND id = $2",
                *id.as_bytes(),
            ),
            other => return Ok(other.case()),
        };
        let rows = self.query(table, sql, &[self.controller().into(), id.into()])?;
        rows.first().map_or(Ok(None), |r| r.get(0, "case_id"))
    }

    /// Whether the gate would show a person in a list: for search results, which leave out what may not
    /// be seen instead of refusing. Opens nothing.
    ///
    /// # Errors
    /// What the database answers.
    pub fn may_list(&mut self, person: PersonId) -> Result<bool> {
        let row = self.person_row(person)?;
        let purposes = self.casework_purposes()?;
        let resource = Resource {
            kind: ResourceKind::Person,
            id: *person.as_bytes(),
            controller: self.controller(),
            office: row.office,
            person: Some(row.facts(person, purposes)),
        };
        let question = Question::new(self.who.clone(), Verb::RecordList, self.purpose, resource, self.now);
        Ok(self.store.gate.decide(&Question { grant: row.grant, ..question }).allowed)
    }

    pub(crate) fn person_row(&mut self, person: PersonId) -> Result<PersonRow> {
        if let Some(row) = self.bulk.as_ref().and_then(|bulk| bulk.person(person)) {
            return Ok(row.clone());
        }
        if !self.asked.contains_key(&person) {
            self.ask_about(&[person])?;
        }
        self.asked.get(&person).cloned().ok_or(StoreError::NotFound("person"))
    }

    /// Asks at once for what the gate will want to know of several people, and for the keys of their records.
    ///
    /// # Errors
    /// What the database answers.
    pub fn ask_about(&mut self, people: &[PersonId]) -> Result<()> {
        let actor = self.who.staff().map(|s| s.staff);
        let asker = actor.map_or([0u8; 16], |s| *s.as_bytes());
        // Of several grants the one that serves this purpose counts (access rule 17).
        let reason = match self.purpose {
            Purpose::Complaint => "complaint",
            Purpose::Incident => "incident",
            _ => "",
        };
        let mut rest = people;
        while !rest.is_empty() {
            // By powers of two, so that few statements are prepared.
            let (some, others) = rest.split_at(1 << rest.len().ilog2());
            rest = others;
            let mut params: Vec<Value> =
                vec![self.controller().into(), asker.into(), self.now.into(), reason.into()];
            params.extend(some.iter().map(|p| Value::from(*p)));
            for row in &self.query("person", &people_sql(some.len()), &params)? {
                let id: PersonId = row.get(20, "id")?;
                if let std::collections::hash_map::Entry::Vacant(place) = self.asked.entry(id) {
                    place.insert(PersonRow::read(row, id, actor)?);
                }
            }
        }
        if people.len() > 1 {
            let keys: Vec<KeyId> = people.iter().filter_map(|p| self.asked.get(p)).map(|r| r.key).collect();
            self.store.keys.fetch(&keys)?;
        }
        Ok(())
    }

    /// Leave to record a person who is not known yet.
    pub(crate) fn permit_new(
        &mut self,
        id: PersonId,
        office: OfficeId,
        identity: Identity,
        protection: Protection,
        terms: &Terms,
    ) -> Result<Permit> {
        let key = self.fresh_key()?;
        let facts = PersonFacts {
            id,
            identity,
            protection,
            restricted: false,
            legal_hold: false,
            complaint_file: false,
            staff_member: None,
            relations: Vec::new(),
            purposes: self.casework_purposes()?,
        };
        let resource = Resource {
            kind: ResourceKind::Person,
            id: *id.as_bytes(),
            controller: self.controller(),
            office,
            person: Some(facts),
        };
        let about =
            About { person: Some(id), object: Some((PersonId::PREFIX, *id.as_bytes())), key: Some(key) };
        self.decide(resource, None, Beyond::default(), terms, about, None)?;
        Ok(Permit { person: id, kind: ResourceKind::Person, verb: self.verb, office, key, case: None })
    }

    /// Leave to do something to one of the house's own things (an office, the log, a request ...).
    ///
    /// # Errors
    /// [`StoreError::Refused`].
    pub fn permit_house(
        &mut self,
        kind: ResourceKind,
        id: [u8; 16],
        office: OfficeId,
        person: Option<PersonFacts>,
        terms: &Terms,
    ) -> Result<()> {
        let prefix = match kind {
            ResourceKind::Request => RequestId::PREFIX,
            ResourceKind::Office => OfficeId::PREFIX,
            ResourceKind::StaffAccount => StaffId::PREFIX,
            ResourceKind::Grant => "grt",
            ResourceKind::Message => InboxItemId::PREFIX,
            _ => "ctl",
        };
        let about = About { object: Some((prefix, id)), ..About::default() };
        let resource = Resource { kind, id, controller: self.controller(), office, person };
        self.decide(resource, None, Beyond::default(), terms, about, None).map(|_| ())
    }

    /// The facts of a request whose person is not identified yet: nobody is tied to it.
    pub(crate) fn nobody(&mut self) -> Result<PersonFacts> {
        Ok(PersonFacts {
            id: PersonId::from_bytes([0; 16]),
            identity: Identity::Named,
            protection: Protection::Standard,
            restricted: false,
            legal_hold: false,
            complaint_file: false,
            staff_member: None,
            relations: Vec::new(),
            purposes: self.casework_purposes()?,
        })
    }

    pub(crate) fn decide(
        &mut self,
        resource: Resource,
        grant: Option<GrantFacts>,
        beyond: Beyond,
        terms: &Terms,
        about: About,
        reason: Option<ReasonCode>,
    ) -> Result<FlagSet> {
        let question = Question {
            actor: self.who.clone(),
            verb: self.verb,
            purpose: self.purpose,
            resource,
            grant,
            restriction_use: terms.restriction_use,
            person_told: terms.person_told,
            signatories: terms.signatories.clone(),
            asker: terms.asker.map(|asker| asker.request()),
            colleague: terms.colleague.map(|colleague| colleague.request()),
            shared: beyond.shared,
            offered: beyond.offered,
            now: self.now,
        };
        let decision = self.store.gate.decide(&question);
        if !decision.allowed {
            if let Some(person) = about.person.filter(|_| question.resource.kind.is_record()) {
                self.refused = Some((person, question.resource.office, decision.flags));
            }
            return Err(StoreError::Refused {
                why: decision.why,
                remedy: decision.remedy,
                policies: decision.policies,
            });
        }
        self.append(about, reason.map(ReasonCode::as_str), &decision.policies, &terms.detail)?;
        Ok(decision.flags)
    }
}
