//! The schema as a source has it now.

use sha2::{Digest, Sha256};

use crate::value::hex;

/// A table or view as it lives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveTable {
    /// Its schema, where there are schemas.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<LiveColumn>,
    /// The columns of its primary key.
    pub primary_key: Vec<String>,
    /// The sets of columns of which no two rows hold the same, the primary key among them.
    pub unique: Vec<Vec<String>>,
    /// The columns (or `lower(column)`) by which an index finds rows.
    pub indexed: Vec<String>,
    /// The references that the database itself keeps.
    pub foreign_keys: Vec<ForeignKey>,
    /// The engine's own address of a row, such as `ctid` or `rowid`.
    pub hidden_key: Option<&'static str>,
    /// Upper and lower case are one in its names.
    pub fold_names: bool,
    /// About how many rows it has, when the engine knows.
    pub rows: Option<u64>,
}

/// A column as it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the engine writes it.
    pub type_name: String,
    /// What can be done with it.
    pub kind: Kind,
    /// It must hold something.
    pub not_null: bool,
    /// The most characters that it holds.
    pub length: Option<usize>,
    /// The engine computes it.
    pub generated: bool,
    /// Its texts are ordered by their bytes, under this collation.
    pub bytes_order: Option<String>,
}

/// What can be done with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// An exact number.
    Numeric,
    /// An approximate number.
    Float,
    /// Text.
    Text,
    /// Text that the engine compares without case.
    FoldedText,
    /// Text that is filled up with spaces.
    PaddedText,
    /// A UUID.
    Uuid,
    /// Bytes; in SQLite also a column without a type.
    Bytes,
    /// An object or list.
    Json,
    /// A list of values of one type.
    Array,
    /// Anything else: it is compared as text.
    Other,
}

/// A reference that the database keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub table: String,
    /// Its columns.
    pub to: Vec<String>,
}

/// How a row is told from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey {
    /// By the columns of the primary key.
    Columns(Vec<String>),
    /// By the engine's own address, which holds within a transaction.
    Hidden(&'static str),
    /// Not at all: by everything that is read of it.
    Whole,
}

impl LiveTable {
    /// A column by name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|c| self.same(&c.name, name))
    }

    /// Whether two names of this table's engine are one.
    #[must_use]
    pub fn same(&self, a: &str, b: &str) -> bool {
        if self.fold_names { a.eq_ignore_ascii_case(b) } else { a == b }
    }

    /// How its rows are told apart; the live key rather than the declared one, which may be mistaken.
    #[must_use]
    pub fn row_key(&self, declared: &[String]) -> RowKey {
        if !self.primary_key.is_empty() {
            return RowKey::Columns(self.primary_key.clone());
        }
        match self.hidden_key {
            Some(name) => RowKey::Hidden(name),
            None if declared.is_empty() => RowKey::Whole,
            None => RowKey::Columns(declared.to_vec()),
        }
    }

    /// Whether no two rows hold the same in this column.
    #[must_use]
    pub fn is_unique(&self, column: &str) -> bool {
        self.unique.iter().any(|set| matches!(set.as_slice(), [one] if self.same(one, column)))
    }

    /// Whether an index finds rows by this column, or by it in lower case.
    #[must_use]
    pub fn is_indexed(&self, column: &str, folded: bool) -> bool {
        let wanted = if folded { format!("lower({column})") } else { column.to_owned() };
        self.indexed.iter().any(|i| self.same(i, &wanted))
    }

    fn describe(&self) -> String {
        let column = |c: &LiveColumn| format!("{}:{}:{}:{}", c.name, c.type_name, c.not_null, c.generated);
        let mut columns: Vec<String> = self.columns.iter().map(column).collect();
        columns.sort();
        let keys: Vec<String> = self
            .foreign_keys
            .iter()
            .map(|k| format!("{}>{}({})", k.columns.join(","), k.table, k.to.join(",")))
            .collect();
        format!("{}[{}]({})<{}>\n", self.name, columns.join(";"), self.primary_key.join(","), keys.join(";"))
    }
}

/// A short hash of what the tables are: it changes when a column, a type or a key does.
#[must_use]
pub fn fingerprint<'a>(tables: impl Iterator<Item = &'a LiveTable>) -> String {
    let mut texts: Vec<String> = tables.map(LiveTable::describe).collect();
    texts.sort();
    hex(&Sha256::digest(texts.concat())).chars().take(32).collect()
}

impl Kind {
    /// Whether a key of this text can occur in such a column; other keys are not sent, as the engine would
    /// refuse the whole question.
    #[must_use]
    pub fn accepts(self, text: &str) -> bool {
        let number = || !text.is_empty() && text.trim() == text;
        match self {
            Self::Int => number() && text.parse::<i64>().is_ok(),
            Self::Numeric => number() && text.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Float => number() && text.parse::<f64>().is_ok(),
            Self::Bool => matches!(text, "true" | "false" | "t" | "f" | "0" | "1"),
            Self::Uuid => text.bytes().filter(u8::is_ascii_hexdigit).count() == 32 && is_dashed(text),
            _ => !text.contains('\0'),
        }
    }

    /// Whether it takes a text of one's own.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::FoldedText | Self::PaddedText)
    }
}

fn is_dashed(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    matches!(groups.as_slice(), [32] | [8, 4, 4, 4, 12])
}
