//! Which tables hold something of a case or of a rights request: the one place that disposal reads.
//!
//! A test holds both lists against the data map: a table with a `case_id` or `request_id` that is in neither list
//! fails it. The tables of a person are those of [`crate::assurance::erasure::TABLES`].

/// A table, and how its rows of one case or request are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The table.
    pub table: &'static str,
    /// Which of its rows, as SQL: `$1` is the controller, `$2` the case or request.
    pub of: &'static str,
    /// The column whose newest value tells that something was changed, for a table in which something can be.
    pub changed: Option<&'static str>,
    /// Whether the rows may stand in the search index under their `id`.
    pub indexed: bool,
    /// Whether the rows name a sealed file in `address`.
    pub files: bool,
    /// Whether the rows have a key of their own in `key_id`, which goes with them.
    pub keyed: bool,
}

const fn rows(table: &'static str, of: &'static str) -> Holding {
    Holding { table, of, changed: None, indexed: false, files: false, keyed: false }
}

impl Holding {
    const fn changing(self, column: &'static str) -> Self {
        Self { changed: Some(column), ..self }
    }

    const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    const fn files(self) -> Self {
        Self { files: true, ..self }
    }

    const fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }
}

const CASE: &str = "case_id = $2";
const REQUEST: &str = "request_id = $2";
const ITSELF: &str = "id = $2";

/// What is held of a case, children first.
pub const OF_CASE: &[Holding] = &[
    rows("retention_mark", CASE),
    rows(
        "document_version",
        "document_id IN (SELECT d.id FROM document d WHERE d.controller_id = $1 AND d.case_id = $2)",
    )
    .changing("made_at")
    .files(),
    rows("document", CASE).changing("made_at").indexed(),
    rows("note", CASE).changing("made_at").indexed(),
    rows("case_file", ITSELF).changing("closed_at").indexed(),
];

/// What is held of a rights request, children first.
pub const OF_REQUEST: &[Holding] = &[
    rows("follow_visit", REQUEST),
    rows("follow_access", REQUEST),
    rows("pack_ticket", REQUEST),
    rows("asker_file", REQUEST).changing("made_at").files(),
    rows("message", REQUEST).changing("changed_at"),
    rows("mail_item", REQUEST).changing("made_at").keyed(),
    rows("request_pack", REQUEST).changing("sealed_at").files(),
    rows("request_approval", REQUEST),
    rows("request_decision", REQUEST).changing("decided_at"),
    rows("request_item", REQUEST).changing("made_at").files(),
    rows("request_source", REQUEST),
    rows("request_event", REQUEST).changing("recorded_at"),
    rows("rights_request", ITSELF).changing("version").keyed(),
];
