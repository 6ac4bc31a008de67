//! Rich Text Format: an own reader that keeps hidden text, comments, pictures and objects.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::builder::Builder;
use super::limits::Context;
use super::{ReadError, html, mapi};
use crate::model::{BlockKind, Document, FileKind, HiddenKind};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Rtf, context);
    read_into(bytes, &mut builder)?;
    Ok(builder.document)
}

/// Reads RTF into `builder`; HTML that Outlook wrapped in RTF is unwrapped first.
pub(super) fn read_into(bytes: &[u8], builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let head = bytes.get(..400).unwrap_or(bytes);
    let wrapped = memchr::memmem::find(head, b"\\fromhtml").is_some();
    let mut reader = Reader::new(bytes, wrapped, builder);
    reader.run()?;
    let page = std::mem::take(&mut reader.page);
    if wrapped { html::read_into(&page, "html in rtf", builder) } else { Ok(()) }
}

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Body,
    Aside,
    Hidden(HiddenKind),
    Property(&'static str),
    FontTable,
    Picture,
    Object,
    /// HTML of an Outlook message.
    Html,
    Skip,
}

#[derive(Debug, Clone, Copy)]
struct State {
    destination: Destination,
    hidden: bool,
    deleted: bool,
    /// Inside `\htmlrtf`: shown only to readers of RTF.
    rtf_only: bool,
    skip: usize,
    font: i64,
}

struct Reader<'r, 'b> {
    rest: &'r [u8],
    at: usize,
    wrapped: bool,
    builder: &'r mut Builder<'b>,
    state: State,
    stack: Vec<State>,
    encoding: &'static Encoding,
    fonts: BTreeMap<i64, &'static Encoding>,
    pending: Vec<u8>,
    to_skip: usize,
    surrogate: Option<u16>,
    text: String,
    concealed: String,
    side: String,
    data: Vec<u8>,
    nibble: Option<u8>,
    page: String,
    element: usize,
    table: (usize, usize, usize),
    in_table: bool,
}

