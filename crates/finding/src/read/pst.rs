//! Outlook data files (MS-PST) through Microsoft's `outlook-pst`.

use std::io::{self, Cursor};
use std::rc::Rc;

use outlook_pst::ltp::prop_context::PropertyValue;
use outlook_pst::ltp::table_context::TableContext;
use outlook_pst::messaging::attachment::{AnsiAttachment, Attachment, AttachmentData, UnicodeAttachment};
use outlook_pst::messaging::folder::Folder;
use outlook_pst::messaging::message::{AnsiMessage, Message, UnicodeMessage};
use outlook_pst::messaging::store::{AnsiStore, EntryId, Store, UnicodeStore};
use outlook_pst::ndb::node_id::NodeId;
use outlook_pst::{AnsiPstFile, UnicodePstFile};

use super::builder::Builder;
use super::limits::Context;
use super::mapi::{self, Item, Part, Value};
use super::{ReadError, guard};
use crate::model::{Document, FileKind};

type OpenAttachment = Box<dyn Fn(NodeId) -> io::Result<Rc<dyn Attachment>>>;
type OpenMessage = Box<dyn Fn(&EntryId) -> io::Result<(Rc<dyn Message>, OpenAttachment)>>;

/// Folders below folders.
const FOLDER_DEPTH: usize = 32;

/// A whole data file as one document whose attachments are its messages. The messages have no bytes
/// of their own; their visible text stands in for them, also for the hash.
pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("Outlook data file", || {
        let (store, open) = open(bytes).map_err(|_| ReadError::malformed("its tables cannot be read"))?;
        let mut builder = Builder::new(FileKind::Pst, context);
        let root = store.properties().ipm_sub_tree_entry_id().and_then(|id| store.open_folder(&id));
        match root {
            Ok(root) => folder(root.as_ref(), &open, 0, &mut builder)?,
            Err(_) => return Err(ReadError::malformed("its first folder cannot be read")),
        }
        Ok(builder.document)
    })
}

fn open(bytes: &[u8]) -> io::Result<(Rc<dyn Store>, OpenMessage)> {
    let reader = || Box::new(Cursor::new(bytes.to_vec()));
    if let Ok(file) = UnicodePstFile::read_from(reader()) {
        let store = UnicodeStore::read(Rc::new(file))?;
        let open = unicode(store.clone());
        return Ok((store, open));
    }
    let store = AnsiStore::read(Rc::new(AnsiPstFile::read_from(reader())?))?;
    let open = ansi(store.clone());
    Ok((store, open))
}

fn unicode(store: Rc<UnicodeStore>) -> OpenMessage {
    Box::new(move |entry| {
        let message = UnicodeMessage::read(store.clone(), entry, None)?;
        let holder = message.clone();
        let attachment: OpenAttachment = Box::new(move |node| {
            Ok(UnicodeAttachment::read(holder.clone(), node, None)? as Rc<dyn Attachment>)
        });
        Ok((message as Rc<dyn Message>, attachment))
    })
}

fn ansi(store: Rc<AnsiStore>) -> OpenMessage {
    Box::new(move |entry| {
        let message = AnsiMessage::read(store.clone(), entry, None)?;
        let holder = message.clone();
        let attachment: OpenAttachment =
            Box::new(move |node| Ok(AnsiAttachment::read(holder.clone(), node, None)? as Rc<dyn Attachment>));
        Ok((message as Rc<dyn Message>, attachment))
    })
}

fn rows(table: Option<&Rc<dyn TableContext>>) -> Vec<NodeId> {
    table.map(|t| t.rows_matrix().map(|row| NodeId::from(u32::from(row.id()))).collect()).unwrap_or_default()
}

