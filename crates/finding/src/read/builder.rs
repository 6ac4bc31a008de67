//! Collects a document while counting what it costs.

use sha2::{Digest, Sha256};

use super::limits::Context;
use super::{Hint, ReadError, read_within};
use crate::model::{
    Attachment, Block, BlockKind, Document, FileKind, Hidden, HiddenKind, Meta, Problem, Source,
};

/// A document in the making.
pub(super) struct Builder<'a> {
    pub document: Document,
    pub context: Context<'a>,
}

impl<'a> Builder<'a> {
    pub fn new(kind: FileKind, context: Context<'a>) -> Self {
        Self { document: Document::new(kind), context }
    }

    /// Adds a block unless it is blank.
    pub fn push(&mut self, block: Block) -> Result<(), ReadError> {
        if block.text.trim().is_empty() && !matches!(block.kind, BlockKind::Attachment(_)) {
            return Ok(());
        }
        let limit = self.context.limits.blocks;
        if self.document.blocks.len() >= limit {
            return Err(ReadError::Many { what: "blocks", limit });
        }
        self.context.spend(block.text.len() / 4 + 50)?;
        self.document.blocks.push(block);
        Ok(())
    }

    /// Adds text of a package's part.
    pub fn part(
        &mut self,
        kind: BlockKind,
        text: &str,
        name: &str,
        element: usize,
        visible: bool,
    ) -> Result<(), ReadError> {
        let source = Source::Part { name: name.to_owned(), element };
        self.push(Block { kind, text: text.trim().to_owned(), source, visible })
    }

    /// Adds hidden text and counts it as `what` in `place`.
    pub fn concealed(
        &mut self,
        what: HiddenKind,
        text: &str,
        name: &str,
        element: usize,
    ) -> Result<(), ReadError> {
        self.hide(what, name, 1);
        self.part(BlockKind::Aside, text, name, element, false)
    }

    /// Counts hidden things; the same kind in the same place adds up.
    pub fn hide(&mut self, what: HiddenKind, place: &str, count: usize) {
        if count == 0 {
            return;
        }
        match self.document.hidden.iter_mut().find(|h| h.what == what && h.place == place) {
            Some(known) => known.count += count,
            None => self.document.hidden.push(Hidden { what, place: place.to_owned(), count }),
        }
    }

    /// Notes what could not be read; the same note is kept once.
    pub fn problem(&mut self, place: impl Into<String>, why: impl Into<String>) {
        let problem = Problem { place: place.into(), why: why.into() };
        if !self.document.problems.contains(&problem) {
            self.document.problems.push(problem);
        }
    }

    /// Adds a property unless it is blank.
    pub fn meta(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.document.metadata.push(Meta { name: name.to_owned(), value: value.to_owned() });
        }
    }

    /// Turns the failure of one part into a problem, unless the whole budget is gone.
    pub fn tolerate(&mut self, place: &str, result: Result<(), ReadError>) -> Result<(), ReadError> {
        match result {
            Err(e @ (ReadError::OutOfWork | ReadError::Expands | ReadError::Many { .. })) => Err(e),
            Err(e) => {
                self.problem(place, e.to_string());
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Adds a file inside the file, read in its turn.
    pub fn attach(&mut self, name: &str, bytes: Vec<u8>, media_type: Option<&str>) -> Result<(), ReadError> {
        let hint = Hint { name: Some(name), media_type };
        let content = self.context.inside(|context| read_within(&bytes, &hint, context));
        self.add(name, bytes, content)
    }

    /// Adds a file inside the file whose content was read by the caller.
    pub fn add(
        &mut self,
        name: &str,
        bytes: Vec<u8>,
        content: Result<Document, ReadError>,
    ) -> Result<(), ReadError> {
        let limit = self.context.limits.entries;
        if self.document.attachments.len() >= limit {
            return Err(ReadError::Many { what: "files inside it", limit });
        }
        self.context.spend(bytes.len() / 2 + 100)?;
        let index = self.document.attachments.len();
        let content = content
            .map(Box::new)
            .map_err(|e| Problem { place: format!("attachment {}", index + 1), why: e.to_string() });
        let hash = Sha256::digest(&bytes).into();
        self.document.attachments.push(Attachment { name: name.to_owned(), hash, bytes, content });
        let source = Source::Part { name: name.to_owned(), element: index };
        let kind = BlockKind::Attachment(index);
        self.push(Block { kind, text: name.to_owned(), source, visible: true })
    }
}
