//! The block model: what every document becomes once it is read.
//!
//! A document is a list of blocks in reading order. Detection works on each block's text, decisions
//! are spans of characters in a block, and writing re-flows blocks. Nothing that was in the source
//! is dropped silently: what is not shown to a reader is in [`Document::hidden`], and what could not
//! be read is in [`Document::problems`].

/// What kind of file the bytes turned out to be (by content first, by name second).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Plain text.
    Text,
    /// Comma- or tab-separated values.
    Csv,
    /// HTML.
    Html,
    /// One RFC 5322 message.
    Email,
    /// A Unix mailbox of messages.
    Mbox,
    /// An Outlook message.
    Msg,
    /// An Outlook data file.
    Pst,
    /// A Word document.
    Docx,
    /// A spreadsheet (XLSX, XLSM, XLSB, XLS, ODS).
    Spreadsheet,
    /// A presentation.
    Pptx,
    /// An `OpenDocument` text.
    Odt,
    /// Rich text.
    Rtf,
    /// A PDF.
    Pdf,
    /// A picture.
    Image,
    /// A ZIP archive.
    Zip,
}

/// A document that was read.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: FileKind,
    /// Its content in reading order, visible and hidden text alike (see [`Block::visible`]).
    pub blocks: Vec<Block>,
    /// What a reader of the original would not see, or would not think to look for.
    pub hidden: Vec<Hidden>,
    /// Properties such as author, title, software and camera position.
    pub metadata: Vec<Meta>,
    /// Files inside this file, each read in its turn or refused with a reason.
    pub attachments: Vec<Attachment>,
    /// Pages, when the source has pages (PDF, image).
    pub pages: Vec<Page>,
    /// What could not be read. INVARIANT: content that was not read has an entry here.
    pub problems: Vec<Problem>,
}

