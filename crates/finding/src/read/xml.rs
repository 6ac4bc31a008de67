//! One pass over an XML part: flat, bounded, and without entity expansion.
//!
//! Entities that a document type declares are never expanded, so that an entity loop costs nothing;
//! their names stay in the text and the caller is told.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::limits::Context;
use super::{ReadError, text};

/// What the walk meets. Names are without their prefix.
pub(super) enum Node<'a, 'x> {
    Open(&'a str, &'a Attributes<'x>),
    Close(&'a str),
    Text(&'a str),
}

/// An element's attributes, decoded when asked for.
pub(super) struct Attributes<'x>(BytesStart<'x>);

impl Attributes<'_> {
    /// The value of the attribute with this local name.
    pub fn get(&self, name: &str) -> Option<String> {
        self.find(|key| local(key) == name)
    }

    /// The value of the attribute with exactly this name, prefix included.
    pub fn exact(&self, name: &str) -> Option<String> {
        self.find(|key| key == name)
    }

    /// True unless the attribute is absent or says no.
    pub fn on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| is_true(&v))
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let mut all = self.0.attributes();
        all.with_checks(false).flatten().find_map(|a| {
            let key = a.key.as_ref();
            wanted(key).then(|| unescape(&a.value))
        })
    }
}

/// True for the ways in which the formats write yes.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true" | "on" | "True" | "t")
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, l)| l)
}

/// Replaces the five predefined entities and character references; leaves others as they stand.
fn unescape(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        match rest.split_once(';').and_then(|(name, after)| Some((reference(name)?, after))) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Walks `part`, calling `visit` for each node, and tells whether entities were met and not expanded.
pub(super) fn walk(
    part: &[u8],
    context: &Context<'_>,
    mut visit: impl FnMut(Node<'_, '_>) -> Result<(), ReadError>,
) -> Result<bool, ReadError> {
    let text = as_text(part);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    let mut unexpanded = false;
    loop {
        context.spend(20)?;
        let event =
            reader.read_event().map_err(|_| ReadError::malformed("an XML part is not well formed"))?;
        match event {
            Event::Start(e) => {
                depth += 1;
                context.check_depth(depth)?;
                open(e, false, &mut visit)?;
            }
            Event::Empty(e) => open(e, true, &mut visit)?,
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(local(e.name().as_ref())))?;
            }
            Event::Text(e) => visit_text(&e.into_inner(), context, &mut visit)?,
            Event::CData(e) => visit_text(&e.into_inner(), context, &mut visit)?,
            Event::GeneralRef(e) => unexpanded |= general(&e.into_inner(), &mut visit)?,
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof if depth > 0 => return Err(ReadError::malformed("an XML part ends in the middle")),
            Event::Eof => return Ok(unexpanded),
        }
    }
}

fn open(
    start: BytesStart<'_>,
    empty: bool,
    visit: &mut impl FnMut(Node<'_, '_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let attributes = Attributes(start);
    let name = attributes.0.name();
    let name = local(name.as_ref());
    visit(Node::Open(name, &attributes))?;
    if empty { visit(Node::Close(name)) } else { Ok(()) }
}

fn visit_text(
    text: &str,
    context: &Context<'_>,
    visit: &mut impl FnMut(Node<'_, '_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    context.spend(text.len() / 4)?;
    visit(Node::Text(text))
}

/// A reference in the text; true when it was left as it stands.
fn general(
    name: &str,
    visit: &mut impl FnMut(Node<'_, '_>) -> Result<(), ReadError>,
) -> Result<bool, ReadError> {
    match reference(name) {
        Some(c) => visit(Node::Text(c.encode_utf8(&mut [0; 4]))).map(|()| false),
        None => visit(Node::Text(&format!("&{name};"))).map(|()| true),
    }
}

fn as_text(part: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(part) {
        Ok(text) if !text.contains('\0') => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        _ => Cow::Owned(text::decode(part).text),
    }
}

/// All text of a part, with a line for each element named in `lines`.
pub(super) fn plain(part: &[u8], lines: &[&str], context: &Context<'_>) -> Result<String, ReadError> {
    let mut out = String::new();
    walk(part, context, |node| {
        match node {
            Node::Text(t) => out.push_str(t),
            Node::Close(name) if lines.contains(&name) => out.push('\n'),
            _ => {}
        }
        Ok(())
    })?;
    Ok(out)
}
