-- The blind full-text index: a tsvector without positions; only keyed tokens.
CREATE TABLE search_entry (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    object_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    person_id BYTEA NOT NULL,
    tokens TSVECTOR NOT NULL,
    PRIMARY KEY (controller_id, object_id)
);
CREATE INDEX search_entry_person ON search_entry (controller_id, person_id);
CREATE INDEX search_entry_tokens ON search_entry USING GIN (tokens);
