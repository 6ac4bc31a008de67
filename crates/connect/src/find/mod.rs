//! Finding what a source holds of a person: the references are walked from the identities until nothing
//! new is found.

mod prepare;
mod shape;
mod share;
mod walk;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub(crate) use self::prepare::{Prepared, Start, Way, names, planned, prepare, same_kind, seeds, ways};
pub(crate) use self::walk::Walk;

use crate::dataset::Dataset;
use crate::engine::{Mode, Session, with_session};
use crate::error::{Result, SourceError};
use crate::live;
use crate::source::{Address, Identity, Limits};
use crate::value::{Key, Value};

/// What a source answers. That nothing is held is never confused with a failure.
#[derive(Debug)]
pub enum Answer {
    /// Rows were found and given to the caller.
    Held(Report),
    /// The whole of the source was searched and nothing was found.
    NoneHeld(Report),
    /// The source knows nobody by such an identity.
    NotThisKindOfPerson,
    /// The source did not answer, or not in full; rows given before are not an answer.
    Failed(SourceError),
}

/// How a search went.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The engine.
    pub engine: &'static str,
    /// What was found in each collection that was searched, in the order of the search.
    pub collections: Vec<CollectionReport>,
    /// Collections that only other kinds of identity lead to.
    pub not_searched: Vec<usize>,
    /// Columns that the source has and the dataset does not list: collection and column.
    pub unlisted: Vec<(usize, String)>,
    /// The fingerprint of the source's schema.
    pub fingerprint: String,
    /// How many statements were sent.
    pub statements: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// What was found in a collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionReport {
    /// Its number in the dataset.
    pub collection: usize,
    /// How many rows were found.
    pub rows: u64,
    /// How many of them may be other people's too.
    pub shared: u64,
    /// How often it was searched.
    pub rounds: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// A row that was found.
#[derive(Debug, Clone)]
pub struct Item {
    /// The collection's number in the dataset.
    pub collection: usize,
    /// What tells the row from others.
    pub key: Vec<Value>,
    /// One value for each field of the collection, in its order: what is the person's.
    pub values: Vec<Value>,
    /// The same as the source has it, with all elements and parts.
    pub raw: Vec<Value>,
    /// The steps by which it was reached, such as `email`, `customer.email`, `orders.customer_id`.
    pub path: Vec<String>,
    /// Why it may be another person's too.
    pub shared: Vec<Shared>,
}

/// Why a row may be another person's too. A person decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// Rows that were not found refer to it: the field that does.
    ReferredTo {
        /// Such as `customer.address_id`.
        by: String,
    },
    /// It names another person's row: the field that does.
    Names {
        /// Such as `message.recipient_id`.
        field: String,
    },
    /// It holds another identity of the kind that was asked for: the field that does.
    Identity {
        /// Such as `service_request.alt_email`.
        field: String,
    },
}

/// What is asked of a source.
#[derive(Debug, Clone)]
pub struct Question<'q> {
    /// The description of the source.
    pub dataset: &'q Dataset,
    /// Who is looked for, the verified identity first.
    pub identities: &'q [Identity],
    /// How far the search goes.
    pub limits: Limits,
    /// Identities that nothing in the source links to the first are searched all the same.
    pub accept_unlinked: bool,
}

/// Called with each row that is found.
pub type OnItem<'a> = dyn FnMut(Item) -> Result<()> + 'a;

/// Searches a source in one read-only snapshot and gives every row to `each`.
///
/// # Errors
/// [`SourceError::Refused`] when the question cannot be asked; what the source does is in the [`Answer`].
pub fn find(address: &Address, question: &Question<'_>, each: &mut OnItem<'_>) -> Result<Answer> {
    let started = Instant::now();
    let found = with_session(address, Mode::Read, question.limits.timeout, |session| {
        find_in(session, question, each)
    });
    match found {
        Ok(None) => Ok(Answer::NotThisKindOfPerson),
        Ok(Some(mut report)) => {
            report.elapsed = started.elapsed();
            let rows: u64 = report.collections.iter().map(|c| c.rows).sum();
            Ok(if rows == 0 { Answer::NoneHeld(report) } else { Answer::Held(report) })
        }
        Err(error) if error.is_refusal() => Err(error),
        Err(error) => Ok(Answer::Failed(error)),
    }
}

/// Searches in a session; `None` when no field holds such an identity.
pub(crate) fn find_in(
    session: &mut Session<'_>,
    question: &Question<'_>,
    each: &mut OnItem<'_>,
) -> Result<Option<Report>> {
    let Some(prepared) = prepare(session, question.dataset, question.identities)? else { return Ok(None) };
    linked(session, &prepared, question)?;
    let all: Vec<usize> = (0..question.identities.len()).collect();
    let collections = Walk::new(&prepared, &all, question.limits).run(session, each)?;
    let tables = prepared.tables.iter().flatten();
    Ok(Some(Report {
        engine: session.engine(),
        collections,
        not_searched: prepared.not_searched(),
        unlisted: prepared.unlisted(),
        fingerprint: live::fingerprint(tables),
        statements: session.statements(),
        elapsed: Duration::ZERO,
    }))
}

/// That the further identities belong to the person whom the first one names: some row that is nobody
/// else's is reached from both.
pub(crate) fn linked(
    session: &mut Session<'_>,
    prepared: &Prepared<'_>,
    question: &Question<'_>,
) -> Result<()> {
    let usable = prepared.usable();
    if question.accept_unlinked || usable.len() < 2 {
        return Ok(());
    }
    let mut person: BTreeSet<(usize, Vec<Key>)> = BTreeSet::new();
    let mut others = Vec::new();
    for (place, &identity) in usable.iter().enumerate() {
        let mut rows = BTreeSet::new();
        let walk = Walk::new(prepared, &[identity], question.limits);
        walk.run(session, &mut |item| {
            if item.shared.is_empty() {
                rows.insert((item.collection, item.key.iter().filter_map(Value::key).collect()));
            }
            Ok(())
        })?;
        if place == 0 {
            person = rows;
        } else if !rows.is_empty() {
            others.push((identity, rows));
        }
    }
    while let Some(at) = others.iter().position(|(_, rows)| !rows.is_disjoint(&person)) {
        person.extend(others.remove(at).1);
    }
    let kind = |i: usize| question.identities.get(i).map_or("?", |i| i.kind.as_str());
    match (others.first(), usable.first()) {
        (Some((identity, _)), Some(&first)) => Err(SourceError::refused(
            "unlinked-identity",
            format!(
                "nothing in the source shows that the `{}` belongs to the person of the `{}`: search for them one \
                 at a time, or say --accept-unlinked when somebody has checked it",
                kind(*identity),
                kind(first)
            ),
        )),
        _ => Ok(()),
    }
}
