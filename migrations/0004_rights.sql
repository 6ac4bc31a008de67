-- The rights other than access: what was found out, decided and done, and complaints.
-- Every table of the first group has the same columns: numbered rows of one request, sealed under the request's
-- key, so that they outlive the person's record as the evidence that the request was answered.

-- What the officer found out about a request of another right than access; the last row holds.
CREATE TABLE right_fact (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- The decision on such a request; the last row holds.
CREATE TABLE right_decision (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- What an erasure would destroy, counted before two people put their names to it.
CREATE TABLE erasure_plan (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- What was done, for the file and for the person.
CREATE TABLE right_certificate (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- Each recipient who must hear of a correction, erasure or restriction (Art 19), and what they answered.
CREATE TABLE recipient_telling (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- The stages of a complaint, each with its day; the last row is where it stands.
CREATE TABLE complaint_stage (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- Notes of an investigation: used for the complaint and nothing else (access rule 34).
CREATE TABLE complaint_note (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- A second look at an answer, by someone who did not give it, with the facts of the first copied.
CREATE TABLE internal_review (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- The regulator's case about a request or a complaint.
CREATE TABLE regulator_case (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    second_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id, number),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- The second group hangs on a person, is sealed under the person's key and goes with the person's erasure.

-- What a person says against what is recorded of them (Art 16 UK GDPR): shown wherever that is shown.
-- `about` names the record: `person`, or the identifier of a case, note or document.
CREATE TABLE person_statement (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    request_id BYTEA,
    about TEXT NOT NULL,
    state TEXT NOT NULL,
    since_on TEXT NOT NULL,
    told_on TEXT,
    ended_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    changed_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX person_statement_person ON person_statement (controller_id, person_id);

-- Uses that have stopped because the person objected (Art 21) or withdrew consent (Art 7(3)).
-- `about` lists the purposes that the gate no longer grants for this person; `person.stopped` repeats them.
CREATE TABLE processing_stop (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    request_id BYTEA,
    about TEXT NOT NULL,
    state TEXT NOT NULL,
    since_on TEXT NOT NULL,
    told_on TEXT,
    ended_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    changed_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX processing_stop_person ON processing_stop (controller_id, person_id);

-- Restrictions (Art 18). `about` is the ground; `told_on` is when the person was told that it would be lifted.
CREATE TABLE processing_restriction (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    request_id BYTEA,
    about TEXT NOT NULL,
    state TEXT NOT NULL,
    since_on TEXT NOT NULL,
    told_on TEXT,
    ended_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    changed_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX processing_restriction_person ON processing_restriction (controller_id, person_id);

-- Decisions that a computer took about a person (Arts 22A to 22D). `about` is the activity of the register.
CREATE TABLE automated_decision (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    request_id BYTEA,
    about TEXT NOT NULL,
    state TEXT NOT NULL,
    since_on TEXT NOT NULL,
    told_on TEXT,
    ended_on TEXT,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    changed_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id)
);
CREATE INDEX automated_decision_person ON automated_decision (controller_id, person_id);

-- Nobody is marketed to who asked us to stop. A row holds a keyed hash of an address or number and no person, so
-- that a stop outlives the erasure of the record and holds for people who were never recorded.
CREATE TABLE suppression (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    kind TEXT NOT NULL,
    blind BYTEA NOT NULL,
    channel TEXT NOT NULL,
    request_id BYTEA,
    since_on TEXT NOT NULL,
    ended_on TEXT,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, kind, blind, channel)
);

-- The purposes for which a person's record may no longer be used, as the gate reads them: `,service-delivery,`.
ALTER TABLE person ADD COLUMN stopped TEXT NOT NULL DEFAULT '';