impl Document {
    /// An empty document of `kind`.
    #[must_use]
    pub fn new(kind: FileKind) -> Self {
        Self {
            kind,
            blocks: Vec::new(),
            hidden: Vec::new(),
            metadata: Vec::new(),
            attachments: Vec::new(),
            pages: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The text of the blocks that a reader of the original sees, one block a line.
    #[must_use]
    pub fn visible_text(&self) -> String {
        self.blocks.iter().filter(|b| b.visible).map(|b| b.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// A run of text with one role.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Block {
    /// What the text is in the document.
    pub kind: BlockKind,
    /// The text; offsets into it are in characters (Unicode scalar values).
    pub text: String,
    /// Where it stands in the source.
    pub source: Source,
    /// False when a reader of the original would not see it.
    pub visible: bool,
}

/// The role of a block.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading, 1 to 6.
    Heading(u8),
    /// An item of a list.
    ListItem,
    /// One cell; row and column count from 0; `header` is a column heading.
    Cell {
        /// The table's number in the document, from 0.
        table: usize,
        /// From 0.
        row: usize,
        /// From 0.
        column: usize,
        /// True for a column heading.
        header: bool,
    },
    /// Quoted text of an earlier message; depth from 1.
    Quote(u8),
    /// A message header such as `From`; the text is the decoded value.
    Header(String),
    /// A picture in the text; the text is its description or what was read from it.
    Picture,
    /// The place of an attachment, by its index in [`Document::attachments`].
    Attachment(usize),
    /// A running header or footer, foot- or endnote, comment or caption.
    Aside,
}

/// Where a block stands in its source.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Source {
    /// Bytes `start..end` of the source text.
    Bytes {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// A page (from 0) with one box a word, in reading order, for drawing over.
    Page {
        /// From 0.
        page: usize,
        /// The words of the block: characters `start..end` of its text, and where they are drawn.
        words: Vec<Word>,
    },
    /// A part of a package, such as `word/document.xml`, and the element's number in it.
    Part {
        /// The part's name.
        name: String,
        /// The element's number, from 0.
        element: usize,
    },
    /// A cell of a sheet.
    Sheet {
        /// The sheet's name.
        sheet: String,
        /// From 0.
        row: usize,
        /// From 0.
        column: usize,
    },
}

/// A word on a page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "WordParts", into = "WordParts")]
pub struct Word {
    /// First character in the block's text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Where it is drawn.
    pub area: Area,
}

/// A word as it is kept: a page has hundreds, so names of fields would be most of what is kept.
type WordParts = (usize, usize, f32, f32, f32, f32);

impl From<WordParts> for Word {
    fn from((start, end, x0, y0, x1, y1): WordParts) -> Self {
        Self { start, end, area: Area { x0, y0, x1, y1 } }
    }
}

impl From<Word> for WordParts {
    fn from(Word { start, end, area: Area { x0, y0, x1, y1 } }: Word) -> Self {
        (start, end, x0, y0, x1, y1)
    }
}

/// A rectangle on a page in points (1/72 inch) from the top left of the visible page.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Area {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

/// A page of the source.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Page {
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// True when the page's text is not trustworthy without OCR (no text, or over 2 % unmapped glyphs).
    pub needs_ocr: bool,
    /// True when the text was read by OCR.
    pub ocr: bool,
}

/// Something that the original does not show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hidden {
    /// What it is.
    pub what: HiddenKind,
    /// Where it is, such as `sheet "Staff", rows 4 to 9` (no content).
    pub place: String,
    /// How many things or characters there are.
    pub count: usize,
}

/// Kinds of hidden content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum HiddenKind {
    /// A hidden sheet.
    Sheet,
    /// A sheet that the program's menus cannot show.
    VeryHiddenSheet,
    /// Hidden rows with values.
    Rows,
    /// Hidden columns with values.
    Columns,
    /// A pivot table's copy of its source data.
    PivotCache,
    /// A link to another workbook, with cached values.
    ExternalLink,
    /// A defined name.
    DefinedName,
    /// A comment or note.
    Comment,
    /// A tracked insertion or deletion.
    TrackedChange,
    /// Text formatted as hidden, or drawn invisibly, or in the colour of its ground.
    InvisibleText,
    /// Text under an opaque shape.
    TextUnderBox,
    /// A layer that is switched off.
    LayerOff,
    /// A redaction mark that was never applied.
    UnappliedRedaction,
    /// A file inside the file.
    EmbeddedFile,
    /// A script or macro.
    Script,
    /// A form field's value.
    FormField,
    /// An annotation.
    Annotation,
    /// Author, camera position and the like.
    Metadata,
    /// An earlier version kept in the file.
    EarlierVersion,
    /// Text outside the visible page.
    OffPage,
    /// Speaker's notes.
    SpeakerNotes,
    /// Text of a picture's cropped part, or a cropped picture.
    CroppedPicture,
    /// A bookmark or outline entry.
    Bookmark,
    /// An HTML comment, hidden element or tracking picture.
    HiddenElement,
    /// A hidden slide.
    Slide,
    /// The target of a link, where it differs from the words shown.
    LinkTarget,
    /// The code behind a field, such as a merge field or a link.
    FieldCode,
    /// A formula with words of its own.
    Formula,
    /// A list, prompt or rule that limits what may be typed.
    DataValidation,
    /// The values of a filter.
    Filter,
    /// A message header that mail programs do not show.
    TransportHeader,
    /// A second version of the same text, such as the HTML beside the plain text of a message.
    Alternative,
}

/// One property of the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Meta {
    /// Such as `author`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A file inside a file.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Attachment {
    /// The file name as given (untrusted, may hold personal data).
    pub name: String,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Its bytes. They are not kept with the rest: see [`crate::read::restore`].
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// What it holds, or why it could not be read.
    pub content: Result<Box<Document>, Problem>,
}

/// Something that could not be read. A pack cannot be sealed over one without a person's decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{place}: {why}")]
pub struct Problem {
    /// Where, such as `page 4` (no content).
    pub place: String,
    /// Why, in plain words.
    pub why: String,
}
