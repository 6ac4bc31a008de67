//! `winmail.dat`: Transport Neutral Encapsulation Format (MS-OXTNEF).

use super::ReadError;
use super::limits::Context;
use super::mapi::{self, Item, Part, Value, tag};
use crate::model::Document;

const SIGNATURE: u32 = 0x223e_9f78;

/// Attribute identifiers of MS-OXTNEF 2.1.3.3.
mod attribute {
    pub const FROM: u32 = 0x0000_8000;
    pub const SUBJECT: u32 = 0x0001_8004;
    pub const BODY: u32 = 0x0002_800c;
    pub const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    pub const RECIPIENTS: u32 = 0x0006_9004;
    pub const RENDERING: u32 = 0x0006_9002;
    pub const TITLE: u32 = 0x0001_8010;
    pub const DATA: u32 = 0x0006_800f;
    pub const ATTACHMENT: u32 = 0x0006_9005;
    pub const CODE_PAGE: u32 = 0x0006_9007;
}

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    mapi::render(item(bytes, &context, 0)?, context)
}

/// Bytes that are taken from the front.
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (front, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(front)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.take(8)?.try_into().ok().map(i64::from_le_bytes)
    }

    /// A value that is padded to four bytes.
    fn padded(&mut self, length: usize) -> Option<&'b [u8]> {
        let value = self.take(length)?;
        self.take((4 - length % 4) % 4)?;
        Some(value)
    }
}

fn item(bytes: &[u8], context: &Context<'_>, depth: usize) -> Result<Item, ReadError> {
    if depth > context.limits.nesting {
        return Err(ReadError::Nested { limit: context.limits.nesting });
    }
    let mut cursor = Cursor(bytes);
    if cursor.u32() != Some(SIGNATURE) || cursor.u16().is_none() {
        return Err(ReadError::malformed("the winmail.dat signature is missing"));
    }
    let mut item = Item::default();
    let mut holders: Vec<Item> = Vec::new();
    while !cursor.0.is_empty() {
        context.spend(100)?;
        let Some((id, data)) = attribute(&mut cursor) else {
            item.problems.push(("winmail.dat".into(), "it ends in the middle".into()));
            break;
        };
        accept(id, data, &mut item, &mut holders, context)?;
    }
    for (number, holder) in holders.iter().enumerate() {
        attach(holder, number, &mut item, context, depth)?;
    }
    Ok(item)
}

fn attribute<'b>(cursor: &mut Cursor<'b>) -> Option<(u32, &'b [u8])> {
    cursor.u8()?;
    let id = cursor.u32()?;
    let length = cursor.u32()? as usize;
    let data = cursor.take(length)?;
    cursor.u16()?;
    Some((id, data))
}

fn accept(
    id: u32,
    data: &[u8],
    item: &mut Item,
    holders: &mut Vec<Item>,
    context: &Context<'_>,
) -> Result<(), ReadError> {
    let narrow = || Value::Narrow(data.to_vec());
    let mut set = |id: u16, value: Value| {
        item.properties.entry(id).or_insert(value);
    };
    match id {
        attribute::SUBJECT => set(tag::SUBJECT, narrow()),
        attribute::BODY => set(tag::BODY, narrow()),
        attribute::FROM => set(0x0c1a, Value::Narrow(sender(data))),
        attribute::CODE_PAGE => {
            let page = Cursor(data).u32().unwrap_or(1252);
            set(tag::MESSAGE_CODE_PAGE, Value::Number(i64::from(page)));
        }
        attribute::MESSAGE_PROPERTIES => properties(&mut Cursor(data), item, context)?,
        attribute::RECIPIENTS => recipients(data, item, context)?,
        attribute::RENDERING => holders.push(Item::default()),
        attribute::TITLE | attribute::DATA | attribute::ATTACHMENT => {
            if holders.is_empty() {
                holders.push(Item::default());
            }
            if holders.len() > context.limits.entries {
                return Err(ReadError::Many { what: "attachments", limit: context.limits.entries });
            }
            let Some(holder) = holders.last_mut() else { return Ok(()) };
            match id {
                attribute::TITLE => drop(holder.properties.insert(tag::ATTACH_SHORT_NAME, narrow())),
                attribute::DATA => {
                    drop(holder.properties.insert(tag::ATTACH_DATA, Value::Bytes(data.to_vec())));
                }
                _ => properties(&mut Cursor(data), holder, context)?,
            }
        }
        _ => {}
    }
    Ok(())
}

