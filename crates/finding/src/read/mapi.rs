//! Outlook's properties, shared by MSG, PST and TNEF: one item into blocks.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, WINDOWS_1252};
use jiff::Timestamp;

use super::builder::Builder;
use super::limits::Context;
use super::{ReadError, email, guard, html, rtf, text};
use crate::model::{BlockKind, Document, FileKind, HiddenKind};

/// A property's value, as far as it matters here.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Text that was stored as Unicode.
    Text(String),
    /// Text in the item's code page.
    Narrow(Vec<u8>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A number or a yes.
    Number(i64),
    /// Hundreds of nanoseconds since 1601.
    Time(i64),
}

/// A message, contact, appointment or recipient.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub properties: BTreeMap<u16, Value>,
    pub recipients: Vec<Item>,
    pub attachments: Vec<Part>,
    pub problems: Vec<(String, String)>,
}

/// An attachment.
#[derive(Debug)]
pub(super) enum Part {
    File { name: String, media: Option<String>, bytes: Vec<u8> },
    Message { name: String, item: Box<Item> },
}

/// Property identifiers of MS-OXPROPS.
pub(super) mod tag {
    pub const SUBJECT: u16 = 0x0037;
    pub const SUBMIT_TIME: u16 = 0x0039;
    pub const TRANSPORT_HEADERS: u16 = 0x007d;
    pub const RECIPIENT_TYPE: u16 = 0x0c15;
    pub const DELIVERY_TIME: u16 = 0x0e06;
    pub const BODY: u16 = 0x1000;
    pub const RTF: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const DISPLAY_NAME: u16 = 0x3001;
    pub const EMAIL: u16 = 0x3003;
    pub const SMTP: u16 = 0x39fe;
    pub const ATTACH_DATA: u16 = 0x3701;
    pub const ATTACH_SHORT_NAME: u16 = 0x3704;
    pub const ATTACH_METHOD: u16 = 0x3705;
    pub const ATTACH_LONG_NAME: u16 = 0x3707;
    pub const ATTACH_MEDIA: u16 = 0x370e;
    pub const INTERNET_CODE_PAGE: u16 = 0x3fde;
    pub const MESSAGE_CODE_PAGE: u16 = 0x3ffd;
}

/// The sender: name, then addresses in the order of trust; first as sent, then on behalf of.
const SENDERS: [(&str, [u16; 3]); 2] =
    [("From", [0x0042, 0x5d02, 0x0065]), ("Sender", [0x0c1a, 0x5d01, 0x0c1f])];

/// Properties that are shown some other way, or are the program's own bookkeeping.
const TOLD: [u16; 40] = [
    0x001a, 0x0037, 0x0039, 0x003b, 0x003d, 0x003f, 0x0040, 0x0041, 0x0042, 0x0064, 0x0065, 0x0070, 0x0071,
    0x0075, 0x0076, 0x0077, 0x0078, 0x007d, 0x0c1a, 0x0c1d, 0x0c1e, 0x0c1f, 0x0e02, 0x0e03, 0x0e04, 0x0e06,
    0x0e1d, 0x1000, 0x1009, 0x1013, 0x1035, 0x1039, 0x1042, 0x10f3, 0x300b, 0x3fde, 0x3ffd, 0x5d01, 0x5d02,
    0x0051,
];

impl Item {
    /// The text of a property in the item's code page.
    pub fn text(&self, id: u16) -> Option<String> {
        let text = match self.properties.get(&id)? {
            Value::Text(t) => t.clone(),
            Value::Narrow(bytes) => self.encoding().decode(bytes).0.into_owned(),
            _ => return None,
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.trim().is_empty()).then_some(text)
    }

    pub fn number(&self, id: u16) -> Option<i64> {
        match self.properties.get(&id)? {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }

    pub fn bytes(&self, id: u16) -> Option<&[u8]> {
        match self.properties.get(&id)? {
            Value::Bytes(b) | Value::Narrow(b) => Some(b),
            _ => None,
        }
    }

    fn time(&self, id: u16) -> Option<String> {
        const TO_UNIX: i64 = 11_644_473_600;
        match self.properties.get(&id)? {
            Value::Time(ticks) => {
                let time = Timestamp::from_second(ticks / 10_000_000 - TO_UNIX).ok()?;
                Some(time.to_string())
            }
            _ => None,
        }
    }

    fn encoding(&self) -> &'static Encoding {
        let page = self.number(tag::MESSAGE_CODE_PAGE).or_else(|| self.number(tag::INTERNET_CODE_PAGE));
        page.and_then(code_page).unwrap_or(WINDOWS_1252)
    }

    /// `Name <address>`, from the properties of a recipient.
    fn person(&self) -> String {
        let address = self.text(tag::SMTP).or_else(|| self.text(tag::EMAIL));
        named(self.text(tag::DISPLAY_NAME), address)
    }
}

fn named(name: Option<String>, address: Option<String>) -> String {
    match (name, address) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => String::new(),
    }
}

/// The encoding of a Windows code page.
pub(super) fn code_page(page: i64) -> Option<&'static Encoding> {
    let label = match page {
        65001 => "utf-8".to_owned(),
        1200 => "utf-16le".to_owned(),
        874 | 1250..=1258 => format!("windows-{page}"),
        932 => "shift_jis".to_owned(),
        936 | 54936 => "gb18030".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        20866 => "koi8-r".to_owned(),
        10000 => "macintosh".to_owned(),
        28591..=28606 => format!("iso-8859-{}", page - 28590),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// One item as a document.
pub(super) fn render(item: Item, context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Msg, context);
    headers(&item, &mut builder)?;
    bodies(&item, &mut builder)?;
    others(&item, &mut builder);
    for (place, why) in item.problems {
        builder.problem(place, why);
    }
    for part in item.attachments {
        match part {
            Part::File { name, media, bytes } => builder.attach(&name, bytes, media.as_deref())?,
            Part::Message { name, item } => {
                let content = context.inside(|inner| render(*item, inner));
                // An item inside an item has no bytes of its own; its content is what identifies it.
                let bytes = content.as_ref().map(|d| d.visible_text().into_bytes()).unwrap_or_default();
                builder.add(&name, bytes, content)?;
            }
        }
    }
    Ok(builder.document)
}

