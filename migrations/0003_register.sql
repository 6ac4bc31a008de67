-- The register of processing activities. A version is a whole register as its files hold it, from a moment on;
-- it names no person. The purposes for which casework is held are worked out when a version is saved, so that
-- the gate reads one short row.

CREATE TABLE register_version (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    effective_from BIGINT NOT NULL,
    version TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX register_version_from ON register_version (controller_id, effective_from, made_at);

CREATE TABLE register_purposes (
    controller_id BYTEA NOT NULL,
    register_id BYTEA NOT NULL,
    effective_from BIGINT NOT NULL,
    purposes TEXT NOT NULL,
    PRIMARY KEY (controller_id, register_id, effective_from),
    FOREIGN KEY (controller_id, register_id) REFERENCES register_version (controller_id, id)
);
