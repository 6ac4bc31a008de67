//! Items of the inbox: what arrived, sealed under a key of its own until somebody moves it.
//!
//! INVARIANT: once an item is closed, its words are in no row and no file of the inbox, and the key that
//! sealed them is destroyed. A crash in between is finished at the next start.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::ids::{CaseId, ControllerId, InboxItemId, OfficeId, PersonId, StaffId};
use counterfoil_domain::intake::{Channel, CopyEvent, Ending, ItemState, PartKind};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::access::{PersonFacts, Question, Resource};
use crate::casebook::documents::content_place;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::permit::Terms;
use crate::seal::aead::{KeyId, Place};
use crate::store::Store;
use crate::tx::{After, Tx};

/// The sealed part of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemText {
    /// Who sent it, as the channel says.
    pub from: String,
    /// The address or number to answer.
    pub address: String,
    /// The subject, or the first words.
    pub subject: String,
    /// The language that the sender asks for.
    pub language: String,
    /// How the sender may safely be reached, in their words.
    pub contact_rules: String,
    /// The channel's own name of the conversation, for an answer in its thread.
    pub thread: String,
}

/// The sealed part of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PartText {
    /// What it is called: the field of a form, the name of a file.
    pub name: String,
    /// Its media type; empty for words.
    pub media_type: String,
    /// The words themselves; empty for a file.
    pub words: String,
    /// Of a recording: whether the person was told, by its code; empty when nothing says so.
    pub told: String,
}

/// A part that arrives.
#[derive(Debug, Clone, Default)]
pub struct NewPart {
    /// What it is, by its code.
    pub kind: Option<PartKind>,
    /// Its name and words.
    pub text: PartText,
    /// The bytes of a file.
    pub content: Option<Vec<u8>>,
}

/// Something that arrived.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Whose inbox.
    pub office: OfficeId,
    /// How.
    pub channel: Channel,
    /// The provider, by its name in the configuration; empty for the site itself.
    pub provider: String,
    /// The channel's own name for it: the same thing taken in twice is one item.
    pub source: String,
    /// The address or number that it came from, if the channel tells.
    pub sender: Option<(IdentityKind, String)>,
    /// What it says.
    pub text: ItemText,
    /// Its parts.
    pub parts: Vec<NewPart>,
    /// The day by which it must be moved.
    pub limit: Date,
    /// When it came in.
    pub received_at: Timestamp,
    /// How the channel's copy ends.
    pub ending: Ending,
    /// For a copy that ends by itself: when.
    pub ends_at: Option<Timestamp>,
}

/// A part of an open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number in the item, from 1.
    pub number: i64,
    /// What it is.
    pub kind: PartKind,
    /// Its name and words.
    pub text: PartText,
    /// Where the bytes of a file are.
    pub address: Option<Address>,
    /// Its size in bytes.
    pub size: i64,
}

/// An item as the queue shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// Which.
    pub id: InboxItemId,
    /// Whose inbox.
    pub office: OfficeId,
    /// How it came.
    pub channel: Channel,
    /// The provider.
    pub provider: String,
    /// Where it stands.
    pub state: ItemState,
    /// Who and what about; `None` once closed, and for whom it is not to see.
    pub text: Option<ItemText>,
    /// The day by which it must be moved.
    pub limit: Date,
    /// When it came in.
    pub received_at: Timestamp,
    /// Who has it.
    pub allocated_to: Option<StaffId>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How it was closed: a reason, or where the person was sent. Names nobody.
    pub closed_as: String,
    /// How many parts went on, and how many were dropped.
    pub parts: (i64, i64),
    /// Whose record it was moved to.
    pub person: Option<PersonId>,
    /// The case that it was moved to.
    pub case: Option<CaseId>,
    /// What is left of its words here: `held`, `emptied`, `key-destroyed` or `scrubbed`.
    pub content: String,
    sender: Option<(IdentityKind, [u8; 16])>,
    key: KeyId,
    version: i64,
}