fn header(name: &str, value: &str, visible: bool, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let element = builder.document.blocks.len();
    builder.part(BlockKind::Header(name.to_owned()), value, "properties", element, visible)
}

fn headers(item: &Item, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let mut last = String::new();
    for (name, [display, smtp, address]) in SENDERS {
        let who = named(item.text(display), item.text(smtp).or_else(|| item.text(address)));
        if who != last {
            header(name, &who, true, builder)?;
        }
        last = who;
    }
    for (name, kind, shown) in [("To", 1, 0x0e04), ("Cc", 2, 0x0e03), ("Bcc", 3, 0x0e02)] {
        let listed =
            item.recipients.iter().filter(|r| r.number(tag::RECIPIENT_TYPE).unwrap_or(1) & 0xf == kind);
        let people = listed.map(Item::person).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
        let people = if people.is_empty() { item.text(shown).unwrap_or_default() } else { people };
        header(name, &people, true, builder)?;
    }
    let date = item.time(tag::SUBMIT_TIME).or_else(|| item.time(tag::DELIVERY_TIME)).unwrap_or_default();
    header("Date", &date, true, builder)?;
    // Outlook marks the length of a "Re: " prefix with two control characters.
    let subject = item.text(tag::SUBJECT).unwrap_or_default();
    header("Subject", subject.trim_start_matches(char::is_control), true, builder)?;
    for (name, id) in [("Message-ID", 0x1035), ("In-Reply-To", 0x1042), ("References", 0x1039)] {
        header(name, &item.text(id).unwrap_or_default(), false, builder)?;
    }
    if let Some(all) = item.text(tag::TRANSPORT_HEADERS) {
        builder.hide(HiddenKind::TransportHeader, "message headers", 1);
        header("Transport headers", &all, false, builder)?;
    }
    Ok(())
}

fn bodies(item: &Item, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let html = item.text(tag::HTML).or_else(|| item.bytes(tag::HTML).map(|b| page_text(item, b)));
    let plain = item.text(tag::BODY);
    let mut any = plain.is_some();
    if let Some(plain) = &plain {
        email::plain(plain, "body", builder)?;
    }
    if let Some(html) = html.filter(|h| !h.trim().is_empty()) {
        if any {
            email::alternative(&html, "html", builder)?;
        } else {
            html::read_into(&html, "html", builder)?;
        }
        any = true;
    }
    if let Some(packed) = item.bytes(tag::RTF) {
        let result = rich(packed, any, builder);
        builder.tolerate("rich text body", result)?;
    }
    Ok(())
}

fn page_text(item: &Item, bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => match item.number(tag::INTERNET_CODE_PAGE).and_then(code_page) {
            Some(encoding) => encoding.decode(bytes).0.into_owned(),
            None => text::decode(bytes).text,
        },
    }
}

fn rich(packed: &[u8], another: bool, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let unpacked = unpack_rtf(packed, builder.context)?;
    if !another {
        return rtf::read_into(&unpacked, builder);
    }
    let mut side = Builder::new(FileKind::Rtf, builder.context);
    rtf::read_into(&unpacked, &mut side)?;
    email::beside(side.document, "rich text", builder)
}

/// Unpacks a compressed RTF body after checking the size that it claims.
fn unpack_rtf(packed: &[u8], context: Context<'_>) -> Result<Vec<u8>, ReadError> {
    let claimed = packed.get(4..8).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    let bound = (packed.len() as u64).saturating_mul(9).min(context.expandable());
    if packed.len() < 16 || u64::from(claimed) > bound {
        return Err(ReadError::malformed("the packed rich text has a wrong size"));
    }
    context.expand(packed.len() * 9)?;
    guard::guarded("rich text", || {
        let text = compressed_rtf::decompress_rtf(packed)
            .map_err(|_| ReadError::malformed("the packed rich text cannot be unpacked"))?;
        // The library gives one character for each byte.
        Ok(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect())
    })
}

/// Every other property with words in it is kept as metadata.
fn others(item: &Item, builder: &mut Builder<'_>) {
    for id in item.properties.keys().filter(|id| !TOLD.contains(id)) {
        if let Some(value) = item.text(*id) {
            builder.meta(&format!("property {id:04x}"), &value);
            builder.hide(HiddenKind::Metadata, "message properties", 1);
        }
    }
}

/// The attachment that these properties describe, when it is a file.
pub(super) fn file_of(item: &Item, number: usize) -> Option<Part> {
    let bytes = item.bytes(tag::ATTACH_DATA)?.to_vec();
    Some(Part::File { name: name_of(item, number), media: item.text(tag::ATTACH_MEDIA), bytes })
}

pub(super) fn name_of(item: &Item, number: usize) -> String {
    item.text(tag::ATTACH_LONG_NAME)
        .or_else(|| item.text(tag::ATTACH_SHORT_NAME))
        .or_else(|| item.text(tag::DISPLAY_NAME))
        .unwrap_or_else(|| format!("attachment {}", number + 1))
}
