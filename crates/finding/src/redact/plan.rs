//! What is to be withheld, and why: the decisions that a person has confirmed, as places in a
//! [`Document`].

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Area, Block, Document};
use crate::write::Words;

/// The reason printed on a label, such as `S2-16` for DPA 2018 Schedule 2 paragraph 16.
///
/// It names the ground, never the kind of thing withheld: a label that said PERSON or ADDRESS would
/// tell the reader what to guess at (`finding.md` section 1.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReasonCode(String);

impl ReasonCode {
    /// A code of 1 to 12 letters, digits, spaces, `-`, `.`, `/`, `(` or `)`.
    ///
    /// # Errors
    ///
    /// [`BadCode`] when it is empty, longer, or holds other characters: every label has one width,
    /// so a code must fit it.
    pub fn new(code: impl Into<String>) -> Result<Self, BadCode> {
        let code = code.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-./() ".contains(c);
        if code.trim().is_empty() || code.chars().count() > 12 || !code.chars().all(allowed) {
            return Err(BadCode { code });
        }
        Ok(Self(code))
    }

    /// The code as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ReasonCode {
    type Error = BadCode;
    fn try_from(code: String) -> Result<Self, BadCode> {
        Self::new(code)
    }
}

impl From<ReasonCode> for String {
    fn from(code: ReasonCode) -> Self {
        code.0
    }
}

/// A reason code that cannot be printed on a label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not a reason code; use 1 to 12 letters, digits, spaces or - . / ( )")]
pub struct BadCode {
    code: String,
}

/// Characters `start..end` of a block, withheld.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// The block's index in [`Document::blocks`].
    pub block: usize,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Why.
    pub code: ReasonCode,
    /// Whom it is about, as the caller names them (an id, not a name); carried into nothing.
    pub person: Option<String>,
}

/// A rectangle of a page or picture, withheld whatever is in it: faces, signatures, number plates.
#[derive(Debug, Clone, PartialEq)]
pub struct PageArea {
    /// From 0.
    pub page: usize,
    /// In points from the top left; `None` withholds the whole page.
    pub area: Option<Area>,
    /// Why.
    pub code: ReasonCode,
}

/// Text equal to withheld text that a person decided to release here, with the reason.
///
/// Without it the verifier doubts every other mention of what is withheld.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// The block's index in [`Document::blocks`].
    pub block: usize,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Why it may be released, such as `the requester's own name`.
    pub reason: String,
}

/// What becomes of a file inside the file.
#[derive(Debug, Clone)]
pub enum AttachmentPlan {
    /// Not released.
    Withhold(ReasonCode),
    /// Released as a safe copy of its own, by its own plan.
    Release(Box<Plan>),
}

/// Every decision on one document. The default plan withholds nothing that is visible, and releases
/// nothing that is hidden, nothing attached and no page that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Withheld text.
    pub spans: Vec<Span>,
    /// Withheld whole blocks, by index.
    pub blocks: BTreeMap<usize, ReasonCode>,
    /// Withheld areas and pages.
    pub areas: Vec<PageArea>,
    /// Files inside, by index in [`Document::attachments`]; one that is not named is not released.
    pub attachments: BTreeMap<usize, AttachmentPlan>,
    /// Mentions released on purpose.
    pub kept: Vec<Kept>,
    /// Hidden blocks that a person decided to release, by index; all other hidden text is dropped.
    pub hidden_released: BTreeSet<usize>,
    /// Pages whose text the system could not read and that a person has looked at, from 0. Every other
    /// such page is withheld.
    pub pages_seen: BTreeSet<usize>,
}