fn folder(
    folder: &dyn Folder,
    open: &OpenMessage,
    depth: usize,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    if depth > FOLDER_DEPTH {
        builder.problem("folders", format!("folders more than {FOLDER_DEPTH} deep are not read"));
        return Ok(());
    }
    for node in rows(folder.contents_table()) {
        builder.context.spend(10_000)?;
        let number = builder.document.attachments.len() + 1;
        let entry = folder.store().properties().make_entry_id(node);
        match entry.and_then(|entry| open(&entry)) {
            Ok((message, attachment)) => one(message.as_ref(), &attachment, number, builder)?,
            Err(_) => builder.problem(format!("message {number}"), "the message cannot be read"),
        }
    }
    for node in rows(folder.hierarchy_table()) {
        builder.context.spend(10_000)?;
        let entry = folder.store().properties().make_entry_id(node);
        match entry.and_then(|entry| folder.store().open_folder(&entry)) {
            Ok(inner) => self::folder(inner.as_ref(), open, depth + 1, builder)?,
            Err(_) => builder.problem("folders", "a folder cannot be read"),
        }
    }
    Ok(())
}

fn one(
    message: &dyn Message,
    attachment: &OpenAttachment,
    number: usize,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let item = item(message, Some(attachment), builder.context.limits.nesting);
    let content = builder.context.inside(|context| mapi::render(item, context));
    let bytes = content.as_ref().map(|d| d.visible_text().into_bytes()).unwrap_or_default();
    builder.add(&format!("message {number}"), bytes, content)
}

fn item(message: &dyn Message, attachment: Option<&OpenAttachment>, nesting: usize) -> Item {
    let mut item = Item::default();
    for (id, value) in message.properties().iter() {
        item.properties.extend(convert(value).map(|v| (*id, v)));
    }
    item.recipients = recipients(message);
    let nodes = rows(message.attachment_table());
    for (number, node) in nodes.into_iter().enumerate() {
        let opened = attachment.map(|open| open(node));
        match opened.and_then(Result::ok).and_then(|a| part(a.as_ref(), number, nesting)) {
            Some(part) => item.attachments.push(part),
            None => item.problems.push((format!("attachment {}", number + 1), "it cannot be read".into())),
        }
    }
    item
}

fn part(attachment: &dyn Attachment, number: usize, nesting: usize) -> Option<Part> {
    let mut holder = Item::default();
    for (id, value) in attachment.properties().iter() {
        holder.properties.extend(convert(value).map(|v| (*id, v)));
    }
    let name = mapi::name_of(&holder, number);
    match attachment.data()? {
        AttachmentData::Binary(bytes) => {
            let media = holder.text(mapi::tag::ATTACH_MEDIA);
            Some(Part::File { name, media, bytes: bytes.buffer().to_vec() })
        }
        // The library gives no way to the attachments of a message inside a message; each is a problem.
        AttachmentData::Message(inner) if nesting > 0 => {
            Some(Part::Message { name, item: Box::new(item(inner.as_ref(), None, nesting - 1)) })
        }
        AttachmentData::Message(_) => None,
    }
}

fn recipients(message: &dyn Message) -> Vec<Item> {
    let Some(table) = message.recipient_table() else { return Vec::new() };
    let context = table.context();
    let person = |row: &outlook_pst::ltp::table_context::TableRowData| {
        let mut item = Item::default();
        let columns = row.columns(context).ok()?;
        for (column, value) in context.columns().iter().zip(columns) {
            let value = value.as_ref().and_then(|v| table.read_column(v, column.prop_type()).ok());
            item.properties.extend(value.as_ref().and_then(convert).map(|v| (column.prop_id(), v)));
        }
        Some(item)
    };
    table.rows_matrix().filter_map(person).collect()
}

fn convert(value: &PropertyValue) -> Option<Value> {
    Some(match value {
        PropertyValue::Unicode(text) => Value::Text(text.to_string()),
        PropertyValue::String8(text) => Value::Narrow(text.buffer().to_vec()),
        PropertyValue::Binary(bytes) => Value::Bytes(bytes.buffer().to_vec()),
        PropertyValue::Integer32(n) => Value::Number(i64::from(*n)),
        PropertyValue::Integer16(n) => Value::Number(i64::from(*n)),
        PropertyValue::Integer64(n) => Value::Number(*n),
        PropertyValue::Boolean(yes) => Value::Number(i64::from(*yes)),
        PropertyValue::Time(ticks) => Value::Time(*ticks),
        _ => return None,
    })
}
