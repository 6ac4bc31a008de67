//! One RFC 5322 message, read by `mail-parser`.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::builder::Builder;
use super::limits::Context;
use super::{Hint, ReadError, guard, html, read_within, text};
use crate::model::{Block, BlockKind, Document, FileKind, HiddenKind, Source};

/// Headers that mail programs show.
const SHOWN: [&str; 8] = ["from", "sender", "to", "cc", "bcc", "reply-to", "date", "subject"];

/// Headers that say how a part is packed and nothing about anyone.
const PACKING: [&str; 4] = ["content-type", "content-transfer-encoding", "mime-version", "content-length"];

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    // mail-parser keeps nested messages as a chain that is dropped by recursion.
    let messages =
        memchr::memmem::find_iter(bytes, b"rfc822").chain(memchr::memmem::find_iter(bytes, b"RFC822"));
    if messages.take(2001).count() > 2000 {
        return Err(ReadError::Many { what: "messages inside the message", limit: 2000 });
    }
    context.spend(bytes.len())?;
    guard::guarded("e-mail", || {
        let parser = MessageParser::default();
        let message =
            parser.parse(bytes).ok_or_else(|| ReadError::malformed("no message headers were found"))?;
        one(&message, context)
    })
}

fn one(message: &Message<'_>, context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Email, context);
    headers(message, &mut builder)?;
    bodies(message, &mut builder)?;
    attachments(message, &mut builder)?;
    if builder.document.blocks.is_empty() {
        return Err(ReadError::malformed("it has neither headers nor text"));
    }
    Ok(builder.document)
}

fn headers(message: &Message<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    for header in message.headers() {
        let name = header.name.as_str();
        let lower = name.to_ascii_lowercase();
        if PACKING.contains(&lower.as_str()) {
            continue;
        }
        let value = header_text(&header.value).unwrap_or_else(|| raw_header(message, header));
        let visible = SHOWN.contains(&lower.as_str());
        if !visible && !value.trim().is_empty() {
            builder.hide(HiddenKind::TransportHeader, "message headers", 1);
        }
        let source =
            Source::Bytes { start: header.offset_start() as usize, end: header.offset_end() as usize };
        builder.push(Block { kind: BlockKind::Header(name.to_owned()), text: value, source, visible })?;
    }
    Ok(())
}

