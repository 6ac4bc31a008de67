//! Outlook messages (MS-OXMSG): properties in the streams of a compound file.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::limits::Context;
use super::mapi::{self, Item, Part, Value, tag};
use super::{ReadError, guard};
use crate::model::Document;

type File<'b> = CompoundFile<Cursor<&'b [u8]>>;

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    let item = guard::guarded("Outlook message", || {
        let mut file = CompoundFile::open(Cursor::new(bytes))
            .map_err(|_| ReadError::malformed("its table of contents cannot be read"))?;
        item(&mut file, "", 32, 0, &context)
    })?;
    mapi::render(item, context)
}

/// The item in `storage`; `header` is how long the header of its property list is.
fn item(
    file: &mut File<'_>,
    storage: &str,
    header: usize,
    depth: usize,
    context: &Context<'_>,
) -> Result<Item, ReadError> {
    if depth > context.limits.nesting {
        return Err(ReadError::Nested { limit: context.limits.nesting });
    }
    let mut item = properties(file, storage, header, context)?;
    for (name, is_storage) in children(file, storage, context)? {
        let path = format!("{storage}/{name}");
        if is_storage && name.starts_with("__recip_version1.0_") {
            item.recipients.push(properties(file, &path, 8, context)?);
        } else if is_storage && name.starts_with("__attach_version1.0_") {
            match attachment(file, &path, item.attachments.len(), depth, context) {
                Ok(part) => item.attachments.push(part),
                Err(e @ ReadError::OutOfWork) => return Err(e),
                Err(e) => {
                    item.problems.push((format!("attachment {}", item.attachments.len() + 1), e.to_string()));
                }
            }
        }
    }
    Ok(item)
}

fn attachment(
    file: &mut File<'_>,
    path: &str,
    number: usize,
    depth: usize,
    context: &Context<'_>,
) -> Result<Part, ReadError> {
    let holder = properties(file, path, 8, context)?;
    if let Some(part) = mapi::file_of(&holder, number) {
        return Ok(part);
    }
    let name = mapi::name_of(&holder, number);
    let inner = format!("{path}/__substg1.0_3701000D");
    if !file.is_storage(&inner) {
        return Err(ReadError::malformed("the attachment has no content in the file"));
    }
    if holder.number(tag::ATTACH_METHOD) == Some(5) {
        let item = Box::new(item(file, &inner, 24, depth + 1, context)?);
        return Ok(Part::Message { name, item });
    }
    Err(ReadError::Unsupported { what: "an object of another program" })
}

/// Names and kinds of what is directly in `storage`.
fn children(file: &File<'_>, storage: &str, context: &Context<'_>) -> Result<Vec<(String, bool)>, ReadError> {
    let path = if storage.is_empty() { "/" } else { storage };
    let entries = file.read_storage(path).map_err(|_| damaged())?;
    let list: Vec<_> =
        entries.take(context.limits.entries + 1).map(|e| (e.name().to_owned(), e.is_storage())).collect();
    context.spend(list.len() * 100)?;
    if list.len() > context.limits.entries {
        return Err(ReadError::Many { what: "parts", limit: context.limits.entries });
    }
    Ok(list)
}

fn damaged() -> ReadError {
    ReadError::malformed("a part of the message cannot be read")
}

fn properties(
    file: &mut File<'_>,
    storage: &str,
    header: usize,
    context: &Context<'_>,
) -> Result<Item, ReadError> {
    let mut item = Item::default();
    for (name, is_storage) in children(file, storage, context)? {
        let Some((id, kind)) = substream(&name) else { continue };
        if is_storage {
            continue;
        }
        let bytes = stream(file, &format!("{storage}/{name}"), context)?;
        if let Some(value) = variable(kind, bytes) {
            item.properties.insert(id, value);
        }
    }
    let list = format!("{storage}/__properties_version1.0");
    if file.is_stream(&list) {
        fixed(stream(file, &list, context)?.get(header..).unwrap_or_default(), &mut item);
    }
    Ok(item)
}

fn stream(file: &mut File<'_>, path: &str, context: &Context<'_>) -> Result<Vec<u8>, ReadError> {
    let stream = file.open_stream(path).map_err(|_| damaged())?;
    let mut bytes = Vec::new();
    stream.take(context.expandable()).read_to_end(&mut bytes).map_err(|_| damaged())?;
    context.expand(bytes.len())?;
    Ok(bytes)
}

/// Property identifier and type of a stream called `__substg1.0_IIIITTTT`.
fn substream(name: &str) -> Option<(u16, u16)> {
    let digits = name.strip_prefix("__substg1.0_")?;
    let parse = |range| u16::from_str_radix(digits.get(range)?, 16).ok();
    (digits.len() == 8).then_some(())?;
    Some((parse(0..4)?, parse(4..8)?))
}

fn variable(kind: u16, bytes: Vec<u8>) -> Option<Value> {
    match kind {
        0x001f => Some(Value::Text(encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned())),
        0x001e => Some(Value::Narrow(bytes)),
        0x0102 => Some(Value::Bytes(bytes)),
        _ => None,
    }
}

/// Numbers and times, in entries of 16 bytes: type, identifier, flags, value.
fn fixed(list: &[u8], item: &mut Item) {
    for entry in list.chunks_exact(16) {
        let word =
            |at: usize| entry.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
        let Some(value) = entry.get(8..16).and_then(|b| b.try_into().ok()).map(i64::from_le_bytes) else {
            continue;
        };
        let value = match word(0) {
            0x0040 => Value::Time(value),
            0x0003 => Value::Number(value & 0xffff_ffff),
            0x0002 | 0x000b => Value::Number(value & 0xffff),
            0x0014 => Value::Number(value),
            _ => continue,
        };
        item.properties.entry(word(2)).or_insert(value);
    }
}
