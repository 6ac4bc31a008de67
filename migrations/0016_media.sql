-- Pictures, sound and film: what became of the regions recorded with them in a rights request; recordings of calls and
-- messages as records of their own; and of how many systems a sealed answer was asked.

-- Counts alone, of an item of a request: how many regions are recorded, how many of somebody else, and of these how
-- many were given by a decision and how many are covered or silent in the sealed copy, as it was read again.
CREATE TABLE request_media (
    controller_id BYTEA NOT NULL,
    item_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    regions BIGINT NOT NULL,
    others BIGINT NOT NULL,
    given BIGINT NOT NULL,
    covered BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, item_id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX request_media_request ON request_media (controller_id, request_id);

-- What makes a document a recording: by which channel, from which system, whether the caller was told at the start, and
-- when it was made. Its content, its versions and its words are the document's.
CREATE TABLE recording (
    controller_id BYTEA NOT NULL,
    document_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    office_id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    told TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, document_id),
    FOREIGN KEY (controller_id, document_id) REFERENCES document (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX recording_person ON recording (controller_id, person_id);
CREATE INDEX recording_case ON recording (controller_id, case_id);
CREATE INDEX recording_office ON recording (controller_id, office_id, recorded_at);

-- How many systems of the register there were when a pack was sealed, and how many of them had not answered.
ALTER TABLE request_pack ADD COLUMN systems BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request_pack ADD COLUMN systems_unasked BIGINT NOT NULL DEFAULT 0;
