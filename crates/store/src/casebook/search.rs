//! Full-text search over sealed text, by keyed tokens.

use counterfoil_domain::ids::PersonId;

use crate::bulk::Indexed;
use crate::db::{Engine, Value};
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// How a word of a query is to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// The whole word.
    Word(String),
    /// Words that begin so (three letters or more).
    Prefix(String),
    /// Words that sound so.
    Sound(String),
}

/// Something found: an object and the person whose it is. Its content needs a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The object's identifier.
    pub object: [u8; 16],
    /// `person`, `note`, `document` ...
    pub kind: String,
    /// Whose it is.
    pub person: PersonId,
}

impl Tx<'_> {
    /// Indexes an object's text, replacing what was indexed of it before.
    pub(crate) fn index(
        &mut self,
        object: &[u8; 16],
        kind: &str,
        person: PersonId,
        text: &str,
    ) -> Result<()> {
        let controller = self.controller();
        let tokens = self.store.blind.index_tokens(controller.as_bytes(), text).join(" ");
        let indexed = Indexed { object: *object, kind: kind.to_owned(), person, tokens };
        if let Some(bulk) = &mut self.bulk {
            bulk.index(indexed);
            return Ok(());
        }
        match self.engine() {
            Engine::Postgres => self
                .execute(
                    "INSERT INTO search_entry (controller_id, object_id, kind, person_id, tokens) \
                     VALUES ($1, $2, $3, $4, array_to_tsvector(string_to_array($5::text, ' '))) \
                     ON CONFLICT (controller_id, object_id) DO UPDATE SET tokens = EXCLUDED.tokens",
                    &[controller.into(), object.into(), kind.into(), person.into(), indexed.tokens.into()],
                )
                .map(|_| ()),
            Engine::Sqlite => {
                self.drop_from_index(object)?;
                indexed.write(self.conn, controller)
            }
        }
    }

    /// Takes an object out of the index.
    pub(crate) fn drop_from_index(&mut self, object: &[u8; 16]) -> Result<()> {
        let key: [Value; 2] = [self.controller().into(), object.into()];
        if self.engine() == Engine::Sqlite {
            self.execute(
                "DELETE FROM search_tokens WHERE rowid IN \
                 (SELECT place FROM search_entry WHERE controller_id = $1 AND object_id = $2)",
                &key,
            )?;
        }
        self.execute("DELETE FROM search_entry WHERE controller_id = $1 AND object_id = $2", &key).map(|_| ())
    }

    /// Takes everything of a person out of the index.
    pub(crate) fn drop_person_from_index(&mut self, person: PersonId) -> Result<()> {
        let key: [Value; 2] = [self.controller().into(), person.into()];
        if self.engine() == Engine::Sqlite {
            self.execute(
                "DELETE FROM search_tokens WHERE rowid IN \
                 (SELECT place FROM search_entry WHERE controller_id = $1 AND person_id = $2)",
                &key,
            )?;
        }
        self.execute("DELETE FROM search_entry WHERE controller_id = $1 AND person_id = $2", &key).map(|_| ())
    }

    /// The objects that match every term, at most `most`, newest first. Nothing of their content is
    /// opened: what the asker may not see must be left out by the caller's permit or list rule.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a term is too short to be looked up.
    pub fn find(&mut self, terms: &[Term], person: Option<PersonId>, most: u32) -> Result<Vec<Hit>> {
        let tokens = self.tokens(terms)?;
        let controller = self.controller();
        let only = person.map_or(Value::Null, Value::from);
        let rows = match self.engine() {
            Engine::Postgres => self.query(
                "search_entry",
                "SELECT object_id, kind, person_id FROM search_entry WHERE controller_id = $1 \
                 AND tokens @@ $2::text::tsquery AND ($3::bytea IS NULL OR person_id = $3) \
                 ORDER BY object_id DESC LIMIT $4",
                &[controller.into(), tokens.join(" & ").into(), only, most.into()],
            )?,
            Engine::Sqlite => self.query(
                "search_entry",
                "SELECT e.object_id, e.kind, e.person_id FROM search_tokens \
                 JOIN search_entry e ON e.controller_id = $1 AND e.place = search_tokens.rowid \
                 WHERE search_tokens MATCH $2 AND ($3 IS NULL OR e.person_id = $3) ORDER BY search_tokens.rowid DESC LIMIT $4",
                &[controller.into(), tokens.join(" AND ").into(), only, most.into()],
            )?,
        };
        rows.iter()
            .map(|r| {
                Ok(Hit {
                    object: r.get(0, "object_id")?,
                    kind: r.get(1, "kind")?,
                    person: r.get(2, "person_id")?,
                })
            })
            .collect()
    }

    fn tokens(&self, terms: &[Term]) -> Result<Vec<String>> {
        let controller = self.controller();
        let blind = &self.store.blind;
        let short =
            || StoreError::Invalid("a search word is too short: give at least three letters".to_owned());
        if terms.is_empty() {
            return Err(short());
        }
        terms
            .iter()
            .map(|term| {
                match term {
                    Term::Word(w) => blind.word_token(controller.as_bytes(), w),
                    Term::Prefix(w) => blind.prefix_token(controller.as_bytes(), w),
                    Term::Sound(w) => blind.sound_token(controller.as_bytes(), w),
                }
                .ok_or_else(short)
            })
            .collect()
    }
}