/// An open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub line: ItemLine,
    /// What it says.
    pub text: ItemText,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// How an item ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The state.
    pub to: ItemState,
    /// A reason, or where the person was sent. Names nobody.
    pub how: String,
    /// Whose record it went to.
    pub person: Option<PersonId>,
    /// The case.
    pub case: Option<CaseId>,
    /// How many parts went on.
    pub kept: usize,
}

const fn place(item: &InboxItemId) -> Place<'_> {
    Place { table: "inbox_item", column: "sealed", row: item.as_bytes() }
}

fn numbered(item: InboxItemId, number: i64) -> [u8; 24] {
    let mut row = [0; 24];
    let (id, n) = row.split_at_mut(16);
    id.copy_from_slice(item.as_bytes());
    n.copy_from_slice(&number.to_be_bytes());
    row
}

const COLUMNS: &str = "id, office_id, channel, provider, state, sealed, limit_on, received_at, allocated_to, \
                       closed_at, closed_as, kept_parts, dropped_parts, person_id, case_id, content, \
                       sender_kind, sender_blind, key_id, version";

fn decode(column: &'static str) -> StoreError {
    StoreError::Decode { table: "inbox_item", column, row: 0, why: "not a known word" }
}

fn line(row: &Row) -> Result<(ItemLine, Vec<u8>)> {
    let kind = IdentityKind::named(&row.get::<String>(16, "sender_kind")?);
    let blind: Option<[u8; 16]> = row.get(17, "sender_blind")?;
    let line = ItemLine {
        id: row.get(0, "id")?,
        office: row.get(1, "office_id")?,
        channel: row.get::<String>(2, "channel")?.parse().map_err(|_| decode("channel"))?,
        provider: row.get(3, "provider")?,
        state: row.get::<String>(4, "state")?.parse().map_err(|_| decode("state"))?,
        text: None,
        limit: row.get(6, "limit_on")?,
        received_at: row.get(7, "received_at")?,
        allocated_to: row.get(8, "allocated_to")?,
        closed_at: row.get(9, "closed_at")?,
        closed_as: row.get(10, "closed_as")?,
        parts: (row.get(11, "kept_parts")?, row.get(12, "dropped_parts")?),
        person: row.get(13, "person_id")?,
        case: row.get(14, "case_id")?,
        content: row.get(15, "content")?,
        sender: kind.zip(blind),
        key: KeyId(row.get(18, "key_id")?),
        version: row.get(19, "version")?,
    };
    Ok((line, row.get(5, "sealed")?))
}

