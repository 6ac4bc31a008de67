//! Redacting: from a document and the decisions on it to a safe copy.
//!
//! Nothing is ever redacted in place. Text is written anew from the block model with labels of one
//! width; pages and pictures are drawn, burnt and rebuilt; sheets are written anew from values. So a
//! safe copy can hold no object, font, width, property or name of its source.
//!
//! [`redact_and_verify`] is the way to bytes that may leave: it gives a [`ReleasedCopy`], which only the
//! verifier makes.
//!
//! ```
//! use counterfoil_finding::model::{Block, BlockKind, Document, FileKind, Source};
//! use counterfoil_finding::redact::{Options, Plan, ReasonCode, Span, redact_and_verify};
//!
//! let text = "Sean Doherty rang on Monday.".to_owned();
//! let source = text.clone().into_bytes();
//! let block = Block {
//!     kind: BlockKind::Paragraph,
//!     text,
//!     source: Source::Bytes { start: 0, end: source.len() },
//!     visible: true,
//! };
//! let document = Document {
//!     kind: FileKind::Text,
//!     blocks: vec![block],
//!     hidden: vec![],
//!     metadata: vec![],
//!     attachments: vec![],
//!     pages: vec![],
//!     problems: vec![],
//! };
//! let code = ReasonCode::new("S2-16").unwrap();
//! let plan = Plan { spans: vec![Span { block: 0, start: 0, end: 12, code, person: None }], ..Plan::default() };
//! let copy = redact_and_verify(&source, &document, &plan, &Options::default()).unwrap();
//! let html = copy.files().iter().find(|f| f.media_type == "text/html").unwrap();
//! assert!(!String::from_utf8_lossy(&html.bytes).contains("Doherty"));
//! ```

mod automatic;
mod flowing;
mod pages;
mod picture;
mod pixels;
mod plan;
mod preview;
mod report;
mod sound;
mod terms;

pub use automatic::Automatic;
pub use plan::{AttachmentPlan, BadCode, Format, Kept, Options, PageArea, Plan, ReasonCode, Span};
pub use preview::{page_flow, page_picture};
pub use report::{Dropped, Report};
pub use sound::{SoundError, SoundKind, Spans, silence_and_verify, sound_kind};
pub use terms::{mentions, spread};

use crate::model::{Document, FileKind};
use crate::verify::{self, Doubt, ReleasedCopy, Withheld};
use crate::write::{self, WriteError};

/// One file of a safe copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeFile {
    /// A neutral name.
    pub name: String,
    /// Such as `application/pdf`.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A copy that has not been verified. It must not leave; see [`redact_and_verify`].
#[derive(Debug, Clone)]
pub struct SafeCopy {
    /// The copy of the document in each format, then the copies of its released attachments.
    pub files: Vec<SafeFile>,
    /// What was done.
    pub report: Report,
}

/// Why there is no safe copy. No text of the source is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedactError {
    /// The source cannot be drawn or decoded.
    #[error("the document cannot be drawn: {0}")]
    Unreadable(String),
    /// The document does not belong to the source bytes.
    #[error("the document and its file differ in {0}; read the file again")]
    Mismatch(String),
    /// A span or area points outside the document.
    #[error("the plan points outside the document: {0}")]
    Outside(String),
    /// An attachment is to be released that could not be read.
    #[error("attachment {0} could not be read, so it cannot be released; withhold it")]
    UnreadAttachment(usize),
    /// The format cannot be made from this kind of source.
    #[error("a {0:?} copy cannot be made from this kind of document")]
    Format(Format),
    /// A picture is withheld whole, so there is no picture to release.
    #[error("the whole picture is withheld or was not read; write a PDF, which says so in its place")]
    WholePicture,
    /// A picture file shows one picture; this one has several pages or frames.
    #[error("the picture has several pages or frames; write a PDF, which has a page for each")]
    ManyFrames,
    /// The picture could not be encoded.
    #[error("the picture could not be written: {0}")]
    Picture(String),
    /// A writer refused.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The verifier is not certain that nothing withheld can be recovered.
    #[error("the copy could not be verified: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Doubt(Vec<Doubt>),
}

