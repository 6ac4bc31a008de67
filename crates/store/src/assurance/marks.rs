//! Counts of what records say about themselves: whom a letter names as answerable, which recipients the directory
//! lacks, which details have no source. Nothing personal is opened.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;

use crate::db::Conn;
use crate::error::Result;
use crate::store::Store;

/// The register's ids of controllers, with a space between, and on how many letters they stand.
pub type Named = Vec<(String, u64)>;

/// What was counted of one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkFigures {
    /// The controllers that letters and sealed packs name, by the register's ids with a space between, and how often.
    pub answerable: Named,
    /// When the last of them was made.
    pub last_answerable: Option<Timestamp>,
    /// Recipients named in authorities, disclosures and tellings that the directory does not have: the record's area
    /// and its number of them.
    pub unlisted: Vec<(&'static str, u64)>,
    /// Authorities, disclosures and tellings, and the newest.
    pub named: (u64, Option<Timestamp>),
    /// People whose details all state their source.
    pub sourced: u64,
    /// People with a detail that does not.
    pub unsourced: u64,
    /// People of before sources were counted.
    pub uncounted: u64,
    /// When a record with a counted source last changed.
    pub last_sourced: Option<Timestamp>,
}

impl Store {
    /// Counts it, at one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mark_figures(&self, controller: ControllerId) -> Result<MarkFigures> {
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller }.all();
            conn.rollback().and(counted)
        })
    }
}

struct Counting<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
}

impl Counting<'_> {
    fn all(&mut self) -> Result<MarkFigures> {
        let (answerable, last_answerable) = self.answerable()?;
        let authorities = self.one("permission", "made_at", "kind = 'authority'")?;
        let disclosures = self.one("disclosure", "proposed_at", "state <> 'refused'")?;
        let tellings = self.one("recipient_telling", "made_at", "1 = 1")?;
        let (sourced, last_sourced) = self.one("person", "changed_at", "unsourced = 0")?;
        Ok(MarkFigures {
            answerable,
            last_answerable,
            unlisted: vec![
                ("authorities", self.one("permission", "made_at", "unlisted > 0")?.0),
                (
                    "disclosures",
                    self.one("disclosure", "proposed_at", "unlisted > 0 AND state <> 'refused'")?.0,
                ),
                ("tellings", self.one("recipient_telling", "made_at", "unlisted > 0")?.0),
            ],
            named: (
                authorities.0 + disclosures.0 + tellings.0,
                authorities.1.max(disclosures.1).max(tellings.1),
            ),
            sourced,
            unsourced: self.one("person", "changed_at", "unsourced > 0")?.0,
            uncounted: self.one("person", "changed_at", "unsourced IS NULL")?.0,
            last_sourced,
        })
    }

    /// How many rows of a table meet a condition, and when the newest was made.
    fn one(&mut self, table: &'static str, at: &str, condition: &str) -> Result<(u64, Option<Timestamp>)> {
        let sql = format!("SELECT COUNT(*), MAX({at}) FROM {table} WHERE controller_id = $1 AND {condition}");
        let rows = self.conn.query(table, &sql, &[self.controller.into()])?;
        let Some(row) = rows.first() else { return Ok((0, None)) };
        Ok((row.get::<i64>(0, "count")?.unsigned_abs(), row.get(1, "newest")?))
    }

    fn answerable(&mut self) -> Result<(Named, Option<Timestamp>)> {
        let rows = self.conn.query(
            "message",
            "SELECT answerable, COUNT(*), MAX(at) FROM ( \
             SELECT answerable, made_at AS at FROM message WHERE controller_id = $1 AND answerable IS NOT NULL \
             UNION ALL \
             SELECT answerable, sealed_at AS at FROM request_pack WHERE controller_id = $1 AND answerable IS NOT NULL \
             ) named GROUP BY answerable ORDER BY answerable",
            &[self.controller.into()],
        )?;
        let mut last = None;
        let mut named = Vec::new();
        for row in &rows {
            named.push((row.get(0, "answerable")?, row.get::<i64>(1, "count")?.unsigned_abs()));
            last = last.max(row.get(2, "newest")?);
        }
        Ok((named, last))
    }
}