impl Tx<'_> {
    /// Takes in what arrived, under a permit to receive for its office. What was taken in before is left
    /// as it is.
    ///
    /// # Errors
    /// A refusal of the gate, a full disk, or what the database answers.
    pub fn receive_item(&mut self, new: &NewItem, terms: &Terms) -> Result<(InboxItemId, bool)> {
        let controller = self.controller();
        let id = InboxItemId::from_bytes(self.fresh_id());
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Message, *id.as_bytes(), new.office, Some(nobody), terms)?;
        let source = self.store.blind.identity(controller.as_bytes(), "inbox-source", &new.source);
        if let Some(known) = self.item_of_source(&source)? {
            return Ok((known, false));
        }
        let key = self.fresh_key()?;
        let sealed = self.seal(key, place(&id), &new.text)?;
        let sender = new.sender.as_ref().and_then(|(kind, value)| {
            let value = identity::normalise(*kind, value)?;
            Some((*kind, self.store.blind.identity(controller.as_bytes(), kind.as_str(), &value)))
        });
        self.execute(
            "INSERT INTO inbox_item (controller_id, id, office_id, channel, provider, state, source_blind, \
             sender_kind, sender_blind, key_id, sealed, content, limit_on, received_at, closed_as, kept_parts, \
             dropped_parts, version) \
             VALUES ($1, $2, $3, $4, $5, 'new', $6, $7, $8, $9, $10, 'held', $11, $12, '', 0, 0, 1)",
            &[
                controller.into(),
                id.into(),
                new.office.into(),
                new.channel.code().into(),
                (&new.provider).into(),
                source.into(),
                sender.map_or("", |(kind, _)| kind.as_str()).into(),
                sender.map(|(_, blind)| blind).into(),
                key.0.into(),
                sealed.into(),
                new.limit.into(),
                new.received_at.into(),
            ],
        )?;
        for (number, part) in (1..).zip(&new.parts) {
            self.add_part(id, key, number, part)?;
        }
        self.note_copy_of(id, new)?;
        Ok((id, true))
    }

    fn item_of_source(&mut self, source: &[u8; 16]) -> Result<Option<InboxItemId>> {
        let rows = self.query(
            "inbox_item",
            "SELECT id FROM inbox_item WHERE controller_id = $1 AND source_blind = $2",
            &[self.controller().into(), source.into()],
        )?;
        rows.first().map(|r| r.get(0, "id")).transpose()
    }

    fn add_part(&mut self, item: InboxItemId, key: KeyId, number: i64, part: &NewPart) -> Result<()> {
        let row = numbered(item, number);
        let place = Place { table: "inbox_part", column: "sealed", row: &row };
        let sealed = self.seal(key, place, &part.text)?;
        let address = match &part.content {
            None => None,
            Some(content) => {
                let address = self.store.blind.content_address(item.as_bytes(), content);
                let sealed = self.seal_bytes(key, content_place(&address), content)?;
                self.store.files.keep(&address, &sealed)?;
                Some(address)
            }
        };
        let size = part.content.as_ref().map_or(part.text.words.len(), Vec::len);
        self.execute(
            "INSERT INTO inbox_part (controller_id, item_id, number, kind, address, size, sealed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                self.controller().into(),
                item.into(),
                number.into(),
                part.kind.unwrap_or(PartKind::Words).code().into(),
                address.into(),
                i64::try_from(size).unwrap_or(i64::MAX).into(),
                sealed.into(),
            ],
        )
        .map(|_| ())
    }

    /// Adds a part to an item that is still open, such as what was answered.
    ///
    /// # Errors
    /// What the database answers.
    pub fn add_to_item(&mut self, item: &Item, part: &NewPart) -> Result<()> {
        let last = item.parts.last().map_or(0, |p| p.number);
        self.add_part(item.line.id, item.line.key, last + 1, part)
    }

    /// Leave to do the act's verb in an office's inbox as a whole: to see its queue.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn permit_inbox(&mut self, office: OfficeId, terms: &Terms) -> Result<()> {
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Message, *office.as_bytes(), office, Some(nobody), terms)
    }

    /// The queue of an office, the nearest limit first: what is open, or what was closed last. The words
    /// of an item that is not this worker's to open are left out.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn inbox(&mut self, office: OfficeId, open: bool, most: u32) -> Result<Vec<ItemLine>> {
        self.permit_inbox(office, &Terms::default())?;
        let (states, order) = if open {
            ("state IN ('new', 'allocated')", "limit_on, received_at, id")
        } else {
            ("state NOT IN ('new', 'allocated')", "closed_at DESC, id DESC")
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM inbox_item WHERE controller_id = $1 AND office_id = $2 AND {states} \
             ORDER BY {order} LIMIT $3"
        );
        let rows = self.query("inbox_item", &sql, &[self.controller().into(), office.into(), most.into()])?;
        rows.iter()
            .map(|row| {
                let (mut line, sealed) = line(row)?;
                if line.content == "held" && self.may_open_item(&line)? {
                    line.text = Some(self.open(place(&line.id), &sealed)?);
                }
                Ok(line)
            })
            .collect()
    }

    /// The open items that came from one of these addresses or numbers, at any office.
    ///
    /// # Errors
    /// What the database answers.
    pub fn items_from(&mut self, senders: &[(IdentityKind, String)]) -> Result<Vec<InboxItemId>> {
        let controller = self.controller();
        let mut found = Vec::new();
        for (kind, value) in senders {
            let Some(value) = identity::normalise(*kind, value) else { continue };
            let blind = self.store.blind.identity(controller.as_bytes(), kind.as_str(), &value);
            let rows = self.query(
                "inbox_item",
                "SELECT id FROM inbox_item WHERE controller_id = $1 AND sender_kind = $2 AND sender_blind = $3 \
                 AND content = 'held' ORDER BY received_at, id",
                &[controller.into(), kind.as_str().into(), blind.into()],
            )?;
            for row in &rows {
                found.push(row.get(0, "id")?);
            }
        }
        Ok(found)
    }

    /// Opens an item for the act's verb.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], [`StoreError::Invalid`] when it was closed.
    pub fn open_item(&mut self, id: InboxItemId, terms: &Terms) -> Result<Item> {
        let (line, sealed) = self.item_row(id)?;
        let facts = self.sender_facts(line.sender)?;
        self.permit_house(ResourceKind::Message, *id.as_bytes(), line.office, Some(facts), terms)?;
        if line.content != "held" {
            return Err(StoreError::Invalid(
                "this item was dealt with already: its words are in the case".to_owned(),
            ));
        }
        let text: ItemText = self.open(place(&id), &sealed)?;
        let parts = self.parts_of(id)?;
        Ok(Item { line, text, parts })
    }

    /// How an item ended; opens nothing.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn item_line(&mut self, id: InboxItemId) -> Result<ItemLine> {
        let (line, _) = self.item_row(id)?;
        let facts = self.sender_facts(line.sender)?;
        self.permit_house(
            ResourceKind::Message,
            *id.as_bytes(),
            line.office,
            Some(facts),
            &Terms::default(),
        )?;
        Ok(line)
    }

    fn item_row(&mut self, id: InboxItemId) -> Result<(ItemLine, Vec<u8>)> {
        let sql = format!("SELECT {COLUMNS} FROM inbox_item WHERE controller_id = $1 AND id = $2");
        let rows = self.query("inbox_item", &sql, &[self.controller().into(), id.into()])?;
        line(rows.first().ok_or(StoreError::NotFound("item"))?)
    }

    fn parts_of(&mut self, item: InboxItemId) -> Result<Vec<Part>> {
        let rows = self.query(
            "inbox_part",
            "SELECT number, kind, address, size, sealed FROM inbox_part \
             WHERE controller_id = $1 AND item_id = $2 ORDER BY number",
            &[self.controller().into(), item.into()],
        )?;
        rows.iter()
            .map(|r| {
                let number: i64 = r.get(0, "number")?;
                let row = numbered(item, number);
                let place = Place { table: "inbox_part", column: "sealed", row: &row };
                Ok(Part {
                    number,
                    kind: r.get::<String>(1, "kind")?.parse().map_err(|_| decode("kind"))?,
                    address: r.get(2, "address")?,
                    size: r.get(3, "size")?,
                    text: self.open(place, &r.get::<Vec<u8>>(4, "sealed")?)?,
                })
            })
            .collect()
    }

    /// The bytes of a file of an open item.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the part is no file; altered content.
    pub fn part_content(&mut self, part: &Part) -> Result<Vec<u8>> {
        let address = part.address.ok_or(StoreError::NotFound("file"))?;
        let sealed = self.store.files.read(&address)?;
        self.open_bytes(content_place(&address), &sealed)
    }

    /// The persons who are known by the item's sender. Their records open only with a permit.
    ///
    /// # Errors
    /// What the database answers.
    pub fn persons_of_sender(&mut self, item: &Item) -> Result<Vec<PersonId>> {
        self.persons_of(item.line.sender)
    }

    fn persons_of(&mut self, sender: Option<(IdentityKind, [u8; 16])>) -> Result<Vec<PersonId>> {
        let Some((kind, blind)) = sender else { return Ok(Vec::new()) };
        let rows = self.query(
            "person_identity",
            "SELECT person_id FROM person_identity WHERE controller_id = $1 AND kind = $2 AND blind = $3 \
             ORDER BY ordinal",
            &[self.controller().into(), kind.as_str().into(), blind.into()],
        )?;
        rows.iter().map(|r| r.get(0, "person_id")).collect()
    }

    /// Who stands close to anyone that the sender may be: nobody opens what their own people wrote.
    fn sender_facts(&mut self, sender: Option<(IdentityKind, [u8; 16])>) -> Result<PersonFacts> {
        let mut facts = self.nobody()?;
        for person in self.persons_of(sender)? {
            let (_, of) = self.person_facts(person)?;
            facts.staff_member = facts.staff_member.or(of.staff_member);
            facts.relations.extend(of.relations);
        }
        Ok(facts)
    }

    fn may_open_item(&mut self, line: &ItemLine) -> Result<bool> {
        let person = Some(self.sender_facts(line.sender)?);
        let resource = Resource {
            kind: ResourceKind::Message,
            id: *line.id.as_bytes(),
            controller: self.controller(),
            office: line.office,
            person,
        };
        let question = Question::new(self.who.clone(), Verb::MessageRead, self.purpose, resource, self.now);
        Ok(self.store.gate.decide(&question).allowed)
    }

    /// Gives an open item to a member of staff, or back to nobody.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it changed meanwhile.
    pub fn allocate_item(&mut self, line: &ItemLine, to: Option<StaffId>) -> Result<()> {
        let state = if to.is_some() { ItemState::Allocated } else { ItemState::New };
        let changed = self.execute(
            "UPDATE inbox_item SET state = $4, allocated_to = $5, allocated_at = $6, version = version + 1 \
             WHERE controller_id = $1 AND id = $2 AND version = $3 AND state IN ('new', 'allocated')",
            &[
                self.controller().into(),
                line.id.into(),
                line.version.into(),
                state.code().into(),
                to.into(),
                to.map(|_| self.now).into(),
            ],
        )?;
        if changed == 1 { Ok(()) } else { Err(moved_on()) }
    }

    /// Ends an item: its words go from the inbox, its key is destroyed after the commit, and the channel's
    /// copy is set on its way out. What was to be kept must have been written elsewhere in this act.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when someone else dealt with it meanwhile.
    pub fn close_item(&mut self, item: &Item, close: &Close) -> Result<()> {
        let closed_by = self.who.staff().map(|s| s.staff);
        let dropped = item.parts.len().saturating_sub(close.kept);
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let changed = self.execute(
            "UPDATE inbox_item SET state = $4, closed_as = $5, closed_by = $6, closed_at = $7, person_id = $8, \
             case_id = $9, kept_parts = $10, dropped_parts = $11, sealed = $12, content = 'emptied', \
             sender_kind = '', sender_blind = NULL, version = version + 1 \
             WHERE controller_id = $1 AND id = $2 AND version = $3 AND state IN ('new', 'allocated')",
            &[
                self.controller().into(),
                item.line.id.into(),
                item.line.version.into(),
                close.to.code().into(),
                (&close.how).into(),
                closed_by.into(),
                self.now.into(),
                close.person.into(),
                close.case.into(),
                count(close.kept).into(),
                count(dropped).into(),
                Vec::new().into(),
            ],
        )?;
        if changed == 0 {
            return Err(moved_on());
        }
        self.forget_parts(item.line.id, item.line.key)?;
        self.move_copy(item.line.id.as_bytes(), CopyEvent::ItemClosed)
    }

    /// Ends an item in the act that took it in, such as a text that only says `STOP`: nobody need open it.
    ///
    /// # Errors
    /// What the database answers.
    pub fn close_at_once(&mut self, id: InboxItemId, how: &str) -> Result<()> {
        debug_assert!(self.verb == Verb::MessageReceive);
        let (line, sealed) = self.item_row(id)?;
        let item = Item { text: self.open(place(&id), &sealed)?, parts: self.parts_of(id)?, line };
        let (to, how) = (ItemState::Discarded, how.to_owned());
        self.close_item(&item, &Close { to, how, person: None, case: None, kept: 0 })
    }

    fn forget_parts(&mut self, item: InboxItemId, key: KeyId) -> Result<()> {
        let controller = self.controller();
        let files = self.query(
            "inbox_part",
            "SELECT address FROM inbox_part WHERE controller_id = $1 AND item_id = $2 AND address IS NOT NULL",
            &[controller.into(), item.into()],
        )?;
        for row in &files {
            self.follow_with(After::RemoveFile(row.get(0, "address")?));
        }
        self.execute(
            "DELETE FROM inbox_part WHERE controller_id = $1 AND item_id = $2",
            &[controller.into(), item.into()],
        )?;
        self.follow_with(After::DestroyContentKey {
            controller,
            table: "inbox_item",
            row: *item.as_bytes(),
            key,
        });
        Ok(())
    }

    /// An item that came from an address of someone who is erased, and that nobody moved, goes with them.
    pub(crate) fn erase_items_of(&mut self, person: PersonId) -> Result<()> {
        let rows = self.query(
            "inbox_item",
            "SELECT i.id, i.key_id FROM inbox_item i JOIN person_identity p ON p.controller_id = i.controller_id \
             AND p.kind = i.sender_kind AND p.blind = i.sender_blind \
             WHERE i.controller_id = $1 AND p.person_id = $2 AND i.content = 'held'",
            &[self.controller().into(), person.into()],
        )?;
        for row in &rows {
            let (item, key): (InboxItemId, KeyId) = (row.get(0, "id")?, KeyId(row.get(1, "key_id")?));
            self.execute(
                "UPDATE inbox_item SET state = 'discarded', closed_as = 'erased', closed_at = $3, sealed = $4, \
                 content = 'emptied', sender_kind = '', sender_blind = NULL, version = version + 1 \
                 WHERE controller_id = $1 AND id = $2",
                &[self.controller().into(), item.into(), self.now.into(), Vec::new().into()],
            )?;
            self.forget_parts(item, key)?;
            self.move_copy(item.as_bytes(), CopyEvent::ItemClosed)?;
        }
        Ok(())
    }
}

