-- The officer's desk: which service a request is about, the time it took, and the questions that colleagues answer by
-- a link without an account. Only the hash of a link's secret is kept.

CREATE TABLE request_service (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    service TEXT NOT NULL,
    PRIMARY KEY (controller_id, request_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_time (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    staff_id BYTEA,
    on_date TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX request_time_request ON request_time (controller_id, request_id);

CREATE TABLE source_question (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    source TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT NOT NULL,
    chased BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    asked_by BYTEA,
    asked_at BIGINT NOT NULL,
    chased_at BIGINT,
    answered_at BIGINT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, token_hash),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX source_question_request ON source_question (controller_id, request_id);
