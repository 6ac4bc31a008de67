-- Sharing: what people permit, what was given to whom and why, what was released of figures and extracts.

-- A consent or an authority to act. `code_blind` finds it by the code on the receipt.
CREATE TABLE permission (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    given_on TEXT NOT NULL,
    until_on TEXT,
    withdrawn_at BIGINT,
    relied_on_at BIGINT,
    code_blind BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    recorded_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, code_blind),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id)
);
CREATE INDEX permission_person ON permission (controller_id, person_id);
CREATE INDEX permission_until ON permission (controller_id, until_on);

-- Given, renewed, withdrawn: rows are added and never changed.
CREATE TABLE permission_event (
    controller_id BYTEA NOT NULL,
    permission_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    person_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    on_date TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    recorded_by BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, permission_id, number),
    FOREIGN KEY (controller_id, permission_id) REFERENCES permission (controller_id, id)
);
CREATE INDEX permission_event_person ON permission_event (controller_id, person_id);

-- Every time that data left or was to leave, referrals included. The ground is sealed: it can say of
-- what a person is suspected.
CREATE TABLE disclosure (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    permission_id BYTEA,
    state TEXT NOT NULL,
    telling TEXT NOT NULL,
    tell_by TEXT,
    sealed BYTEA NOT NULL,
    content_hash BYTEA,
    content_sealed BYTEA,
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    authorised_by BYTEA,
    authorised_at BIGINT,
    sent_by BYTEA,
    sent_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, permission_id) REFERENCES permission (controller_id, id)
);
CREATE INDEX disclosure_person ON disclosure (controller_id, person_id);
CREATE INDEX disclosure_state ON disclosure (controller_id, state, proposed_at);

CREATE TABLE referral (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    permission_id BYTEA,
    disclosure_id BYTEA,
    state TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT,
    closed_at BIGINT,
    purge_asked_at BIGINT,
    purge_confirmed_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, person_id) REFERENCES person (controller_id, id),
    FOREIGN KEY (controller_id, case_id) REFERENCES case_file (controller_id, id),
    FOREIGN KEY (controller_id, permission_id) REFERENCES permission (controller_id, id),
    FOREIGN KEY (controller_id, disclosure_id) REFERENCES disclosure (controller_id, id)
);
CREATE INDEX referral_person ON referral (controller_id, person_id);
CREATE INDEX referral_state ON referral (controller_id, state, made_at);
CREATE INDEX referral_permission ON referral (controller_id, permission_id);

-- Who has stopped marketing, by a keyed hash of the address or number, so that it outlives the record.
CREATE TABLE marketing_stop (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    address_blind BYTEA NOT NULL,
    channel TEXT NOT NULL,
    stopped_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, address_blind, channel)
);

-- Figures that were released: `content` as it was shown, `sealed` the exact counts, to hold later ones against.
CREATE TABLE statistics_release (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    first_month TEXT NOT NULL,
    last_month TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    round_to BIGINT NOT NULL,
    content TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    released_by BYTEA NOT NULL,
    released_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);

-- A research project has a data key of its own, from which its pseudonyms are made: destroying the key ends
-- every way back to a person.
CREATE TABLE research_project (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    key_id BYTEA NOT NULL,
    fields TEXT NOT NULL,
    least_alike BIGINT NOT NULL,
    until_on TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (controller_id, id)
);

CREATE TABLE research_extract (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    project_id BYTEA NOT NULL,
    rows_given BIGINT NOT NULL,
    rows_dropped BIGINT NOT NULL,
    smallest_group BIGINT NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, project_id) REFERENCES research_project (controller_id, id)
);

-- A permit to find the person behind a pseudonym: asked for by one person, granted by another.
CREATE TABLE reidentification (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    project_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    asked_by BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    granted_by BYTEA,
    granted_at BIGINT,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, project_id) REFERENCES research_project (controller_id, id)
);

-- Answers to surveys that ask for no name and no contact: tied to nobody.
CREATE TABLE survey_answer (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    form TEXT NOT NULL,
    answered_on TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX survey_answer_form ON survey_answer (controller_id, form, answered_on);
