//! One writer for the embedded engine, with group commit.
//!
//! SQLite has one writer. Acts that arrive while another is at work run one after another in the same
//! transaction, each in a savepoint of its own, and one wait for the disk makes them all durable.
//! INVARIANT: an act is answered only after the transaction that holds it has been committed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::db::Conn;
use crate::error::{Result, StoreError};

/// The most acts that share one commit.
const MOST: usize = 64;

/// How long an act waits for another to commit for it before it does so itself.
const PATIENCE: Duration = Duration::from_millis(20);

/// The writer.
#[derive(Debug)]
pub(crate) struct Lane {
    writer: Mutex<Writer>,
    waiting: AtomicUsize,
}

/// What the writer's lock guards.
#[derive(Debug)]
struct Writer {
    conn: Conn,
    /// The open transaction that the next act joins.
    group: Option<Arc<Group>>,
    /// Set while an act is at work; found set, the act panicked and its savepoint is undone.
    at_work: bool,
}

/// Acts that share one commit.
#[derive(Debug, Default)]
struct Group {
    acts: AtomicUsize,
    outcome: Mutex<Option<Result<()>>>,
    decided: Condvar,
}

impl Lane {
    pub(crate) const fn new(conn: Conn) -> Self {
        Self {
            writer: Mutex::new(Writer { conn, group: None, at_work: false }),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Runs `work` in a savepoint and returns its value once it is durable.
    ///
    /// `before_commit` runs once for the group, inside its transaction, just before the commit.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T>,
        before_commit: &dyn Fn(&mut Conn) -> Result<()>,
    ) -> Result<T> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut writer = self.lock();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let group = writer.join()?;
        let value = writer.in_savepoint(work);
        let acts = group.acts.fetch_add(1, Ordering::Relaxed) + 1;
        // A failed act leaves nothing of its own, but it must not leave the others' commit undone.
        if self.waiting.load(Ordering::SeqCst) == 0 || acts >= MOST {
            writer.commit(before_commit);
        }
        drop(writer);
        let value = value?;
        self.settle(&group, before_commit)?;
        Ok(value)
    }

    /// Waits for the group's commit; commits it when whoever should have has gone.
    fn settle(&self, group: &Arc<Group>, before_commit: &dyn Fn(&mut Conn) -> Result<()>) -> Result<()> {
        loop {
            if let Some(outcome) = group.wait() {
                return outcome;
            }
            let mut writer = self.lock();
            if writer.group.as_ref().is_some_and(|open| Arc::ptr_eq(open, group)) {
                writer.commit(before_commit);
            }
        }
    }

    /// Runs `work` on the writer's connection outside any transaction, after committing what is open.
    pub(crate) fn outside<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T>,
        before_commit: &dyn Fn(&mut Conn) -> Result<()>,
    ) -> Result<T> {
        let mut writer = self.lock();
        writer.recover()?;
        writer.commit(before_commit);
        work(&mut writer.conn)
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    fn wait(&self) -> Option<Result<()>> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, _) = self
            .decided
            .wait_timeout_while(outcome, PATIENCE, |o| o.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        outcome.as_ref().map(|o| o.as_ref().copied().map_err(StoreError::again))
    }

    fn decide(&self, outcome: Result<()>) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.decided.notify_all();
    }
}

impl Writer {
    /// Joins the open transaction or begins one.
    fn join(&mut self) -> Result<Arc<Group>> {
        self.recover()?;
        if let Some(group) = &self.group {
            return Ok(Arc::clone(group));
        }
        self.conn.begin()?;
        let group = Arc::new(Group::default());
        self.group = Some(Arc::clone(&group));
        Ok(group)
    }

    /// Undoes what a panicking act left behind.
    fn recover(&mut self) -> Result<()> {
        if std::mem::take(&mut self.at_work) {
            self.conn.batch("ROLLBACK TO act; RELEASE act")?;
        }
        Ok(())
    }

    fn in_savepoint<T>(&mut self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.conn.batch("SAVEPOINT act")?;
        self.at_work = true;
        let value = work(&mut self.conn);
        self.at_work = false;
        match value {
            Ok(value) => self.conn.batch("RELEASE act").map(|()| value),
            Err(e) => {
                if self.conn.batch("ROLLBACK TO act; RELEASE act").is_err() {
                    self.abandon("an act failed and took the transaction with it");
                }
                Err(e)
            }
        }
    }

    fn commit(&mut self, before_commit: &dyn Fn(&mut Conn) -> Result<()>) {
        let Some(group) = self.group.take() else { return };
        let outcome = before_commit(&mut self.conn).and_then(|()| self.conn.commit());
        if outcome.is_err() {
            let _ = self.conn.rollback();
        }
        group.decide(outcome);
    }

    fn abandon(&mut self, why: &str) {
        let _ = self.conn.rollback();
        if let Some(group) = self.group.take() {
            group.decide(Err(StoreError::Database(why.to_owned())));
        }
    }
}