/// Display name and address of the old sender attribute, as far as they are text.
fn sender(data: &[u8]) -> Vec<u8> {
    let mut cursor = Cursor(data);
    let _ = cursor.take(4);
    let length = cursor.u16().unwrap_or(0) as usize;
    let _ = cursor.u16();
    cursor.take(length).unwrap_or_default().iter().copied().take_while(|b| *b != 0).collect()
}

fn recipients(data: &[u8], item: &mut Item, context: &Context<'_>) -> Result<(), ReadError> {
    let mut cursor = Cursor(data);
    let count = cursor.u32().unwrap_or(0);
    for _ in 0..count {
        if cursor.0.is_empty() {
            break;
        }
        let mut person = Item::default();
        properties(&mut cursor, &mut person, context)?;
        item.recipients.push(person);
    }
    Ok(())
}

fn properties(cursor: &mut Cursor<'_>, item: &mut Item, context: &Context<'_>) -> Result<(), ReadError> {
    let count = cursor.u32().unwrap_or(0);
    for _ in 0..count {
        context.spend(100)?;
        if property(cursor, item).is_none() {
            item.problems.push(("winmail.dat".into(), "some of its properties cannot be read".into()));
            break;
        }
    }
    Ok(())
}

fn property(cursor: &mut Cursor<'_>, item: &mut Item) -> Option<()> {
    let kind = cursor.u16()?;
    let id = cursor.u16()?;
    if id >= 0x8000 {
        named(cursor)?;
    }
    let value = value(cursor, kind)?;
    if let Some(value) = value {
        item.properties.insert(id, value);
    }
    Some(())
}

/// Passes over the name of a named property.
fn named(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.take(16)?;
    if cursor.u32()? == 0 {
        cursor.u32()?;
    } else {
        let length = cursor.u32()? as usize;
        cursor.padded(length)?;
    }
    Some(())
}

/// One value; the outer `None` is damage, the inner one a type that holds no text.
fn value(cursor: &mut Cursor<'_>, kind: u16) -> Option<Option<Value>> {
    Some(match kind {
        0x0002 | 0x0003 | 0x000a | 0x000b => Some(Value::Number(i64::from(cursor.u32()?))),
        0x0004 => cursor.take(4).map(|_| None)?,
        0x0005..=0x0007 => cursor.take(8).map(|_| None)?,
        0x0014 => Some(Value::Number(cursor.i64()?)),
        0x0040 => Some(Value::Time(cursor.i64()?)),
        0x0048 => cursor.take(16).map(|_| None)?,
        0x001e | 0x001f | 0x0102 | 0x000d => sized(cursor, kind)?,
        // Several values of one type: pass over them.
        many if many & 0x1000 != 0 => {
            let count = cursor.u32()?;
            for _ in 0..count {
                match many & 0x0fff {
                    0x001e | 0x001f | 0x0102 => {
                        let length = cursor.u32()? as usize;
                        cursor.padded(length)?;
                    }
                    single => drop(value(cursor, single)?),
                }
            }
            None
        }
        _ => return None,
    })
}

/// A counted list of one sized value.
fn sized(cursor: &mut Cursor<'_>, kind: u16) -> Option<Option<Value>> {
    let count = cursor.u32()?;
    let mut last = None;
    for _ in 0..count {
        let length = cursor.u32()? as usize;
        let bytes = cursor.padded(length)?;
        last = Some(match kind {
            0x001f => Value::Text(encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()),
            0x001e => Value::Narrow(bytes.to_vec()),
            // An object begins with the identifier of its interface.
            0x000d => Value::Bytes(bytes.get(16..).unwrap_or_default().to_vec()),
            _ => Value::Bytes(bytes.to_vec()),
        });
    }
    Some(last)
}

fn attach(
    holder: &Item,
    number: usize,
    item: &mut Item,
    context: &Context<'_>,
    depth: usize,
) -> Result<(), ReadError> {
    let name = mapi::name_of(holder, number);
    let Some(bytes) = holder.bytes(tag::ATTACH_DATA) else {
        item.problems.push((format!("attachment {}", number + 1), "it has no content in the file".into()));
        return Ok(());
    };
    if holder.number(tag::ATTACH_METHOD) == Some(5) && bytes.starts_with(&SIGNATURE.to_le_bytes()) {
        let inner = Box::new(self::item(bytes, context, depth + 1)?);
        item.attachments.push(Part::Message { name, item: inner });
    } else if let Some(part) = mapi::file_of(holder, number) {
        item.attachments.push(part);
    }
    Ok(())
}
