//! Full-text search over sealed text, by keyed tokens.

use counterfoil_domain::ids::PersonId;

use crate::access::list;
use crate::bulk::Indexed;
use crate::db::{Engine, Value};
use crate::error::{Result, StoreError};
use crate::seal::blind::Token;
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
        let tokens = self.store.blind.index_tokens(controller.as_bytes(), text);
        let indexed = Indexed { object: *object, kind: kind.to_owned(), person, tokens };
        if let Some(bulk) = &mut self.bulk {
            bulk.index(indexed);
            return Ok(());
        }
        match self.engine() {
            Engine::Postgres => self
                .execute(
                    "INSERT INTO search_entry (controller_id, object_id, kind, person_id, tokens) \
                     VALUES ($1, $2, $3, $4, $5::text::bigint[]) \
                     ON CONFLICT (controller_id, object_id) DO UPDATE SET tokens = EXCLUDED.tokens",
                    &[controller.into(), object.into(), kind.into(), person.into(), numbers(&indexed.tokens)],
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
            // What has the words is found first. A plan for any words at all would look through the newest objects for
            // them, and for rare words that is all objects.
            Engine::Postgres => self.query(
                "search_entry",
                "WITH found AS MATERIALIZED (SELECT object_id, kind, person_id FROM search_entry \
                 WHERE controller_id = $1 AND tokens @> $2::text::bigint[] AND ($3::bytea IS NULL OR person_id = $3)) \
                 SELECT object_id, kind, person_id FROM found ORDER BY object_id DESC LIMIT $4",
                &[controller.into(), numbers(&tokens), only, most.into()],
            )?,
            Engine::Sqlite => self.query(
                "search_entry",
                "SELECT e.object_id, e.kind, e.person_id FROM search_tokens \
                 JOIN search_entry e ON e.controller_id = $1 AND e.place = search_tokens.rowid \
                 WHERE search_tokens MATCH $2 AND ($3 IS NULL OR e.person_id = $3) ORDER BY search_tokens.rowid DESC LIMIT $4",
                &[controller.into(), phrase(&tokens).into(), only, most.into()],
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

    /// The people whose names match every term of one of the spellings and whom the actor may list, at most `most`,
    /// the newest record first. Asked with the list's rule in the query: of a network with a thousand people of the name those of the
    /// own office are found. Nothing is opened, and each line needs the gate's leave still.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a term is too short to be looked up.
    pub fn find_people(&mut self, spellings: &[Vec<Term>], most: u32) -> Result<Vec<PersonId>> {
        let spelt = spellings.iter().map(|terms| self.tokens(terms)).collect::<Result<Vec<_>>>()?;
        if spelt.is_empty() {
            return Ok(Vec::new());
        }
        let (matching, sought, newest) = match self.engine() {
            // As in [`Tx::find`].
            Engine::Postgres => {
                let any: Vec<String> =
                    (0..spelt.len()).map(|n| format!("e.tokens @> ${}::text::bigint[]", n + 3)).collect();
                let matching = format!(
                    "(WITH found AS MATERIALIZED (SELECT object_id, person_id FROM search_entry e \
                     WHERE e.controller_id = $1 AND e.kind = 'person' AND ({})) SELECT * FROM found) e \
                     JOIN person p ON p.controller_id = $1 AND p.id = e.person_id WHERE TRUE",
                    any.join(" OR ")
                );
                (matching, spelt.iter().map(|tokens| numbers(tokens)).collect(), "e.object_id")
            }
            Engine::Sqlite => {
                let matching = "search_tokens JOIN search_entry e ON e.controller_id = $1 AND e.place = search_tokens.rowid \
                     JOIN person p ON p.controller_id = e.controller_id AND p.id = e.person_id \
                     WHERE search_tokens MATCH $3 AND e.kind = 'person'";
                let any: Vec<String> = spelt.iter().map(|tokens| format!("({})", phrase(tokens))).collect();
                (matching.to_owned(), vec![any.join(" OR ").into()], "search_tokens.rowid")
            }
        };
        let mut params: Vec<Value> = vec![self.controller().into(), most.into()];
        params.extend(sought);
        let purposes = self.casework_purposes()?;
        let rule = list::rule(self.who, self.purpose, purposes, self.now, self.store.gate.limits());
        let (may_list, values) = rule.sql("p", params.len() + 1);
        let sql = format!(
            "SELECT e.person_id FROM {matching} AND {may_list} \
             ORDER BY {newest} DESC LIMIT $2"
        );
        params.extend(values.into_iter().map(Value::from));
        let rows = self.query("search_entry", &sql, &params)?;
        rows.iter().map(|r| r.get(0, "person_id")).collect()
    }

    fn tokens(&self, terms: &[Term]) -> Result<Vec<Token>> {
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

/// The text of a `BIGINT[]` (PostgreSQL).
fn numbers(tokens: &[Token]) -> Value {
    let numbers: Vec<String> = tokens.iter().map(|t| t.number().to_string()).collect();
    format!("{{{}}}", numbers.join(",")).into()
}

/// What the embedded engine's index is asked for all of these.
fn phrase(tokens: &[Token]) -> String {
    let words: Vec<String> = tokens.iter().map(Token::to_string).collect();
    words.join(" AND ")
}
