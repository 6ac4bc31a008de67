-- The inbox: what arrives by each channel until somebody moves it, the channels' own copies on their way
-- out, and the messages that go back. What is said in an item is sealed under a key of the item's own,
-- which is destroyed when the item is closed.

CREATE TABLE inbox_item (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    source_blind BYTEA NOT NULL,
    sender_kind TEXT NOT NULL,
    sender_blind BYTEA,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    content TEXT NOT NULL,
    limit_on TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    allocated_to BYTEA,
    allocated_at BIGINT,
    closed_by BYTEA,
    closed_at BIGINT,
    closed_as TEXT NOT NULL,
    person_id BYTEA,
    case_id BYTEA,
    kept_parts BIGINT NOT NULL,
    dropped_parts BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id),
    UNIQUE (controller_id, source_blind),
    FOREIGN KEY (controller_id, office_id) REFERENCES office (controller_id, id)
);
CREATE INDEX inbox_item_queue ON inbox_item (controller_id, office_id, state, limit_on);
CREATE INDEX inbox_item_sender ON inbox_item (controller_id, sender_kind, sender_blind);
CREATE INDEX inbox_item_person ON inbox_item (controller_id, person_id);
CREATE INDEX inbox_item_content ON inbox_item (controller_id, content);

CREATE TABLE inbox_part (
    controller_id BYTEA NOT NULL,
    item_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    address BYTEA,
    size BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (controller_id, item_id, number),
    FOREIGN KEY (controller_id, item_id) REFERENCES inbox_item (controller_id, id)
);
CREATE INDEX inbox_part_address ON inbox_part (controller_id, address);

-- The copy that a channel keeps of an item, or of a message that was sent. `sealed` holds the channel's
-- own name for it until it is gone.
CREATE TABLE channel_copy (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    ending TEXT NOT NULL,
    state TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    why TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT,
    asked_at BIGINT,
    over_at BIGINT,
    confirmed_by BYTEA,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX channel_copy_state ON channel_copy (controller_id, office_id, state);

CREATE TABLE channel_message (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    id BYTEA NOT NULL,
    office_id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    purpose TEXT NOT NULL,
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    person_id BYTEA,
    item_id BYTEA,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    content TEXT NOT NULL,
    recipient_blind BYTEA NOT NULL,
    reference_blind BYTEA,
    why TEXT NOT NULL,
    written_by BYTEA NOT NULL,
    written_at BIGINT NOT NULL,
    send_at BIGINT NOT NULL,
    sent_at BIGINT,
    over_at BIGINT,
    PRIMARY KEY (controller_id, id)
);
CREATE INDEX channel_message_person ON channel_message (controller_id, person_id);
CREATE INDEX channel_message_reference ON channel_message (controller_id, reference_blind);
CREATE INDEX channel_message_content ON channel_message (controller_id, content);
CREATE INDEX channel_message_office ON channel_message (controller_id, office_id, written_at);

-- Who asked for no more messages: a keyed hash of the number or address, so that the wish outlives the
-- person's record and is kept without knowing whose it is.
CREATE TABLE channel_opt_out (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    kind TEXT NOT NULL,
    blind BYTEA NOT NULL,
    how TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, kind, blind)
);

-- Who was warned, before the first answer, that the channel cannot be made safe; in which wording.
CREATE TABLE channel_warning (
    controller_id BYTEA NOT NULL REFERENCES controller (controller_id),
    channel TEXT NOT NULL,
    blind BYTEA NOT NULL,
    wording TEXT NOT NULL,
    message_id BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, channel, blind)
);