fn moved_on() -> StoreError {
    StoreError::Invalid("someone else has dealt with this item meanwhile: look at the inbox again".to_owned())
}

/// The tables whose rows have a key of their own that goes with their content.
const WITH_CONTENT: [&str; 2] = ["inbox_item", "channel_message"];

impl Store {
    /// Destroys the key of an item or message whose words are gone.
    pub(crate) fn destroy_content_key(
        &self,
        controller: ControllerId,
        table: &'static str,
        row: [u8; 16],
        key: KeyId,
    ) -> Result<()> {
        self.inner.keys.destroy(&[key], self.now())?;
        let sql = format!(
            "UPDATE {table} SET content = 'key-destroyed' \
             WHERE controller_id = $1 AND id = $2 AND content = 'emptied'"
        );
        self.write(|conn| conn.execute(&sql, &[controller.into(), row.into()]).map(|_| ()))
    }

    /// Destroys the keys of items and messages whose closing a crash cut off.
    pub(crate) fn finish_contents(&self) -> Result<()> {
        for table in WITH_CONTENT {
            let sql = format!("SELECT controller_id, id, key_id FROM {table} WHERE content = 'emptied'");
            for row in &self.read(|conn| conn.query(table, &sql, &[]))? {
                let key = KeyId(row.get(2, "key_id")?);
                self.destroy_content_key(row.get(0, "controller_id")?, table, row.get(1, "id")?, key)?;
            }
        }
        Ok(())
    }

    /// After a restore: an item whose key was destroyed since the backup is closed again.
    pub(crate) fn replay_item(&self, key: KeyId) -> Result<usize> {
        self.write(|conn| {
            let emptied = conn.execute(
                "UPDATE inbox_item SET state = 'moved', closed_as = 'closed after the backup', sealed = $2, \
                 content = 'key-destroyed', sender_kind = '', sender_blind = NULL \
                 WHERE key_id = $1 AND content = 'held'",
                &[key.0.into(), Vec::new().into()],
            )?;
            if emptied > 0 {
                conn.execute(
                    "DELETE FROM inbox_part WHERE EXISTS (SELECT 1 FROM inbox_item i WHERE i.key_id = $1 \
                     AND i.controller_id = inbox_part.controller_id AND i.id = inbox_part.item_id)",
                    &[key.0.into()],
                )?;
            }
            conn.execute(
                "UPDATE channel_message SET sealed = $2, content = 'key-destroyed', over_at = written_at \
                 WHERE key_id = $1 AND content = 'held'",
                &[key.0.into(), Vec::new().into()],
            )?;
            Ok(usize::try_from(emptied).unwrap_or(0))
        })
    }
}
