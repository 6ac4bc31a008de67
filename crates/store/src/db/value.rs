//! The few kinds of value that both engines hold, and rows of them.

use crate::error::{Result, StoreError};

/// A value of a column or a parameter. The schema uses BIGINT, TEXT and BYTEA only, so that one SQL
/// text serves both engines; moments are milliseconds since 1970 in UTC, flags are 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($t:ty => |$v:ident| $e:expr;)*) => {$(
        impl From<$t> for Value {
            fn from($v: $t) -> Self {
                $e
            }
        }
    )*};
}

from! {
    i64 => |v| Self::Int(v);
    i32 => |v| Self::Int(i64::from(v));
    u32 => |v| Self::Int(i64::from(v));
    bool => |v| Self::Int(i64::from(v));
    &str => |v| Self::Text(v.to_owned());
    String => |v| Self::Text(v);
    &String => |v| Self::Text(v.clone());
    &[u8] => |v| Self::Bytes(v.to_vec());
    Vec<u8> => |v| Self::Bytes(v);
    &[u8; 16] => |v| Self::Bytes(v.to_vec());
    [u8; 16] => |v| Self::Bytes(v.to_vec());
    [u8; 32] => |v| Self::Bytes(v.to_vec());
    jiff::Timestamp => |v| Self::Int(v.as_millisecond());
    jiff::civil::Date => |v| Self::Text(v.to_string());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_ids {
    ($($id:ident)*) => {$(
        impl From<counterfoil_domain::ids::$id> for Value {
            fn from(v: counterfoil_domain::ids::$id) -> Self {
                Self::Bytes(v.as_bytes().to_vec())
            }
        }
        impl FromColumn for counterfoil_domain::ids::$id {
            fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
                <[u8; 16]>::from_column(value).map(Self::from_bytes)
            }
        }
    )*};
}

from_ids! {
    ControllerId OfficeId StaffId PersonId CaseId NoteId DocumentId VersionId RequestId ItemId GrantId
    EntryId JobId ImportId ActivityId SessionId MessageId MailId InboxItemId ChannelMessageId
    PermissionId DisclosureId ReferralId ReleaseId ProjectId ReidentificationId
    RelationId MergeId EntryOfCaseId ShareId TransferId PartnershipId IncidentId AdherenceId OddId
}

/// Something that a column can be read as.
pub trait FromColumn: Sized {
    /// Reads the value, or says what is wrong with it (never its content).
    ///
    /// # Errors
    /// When the value is of another kind or malformed.
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str>;
}

impl FromColumn for i64 {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        if let Value::Int(v) = value { Ok(*v) } else { Err("not a whole number") }
    }
}

impl FromColumn for bool {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        match value {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            _ => Err("neither 0 nor 1"),
        }
    }
}

impl FromColumn for String {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        if let Value::Text(v) = value { Ok(v.clone()) } else { Err("not a text") }
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        if let Value::Bytes(v) = value { Ok(v.clone()) } else { Err("not bytes") }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        match value {
            Value::Bytes(v) => v.as_slice().try_into().map_err(|_| "not of the right length"),
            _ => Err("not bytes"),
        }
    }
}

impl FromColumn for jiff::Timestamp {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        i64::from_column(value).and_then(|v| Self::from_millisecond(v).map_err(|_| "not a moment"))
    }
}

impl FromColumn for jiff::civil::Date {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        String::from_column(value).and_then(|v| v.parse().map_err(|_| "not a date"))
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(value: &Value) -> std::result::Result<Self, &'static str> {
        if *value == Value::Null { Ok(None) } else { T::from_column(value).map(Some) }
    }
}

/// One row of an answer. Columns are read in order; a failure names table, column and row.
#[derive(Debug)]
pub struct Row {
    pub(super) table: &'static str,
    pub(super) number: usize,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The column at `index`; `column` names it in an error.
    ///
    /// # Errors
    /// [`StoreError::Decode`] when the value is missing or of another kind.
    pub fn get<T: FromColumn>(&self, index: usize, column: &'static str) -> Result<T> {
        let why = match self.values.get(index) {
            None => "the column is missing",
            Some(value) => match T::from_column(value) {
                Ok(v) => return Ok(v),
                Err(why) => why,
            },
        };
        Err(StoreError::Decode { table: self.table, column, row: self.number, why })
    }
}