/// Makes a safe copy without verifying it.
///
/// # Errors
///
/// [`RedactError`]; there is never a partial copy.
pub fn redact(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<SafeCopy, RedactError> {
    check(document, plan)?;
    let mut files = Vec::new();
    for format in &options.formats {
        files.push(file(*format, source, document, plan, options)?);
    }
    for (number, attachment) in &plan.attachments {
        let AttachmentPlan::Release(inner_plan) = attachment else { continue };
        let unread = || RedactError::UnreadAttachment(number + 1);
        let attachment = document.attachments.get(*number).ok_or_else(unread)?;
        let inner = attachment.content.as_ref().map_err(|_| unread())?;
        let options = inner_options(options, inner.kind, number + 1);
        files.extend(redact(&attachment.bytes, inner, inner_plan, &options)?.files);
    }
    Ok(SafeCopy { files, report: report::report(document, plan, options) })
}

/// Makes a safe copy, opens it again with other readers and gives it only when nothing withheld can be
/// recovered from it.
///
/// # Errors
///
/// [`RedactError::Doubt`] when the verifier doubts the copy, and the other [`RedactError`]s.
pub fn redact_and_verify(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<ReleasedCopy, RedactError> {
    redact_and_verify_areas(source, document, plan, options, &[])
}

/// The same, with areas that must be burnt whatever the plan says: see [`Withheld::with_dark`].
///
/// # Errors
///
/// As [`redact_and_verify`]; [`RedactError::Doubt`] when one of the areas is not burnt in.
pub fn redact_and_verify_areas(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
    must: &[PageArea],
) -> Result<ReleasedCopy, RedactError> {
    let copy = redact(source, document, plan, options)?;
    let withheld = Withheld::of(document, plan, options).with_dark(document, plan, options, must);
    verify::release(copy, &withheld).map_err(RedactError::Doubt)
}

/// An attachment's copy is numbered, and comes as PDF and HTML, or a workbook when it is one.
pub(crate) fn inner_options(options: &Options, kind: FileKind, number: usize) -> Options {
    let mut inner = options.clone();
    inner.title = format!("{}, {} {number}", options.title, options.words.attachment);
    inner.stem = format!("{}-attachment-{number}", options.stem);
    inner.formats.retain(|f| matches!(f, Format::Pdf | Format::Html));
    if kind == FileKind::Spreadsheet {
        inner.formats.insert(Format::Xlsx);
    }
    if inner.formats.is_empty() {
        inner.formats.insert(Format::Pdf);
    }
    inner
}

fn file(
    format: Format,
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<SafeFile, RedactError> {
    let words = &options.words;
    let named = |extension: &str, media_type, bytes| SafeFile {
        name: format!("{}.{extension}", options.stem),
        media_type,
        bytes,
    };
    let whole = || {
        let withheld = pages::withheld(document, plan, options);
        let mut flow = flowing::flow(document, plan, options, &withheld, format != Format::Xlsx);
        flow.items.extend(legend(document, plan, options));
        flow
    };
    Ok(match format {
        Format::Pdf => named("pdf", "application/pdf", pdf(source, document, plan, options)?),
        Format::Html => named("html", "text/html", write::html(&whole(), words).into_bytes()),
        Format::Text => named("txt", "text/plain", write::text(&whole(), words).into_bytes()),
        Format::Xlsx if has_tables(document) => named("xlsx", XLSX, write::xlsx(&whole(), words)?),
        Format::Image if document.kind == FileKind::Image => picture::file(source, document, plan, options)?,
        Format::Xlsx | Format::Image => return Err(RedactError::Format(format)),
    })
}

pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn pdf(source: &[u8], document: &Document, plan: &Plan, options: &Options) -> Result<Vec<u8>, RedactError> {
    let words = &options.words;
    let legend = legend(document, plan, options);
    let pages = match document.kind {
        FileKind::Pdf if !options.reflow_pages => pages::rebuild(source, document, plan, options)?,
        FileKind::Image if !options.reflow_pages => picture::pages(source, document, plan, options)?,
        _ => {
            let withheld = pages::withheld(document, plan, options);
            let mut flow = flowing::flow(document, plan, options, &withheld, true);
            flow.items.extend(legend);
            return Ok(write::pdf(&flow, words)?);
        }
    };
    let (title, language) = (options.title.clone(), options.language.clone());
    let after = write::flow::Flow { title, language, items: legend };
    Ok(write::pages_book(pages, &after, words)?)
}

fn legend(document: &Document, plan: &Plan, options: &Options) -> Vec<write::flow::Item> {
    if options.legend { flowing::legend(&report::marks(document, plan), options) } else { Vec::new() }
}

fn has_tables(document: &Document) -> bool {
    let cell = |b: &crate::model::Block| matches!(b.kind, crate::model::BlockKind::Cell { .. });
    document.kind == FileKind::Spreadsheet || document.blocks.iter().any(cell)
}

/// INVARIANT: a decision that points nowhere is an error. Ignored, it would release what it withholds.
fn check(document: &Document, plan: &Plan) -> Result<(), RedactError> {
    let outside = |what: String| Err(RedactError::Outside(what));
    for span in &plan.spans {
        let length = document.blocks.get(span.block).map(|b| b.text.chars().count());
        if length.is_none_or(|n| span.start >= span.end || span.end > n) {
            return outside(format!("characters {} to {} of block {}", span.start, span.end, span.block));
        }
    }
    if let Some(block) = plan.blocks.keys().find(|b| **b >= document.blocks.len()) {
        return outside(format!("block {block}"));
    }
    if let Some(area) = plan.areas.iter().find(|a| a.page >= document.pages.len()) {
        return outside(format!("page {}", area.page + 1));
    }
    if let Some(number) = plan.attachments.keys().find(|n| **n >= document.attachments.len()) {
        return outside(format!("attachment {}", number + 1));
    }
    Ok(())
}
