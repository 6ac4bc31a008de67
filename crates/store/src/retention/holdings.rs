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
    /// The column that is emptied instead of deleting the rows: what else relies on them stays.
    pub unlinked: Option<&'static str>,
}

const fn rows(table: &'static str, of: &'static str) -> Holding {
    Holding { table, of, changed: None, indexed: false, files: false, keyed: false, unlinked: None }
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

    const fn unlinked(self, column: &'static str) -> Self {
        Self { unlinked: Some(column), ..self }
    }

    const fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }
}

const CASE: &str = "case_id = $2";
const REQUEST: &str = "request_id = $2";
const ITSELF: &str = "id = $2";

/// What was permitted for the case alone: nothing that stays relies on it.
const PERMITTED_FOR_IT: &str = "case_id = $2 AND NOT EXISTS (SELECT 1 FROM referral r \
    WHERE r.controller_id = permission.controller_id AND r.permission_id = permission.id) \
    AND NOT EXISTS (SELECT 1 FROM disclosure d \
    WHERE d.controller_id = permission.controller_id AND d.permission_id = permission.id)";

/// What was given for the case alone: no referral that stays names it.
const GIVEN_FOR_IT: &str = "case_id = $2 AND NOT EXISTS (SELECT 1 FROM referral r \
    WHERE r.controller_id = disclosure.controller_id AND r.disclosure_id = disclosure.id)";

/// What tells that somebody was in touch: a table of the person, and when.
pub const CONTACTS: &[(&str, &str)] = &[
    ("document_version", "made_at"),
    ("case_entry", "changed_at"),
    ("channel_message", "written_at"),
    ("permission", "made_at"),
    ("referral", "made_at"),
];

/// What is held of a case, children first.
pub const OF_CASE: &[Holding] = &[
    rows("retention_mark", CASE),
    rows("note_draft", CASE).changing("saved_at"),
    rows(
        "record_version",
        "(object_id = $2 OR object_id IN (SELECT n.id FROM note n WHERE n.controller_id = $1 AND n.case_id = $2) \
         OR object_id IN (SELECT d.id FROM document d WHERE d.controller_id = $1 AND d.case_id = $2))",
    ),
    rows("case_share", CASE).changing("ended_at"),
    rows("case_entry", CASE).changing("changed_at").indexed(),
    rows("referral", CASE).changing("closed_at"),
    rows("disclosure", GIVEN_FOR_IT).changing("sent_at"),
    rows("disclosure", CASE).unlinked("case_id"),
    rows(
        "permission_event",
        "permission_id IN (SELECT id FROM permission WHERE controller_id = $1 AND case_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.controller_id = $1 AND r.permission_id = permission.id) \
         AND NOT EXISTS (SELECT 1 FROM disclosure d WHERE d.controller_id = $1 AND d.permission_id = permission.id))",
    ),
    rows("permission", PERMITTED_FOR_IT).changing("made_at"),
    rows("permission", CASE).unlinked("case_id"),
    rows(
        "inbox_part",
        "item_id IN (SELECT i.id FROM inbox_item i WHERE i.controller_id = $1 AND i.case_id = $2)",
    )
    .files(),
    rows("inbox_item", CASE).keyed(),
    rows("recording", CASE),
    rows(
        "document_version",
        "document_id IN (SELECT d.id FROM document d WHERE d.controller_id = $1 AND d.case_id = $2)",
    )
    .changing("made_at")
    .files(),
    rows("document", CASE).changing("made_at").indexed(),
    rows("note", CASE).changing("changed_at").indexed(),
    rows("case_file", ITSELF).changing("version").indexed(),
];

/// What is held of a recording, children first: `$2` is its document.
pub const OF_RECORDING: &[Holding] = &[
    rows("record_version", "object_id = $2"),
    rows("recording", "document_id = $2").changing("made_at"),
    rows("document_version", "document_id = $2").changing("made_at").files(),
    rows("document", ITSELF).changing("made_at").indexed(),
];

/// What is held of a rights request, children first. That somebody asked for no marketing outlives it.
pub const OF_REQUEST: &[Holding] = &[
    rows("suppression", REQUEST).unlinked("request_id"),
    rows("follow_visit", REQUEST),
    rows("follow_access", REQUEST),
    rows("pack_ticket", REQUEST),
    rows("asker_file", REQUEST).changing("made_at").files(),
    rows("message", REQUEST).changing("changed_at"),
    rows("mail_item", REQUEST).changing("made_at").keyed(),
    rows("right_fact", REQUEST),
    rows("right_decision", REQUEST),
    rows("erasure_plan", REQUEST),
    rows("right_certificate", REQUEST),
    rows("recipient_telling", REQUEST),
    rows("complaint_stage", REQUEST),
    rows("complaint_note", REQUEST),
    rows("internal_review", REQUEST),
    rows("regulator_case", REQUEST),
    rows("request_service", REQUEST),
    rows("request_time", REQUEST),
    rows("source_question", REQUEST),
    rows("request_media", REQUEST),
    rows("request_reading", REQUEST),
    rows("request_cast", REQUEST),
    rows("request_note", REQUEST).changing("written_at"),
    rows("request_check", REQUEST),
    rows("request_job", REQUEST),
    rows("request_pack", REQUEST).changing("sealed_at").files(),
    rows("request_approval", REQUEST),
    rows("request_decision", REQUEST).changing("decided_at"),
    rows("request_item", REQUEST).changing("made_at").files(),
    rows("request_source", REQUEST),
    rows("request_event", REQUEST).changing("recorded_at"),
    rows("rights_request", ITSELF).changing("version").keyed(),
];
