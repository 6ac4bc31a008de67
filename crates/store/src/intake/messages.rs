//! Messages to people: written with the act that decides them, handed on by a job, kept only until they
//! arrive. What was said stands in the case.

use counterfoil_domain::access::ResourceKind;
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::ids::{ChannelMessageId, InboxItemId, OfficeId, PersonId, StaffId};
use counterfoil_domain::intake::{Channel, CopyEvent, Delivery, Ending, MessagePurpose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::copies::{Errand, NewCopy};
use crate::access::PersonFacts;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Terms;
use crate::seal::aead::{KeyId, Place};
use crate::tx::{After, Tx};

/// The kind of job that hands a message on.
pub const DELIVER: &str = "channel.deliver";

/// The sealed part of a message, while it is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessageText {
    /// The address or number.
    pub to: String,
    /// The subject of an e-mail.
    pub subject: String,
    /// The words.
    pub words: String,
    /// The channel's name of what it answers.
    pub thread: String,
}

/// A message that is to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Who sends it.
    pub office: OfficeId,
    /// How.
    pub channel: Channel,
    /// Through which provider.
    pub provider: String,
    /// What for.
    pub purpose: MessagePurpose,
    /// The template's name; empty for free words.
    pub template: String,
    /// Whose record it belongs to.
    pub person: Option<PersonId>,
    /// The item that it answers.
    pub item: Option<InboxItemId>,
    /// Its address and words.
    pub text: MessageText,
    /// When it may go.
    pub send_at: Timestamp,
}

/// A message as it stands; its words are gone once it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: ChannelMessageId,
    /// Who sent it.
    pub office: OfficeId,
    /// How.
    pub channel: Channel,
    /// Through which provider.
    pub provider: String,
    /// What for.
    pub purpose: MessagePurpose,
    /// The template's name.
    pub template: String,
    /// Where it stands.
    pub state: Delivery,
    /// Whose record it belongs to.
    pub person: Option<PersonId>,
    /// The item that it answers.
    pub item: Option<InboxItemId>,
    /// Why it was not sent, without personal data.
    pub why: String,
    /// Who wrote it.
    pub written_by: Option<StaffId>,
    /// When.
    pub written_at: Timestamp,
    /// When it may go.
    pub send_at: Timestamp,
    /// When the provider took it.
    pub sent_at: Option<Timestamp>,
    /// When nothing more was expected.
    pub over_at: Option<Timestamp>,
    key: KeyId,
    held: bool,
}

/// What came of handing a message on, or of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The state.
    pub state: Delivery,
    /// Why, without personal data.
    pub why: &'a str,
    /// Nothing more is waited for, whatever the state.
    pub last: bool,
}

