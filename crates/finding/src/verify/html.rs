//! An HTML copy opened again: tokens by `html5ever`, and a plain scan with the tags cut out.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};

use super::Check;
use crate::write::STYLE;

const ELEMENTS: [&str; 28] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "blockquote",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "div",
    "table",
    "tr",
    "th",
    "td",
    "span",
    "br",
    "tbody",
];
const ATTRIBUTES: [&str; 8] =
    ["lang", "charset", "name", "content", "http-equiv", "class", "scope", "tabindex"];
/// Attribute values that every copy has.
const VALUES: [&str; 12] = [
    "utf-8",
    "viewport",
    "width=device-width, initial-scale=1",
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'",
    "referrer",
    "no-referrer",
    "scroll",
    "aside",
    "notice",
    "withheld",
    "col",
];
/// Elements that do not end a line of text.
const INLINE: [&str; 1] = ["span"];

pub(super) fn check(check: &mut Check<'_>, bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else { return check.unreadable("html5ever") };
    let read = read(source);
    for what in read.foreign {
        check.foreign(what);
    }
    if read.style != STYLE {
        check.foreign("a style sheet that is not ours");
    }
    check.prose(&read.text, "text");
    check.strings(&read.attributes, "attributes");
    check.prose(&scan(source), "text with the tags cut out");
    let ours = VALUES
        .iter()
        .fold(source.replace(STYLE, ""), |text, value| text.replace(&format!("\"{value}\""), ""));
    check.bytes(ours.as_bytes(), "bytes");
}

#[derive(Debug, Default)]
struct Read {
    text: String,
    attributes: String,
    style: String,
    in_style: bool,
    foreign: Vec<&'static str>,
}

struct Sink(RefCell<Read>);

fn read(source: &str) -> Read {
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Read::default())), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(source));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut read = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let name = &*tag.name;
                if !ELEMENTS.contains(&name) {
                    read.foreign.push("an element that a safe copy never has");
                }
                for attribute in &tag.attrs {
                    if !ATTRIBUTES.contains(&&*attribute.name.local) {
                        read.foreign.push("an attribute that a safe copy never has");
                    }
                    if !VALUES.contains(&&*attribute.value) {
                        read.attributes.push_str(&attribute.value);
                        read.attributes.push('\n');
                    }
                }
                if !INLINE.contains(&name) {
                    read.text.push('\n');
                }
                read.in_style = name == "style" && tag.kind == TagKind::StartTag;
                if read.in_style {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            Token::CharacterTokens(text) if read.in_style => read.style.push_str(&text),
            Token::CharacterTokens(text) => read.text.push_str(&text),
            Token::CommentToken(_) => read.foreign.push("a comment"),
            Token::NullCharacterToken => read.foreign.push("a null character"),
            Token::DoctypeToken(_) | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Markup without its tags and entities, and without our style sheet.
pub(super) fn scan(source: &str) -> String {
    let source = source.replace(STYLE, "");
    let mut out = String::with_capacity(source.len());
    let mut in_tag = false;
    let mut tag = String::new();
    for c in source.chars() {
        match c {
            '<' => {
                in_tag = true;
                tag.clear();
            }
            '>' if in_tag => {
                in_tag = false;
                let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
                if !INLINE.contains(&name) {
                    out.push('\n');
                }
            }
            c if in_tag => tag.push(c),
            c => out.push(c),
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (entity, character)| text.replace(entity, character))
}
