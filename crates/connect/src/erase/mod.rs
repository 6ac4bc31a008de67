//! Erasing what a source holds of a person: planned first, written in one transaction, looked for again.

mod apply;
mod columns;
mod order;
mod rewrite;

use std::collections::BTreeMap;

pub use self::columns::{ColumnPlan, Decision};

use crate::engine::{Mode, Session, with_session};
use crate::error::{Result, SourceError};
use crate::find::{CollectionReport, Prepared, Question, Shared, Walk, prepare};
use crate::live;
use crate::mask::{Secret, Strategy};
use crate::policy::Rule;
use crate::source::Address;
use crate::value::Value;

/// What is to be erased.
#[derive(Debug, Clone)]
pub struct Erasure<'q> {
    /// Who is looked for, and where.
    pub question: Question<'q>,
    /// Categories and how they are masked; the first rule that covers a field holds.
    pub rules: Vec<Rule>,
    /// `table.column` to a strategy that goes before every rule.
    pub strategies: BTreeMap<String, Strategy>,
    /// `table.column` or `table`: left as it is, for a legal hold or a retention duty.
    pub keep: Vec<String>,
    /// What happens to rows that may be other people's too.
    pub shared: SharedRule,
    /// The secret of this erasure's masks.
    pub secret: Secret,
    /// The fingerprint of the schema that somebody reviewed.
    pub reviewed: Option<String>,
}

/// What happens to rows that may be other people's too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SharedRule {
    /// Nothing is written until a person has decided.
    #[default]
    Refuse,
    /// They stay, but for the identity that was asked for.
    Keep,
    /// They are masked like all others.
    Mask,
}

/// What an erasure did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The engine.
    pub engine: &'static str,
    /// It was written.
    pub executed: bool,
    /// The columns of every collection that was searched.
    pub columns: Vec<ColumnPlan>,
    /// The collections in the order in which they are written.
    pub collections: Vec<Erased>,
    /// Why it cannot be written as it stands.
    pub blocked: Vec<String>,
    /// What somebody should know.
    pub warnings: Vec<String>,
    /// Rows that the identity still leads to; each is one that was left on purpose.
    pub still_reachable: u64,
    /// The fingerprint of the source's schema.
    pub fingerprint: String,
    /// How many statements were sent.
    pub statements: u64,
    /// How the search went.
    pub found: Vec<CollectionReport>,
}

/// What happens in one collection.
#[derive(Debug, Clone, Default)]
pub struct Erased {
    /// Its number in the dataset.
    pub collection: usize,
    /// Rows are deleted rather than masked.
    pub delete: bool,
    /// The rows.
    pub rows: Vec<ErasedRow>,
    /// How many rows were changed: not how many were found.
    pub changed: u64,
    /// How many stay because they may be other people's too.
    pub left: u64,
}

/// A row, and what happens to it.
#[derive(Debug, Clone)]
pub struct ErasedRow {
    /// What tells it from others.
    pub key: Vec<Value>,
    /// Why it may be another person's too.
    pub shared: Vec<Shared>,
    /// It stays, but for the identity that was asked for.
    pub left: bool,
    /// It holds something that is to be masked.
    pub to_change: bool,
    /// It is written to.
    pub write: bool,
    /// The new values, one for each masked column.
    pub(crate) new: Vec<Option<String>>,
}

/// What a source answers to an erasure.
#[derive(Debug)]
pub enum Erasing {
    /// Rows were found; the outcome says what happened to them.
    Held(Outcome),
    /// The whole of the source was searched and nothing was found.
    NoneHeld(Outcome),
    /// The source knows nobody by such an identity.
    NotThisKindOfPerson,
    /// Nothing was changed.
    Failed(SourceError),
}

/// Says what an erasure would do; nothing can be written.
///
/// # Errors
/// A question that cannot be asked.
pub fn plan(address: &Address, erasure: &Erasure<'_>) -> Result<Erasing> {
    answer(with_session(address, Mode::Read, erasure.question.limits.timeout, |session| {
        planned(session, erasure).map(|p| p.map(|(outcome, _)| outcome))
    }))
}

/// Erases, in one transaction, and looks again before it is made durable.
///
/// # Errors
/// What is to be decided or mended first: rows that may be other people's, columns that can neither be
/// emptied nor masked, a schema that nobody reviewed. Nothing was written.
pub fn execute(address: &Address, erasure: &Erasure<'_>) -> Result<Erasing> {
    answer(with_session(address, Mode::Write, erasure.question.limits.timeout, |session| {
        let Some((mut outcome, prepared)) = planned(session, erasure)? else { return Ok(None) };
        if let Some(why) = outcome.blocked.first() {
            let more = outcome.blocked.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" (and {more} more: see the plan)") };
            return Err(SourceError::refused("blocked", format!("nothing was erased: {why}{more}")));
        }
        apply::apply(session, &prepared, &mut outcome)?;
        apply::verify(session, &prepared, erasure, &mut outcome)?;
        outcome.executed = true;
        outcome.statements = session.statements();
        Ok(Some(outcome))
    }))
}

