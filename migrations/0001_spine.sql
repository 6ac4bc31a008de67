-- The spine. Every primary key begins with the controller; ids are 16-byte UUIDv7; moments are
-- milliseconds since 1970 in UTC; flags are 0 or 1; `sealed` columns hold AES-256-GCM-SIV content.
-- docs/data-map.toml classifies every column, and a test holds it equal to this schema.

CREATE TABLE controller (
    controller_id BYTEA NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    division TEXT NOT NULL,
    key_id BYTEA NOT NULL,
    settings TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE office (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    division TEXT NOT NULL,
    language TEXT NOT NULL,
    adherent_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);

CREATE TABLE staff_account (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    roles TEXT NOT NULL,
    sign_in_blind BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    password_hash TEXT,
    totp_sealed BYTEA,
    totp_last_step BIGINT NOT NULL,
    active BIGINT NOT NULL,
    training_until BIGINT NOT NULL,
    failed_sign_ins BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, sign_in_blind),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);

CREATE TABLE session (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    second_factor BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, token_hash),
    FOREIGN KEY (controller_id, staff_id) REFERENCES staff_account (controller_id, id)
);
CREATE INDEX session_staff ON session (controller_id, staff_id);

CREATE TABLE person (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    protection TEXT NOT NULL,
    restricted BIGINT NOT NULL,
    legal_hold BIGINT NOT NULL,
    staff_id BYTEA,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX person_office ON person (controller_id, office_id, changed_at);
CREATE INDEX person_key ON person (controller_id, key_id);

-- One row for each value by which a person is known (e-mail, NINO, telephone ...). `ordinal` is 0
-- unless staff said that the value is shared with another person.
CREATE TABLE person_identity (
    controller_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    blind BYTEA NOT NULL,
    ordinal BIGINT NOT NULL,
    person_id BYTEA NOT NULL,
    PRIMARY KEY (controller_id, kind, blind, ordinal),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX person_identity_person ON person_identity (controller_id, person_id);

CREATE TABLE declared_relation (
    controller_id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, staff_id, person_id),
    FOREIGN KEY (controller_id, staff_id) REFERENCES staff_account (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);

CREATE TABLE access_grant (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    reason TEXT NOT NULL,
    evidence_checked BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    revoked_at BIGINT,
    reviewed_at BIGINT,
    review_outcome TEXT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, staff_id) REFERENCES staff_account (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX access_grant_person ON access_grant (controller_id, person_id, staff_id);

CREATE TABLE case_file (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    issue TEXT NOT NULL,
    status TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX case_file_person ON case_file (controller_id, person_id);

CREATE TABLE note (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    author_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX note_case ON note (controller_id, case_id, made_at);
CREATE INDEX note_person ON note (controller_id, person_id);

CREATE TABLE document (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id)
);
CREATE INDEX document_person ON document (controller_id, person_id);

CREATE TABLE document_version (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    document_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    address BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, document_id, number),
    FOREIGN KEY (controller_id, document_id) REFERENCES document (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX document_version_person ON document_version (controller_id, person_id);
CREATE INDEX document_version_address ON document_version (controller_id, address);

CREATE TABLE rights_request (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    reference TEXT NOT NULL,
    right_name TEXT NOT NULL,
    regime TEXT NOT NULL,
    division TEXT NOT NULL,
    state TEXT NOT NULL,
    received_on TEXT NOT NULL,
    person_id BYTEA,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    officer_id BYTEA,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, reference)
);
CREATE INDEX rights_request_state ON rights_request (controller_id, state, received_on);
CREATE INDEX rights_request_person ON rights_request (controller_id, person_id);

CREATE TABLE request_event (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    on_date TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    recorded_by BYTEA,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_source (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    source TEXT NOT NULL,
    result TEXT NOT NULL,
    items BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    answered_at BIGINT,
    PRIMARY KEY (controller_id, request_id, source),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_item (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    address BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX request_item_address ON request_item (controller_id, address);

-- One decision: about a person of the cast, a span of an item, a page or a whole item.
CREATE TABLE request_decision (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_approval (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    approved_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, staff_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_pack (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    address BYTEA NOT NULL,
    manifest_hash BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    sealed_by BYTEA NOT NULL,
    sealed_at BIGINT NOT NULL,
    released_at BIGINT,
    PRIMARY KEY (controller_id, request_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE import (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    source_blind BYTEA NOT NULL,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    started_by BYTEA NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX import_source ON import (controller_id, source_blind);

CREATE TABLE import_entry (
    controller_id BYTEA NOT NULL,
    import_id BYTEA NOT NULL,
    entry_blind BYTEA NOT NULL,
    result TEXT NOT NULL,
    why TEXT NOT NULL,
    record_id BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, import_id, entry_blind),
    FOREIGN KEY (controller_id, import_id) REFERENCES import (controller_id, id)
);

CREATE TABLE job (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    why TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX job_due ON job (controller_id, state, run_at);

-- The erasure ledger: which key was destroyed, when the rows went and when the copies did.
CREATE TABLE erasure (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    key_id BYTEA NOT NULL,
    pseudonym BYTEA NOT NULL,
    state TEXT NOT NULL,
    rows_deleted_at BIGINT NOT NULL,
    key_destroyed_at BIGINT,
    scrubbed_at BIGINT,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX erasure_state ON erasure (controller_id, state);

CREATE TABLE audit_entry (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    number BIGINT,
    leaf BYTEA NOT NULL,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    actor BYTEA NOT NULL,
    subject BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX audit_entry_subject ON audit_entry (controller_id, subject, id);
CREATE INDEX audit_entry_number ON audit_entry (controller_id, number);
CREATE INDEX audit_entry_actor ON audit_entry (controller_id, actor, id);
CREATE INDEX audit_entry_waiting ON audit_entry (controller_id, id) WHERE number IS NULL;

CREATE TABLE audit_head (
    controller_id BYTEA NOT NULL PRIMARY KEY REFERENCES controller (controller_id),
    size BIGINT NOT NULL
);

CREATE TABLE audit_hash (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    level BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (controller_id, level, position)
);

CREATE TABLE audit_checkpoint (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, size)
);

CREATE TABLE audit_cosignature (
    controller_id BYTEA NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT NOT NULL,
    line TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, size, witness),
    FOREIGN KEY (controller_id, size) REFERENCES audit_checkpoint (controller_id, size)
);

-- What this instance witnesses for others: the last checkpoint that it cosigned for each log.
CREATE TABLE witnessed_log (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    origin TEXT NOT NULL,
    log_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, origin)
);
