-- Retention that disposes: holds, what is proposed, who approved it, what became of each item, and the proof.

-- Why a record must not be disposed of or erased. `person.legal_hold` says that one of these is not lifted.
CREATE TABLE legal_hold (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    placed_by BYTEA NOT NULL,
    placed_at BIGINT NOT NULL,
    lifted_by BYTEA,
    lifted_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX legal_hold_person ON legal_hold (controller_id, person_id);

-- What was found of a case whose time by the rule for adults has come: the rule that applies, and whether its time
-- has come. `look_at` is the first of a month or a year, so that it tells no date of birth.
CREATE TABLE retention_mark (
    controller_id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    rule TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    ready BIGINT NOT NULL,
    look_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, case_id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX retention_mark_person ON retention_mark (controller_id, person_id);

-- A round of looking: counts only.
CREATE TABLE retention_look (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    dated BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    due BIGINT NOT NULL,
    overdue BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX retention_look_made ON retention_look (controller_id, made_at);

CREATE TABLE disposal_run (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    reference TEXT NOT NULL,
    rule TEXT NOT NULL,
    authority TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    items BIGINT NOT NULL,
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    approved_by BYTEA,
    approved_at BIGINT,
    ended_by BYTEA,
    ended_at BIGINT,
    certificate TEXT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, reference)
);
CREATE INDEX disposal_run_state ON disposal_run (controller_id, state, proposed_at);

-- One case, person or rights request of a run. Once it was disposed of, neither names nor seals anything.
CREATE TABLE disposal_item (
    controller_id BYTEA NOT NULL,
    run_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    person_id BYTEA,
    object_id BYTEA,
    sealed BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,
    deleted TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, run_id, number),
    FOREIGN KEY (controller_id, run_id) REFERENCES disposal_run (controller_id, id)
);
CREATE INDEX disposal_item_object ON disposal_item (controller_id, object_id);
CREATE INDEX disposal_item_person ON disposal_item (controller_id, person_id);
CREATE INDEX disposal_item_outcome ON disposal_item (controller_id, run_id, outcome);
