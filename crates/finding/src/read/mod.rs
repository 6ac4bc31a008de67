//! Reading: any file into the block model.
//!
//! [`read`] decides what the bytes are by their content, with the name and media type as a hint, and
//! returns a [`Document`]: blocks in reading order with their places, what is hidden, the properties,
//! the files inside, and what could not be read. A hostile file ends in a [`ReadError`] within the
//! [`Limits`]; nothing that was met and not read goes without a [`Problem`].
//!
//! Several formats are read by libraries that can panic on hostile input (`mail-parser`, `calamine`,
//! `outlook-pst`, `cfb`, `hayro`, `lopdf`, `image`). Each such call runs under
//! [`std::panic::catch_unwind`] on a thread with a large stack, and a panic becomes
//! [`ReadError::Panicked`]. A host that builds with `panic = "abort"` would lose this protection.

mod archive;
mod biff;
mod builder;
mod docx;
mod docx_styles;
mod email;
mod exif;
mod guard;
mod html;
mod html_style;
mod image;
mod limits;
mod mapi;
pub mod mbox;
mod msg;
mod ocr;
mod odf;
mod package;
mod pdf;
mod pptx;
mod pst;
mod rtf;
mod sheet;
mod sniff;
mod text;
mod tnef;
mod xlsx;
mod xlsx_dates;
mod xml;

pub use limits::{Limits, Ocr};

use crate::model::{Document, FileKind};
use limits::{Context, Meter};

/// What the sender says that the bytes are. It is used only where the content does not decide.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint<'a> {
    /// The file's name.
    pub name: Option<&'a str>,
    /// Its media type, such as `text/csv`.
    pub media_type: Option<&'a str>,
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file is larger than allowed.
    #[error("the file is larger than the limit of {limit} bytes; raise the limit or split it")]
    Large {
        /// The limit.
        limit: u64,
    },
    /// It is not one of the formats that are read.
    #[error("this kind of file is not read: {what}")]
    Unsupported {
        /// What it seems to be and what to do.
        what: &'static str,
    },
    /// A password is needed.
    #[error("the file is protected by a password; remove the protection and try again")]
    Encrypted,
    /// It does not follow its format.
    #[error("the file is damaged or not what it seems: {why}")]
    Malformed {
        /// In plain words, without content.
        why: String,
    },
    /// Elements are nested too deeply.
    #[error("its parts are nested more than {limit} deep")]
    Deep {
        /// The limit.
        limit: usize,
    },
    /// Files are nested too deeply.
    #[error("files are nested inside files more than {limit} deep")]
    Nested {
        /// The limit.
        limit: usize,
    },
    /// Compressed parts grow too much.
    #[error("its compressed parts grow beyond the limit")]
    Expands,
    /// There are too many parts.
    #[error("it has more than {limit} {what}")]
    Many {
        /// Such as `blocks`.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The work budget is used up.
    #[error("reading it costs more work than the limit allows")]
    OutOfWork,
    /// A library failed inside.
    #[error("the {reader} reader failed on it")]
    Panicked {
        /// Which reader.
        reader: &'static str,
    },
}

impl ReadError {
    pub(crate) fn malformed(why: impl Into<String>) -> Self {
        Self::Malformed { why: why.into() }
    }
}

/// Reads `bytes` into the block model.
///
/// Content decides what the file is; `hint` decides between kinds of plain text. Files inside are
/// read too, each within half of what is left of the budget, and one that fails has its reason in
/// [`Attachment::content`](crate::model::Attachment::content).
///
/// # Errors
/// [`ReadError`] when nothing can be said about the file, or when it passes a limit.
pub fn read(bytes: &[u8], hint: &Hint<'_>, limits: &Limits) -> Result<Document, ReadError> {
    guard::on_deep_stack("file", || {
        let meter = Meter::new(limits);
        read_within(bytes, hint, Context::new(limits, &meter))
    })
}

/// Gives a document that was kept without them the bytes of the files inside it, from its own `bytes`: they
/// are taken out again, not read again.
///
/// # Errors
/// [`ReadError`] when `bytes` cannot be opened, or hold other files than the document says.
pub fn restore(
    bytes: &[u8],
    document: &mut Document,
    hint: &Hint<'_>,
    limits: &Limits,
) -> Result<(), ReadError> {
    if document.attachments.is_empty() {
        return Ok(());
    }
    let whole = Limits { ocr: Ocr::Off, ..limits.clone() };
    let shallow = Limits { nesting: 0, ..whole.clone() };
    let same =
        |d: &Document| d.attachments.iter().map(|a| a.hash).eq(document.attachments.iter().map(|a| a.hash));
    let again = match read(bytes, hint, &shallow) {
        Ok(again) if same(&again) => again,
        _ => read(bytes, hint, &whole)?,
    };
    if !same(&again) {
        return Err(ReadError::malformed("the files inside it are not those that were read"));
    }
    for (kept, again) in document.attachments.iter_mut().zip(again.attachments) {
        kept.bytes = again.bytes;
        if let Ok(inner) = &mut kept.content {
            let hint = Hint { name: Some(&kept.name), media_type: None };
            restore(&kept.bytes, inner, &hint, limits)?;
        }
    }
    Ok(())
}

/// What `bytes` are, by content first, without reading them.
///
/// # Errors
/// [`ReadError::Empty`], [`ReadError::Encrypted`] or [`ReadError::Unsupported`].
pub fn kind(bytes: &[u8], hint: &Hint<'_>) -> Result<FileKind, ReadError> {
    guard::on_deep_stack("file", || sniff::sniff(bytes, hint).map(sniff::Format::kind))
}

fn read_within(bytes: &[u8], hint: &Hint<'_>, context: Context<'_>) -> Result<Document, ReadError> {
    if bytes.len() as u64 > context.limits.bytes {
        return Err(ReadError::Large { limit: context.limits.bytes });
    }
    let format = sniff::sniff(bytes, hint)?;
    context.spend(bytes.len() / 16 + 1000)?;
    dispatch(format, bytes, context)
}

fn dispatch(format: sniff::Format, bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    use sniff::Format;
    match format {
        Format::Text => text::read(bytes, context),
        Format::Csv(separator) => text::read_csv(bytes, separator, context),
        Format::Html => html::read(bytes, context),
        Format::Email => email::read(bytes, context),
        Format::Mbox => mbox::read(bytes, context),
        Format::Msg => msg::read(bytes, context),
        Format::Tnef => tnef::read(bytes, context),
        Format::Pst => pst::read(bytes, context),
        Format::Docx => docx::read(bytes, context),
        Format::Xlsx => xlsx::read(bytes, context),
        Format::Xlsb | Format::Xls => sheet::read(format, bytes, context),
        Format::Ods | Format::Odt | Format::Odp => odf::read(format, bytes, context),
        Format::Pptx => pptx::read(bytes, context),
        Format::Rtf => rtf::read(bytes, context),
        Format::Pdf => pdf::read(bytes, context),
        Format::Image(kind) => image::read(bytes, kind, context),
        Format::Zip => archive::read(bytes, context),
    }
}
