-- The blind full-text index: FTS5 without content or positions, only keyed tokens.
CREATE TABLE search_entry (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    object_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    person_id BYTEA NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (controller_id, object_id)
);
CREATE UNIQUE INDEX search_entry_place ON search_entry (controller_id, place);
CREATE INDEX search_entry_person ON search_entry (controller_id, person_id);
CREATE VIRTUAL TABLE search_tokens USING fts5 (
    tokens, content='', contentless_delete=1, detail=none, tokenize="ascii"
);