impl Plan {
    /// The withheld character ranges of a block, joined where they touch or overlap or where only
    /// spaces lie between, so that the number of labels does not count the words.
    #[must_use]
    pub fn ranges(&self, document: &Document, block: usize) -> Vec<(usize, usize, ReasonCode)> {
        let Some(text) = document.blocks.get(block).map(|b| &b.text) else { return Vec::new() };
        let chars: Vec<char> = text.chars().collect();
        if let Some(code) = self.blocks.get(&block) {
            return vec![(0, chars.len(), code.clone())];
        }
        let mut spans: Vec<&Span> =
            self.spans.iter().filter(|s| s.block == block && s.start < s.end).collect();
        spans.sort_by_key(|s| (s.start, s.end));
        let mut out: Vec<(usize, usize, ReasonCode)> = Vec::new();
        for span in spans {
            let end = span.end.min(chars.len());
            if span.start >= end {
                continue;
            }
            match out.last_mut() {
                Some((_, last, code)) if joins(&chars, *last, span.start, code, &span.code) => {
                    *last = end.max(*last);
                }
                Some((_, last, _)) if span.start < *last => {
                    // Two reasons for one text: the first stands, the rest of the second follows it.
                    let start = *last;
                    if start < end {
                        out.push((start, end, span.code.clone()));
                    }
                }
                _ => out.push((span.start, end, span.code.clone())),
            }
        }
        out
    }

    /// True when `block` may appear in the output at all.
    #[must_use]
    pub fn releases(&self, index: usize, block: &Block) -> bool {
        block.visible || self.hidden_released.contains(&index)
    }

    /// Every reason code in use.
    #[must_use]
    pub fn codes(&self) -> BTreeSet<ReasonCode> {
        let spans = self.spans.iter().map(|s| &s.code);
        let areas = self.areas.iter().map(|a| &a.code);
        let mut codes: BTreeSet<ReasonCode> =
            spans.chain(areas).chain(self.blocks.values()).cloned().collect();
        for plan in self.attachments.values() {
            match plan {
                AttachmentPlan::Withhold(code) => codes.extend([code.clone()]),
                AttachmentPlan::Release(plan) => codes.extend(plan.codes()),
            }
        }
        codes
    }
}

fn joins(chars: &[char], last: usize, start: usize, code: &ReasonCode, next: &ReasonCode) -> bool {
    let between = chars.get(last..start.max(last)).unwrap_or_default();
    code == next && between.iter().all(|c| c.is_whitespace())
}

/// What files a safe copy consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Tagged PDF; page images for a PDF or a picture, re-flowed text for all else.
    Pdf,
    /// Accessible HTML, always re-flowed.
    Html,
    /// Plain text.
    Text,
    /// A workbook of values; for sources with tables.
    Xlsx,
    /// A picture with burnt regions; for picture sources.
    Image,
}

/// How a safe copy is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// A neutral title, such as `Document 12`. Never the source's title or file name.
    pub title: String,
    /// The stem of the output's file names, lower-case letters, digits and hyphens.
    pub stem: String,
    /// The document's language as a BCP 47 tag.
    pub language: String,
    /// Our own words, in that language.
    pub words: Words,
    /// The files wanted. A format that the source cannot have is an error.
    pub formats: BTreeSet<Format>,
    /// What each code means; a code without a meaning is pointed to the letter.
    pub meanings: BTreeMap<ReasonCode, String>,
    /// Adds "What the codes mean" at the end.
    pub legend: bool,
    /// Printed on pages that could not be read and that no one has looked at.
    pub unread: ReasonCode,
    /// Dots an inch of rebuilt pages.
    pub dpi: u16,
    /// Writes the text of page images anew instead of showing the pages: no layout, and no gap whose
    /// width could be measured.
    pub reflow_pages: bool,
    /// Says before each page after the first which page it is, where the source has no pages of its own: the
    /// numbers that a reader can cite, whatever was withheld.
    pub mark_pages: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            title: "Released copy".to_owned(),
            stem: "released-copy".to_owned(),
            language: "en-GB".to_owned(),
            words: Words::default(),
            formats: BTreeSet::from([Format::Pdf, Format::Html]),
            meanings: BTreeMap::new(),
            legend: true,
            unread: ReasonCode("NOT READ".to_owned()),
            dpi: 150,
            reflow_pages: false,
            mark_pages: false,
        }
    }
}
