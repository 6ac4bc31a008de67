-- What the public pages need: a way back to one's request without an account, saved forms, papers sent to us,
-- one-time collection of the answer; letters that go out and mail that comes in.

-- How the asker of a request proves that it is theirs: a key from the link and a code. Only keyed hashes.
CREATE TABLE follow_access (
    controller_id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    key_blind BYTEA NOT NULL,
    code_blind BYTEA NOT NULL,
    failed BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, request_id),
    UNIQUE (controller_id, key_blind),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);

-- A browser in which the asker has proved it, for half an hour.
CREATE TABLE follow_visit (
    controller_id BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, token_hash),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX follow_visit_request ON follow_visit (controller_id, request_id);

-- A form that was saved to be finished later, sealed under a key that only its link holds.
CREATE TABLE ask_draft (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX ask_draft_expires ON ask_draft (controller_id, expires_at);

-- A link that gives the answer once.
CREATE TABLE pack_ticket (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    ticket_blind BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, ticket_blind),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX pack_ticket_request ON pack_ticket (controller_id, request_id);

-- A paper that the asker sent on the site: evidence of identity or authority, or an answer.
CREATE TABLE asker_file (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    address BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX asker_file_request ON asker_file (controller_id, request_id);
CREATE INDEX asker_file_address ON asker_file (controller_id, address);

-- A letter that goes out, by e-mail or on paper.
CREATE TABLE message (
    controller_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_by BYTEA,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
);
CREATE INDEX message_request ON message (controller_id, request_id, made_at);
CREATE INDEX message_state ON message (controller_id, state, made_at);

-- Mail that came in and may be a request, until someone has looked at it.
CREATE TABLE mail_item (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    message_blind BYTEA NOT NULL,
    state TEXT NOT NULL,
    sort TEXT NOT NULL,
    received_on TEXT NOT NULL,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    request_id BYTEA,
    made_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, message_blind)
);
CREATE INDEX mail_item_state ON mail_item (controller_id, state, made_at);

-- What the running site was found to set in a browser: counts only.
CREATE TABLE site_check (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    pages BIGINT NOT NULL,
    cookies BIGINT NOT NULL,
    unknown_cookies BIGINT NOT NULL,
    foreign_files BIGINT NOT NULL,
    without_contacts BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX site_check_made ON site_check (controller_id, made_at);