/// A decoded value; `None` for those that are better shown as they were written.
fn header_text(value: &HeaderValue<'_>) -> Option<String> {
    match value {
        HeaderValue::Text(t) => Some(t.to_string()),
        HeaderValue::TextList(list) => Some(list.join(", ")),
        HeaderValue::Address(Address::List(list)) => {
            Some(list.iter().map(person).collect::<Vec<_>>().join(", "))
        }
        HeaderValue::Address(Address::Group(groups)) => {
            let group = |g: &mail_parser::Group<'_>| {
                let people = g.addresses.iter().map(person).collect::<Vec<_>>().join(", ");
                g.name.as_ref().map_or_else(|| people.clone(), |name| format!("{name}: {people}"))
            };
            Some(groups.iter().map(group).collect::<Vec<_>>().join("; "))
        }
        HeaderValue::DateTime(date) if date.is_valid() => Some(date.to_rfc822()),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn person(address: &mail_parser::Addr<'_>) -> String {
    match (address.name.as_deref(), address.address.as_deref()) {
        (Some(name), Some(at)) => format!("{name} <{at}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

fn raw_header(message: &Message<'_>, header: &mail_parser::Header<'_>) -> String {
    let range = header.offset_start() as usize..header.offset_end() as usize;
    let raw = message.raw_message().get(range).unwrap_or_default();
    text::decode(raw).text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text bodies, then the HTML where it is not only the same text again.
fn bodies(message: &Message<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    for (index, part) in message.text_bodies().enumerate() {
        match &part.body {
            PartType::Text(words) => plain(words, &format!("text {}", index + 1), builder)?,
            PartType::Html(words) => html::read_into(words, &format!("html {}", index + 1), builder)?,
            _ => {}
        }
        note_encoding(part, builder);
    }
    for (index, part) in message.html_bodies().enumerate() {
        if let PartType::Html(words) = &part.body
            && !message.text_bodies().any(|other| std::ptr::eq(other, part))
        {
            alternative(words, &format!("html {}", index + 1), builder)?;
            note_encoding(part, builder);
        }
    }
    Ok(())
}

/// HTML beside a plain text. Mail programs show the HTML; its text is kept as a hidden alternative
/// when the plain text says the same, and as visible text when it says more.
pub(super) fn alternative(words: &str, name: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let mut side = Builder::new(FileKind::Html, builder.context);
    html::read_into(words, name, &mut side)?;
    beside(side.document, name, builder)
}

/// Adds another version of what `builder` already holds.
pub(super) fn beside(side: Document, name: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let squeeze = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let shown: String = builder.document.blocks.iter().map(|b| squeeze(&b.text)).collect();
    builder.context.spend(shown.len())?;
    for mut block in side.blocks {
        builder.context.spend(shown.len() / 16 + 10)?;
        let again = memchr::memmem::find(shown.as_bytes(), squeeze(&block.text).as_bytes()).is_some();
        if block.visible && again {
            builder.hide(HiddenKind::Alternative, name, 1);
            block.visible = false;
        }
        builder.push(block)?;
    }
    for hidden in side.hidden {
        builder.hide(hidden.what, &hidden.place, hidden.count);
    }
    for problem in side.problems {
        builder.problem(problem.place, problem.why);
    }
    Ok(())
}

fn note_encoding(part: &MessagePart<'_>, builder: &mut Builder<'_>) {
    if part.is_encoding_problem {
        builder.problem("message body", "its transfer encoding is damaged; text may be missing");
    }
}

/// Plain text with `>` quoting: paragraphs and quotes by depth.
pub(super) fn plain(words: &str, name: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    builder.context.spend(words.len())?;
    let mut run = String::new();
    let mut run_depth = 0;
    let mut element = 0;
    for line in words.lines() {
        let (depth, rest) = quote_depth(line);
        if (depth != run_depth || rest.trim().is_empty()) && !run.is_empty() {
            builder.part(quoted(run_depth), &run, name, element, true)?;
            run.clear();
            element += 1;
        }
        run_depth = depth;
        if !rest.trim().is_empty() {
            if !run.is_empty() {
                run.push('\n');
            }
            run.push_str(rest.trim_end());
        }
    }
    builder.part(quoted(run_depth), &run, name, element, true)
}

fn quoted(depth: u8) -> BlockKind {
    if depth == 0 { BlockKind::Paragraph } else { BlockKind::Quote(depth) }
}

/// How many `>` marks a line begins with, and what follows them.
pub(super) fn quote_depth(line: &str) -> (u8, &str) {
    let mut depth = 0_u8;
    let mut rest = line;
    while let Some(after) = rest.trim_start_matches(' ').strip_prefix('>') {
        depth = depth.saturating_add(1);
        rest = after;
    }
    if depth > 0 { (depth, rest.strip_prefix(' ').unwrap_or(rest)) } else { (0, line) }
}

fn attachments(message: &Message<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let bodies: Vec<*const MessagePart<'_>> =
        message.text_bodies().chain(message.html_bodies()).map(std::ptr::from_ref).collect();
    for (index, part) in message.attachments().enumerate() {
        if bodies.contains(&std::ptr::from_ref(part))
            && matches!(part.body, PartType::Text(_) | PartType::Html(_))
        {
            continue;
        }
        let name = part.attachment_name().map_or_else(|| format!("part {}", index + 1), str::to_owned);
        if part.is_encoding_problem {
            builder.problem(format!("attachment {}", index + 1), "its transfer encoding is damaged");
        }
        attach(part, &name, message, builder)?;
    }
    Ok(())
}

fn attach(
    part: &MessagePart<'_>,
    name: &str,
    message: &Message<'_>,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let media =
        part.content_type().map(|c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or("octet-stream")));
    match &part.body {
        PartType::Message(inner) => {
            let raw = inner.raw_message().to_vec();
            let content = builder.context.inside(|context| one(inner, context));
            builder.add(name, nested_bytes(part, message, raw), content)
        }
        PartType::Text(words) | PartType::Html(words) => {
            let bytes = words.as_bytes().to_vec();
            let hint = Hint { name: Some(name), media_type: media.as_deref() };
            let content = builder.context.inside(|context| read_within(&bytes, &hint, context));
            builder.add(name, bytes, content)
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            builder.attach(name, bytes.to_vec(), media.as_deref())
        }
        PartType::Multipart(_) => Ok(()),
    }
}

/// The nested message's own bytes: mail-parser keeps the outer message for parts that were not
/// encoded, so cut the part out of it.
fn nested_bytes(part: &MessagePart<'_>, outer: &Message<'_>, raw: Vec<u8>) -> Vec<u8> {
    if raw.len() < outer.raw_message().len() {
        return raw;
    }
    let range = part.offset_body as usize..part.offset_end as usize;
    outer.raw_message().get(range).map_or(raw, <[u8]>::to_vec)
}
