-- Review: what reading the items of a request gave, kept so that turning a page or deciding does not read a
-- file again; the people found in them; notes, a second person's checks, and the work done in the background.
-- Everything that names a person is sealed under the request's key.

-- Part 0 is the text with what was found in it; part n is where the words of page n stand.
CREATE TABLE request_reading (
    controller_id BYTEA NOT NULL,
    item_id BYTEA NOT NULL,
    part BIGINT NOT NULL,
    request_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, item_id, part),
    FOREIGN KEY (controller_id, item_id) REFERENCES request_item (controller_id, id)
);
CREATE INDEX request_reading_of ON request_reading (controller_id, request_id);

-- The people whom the items mention, and how often each item mentions each.
CREATE TABLE request_cast (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

CREATE TABLE request_note (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    written_by BYTEA NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- A second person's look at one decision: `agreed` or `queried`.
CREATE TABLE request_check (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    staff_id BYTEA NOT NULL,
    result TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number, staff_id),
    FOREIGN KEY (controller_id, request_id, number) REFERENCES request_decision (controller_id, request_id, number)
);

-- The last job of each kind of a request.
CREATE TABLE request_job (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    job_id BYTEA NOT NULL,
    PRIMARY KEY (controller_id, request_id, kind),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- An approval that a change made void is kept, so that its giver sees what changed since.
ALTER TABLE request_approval ADD COLUMN voided_at BIGINT;
