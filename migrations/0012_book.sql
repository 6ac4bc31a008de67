-- Minimisation, counted by day: what was recorded under which special-category condition, what was refused for want of
-- one, and what was kept for a reason although it was pointed out. A count names nobody and no record.

CREATE TABLE minimise_count (
    controller_id BYTEA NOT NULL,
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    area TEXT NOT NULL,
    basis TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (controller_id, day, what, area, basis)
);

-- What was disposed of and the certificates, for the key store: a copy goes there as soon as the act is over, so that a
-- restore of an older backup can dispose of it again. A row names its object by a pseudonym alone.
CREATE TABLE disposal_tombstone (
    controller_id BYTEA NOT NULL,
    run_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    pseudonym BYTEA NOT NULL,
    content TEXT NOT NULL,
    disposed_at BIGINT NOT NULL,
    copied BIGINT NOT NULL,
    PRIMARY KEY (controller_id, run_id, number)
);
CREATE INDEX disposal_tombstone_copied ON disposal_tombstone (copied);
