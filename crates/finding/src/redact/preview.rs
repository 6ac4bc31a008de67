//! One page as it is and as it will be released, for the person who decides. Both come from the same code
//! that makes the copy: what is shown is what goes out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::plan::{Options, Plan};
use super::{RedactError, flowing, pages, picture};
use crate::model::{Document, FileKind};
use crate::paging::Paging;
use crate::write::flow::Flow;

/// What becomes of the text of one page, from 0: the surviving words, and labels for the rest.
#[must_use]
pub fn page_flow(document: &Document, plan: &Plan, options: &Options, paging: &Paging, page: usize) -> Flow {
    let withheld = pages::withheld(document, plan, options);
    flowing::page(document, plan, options, &withheld, paging, page)
}

/// One page of a PDF or picture as a JPEG; with a plan as it will be released, without as it is. `None` when
/// the page is withheld whole, and for a document that has no pages to draw.
///
/// # Errors
/// [`RedactError::Unreadable`] when it cannot be drawn, [`RedactError::Mismatch`] when the document does not belong
/// to the source.
pub fn page_picture(
    source: &[u8],
    document: &Document,
    plan: Option<&Plan>,
    options: &Options,
    page: usize,
) -> Result<Option<Vec<u8>>, RedactError> {
    let guarded = || match document.kind {
        FileKind::Pdf => pages::one(source, document, plan, options, page),
        FileKind::Image => picture::one(source, document, plan, options, page),
        _ => Ok(None),
    };
    catch_unwind(AssertUnwindSafe(guarded))
        .unwrap_or_else(|_| Err(RedactError::Unreadable("the page renderer failed on it".to_owned())))
}
