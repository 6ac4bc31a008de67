-- The casebook in full: versions, relations, merges, what a case holds besides notes, drafts, joint work,
-- handing over, the accesses that a reviewer should look at; and of the network: partnerships, incidents
-- under investigation, adherence.

ALTER TABLE person ADD COLUMN merged_into BYTEA;
ALTER TABLE person ADD COLUMN watched BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX person_merged ON person (controller_id, merged_into);
CREATE INDEX person_staff ON person (controller_id, staff_id);

ALTER TABLE case_file ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE case_file ADD COLUMN worker_id BYTEA;
ALTER TABLE case_file ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX case_file_queue ON case_file (controller_id, office_id, status, opened_at);
CREATE INDEX case_file_worker ON case_file (controller_id, worker_id, status);

ALTER TABLE note ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- What a person's, case's or note's record said before each change.
CREATE TABLE record_version (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    object_id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    replaced_by BYTEA NOT NULL,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, object_id, version),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX record_version_person ON record_version (controller_id, person_id);

CREATE TABLE note_draft (
    controller_id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, case_id, staff_id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX note_draft_person ON note_draft (controller_id, person_id);

CREATE TABLE person_relation (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    other_id BYTEA NOT NULL,
    relation TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, person_id, other_id, relation),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, other_id) REFERENCES person (controller_id, id)
);
CREATE INDEX person_relation_other ON person_relation (controller_id, other_id);

-- A merge and what it moved, so that it can be undone.
CREATE TABLE person_merge (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    other_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    undone_by BYTEA,
    undone_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, other_id) REFERENCES person (controller_id, id)
);
CREATE INDEX person_merge_person ON person_merge (controller_id, person_id);
CREATE INDEX person_merge_other ON person_merge (controller_id, other_id);

-- A task, appointment, outcome, quality review or paper file. `starts_at` is when it is due or begins.
CREATE TABLE case_entry (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    office_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    staff_id BYTEA,
    starts_at BIGINT,
    ends_at BIGINT,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX case_entry_case ON case_entry (controller_id, case_id);
CREATE INDEX case_entry_person ON case_entry (controller_id, person_id, kind);
CREATE INDEX case_entry_diary ON case_entry (controller_id, office_id, kind, state, starts_at);
CREATE INDEX case_entry_staff ON case_entry (controller_id, staff_id, kind, state, starts_at);

-- A case that another office works on too, for a time.
CREATE TABLE case_share (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    ended_at BIGINT,
    made_by BYTEA NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX case_share_person ON case_share (controller_id, person_id, office_id);
CREATE INDEX case_share_office ON case_share (controller_id, office_id, valid_until);

-- A record that its home office offers to another, and the answer.
CREATE TABLE record_transfer (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    from_office BYTEA NOT NULL,
    to_office BYTEA NOT NULL,
    state TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    answered_by BYTEA,
    answered_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, from_office) REFERENCES office (controller_id, id),
    FOREIGN KEY (controller_id, to_office) REFERENCES office (controller_id, id)
);
CREATE INDEX record_transfer_to ON record_transfer (controller_id, to_office, state);
CREATE INDEX record_transfer_person ON record_transfer (controller_id, person_id, state);

-- An access that a reviewer of the record's home office should look at: one row for a worker, a person and a day.
CREATE TABLE odd_access (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    staff_id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    on_date TEXT NOT NULL,
    purpose TEXT NOT NULL,
    flags TEXT NOT NULL,
    refused BIGINT NOT NULL,
    at BIGINT NOT NULL,
    reviewed_by BYTEA,
    reviewed_at BIGINT,
    outcome TEXT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, staff_id, person_id, on_date, refused),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX odd_access_office ON odd_access (controller_id, office_id, reviewed_at, at);
CREATE INDEX odd_access_person ON odd_access (controller_id, person_id);

-- An agreement by which two offices work together.
CREATE TABLE partnership (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    other_office_id BYTEA NOT NULL,
    reference TEXT NOT NULL,
    about TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    ended_at BIGINT,
    made_by BYTEA NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, reference),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id),
    FOREIGN KEY (controller_id, other_office_id) REFERENCES office (controller_id, id)
);

-- An incident under investigation, by its number; what happened is in the breach register.
CREATE TABLE incident (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    reference TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    opened_by BYTEA NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, reference),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);

-- What is recorded of an office's adherence; the newest row counts.
CREATE TABLE adherence (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    agreement TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    training_on TEXT NOT NULL,
    reviewed_on TEXT NOT NULL,
    next_review TEXT NOT NULL,
    lapses_on TEXT NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX adherence_office ON adherence (controller_id, office_id, made_at);
