//! Writing safe documents: a [`flow::Flow`] becomes tagged PDF, accessible HTML, text or a workbook
//! of values, and page images become a rebuilt PDF.
//!
//! A writer sees surviving content only, takes no clock and no randomness, and gives the same bytes
//! for the same input.

pub mod flow;
mod font;
mod html;
mod layout;
mod page;
mod sheet;
mod table;
mod text;
mod words;

pub(crate) use font::OUR_FONTS;
pub(crate) use html::STYLE;
pub use html::html;
pub(crate) use layout::pages_book;
pub use layout::pdf;
pub(crate) use page::{Picture, RebuiltPage, Stamp, TextLine};
pub(crate) use sheet::MADE as SHEET_MADE;
pub use sheet::xlsx;
pub use text::text;
pub use words::Words;

/// A document could not be written. Nothing is released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The PDF writer refused, for example because the result would not be PDF/UA-1.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Sheet(String),
    /// An embedded font is damaged.
    #[error("the built-in font could not be read")]
    Font,
}
