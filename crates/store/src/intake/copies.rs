//! The channels' own copies on their way out: asked, looked for, gone, or somebody's to remove.

use counterfoil_domain::access::ResourceKind;
use counterfoil_domain::ids::{InboxItemId, OfficeId};
use counterfoil_domain::intake::{Channel, Copy, CopyEvent, Ending};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::items::NewItem;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Terms;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The kind of job that removes a copy.
pub const DRAIN: &str = "channel.drain";

/// The sealed part: the channel's own name for its copy, which may hold an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyText {
    /// The channel's name for it.
    pub reference: String,
}

/// What a job is about: the copy or the message, by the bytes of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// Which.
    pub id: [u8; 16],
}

/// A copy that a channel keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyLine {
    /// The item or message that it is of.
    pub id: [u8; 16],
    /// The office.
    pub office: OfficeId,
    /// The provider.
    pub provider: String,
    /// The channel.
    pub channel: Channel,
    /// How it ends.
    pub ending: Ending,
    /// Where it stands.
    pub state: Copy,
    /// The channel's name for it; empty once it is over.
    pub text: CopyText,
    /// Why it is not gone yet, without personal data.
    pub why: String,
    /// How often its removal was tried.
    pub tries: i64,
    /// From when it is somebody's to look after: the item was closed.
    pub due_at: Option<Timestamp>,
    /// When its removal was asked.
    pub asked_at: Option<Timestamp>,
    /// When it was gone.
    pub over_at: Option<Timestamp>,
}

/// A copy as the chase list shows it: nothing sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The copy.
    pub copy: CopyLine,
    /// Whether it is of a message that was sent.
    pub of_message: bool,
}

const fn place(id: &[u8; 16]) -> Place<'_> {
    Place { table: "channel_copy", column: "sealed", row: id }
}

const COLUMNS: &str =
    "id, office_id, provider, channel, ending, state, why, tries, due_at, asked_at, over_at";

fn decode(column: &'static str) -> StoreError {
    StoreError::Decode { table: "channel_copy", column, row: 0, why: "not a known word" }
}

fn line(row: &Row) -> Result<CopyLine> {
    Ok(CopyLine {
        id: row.get(0, "id")?,
        office: row.get(1, "office_id")?,
        provider: row.get(2, "provider")?,
        channel: row.get::<String>(3, "channel")?.parse().map_err(|_| decode("channel"))?,
        ending: row.get::<String>(4, "ending")?.parse().map_err(|_| decode("ending"))?,
        state: row.get::<String>(5, "state")?.parse().map_err(|_| decode("state"))?,
        text: CopyText::default(),
        why: row.get(6, "why")?,
        tries: row.get(7, "tries")?,
        due_at: row.get(8, "due_at")?,
        asked_at: row.get(9, "asked_at")?,
        over_at: row.get(10, "over_at")?,
    })
}

/// A copy that begins to be known.
pub(super) struct NewCopy<'a> {
    pub id: &'a [u8; 16],
    pub office: OfficeId,
    pub provider: &'a str,
    pub channel: Channel,
    pub ending: Ending,
    pub reference: &'a str,
    pub ends_at: Option<Timestamp>,
}