impl<'r, 'b> Reader<'r, 'b> {
    fn new(bytes: &'r [u8], wrapped: bool, builder: &'r mut Builder<'b>) -> Self {
        let state = State {
            destination: Destination::Body,
            hidden: false,
            deleted: false,
            rtf_only: false,
            skip: 1,
            font: 0,
        };
        Self {
            rest: bytes,
            at: 0,
            wrapped,
            builder,
            state,
            stack: Vec::new(),
            encoding: WINDOWS_1252,
            fonts: BTreeMap::new(),
            pending: Vec::new(),
            to_skip: 0,
            surrogate: None,
            text: String::new(),
            concealed: String::new(),
            side: String::new(),
            data: Vec::new(),
            nibble: None,
            page: String::new(),
            element: 0,
            table: (0, 0, 0),
            in_table: false,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.rest.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn peek(&self) -> Option<u8> {
        self.rest.get(self.at).copied()
    }

    fn run(&mut self) -> Result<(), ReadError> {
        let mut opened = false;
        while let Some(byte) = self.next() {
            self.builder.context.spend(2)?;
            match byte {
                b'{' => {
                    opened = true;
                    self.decode_pending();
                    self.builder.context.check_depth(self.stack.len())?;
                    self.stack.push(self.state);
                }
                b'}' => self.close()?,
                b'\\' => self.control()?,
                b'\r' | b'\n' | 0 => {}
                other => self.byte(other),
            }
            if opened && self.stack.is_empty() {
                break;
            }
        }
        if !self.stack.is_empty() {
            self.builder.problem("rich text", "it ends in the middle; what follows is missing");
        }
        self.decode_pending();
        self.paragraph()
    }

    fn close(&mut self) -> Result<(), ReadError> {
        self.decode_pending();
        let ended = self.state;
        if let Some(state) = self.stack.pop() {
            self.state = state;
        }
        if ended.destination != self.state.destination {
            self.leave(ended.destination)?;
        }
        Ok(())
    }

    /// A destination has ended: what it collected becomes a block, a property or a file.
    fn leave(&mut self, destination: Destination) -> Result<(), ReadError> {
        let text = std::mem::take(&mut self.side);
        match destination {
            Destination::Aside => self.push(BlockKind::Aside, &text, true),
            Destination::Hidden(what) if !text.trim().is_empty() => {
                self.element += 1;
                self.builder.concealed(what, text.trim(), "rtf", self.element)
            }
            Destination::Property(name) => {
                if !text.trim().is_empty() {
                    self.builder.hide(HiddenKind::Metadata, "document properties", 1);
                }
                self.builder.meta(name, &text);
                Ok(())
            }
            Destination::Picture | Destination::Object => {
                self.nibble = None;
                let bytes = std::mem::take(&mut self.data);
                self.binary(destination, bytes)
            }
            _ => Ok(()),
        }
    }

    fn binary(&mut self, destination: Destination, bytes: Vec<u8>) -> Result<(), ReadError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let number = self.builder.document.attachments.len() + 1;
        if destination == Destination::Picture {
            return self.builder.attach(&format!("picture {number}"), bytes, None);
        }
        self.builder.hide(HiddenKind::EmbeddedFile, "rtf", 1);
        let words = super::archive::readable_runs(&bytes);
        self.element += 1;
        self.builder.part(BlockKind::Aside, &words, "embedded object", self.element, false)?;
        self.builder.attach(&format!("object {number}"), bytes, None)
    }

    /// A plain byte of the file.
    fn byte(&mut self, byte: u8) {
        if matches!(self.state.destination, Destination::Picture | Destination::Object) {
            self.hexadecimal(byte);
        } else if self.to_skip > 0 {
            self.to_skip -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn hexadecimal(&mut self, byte: u8) {
        let Some(digit) = char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok()) else { return };
        match self.nibble.take() {
            Some(high) => self.data.push(high << 4 | digit),
            None => self.nibble = Some(digit),
        }
    }

    /// Bytes are decoded in runs, because a character may take several.
    fn decode_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let encoding = self.fonts.get(&self.state.font).copied().unwrap_or(self.encoding);
        let text = encoding.decode_without_bom_handling(&bytes).0.into_owned();
        self.put(&text);
    }

    fn put(&mut self, text: &str) {
        match self.state.destination {
            Destination::Body if self.wrapped => {
                if !self.state.rtf_only {
                    self.page.push_str(text);
                }
            }
            Destination::Html => self.page.push_str(text),
            Destination::Body if self.state.hidden || self.state.deleted => self.concealed.push_str(text),
            Destination::Body => self.text.push_str(text),
            Destination::Aside | Destination::Hidden(_) | Destination::Property(_) => {
                self.side.push_str(text);
            }
            Destination::FontTable | Destination::Skip | Destination::Picture | Destination::Object => {}
        }
    }

    fn control(&mut self) -> Result<(), ReadError> {
        let Some(first) = self.next() else { return Ok(()) };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first);
        }
        let mut word = String::from(char::from(first));
        while let Some(byte) = self.peek().filter(u8::is_ascii_alphabetic) {
            self.at += 1;
            if word.len() < 32 {
                word.push(char::from(byte));
            }
        }
        let number = self.parameter();
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.word(&word, number)
    }

    fn parameter(&mut self) -> Option<i64> {
        let minus = self.peek() == Some(b'-');
        self.at += usize::from(minus);
        let mut number: Option<i64> = None;
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            self.at += 1;
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(i64::from(byte - b'0')));
        }
        number.map(|n| if minus { -n } else { n })
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), ReadError> {
        match symbol {
            b'\'' => {
                let digits = [self.next(), self.next()];
                let digit = |d: Option<u8>| {
                    d.and_then(|d| char::from(d).to_digit(16)).and_then(|d| u8::try_from(d).ok())
                };
                if let [Some(high), Some(low)] = digits.map(digit) {
                    self.byte_of_text(high << 4 | low);
                }
            }
            b'*' => self.ignorable(),
            b'~' => self.literal("\u{a0}"),
            b'_' => self.literal("-"),
            b'-' => self.literal("\u{ad}"),
            b'\\' | b'{' | b'}' => self.byte_of_text(symbol),
            b'\r' | b'\n' => self.word("par", None)?,
            _ => {}
        }
        Ok(())
    }

    fn byte_of_text(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn literal(&mut self, text: &str) {
        self.decode_pending();
        self.put(text);
    }

    /// `\*`: a destination that may be passed over when it is unknown. The known ones set
    /// themselves when their word comes.
    fn ignorable(&mut self) {
        self.decode_pending();
        if self.state.destination != Destination::Property("custom") {
            self.state.destination = Destination::Skip;
        }
    }

    fn word(&mut self, word: &str, number: Option<i64>) -> Result<(), ReadError> {
        self.decode_pending();
        match word {
            "par" | "row" | "cell" | "nestcell" | "nestrow" | "sect" | "page" | "line" | "tab" => {
                self.layout(word)?;
            }
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => self.state.skip = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "bin" => self.raw(number.unwrap_or(0))?,
            "v" => self.state.hidden = number != Some(0),
            "deleted" => self.state.deleted = number != Some(0),
            "revised" => self.builder.hide(HiddenKind::TrackedChange, "rtf", 1),
            "plain" => (self.state.hidden, self.state.deleted) = (false, false),
            "intbl" => self.in_table = true,
            "pard" => self.in_table = false,
            "trowd" if !self.in_table => self.table = (self.table.0 + 1, 0, 0),
            "htmlrtf" => self.state.rtf_only = number != Some(0),
            "ansicpg" => self.encoding = mapi::code_page(number.unwrap_or(1252)).unwrap_or(WINDOWS_1252),
            "mac" => self.encoding = encoding_rs::MACINTOSH,
            "f" => self.state.font = number.unwrap_or(0),
            "fcharset" if self.state.destination == Destination::FontTable => {
                self.font_charset(number.unwrap_or(0));
            }
            _ => self.named(word),
        }
        Ok(())
    }

    fn named(&mut self, word: &str) {
        if let Some(destination) = destination(word) {
            let tag = matches!(destination, Destination::Html) && !self.wrapped;
            self.state.destination = if tag { Destination::Skip } else { destination };
        } else if let Some(text) = special(word) {
            self.put(text);
        }
    }

    fn font_charset(&mut self, charset: i64) {
        let page = match charset {
            0 | 1 => return,
            77 => 10000,
            128 => 932,
            129 => 949,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            177 => 1255,
            178 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            _ => return,
        };
        if let Some(encoding) = mapi::code_page(page)
            && self.fonts.len() < 4096
        {
            self.fonts.insert(self.state.font, encoding);
        }
    }

    fn unicode(&mut self, number: i64) {
        self.to_skip = self.state.skip;
        let unit = u16::try_from(number.rem_euclid(65_536)).unwrap_or(0);
        let units: Vec<u16> = self.surrogate.take().into_iter().chain([unit]).collect();
        if (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
            return;
        }
        let text = String::from_utf16_lossy(&units);
        self.put(&text);
    }

    fn raw(&mut self, length: i64) -> Result<(), ReadError> {
        let length = usize::try_from(length).unwrap_or(0);
        let end = self.at.saturating_add(length).min(self.rest.len());
        let bytes = self.rest.get(self.at..end).unwrap_or_default();
        self.builder.context.spend(bytes.len())?;
        self.data.extend_from_slice(bytes);
        self.at = end;
        Ok(())
    }

    fn layout(&mut self, word: &str) -> Result<(), ReadError> {
        if self.state.destination != Destination::Body || self.wrapped {
            self.put(if word == "tab" { "\t" } else { "\n" });
            return Ok(());
        }
        match word {
            "line" => self.put("\n"),
            "tab" => self.put("\t"),
            "cell" | "nestcell" => {
                let (table, row, column) = self.table;
                let text = std::mem::take(&mut self.text);
                let number = table.saturating_sub(1);
                self.push(BlockKind::Cell { table: number, row, column, header: false }, &text, true)?;
                self.table.2 += 1;
            }
            "row" | "nestrow" => self.table = (self.table.0, self.table.1 + 1, 0),
            "par" if self.in_table => self.put("\n"),
            _ => self.paragraph()?,
        }
        Ok(())
    }

    fn paragraph(&mut self) -> Result<(), ReadError> {
        let text = std::mem::take(&mut self.text);
        self.push(BlockKind::Paragraph, &text, true)?;
        let concealed = std::mem::take(&mut self.concealed);
        if !concealed.trim().is_empty() {
            let what = if self.state.deleted { HiddenKind::TrackedChange } else { HiddenKind::InvisibleText };
            self.builder.hide(what, "rtf", 1);
        }
        self.push(BlockKind::Paragraph, &concealed, false)
    }

    fn push(&mut self, kind: BlockKind, text: &str, visible: bool) -> Result<(), ReadError> {
        self.element += 1;
        self.builder.part(kind, text, "rtf", self.element, visible)
    }
}

