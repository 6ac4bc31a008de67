//! What a safe document says, before it is a PDF, HTML or text: redacted content in reading order.
//!
//! INVARIANT: a flow holds surviving text and labels only. Nothing of the source can reach a writer
//! except through a flow or through burnt pixels, so no writer has to know what was withheld.

use crate::redact::ReasonCode;

/// A piece of a line: text that survives, or the label that stands for withheld text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Text that is released.
    Text(String),
    /// Text that is withheld. The label shows the reason, never what kind of thing was there nor
    /// how long it was.
    Label(ReasonCode),
}

/// The role of a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Body text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// Quoted text; depth from 1.
    Quote(u8),
    /// A note, caption, running header or footer.
    Aside,
    /// Our own note to the reader, such as where a page is withheld.
    Notice,
}

/// One thing in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A heading, 1 to 6.
    Heading(u8, Vec<Run>),
    /// Running text.
    Text(Role, Vec<Run>),
    /// A named value, such as an e-mail's `From`; the name comes from our own list.
    Field(String, Vec<Run>),
    /// Rows and columns.
    Table(Table),
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// True when the first row names the columns.
    pub has_header: bool,
    /// Cells by row and column; rows may be shorter than the widest.
    pub rows: Vec<Vec<Vec<Run>>>,
    /// Where the first row and column stood in the source, for a sheet whose numbering is kept.
    pub origin: (usize, usize),
}

impl Table {
    /// The number of columns of the widest row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// A redacted document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// A neutral title, given by the caller and never taken from the source.
    pub title: String,
    /// A BCP 47 tag such as `en-GB` or `cy`.
    pub language: String,
    /// The content.
    pub items: Vec<Item>,
}

/// The text of `runs` with each label written out by `words`.
#[must_use]
pub fn plain(runs: &[Run], words: &super::Words) -> String {
    let mut out = String::new();
    for run in runs {
        match run {
            Run::Text(text) => out.push_str(text),
            Run::Label(code) => out.push_str(&words.label(code)),
        }
    }
    out
}