impl Tx<'_> {
    pub(super) fn note_copy_of(&mut self, item: InboxItemId, new: &NewItem) -> Result<()> {
        if new.ending == Ending::NoCopy {
            return Ok(());
        }
        self.note_copy(&NewCopy {
            id: item.as_bytes(),
            office: new.office,
            provider: &new.provider,
            channel: new.channel,
            ending: new.ending,
            reference: &new.source,
            ends_at: new.ends_at,
        })
    }

    pub(super) fn note_copy(&mut self, new: &NewCopy<'_>) -> Result<()> {
        let text = CopyText { reference: new.reference.to_owned() };
        let key = self.controller_key()?;
        let sealed = self.seal(key, place(new.id), &text)?;
        self.execute(
            "INSERT INTO channel_copy (controller_id, id, office_id, provider, channel, ending, state, sealed, why, \
             tries, due_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, 'kept', $7, '', 0, $8, $9)",
            &[
                self.controller().into(),
                new.id.into(),
                new.office.into(),
                new.provider.into(),
                new.channel.code().into(),
                new.ending.code().into(),
                sealed.into(),
                new.ends_at.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Moves a copy on by an event that its ending makes, and queues what must be done about it.
    pub(super) fn move_copy(&mut self, id: &[u8; 16], event: impl Fn(Ending) -> CopyEvent) -> Result<()> {
        let Some(copy) = self.copy_row(id)? else { return Ok(()) };
        let event = event(copy.ending);
        self.apply(&copy, event, "")?;
        // A copy that ends by itself is looked for when its time is over.
        let ends = copy.due_at.filter(|_| copy.ending == Ending::Expires);
        if matches!(copy.state.after(event), Copy::Due | Copy::Asked) {
            self.queue(DRAIN, None, &Errand { id: *id }, ends.unwrap_or(self.now).max(self.now))?;
        }
        Ok(())
    }

    fn copy_row(&mut self, id: &[u8; 16]) -> Result<Option<CopyLine>> {
        let sql = format!("SELECT {COLUMNS}, sealed FROM channel_copy WHERE controller_id = $1 AND id = $2");
        let rows = self.query("channel_copy", &sql, &[self.controller().into(), id.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let mut copy = line(row)?;
        let sealed: Vec<u8> = row.get(11, "sealed")?;
        if !sealed.is_empty() {
            copy.text = self.open(place(id), &sealed)?;
        }
        Ok(Some(copy))
    }

    /// The provider's name for a message or item, while its copy is known.
    ///
    /// # Errors
    /// What the database answers.
    pub fn copy_reference(&mut self, id: &[u8; 16]) -> Result<Option<String>> {
        let copy = self.copy_row(id)?;
        Ok(copy.map(|c| c.text.reference).filter(|r| !r.is_empty()))
    }

    /// Opens a copy for the act's verb.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`].
    pub fn open_copy(&mut self, id: &[u8; 16]) -> Result<CopyLine> {
        let copy = self.copy_row(id)?.ok_or(StoreError::NotFound("copy"))?;
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Message, *id, copy.office, Some(nobody), &Terms::default())?;
        Ok(copy)
    }

    /// Notes what happened to a copy that was opened. `why` says why it is not gone, without personal data.
    ///
    /// # Errors
    /// What the database answers.
    pub fn copy_event(&mut self, copy: &CopyLine, event: CopyEvent, why: &str) -> Result<Copy> {
        self.apply(copy, event, why)
    }

    /// Queues the removal of a copy once more.
    ///
    /// # Errors
    /// What the database answers.
    pub fn drain_again(&mut self, copy: &CopyLine, at: Timestamp) -> Result<()> {
        self.queue(DRAIN, None, &Errand { id: copy.id }, at).map(|_| ())
    }

    fn apply(&mut self, copy: &CopyLine, event: CopyEvent, why: &str) -> Result<Copy> {
        let to = copy.state.after(event);
        let over = to.is_over();
        let tried = matches!(event, CopyEvent::Taken | CopyEvent::SeenAgain | CopyEvent::GivenUp);
        let asked = to == Copy::Asked && copy.asked_at.is_none();
        let due = copy.due_at.or(matches!(event, CopyEvent::ItemClosed(_)).then_some(self.now));
        let confirmed_by =
            if event == CopyEvent::SaidDone { self.who.staff().map(|s| s.staff) } else { None };
        self.execute(
            "UPDATE channel_copy SET state = $3, why = $4, tries = tries + $5, due_at = $6, \
             asked_at = COALESCE(asked_at, $7), over_at = $8, confirmed_by = $9, \
             sealed = CASE WHEN $10 = 1 THEN $11 ELSE sealed END WHERE controller_id = $1 AND id = $2",
            &[
                self.controller().into(),
                (&copy.id).into(),
                to.code().into(),
                if over { "" } else { why }.into(),
                i64::from(tried).into(),
                due.into(),
                asked.then_some(self.now).into(),
                over.then_some(self.now).into(),
                confirmed_by.into(),
                i64::from(over).into(),
                Vec::new().into(),
            ],
        )?;
        Ok(to)
    }

    /// The copies of an office that are not gone although their item is closed, the oldest first.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn copies_owed(&mut self, office: OfficeId, most: u32) -> Result<Vec<Owed>> {
        self.permit_inbox(office, &Terms::default())?;
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT COUNT(*) FROM channel_message m WHERE m.controller_id = c.controller_id \
             AND m.id = c.id) FROM channel_copy c WHERE controller_id = $1 AND office_id = $2 \
             AND state NOT IN ('kept', 'gone', 'confirmed') ORDER BY made_at, id LIMIT $3"
        );
        let rows =
            self.query("channel_copy", &sql, &[self.controller().into(), office.into(), most.into()])?;
        rows.iter()
            .map(|row| Ok(Owed { copy: line(row)?, of_message: row.get::<i64>(11, "of_message")? > 0 }))
            .collect()
    }

    /// Where the channel's copy of an item stands; none when the channel keeps none.
    ///
    /// # Errors
    /// What the database answers.
    pub fn copy_of_item(&mut self, item: InboxItemId) -> Result<Option<CopyLine>> {
        let copy = self.copy_row(item.as_bytes())?;
        Ok(copy.map(|c| CopyLine { text: CopyText::default(), ..c }))
    }
}