const fn place(id: &ChannelMessageId) -> Place<'_> {
    Place { table: "channel_message", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, office_id, channel, provider, purpose, template, state, person_id, item_id, why, \
                       written_by, written_at, send_at, sent_at, over_at, key_id, content";

fn decode(column: &'static str) -> StoreError {
    StoreError::Decode { table: "channel_message", column, row: 0, why: "not a known word" }
}

fn message(row: &Row) -> Result<Message> {
    Ok(Message {
        id: row.get(0, "id")?,
        office: row.get(1, "office_id")?,
        channel: row.get::<String>(2, "channel")?.parse().map_err(|_| decode("channel"))?,
        provider: row.get(3, "provider")?,
        purpose: row.get::<String>(4, "purpose")?.parse().map_err(|_| decode("purpose"))?,
        template: row.get(5, "template")?,
        state: row.get::<String>(6, "state")?.parse().map_err(|_| decode("state"))?,
        person: row.get(7, "person_id")?,
        item: row.get(8, "item_id")?,
        why: row.get(9, "why")?,
        written_by: row.get(10, "written_by")?,
        written_at: row.get(11, "written_at")?,
        send_at: row.get(12, "send_at")?,
        sent_at: row.get(13, "sent_at")?,
        over_at: row.get(14, "over_at")?,
        key: KeyId(row.get(15, "key_id")?),
        held: row.get::<String>(16, "content")? == "held",
    })
}

/// What a channel's addresses are.
#[must_use]
pub const fn kind_of(channel: Channel) -> IdentityKind {
    match channel {
        Channel::Email | Channel::WebEnquiry | Channel::Referral | Channel::Chat => IdentityKind::Email,
        _ => IdentityKind::Phone,
    }
}

impl Tx<'_> {
    /// Writes a message and queues its sending. The words are to be written into the case in the same act.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn write_message(&mut self, new: &NewMessage, terms: &Terms) -> Result<ChannelMessageId> {
        let id = ChannelMessageId::from_bytes(self.fresh_id());
        let facts = self.message_facts(new.person)?;
        self.permit_house(ResourceKind::Message, *id.as_bytes(), new.office, Some(facts), terms)?;
        let key = self.fresh_key()?;
        let sealed = self.seal(key, place(&id), &new.text)?;
        let recipient = self.channel_blind(kind_of(new.channel), &new.text.to)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "INSERT INTO channel_message (controller_id, id, office_id, channel, provider, purpose, template, state, \
             person_id, item_id, key_id, sealed, content, recipient_blind, why, written_by, written_at, send_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11, 'held', $15, '', $12, $13, $14)",
            &[
                self.controller().into(),
                id.into(),
                new.office.into(),
                new.channel.code().into(),
                (&new.provider).into(),
                new.purpose.code().into(),
                (&new.template).into(),
                new.person.into(),
                new.item.into(),
                key.0.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
                new.send_at.into(),
                recipient.into(),
            ],
        )?;
        self.queue(DELIVER, None, &Errand { id: *id.as_bytes() }, new.send_at)?;
        Ok(id)
    }

    fn message_facts(&mut self, person: Option<PersonId>) -> Result<PersonFacts> {
        match person {
            None => self.nobody(),
            Some(person) => match self.person_facts(person) {
                Ok((_, facts)) => Ok(facts),
                Err(StoreError::NotFound(_)) => self.nobody(),
                Err(e) => Err(e),
            },
        }
    }

    /// Opens a message for the act's verb: with its words while they are held.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`].
    pub fn open_message(&mut self, id: ChannelMessageId) -> Result<(Message, Option<MessageText>)> {
        let sql =
            format!("SELECT {COLUMNS}, sealed FROM channel_message WHERE controller_id = $1 AND id = $2");
        let rows = self.query("channel_message", &sql, &[self.controller().into(), id.into()])?;
        let row = rows.first().ok_or(StoreError::NotFound("message"))?;
        let message = message(row)?;
        let facts = self.message_facts(message.person)?;
        let terms = Terms::default();
        self.permit_house(ResourceKind::Message, *id.as_bytes(), message.office, Some(facts), &terms)?;
        let text = if message.held {
            Some(self.open(place(&id), &row.get::<Vec<u8>>(17, "sealed")?)?)
        } else {
            None
        };
        Ok((message, text))
    }

    /// The message that a provider's receipt is about; only its keyed hash is known.
    ///
    /// # Errors
    /// What the database answers.
    pub fn message_of_reference(
        &mut self,
        provider: &str,
        reference: &str,
    ) -> Result<Option<ChannelMessageId>> {
        let blind = self.reference_blind(provider, reference);
        let rows = self.query(
            "channel_message",
            "SELECT id FROM channel_message WHERE controller_id = $1 AND reference_blind = $2",
            &[self.controller().into(), blind.into()],
        )?;
        rows.first().map(|r| r.get(0, "id")).transpose()
    }

    fn reference_blind(&self, provider: &str, reference: &str) -> [u8; 16] {
        let kind = format!("message-reference/{provider}");
        self.store.blind.identity(self.controller().as_bytes(), &kind, reference)
    }

    /// Notes that the provider took a message, under its own name for it, and that it keeps a copy.
    ///
    /// # Errors
    /// What the database answers.
    pub fn message_taken(
        &mut self,
        message: &Message,
        reference: &str,
        ending: Ending,
        ends_at: Option<Timestamp>,
    ) -> Result<()> {
        let blind = self.reference_blind(&message.provider, reference);
        self.execute(
            "UPDATE channel_message SET reference_blind = $3, sent_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), message.id.into(), blind.into(), self.now.into()],
        )?;
        if ending != Ending::NoCopy {
            self.note_copy(&NewCopy {
                id: message.id.as_bytes(),
                office: message.office,
                provider: &message.provider,
                channel: message.channel,
                ending,
                reference,
                ends_at,
            })?;
        }
        Ok(())
    }

    /// Moves a message on. Once it is over its words go, its key is destroyed after the commit, and the
    /// provider's copy is set on its way out.
    ///
    /// # Errors
    /// What the database answers.
    pub fn message_step(&mut self, message: &Message, step: Step<'_>) -> Result<Delivery> {
        let to = message.state.after(step.state);
        let over = to.is_over() || (to == Delivery::Sent && !message.channel.tells_arrival()) || step.last;
        self.execute(
            "UPDATE channel_message SET state = $3, why = $4, over_at = COALESCE(over_at, $5) \
             WHERE controller_id = $1 AND id = $2",
            &[
                self.controller().into(),
                message.id.into(),
                to.code().into(),
                step.why.into(),
                over.then_some(self.now).into(),
            ],
        )?;
        if over && message.held {
            self.empty_message(message)?;
            self.move_copy(message.id.as_bytes(), CopyEvent::ItemClosed)?;
        }
        Ok(to)
    }

    fn empty_message(&mut self, message: &Message) -> Result<()> {
        let controller = self.controller();
        self.execute(
            "UPDATE channel_message SET sealed = $3, content = 'emptied' WHERE controller_id = $1 AND id = $2",
            &[controller.into(), message.id.into(), Vec::new().into()],
        )?;
        let row = *message.id.as_bytes();
        self.follow_with(After::DestroyContentKey {
            controller,
            table: "channel_message",
            row,
            key: message.key,
        });
        Ok(())
    }

    /// The messages of a person's record, the newest first; their words are in the case.
    ///
    /// # Errors
    /// What the database answers.
    pub fn messages_to(&mut self, person: PersonId, most: u32) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM channel_message WHERE controller_id = $1 AND person_id = $2 \
             ORDER BY written_at DESC, id DESC LIMIT $3"
        );
        let params = [self.controller().into(), person.into(), most.into()];
        self.query("channel_message", &sql, &params)?.iter().map(message).collect()
    }

    /// The messages that answered an item.
    ///
    /// # Errors
    /// What the database answers.
    pub fn messages_on(&mut self, item: InboxItemId) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM channel_message WHERE controller_id = $1 AND item_id = $2 ORDER BY written_at, id"
        );
        self.query("channel_message", &sql, &[self.controller().into(), item.into()])?
            .iter()
            .map(message)
            .collect()
    }

    /// The messages of an office that did not reach anyone, the newest first: somebody must find another way.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn messages_failed(&mut self, office: OfficeId, most: u32) -> Result<Vec<Message>> {
        self.permit_inbox(office, &Terms::default())?;
        let sql = format!(
            "SELECT {COLUMNS} FROM channel_message WHERE controller_id = $1 AND office_id = $2 \
             AND state IN ('temporary-failure', 'permanent-failure', 'technical-failure') \
             ORDER BY written_at DESC, id DESC LIMIT $3"
        );
        let params = [self.controller().into(), office.into(), most.into()];
        self.query("channel_message", &sql, &params)?.iter().map(message).collect()
    }

    /// Notes that messages to an address or number are stopped (`wanted` false) or wanted again.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the value is none of that kind.
    pub fn set_opt_out(&mut self, kind: IdentityKind, value: &str, wanted: bool, how: &str) -> Result<()> {
        let blind = self.channel_blind(kind, value)?;
        let (controller, kind) = (self.controller(), kind.as_str());
        if wanted {
            return self
                .execute(
                    "DELETE FROM channel_opt_out WHERE controller_id = $1 AND kind = $2 AND blind = $3",
                    &[controller.into(), kind.into(), blind.into()],
                )
                .map(|_| ());
        }
        self.execute(
            "INSERT INTO channel_opt_out (controller_id, kind, blind, how, made_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (controller_id, kind, blind) DO NOTHING",
            &[controller.into(), kind.into(), blind.into(), how.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Whether messages to an address or number are stopped.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the value is none of that kind.
    pub fn opted_out(&mut self, kind: IdentityKind, value: &str) -> Result<bool> {
        let blind = self.channel_blind(kind, value)?;
        let params = [self.controller().into(), kind.as_str().into(), blind.into()];
        let rows = self.query(
            "channel_opt_out",
            "SELECT 1 FROM channel_opt_out WHERE controller_id = $1 AND kind = $2 AND blind = $3",
            &params,
        )?;
        Ok(!rows.is_empty())
    }

    /// The keyed hash of an address as the channels know it: apart from the index of persons, so that the
    /// two cannot be laid side by side.
    fn channel_blind(&self, kind: IdentityKind, value: &str) -> Result<[u8; 16]> {
        let value = identity::normalise(kind, value)
            .ok_or_else(|| StoreError::Invalid(format!("this is not a {}: check it", kind.as_str())))?;
        Ok(self.store.blind.identity(
            self.controller().as_bytes(),
            &format!("channel/{}", kind.as_str()),
            &value,
        ))
    }

    /// Notes that a person was warned about a channel, by which message and in which wording. A first
    /// warning stays.
    ///
    /// # Errors
    /// What the database answers.
    pub fn note_warning(
        &mut self,
        channel: Channel,
        number: &str,
        wording: &str,
        by: ChannelMessageId,
    ) -> Result<()> {
        let blind = self.channel_blind(IdentityKind::Phone, number)?;
        self.execute(
            "INSERT INTO channel_warning (controller_id, channel, blind, wording, message_id, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (controller_id, channel, blind) DO NOTHING",
            &[
                self.controller().into(),
                channel.code().into(),
                blind.into(),
                wording.into(),
                by.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Whether the warning of a number has left: an answer waits for it. One whose message went with a
    /// person's record was sent before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn warning_sent(&mut self, channel: Channel, number: &str) -> Result<bool> {
        let blind = self.channel_blind(IdentityKind::Phone, number)?;
        let rows = self.query(
            "channel_warning",
            "SELECT m.sent_at, m.id FROM channel_warning w LEFT JOIN channel_message m \
             ON m.controller_id = w.controller_id AND m.id = w.message_id \
             WHERE w.controller_id = $1 AND w.channel = $2 AND w.blind = $3",
            &[self.controller().into(), channel.code().into(), blind.into()],
        )?;
        let Some(row) = rows.first() else { return Ok(false) };
        let sent: Option<Timestamp> = row.get(0, "sent_at")?;
        Ok(sent.is_some() || row.get::<Option<ChannelMessageId>>(1, "id")?.is_none())
    }

    /// When a number was warned about a channel.
    ///
    /// # Errors
    /// What the database answers.
    pub fn warned(&mut self, channel: Channel, number: &str) -> Result<Option<Timestamp>> {
        let blind = self.channel_blind(IdentityKind::Phone, number)?;
        let rows = self.query(
            "channel_warning",
            "SELECT made_at FROM channel_warning WHERE controller_id = $1 AND channel = $2 AND blind = $3",
            &[self.controller().into(), channel.code().into(), blind.into()],
        )?;
        rows.first().map(|r| r.get(0, "made_at")).transpose()
    }
}