fn destination(word: &str) -> Option<Destination> {
    Some(match word {
        "fonttbl" => Destination::FontTable,
        "htmltag" => Destination::Html,
        "pict" => Destination::Picture,
        "objdata" => Destination::Object,
        "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf"
        | "footnote" => Destination::Aside,
        "annotation" | "atnauthor" | "atnid" => Destination::Hidden(HiddenKind::Comment),
        "fldinst" => Destination::Hidden(HiddenKind::FieldCode),
        "bkmkstart" => Destination::Hidden(HiddenKind::Bookmark),
        "revtbl" => Destination::Property("tracked change by"),
        "author" => Destination::Property("author"),
        "operator" => Destination::Property("last modified by"),
        "title" => Destination::Property("title"),
        "subject" => Destination::Property("subject"),
        "keywords" => Destination::Property("keywords"),
        "doccomm" | "comment" => Destination::Property("comments"),
        "company" => Destination::Property("company"),
        "manager" => Destination::Property("manager"),
        "category" => Destination::Property("category"),
        "propname" | "staticval" | "docvar" => Destination::Property("custom"),
        "shptxt" => Destination::Body,
        "colortbl" | "stylesheet" | "listtable" | "listoverridetable" | "rsidtbl" | "generator"
        | "themedata" | "colorschememapping" | "latentstyles" | "datastore" | "xmlnstbl" | "nonshppict"
        | "bkmkend" | "picprop" | "blipuid" | "blipupi" | "filetbl" | "pntext" => Destination::Skip,
        _ => return None,
    })
}

fn special(word: &str) -> Option<&'static str> {
    Some(match word {
        "lquote" => "\u{2018}",
        "rquote" => "\u{2019}",
        "ldblquote" => "\u{201c}",
        "rdblquote" => "\u{201d}",
        "endash" => "\u{2013}",
        "emdash" => "\u{2014}",
        "bullet" => "\u{2022}",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}