fn answer(done: Result<Option<Outcome>>) -> Result<Erasing> {
    match done {
        Ok(None) => Ok(Erasing::NotThisKindOfPerson),
        Ok(Some(outcome)) if outcome.found.iter().all(|c| c.rows == 0) => Ok(Erasing::NoneHeld(outcome)),
        Ok(Some(outcome)) => Ok(Erasing::Held(outcome)),
        Err(error) if error.is_refusal() => Err(error),
        Err(error) => Ok(Erasing::Failed(error)),
    }
}

type Planned<'q> = (Outcome, Prepared<'q>);

fn planned<'q>(session: &mut Session<'_>, erasure: &Erasure<'q>) -> Result<Option<Planned<'q>>> {
    let question = &erasure.question;
    let Some(prepared) = prepare(session, question.dataset, question.identities)? else { return Ok(None) };
    crate::find::linked(session, &prepared, question)?;
    columns::check_names(&prepared, erasure)?;
    let mut outcome = Outcome {
        engine: session.engine(),
        fingerprint: live::fingerprint(prepared.tables.iter().flatten()),
        columns: columns::plan(&prepared, erasure),
        ..Outcome::default()
    };
    let mut rows: BTreeMap<usize, Erased> = BTreeMap::new();
    let all: Vec<usize> = (0..question.identities.len()).collect();
    let maker = rewrite::Maker::new(&prepared, erasure, &outcome.columns);
    outcome.found = Walk::new(&prepared, &all, question.limits).run(session, &mut |item| {
        let erased = rows.entry(item.collection).or_default();
        erased.rows.push(maker.row(item));
        Ok(())
    })?;
    for (&collection, erased) in &mut rows {
        erased.collection = collection;
        erased.delete = prepared.deletes(collection, erasure);
        erased.left = erased.rows.iter().filter(|r| r.left).count() as u64;
    }
    outcome.collections = order::order(&prepared, rows);
    judge(&prepared, erasure, &mut outcome);
    outcome.statements = session.statements();
    Ok(Some((outcome, prepared)))
}

/// Whether it can be written, and what somebody should know.
fn judge(prepared: &Prepared<'_>, erasure: &Erasure<'_>, outcome: &mut Outcome) {
    let name = |c: usize| prepared.dataset.collections.get(c).map_or("?", |c| c.name.as_str());
    let touched = |c: usize| {
        outcome.collections.iter().any(|e| e.collection == c && e.rows.iter().any(|r| r.to_change))
    };
    for column in outcome.columns.iter().filter(|c| touched(c.collection)) {
        if let Decision::Blocked { why } = &column.decision {
            outcome.blocked.push(format!("`{}.{}` {why}", name(column.collection), column.path.join(".")));
        }
    }
    for erased in &outcome.collections {
        let shared = erased.rows.iter().filter(|r| r.to_change && !r.shared.is_empty()).count();
        if shared > 0 && erasure.shared == SharedRule::Refuse {
            outcome.blocked.push(format!(
                "{shared} of the rows of `{}` may be other people's too: look at them, then say `--shared keep` \
                 to leave such rows or `--shared mask` to mask them",
                name(erased.collection)
            ));
        }
    }
    if erasure.reviewed.as_ref().is_some_and(|r| *r != outcome.fingerprint) {
        let why = "the schema is not the one that was reviewed: run `counterfoil source check --accept` when the \
                   dataset fits it";
        outcome.blocked.push(why.to_owned());
    }
    let unlisted = prepared.unlisted();
    if !unlisted.is_empty() {
        let list: Vec<String> = unlisted.iter().map(|(c, n)| format!("{}.{n}", name(*c))).collect();
        outcome.warnings.push(format!("columns that the dataset does not list stay: {}", list.join(", ")));
    }
    let unsearched: Vec<&str> = prepared.not_searched().into_iter().map(name).collect();
    if !unsearched.is_empty() {
        outcome.warnings.push(format!("no identity of this kind leads to: {}", unsearched.join(", ")));
    }
}

impl Prepared<'_> {
    /// Whether rows of the collection are deleted.
    pub(crate) fn deletes(&self, collection: usize, erasure: &Erasure<'_>) -> bool {
        self.dataset.collections.get(collection).is_some_and(|c| c.delete && !erasure.keep.contains(&c.name))
    }
}
